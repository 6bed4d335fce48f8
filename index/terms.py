"""Finds passages by their words: BM25 in tantivy, over paragraphs or over sentences.

Each kind of token has its own field and weight; headings are a field beside. An entry is known by its unit number
(`wenbao.index.units`) and can be left out by the row of its document.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from math import log
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import tantivy
from numpy.typing import NDArray

from wenbao.config.errors import IndexUnavailable, StorageFailed
from wenbao.index.folding import fold, tight
from wenbao.index.fusion import TERM_WEIGHTS
from wenbao.index.segments import small_segments
from wenbao.index.tokens import Tokens, tokens, words_of

Weighted = tuple[tuple[str, float], ...]
Frequency = Callable[[str, str], int]
"""In how many entries a token of a kind stands."""

K1 = 1.2  # fixed in tantivy
HEADING = "heading"
_LARGE = 10_000
_COMMON = 0.1
_QUESTION_WORDS = frozenset(fold(Path(__file__).with_name("question_words.txt").read_text(encoding="utf-8")).split())


@dataclass(frozen=True, slots=True)
class WeightedTerms:
    """What to look for: tokens of each kind, each with a weight (1 for a word of the question itself)."""

    chars: Weighted = ()
    bigrams: Weighted = ()
    words: Weighted = ()
    numbers: Weighted = ()

    @classmethod
    def of(cls, text: str, weight: float = 1.0) -> Self:
        """The tokens of a text, each once; words that only ask (什么, 多少) are left out where others are there."""
        found = tokens(without_question_words(text))
        if not any((found.chars, found.words, found.numbers)):
            found = tokens(text)
        return cls(*(tuple((token, weight) for token in dict.fromkeys(kind)) for kind in _kinds(found)))

    def with_more(self, others: Iterable[WeightedTerms]) -> WeightedTerms:
        """These terms and others; a term that is in several has the greatest of its weights."""
        every = [self, *others]
        return WeightedTerms(*(_merged(getattr(terms, field.name) for terms in every) for field in fields(self)))

    def pairs(self) -> Iterator[tuple[str, str, float]]:
        """Each term as (kind, token, weight)."""
        for field in fields(self):
            for token, weight in getattr(self, field.name):
                yield field.name, token, weight


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to be found: its unit and document, its tokens and those of the headings that it stands under."""

    unit: int
    document: int
    tokens: Tokens
    headings: str


