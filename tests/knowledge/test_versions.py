"""Versions of a report: which replaces which, what becomes of the old ones, and what can be undone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from wenbao.config.errors import InvalidRequest, RemovedDocument, UnknownDocument
from wenbao.knowledge.documents import Document, Metadata
from wenbao.knowledge.fetching_records import Origin, Validators
from wenbao.knowledge.library import Library
from wenbao.knowledge.migrations import MIGRATIONS
from wenbao.knowledge.parse import parse
from wenbao.knowledge.previewing import left_out
from wenbao.knowledge.versions import NOTHING, Known, carried_over, is_new_version

URL = "https://qingshan.example/art/1.html"
HEAD = "青山县2020年工作报告\n各位代表：\n一、全年工作回顾\n全县经济平稳运行，各项工作有序推进。\n"


def content(invested: int, head: str = HEAD) -> bytes:
    return f"{head}全年完成投资{invested}亿元，比上年增长5%。\n青山县人民政府\n2021年1月5日\n".encode()


def report(invested: int, metadata: Metadata | None = None, head: str = HEAD) -> Document:
    return parse("report.txt", content(invested, head), metadata)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with closing(Library(tmp_path / "library.sqlite3")) as library:
        yield library


def add(library: Library, document: Document, name: str = "report.txt", replaces: str | None = None) -> bool:
    return library.add(document, name, b"source of " + document.id.encode(), replaces=replaces)


def in_use(library: Library) -> set[str]:
    return {one.id for one in library.documents()}


def passages(library: Library) -> set[str]:
    return {passage.document_id for passage in library.each_passage()}


def test_a_changed_report_takes_the_place_of_the_one_before(library: Library) -> None:
    """The same file with other figures: the old one is in no list and no passage, but opens with all that it had."""
    old, new = report(10), report(12)
    add(library, old)
    rows = [passage.row for passage in library.each_passage()]
    assert add(library, new)
    assert ({new.id}, {new.id}, []) == (in_use(library), passages(library), library.passages(rows))
    assert old == library.document(old.id)
    assert ("report.txt", b"source of " + old.id.encode()) == library.source(old.id)
    assert [(2, new.id, None), (1, old.id, new.id)] == [
        (one.version, one.id, one.replaced_by) for one in library.versions(old.id)
    ]
    assert library.verify() == []


def test_each_version_points_to_the_newest(library: Library) -> None:
    """Whoever opens the first of three versions is led to the third."""
    for invested in (10, 11, 12):
        add(library, report(invested))
    assert report(12).id == library.version(report(10).id).replaced_by == library.version(report(11).id).replaced_by
    assert 3 == library.version(report(12).id).version


def test_a_text_that_comes_back_is_the_newest_version(library: Library) -> None:
    """A correction that is withdrawn: the old text counts again, under its old id and with new rows."""
    add(library, report(10))
    old_rows = {passage.row for passage in library.each_passage()}
    add(library, report(11))
    assert add(library, report(10))
    assert ({report(10).id}, 3) == (in_use(library), library.version(report(10).id).version)
    assert [3, 2] == [one.version for one in library.versions(report(10).id)]
    assert not old_rows & {passage.row for passage in library.each_passage()}
    assert library.verify() == []


@pytest.mark.parametrize(
    ("old", "new", "replaced"),
    [
        (Metadata(source_url=URL), Metadata(source_url=URL), True),
        (Metadata(source_url=URL), Metadata(source_url=URL.replace("https", "http") + "#top"), True),
        (Metadata(source_url=URL), Metadata(source_url=URL, title="青山县2020年工作报告（修订）"), True),
        (Metadata(source_url=URL), Metadata(source_url=URL, year=2021), False),
        (Metadata(source_url=URL), Metadata(source_url=URL + "?id=2"), False),
        (Metadata(source_url=URL), Metadata(), True),
        (Metadata(), Metadata(source_url=URL), True),
        (Metadata(), Metadata(year=2019), False),
        (Metadata(), Metadata(place="绿水县"), False),
        (Metadata(), Metadata(title="青山县2020年财政报告"), False),
    ],
)
def test_what_tells_a_new_version_from_another_report(
    library: Library, old: Metadata, new: Metadata, replaced: bool
) -> None:
    """The same address and nothing against it; or the same file name with the same title, place and year."""
    first, second = report(10, old), report(12, new)
    add(library, first)
    assert (first.id if replaced else None) == library.predecessor(second, "report.txt")
    add(library, second)
    assert ({second.id} if replaced else {first.id, second.id}) == in_use(library)


def test_a_file_of_another_name_is_another_report(library: Library) -> None:
    """Title, place and year alone are not enough: a body may give two reports with one title."""
    add(library, report(10), "a.txt")
    add(library, report(12), "b.txt")
    assert 2 == len(in_use(library))


def test_reports_from_one_landing_page_do_not_replace_each_other(library: Library) -> None:
    """An address that stands for many reports: what has another title and other lines is another report."""
    add(library, report(10, Metadata(source_url=URL)), "a.txt")
    other = "青山县2020年财政决算报告\n各位代表：\n一、收支情况\n一般公共预算收入稳步增长，支出结构不断优化。\n"
    add(library, report(12, Metadata(source_url=URL), other), "b.txt")
    assert 2 == len(in_use(library))


def test_a_file_name_tells_nothing_of_a_report_without_place_or_year(library: Library) -> None:
    """Two files called report.txt, of which nobody knows what they are about, are two reports."""
    for number in (1, 2):
        document = report(number)
        add(library, replace(document, metadata=Metadata("工作报告")))
    assert 2 == len(in_use(library))


def test_what_a_person_says_goes_before_what_it_looks_like(library: Library) -> None:
    """A report can be said to be a version of another, or of none."""
    add(library, report(10))
    add(library, report(11), replaces=NOTHING)
    assert 2 == len(in_use(library))
    add(library, report(12, Metadata(year=1999, place="绿水县"), "绿水县的一份材料\n"), "c.txt", report(11).id)
    assert report(12, head="绿水县的一份材料\n").id == library.version(report(11).id).replaced_by
    with pytest.raises(UnknownDocument):
        add(library, report(13), replaces="no such id")
    assert 2 == len(in_use(library))


def test_two_reports_taken_for_one_can_be_told_apart_again(library: Library) -> None:
    """The replaced one is added once more as a report of its own; each is the only version of itself."""
    add(library, report(10))
    add(library, report(11))
    assert add(library, report(10), replaces=NOTHING)
    assert {report(10).id, report(11).id} == in_use(library)
    assert [1, 1] == [len(library.versions(report(number).id)) for number in (10, 11)]
    assert library.verify() == []


def test_a_correction_is_carried_over_to_the_next_version(library: Library) -> None:
    """What a person corrected stays, as long as the file says of it what it said before."""
    add(library, report(10))
    library.edit(report(10).id, lambda known: replace(known, place="某省青山县", publisher="青山县政府办"))
    better = report(11, Metadata(publisher="青山县人民政府办公室"))
    add(library, better)
    known = library.document(better.id).metadata
    assert ("某省青山县", "青山县人民政府办公室") == (known.place, known.publisher)


def test_a_corrected_title_does_not_hide_the_report_from_its_next_version(library: Library) -> None:
    """A report is known again by what its file said, too."""
    add(library, report(10))
    library.edit(report(10).id, lambda known: replace(known, title="更好的题目", year=2021))
    add(library, report(11))
    assert {report(11).id} == in_use(library)
    assert ("更好的题目", 2021) == (library.documents()[0].metadata.title, library.documents()[0].metadata.year)


def test_a_correction_taken_back_is_none(library: Library) -> None:
    """A field that was set to what the file says follows the next version again."""
    add(library, report(10))
    place = report(10).metadata.place
    library.edit(report(10).id, lambda known: replace(known, place="别处"))
    library.edit(report(10).id, lambda known: replace(known, place=place))
    moved = report(11, Metadata(place="绿水县"))
    add(library, moved, replaces=report(10).id)
    assert "绿水县" == library.document(moved.id).metadata.place


def test_removing_a_report_closes_all_its_versions_and_restoring_opens_them(library: Library) -> None:
    """Nothing of it can be opened, until it is brought back as it was."""
    for invested in (10, 11):
        add(library, report(invested))
    before = library.versions(report(10).id)
    library.remove(report(11).id)
    assert set() == in_use(library) == passages(library)
    for number in (10, 11):
        for ask in (library.document, library.source, library.versions, library.remove):
            with pytest.raises(RemovedDocument):
                ask(report(number).id)
    library.restore(report(10).id)
    assert before == library.versions(report(11).id)
    assert report(11) == library.document(report(11).id)
    assert {report(11).id} == in_use(library) == passages(library)
    assert library.verify() == []


def test_an_old_version_can_be_removed_by_itself(library: Library) -> None:
    """One that should never have been published is closed; the newest stays."""
    for invested in (10, 11):
        add(library, report(invested))
    state = library.state()
    library.remove(report(10).id)
    assert [report(11).id] == [one.id for one in library.versions(report(11).id)]
    assert state == library.state()
    library.restore(report(10).id)
    assert 2 == len(library.versions(report(11).id))


def test_an_old_version_comes_back_only_with_its_report(library: Library) -> None:
    """Of a report that was removed as a whole later, the newest version comes first."""
    for invested in (10, 11):
        add(library, report(invested))
    library.remove(report(10).id)
    library.remove(report(11).id)
    with pytest.raises(InvalidRequest, match=report(11).id):
        library.restore(report(10).id)
    library.restore(report(11).id)
    library.restore(report(10).id)
    assert 2 == len(library.versions(report(11).id))


def test_a_restored_document_has_new_rows(library: Library) -> None:
    """A row number means one paragraph for ever: an index that took rows out never meets them again."""
    add(library, report(10))
    rows, state = {passage.row for passage in library.each_passage()}, library.state()
    library.remove(report(10).id)
    library.restore(report(10).id)
    assert not rows & {passage.row for passage in library.each_passage()}
    assert state != library.state()


def test_adding_a_removed_report_brings_it_back(library: Library) -> None:
    """With what is said of it now."""
    add(library, report(10))
    library.remove(report(10).id)
    assert add(library, report(10, Metadata(publisher="另一个单位")))
    assert "另一个单位" == library.document(report(10).id).metadata.publisher


def test_what_was_removed_long_ago_is_deleted(library: Library) -> None:
    """Sweeping takes what is over its time, and what was fetched for it; the rest stays."""
    origin = Origin(URL, (Validators(URL, '"1"'),))
    library.add(report(10), "report.txt", b"a", origin=origin)
    add(library, report(20), "other.txt")
    library.remove(report(10).id)
    assert 0 == library.sweep(days=1)
    assert 1 == library.sweep(days=0)
    with pytest.raises(UnknownDocument) as told:
        library.restore(report(10).id)
    assert UnknownDocument is type(told.value)
    assert {report(20).id} == in_use(library)
    assert library.verify() == []


def test_a_forgotten_report_leaves_nothing(library: Library, tmp_path: Path) -> None:
    """It is deleted with its older versions, in use or removed."""
    for invested in (10, 11):
        add(library, report(invested))
    library.forget(report(11).id)
    library.close()
    with closing(sqlite3.connect(tmp_path / "library.sqlite3")) as connection:
        assert [0, 0, 0] == [
            connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]
            for table in ("documents", "paragraphs", "sources")
        ]


def test_what_was_fetched_is_remembered_while_its_document_is_in_use(library: Library) -> None:
    """After a newer version, or a removal, the address is fetched afresh."""
    origin = Origin(URL, (Validators(URL, '"1"', None), Validators(URL + "?page=2", None, "Wed, 13 Jan 2021")))
    library.add(report(10), "report.txt", b"a", origin=origin)
    found = library.fetched(URL)
    assert found is not None
    assert (origin, report(10).id) == (found.origin, found.document_id)
    add(library, report(11))
    assert library.fetched(URL) is None
    library.add(report(11), "report.txt", b"a", origin=origin)
    assert library.fetched(URL) is not None
    library.remove(report(11).id)
    assert library.fetched(URL) is None


def test_every_change_is_counted(library: Library, tmp_path: Path) -> None:
    """Corrections too, and those of other processes; what changes nothing is not counted."""
    counts = [library.changes()]
    other = Library(tmp_path / "library.sqlite3")
    add(library, report(10))
    counts.append(library.changes())
    other.edit(report(10).id, lambda known: replace(known, place="别处"))
    counts.append(library.changes())
    other.remove(report(10).id)
    counts.append(library.changes())
    library.restore(report(10).id)
    counts.append(library.changes())
    assert sorted(set(counts)) == counts
    add(library, report(10))
    library.edit(report(10).id, lambda known: known)
    assert counts[-1] == library.changes()


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_a_library_of_an_older_version_opens(tmp_path: Path, version: int) -> None:
    """Its documents are reports with one version each, and the state that the index knows is the same."""
    path = tmp_path / "old.sqlite3"
    with closing(sqlite3.connect(path)) as old:
        for step in MIGRATIONS[:version]:
            old.executescript(step)
        for row in (1, 2):
            text = f"第{row}号县2020年工作报告"
            document = parse("a.txt", f"{text}\n各位代表：\n全年完成投资{row}亿元。".encode())
            values = (row, document.id, text, len(document.paragraphs), "[]", "2021-01-01T00:00:00+00:00")
            old.execute(
                "INSERT INTO documents (row, id, title, paragraphs, sections, added_at) VALUES (?, ?, ?, ?, ?, ?)",
                values,
            )
            for one in document.paragraphs:
                words = document.text[one.start : one.end]
                old.execute(
                    "INSERT INTO paragraphs (document, number, start, kind, section, sentences, text)"
                    " VALUES (?, ?, ?, 'text', '[]', '[]', ?)",
                    (row, one.number, one.start, words),
                )
        old.execute("UPDATE state SET digest = '77777777777777777777777777777777'")
        old.execute(f"PRAGMA user_version = {version}")
        old.commit()
    with closing(Library(path)) as library:
        assert [(1, None), (1, None)] == [
            (library.version(one.id).version, library.version(one.id).replaced_by) for one in library.documents()
        ]
        assert "7" * 32 == library.state()
        newest = library.documents()[0]
        assert newest.metadata == library.document(newest.id).metadata
        library.remove(newest.id)
        library.restore(newest.id)
        assert 2 == len(library.documents())


def test_lines_of_navigation_are_told_of() -> None:
    """What stands above and below a report in its file, and is not taken in."""
    title, *lines = HEAD.split()
    page = f"<p>首页 &gt; 政务公开</p><h1>{title}</h1>{''.join(f'<p>{line}</p>' for line in lines)}"
    page += "<p>全年完成投资10亿元，比上年增长5%。</p><p>版权所有：青山县人民政府　网站地图</p>"
    document = parse("a.html", page.encode())
    above, below = left_out("a.html", page.encode(), document)
    assert ["首页 > 政务公开"] == list(above)
    assert "版权所有" in "".join(below)
    assert "投资10亿元" in document.text


@pytest.mark.parametrize("share", [0.0, 0.4])
def test_the_share_of_lines_decides_only_where_the_title_changed(share: float) -> None:
    """Under one address a report with another title is the same where a third of its lines are."""
    known = Known(Metadata("旧题", place="青山县", year=2020, source_url=URL), {}, "a.txt")
    new = replace(report(10), metadata=Metadata("新题", place="青山县", year=2020, source_url=URL))
    assert (share > 1 / 3) is is_new_version(new, "b.txt", known, lambda: share)


def test_a_new_version_says_where_it_is_from_itself() -> None:
    """Only where it doesn't, the address of the one before is kept."""
    known = Known(Metadata("题", source_url=URL), {}, "a.txt")
    assert URL == carried_over(Metadata("题"), known)[0].source_url
    assert "http://new" == carried_over(Metadata("题", source_url="http://new"), known)[0].source_url


