"""The shapes of the API: what comes in is checked here, and what goes out is described here."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue

from wenbao.answers.model import AnswerKind, AskRequest, Feedback, Filters, Language


def blank_is_none(value: Any) -> Any:
    """An empty parameter (`?year=`) counts as not given."""
    return None if isinstance(value, str) and not value.strip() else value


def _well_formed(text: str) -> str:
    """JSON escapes can smuggle in half a character, which nothing can store."""
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValueError("holds half of a character (a lone surrogate)")
    return text


Text = Annotated[str, AfterValidator(_well_formed)]
Id = Annotated[Text, Field(min_length=1, max_length=128)]
Year = Annotated[int, Field(ge=1, le=9999)]
Place = Annotated[Text, Field(max_length=100)]
OptionalYear = Annotated[Year | None, BeforeValidator(blank_is_none)]
OptionalPlace = Annotated[Place | None, BeforeValidator(blank_is_none)]
OptionalId = Annotated[Annotated[str, Field(max_length=128)] | None, BeforeValidator(blank_is_none)]


class Shape(BaseModel):
    """What all shapes have in common: they can be read off our own dataclasses."""

    model_config = ConfigDict(from_attributes=True)


class AskBody(BaseModel):
    """A question. `year`, `place` and `document_id` narrow down where the answer may be from."""

    model_config = ConfigDict(
        strict=True,
        json_schema_extra={
            "example": {
                "question": "2020年提供了多少次法律咨询?",
                "conversation_id": "b1c7",
                "language": "auto",
                "year": None,
                "place": None,
                "document_id": None,
            }
        },
    )

    question: Text = Field(description="1 to 500 characters (WENBAO_MAX_QUESTION_LENGTH)")
    conversation_id: Annotated[Text, Field(max_length=128)] | None = Field(
        None, description="Turns under one id are one conversation"
    )
    language: Literal["auto", "zh-Hans", "zh-Hant", "yue", "en"] = Field(
        "auto", description="Language of the answer; auto: that of the question"
    )
    year: Year | None = Field(None, description="The year that the report tells of")
    place: Place | None = Field(None, description="The place that the report tells of")
    document_id: Annotated[Text, Field(max_length=128)] | None = Field(None, description="One report alone")

    def request(self) -> AskRequest:
        """The same, as the service takes it."""
        language: Language | None = None if self.language == "auto" else self.language
        filters = Filters(self.year, self.place or None, self.document_id or None)
        return AskRequest(self.question, self.conversation_id or None, language, filters)


class CitationShape(Shape):
    """Where words of a report stand. Positions are characters of the text at `/v1/documents/{id}/text`."""

    number: int
    document_id: str
    title: str
    publisher: str | None
    published: str | None
    year: int | None
    section: list[str] = Field(description="The headings that it stands under, outermost first")
    paragraph: int
    quote: str = Field(description="The document's text from `start` to `end`, to the letter")
    start: int
    end: int
    highlights: list[tuple[int, int]] = Field(description="[start, end] of the words that matter, counted like `start`")
    url: str = Field(description="The page that shows the words in their place")
    source_url: str | None
    page: int | None = Field(None, description="The page of a PDF where the quote begins")


class ItemShape(Shape):
    """One point of a list."""

    text: str
    citation: int = Field(description="The number of its citation")


class AnswerShape(Shape):
    """The report's words that answer the question."""

    text: str
    kind: AnswerKind
    value: str | None = Field(description="The bare figure with its unit, the date, or the name")
    items: list[ItemShape]


EXAMPLE_CITATION: dict[str, JsonValue] = {
    "number": 1,
    "document_id": "4f1c9a2e",
    "title": "从化区2020年法治政府建设工作情况报告",
    "publisher": "广州市从化区人民政府",
    "published": "2021-01-13",
    "year": 2020,
    "section": ["一、主要工作情况", "(七)依法有效化解社会矛盾纠纷,确保社会大局和谐稳定"],
    "paragraph": 17,
    "quote": "2020年以来村(社区)法律顾问共提供法律咨询3373次",
    "start": 3051,
    "end": 3078,
    "highlights": [[3073, 3078]],
    "url": "/documents/4f1c9a2e?start=3051&end=3078#p17",
    "source_url": None,
}


