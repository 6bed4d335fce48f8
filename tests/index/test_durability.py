"""What happens to the index when things go wrong: crashes, damage, a full disk, several processes."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.index.samples import add_report, flip_byte, report
from wenbao.config.errors import IndexUnavailable
from wenbao.index.generation import CURRENT, open_current
from wenbao.index.search import Index, Query
from wenbao.index.static import StaticEncoder
from wenbao.knowledge.library import Library
from wenbao.knowledge.parse import parse

ROOT = Path(__file__).parents[2]
START = """
import resource, sys, time
from pathlib import Path
from tests.index.samples import add_report
from wenbao.config.errors import StorageFailed
from wenbao.index import building, publishing, search
from wenbao.index.search import Index, Query
from wenbao.index.static import StaticEncoder
from wenbao.knowledge.library import Library

def stop(*_):
    print("there", flush=True)
    time.sleep(600)

folder, model = Path(sys.argv[1]), Path(sys.argv[2])
library, encoder = Library(folder / "library.sqlite3"), StaticEncoder(model)
"""
STOPS = {
    "while passages are embedded": "encoder.encode_passages = stop",
    "while vectors are written": "building.write_chunk = stop",
    "before the manifest is written": "building._complete = stop",
    "before the folder has its name": "search.publish = stop",
    "before the switch": "publishing.replace_text = stop",
}


def _process(script: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", START + script, *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def _killed_when_there(script: str, *arguments: object) -> None:
    process = _process(script, *arguments)
    assert process.stdout is not None
    assert process.stdout.readline() == "there\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()


def _first(index: Index, library: Library, question: str) -> str:
    return library.passages([index.search(Query.of(question), 1)[0].row])[0].text


def _generations(root: Path) -> list[str]:
    return sorted(path.name for path in root.iterdir() if path.is_dir())


@pytest.mark.parametrize("where", STOPS)
def test_killing_an_addition_leaves_the_index_as_it_was(
    where: str, tmp_path: Path, index: Index, library: Library, encoder: StaticEncoder, static_model: Path
) -> None:
    """The old generation answers; afterwards the addition is made up for and nothing is left lying about."""
    add_report(library, 4)
    _killed_when_there(f"{STOPS[where]}\nIndex(folder / 'index', encoder).follow(library)", tmp_path, static_model)
    again = Index(tmp_path / "index", encoder)
    assert again.verify() == []
    assert "137次" in _first(again, library, "法律咨询137次")
    again.follow(library)
    assert "437次" in _first(again, library, "法律咨询437次")
    assert "437次" in _first(index, library, "法律咨询437次")
    assert not list((tmp_path / "index").glob(".unfinished*"))


@pytest.mark.parametrize("where", STOPS)
def test_killing_the_first_build_leaves_nothing_that_is_in_the_way(
    where: str, tmp_path: Path, library: Library, encoder: StaticEncoder, static_model: Path
) -> None:
    """The next start builds the index."""
    _killed_when_there(f"{STOPS[where]}\nIndex(folder / 'index', encoder).follow(library)", tmp_path, static_model)
    index = Index(tmp_path / "index", encoder)
    assert index.generation is None
    index.follow(library)
    assert "137次" in _first(index, library, "法律咨询137次")


@pytest.mark.parametrize("bytes_per_file", [300, 2_000, 20_000])
def test_a_full_disk_leaves_the_index_as_it_was(
    bytes_per_file: int, tmp_path: Path, index: Index, library: Library, static_model: Path
) -> None:
    """StorageFailed is raised, the generation before goes on answering, and nothing is left behind."""
    for number in range(4, 60):
        add_report(library, number)
    before = _generations(tmp_path / "index")
    script = (
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({bytes_per_file}, {bytes_per_file}))\n"
        "index = Index(folder / 'index', encoder)\n"
        "try:\n    index.build(library)\n"
        "except StorageFailed as problem:\n    print(problem, len(index.search(Query.of('法律咨询137次'), 1)))\n"
    )
    process = _process(script, tmp_path, static_model)
    assert "The index could not be written" in process.communicate()[0]
    assert process.returncode == 0
    assert _generations(tmp_path / "index") == before
    assert "137次" in _first(index, library, "法律咨询137次")


def _truncate(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def _flip(path: Path) -> None:
    flip_byte(path, path.stat().st_size // 2)


def _files(index: Index) -> list[Path]:
    assert index.generation is not None
    return [index.generation.folder / name for name in index.generation.manifest.files]


@pytest.mark.parametrize("harm", [_truncate, Path.unlink])
def test_a_damaged_file_is_noticed_on_opening_and_made_anew(
    harm, tmp_path: Path, index: Index, library: Library, encoder: StaticEncoder
) -> None:
    """Whichever file it is, the index is not searched in that state, and following the library rebuilds it."""
    kept = tmp_path / "kept"
    shutil.copytree(tmp_path / "index", kept)
    for path in _files(index):
        shutil.rmtree(tmp_path / "index")
        shutil.copytree(kept, tmp_path / "index")
        harm(path)
        again = Index(tmp_path / "index", encoder)
        assert again.generation is None
        assert path.name in again.verify()[0]
        again.follow(library)
        assert "137次" in _first(again, library, "法律咨询137次")


def test_a_changed_byte_is_found_by_verify(tmp_path: Path, index: Index, library: Library) -> None:
    """Verifying reads every file, and building makes it right."""
    assert index.verify() == []
    for path in _files(index):
        _flip(path)
        assert [path.name in problem for problem in index.verify()] == [True]
        _flip(path)
    _flip(_files(index)[0])
    index.build(library)
    assert index.verify() == []


def test_no_changed_byte_brings_a_search_down(
    tmp_path: Path, index: Index, library: Library, encoder: StaticEncoder
) -> None:
    """Whichever file it is in, there are hits, or the index says that it cannot be used."""
    for path in _files(index):
        _flip(path)
        try:
            Index(tmp_path / "index", encoder).search(Query.of("法律咨询137次"), 5)
        except IndexUnavailable as problem:
            assert "wenbao reindex" in str(problem)
        _flip(path)
    assert "137次" in _first(index, library, "法律咨询137次")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"generation-999999\n", b"../../etc\n", b"generation-1/../..\n"])
def test_a_pointer_to_nowhere_is_no_obstacle(
    content: bytes, tmp_path: Path, index: Index, library: Library, encoder: StaticEncoder
) -> None:
    """What CURRENT says is not trusted: the newest generation is opened, and becomes the current one again."""
    (tmp_path / "index" / CURRENT).write_bytes(content)
    assert "137次" in _first(index, library, "法律咨询137次")
    again = Index(tmp_path / "index", encoder)
    assert "137次" in _first(again, library, "法律咨询137次")
    with pytest.raises(IndexUnavailable):
        open_current(tmp_path / "index")
    again.follow(library)
    assert again.verify() == []
    assert "137次" in _first(again, library, "法律咨询137次")
    assert "137次" in _first(index, library, "法律咨询137次")


def test_a_deleted_index_is_built_again(tmp_path: Path, index: Index, library: Library, encoder: StaticEncoder) -> None:
    """It is derived from the library, all of it; one that is open goes on without its files."""
    shutil.rmtree(tmp_path / "index")
    assert "137次" in _first(index, library, "法律咨询137次")
    again = Index(tmp_path / "index", encoder)
    again.follow(library)
    assert "137次" in _first(again, library, "法律咨询137次")


def test_a_library_put_in_the_place_of_another_is_indexed_anew(tmp_path: Path, index: Index) -> None:
    """Its rows begin at 1 again, so that nothing of the old index may be kept."""
    other = Library(tmp_path / "other.sqlite3")
    for number in (5, 6, 2):
        add_report(other, number)
    index.follow(other)
    assert "637次" in _first(index, other, "法律咨询637次")
    assert "237次" in _first(index, other, "法律咨询237次")
    assert {row for chunk in index.generation.chunks for row in chunk.held} == {1, 2, 3} if index.generation else False


def test_another_process_switches_and_this_one_follows(
    tmp_path: Path, index: Index, library: Library, static_model: Path
) -> None:
    """The next question here finds what was added there."""
    script = "add_report(library, 9)\nIndex(folder / 'index', encoder).follow(library)"
    assert _process(script, tmp_path, static_model).wait() == 0
    assert "937次" in _first(index, library, "法律咨询937次")


def test_two_processes_and_two_threads_add_at_the_same_time(
    tmp_path: Path, index: Index, library: Library, encoder: StaticEncoder, static_model: Path
) -> None:
    """One writes at a time, and nothing that either of them adds is lost."""
    script = (
        "for number in range(20, 26):\n    add_report(library, number)\n"
        "    Index(folder / 'index', encoder).follow(library)"
    )
    process = _process(script, tmp_path, static_model)

    def add(number: int) -> None:
        add_report(library, number)
        index.follow(library)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(add, range(30, 36)))
    assert process.wait() == 0
    for number in (*range(20, 26), *range(30, 36)):
        assert f"{number}37次" in _first(index, library, f"法律咨询{number}37次")
    assert index.verify() == []


def test_old_generations_are_cleared_away_but_one(tmp_path: Path, index: Index, library: Library) -> None:
    """The current one and the one before stay on disk; a search that began in an older one ends well."""
    oldest = index.generation
    for number in range(4, 9):
        add_report(library, number)
        index.follow(library)
    assert len(_generations(tmp_path / "index")) == 2
    assert oldest is not None
    units, _ = oldest.nearest(StaticEncoder.encode_queries(index._encoder, ["法律咨询"])[0], 3, None)
    assert len(units) == 3


def test_following_an_unchanged_library_writes_nothing(tmp_path: Path, index: Index, library: Library) -> None:
    """An index that is up to date is left alone."""
    before = (tmp_path / "index" / CURRENT).stat()
    index.follow(library)
    assert (tmp_path / "index" / CURRENT).stat() == before


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, encoder: StaticEncoder, library: Library) -> None:
    """A file in the place of the folder is a storage failure, not a crash."""
    from wenbao.config.errors import StorageFailed

    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageFailed):
        Index(tmp_path / "file" / "index", encoder).follow(library)


def test_a_server_needs_no_torch(tmp_path: Path, static_model: Path, library: Library) -> None:
    """Building a small index, asking and adding do not import it."""
    script = (
        "index = Index(folder / 'index', encoder)\nindex.follow(library)\n"
        "add_report(library, 9)\nindex.follow(library)\n"
        "index.search(Query.of('法律咨询'), 5)\nprint(sorted({'torch', 'sentence_transformers'} & set(sys.modules)))"
    )
    assert _process(script, tmp_path, static_model).communicate()[0] == "[]\n"


def test_a_large_library_is_embedded_by_sentence_transformers(
    tmp_path: Path, encoder: StaticEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than one batch goes to the process beside; the vectors are those of the static encoder."""
    from wenbao.index import building
    from wenbao.index.bulk import BulkEncoder

    used = []
    monkeypatch.setattr(building, "_BATCH", 4)
    monkeypatch.setattr(BulkEncoder, "is_ready", lambda self: used.append(self) or True)
    library = Library(tmp_path / "many.sqlite3")
    for number in range(1, 5):
        add_report(library, number)
    index = Index(tmp_path / "many", encoder)
    done: list[int] = []
    index.follow(library, done.append)
    assert used
    assert done[-1] == sum(document.paragraphs for document in library.documents())
    hit = index.search(Query.of("法律咨询437次"), 1)[0]
    assert "437次" in library.passages([hit.row])[0].text
    assert parse("report.txt", report(4)).id in {document.id for document in library.documents()}
