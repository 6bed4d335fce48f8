"""Dify's external knowledge: `POST /dify/retrieval`, the passages nearest to a question, under Dify's own conventions.

Published at https://docs.dify.ai/en/use-dify/knowledge/external-knowledge-api
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, BeforeValidator, Field
from starlette.exceptions import HTTPException

from wenbao.answers.model import DocumentSummary, SearchHit
from wenbao.answers.service import ReportService
from wenbao.api.access import AskingRoute, Handler
from wenbao.api.addresses import address_of
from wenbao.api.conditions import Item, MetadataCondition, meets
from wenbao.api.problems import headers_of
from wenbao.api.schemas import Text
from wenbao.config.errors import NotAuthorized, UnknownDocument, WenbaoError

MALFORMED_HEADER = 1001
WRONG_KEY = 1002
UNKNOWN_KNOWLEDGE = 2001
MOST_RECORDS = 100
USUAL_RECORDS = 5
PASSAGE_FIELDS = {"url", "section", "paragraph", "start", "end"}

# A document's id is the beginning of a hash; another name can only be one that somebody gave to the whole library.
_looks_like_document = re.compile("[0-9a-f]{16}").fullmatch


class RetrievalSetting(BaseModel):
    """How much is wanted: `score_threshold` is from 0 to 1."""

    top_k: Annotated[int, BeforeValidator(lambda value: USUAL_RECORDS if value is None else value), Field(ge=1)] = (
        USUAL_RECORDS
    )
    score_threshold: float | None = None


class RetrievalBody(BaseModel):
    """What Dify asks for."""

    knowledge_id: Text
    query: Text
    retrieval_setting: RetrievalSetting = RetrievalSetting()
    metadata_condition: MetadataCondition | None = None


class RecordMetadata(BaseModel):
    """Where a passage stands, and what is known of its report; conditions may be put on each of these."""

    document_id: str
    title: str
    publisher: str | None
    place: str | None
    year: int | None
    published: str | None
    source_url: str | None
    url: str
    section: list[str]
    paragraph: int
    start: int
    end: int


class Record(BaseModel):
    """A passage."""

    content: str
    score: float
    title: str
    metadata: RecordMetadata


class Records(BaseModel):
    """The passages found, best first."""

    records: list[Record]


class Failure(BaseModel):
    """What went wrong, in Dify's form."""

    error_code: int
    error_msg: str


class DifyRoute(AskingRoute):
    """A route whose errors are told in Dify's form."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await handle(request)
            except (WenbaoError, HTTPException, RequestValidationError) as error:
                return _failed(request, error)

        return answered


router = APIRouter(prefix="/dify", route_class=DifyRoute, include_in_schema=False)


@router.post("/retrieval")
def retrieval(request: Request, body: RetrievalBody) -> Response:
    """The passages nearest to a question among those that meet the conditions, best first."""
    service: ReportService = request.app.state.service
    wanted = body.metadata_condition or MetadataCondition()
    known = {one.id: one for one in service.documents()}
    of_knowledge = _documents_of(body.knowledge_id, known)
    of_condition = _document_condition(wanted)
    address = address_of(request, request.app.state.settings)

    def metadata(hit: SearchHit) -> RecordMetadata:
        return _metadata(hit, known[hit.document_id], address)

    result = service.search_where(
        body.query,
        k=min(body.retrieval_setting.top_k, MOST_RECORDS),
        document=lambda one: one.id in of_knowledge and meets(of_condition, _document_metadata(one)),
        passage=(lambda hit: meets(wanted, metadata(hit).model_dump())) if _asks_for_passages(wanted) else None,
    )
    threshold = body.retrieval_setting.score_threshold or 0.0
    hits = [hit for hit in result.hits if hit.score >= threshold]
    records = [Record(content=one.text, score=one.score, title=one.title, metadata=metadata(one)) for one in hits]
    return Response(Records(records=records).model_dump_json(), media_type="application/json")


def _documents_of(knowledge: str, known: Collection[str]) -> Collection[str]:
    """Which documents a knowledge id stands for: one document, or under any other name all of them.

    Raises UnknownDocument for a blank id, and for that of a document that is not (or no longer) there.
    """
    name = knowledge.strip()
    if name in known:
        return (name,)
    if not name or _looks_like_document(name):
        raise UnknownDocument(
            f"The knowledge {name!r} does not exist. Enter the id of a report, or any other name for all reports."
        )
    return known


def _document_condition(wanted: MetadataCondition) -> MetadataCondition:
    """The conditions that a document can be held to as a whole, without looking at its passages."""
    conditions = wanted.conditions or []
    own = [one for one in conditions if PASSAGE_FIELDS.isdisjoint(one.names)]
    if wanted.logical_operator == "or" and len(own) < len(conditions):
        return MetadataCondition()
    return MetadataCondition(logical_operator=wanted.logical_operator, conditions=own)


def _asks_for_passages(wanted: MetadataCondition) -> bool:
    return any(not PASSAGE_FIELDS.isdisjoint(one.names) for one in wanted.conditions or ())


def _metadata(hit: SearchHit, document: DocumentSummary, address: str) -> RecordMetadata:
    return RecordMetadata.model_validate(
        {
            **_document_metadata(document),
            "url": address + hit.url,
            "section": list(hit.section),
            "paragraph": hit.paragraph,
            "start": hit.start,
            "end": hit.end,
        }
    )


def _document_metadata(document: DocumentSummary) -> dict[str, Item | None]:
    return {
        "document_id": document.id,
        "title": document.title,
        "publisher": document.publisher,
        "place": document.place,
        "year": document.year,
        "published": document.published,
        "source_url": document.source_url,
    }


def _failed(request: Request, error: WenbaoError | HTTPException | RequestValidationError) -> Response:
    match error:
        case NotAuthorized():
            return _failure(403, *_refusal(request))
        case UnknownDocument():
            return _failure(404, UNKNOWN_KNOWLEDGE, str(error))
        case RequestValidationError():
            told = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
            return _failure(400, 400, f"The request cannot be read: {told}")
        case HTTPException():
            return _failure(error.status_code, error.status_code, error.detail)
        case _:
            return _failure(error.status, error.status, str(error), headers_of(error))


def _refusal(request: Request) -> tuple[int, str]:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        return MALFORMED_HEADER, "Invalid Authorization header format. Expected 'Bearer <api-key>'."
    return WRONG_KEY, "Authorization failed: this is none of the keys of this service."


def _failure(status: int, code: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    body = Failure(error_code=code, error_msg=message).model_dump_json()
    return Response(body, status, headers, "application/json")
