"""The index of a library: opens its generation, searches it, follows the library, and notices when another has."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Self

import numpy as np
import structlog
from cachetools import LRUCache

from wenbao.config.errors import IndexUnavailable, ModelUnavailable, UnknownDocument
from wenbao.index.building import (
    Change,
    Progress,
    is_in_many_parts,
    link_files,
    unheard,
    write_compacted,
    write_next,
    write_whole,
)
from wenbao.index.checking import problems_of
from wenbao.index.embedding import Encoder, Prompts, Vectors, WordsAlone, open_encoder, open_model
from wenbao.index.files import locked
from wenbao.index.finding import Hit, Query, find
from wenbao.index.generation import CURRENT, Generation, current_name, open_current, open_generation, open_newest
from wenbao.index.manifest import Manifest, ModelRecord, damaged, read_manifest
from wenbao.index.publishing import clear_away, new_folder, publish
from wenbao.knowledge.documents import Passage

if TYPE_CHECKING:
    from wenbao.config.settings import Settings
    from wenbao.knowledge.library import Library

__all__ = ["Hit", "Index", "Query"]

_SHARE_TO_ADD = 0.2
_FEW_DOCUMENTS = 10
_TRIES = 5
_VECTORS_KEPT = 2_000
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Opened:
    """A generation, with the encoder that its vectors can be compared with."""

    generation: Generation
    encoder: Encoder


class Index:
    """The index below one folder, with the encoder that is wanted for it. Safe to use from several threads.

    A generation that another model made is searched with that model, or by words alone where the model is gone, until
    `tend` has made one with the model that is wanted.
    """

    def __init__(self, root: Path, encoder: Encoder) -> None:
        """Open what is there, if it can be used: it never fails on account of what is on disk."""
        self._root = root
        self._encoder = encoder
        self._opening = Lock()
        self._changing = Lock()
        self._seen: tuple[int, int, int] | None = None
        self._opened: _Opened | None = None
        self._vectors: LRUCache[tuple[str, str], Vectors] = LRUCache(_VECTORS_KEPT)
        self._vectors_lock = Lock()
        self._helper: Callable[[], None] | None = None
        self._has_failed = False
        self.refresh()

    @classmethod
    def open(cls, settings: Settings, library: Library, progress: Progress | None = None) -> Self:
        """The index below `settings.data_dir`, up to date with the library: it is extended or built where it is not.

        Raises ModelUnavailable or StorageFailed.
        """
        index = cls(settings.data_dir / "index", open_encoder(settings))
        index.follow(library, progress)
        if index._opened is not None and not index._is_wanted(index._opened.generation):
            _log.warning("index.other_model", what_to_do="`wenbao serve` embeds anew beside, `wenbao reindex` now")
        return index

    @property
    def generation(self) -> Generation | None:
        """The generation that is searched; None before the first one is built."""
        return self._opened.generation if self._opened else None

    def search(self, query: Query, k: int, document_rows: Collection[int] | None = None) -> list[Hit]:
        """The `k` best paragraphs, best first; only of these documents where they are given.

        Raises IndexUnavailable where nothing has been built yet, or what is there turns out to be damaged.
        """
        self.refresh()
        opened = self._opened
        if opened is None:
            raise IndexUnavailable(f"There is no index yet. {self._what_to_do()}")
        vector = opened.encoder.encode_queries([query.dense])[0]
        try:
            return find(opened.generation, query, vector, k, document_rows)
        except (IndexUnavailable, RuntimeError) as problem:
            self._has_failed = True
            self._call_helper()
            raise IndexUnavailable(
                f"The index in {opened.generation.folder} is damaged. {self._what_to_do()}"
            ) from problem

    def likeness(self, question: str, texts: Sequence[str]) -> list[float]:
        """The cosine of a question with each of some texts, by the model of the index."""
        encoder = self._opened.encoder if self._opened else self._encoder
        vector = encoder.encode_queries([question])[0]
        return [float(one @ vector) for one in self._vectors_of(encoder, texts)]

    def _vectors_of(self, encoder: Encoder, texts: Sequence[str]) -> list[Vectors]:
        """The vector of each of some texts; those that were asked for last are kept."""
        keys = [(encoder.fingerprint, text) for text in texts]
        with self._vectors_lock:
            found = {key: self._vectors[key] for key in keys if key in self._vectors}
        missing = [key for key in dict.fromkeys(keys) if key not in found]
        if missing:
            made = encoder.encode_passages([text for _, text in missing])
            found |= zip(missing, map(np.copy, made), strict=True)  # a row of its own keeps no others in memory
            with self._vectors_lock:
                self._vectors.update((key, found[key]) for key in missing)
        return [found[key] for key in keys]

    def refresh(self) -> None:
        """Open the generation that another process has switched to; costs one look at CURRENT.

        Where that one cannot be used, the one that is open stays, or else the newest that can is opened.
        """
        seen = self._look()
        if seen == self._seen:
            return
        with self._opening:
            try:
                generation = open_current(self._root, self.generation)
            except IndexUnavailable as problem:
                _log.warning("index.unusable", problem=str(problem))
                generation = None if self._opened else open_newest(self._root)
            if generation is not None:
                self._opened = _Opened(generation, self._encoder_of(generation.manifest))
            self._seen = seen

    def follow(self, library: Library, progress: Progress | None = None) -> None:
        """Bring the index up to the library: add what is new, take out what is gone.

        Where that would not do, it is built anew: here, or by the helper if there is one.
        Raises ModelUnavailable or StorageFailed; what was there before then stays in use.
        """
        self.refresh()
        if self._holds(library) or retried(lambda: self._extended_to(library)):
            return
        if self._helper is not None and self._opened is not None:
            self._helper()
        else:
            self.tend(library, progress)

    def build(self, library: Library, progress: Progress | None = None) -> None:
        """Build the index anew. Raises ModelUnavailable or StorageFailed; what was there before then stays in use."""
        with locked(self._root / "BUILD"):
            self._build(library, progress or unheard)

    def tend(self, library: Library, progress: Progress | None = None) -> None:
        """Do what takes long: build anew for another model or where there is no other way, else write fewer parts.

        Others can search and add meanwhile. Raises ModelUnavailable or StorageFailed.
        """
        with locked(self._root / "BUILD"):
            self.refresh()
            opened = self._usable()
            is_wanted = opened is not None and self._is_wanted(opened.generation)
            if not is_wanted or not retried(lambda: self._extended_to(library)):
                self._build(library, progress or unheard)
            elif self.generation is not None and is_in_many_parts(self.generation):
                self._compact(library)

    def mend(self, library: Library, progress: Progress | None = None) -> None:
        """Read all of the generation in use and build it anew where it is damaged; then `tend` it."""
        self.refresh()
        generation = self.generation
        harmed = damaged(generation.folder, generation.manifest) if generation else []
        if generation is not None and harmed and self._is_current(generation):
            _log.warning("index.damaged", folder=str(generation.folder), files=harmed)
            self.build(library, progress)
        self.tend(library, progress)

    def needs_tending(self, library: Library) -> bool:
        """Whether there is anything for `tend` to do."""
        self.refresh()
        generation = self.generation
        return (
            generation is None
            or not self._is_wanted(generation)
            or generation.manifest.library != library.state()
            or is_in_many_parts(generation)
        )

    def documents(self) -> dict[str, int]:
        """The documents that the index holds, with their rows in the library."""
        return self._opened.generation.manifest.documents if self._opened else {}

    def has_failed(self) -> bool:
        """Whether a search has come upon damage since this was last asked."""
        has_failed, self._has_failed = self._has_failed, False
        return has_failed

    def leave_to(self, helper: Callable[[], None] | None) -> None:
        """Have what takes long done by a helper, which is called when there is anything to do."""
        self._helper = helper

    def add(self, passages: Iterable[Passage], document_row: int, library_state: str) -> None:
        """Add the passages of one document. Raises IndexUnavailable, ModelUnavailable or StorageFailed."""
        passages = list(passages)
        added = {passage.document_id: document_row for passage in passages}
        self._extend(Change(library_state, added, passages))

    def remove(self, document_row: int, library_state: str) -> None:
        """Take a document out. Raises IndexUnavailable or StorageFailed."""
        self._extend(Change(library_state, removed=frozenset((document_row,))))

    def verify(self) -> list[str]:
        """What is wrong with the generation in use, found by reading all of it; nothing where all is well."""
        return problems_of(self._root, self._encoder.fingerprint)

    def _extended_to(self, library: Library) -> bool:
        """Extend the generation in use to the library; False where it has to be built anew for that."""
        with self._writing():
            opened = self._usable()
            if opened is None:
                return False
            change = _change(opened.generation, library, _SHARE_TO_ADD)
            if change is None:
                return False
            if change.library != opened.generation.manifest.library or not self._is_current(opened.generation):
                self._write_next(opened, change)
            return True

    def _holds(self, library: Library) -> bool:
        """Whether the generation that is searched is the one in use, and holds the library as it is."""
        generation = self.generation
        return (
            generation is not None and self._is_current(generation) and generation.manifest.library == library.state()
        )

    def _extend(self, change: Change) -> None:
        with self._writing():
            opened = self._usable()
            if opened is None:
                raise IndexUnavailable(f"There is no index to add to. {self._what_to_do()}")
            if not set(change.added.items()) & set(opened.generation.manifest.documents.items()):
                self._write_next(opened, change)

    def _build(self, library: Library, progress: Progress) -> None:
        with self._folder_beside() as folder:
            wanted = library.rows()
            everything = Change(library.state(), wanted, library.each_passage())
            write_whole(folder, everything, self._encoder, progress)
            self._publish(folder, self._encoder, library)

    def _compact(self, library: Library) -> None:
        with ExitStack() as stack:
            with self._writing():
                opened = self._usable()
                if opened is None:
                    return
                folder = stack.enter_context(new_folder(self._root))
                link_files(opened.generation, folder)
            write_compacted(folder, opened.generation)
            self._publish(folder, opened.encoder, library)

    def _publish(self, folder: Path, encoder: Encoder, library: Library) -> None:
        """Make what was written beside the current generation, with all that has come to the library meanwhile."""
        with self._writing():
            written = _Opened(open_generation(folder), encoder)
            if not retried(lambda: self._published_with_later(written, library)):
                publish(self._root, folder)

    def _published_with_later(self, written: _Opened, library: Library) -> bool:
        change = _change(written.generation, library, 1.0)
        if change is None or change.library == written.generation.manifest.library:
            return False
        self._write_next(written, change)
        return True

    def _write_next(self, opened: _Opened, change: Change) -> None:
        with new_folder(self._root) as folder:
            write_next(folder, opened.generation, change, opened.encoder)
            publish(self._root, folder)

    def _usable(self) -> _Opened | None:
        """The generation in use as it is on disk now, else the newest that can be opened; None where none can."""
        self.refresh()
        try:
            if self._opened is not None and self._is_current(self._opened.generation):
                read_manifest(self._opened.generation.folder)
                return self._opened
            generation = open_current(self._root)
        except IndexUnavailable as problem:
            _log.warning("index.unusable", problem=str(problem))
            generation = open_newest(self._root)
        return None if generation is None else _Opened(generation, self._encoder_of(generation.manifest))

    def _is_current(self, generation: Generation) -> bool:
        """Whether CURRENT names this generation."""
        try:
            return current_name(self._root) == generation.name
        except IndexUnavailable:
            return False

    def _is_wanted(self, generation: Generation) -> bool:
        return generation.manifest.model == self._encoder.fingerprint

    def _encoder_of(self, manifest: Manifest) -> Encoder:
        """The encoder that made a generation; one for words alone where that model is gone."""
        known = [self._encoder, *([self._opened.encoder] if self._opened else [])]
        return encoder_of(manifest.model, manifest.made_with, manifest.dimension, known)

    @contextmanager
    def _folder_beside(self) -> Iterator[Path]:
        with ExitStack() as stack:
            with self._writing():
                folder = stack.enter_context(new_folder(self._root))
            yield folder

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One writer at a time, in this process and in others; afterwards its generation is searched."""
        with self._changing, locked(self._root / "LOCK"):
            clear_away(self._root)
            yield
            self.refresh()
            clear_away(self._root)
        if self._helper is not None and self.generation is not None and is_in_many_parts(self.generation):
            self._helper()

    def _call_helper(self) -> None:
        if self._helper is not None:
            self._helper()

    def _what_to_do(self) -> str:
        if self._helper is None:
            return "Run `wenbao reindex`."
        return "It is being built anew; please try again in a moment."

    def _look(self) -> tuple[int, int, int] | None:
        try:
            status = (self._root / CURRENT).stat()
        except OSError:
            return None
        return status.st_ino, status.st_mtime_ns, status.st_size


