"""add, list, show, remove, reindex, verify: keeping the reports."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import REPORT
from tests.knowledge.made_files import partly_scanned_pdf
from tests.knowledge.website import Served, website

PAGE = (
    "<title>青石县2021年工作报告</title><h1>青石县2021年工作报告</h1><p>2021年，全县粮食产量12.6万吨，增长3.1%。</p>"
    "<p>新建中小学校5所，新增学位4,800个。</p>"
)
BOX = "Indexing the reports in the box …\n"


def test_an_added_report_is_told_of_listed_and_asked(wenbao, report):
    """What was understood of a file is printed, and the next command finds it."""
    told = wenbao("add", str(report))
    assert told.code == 0
    assert "青山县2021年工作报告" in told.out
    assert "2021" in told.out
    assert "青山县2021年工作报告" in wenbao("list").out
    assert "4821宗" in wenbao("ask", "青山县2021年受理来电多少宗?").out


def test_what_is_said_of_a_report_goes_before_what_it_says(wenbao, report):
    """The options of `add` are kept with the report."""
    options = ["--title", "报告", "--publisher", "县政府", "--place", "青山", "--year", "2020"]
    dates = ["--published", "2022-02-03", "--source-url", "https://example.org/1"]
    (added,) = wenbao("add", str(report), *options, *dates, "--json").json
    document = added["document"]
    assert added["created"] is True
    assert [document[name] for name in ("title", "publisher", "place", "year", "published", "source_url")] == [
        "报告",
        "县政府",
        "青山",
        2020,
        "2022-02-03",
        "https://example.org/1",
    ]


def test_a_report_that_is_there_already_is_not_kept_twice(wenbao, report):
    """The same content has the same id, whatever the file is called."""
    (first,) = wenbao("add", str(report), "--json").json
    (second,) = wenbao("add", str(report.rename(report.with_name("other.txt"))), "--json").json
    assert second["created"] is False
    assert second["document"]["id"] == first["document"]["id"]


def test_a_file_that_cannot_be_read_does_not_stop_the_others(wenbao, report, tmp_path):
    """Each bad file is one line on standard error, the good ones are taken in, the exit code is 1; 2 where none is."""
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 nothing")
    names = ["empty.txt", "broken.pdf", "missing.txt", report.name]
    told = wenbao("add", *names)
    assert told.code == 1
    assert "1 added, 3 could not be taken in." in told.out
    assert wenbao("add", *names[:3]).code == 2
    assert told.err.count("wenbao: ") == 3
    assert all(name in told.err for name in names[:3])
    assert "Traceback" not in told.err
    assert "青山县2021年工作报告" in told.out


def test_a_folder_is_taken_in_with_what_lies_below_it(wenbao, report, tmp_path):
    """Readable files are found at any depth, hidden and other ones are left alone."""
    folder = tmp_path / "reports"
    (folder / "deep").mkdir(parents=True)
    report.rename(folder / "deep" / "qingshan.txt")
    (folder / ".hidden.txt").write_text("nothing", encoding="utf-8")
    (folder / "table.xyz").write_text("nothing", encoding="utf-8")
    told = wenbao("add", str(folder), "--json")
    assert [Path(one["file"]).name for one in told.json] == ["qingshan.txt"]


def test_files_of_other_kinds_in_a_folder_are_told_of(wenbao, report, tmp_path):
    """Nobody thinks that old Word files were taken in with the rest; what belongs to another file is not counted."""
    folder = tmp_path / "reports"
    (folder / "page_files").mkdir(parents=True)
    report.rename(folder / "qingshan.txt")
    (folder / "page.html").write_text(PAGE, encoding="utf-8")
    (folder / "page_files" / "frame.html").write_text("<p>请勿点击本广告，点击无效。</p>", encoding="utf-8")
    for name in ("1.doc", "2.DOC", "picture.jpg", "noending", "~$open.docx"):
        (folder / name).write_bytes(b"something")
    told = wenbao("add", str(folder))
    assert told.code == 0
    assert told.out.endswith("2 added.\n")
    assert "left alone: 2 .doc, 1 .jpg, 1 without an ending. Old Word files" in told.err


def test_a_partly_scanned_pdf_is_told_of(wenbao, tmp_path):
    """The pages that nothing was read from are named, for people and for programs."""
    (tmp_path / "scanned.pdf").write_bytes(partly_scanned_pdf())
    assert "pages 2–3, 5. Run text recognition" in wenbao("add", "scanned.pdf").out
    (told,) = wenbao("add", "scanned.pdf", "--dry-run", "--json").json
    assert told["pages_unread"] == [2, 3, 5]


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "empty-folder"),
        ("add", "a.txt", "b.txt", "--title", "One title"),
        ("add", "a.txt", "--source-url", "javascript:alert(1)"),
        ("add", "a.txt", "--published", "yesterday"),
        ("add", "a.txt", "--year", "0"),
        ("show", "nothing"),
        ("show", "nothing", "--json", "--text"),
        ("remove", "nothing", "--yes"),
        ("remove", "nothing", "--yes", "--for-good"),
        ("restore-document", "nothing"),
        ("edit", "nothing", "--year", "2020"),
        ("edit", "nothing"),
        ("edit", "nothing", "--year", "2020", "--clear", "year"),
        ("add", "a.txt", "--separate", "--replaces", "nothing"),
        ("add", "http://"),
        ("search", "法律", "-k", "0"),
        ("ask", "问题", "--language", "fr"),
        ("evaluate", "missing.tsv"),
        ("nonsense",),
    ],
)
def test_what_cannot_be_done_ends_with_exit_code_2_and_no_traceback(wenbao, filled, tmp_path, arguments):
    """The reason stands on standard error."""
    (tmp_path / "empty-folder").mkdir()
    told = wenbao(*arguments, data=filled)
    assert (told.code, told.out) == (2, "")
    assert told.err
    assert "Traceback" not in told.err


def test_a_file_over_the_limit_is_not_read(wenbao, tmp_path, monkeypatch):
    """The message names the setting."""
    monkeypatch.setenv("WENBAO_MAX_DOCUMENT_MB", "1")
    (tmp_path / "large.txt").write_bytes(b"a" * (1024 * 1024 + 1))
    told = wenbao("add", "large.txt")
    assert told.code == 2
    assert "WENBAO_MAX_DOCUMENT_MB" in told.err


def test_a_report_is_shown_with_its_headings_its_text_or_all_of_it(wenbao, filled):
    """`show` prints for people, --text the stored text alone, --json everything."""
    (document,) = wenbao("list", "--json", data=filled).json["documents"]
    shown = wenbao("show", document["id"], data=filled).out
    assert "一、主要工作情况" in shown
    assert "广州市从化区" in shown
    text = wenbao("show", document["id"], "--text", data=filled).out
    whole = wenbao("show", document["id"], "--json", data=filled).json
    assert text.rstrip("\n") == whole["text"]
    first = whole["paragraphs"][0]
    assert whole["text"][first["start"] : first["end"]] == document["title"]


def test_a_removed_report_is_gone(wenbao, report):
    """Its figures are no longer found."""
    (added,) = wenbao("add", str(report), "--json").json
    assert wenbao("remove", added["document"]["id"], "--yes").code == 0
    assert "青山" not in wenbao("list").out
    assert "4821" not in wenbao("ask", "青山县2021年受理来电多少宗?").out


def test_a_removed_report_can_be_brought_back_unless_it_was_for_good(wenbao, report):
    """`remove` says how to undo it; `--for-good` cannot be undone, and works on what was removed before, too."""
    (added,) = wenbao("add", str(report), "--json").json
    document_id = added["document"]["id"]
    assert f"restore-document {document_id}" in wenbao("remove", document_id, "--yes").out
    shown = wenbao("show", document_id)
    assert (shown.code, "was removed" in shown.err) == (2, True)
    assert wenbao("restore-document", document_id).code == 0
    assert "4821宗" in wenbao("ask", "青山县2021年受理来电多少宗?").out
    wenbao("remove", document_id, "--yes")
    assert "restore-document" not in wenbao("remove", document_id, "--yes", "--for-good").out
    assert wenbao("restore-document", document_id).code == 2


def test_a_changed_report_is_told_of_as_a_new_version(wenbao, report):
    """`add` says which one it takes the place of; `show --versions` lists both; the old one still opens."""
    (first,) = wenbao("add", str(report), "--json").json
    report.write_text(REPORT.replace("4821", "4822"), encoding="utf-8")
    (planned,) = wenbao("add", str(report), "--dry-run", "--json").json
    assert (planned["status"], planned["replaces"]) == ("would change", first["document"]["id"])
    told = wenbao("add", str(report))
    assert told.out.startswith("changed")
    assert f"version 2, in place of {first['document']['id']}" in told.out
    versions = wenbao("show", first["document"]["id"], "--versions", "--json").json
    assert [(one["version"], one["replaced_by"]) for one in versions] == [(2, None), (1, versions[0]["id"])]
    assert versions[0]["id"] in wenbao("show", first["document"]["id"], "--versions").out
    assert "replaced by" in wenbao("show", first["document"]["id"]).out
    assert "4822宗" in wenbao("ask", "青山县2021年受理来电多少宗?").out


def test_two_reports_that_look_like_one_can_be_kept_apart(wenbao, report):
    """`--separate` makes no version, `--replaces` makes one of any report."""
    (first,) = wenbao("add", str(report), "--json").json
    report.write_text(REPORT.replace("4821", "4822"), encoding="utf-8")
    (second,) = wenbao("add", str(report), "--separate", "--json").json
    assert (second["status"], second["replaces"]) == ("added", None)
    other = report.with_name("other.txt")
    other.write_text("绿水县的材料\n一、工作\n完成投资12亿元。\n", encoding="utf-8")
    (third,) = wenbao("add", str(other), "--replaces", first["document"]["id"], "--json").json
    assert third["replaces"] == first["document"]["id"]


def test_a_dry_run_keeps_nothing(wenbao, tmp_path):
    """It tells what would be understood, what not, and what would be left out."""
    page = f"<p>首页 &gt; 政务公开</p><h1>工作报告</h1>{'<p>　　各项工作平稳有序推进，成效明显。</p>' * 3}"
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    told = wenbao("add", "a.html", "--dry-run")
    assert told.out.startswith("would add")
    assert "not understood: publisher, place, year, published" in told.out
    assert "left out above (1 lines): 首页" in told.out
    assert "工作报告" not in [one["title"] for one in wenbao("list", "--json").json["documents"]]


def test_what_is_known_of_a_report_can_be_corrected(wenbao, report):
    """Fields are set and cleared; the next answer is filtered by them."""
    (added,) = wenbao("add", str(report), "--json").json
    document_id = added["document"]["id"]
    options = ["--year", "2019", "--published", "2020-02-03", "--source-url", "https://example.org/1"]
    edited = wenbao("edit", document_id, *options, "--clear", "publisher", "--json").json
    assert [edited[name] for name in ("year", "published", "source_url", "publisher", "place")] == [
        2019,
        "2020-02-03",
        "https://example.org/1",
        None,
        "青山县",
    ]
    assert "4821宗" in wenbao("ask", "受理来电多少宗?", "--year", "2019").out
    assert "2019" in wenbao("edit", document_id, "--clear", "source-url").out


def test_reports_are_fetched_from_addresses_lists_and_sitemaps(wenbao, monkeypatch):
    """A second time nothing is sent again; one that is missing does not stop the others."""
    monkeypatch.setenv("WENBAO_FETCH_PRIVATE", "true")
    monkeypatch.setenv("WENBAO_FETCH_DELAY", "0")
    with website() as site:
        towns = {1: "青山镇", 2: "白水镇", 3: "石桥镇"}
        for number in (1, 2):
            page = f"<h1>{towns[number]}2021年工作报告</h1>" + f"<p>　　全年受理来电{number}77宗，办结率98.6%。</p>" * 9
            site.pages[f"/art_{number}.html"] = unchanging(page)
        links = "".join(f'<a href="/art_{number}.html">{towns[number]}2021年工作报告</a>' for number in (1, 2, 3))
        site.pages["/list/"] = links
        locs = "".join(f"<url><loc>{site.url(f'/art_{number}.html')}</loc></url>" for number in (1, 2))
        site.pages["/sitemap.xml"] = f"<urlset>{locs}</urlset>"

        one = wenbao("add", site.url("/art_1.html"), "--json").json[0]
        assert (one["status"], one["document"]["source_url"]) == ("added", site.url("/art_1.html"))
        followed = wenbao("add", site.url("/list/"), "--follow", "--json")
        assert [each["status"] for each in followed.json] == ["known", "added", "unread"]
        assert (followed.code, "404" in followed.err) == (1, True)
        again = wenbao("add", site.url("/sitemap.xml"))
        assert (again.code, "2 there already." in again.out) == (0, True)
        assert "277宗" in wenbao("ask", "白水镇2021年受理来电多少宗?").out
        few = wenbao("add", site.url("/list/"), "--follow", "--limit", "1")
        assert "--limit" in few.err
        listed = wenbao("add", site.url("/list/"))
        assert (listed.code, "--follow" in listed.err) == (2, True)
        matched = wenbao("add", site.url("/list/"), "--follow", "--match", "白水镇", "--json").json
        assert [each["file"] for each in matched] == [site.url("/art_2.html")]


def unchanging(page: str):
    """A page that is not sent again to who has it."""

    def serve(asked):
        if asked.headers.get("if-none-match") == '"1"':
            return Served(status=304)
        return Served(page, headers={"ETag": '"1"'})

    return serve


def test_private_addresses_are_not_fetched_unless_allowed(wenbao):
    """The message names the setting."""
    told = wenbao("add", "http://127.0.0.1:9/a.html")
    assert (told.code, "WENBAO_FETCH_PRIVATE" in told.err) == (2, True)


def test_nothing_is_removed_where_nobody_can_be_asked(wenbao, report):
    """Without --yes and without a terminal the report stays."""
    (added,) = wenbao("add", str(report), "--json").json
    told = wenbao("remove", added["document"]["id"])
    assert told.code == 2
    assert "--yes" in told.err
    assert "青山" in wenbao("list").out


def test_all_is_well_after_an_index_is_built(wenbao):
    """`verify` reads everything; `reindex` on an empty folder takes in the reports in the box."""
    assert wenbao("verify").code == 1
    told = wenbao("reindex")
    assert (told.code, told.out, told.err) == (0, "The index is up to date: 32 paragraphs.\n", BOX)
    told = wenbao("verify")
    assert (told.code, told.out.strip()) == (0, "All is well.")


def test_damage_is_told_of_and_repaired_by_a_rebuild(wenbao, tmp_path):
    """`verify` names the file and exits with 1; `reindex` builds the index anew out of the library."""
    wenbao("reindex")
    index = tmp_path / "data" / "index"
    generation = index / (index / "CURRENT").read_text(encoding="utf-8").strip()
    manifest = json.loads((generation / "manifest.json").read_text(encoding="utf-8"))
    name = max(manifest["files"], key=lambda each: manifest["files"][each]["size"])
    content = bytearray((generation / name).read_bytes())
    content[len(content) // 2] ^= 0xFF
    (generation / name).write_bytes(bytes(content))
    told = wenbao("verify")
    assert told.code == 1
    assert Path(name).name in told.out
    assert wenbao("reindex").code == 0
    assert wenbao("verify").code == 0


def test_an_index_that_is_up_to_date_is_not_built_again(wenbao, tmp_path):
    """`reindex --if-stale` leaves it alone, `reindex` makes a new generation."""
    current = tmp_path / "data" / "index" / "CURRENT"
    wenbao("reindex")
    first = current.read_text(encoding="utf-8")
    wenbao("reindex", "--if-stale")
    assert current.read_text(encoding="utf-8") == first
    wenbao("reindex")
    assert current.read_text(encoding="utf-8") != first


def test_a_lost_index_is_built_again_by_the_next_question(wenbao, tmp_path):
    """Indexes are derived from the library: without one the answer only takes longer."""
    wenbao("reindex")
    shutil.rmtree(tmp_path / "data" / "index")
    assert "3373次" in wenbao("ask", "2020年提供了多少次法律咨询?").out


def test_a_data_folder_that_cannot_be_made_is_one_line(wenbao, tmp_path):
    """The message names the folder."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    told = wenbao("list", data=tmp_path / "file" / "data")
    assert told.code == 2
    assert str(tmp_path / "file") in told.err
    assert "Traceback" not in told.err


def test_an_unexpected_error_is_one_line_and_its_traceback_is_kept(wenbao, filled, monkeypatch):
    """The line says where the details are; no secret is in them."""
    monkeypatch.setenv("WENBAO_ADMIN_KEY", "a-very-secret-key")

    def fail(*_: object) -> None:
        raise RuntimeError("broken by a-very-secret-key")

    monkeypatch.setattr("wenbao.answers.service.ReportService.documents", fail)
    told = wenbao("list", data=filled)
    assert told.code == 1
    assert told.err.count("\n") == 1
    assert "errors.log" in told.err
    kept = (filled / "errors.log").read_text(encoding="utf-8")
    assert "RuntimeError: broken by ***" in kept
    assert "a-very-secret-key" not in kept + told.err
