"""What is asked and what comes back: the shapes that every front end passes on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from wenbao.knowledge.documents import Document, Metadata

__all__ = [
    "LANGUAGES", "Addition", "Answer", "AnswerKind", "AskRequest", "Citation", "Document", "DocumentSummary",
    "Feedback", "Filters", "Item", "Language", "Metadata", "Reply", "SearchHit", "SearchResult", "Surroundings",
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
    """A question as it came in. `language` None means: the language of the question."""

    question: str
    conversation_id: str | None = None
    language: Language | None = None
    filters: Filters = Filters()


@dataclass(frozen=True, slots=True)
class Citation:
    """Where words of a report stand: `quote` is the document's text from `start` to `end`, to the letter.

    `section` is the heading path, `paragraph` the paragraph's number, `highlights` are ranges inside the quote,
    counted like `start` and `end` in characters of the document's text. `url` opens the place.
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
    from 0 to 1, `related` are the nearest passages of a question that was not answered.
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
    """What became of an added file: `created` is False where the same report was there already."""

    document: DocumentSummary
    created: bool


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A cited passage with what stands before and after it, for showing it in its place."""

    citation: Citation
    before: str
    after: str = field(default="")
