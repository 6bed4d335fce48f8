"""The pages for people: the chat, an answer by itself, the list of reports, a report with its cited words marked."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from os import PathLike, stat_result
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from wenbao.answers.service import ReportService
from wenbao.api import reading
from wenbao.api.access import PAGE_COOKIE, PAGE_TOKEN_SECONDS
from wenbao.api.addresses import address_of
from wenbao.api.policy import content_security_policy
from wenbao.api.texts import PAGE_LANGUAGES, PageLanguage, accepted_language, page_language, texts_in

HERE = Path(__file__).parent
LANGUAGE_COOKIE = "wenbao_language"
YEAR_SECONDS = 365 * 24 * 3600
HOUR_SECONDS = 3600
WIDGET = "widget.js"
"""The one file that the pages of other sites load."""

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.api_route("/", methods=["GET", "HEAD"])
def chat(request: Request) -> Response:
    """The chat."""
    longest = request.app.state.settings.max_question_length
    response = page(request, "chat.html", longest=longest, embedded=False, token="")
    if not request.app.state.access.is_free_for(request):
        _give_page_token(request, response)
    return response


@router.api_route("/embed", methods=["GET", "HEAD"])
def embed(request: Request, lang: str = "") -> Response:
    """The chat for a frame on the sites of WENBAO_WIDGET_ORIGINS; its language is the frame's and is not remembered."""
    settings, access = request.app.state.settings, request.app.state.access
    token = "" if access.is_free_for(request) else access.page_token()
    language = page_language(lang) or _remembered_language(request)
    longest = settings.max_question_length
    response = _rendered(request, "chat.html", 200, language, longest=longest, embedded=True, token=token)
    response.headers["Content-Security-Policy"] = content_security_policy(settings.widget_origins)
    return response


@router.api_route("/answers/{answer_id}", methods=["GET", "HEAD"])
def answer(request: Request, answer_id: str) -> Response:
    """One answer by itself, for as long as it is kept: whoever has the link can read it, search engines must not."""
    service: ReportService = request.app.state.service
    kept = service.exchange(answer_id)
    address = address_of(request, request.app.state.settings)
    day = datetime.fromtimestamp(kept.asked_at, UTC).date()
    days = request.app.state.settings.retention_days
    response = page(request, "answer.html", kept=kept, quoted=reading.quoted, address=address, day=day, days=days)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@router.api_route("/documents", methods=["GET", "HEAD"])
def documents(request: Request) -> Response:
    """The list of reports."""
    service: ReportService = request.app.state.service
    return page(request, "documents.html", documents=service.documents())


@router.api_route("/privacy", methods=["GET", "HEAD"])
def privacy(request: Request) -> Response:
    """What is stored, for how long, and how to have it deleted."""
    return page(request, "privacy.html", settings=request.app.state.settings)


@router.api_route("/documents/{document_id}", methods=["GET", "HEAD"])
def document(request: Request, document_id: str, start: str = "", end: str = "", a: str = "") -> Response:
    """One report. The words that `start` and `end`, or `a` ("start-end"), point to are marked."""
    service: ReportService = request.app.state.service
    whole = service.document(document_id)
    cited = reading.cited_span(start, end, a, len(whole.text))
    blocks, contents = reading.blocks(whole, cited), reading.contents(whole)
    newer = service.version(document_id).replaced_by
    return page(request, "document.html", document=whole, blocks=blocks, contents=contents, cited=cited, newer=newer)


def error_page(request: Request, status: int) -> Response:
    """What a person sees who took a wrong turn."""
    kind: str | int = status if status in (404, 405) else 500
    if status == 404 and request.url.path.startswith("/answers/"):
        kind = "answer"
    return page(request, "error.html", status=status, kind=kind)


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """A page in the person's language; a language chosen by link is remembered."""
    chosen = page_language(request.query_params.get("lang"))
    response = _rendered(request, template, status, chosen or _remembered_language(request), **context)
    if chosen:
        response.set_cookie(LANGUAGE_COOKIE, chosen, max_age=YEAR_SECONDS, samesite="lax", httponly=True)
    return response


def _rendered(request: Request, template: str, status: int, language: PageLanguage, **context: Any) -> HTMLResponse:
    texts = texts_in(language)
    languages = [(one, texts_in(one).page["language_name"], _in_language(request, one)) for one in PAGE_LANGUAGES]
    html = _templates.get_template(template).render(
        t=texts.page,
        chat_texts=texts.chat,
        s=texts.staff,
        language=language,
        languages=languages,
        version=_VERSION,
        **context,
    )
    headers = {"Cache-Control": "private, no-cache", "Vary": "Accept-Language, Cookie"}
    return HTMLResponse(html, status, headers)


def static_files() -> StaticFiles:
    """Style, script and picture; the pages name them with a version, so those may be kept for good."""
    return _KeptFiles(directory=HERE / "static")


class _KeptFiles(StaticFiles):
    def file_response(
        self, full_path: str | PathLike[str], stat_result: stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        if isinstance(response, FileResponse) or response.status_code == 304:
            for_good = scope["query_string"] == f"v={_VERSION}".encode()
            age = f"{YEAR_SECONDS}, immutable" if for_good else str(HOUR_SECONDS)
            response.headers["Cache-Control"] = f"public, max-age={age}"
            if Path(full_path).name == WIDGET:
                response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response


def _remembered_language(request: Request) -> PageLanguage:
    remembered = page_language(request.cookies.get(LANGUAGE_COOKIE))
    return remembered or accepted_language(request.headers.get("accept-language", ""))


def _in_language(request: Request, language: PageLanguage) -> str:
    """The address of this page in another language."""
    address = request.url.include_query_params(lang=language)
    return f"{address.path}?{address.query}"


def _give_page_token(request: Request, response: Response) -> None:
    """Let this browser ask without a key: SameSite=Strict keeps other sites from using the token."""
    public = request.app.state.settings.public_url or ""
    response.set_cookie(
        PAGE_COOKIE,
        request.app.state.access.page_token(),
        max_age=PAGE_TOKEN_SECONDS,
        path="/v1",
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https" or public.startswith("https://"),
    )


def _static_version() -> str:
    contents = [path.read_bytes() for path in sorted((HERE / "static").iterdir())]
    return hashlib.sha256(b"".join(contents)).hexdigest()[:12]


_VERSION = _static_version()
_templates = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
