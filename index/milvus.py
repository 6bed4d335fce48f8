"""The index of a library in Milvus: the same face as `wenbao.index.search.Index`, and the same search.

Terms are kept as sparse vectors of our own tokens (`wenbao.index.weighing`), so that scores are those of the index on
disk and owe nothing to what the server knows of a language.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Lock

import numpy as np
import structlog
from cachetools import LRUCache

from wenbao.config.errors import IndexUnavailable
from wenbao.index.building import Progress, model_record, unheard
from wenbao.index.embedding import Encoder
from wenbao.index.files import locked, replace_text
from wenbao.index.finding import Hit, Query, find
from wenbao.index.milvus_collections import Collections, Kind, Row, State, documents_of, terms_in
from wenbao.index.search import change_between, encoder_of, retried
from wenbao.index.terms import WeightedTerms, ceiling, rarest_of, telling
from wenbao.index.units import Prepared, Rows, Units, batches, prepare
from wenbao.index.vectors import Vectors
from wenbao.index.weighing import Tallies, entry_weights, numbers_of, query_weights, term_number
from wenbao.knowledge.library import Library

_SHARE_TO_ADD = 0.2
_ROWS_AT_ONCE = 200
_BATCH = 512
_TERMS_AT_ONCE = 5000
_FEW_PARAGRAPHS = 1000
_GROWTH = 1.5
_ENTRIES: tuple[Kind, Kind] = ("paragraphs", "sentences")
_SIZES = ["paragraphs", "sentences", "units"]
_KNOWN_TERMS = 200_000
_log = structlog.get_logger(__name__)


class MilvusGeneration:
    """What is searched between two changes of the index."""

    def __init__(self, collections: Collections, state: State) -> None:
        self.manifest = state
        self._collections = collections
        self._known: LRUCache[int, Row] = LRUCache(_KNOWN_TERMS)
        self._knowing = Lock()
        self.paragraphs = MilvusTerms(self, "paragraphs", state.paragraphs)
        self.sentences = MilvusTerms(self, "sentences", state.sentences)

    def search(
        self, kind: Kind, query: dict[int, float] | Vectors, k: int, documents: Collection[int] | None
    ) -> tuple[Units, Vectors]:
        """The units with the greatest inner products, and these, best first."""
        return _columns(self._collections.nearest(self.manifest.build, kind, query, k, documents))

    def nearest(self, query: Vectors, k: int, documents: Collection[int] | None) -> tuple[Units, Vectors]:
        """The `k` units nearest to a vector and their scores, best first."""
        return self.search("vectors", query, k, documents)

    def dense_scores(self, query: Vectors, rows: Rows) -> tuple[Units, Vectors]:
        """Every unit of these paragraphs with its score: their vectors are read, as a search might leave some out."""
        found = [
            row
            for start in range(0, len(rows), _ROWS_AT_ONCE)
            for row in self._collections.among(
                self.manifest.build, "vectors", "row", rows[start : start + _ROWS_AT_ONCE].tolist(), ["unit", "vector"]
            )
        ]
        if not found:
            return _columns([])
        scores = np.array([row["vector"] for row in found], np.float32) @ query
        return np.array([row["unit"] for row in found], np.uint64), scores

    def learn(self, numbers: Iterable[int]) -> None:
        """Ask at once in how many entries each of these terms stands."""
        with self._knowing:
            unknown = {number for number in numbers if number not in self._known}
        if not unknown:
            return
        columns = ["number", "paragraphs", "sentences"]
        rows = self._collections.among(self.manifest.build, "terms", "number", sorted(unknown), columns)
        with self._knowing:
            self._known.update({number: {} for number in unknown} | {row["number"]: row for row in rows})

    def frequency(self, kind: Kind, number: int) -> int:
        """In how many paragraphs or sentences a term stands."""
        self.learn([number])
        with self._knowing:
            return int(self._known.get(number, {}).get(kind, 0))


class MilvusTerms:
    """Paragraphs or sentences, found by their words."""

    def __init__(self, generation: MilvusGeneration, kind: Kind, entries: int) -> None:
        self._generation = generation
        self._kind: Kind = kind
        self._entries = entries

    def __len__(self) -> int:
        return self._entries

    def search(self, terms: WeightedTerms, k: int, documents: Collection[int] | None) -> tuple[Units, Vectors]:
        """The units of the `k` best entries and their scores, best first; only from `documents` where given."""
        self._generation.learn(numbers_of(terms))
        wanted = query_weights(terms, self._entries, self._frequency)
        return self._generation.search(self._kind, wanted, k, documents) if wanted else _columns([])

    def telling(self, terms: WeightedTerms) -> WeightedTerms:
        """As `wenbao.index.terms.telling`."""
        self._generation.learn(numbers_of(terms))
        return telling(terms, self._entries, self._frequency)

    def ceiling(self, terms: WeightedTerms) -> float:
        """As `wenbao.index.terms.ceiling`."""
        return ceiling(terms, self._entries, self._frequency)

    def frequency(self, text: str) -> int:
        """In how many entries a string stands, at most."""
        pairs = list(rarest_of(text))
        self._generation.learn(term_number(*pair) for pair in pairs)
        return min((self._frequency(*pair) for pair in pairs), default=0)

    def _frequency(self, kind: str, token: str) -> int:
        return self._generation.frequency(self._kind, term_number(kind, token))


class MilvusIndex:
    """The index in a Milvus database, with the encoder that is wanted for it. Safe to use from several threads.

    Any number of processes read; those that write take turns by a lock in the data folder, which they share. A write
    that was broken off leaves its mark, and the next one builds the index anew.
    """

    def __init__(self, root: Path, uri: str, token: str | None, encoder: Encoder) -> None:
        """Connect. Raises InvalidSettings where pymilvus is missing, IndexUnavailable where nobody answers."""
        self._root = root
        self._encoder = encoder
        self._collections = Collections(uri, token)
        self._changing = Lock()
        self._opening = Lock()
        self._opened: tuple[MilvusGeneration, Encoder] | None = None
        self._helper: Callable[[], None] | None = None

    @property
    def generation(self) -> MilvusGeneration | None:
        """What is searched; None before the first one is built."""
        return self._opened[0] if self._opened else None

    def search(self, query: Query, k: int, document_rows: Collection[int] | None = None) -> list[Hit]:
        """As `Index.search`. Raises IndexUnavailable where nothing has been built yet, or Milvus does not answer."""
        self.refresh()
        opened = self._opened
        if opened is None:
            raise IndexUnavailable(f"There is no index in Milvus at {self._collections.uri} yet. Run `wenbao reindex`.")
        generation, encoder = opened
        vector = encoder.encode_queries([query.dense])[0]
        try:
            return find(generation, query, vector, k, document_rows)
        except IndexUnavailable:
            self.refresh()
            if self._opened is None or self._opened[0] is generation:
                raise
            return find(self._opened[0], query, vector, k, document_rows)  # another process has switched meanwhile

    def likeness(self, question: str, texts: Sequence[str]) -> list[float]:
        """The cosine of a question with each of some texts, by the model of the index."""
        encoder = self._opened[1] if self._opened else self._encoder
        vector = encoder.encode_queries([question])[0]
        return [float(one) for one in encoder.encode_passages(texts) @ vector]

    def refresh(self) -> None:
        """See what another process has changed; costs one question to Milvus. Raises IndexUnavailable."""
        state = self._state()
        with self._opening:
            if state is None:
                self._opened = None
            elif self.generation is None or _mark(self.generation.manifest) != _mark(state):
                known = [self._encoder, *([self._opened[1]] if self._opened else [])]
                encoder = encoder_of(state.model, state.made_with, state.dimension, known)
                self._opened = MilvusGeneration(self._collections, state), encoder

    def documents(self) -> dict[str, int]:
        """The documents that the index holds, with their rows in the library."""
        return self._held(self.generation.manifest) if self.generation else {}

    def follow(self, library: Library, progress: Progress | None = None) -> None:
        """As `Index.follow`. Raises IndexUnavailable, ModelUnavailable or StorageFailed."""
        self.refresh()
        generation = self.generation
        if generation is not None and not self._is_behind(generation.manifest, library):
            return
        is_done = retried(lambda: self._extended_to(library))
        generation = self.generation
        if is_done and generation is not None and not _has_outgrown(generation.manifest):
            return
        if self._helper is not None and generation is not None and len(generation.paragraphs) > _FEW_PARAGRAPHS:
            self._helper()
        else:
            self.tend(library, progress)

    def build(self, library: Library, progress: Progress | None = None) -> None:
        """Build the index anew, whosever it was; what was there before stays in use until then."""
        with locked(self._root / "BUILD"):
            retried(lambda: self._build(library, progress or unheard))

    def tend(self, library: Library, progress: Progress | None = None) -> None:
        """As `Index.tend`: build anew for another model, for half as much again, or where there is no other way."""
        with locked(self._root / "BUILD"):
            state = self._state()
            fits = state is not None and self._is_wanted(state) and not _has_outgrown(state)
            if not fits or not retried(lambda: self._extended_to(library)):
                retried(lambda: self._build(library, progress or unheard))

    def mend(self, library: Library, progress: Progress | None = None) -> None:
        """Build anew where Milvus does not hold as much as it should; then `tend`."""
        state = self._state()
        if state is not None and self._missing(state):
            self.build(library, progress)
        self.tend(library, progress)

    def needs_tending(self, library: Library) -> bool:
        """Whether there is anything for `tend` to do."""
        state = self._state()
        return state is None or self._is_behind(state, library) or not self._is_wanted(state) or _has_outgrown(state)

    def has_failed(self) -> bool:
        """Never: what Milvus has lost, its own replicas bring back, or `wenbao verify` tells."""
        return False

    def leave_to(self, helper: Callable[[], None] | None) -> None:
        """Have what takes long done by a helper, which is called when there is anything to do."""
        self._helper = helper

    def verify(self) -> list[str]:
        """What is wrong with the index; nothing where all is well. Raises IndexUnavailable."""
        self.refresh()
        if self.generation is None:
            return []
        problems = self._missing(self.generation.manifest)
        if not self._is_wanted(self.generation.manifest):
            problems.append("it was made by another embedding model than the one that WENBAO_EMBEDDING_MODEL names")
        return [f"Milvus at {self._collections.uri}: {problem}. Run `wenbao reindex`." for problem in problems]

    def _missing(self, state: State) -> list[str]:
        if state.writing:
            return ["a change was broken off"]
        kinds: tuple[tuple[Kind, int], ...] = (("documents", len(self._held(state))), ("vectors", state.units))
        counted = [(kind, self._collections.count(state.build, kind), there) for kind, there in kinds]
        return [f"it holds {found} {kind}, not {there}" for kind, found, there in counted if found != there]

    def _held(self, state: State) -> dict[str, int]:
        return documents_of(self._collections.each(state.build, "documents", ["row", "id"]))

    def _extended_to(self, library: Library) -> bool:
        """Bring what is in use up to the library; False where it has to be built anew for that."""
        with self._writing():
            state = self._state()
            if state is None or state.writing:
                return False
            return self._changed(state, library, _SHARE_TO_ADD)

    def _changed(self, state: State, library: Library, most: float) -> bool:
        if state.library == library.state():
            return True
        change = change_between(self._held(state), frozenset(), library, most)
        if change is None:
            return False
        passages = list(change.passages)
        self._collections.put_state(state.model_copy(update={"writing": True}))
        after = self._without(state, change.removed)
        encoder = encoder_of(state.model, state.made_with, state.dimension, [self._encoder])
        tallies = Tallies.of(prepare(passages, change.added))
        self._write(after, change.added, partial(prepare, passages, change.added), encoder, unheard)
        self._count(state.build, tallies, 1)
        after = _grown(after, tallies, 1).model_copy(update={"version": state.version + 1, "library": change.library})
        self._collections.put_state(after)
        return True

    def _without(self, state: State, removed: Iterable[int]) -> State:
        """Take documents out; how often a term stands in them is read from what is taken out."""
        for document in removed:
            sizes = self._collections.among(state.build, "documents", "row", [document], _SIZES)[0]
            tallies = Tallies(units=sizes["units"])
            for kind, tally in zip(_ENTRIES, (tallies.paragraphs, tallies.sentences), strict=True):
                tally.entries = sizes[kind]
                entries = self._collections.each(state.build, kind, ["terms"], f"document == {document}")
                tally.terms = terms_in(entries)
            self._count(state.build, tallies, -1)
            self._collections.delete(state.build, document)
            state = _grown(state, tallies, -1)
        return state

    def _build(self, library: Library, progress: Progress) -> bool:
        state, rows = library.state(), library.rows()
        tallies = Tallies.of(prepare(library.each_passage(), rows))
        build = self._collections.create(self._encoder.dimension, tallies.units)
        written = State(
            build=build,
            owner=self._owner(),
            model=self._encoder.fingerprint,
            made_with=model_record(self._encoder),
            dimension=self._encoder.dimension,
            library=state,
            paragraphs=tallies.paragraphs.entries,
            sentences=tallies.sentences.entries,
            units=tallies.units,
            built=tallies.paragraphs.entries,
            paragraph_lengths=tallies.paragraphs.mean_lengths(),
            sentence_lengths=tallies.sentences.mean_lengths(),
        )
        self._write(written, rows, lambda: prepare(library.each_passage(), rows), self._encoder, progress)
        self._count(build, tallies, 1)
        self._collections.seal(build)
        self._publish(written, library)
        return True

    def _publish(self, written: State, library: Library) -> None:
        """Switch to what was written, and add all that has come to the library meanwhile."""
        with self._writing():
            before = self._collections.state()
            known = None if before is None else before.build
            self._collections.put_state(written.model_copy(update={"before": known}))
            self._collections.drop_all_but({written.build, known})
            self._changed(written.model_copy(update={"before": known}), library, 1.0)

    def _write(
        self,
        state: State,
        documents: dict[str, int],
        prepared: Callable[[], Iterator[Prepared]],
        encoder: Encoder,
        progress: Progress,
    ) -> None:
        """Write documents with their paragraphs, sentences and vectors."""
        sizes: dict[int, Counter[str]] = {row: Counter() for row in documents.values()}
        done = 0
        for batch in batches(prepared(), _BATCH):
            vectors = encoder.encode_passages([unit.text for one in batch for unit in one.units])
            for kind, rows in _rows(batch, state, vectors):
                self._collections.write(state.build, kind, rows)
            for one in batch:
                sizes[one.paragraph.document] += Counter(
                    paragraphs=1, sentences=len(one.sentences), units=len(one.units)
                )
            done += len(batch)
            progress(done)
        rows = [
            {"row": row, "id": identity} | {column: sizes[row][column] for column in _SIZES}
            for identity, row in documents.items()
        ]
        self._collections.write(state.build, "documents", rows)

    def _count(self, build: str, tallies: Tallies, sign: int) -> None:
        """Add to, or take from, the numbers of entries that terms stand in."""
        numbers = sorted(tallies.paragraphs.terms.keys() | tallies.sentences.terms.keys())
        for start in range(0, len(numbers), _TERMS_AT_ONCE):
            some = numbers[start : start + _TERMS_AT_ONCE]
            columns = ["number", "paragraphs", "sentences"]
            known = {row["number"]: row for row in self._collections.among(build, "terms", "number", some, columns)}
            self._collections.write(build, "terms", [_counted(known.get(one, {}), one, tallies, sign) for one in some])

    def _state(self) -> State | None:
        """What is true of the index now. Raises IndexUnavailable where it belongs to another library."""
        state = self._collections.state()
        if state is not None and state.owner != self._owner():
            raise IndexUnavailable(
                f"The index in Milvus at {self._collections.uri} belongs to another data folder. Name another database "
                "at the end of WENBAO_MILVUS_URI, or run `wenbao reindex` to build this one's in its place."
            )
        return state

    def _owner(self) -> str:
        """The name of the data folder, which is given to it once."""
        path = self._root / "OWNER"
        if not path.exists():
            with locked(self._root / "NAMING"):
                if not path.exists():
                    replace_text(path, secrets.token_hex(8))
        return path.read_text(encoding="utf-8")

    def _is_wanted(self, state: State) -> bool:
        return state.model == self._encoder.fingerprint

    def _is_behind(self, state: State, library: Library) -> bool:
        return state.writing or state.library != library.state()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One writer at a time among those who share the data folder; afterwards what it wrote is searched."""
        with self._changing, locked(self._root / "LOCK"):
            yield
            self.refresh()