class ReplyShape(Shape):
    """An answer with its citations, or a polite message and nothing claimed."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "a-81f2",
                "status": "answered",
                "language": "zh-Hans",
                "answer": {
                    "text": "2020年以来村(社区)法律顾问共提供法律咨询3373次。",
                    "kind": "figure",
                    "value": "3373次",
                    "items": [],
                },
                "message": None,
                "reason": None,
                "citations": [EXAMPLE_CITATION],
                "related": [],
                "confidence": 0.97,
                "suggestions": [],
                "notice": None,
                "took_ms": 8.1,
            }
        }
    )

    id: str
    status: Literal["answered", "not_found"]
    language: Language
    answer: AnswerShape | None
    message: str | None = Field(description="What to tell the person when nothing was found")
    reason: str | None = Field(description="Why nothing was found, for programs")
    citations: list[CitationShape]
    related: list[CitationShape] = Field(description="The nearest passages to a question that was not answered")
    confidence: float
    suggestions: list[str]
    notice: str | None = Field(None, description="To tell the person: personal data in the question was masked")
    took_ms: float


class HitShape(Shape):
    """A passage found."""

    document_id: str
    title: str
    section: list[str]
    paragraph: int
    text: str
    start: int
    end: int
    score: float
    url: str


class SearchShape(Shape):
    """The passages nearest to a text, best first."""

    hits: list[HitShape]
    took_ms: float


class DocumentShape(Shape):
    """A report; `paragraphs` is their number."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "4f1c9a2e",
                "title": "从化区2020年法治政府建设工作情况报告",
                "publisher": "广州市从化区人民政府",
                "place": "从化区",
                "year": 2020,
                "published": "2021-01-13",
                "source_url": None,
                "paragraphs": 38,
            }
        }
    )

    id: str
    title: str
    publisher: str | None
    place: str | None
    year: int | None
    published: str | None
    source_url: str | None
    paragraphs: int


class DocumentsShape(Shape):
    """Every report, newest first."""

    documents: list[DocumentShape]


class SectionShape(Shape):
    """A heading with what it stands over; `parent` is the number of the section around it."""

    number: int
    parent: int | None
    level: int
    heading: str
    start: int
    end: int


class WholeDocumentShape(DocumentShape):
    """A report with its sections; its text is at `/v1/documents/{id}/text`."""

    characters: int = Field(description="The length of the text")
    sections: list[SectionShape]
    version: int = Field(description="Which version of its report this is, counted from 1")
    replaced_by: str | None = Field(description="The id of the newest version, where this is an older one")


class AddedShape(DocumentShape):
    """A report that was taken in."""

    version: int = Field(description="Which version of its report this is, counted from 1")
    replaces: str | None = Field(description="The id of the version that it took the place of")
    pages_unread: list[int] = Field(
        [], description="The pages of a PDF that are scanned, so that nothing on them is found"
    )


class VersionShape(DocumentShape):
    """A version of a report."""

    version: int = Field(description="Counted from 1")
    added_at: str = Field(description="When it was added, in UTC")
    replaced_by: str | None = Field(description="The id of the newest version; null for that itself")


class VersionsShape(Shape):
    """Every version of a report, the newest first."""

    versions: list[VersionShape]


class PreviewShape(Shape):
    """What would be understood of a file if it were added."""

    document: DocumentShape
    sections: list[SectionShape]
    characters: int
    left_out_above: list[str] = Field(description="Lines above the report that are taken for navigation")
    left_out_below: list[str] = Field(description="Lines below it")
    known: bool = Field(description="Whether the same text is there already")
    replaces: DocumentShape | None = Field(description="The report that it would be a new version of")
    pages_unread: list[int] = Field(
        [], description="The pages of a PDF that are scanned, so that nothing on them is found"
    )


class FeedbackBody(BaseModel):
    """What a person thought of an answer; a second thought replaces the first."""

    model_config = ConfigDict(
        strict=True, json_schema_extra={"example": {"answer_id": "a-81f2", "helpful": True, "comment": None}}
    )

    answer_id: Id
    helpful: bool
    comment: Annotated[Text, Field(max_length=2000)] | None = None

    def feedback(self) -> Feedback:
        """The same, as the service takes it."""
        return Feedback(self.answer_id, self.helpful, self.comment)


class HealthShape(Shape):
    """Whether the service is well."""

    status: Literal["ok", "ready"]


class FieldError(BaseModel):
    """One thing wrong with the request: `pointer` is a JSON pointer into the body, or a parameter's name."""

    pointer: str
    detail: str


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "urn:wenbao:problem:unknown-document",
                "title": "Unknown document",
                "status": 404,
                "detail": "No document has this id.",
                "instance": "/v1/documents/0",
                "request_id": "5be1f0c2d3a49687",
            }
        }
    )

    type: str
    title: str
    status: int
    detail: str
    instance: str
    request_id: str = Field(description="The same as the header X-Request-ID; the log has the request under it")
    reason: str | None = Field(None, description="Of an invalid question: empty, too_long or illegible")
    errors: list[FieldError] | None = None
