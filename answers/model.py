"""What is asked and what comes back: the shapes that every front end passes on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypedDict

from wenbao.knowledge.documents import Document, Metadata, Section
from wenbao.knowledge.versions import DocumentVersion

__all__ = [
    "LANGUAGES", "Addition", "Answer", "AnswerKind", "AskRequest", "Citation", "Correction", "Document",
    "DocumentSummary", "DocumentVersion", "Exchange", "Feedback", "Filters", "Item", "Language", "Metadata", "Preview",
    "Reply", "SearchHit", "SearchResult", "Section", "Surroundings",
]  # fmt: skip

Language = Literal["zh-Hans", "zh-Hant", "yue", "en"]
AnswerKind = Literal["figure", "fact", "date", "list", "passage"]
LANGUAGES: tuple[Language, ...] = ("zh-Hans", "zh-Hant", "yue", "en")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the evidence must be from; a filter that no document meets leaves nothing."""

    year: int | None = None
    place: str | None = None
    document_id: str | None = None


@dataclass(frozen=True, slots=True)
class AskRequest:
    """A question as it came in. `language` None means: the language of the question.

    `history` are the person's earlier questions, oldest first, from a client that keeps the conversation itself; it
    counts where there is no `conversation_id`. A reply that is not `kept` leaves nothing on disk: nobody can open it,
    judge it or count it later.
    """

    question: str
    conversation_id: str | None = None
    language: Language | None = None
    filters: Filters = Filters()
    history: tuple[str, ...] | None = None
    kept: bool = True


@dataclass(frozen=True, slots=True)
class Citation:
    """Where words of a report stand: `quote` is the document's text from `start` to `end`, to the letter.

    `section` is the heading path, `paragraph` the paragraph's number, `highlights` are ranges inside the quote,
    counted like `start` and `end` in characters of the document's text. `url` opens the place. `page` is the page of
    the file where the quote begins, None where the file has no pages.
    """

    number: int
    document_id: str
    title: str
    publisher: str | None
    published: str | None
    year: int | None
    section: tuple[str, ...]
    paragraph: int
    quote: str
    start: int
    end: int
    highlights: tuple[tuple[int, int], ...]
    url: str
    source_url: str | None
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One point of a list; `citation` is the number of the citation that it is taken from."""

    text: str
    citation: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The words of the report that answer the question; `value` is the bare figure with its unit, date or name."""

    text: str
    kind: AnswerKind
    value: str | None = None
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What a front end gets for a question: an answer with citations, or a polite `message` and nothing claimed.

    `reason` says why nothing was found (`year`, `place`, `absent`, `smalltalk`, ...), `confidence` is a probability
    from 0 to 1, `related` are the nearest passages of a question that was not answered. `notice` is a line for the
    person beside the answer: that personal data in the question was masked.
    """

    id: str
    status: Literal["answered", "not_found"]
    language: Language
    answer: Answer | None
    message: str | None
    reason: str | None
    citations: tuple[Citation, ...]
    related: tuple[Citation, ...]
    confidence: float
    suggestions: tuple[str, ...]
    took_ms: float
    notice: str | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """A reply as it was kept, with its question; `asked_at` is in seconds since 1970, UTC."""

    question: str
    asked_at: float
    reply: Reply


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A passage found for a search, best first; `score` is from 0 to 1."""

    document_id: str
    title: str
    section: tuple[str, ...]
    paragraph: int
    text: str
    start: int
    end: int
    score: float
    url: str


@dataclass(frozen=True, slots=True)
class SearchResult:
    hits: tuple[SearchHit, ...]
    took_ms: float


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a person thought of an answer."""

    answer_id: str
    helpful: bool
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document in a list of documents; `paragraphs` is their number."""

    id: str
    title: str
    publisher: str | None
    place: str | None
    year: int | None
    published: str | None
    source_url: str | None
    paragraphs: int


@dataclass(frozen=True, slots=True)
class Addition:
    """What became of an added file: `created` is False where the same report was there already.

    `version` counts from 1; `replaces` is the id of the document that it took the place of, None where it is new.
    `pages_unread` are the scanned pages of a PDF: nothing on them is found.
    """

    document: DocumentSummary
    created: bool
    version: int = 1
    replaces: str | None = None
    headings: int = 0
    pages_unread: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be understood of a file if it were added: nothing of it is kept.

    `left_out_above` and `left_out_below` are the lines taken for navigation; `known` where the same text is there
    already; `replaces` is the document that it would take the place of; `pages_unread` are the scanned pages of a PDF.
    """

    document: DocumentSummary
    sections: tuple[Section, ...]
    characters: int
    left_out_above: tuple[str, ...]
    left_out_below: tuple[str, ...]
    known: bool
    replaces: DocumentSummary | None
    pages_unread: tuple[int, ...] = ()


class Correction(TypedDict, total=False):
    """What is to be changed in what is known of a document; None clears a field."""

    title: str | None
    publisher: str | None
    place: str | None
    year: int | None
    published: str | None
    source_url: str | None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A cited passage with what stands before and after it, for showing it in its place."""

    citation: Citation
    before: str
    after: str = field(default="")
