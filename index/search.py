"""The index of a library: opens its generation, searches it, follows the library, and notices when another has."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Self

import structlog

from wenbao.config.errors import IndexUnavailable
from wenbao.index.building import Change, Progress, build, clear_away, extend, unheard
from wenbao.index.embedding import Encoder, open_encoder
from wenbao.index.files import locked
from wenbao.index.finding import Hit, Query, find
from wenbao.index.generation import CURRENT, Generation, open_current, verify_current
from wenbao.knowledge.documents import Passage

if TYPE_CHECKING:
    from wenbao.config.settings import Settings
    from wenbao.knowledge.library import Library

__all__ = ["Hit", "Index", "Query"]

_SHARE_TO_ADD = 0.2
_FEW_DOCUMENTS = 10
_log = structlog.get_logger(__name__)


class Index:
    """The index below one folder, with the encoder that goes with it. Safe to use from several threads."""

    def __init__(self, root: Path, encoder: Encoder) -> None:
        """Open what is there, if it can be used: it never fails on account of what is on disk."""
        self._root = root
        self._encoder = encoder
        self._opening = Lock()
        self._changing = Lock()
        self._seen: tuple[int, int, int] | None = None
        self._generation: Generation | None = None
        self.refresh()

    @classmethod
    def open(cls, settings: Settings, library: Library, progress: Progress | None = None) -> Self:
        """The index below `settings.data_dir`, up to date with the library: it is extended or built where it is not.

        Raises ModelUnavailable or StorageFailed.
        """
        index = cls(settings.data_dir / "index", open_encoder(settings))
        index.follow(library, progress)
        return index

    @property
    def generation(self) -> Generation | None:
        """The generation that is searched; None before the first one is built."""
        return self._generation

    def search(self, query: Query, k: int, document_rows: Collection[int] | None = None) -> list[Hit]:
        """The `k` best paragraphs, best first; only of these documents where they are given.

        Raises IndexUnavailable where nothing has been built yet.
        """
        self.refresh()
        generation = self._generation
        if generation is None:
            raise IndexUnavailable("There is no index yet. Run `wenbao reindex`.")
        return find(generation, query, self._encoder.encode_queries([query.dense])[0], k, document_rows)

    def likeness(self, question: str, texts: Sequence[str]) -> list[float]:
        """The cosine of a question with each of some texts, by the model of the index."""
        vector = self._encoder.encode_queries([question])[0]
        return [float(one) for one in self._encoder.encode_passages(texts) @ vector]

    def refresh(self) -> None:
        """Open the generation that another process has switched to; costs one look at CURRENT.

        Where that one cannot be used, such as after another model's, the one that is open stays.
        """
        seen = self._look()
        if seen == self._seen:
            return
        with self._opening:
            try:
                self._generation = open_current(self._root, self._encoder.fingerprint) or self._generation
            except IndexUnavailable as problem:
                _log.warning("index.unusable", problem=str(problem))
            self._seen = seen

    def follow(self, library: Library, progress: Progress | None = None) -> None:
        """Bring the index up to the library: add what is new, take out what is gone, build it anew where that is best.

        Raises ModelUnavailable or StorageFailed; what was there before then stays in use.
        """
        with self._writing():
            state = library.state()
            generation = self._usable()
            if generation is not None and generation.manifest.library == state:
                return
            wanted = {document.id: document.row for document in library.documents()}
            change = None if generation is None else _change(generation, library, wanted, state)
            if generation is None or change is None:
                everything = Change(state, wanted, library.each_passage())
                build(self._root, everything, self._encoder, progress or unheard)
            else:
                extend(self._root, generation, change, self._encoder)

    def build(self, library: Library, progress: Progress | None = None) -> None:
        """Build the index anew. Raises ModelUnavailable or StorageFailed; what was there before then stays in use."""
        with self._writing():
            wanted = {document.id: document.row for document in library.documents()}
            everything = Change(library.state(), wanted, library.each_passage())
            build(self._root, everything, self._encoder, progress or unheard)

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
        return verify_current(self._root, self._encoder.fingerprint)

    def _extend(self, change: Change) -> None:
        with self._writing():
            generation = self._usable()
            if generation is None:
                raise IndexUnavailable("There is no index to add to. Run `wenbao reindex`.")
            if set(change.added.items()) & set(generation.manifest.documents.items()):
                return
            extend(self._root, generation, change, self._encoder)

    def _usable(self) -> Generation | None:
        """The generation in use as it is on disk now; None where it has to be built anew."""
        try:
            return open_current(self._root, self._encoder.fingerprint)
        except IndexUnavailable as problem:
            _log.warning("index.rebuilt", reason=str(problem))
            return None

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One writer at a time, in this process and in others; afterwards its generation is searched."""
        with self._changing, locked(self._root / "LOCK"):
            clear_away(self._root)
            yield
            self.refresh()
            clear_away(self._root)

    def _look(self) -> tuple[int, int, int] | None:
        try:
            status = (self._root / CURRENT).stat()
        except OSError:
            return None
        return status.st_ino, status.st_mtime_ns, status.st_size


def _change(generation: Generation, library: Library, wanted: dict[str, int], state: str) -> Change | None:
    """What sets the library apart from the generation; None where building anew costs less or rows were given twice."""
    had = generation.manifest.documents.items()
    added = dict(wanted.items() - had)
    removed = frozenset(row for _, row in had - wanted.items())
    taken = removed | generation.manifest.removed | frozenset(generation.manifest.documents.values())
    if len(added) > max(_FEW_DOCUMENTS, _SHARE_TO_ADD * len(wanted)) or not taken.isdisjoint(added.values()):
        return None
    passages = library.each_passage(list(added)) if added else ()
    return Change(state, added, passages, removed)
