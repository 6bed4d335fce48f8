"""add, list, show, remove, reindex, verify: keeping the reports."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

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
    """Each bad file is one line on standard error, the good ones are taken in, the exit code is 2."""
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 nothing")
    names = ["empty.txt", "broken.pdf", "missing.txt", report.name]
    told = wenbao("add", *names)
    assert told.code == 2
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
