"""Opens the service for a command, and shows what takes time: the index that has to be built first."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from wenbao.answers.service import ReportService
from wenbao.config.errors import IndexUnavailable
from wenbao.config.settings import Settings
from wenbao.index.generation import current_name
from wenbao.index.manifest import read_manifest
from wenbao.index.search import Index
from wenbao.index.store import index_at
from wenbao.knowledge.backup import check_not_empty, database_problems
from wenbao.knowledge.library import Library

if TYPE_CHECKING:
    from wenbao.index.milvus import MilvusIndex

_MEND_THE_LIBRARY = "Restore a backup, or `wenbao forget` the report and add it again."


def open_service(settings: Settings) -> ReportService:
    """The service, with its index up to date. Raises ModelUnavailable, IndexUnavailable or StorageFailed."""
    if not _has_library(settings):
        return _open_first_time(settings)
    if not _is_up_to_date(settings):
        bring_up_to_date(settings)
    return ReportService.open(settings)


def bring_up_to_date(settings: Settings) -> int:
    """Index what is new and take out what is gone; returns how many paragraphs there are."""
    with _library_and_index(settings) as (library, index):
        total = _paragraphs(library)
        with indexing(total) as progress:
            index.follow(library, progress)
    return total


def rebuild(settings: Settings) -> int:
    """Build the index anew out of the library; returns how many paragraphs there are."""
    if not _has_library(settings):
        return bring_up_to_date(settings)
    with _library_and_index(settings) as (library, index):
        total = _paragraphs(library)
        with indexing(total) as progress:
            index.build(library, progress)
    return total


def problems_on_disk(settings: Settings) -> list[str]:
    """Everything that is wrong with what is on disk. It is only read: opening the service would repair it."""
    if not _has_library(settings):
        return [f"There is no library in {settings.data_dir} yet. `wenbao reindex` makes one."]
    problems = database_problems(settings.data_dir)
    if any(str(_library_path(settings)) in problem for problem in problems):
        return problems  # nothing that it holds can be relied on
    with closing(Library(_library_path(settings))) as library:
        problems += [f"{problem}. {_MEND_THE_LIBRARY}" for problem in library.verify()]
        index = index_at(settings)
        return problems + index.verify() + _out_of_step(library, index)


@contextmanager
def indexing(total: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on the terminal for so many paragraphs; yields what is to be told how many are done."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn("Indexing"), BarColumn(), MofNCompleteColumn(), TextColumn("paragraphs"), TimeRemainingColumn()
    is_seen = sys.stderr.isatty()
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not is_seen) as progress:
        task = progress.add_task("indexing", total=total)
        yield lambda done: progress.update(task, completed=done)


def _out_of_step(library: Library, index: Index | MilvusIndex) -> list[str]:
    """Where the index does not hold what the library does."""
    if index.generation is None or index.generation.manifest.library != library.state():
        return ["The index is not up to date. `wenbao reindex --if-stale` brings it up to date."]
    if index.documents() != library.rows():
        return ["The index does not hold the documents of the library. Run `wenbao reindex`."]
    held, there = index.generation.manifest.paragraphs, _paragraphs(library)
    if held != there:
        return [f"The index holds {held} paragraphs, the library {there}. Run `wenbao reindex`."]
    return []


def _open_first_time(settings: Settings) -> ReportService:
    """Only the reports in the box are there to be indexed, which takes a moment."""
    if not sys.stderr.isatty():
        print("Indexing the reports in the box …", file=sys.stderr, flush=True)
        return ReportService.open(settings)
    with Console(stderr=True).status("Indexing the reports in the box …"):
        return ReportService.open(settings)


@contextmanager
def _library_and_index(settings: Settings) -> Iterator[tuple[Library, Index | MilvusIndex]]:
    if not _has_library(settings):
        _open_first_time(settings).close()
    with closing(Library(_library_path(settings))) as library:
        yield library, index_at(settings)


def _library_path(settings: Settings) -> Path:
    return settings.data_dir / "library.sqlite3"


def _has_library(settings: Settings) -> bool:
    """Whether there is a library; an empty file is what is left of one. Raises StorageFailed."""
    check_not_empty(_library_path(settings))
    return _library_path(settings).exists()


def _is_up_to_date(settings: Settings) -> bool:
    """Whether the current generation holds the library as it is; that it can be used is for the index to see.

    What is kept elsewhere has to be asked.
    """
    if settings.store != "disk":
        return False
    root = settings.data_dir / "index"
    with closing(Library(_library_path(settings))) as library:
        try:
            name = current_name(root)
            return name is not None and read_manifest(root / name).library == library.state()
        except IndexUnavailable:
            return False


def _paragraphs(library: Library) -> int:
    return sum(document.paragraphs for document in library.documents())