def _mark(state: State) -> tuple[str, int]:
    return state.build, state.version


def _has_outgrown(state: State) -> bool:
    """Whether the mean lengths, and the kind of the index of vectors, are those of a much smaller library."""
    return state.paragraphs > _GROWTH * state.built


def _grown(state: State, tallies: Tallies, sign: int) -> State:
    return state.model_copy(
        update={
            "paragraphs": state.paragraphs + sign * tallies.paragraphs.entries,
            "sentences": state.sentences + sign * tallies.sentences.entries,
            "units": state.units + sign * tallies.units,
        }
    )


def _rows(batch: list[Prepared], state: State, vectors: Vectors) -> Iterator[tuple[Kind, list[Row]]]:
    """A batch as rows of each collection; an entry without a single token is not there to be found."""
    units = [unit for one in batch for unit in one.units]
    yield (
        "vectors",
        [
            {"unit": unit.number, "document": unit.document, "row": unit.row, "vector": vector}
            for unit, vector in zip(units, vectors, strict=True)
        ],
    )
    entries = [one.paragraph for one in batch], [entry for one in batch for entry in one.sentences]
    lengths = state.paragraph_lengths, state.sentence_lengths
    for kind, some, means in zip(_ENTRIES, entries, lengths, strict=True):
        weighed = [(entry, entry_weights(entry, means)) for entry in some]
        yield (
            kind,
            [{"unit": entry.unit, "document": entry.document, "terms": terms} for entry, terms in weighed if terms],
        )


def _counted(known: Row, number: int, tallies: Tallies, sign: int) -> Row:
    return {
        "number": number,
        "paragraphs": known.get("paragraphs", 0) + sign * tallies.paragraphs.terms[number],
        "sentences": known.get("sentences", 0) + sign * tallies.sentences.terms[number],
    }


def _columns(found: list[tuple[int, float]]) -> tuple[Units, Vectors]:
    return np.array([unit for unit, _ in found], np.uint64), np.array([score for _, score in found], np.float32)