class AnyOrder(RuleBasedStateMachine):
    """Adding, replacing, removing, restoring, forgetting in any order: the library is what a plain model says."""

    ids = st.integers(0, 3)

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.library = Library(Path(self.folder.name) / "library.sqlite3")
        self.documents = [report(number) for number in range(4)]
        self.current: set[str] = set()

    @rule(number=ids, separate=st.booleans())
    def add(self, number: int, separate: bool) -> None:
        document = self.documents[number]
        before = None if separate else self.library.predecessor(document, "report.txt")
        created = add(self.library, document, replaces=NOTHING if separate else None)
        assert created is (document.id not in self.current)
        self.current.add(document.id)
        if before is not None:
            self.current.discard(before)

    @rule(number=ids)
    def remove(self, number: int) -> None:
        self._try(self.library.remove, number)

    @rule(number=ids)
    def restore(self, number: int) -> None:
        self._try(self.library.restore, number)
        self.current = in_use(self.library)

    @rule(number=ids)
    def forget(self, number: int) -> None:
        self._try(self.library.forget, number)

    @invariant()
    def all_is_well(self) -> None:
        assert self.library.verify() == []
        assert self.current == in_use(self.library) == passages(self.library)
        for document in self.documents:
            self._check(document)

    def _check(self, document: Document) -> None:
        try:
            versions = self.library.versions(document.id)
        except UnknownDocument:
            assert document.id not in self.current
            return
        assert document.text == self.library.document(document.id).text
        assert [one.replaced_by for one in versions] == [None, *[versions[0].id] * (len(versions) - 1)]
        assert versions[0].id in self.current

    def _try(self, act: object, number: int) -> None:
        document_id = self.documents[number].id
        try:
            act(document_id)  # type: ignore[operator]
        except (UnknownDocument, InvalidRequest):
            return
        if act != self.library.restore:
            self.current.discard(document_id)

    def teardown(self) -> None:
        self.library.close()
        self.folder.cleanup()


AnyOrder.TestCase.settings = settings(max_examples=30, stateful_step_count=12, deadline=None)
TestAnyOrder = AnyOrder.TestCase
