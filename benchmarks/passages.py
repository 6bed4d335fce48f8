"""Passages to measure on: the questions and contexts of CMRC 2018 and DRCD, and the paragraphs of the laws."""

from __future__ import annotations

import gzip
import json
import lzma
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from wenbao.knowledge.documents import Metadata, Paragraph, Passage, Sentence
from wenbao.knowledge.library import StoredDocument
from wenbao.knowledge.sentences import sentence_ranges

DATA = Path("../shared/data")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and the row of the passage that answers it."""

    question: str
    row: int


class TextLibrary:
    """Stands in for the library: each text is a passage, so many of them a document."""

    def __init__(self, texts: Sequence[str], per_document: int = 1) -> None:
        self._texts = texts
        self._per_document = per_document

    def state(self) -> str:
        return f"{len(self._texts)} texts"

    def documents(self) -> list[StoredDocument]:
        last = (len(self._texts) - 1) // self._per_document
        return [StoredDocument(row, str(row), Metadata(), self._per_document, "") for row in range(1, last + 2)]

    def rows(self) -> dict[str, int]:
        return {document.id: document.row for document in self.documents()}

    def each_passage(self, document_ids: Sequence[str] | None = None) -> Iterator[Passage]:
        for row, text in enumerate(self._texts, 1):
            document = str((row - 1) // self._per_document + 1)
            if document_ids is None or document in document_ids:
                yield passage(row, document, text)


def passage(row: int, document: str, text: str, section: tuple[str, ...] = ()) -> Passage:
    """A text as a paragraph of its own, cut into sentences as the parser does."""
    sentences = tuple(Sentence(number, *ends) for number, ends in enumerate(sentence_ranges(text), 1))
    return Passage(row, document, Paragraph(row, 0, len(text), "text", section, sentences), text)


def reading_comprehension(path: Path) -> tuple[list[str], list[Asked]]:
    """The contexts of a file, each once, and its questions."""
    rows: dict[str, int] = {}
    asked = []
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for record in map(json.loads, file):
            row = rows.setdefault(record["context"], len(rows) + 1)
            asked.append(Asked(record["question"], row))
    return list(rows), asked


def law_paragraphs(path: Path, count: int) -> list[str]:
    """The first so many paragraphs of the laws."""
    found: list[str] = []
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for record in map(json.loads, file):
            found += [line.strip() for line in record["text"].split("\n") if line.strip()]
            if len(found) >= count:
                break
    return found[:count]
