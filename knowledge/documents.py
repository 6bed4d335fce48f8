"""What a report is, once it is read: a document with its sections, paragraphs and sentences.

All positions are characters of `Document.text`, end exclusive, so that `text[start:end]` is what the report says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ParagraphKind = Literal["title", "heading", "text", "closing"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, with its closing mark; `number` counts from 1 within its paragraph."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph; the title and the headings are paragraphs too. `number` counts from 1 within the document.

    `section` is the path of headings that it stands under, outermost first, each as it is written. A heading that
    begins the paragraph ("(一)质量有待提高。个别部门…") is the last step of that path; a heading that is a paragraph
    of its own is not in its own path. `kind` is `closing` for the signature and the date at the end.
    """

    number: int
    start: int
    end: int
    kind: ParagraphKind
    section: tuple[str, ...]
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what it stands over: 一、 / (一) / 1. paragraphs, and 一是 / 第一, points inside a paragraph.

    `heading` is the text from `start` to `heading_end` (number and words, without a closing 。), the section reaches
    to `end`. `number` counts from 1 within the document in reading order, `parent` is the number of the section
    around it, `level` its depth (1 for the outermost). `inline` where it begins inside a paragraph (一是 …).
    """

    number: int
    parent: int | None
    level: int
    heading: str
    start: int
    heading_end: int
    end: int
    inline: bool


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known of a document beside its text; None (for the title, "") where nobody said.

    `year` is the year that the report tells of, `published` an ISO date, `source_url` where it was fetched from.
    """

    title: str = ""
    publisher: str | None = None
    place: str | None = None
    year: int | None = None
    published: str | None = None
    source_url: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A report as it is kept. `id` is made of the text alone, so that the same report has the same id everywhere."""

    id: str
    metadata: Metadata
    text: str
    paragraphs: tuple[Paragraph, ...]
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph as the library hands it out: `row` is its row there, `text` its own text."""

    row: int
    document_id: str
    paragraph: Paragraph
    text: str
