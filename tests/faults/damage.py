"""Damages the files of a data folder, one place at a time, and looks whether anything wrong is answered."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.faults.harness import Found, Worker, prepared
from tests.faults.jobs import Job

_SCENARIO = "remove"
_PLACES = 8
_PAGE = 4096


def flip(path: Path, at: int) -> None:
    """Turn round sixteen bytes."""
    with path.open("r+b") as file:
        file.seek(at)
        content = bytes(byte ^ 0xFF for byte in file.read(16))
        file.seek(at)
        file.write(content)


def change_digit(path: Path, at: int) -> None:
    """Turn the first digit from there on into another, as no check of SQLite's notices."""
    content = bytearray(path.read_bytes())
    place = next((number for number in range(at, len(content)) if content[number] in b"0123456789"), at)
    content[place] = ord("0") + (content[place] - ord("0") + 1) % 10
    path.write_bytes(content)


def truncate(path: Path, at: int) -> None:
    with path.open("r+b") as file:
        file.truncate(at)


def delete(path: Path, _: int) -> None:
    path.unlink()


def each_damage(worker: Worker, folder: Path, points: int) -> Iterator[tuple[str, list[Found]]]:
    """Each kind of damage with what came of it at each place."""
    base = prepared(folder / "damage", _SCENARIO)
    index = [path.relative_to(base) for path in sorted((base / "data" / "index").rglob("*")) if path.is_file()]
    index = [path for path in index if path.suffix != ".lock" and path.name not in ("LOCK", "BUILD")]
    places = [(path, at) for path in index for at in _places(base / path, _PLACES)]
    yield "bytes of an index file changed", _tried(worker, base, flip, places, points, index_damaged)
    yield "an index file cut short", _tried(worker, base, truncate, places, points, index_damaged)
    yield "an index file deleted", _tried(worker, base, delete, [(path, 0) for path in index], points, index_damaged)
    database = Path("data/library.sqlite3")
    pages = range(0, (base / database).stat().st_size, _PAGE)
    places = [(database, page + offset) for page in pages for offset in (0, 100, 1000, 2500, 4000)]
    yield "bytes of a database page changed", _tried(worker, base, flip, places, points, library_damaged)
    yield "a digit in the database changed", _tried(worker, base, change_digit, places, points, library_damaged)
    yield "the database cut short", _tried(worker, base, truncate, places, points, library_damaged)


def index_damaged(worker: Worker, folder: Path) -> list[str]:
    """Problems with the answers; then the index is built anew, and everything must be well."""
    asked = worker.run(Job(str(folder), ask=True))
    mended = worker.run(Job(str(folder), "new index"))
    checked = worker.run(Job(str(folder), _SCENARIO, check=True))
    problems = [*asked.problems, *mended.problems, *checked.problems]
    return problems + [f"not mended: {one}" for one in (*mended.refused, *checked.refused)]


def library_damaged(worker: Worker, folder: Path) -> list[str]:
    """Problems with the answers; a library that is damaged is not mended but replaced by a backup."""
    return worker.run(Job(str(folder), ask=True)).problems


def _tried(
    worker: Worker,
    base: Path,
    harm: Callable[[Path, int], None],
    places: list[tuple[Path, int]],
    points: int,
    look: Callable[[Worker, Path], list[str]],
) -> list[Found]:
    step = max(1, len(places) // points) if points else 1
    found = []
    for path, at in places[::step]:
        folder = base.with_name("damaged")
        shutil.copytree(base, folder)
        harm(folder / path, at)
        found.append(Found(str(path), harm.__name__, at, [], look(worker, folder)))
        shutil.rmtree(folder)
    return found


def _places(path: Path, count: int) -> list[int]:
    size = path.stat().st_size
    return sorted({size * number // count for number in range(count)}) if size else []
