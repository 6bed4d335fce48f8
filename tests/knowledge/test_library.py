"""The library on disk: what is added stays, whatever happens."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from wenbao.config.errors import StorageFailed, UnknownDocument
from wenbao.knowledge.documents import Document, Metadata
from wenbao.knowledge.library import Library
from wenbao.knowledge.parse import parse

WRITER = """
import sys
from pathlib import Path
from wenbao.knowledge.library import Library
from wenbao.knowledge.parse import parse
library, first, last = Library(Path(sys.argv[1])), int(sys.argv[2]), int(sys.argv[3])
for number in range(first, last):
    head = f"第{number}号县2020年工作报告\\n各位代表：\\n2020年完成投资{number}亿元。\\n"
    content = head.encode() + "全年平稳有序。\\n".encode() * 50
    document = parse("a.txt", content)
    library.add(document, "a.txt", content)
    print(document.id, flush=True)
"""


def _content(number: int = 1, year: int = 2020) -> bytes:
    return f"第{number}号县{year}年工作报告\n各位代表：\n一、回顾\n{year}年完成投资{number}亿元。增长5%。\n".encode()


def _report(number: int = 1, year: int = 2020) -> Document:
    return parse("a.txt", _content(number, year))


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "data" / "library.sqlite3")


def test_a_document_comes_back_as_it_was(library: Library, tmp_path: Path) -> None:
    """Text, ranges, metadata and the file itself are the same after reopening."""
    document = _report()
    assert library.add(document, "报告.txt", _content())
    library.close()
    with_reopened = Library(tmp_path / "data" / "library.sqlite3")
    assert document == with_reopened.document(document.id)
    assert ("报告.txt", _content()) == with_reopened.source(document.id)
    assert with_reopened.verify() == []


def test_the_same_document_is_kept_once(library: Library) -> None:
    """Adding what is there changes nothing and says so."""
    library.add(_report(), "a.txt", _content())
    before = library.state()
    assert library.add(_report(), "b.txt", _content()) is False
    assert (1, before) == (len(library.documents()), library.state())


def test_an_unknown_document_is_named(library: Library) -> None:
    """Every way to ask for a document that is not there says which one."""
    for ask in (library.document, library.source, library.remove, lambda id_: list(library.each_passage([id_]))):
        with pytest.raises(UnknownDocument, match="0123456789abcdef"):
            ask("0123456789abcdef")


def test_passages_come_in_the_order_asked_for(library: Library) -> None:
    """Rows are handed out in any order, and those that are gone are left out."""
    library.add(_report(), "a.txt", _content())
    passages = list(library.each_passage())
    rows = [passage.row for passage in passages]
    assert passages[::-1] == library.passages([*rows[::-1], 999_999])
    document = library.document(_report().id)
    assert document.text.split("\n") == [passage.text for passage in passages]
    assert list(document.paragraphs) == [passage.paragraph for passage in passages]


def test_a_removed_document_is_gone_and_its_rows_are_never_used_again(library: Library) -> None:
    """A row number means one paragraph for ever."""
    library.add(_report(), "a.txt", _content())
    old = {passage.row for passage in library.each_passage()}
    library.remove(_report().id)
    with pytest.raises(UnknownDocument):
        library.document(_report().id)
    library.add(_report(), "a.txt", _content())
    assert not old & {passage.row for passage in library.each_passage()}


def test_the_state_tells_of_every_change(library: Library) -> None:
    """Adding and removing change the state; taking back what was added brings the old one back, corrections none."""
    states = [library.state()]
    for number in (1, 2):
        library.add(_report(number), "a.txt", _content(number))
        states.append(library.state())
    assert len(set(states)) == 3
    library.update_metadata(_report(1).id, Metadata("新题"))
    assert states[2] == library.state()
    library.remove(_report(2).id)
    assert states[1] == library.state()
    library.remove(_report(1).id)
    library.add(_report(1), "a.txt", _content(1))
    assert library.state() not in states


def test_corrected_metadata_is_seen_at_once(library: Library, tmp_path: Path) -> None:
    """A correction made elsewhere is seen here, although documents are kept in memory."""
    library.add(_report(), "a.txt", _content())
    document = library.document(_report().id)
    better = replace(document.metadata, place="某省某县", year=2019)
    Library(tmp_path / "data" / "library.sqlite3").update_metadata(document.id, better)
    assert better == library.document(document.id).metadata == library.documents()[0].metadata


def test_the_newest_document_comes_first(library: Library) -> None:
    """The list is ordered by date, or by the year told of where there is none."""
    for number, year in ((1, 2018), (2, 2020), (3, 2019)):
        library.add(_report(number, year), "a.txt", _content(number, year))
    assert [document.metadata.year for document in library.documents()] == [2020, 2019, 2018]


def test_many_threads_use_one_library(library: Library) -> None:
    """Writers and readers in several threads do not disturb each other."""

    def work(number: int) -> str:
        library.add(_report(number), "a.txt", _content(number))
        return library.document(_report(number).id).text

    with ThreadPoolExecutor(8) as pool:
        texts = list(pool.map(work, range(24)))
    assert 24 == len(set(texts)) == len(library.documents())
    assert library.verify() == []


def _writer(path: Path, first: int, last: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(first), str(last)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_several_processes_write_one_library(tmp_path: Path) -> None:
    """Processes that create and fill one library at the same time lose nothing."""
    path = tmp_path / "library.sqlite3"
    writers = [_writer(path, 0, 12), _writer(path, 6, 18), _writer(path, 12, 24)]
    assert [writer.communicate(timeout=60)[1] for writer in writers] == ["", "", ""]
    library = Library(path)
    assert len(library.documents()) == 24
    assert library.verify() == []


def test_a_killed_process_loses_nothing_that_it_reported(tmp_path: Path) -> None:
    """After kill -9 every document whose addition had returned is there, and nothing is half there."""
    path = tmp_path / "library.sqlite3"
    with _writer(path, 0, 100_000) as writer:
        assert writer.stdout is not None
        reported = [writer.stdout.readline().strip() for _ in range(7)]
        writer.send_signal(signal.SIGKILL)
        reported += [line.strip() for line in writer.stdout if len(line.strip()) == 16]
    library = Library(path)
    assert set(reported) <= {document.id for document in library.documents()}
    assert library.verify() == []
    assert library.add(_report(), "a.txt", _content())


@pytest.mark.parametrize("damage", [b"this is no database at all" * 100, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_damaged_file_is_reported(tmp_path: Path, damage: bytes) -> None:
    """A file that is no library is refused with advice, and left as it is."""
    path = tmp_path / "library.sqlite3"
    path.write_bytes(damage)
    with pytest.raises(StorageFailed, match=r"library\.sqlite3"):
        Library(path)
    assert damage == path.read_bytes()


def test_damage_inside_is_found_by_verify(library: Library, tmp_path: Path) -> None:
    """A paragraph that was changed behind the library's back is found."""
    library.add(_report(), "a.txt", _content())
    library.close()
    connection = sqlite3.connect(tmp_path / "data" / "library.sqlite3")
    connection.execute("UPDATE paragraphs SET text = text || '假' WHERE number = 2")
    connection.commit()
    connection.close()
    problems = Library(tmp_path / "data" / "library.sqlite3").verify()
    assert any("text was changed" in problem for problem in problems)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE documents SET year = 2019",
        "UPDATE documents SET publisher = '某县水务局'",
        "UPDATE documents SET sections = '[]'",
        "UPDATE paragraphs SET page = 7 WHERE number = 2",
        "UPDATE paragraphs SET section = '[\"三、\"]' WHERE number = 3",
    ],
)
def test_what_is_known_of_a_report_cannot_change_unnoticed(library: Library, tmp_path: Path, change: str) -> None:
    """A year, a publisher, a page or a heading that another byte has come into is found by verify and never quoted."""
    library.add(_report(), "a.txt", _content())
    library.edit(_report().id, lambda known: replace(known, year=2021))
    assert [] == library.verify()
    library.close()
    with closing(sqlite3.connect(tmp_path / "data" / "library.sqlite3")) as connection:
        connection.execute(change)
        connection.commit()
    damaged = Library(tmp_path / "data" / "library.sqlite3")
    assert [f"document {_report().id}: what is known of it was changed"] == [
        problem for problem in damaged.verify() if "section" not in problem
    ]
    with pytest.raises(StorageFailed, match="is not what was taken in"):
        damaged.document(_report().id)


