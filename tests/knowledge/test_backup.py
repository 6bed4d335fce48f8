"""Backups: consistent while somebody writes, read over, and put back without losing what was there."""

from __future__ import annotations

import shutil
import sqlite3
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from wenbao.config.errors import InvalidRequest, StorageFailed
from wenbao.knowledge.backup import back_up, database_problems, problems_in, restore
from wenbao.knowledge.library import Library
from wenbao.knowledge.migrations import MIGRATIONS
from wenbao.knowledge.parse import parse


def _add(library: Library, number: int) -> str:
    content = f"第{number}号县2020年工作报告\n提供法律咨询{number}37次。\n".encode()
    document = parse("report.txt", content)
    library.add(document, f"{number}.txt", content)
    return document.id


def _ids(data: Path) -> set[str]:
    library = Library(data / "library.sqlite3")
    try:
        return {document.id for document in library.documents()}
    finally:
        library.close()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with a library of two reports and a database of something else."""
    library = Library(tmp_path / "data" / "library.sqlite3")
    for number in (1, 2):
        _add(library, number)
    library.close()
    with sqlite3.connect(tmp_path / "data" / "journal.sqlite3") as journal:
        journal.execute("CREATE TABLE replies (id TEXT)")
        journal.execute("INSERT INTO replies VALUES ('one')")
    journal.close()
    return tmp_path / "data"


def test_what_was_backed_up_comes_back(data: Path, tmp_path: Path) -> None:
    """Every database, into an empty folder."""
    copies = back_up(data, tmp_path / "backup.zip")
    assert {copy.name for copy in copies} == {"library.sqlite3", "journal.sqlite3"}
    assert restore(tmp_path / "backup.zip", tmp_path / "new", over=False) is None
    assert _ids(tmp_path / "new") == _ids(data)
    with sqlite3.connect(tmp_path / "new" / "journal.sqlite3") as journal:
        assert journal.execute("SELECT id FROM replies").fetchall() == [("one",)]
    journal.close()


def test_a_backup_is_whole_while_somebody_adds(data: Path, tmp_path: Path) -> None:
    """It holds the library as it was at one moment, what is still in the write-ahead log included."""
    library = Library(data / "library.sqlite3")
    with ThreadPoolExecutor(1) as pool:
        adding = pool.submit(lambda: [_add(library, number) for number in range(10, 60)])
        for number in range(5):
            back_up(data, tmp_path / f"{number}.zip")
        added = set(adding.result())
    for number in range(5):
        restore(tmp_path / f"{number}.zip", tmp_path / f"restored-{number}", over=False)
        restored = Library(tmp_path / f"restored-{number}" / "library.sqlite3")
        assert restored.verify() == []
        assert {document.id for document in restored.documents()} <= added | _ids(data)
    back_up(data, tmp_path / "last.zip")
    restore(tmp_path / "last.zip", tmp_path / "last", over=False)
    assert added <= _ids(tmp_path / "last")


def test_a_library_is_replaced_only_on_demand_and_kept_aside(data: Path, tmp_path: Path) -> None:
    """Without `over` nothing happens; with it the old databases lie in a folder of their own."""
    before = _ids(data)
    back_up(data, tmp_path / "backup.zip")
    library = Library(data / "library.sqlite3")
    later = _add(library, 9)
    library.close()
    with pytest.raises(InvalidRequest, match="--force"):
        restore(tmp_path / "backup.zip", data, over=False)
    assert _ids(data) == before | {later}
    kept = restore(tmp_path / "backup.zip", data, over=True)
    assert _ids(data) == before
    assert kept is not None
    assert _ids(kept) == before | {later}


def test_an_open_library_goes_on_with_what_was_restored(data: Path, tmp_path: Path) -> None:
    """A service that is running needs no restart: it reads the restored documents, and none of the old ones."""
    other = Library(tmp_path / "other" / "library.sqlite3")
    theirs = [_add(other, number) for number in (5, 6)]
    other.close()
    back_up(tmp_path / "other", tmp_path / "other.zip")
    library = Library(data / "library.sqlite3")
    for one in library.documents():
        library.document(one.id)
    restore(tmp_path / "other.zip", data, over=True)
    assert {one.id for one in library.documents()} == set(theirs)
    assert "537次" in library.document(theirs[0]).text
    assert library.verify() == []


def test_a_damaged_library_is_replaced_too(data: Path, tmp_path: Path) -> None:
    """What is no database any more is kept as it is, and a sound one put in its place."""
    before = _ids(data)
    back_up(data, tmp_path / "backup.zip")
    (data / "library.sqlite3").write_bytes(b"no database at all" * 1000)
    assert "wenbao restore" in database_problems(data)[0]
    kept = restore(tmp_path / "backup.zip", data, over=True)
    assert _ids(data) == before
    assert kept is not None
    assert (kept / "library.sqlite3").read_bytes().startswith(b"no database")
    assert database_problems(data) == []


@pytest.mark.parametrize("harm", ["cut", "flipped", "other", "newer", "outside"])
def test_an_archive_that_is_not_sound_changes_nothing(harm: str, data: Path, tmp_path: Path) -> None:
    """Cut short, changed, none of ours, of a later version, or with names that lead elsewhere: it is told, no more."""
    archive = tmp_path / "backup.zip"
    back_up(data, archive)
    before = _ids(data)
    content = archive.read_bytes()
    if harm == "cut":
        archive.write_bytes(content[: len(content) // 2])
    elif harm == "flipped":
        archive.write_bytes(content[:200] + bytes(byte ^ 0xFF for byte in content[200:210]) + content[210:])
    elif harm == "other":
        with zipfile.ZipFile(archive, "w") as packed:
            packed.writestr("hello.txt", "hello")
    else:
        _rewrite(archive, *(("library.sqlite3", "../evil.sqlite3") if harm == "outside" else _newer()))
    assert problems_in(archive) != []
    with pytest.raises(InvalidRequest, match="Nothing was changed"):
        restore(archive, data, over=True)
    assert _ids(data) == before
    assert sorted(path.name for path in data.iterdir()) == ["journal.sqlite3", "library.sqlite3"]


def _newer() -> tuple[str, str]:
    return f'"version": {len(MIGRATIONS)}', f'"version": {len(MIGRATIONS) + 1}'


def _rewrite(archive: Path, old: str, new: str) -> None:
    """Change what the manifest says, and the names to go with it."""
    with zipfile.ZipFile(archive) as packed:
        content = {name: packed.read(name) for name in packed.namelist()}
    manifest = content.pop("manifest.json").decode().replace(old, new)
    with zipfile.ZipFile(archive, "w") as packed:
        for name, data in content.items():
            packed.writestr(name.replace(old, new), data)
        packed.writestr("manifest.json", manifest)


def test_a_backup_takes_no_other_files_place(data: Path, tmp_path: Path) -> None:
    """An archive that is there already is left alone; one that is broken off leaves nothing behind under its name."""
    (tmp_path / "there.zip").write_bytes(b"mine")
    with pytest.raises(InvalidRequest, match="there already"):
        back_up(data, tmp_path / "there.zip")
    assert (tmp_path / "there.zip").read_bytes() == b"mine"
    with pytest.raises(StorageFailed):
        back_up(data, tmp_path / "there.zip" / "below.zip")
    shutil.rmtree(data)
    with pytest.raises(InvalidRequest, match="no library"):
        back_up(data, tmp_path / "none.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["there.zip"]
