"""What is indexed: a paragraph and each of its sentences, known by a number made of the paragraph's row and its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from wenbao.index.folding import clean
from wenbao.index.terms import Entry, heading_text
from wenbao.index.tokens import Tokens, together, tokens
from wenbao.knowledge.documents import Passage

Units = NDArray[np.uint64]
Rows = NDArray[np.int64]

_SENTENCE_BITS = 16
UNITS_OF_A_ROW = 2**_SENTENCE_BITS


@dataclass(frozen=True, slots=True)
class Unit:
    """A paragraph (`sentence` 0) or one of its sentences, with the text that is embedded."""

    row: int
    sentence: int
    document: int
    text: str

    @property
    def number(self) -> int:
        return self.row << _SENTENCE_BITS | self.sentence


@dataclass(frozen=True, slots=True)
class Prepared:
    """One passage made ready: what is embedded, and its entries for the two indexes of terms."""

    units: tuple[Unit, ...]
    paragraph: Entry
    sentences: tuple[Entry, ...]


def prepare(passages: Iterable[Passage], document_rows: dict[str, int]) -> Iterator[Prepared]:
    """Make passages ready, in the order of their documents; those of a document without a row are passed over."""
    title, last_document = "", ""
    for passage in passages:
        if passage.document_id != last_document:
            title, last_document = "", passage.document_id
        row = document_rows.get(passage.document_id)
        if row is not None:
            yield _prepared(passage, row, title)
        if passage.paragraph.kind == "title":
            title = f"{title} {passage.text}".strip()


def batches(prepared: Iterator[Prepared], size: int) -> Iterator[list[Prepared]]:
    """In groups of `size` passages."""
    while batch := list(islice(prepared, size)):
        yield batch


def rows_of(units: Units) -> Rows:
    """The paragraph row of each unit."""
    return (units >> np.uint64(_SENTENCE_BITS)).astype(np.int64)


def first_unit(rows: Rows) -> Units:
    """The number that the units of these rows begin with."""
    return rows.astype(np.uint64) << np.uint64(_SENTENCE_BITS)


def _prepared(passage: Passage, document: int, title: str) -> Prepared:
    headings = heading_text((*((title,) if title else ()), *passage.paragraph.section))
    parts = _sentences(passage)
    cut = [(number, tokens(text)) for number, text in parts]
    whole = together(found for _, found in cut) if cut else tokens(passage.text)
    return Prepared(
        units=tuple(Unit(passage.row, number, document, clean(text)) for number, text in _embedded(passage, parts)),
        paragraph=_entry(passage.row, 0, document, whole, headings),
        sentences=tuple(_entry(passage.row, number, document, found, headings) for number, found in cut),
    )


def _entry(row: int, sentence: int, document: int, found: Tokens, headings: str) -> Entry:
    return Entry(row << _SENTENCE_BITS | sentence, document, found, headings)


def _embedded(passage: Passage, parts: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """A paragraph of one sentence is embedded once, as that sentence."""
    return parts if len(parts) == 1 else [(0, passage.text), *parts]


def _sentences(passage: Passage) -> list[tuple[int, str]]:
    start = passage.paragraph.start
    return [
        (sentence.number, passage.text[sentence.start - start : sentence.end - start])
        for sentence in passage.paragraph.sentences[: UNITS_OF_A_ROW - 1]
    ]
