"""Every error on its way out: problem+json (RFC 9457) for programs, a page for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from wenbao.api import pages
from wenbao.api.schemas import FieldError, Problem
from wenbao.config.errors import InvalidQuestion, NotAuthorized, TooManyRequests, WenbaoError

MEDIA_TYPE = "application/problem+json"

CODES = {400: "malformed-request", 404: "not-found", 405: "method-not-allowed", 413: "too-large"}
DETAILS = {
    400: "The body cannot be read: it must be what its Content-Type says, JSON in UTF-8 or multipart/form-data.",
    404: "There is nothing at this address; /docs lists what there is.",
    405: "This address does not take this method; /docs says which it takes.",
    413: "The body is too large; the largest report file is set by WENBAO_MAX_DOCUMENT_MB.",
}

_log = structlog.get_logger("wenbao.api")


def install(app: FastAPI) -> None:
    """Have the application answer every error that it knows of with a problem."""
    for kind in (WenbaoError, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, _respond_to)


def internal_error(request: Request) -> Response:
    """The answer to an error that nobody foresaw: it tells nothing but the id under which the log has it."""
    detail = "Something went wrong on our side. The log has it under this request_id."
    return _respond(request, 500, "internal-error", detail)


async def _respond_to(request: Request, error: Exception) -> Response:
    match error:
        case WenbaoError():
            return _wenbao_error(request, error)
        case RequestValidationError():
            return _validation_error(request, error)
        case HTTPException():
            return _http_error(request, error)
        case _:
            return internal_error(request)


def _wenbao_error(request: Request, error: WenbaoError) -> Response:
    if error.status >= 500:
        _log.error("request failed", error=error.code, detail=str(error))
    reason = error.reason if isinstance(error, InvalidQuestion) else None
    return _respond(request, error.status, error.code, str(error), reason=reason, headers=headers_of(error))


def headers_of(error: WenbaoError) -> dict[str, str] | None:
    """What a client must know of an error before it reads on."""
    match error:
        case NotAuthorized():
            return {"WWW-Authenticate": "Bearer"}
        case TooManyRequests():
            return {"Retry-After": str(error.retry_after)}
        case _:
            return None


def _http_error(request: Request, error: HTTPException) -> Response:
    code = CODES.get(error.status_code, "http-error")
    detail = DETAILS.get(error.status_code, error.detail)
    return _respond(request, error.status_code, code, detail, headers=error.headers)


def _validation_error(request: Request, error: RequestValidationError) -> Response:
    if any(one["type"] == "json_invalid" for one in error.errors()):
        return _respond(request, 400, CODES[400], DETAILS[400])
    errors = [FieldError(pointer=_pointer(one["loc"]), detail=one["msg"]) for one in error.errors()]
    detail = "; ".join(f"{one.pointer}: {one.detail}" for one in errors)
    return _respond(request, 422, "invalid-request", detail, errors=errors)


def _respond(
    request: Request,
    status: int,
    code: str,
    detail: str,
    *,
    reason: str | None = None,
    errors: Sequence[FieldError] | None = None,
    headers: Any = None,
) -> Response:
    if _wants_page(request):
        return pages.error_page(request, status)
    body = Problem(
        type=f"urn:wenbao:problem:{code}",
        title=code.replace("-", " ").capitalize(),
        status=status,
        detail=detail,
        instance=request.url.path,
        request_id=request.state.request_id,
        reason=reason,
        errors=list(errors) if errors is not None else None,
    )
    return Response(body.model_dump_json(exclude_none=True), status, headers, MEDIA_TYPE)


def _wants_page(request: Request) -> bool:
    return not request.url.path.startswith("/v1/") and "text/html" in request.headers.get("accept", "")


def _pointer(location: Sequence[int | str]) -> str:
    """A JSON pointer into the body, or the name of the parameter."""
    place, *steps = location
    if place == "body":
        return "#" + "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)
    return ".".join(str(step) for step in steps)
