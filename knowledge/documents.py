"""What a report is, once it is read: a document with its sections, paragraphs and sentences.

All positions are characters of `Document.text`, end exclusive, so that `text[start:end]` is what the report says.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

ParagraphKind = Literal["title", "heading", "text", "row", "closing"]

COLUMNS = " | "
"""What stands between the columns of a table in the step of a path that names them; in the text it is a tab."""


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
    of its own is not in its own path. `kind` is `closing` for the signature and the date at the end, `row` for a row
    of a table: its cells are parted by tabs, merged cells repeated, and the last step of its path names the columns,
    parted by COLUMNS, where the table has a head.

    `page` is the page that it begins on, counted from 1, None where the file has no pages; at each of `page_breaks`,
    positions in the document, the next page begins.
    """

    number: int
    start: int
    end: int
    kind: ParagraphKind
    section: tuple[str, ...]
    sentences: tuple[Sentence, ...]
    page: int | None = None
    page_breaks: tuple[int, ...] = ()

    def page_at(self, position: int) -> int | None:
        """The page that a position of the document stands on."""
        return None if self.page is None else self.page + sum(start <= position for start in self.page_breaks)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a row, in characters of the paragraph, with the name of its column ("" where the table has none)."""

    start: int
    end: int
    column: str


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


def cells(paragraph: Paragraph, text: str) -> tuple[Cell, ...]:
    """The cells of a row with the text `text`; none where the paragraph is no row."""
    if paragraph.kind != "row":
        return ()
    parts = text.split("\t")
    names = paragraph.section[-1].split(COLUMNS) if paragraph.section else []
    columns = names if len(names) == len(parts) > 1 else [""] * len(parts)
    ends = list(accumulate(len(part) + 1 for part in parts))
    return tuple(
        Cell(end - 1 - len(part), end - 1, column) for part, end, column in zip(parts, ends, columns, strict=True)
    )


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph as the library hands it out: `row` is its row there, `text` its own text."""

    row: int
    document_id: str
    paragraph: Paragraph
    text: str