class TermIndex:
    """An opened index of terms, for reading. Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        """Open the folder. Raises IndexUnavailable where its files are damaged."""
        self._folder = folder
        with self._reading():
            index = tantivy.Index.open(str(folder))
            index.config_reader("manual", 0)
            index.reload()
            self._schema = index.schema
            self._searcher = index.searcher()
            self.small_segments = small_segments(folder)

    def __len__(self) -> int:
        return self._searcher.num_docs

    def search(
        self, terms: WeightedTerms, k: int, documents: Collection[int] | None = None
    ) -> tuple[NDArray[np.uint64], NDArray[np.float32]]:
        """The units of the `k` best entries and their scores, best first; only from `documents` where given."""
        wanted = self._query(terms)
        if documents is not None:
            allowed = tantivy.Query.term_set_query(self._schema, "document", [int(row) for row in documents])
            must = tantivy.Query.const_score_query(allowed, 0.0)
            wanted = tantivy.Query.boolean_query([(tantivy.Occur.Must, must), (tantivy.Occur.Must, wanted)])
        with self._reading():
            hits = self._searcher.search(wanted, k, count=False).hits
            units = np.array(self._searcher.fast_field_values("unit", [address for _, address in hits]), np.uint64)
        return units, np.array([score for score, _ in hits], np.float32)

    def telling(self, terms: WeightedTerms) -> WeightedTerms:
        """The terms without characters that stand in many entries: in a large index they cost most and tell least."""
        with self._reading():
            return telling(terms, len(self), self._searcher.doc_freq)

    def ceiling(self, terms: WeightedTerms) -> float:
        """The score of an entry that would hold every term over and over: what a score is a share of."""
        with self._reading():
            return ceiling(terms, len(self), self._searcher.doc_freq)

    def frequency(self, text: str) -> int:
        """In how many entries a string stands, at most: that of its rarest character, bigram, word or number."""
        with self._reading():
            return min((self._searcher.doc_freq(kind, token) for kind, token in rarest_of(text)), default=0)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """tantivy panics on a file that was changed, with an error that is no Exception."""
        try:
            yield
        except (OSError, ValueError, TypeError, OverflowError) as problem:
            if "Lockfile" in str(problem):
                raise StorageFailed(f"{self._folder} cannot be opened ({problem}). Is the disk full?") from problem
            raise IndexUnavailable(f"{self._folder} is damaged: {problem}. Run `wenbao reindex`.") from problem
        except BaseException as problem:
            if type(problem).__name__ != "PanicException":
                raise
            raise IndexUnavailable(f"{self._folder} is damaged: {problem}. Run `wenbao reindex`.") from None

    def _query(self, terms: WeightedTerms) -> tantivy.Query:
        parts = []
        for kind, token, weight in terms.pairs():
            parts.append(self._term(kind, token, weight * getattr(TERM_WEIGHTS, kind)))
            if kind in ("words", "numbers"):
                parts.append(self._term(HEADING, token, weight * TERM_WEIGHTS.heading))
        return tantivy.Query.boolean_query(parts)

    def _term(self, field: str, token: str, weight: float) -> tuple[tantivy.Occur, tantivy.Query]:
        term = tantivy.Query.term_query(self._schema, field, token, "freq")
        return tantivy.Occur.Should, tantivy.Query.boost_query(term, weight)


class TermWriter:
    """Adds entries to an index of terms and takes documents out; all is on disk when the `with` block ends well."""

    def __init__(self, folder: Path, memory: int) -> None:
        folder.mkdir(exist_ok=True)
        self._index = tantivy.Index(_schema(), str(folder))
        self._writer: tantivy.IndexWriter | None = self._index.writer(memory, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        writer, self._writer = self._open_writer(), None  # its threads write on until it is let go
        if kind is None:
            writer.commit()
            writer.wait_merging_threads()

    def add(self, entry: Entry) -> None:
        document = tantivy.Document()
        for kind, found in zip(fields(Tokens), _kinds(entry.tokens), strict=True):
            document.add_text(kind.name, " ".join(found))
        document.add_text(HEADING, entry.headings)
        document.add_unsigned("unit", entry.unit)
        document.add_unsigned("document", entry.document)
        self._open_writer().add_document(document)

    def remove(self, document: int) -> None:
        # tantivy 0.27 deletes nothing by term where the field is unsigned
        which = tantivy.Query.term_query(self._index.schema, "document", document)
        self._open_writer().delete_documents_by_query(which)

    def _open_writer(self) -> tantivy.IndexWriter:
        if self._writer is None:
            raise ValueError("this writer has been closed")
        return self._writer


def telling(terms: WeightedTerms, entries: int, frequency: Frequency) -> WeightedTerms:
    """As `TermIndex.telling`, for so many entries."""
    if entries < _LARGE:
        return terms
    limit = _COMMON * entries
    rare = tuple(pair for pair in terms.chars if frequency("chars", pair[0]) <= limit)
    return replace(terms, chars=rare) if rare or terms.bigrams or terms.words or terms.numbers else terms


def ceiling(terms: WeightedTerms, entries: int, frequency: Frequency) -> float:
    """As `TermIndex.ceiling`, for so many entries."""
    total = 0.0
    for kind, token, weight in terms.pairs():
        total += getattr(TERM_WEIGHTS, kind) * weight * rarity(frequency(kind, token), entries) * (K1 + 1)
    return total


def rarity(frequency: int, entries: int) -> float:
    """What BM25 has a term count for that stands in so many of the entries."""
    return log(1 + (entries - min(frequency, entries) + 0.5) / (frequency + 0.5))


def rarest_of(text: str) -> Iterator[tuple[str, str]]:
    """The terms of a string, as (kind, token), the rarest of which says in how many entries it can stand."""
    found = tokens(text)
    kinds = ("bigrams", "words", "numbers") if len(text) > 1 else ("chars", "words", "numbers")
    return ((kind, token) for kind in kinds for token in dict.fromkeys(getattr(found, kind)))


def heading_text(headings: Iterable[str]) -> str:
    """The words and numbers of headings in the form that `Entry` takes."""
    found = tokens(" ".join(headings))
    return " ".join((*found.words, *found.numbers))


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in (*(field.name for field in fields(Tokens)), HEADING):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    builder.add_unsigned_field("unit", fast=True)
    builder.add_unsigned_field("document", indexed=True)
    return builder.build()


def _kinds(found: Tokens) -> tuple[tuple[str, ...], ...]:
    return found.chars, found.bigrams, found.words, found.numbers


def _merged(groups: Iterable[Weighted]) -> Weighted:
    weights: dict[str, float] = {}
    for group in groups:
        for token, weight in group:
            weights[token] = max(weight, weights.get(token, 0.0))
    return tuple(weights.items())


def without_question_words(text: str) -> str:
    """A folded text with a space in place of each word that only asks."""
    return "".join(" " if word in _QUESTION_WORDS else word for word in words_of(tight(text)))
