"""Asking, searching, and what people thought of the answers: /v1/ask, /v1/search, /v1/feedback."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from wenbao.answers.model import Filters
from wenbao.answers.service import LONGEST_CONVERSATION_ID, ReportService
from wenbao.api.access import AskingRoute
from wenbao.api.reference import problems
from wenbao.api.schemas import (
    AskBody,
    FeedbackBody,
    OptionalId,
    OptionalPlace,
    OptionalYear,
    ReplyShape,
    SearchShape,
)

router = APIRouter(prefix="/v1", route_class=AskingRoute, tags=["Questions"])


@router.post("/ask", response_model=ReplyShape, responses=problems(400, 401, 413, 422, 429, 503))
def ask(request: Request, body: AskBody) -> Response:
    """Answer a question out of the reports, with citations, or say that they don't tell."""
    service: ReportService = request.app.state.service
    reply = service.ask(body.request())
    request.app.state.metrics.reply(reply)
    # Written out here, as FastAPI would check and write it in two more steps.
    return Response(ReplyShape.model_validate(reply).model_dump_json(), media_type="application/json")


@router.get("/search", response_model=SearchShape, responses=problems(401, 422, 429, 503))
def search(
    request: Request,
    q: Annotated[str, Query(description="What to look for", examples=["法律咨询"])],
    k: Annotated[int, Query(ge=1, le=100, description="How many passages at most")] = 10,
    year: OptionalYear = None,
    place: OptionalPlace = None,
    document_id: OptionalId = None,
) -> Response:
    """The passages nearest to a text, best first."""
    service: ReportService = request.app.state.service
    result = service.search(q, k=k, filters=Filters(year, place, document_id))
    return Response(SearchShape.model_validate(result).model_dump_json(), media_type="application/json")


@router.post("/feedback", status_code=204, responses=problems(400, 401, 404, 413, 422, 429))
def feedback(request: Request, body: FeedbackBody) -> None:
    """Say whether an answer helped."""
    service: ReportService = request.app.state.service
    service.feedback(body.feedback())


@router.delete("/conversations/{conversation_id:path}", status_code=204, responses=problems(401, 404, 422, 429))
def forget(
    request: Request, conversation_id: Annotated[str, Path(min_length=1, max_length=LONGEST_CONVERSATION_ID)]
) -> None:
    """Have a conversation deleted: what is remembered of it, its questions, its answers, and what was thought of them.

    Whoever knows the id may; there need not be such a conversation.
    """
    service: ReportService = request.app.state.service
    service.forget_conversation(conversation_id)