def _change(generation: Generation, library: Library, most: float) -> Change | None:
    """What sets the library apart from a generation; None where more than a share is new, or rows were given twice."""
    if library.state() == generation.manifest.library:
        return Change(generation.manifest.library)
    return change_between(generation.manifest.documents, generation.manifest.removed, library, most)


def change_between(
    documents: dict[str, int], taken_out: frozenset[int], library: Library, most: float
) -> Change | None:
    """What sets the library apart from what holds these documents, and held those rows once; None as above."""
    state, wanted = library.state(), library.rows()
    had = documents.items()
    added = dict(wanted.items() - had)
    removed = frozenset(row for _, row in had - wanted.items())
    taken = removed | taken_out | frozenset(documents.values())
    if len(added) > max(_FEW_DOCUMENTS, most * len(wanted)) or not taken.isdisjoint(added.values()):
        return None
    passages = library.each_passage(list(added)) if added else ()
    return Change(state, added, passages, removed)


def retried(work: Callable[[], bool]) -> bool:
    """Once more where a document was removed while the library was read."""
    for _ in range(_TRIES - 1):
        try:
            return work()
        except UnknownDocument:
            _log.info("index.again", reason="a document was removed meanwhile")
    return work()


def encoder_of(model: str, made_with: ModelRecord | None, dimension: int, known: Iterable[Encoder]) -> Encoder:
    """The encoder with a fingerprint: one that is known, or else opened; one for words alone where it is gone."""
    for encoder in known:
        if encoder.fingerprint == model and encoder.dimension == dimension:
            return encoder
    return _model_of(model, made_with) or WordsAlone(dimension)


def _model_of(fingerprint: str, made_with: ModelRecord | None) -> Encoder | None:
    """The model that an index was made with, if it is still as it was."""
    if made_with is None or not Path(made_with.folder).is_dir():
        return None
    try:
        encoder = open_model(Path(made_with.folder), Prompts(made_with.query_prompt, made_with.passage_prompt))
    except ModelUnavailable as problem:
        _log.warning("index.model_gone", problem=str(problem))
        return None
    return encoder if encoder.fingerprint == fingerprint else None
