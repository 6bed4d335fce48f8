"""A few of the faults that `python -m tests.faults.run` tries by the thousand: killed processes, full disks, damage."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.damage import flip, index_damaged, library_damaged, truncate
from tests.faults.harness import Worker, compiler, fault, faults, operations, prepared
from tests.faults.jobs import Job

WANTED = ["added 7", "removed 2", "changed 2", "edited 2"]
pytestmark = pytest.mark.skipif(compiler() is None, reason="no C compiler to make the shim with (cc, gcc or clang)")


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    with faults(tmp_path_factory.mktemp("shim")) as worker:
        yield worker


@pytest.mark.parametrize("scenario", ["add", "new version", "edit", "remove", "bring back", "compaction", "restore"])
def test_whatever_is_killed_loses_nothing_and_answers_rightly(scenario: str, worker: Worker, tmp_path: Path) -> None:
    """Killed early, in the middle and late, a new process finds all that was acknowledged, and the index sound."""
    base = prepared(tmp_path, scenario)
    count = operations(worker, base, scenario)
    for mode, share in (("tear", 0.3), ("kill", 0.6), ("kill", 0.95)):
        assert fault(worker, base, scenario, mode, int(share * count)).problems == []


@pytest.mark.parametrize("scenario", ["add", "new index"])
def test_a_full_disk_is_told_and_everything_goes_on_afterwards(scenario: str, worker: Worker, tmp_path: Path) -> None:
    """The error says what to do, the reports that are there are answered rightly, and nothing is left half done."""
    base = prepared(tmp_path, scenario)
    count = operations(worker, base, scenario)
    found = fault(worker, base, scenario, "full", count // 2)
    assert found.problems == []
    assert "disk" in found.refused[0]


def test_the_check_finds_what_was_acknowledged_and_is_not_there(worker: Worker, tmp_path: Path) -> None:
    """The tests above can fail: a report that was never taken in counts as lost, a removal that never was as well."""
    base = prepared(tmp_path, "add")
    outcome = worker.run(Job(str(base), "add", check=True, acknowledged=WANTED))
    assert "lost 7" in outcome.problems
    assert "2 is back" in outcome.problems
    assert "lost the new version of 2" in outcome.problems
    assert "lost the correction of 2" in outcome.problems


def test_damage_to_the_index_never_leads_to_a_wrong_answer(worker: Worker, tmp_path: Path) -> None:
    """Vectors, words, the manifest: bytes changed or cut off; afterwards `wenbao reindex` makes it sound again."""
    base = prepared(tmp_path, "remove")
    generation = max((base / "data" / "index").glob("generation-*"))
    names = ["*.faiss", "*-units.npy", "terms/sentences/*.idx", "terms/sentences/*.fast", "manifest.json"]
    for number, name in enumerate(names):
        folder = Path(shutil.copytree(base, tmp_path / f"copy-{number}"))
        path = max((folder / generation.relative_to(base)).glob(name), key=lambda path: path.stat().st_size)
        (flip if number % 2 else truncate)(path, path.stat().st_size // 3)
        assert index_damaged(worker, folder) == []


def test_damage_to_the_library_never_leads_to_a_wrong_answer(worker: Worker, tmp_path: Path) -> None:
    """A figure that another byte has come into is not quoted; a file that was emptied is no new library."""
    base = prepared(tmp_path, "remove")
    database = base / "data" / "library.sqlite3"
    said, other = (f"提供法律咨询{number}次".encode() for number in (1001, 1002))
    content = database.read_bytes()
    assert said in content
    database.write_bytes(content.replace(said, other))
    assert library_damaged(worker, base) == []
    outcome = worker.run(Job(str(base), ask=True))
    assert "restore a backup" in outcome.refused[0].lower()
    database.write_bytes(b"")
    for path in database.parent.glob("library.sqlite3-*"):
        path.unlink()
    assert library_damaged(worker, base) == []


def test_there_are_many_points_to_be_killed_at(worker: Worker, tmp_path: Path) -> None:
    """What SQLite, tantivy and FAISS do is counted, not only what Python does."""
    assert sum(operations(worker, prepared(tmp_path, scenario), scenario) for scenario in ("first start", "add")) > 400