def test_a_full_disk_is_reported_and_nothing_is_half_written(tmp_path: Path) -> None:
    """Where the file cannot grow, adding fails with advice, and the library goes on with what it has."""
    path = tmp_path / "library.sqlite3"
    script = "import resource, signal, sys\nfrom wenbao.config.errors import StorageFailed\n" + WRITER.replace(
        "for number in",
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))\nfor number in",
        1,
    ).replace(
        '    library.add(document, "a.txt", content)',
        '    try:\n        library.add(document, "a.txt", content)\n'
        "    except StorageFailed as problem:\n        sys.exit(f'refused: {problem}')",
    )
    made = subprocess.run(
        [sys.executable, "-c", script, str(path), "0", "5000"], capture_output=True, text=True, timeout=60, check=False
    )
    assert made.stderr.startswith("refused: ")
    library = Library(path)
    assert set(made.stdout.split()) == {document.id for document in library.documents()}
    assert library.verify() == []
    assert library.add(_report(9999), "a.txt", _content(9999))


def test_a_full_database_says_that_the_disk_is_full(library: Library) -> None:
    """SQLite's own word for a full disk becomes ours."""
    library.add(_report(), "a.txt", _content())
    with library._connection() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
    big = b"".join(b"%d\n" % (number * 7919) for number in range(20_000))
    with pytest.raises(StorageFailed, match="disk is full"):
        library.add(_report(2), "a.txt", big)
    assert [_report().id] == [document.id for document in library.documents()]


def test_a_closed_library_says_so(library: Library) -> None:
    """Closing twice does no harm; using it then is an error of ours."""
    library.close()
    library.close()
    with pytest.raises(StorageFailed, match="closed"):
        library.documents()


def test_paragraphs_are_found_by_their_numbers(library: Library) -> None:
    """Their rows come in the order of the document; those of no document that is there are none."""
    document = parse("a.txt", "甲县2020年工作报告\n\n一、总体\n\n办结12件。\n\n受理15件。\n".encode())
    library.add(document, "a.txt", b"")
    found = library.passages(library.paragraph_rows(document.id, [4, 3]))
    assert [one.paragraph.number for one in found] == [3, 4]
    assert library.paragraph_rows("0000", [1]) == []
