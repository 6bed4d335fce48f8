"""The upkeep of a running service: a process of its own that embeds anew, mends and merges while others search."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

from tests.index.samples import add_report, flip_byte
from wenbao.config.settings import Settings, load_settings
from wenbao.index.building import MANY_PARTS, is_in_many_parts
from wenbao.index.embedding import open_encoder
from wenbao.index.search import Index, Query
from wenbao.index.static import StaticEncoder
from wenbao.index.upkeep import Upkeep
from wenbao.knowledge.library import Library

PATIENCE = 60


@pytest.fixture
def settings(tmp_path: Path, static_model: Path) -> Settings:
    return load_settings(data_dir=tmp_path, embedding_model=str(static_model))


@contextmanager
def _looked_after(settings: Settings, library: Library, index: Index) -> Iterator[Upkeep]:
    upkeep = Upkeep(settings, library, index)
    try:
        yield upkeep
    finally:
        upkeep.close()


def _awaited(is_so: Callable[[], bool]) -> bool:
    """Whether it comes true; nothing here is told when a process beside is done."""
    end, pause = monotonic() + PATIENCE, Event()
    while not is_so():
        if monotonic() > end:
            return False
        pause.wait(0.02)
    return True


def _is_merged(index: Index) -> bool:
    index.refresh()
    return index.generation is not None and not is_in_many_parts(index.generation)


def _finds(index: Index, library: Library, question: str, words: str) -> bool:
    return words in library.passages([index.search(Query.of(question), 1)[0].row])[0].text


def test_another_model_is_switched_to_while_the_old_one_answers(
    tmp_path: Path, settings: Settings, library: Library, other_encoder: StaticEncoder
) -> None:
    """Searching and adding go on all the while, and the generation that comes holds what was added meanwhile."""
    Index(tmp_path / "index", other_encoder).follow(library)
    index = Index.open(settings, library)
    assert index.generation is not None
    assert index.generation.manifest.model == other_encoder.fingerprint
    wanted = open_encoder(settings).fingerprint
    numbers = iter(range(10, 200))
    with _looked_after(settings, library, index):

        def has_switched() -> bool:
            number = next(numbers)
            add_report(library, number)
            index.follow(library)
            assert _finds(index, library, f"法律咨询{number}37次", f"{number}37次")
            return index.generation is not None and index.generation.manifest.model == wanted

        assert _awaited(has_switched)
    assert _finds(index, library, "法律咨询1037次", "1037次")
    assert index.verify() == []


def test_damage_is_found_and_mended(settings: Settings, library: Library) -> None:
    """A changed byte that nobody would notice is found by reading all of the index over, and it is built anew."""
    index = Index.open(settings, library)
    assert index.generation is not None
    path = max(index.generation.folder.glob("*.faiss"))
    flip_byte(path, path.stat().st_size - 5)
    assert index.verify() != []
    with _looked_after(settings, library, index) as upkeep:
        upkeep.call()
        assert _awaited(lambda: index.verify() == [])
        assert _finds(index, library, "法律咨询237次", "237次")


def test_many_parts_are_merged_beside(settings: Settings, library: Library) -> None:
    """Whoever adds does not wait for it, and what is added meanwhile is in the merged generation."""
    index = Index.open(settings, library)
    with _looked_after(settings, library, index):
        for number in range(10, 10 + MANY_PARTS + 4):
            add_report(library, number)
            index.follow(library)
        assert _awaited(lambda: _is_merged(index))
    for number in (10, 10 + MANY_PARTS + 3):
        assert _finds(index, library, f"法律咨询{number}37次", f"{number}37次")
    assert index.verify() == []


def test_closing_does_not_wait_for_what_takes_long(settings: Settings, library: Library) -> None:
    """The process beside is ended; the index is as sound as before."""
    index = Index.open(settings, library)
    with _looked_after(settings, library, index) as upkeep:
        upkeep.call()
    assert index.verify() == []
