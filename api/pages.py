"""The pages for people: the chat, the list of reports, a report with its cited words marked."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles

from wenbao.answers.service import ReportService
from wenbao.api import reading
from wenbao.api.access import PAGE_COOKIE, PAGE_TOKEN_SECONDS
from wenbao.api.texts import PAGE_LANGUAGES, PageLanguage, accepted_language, page_language, texts_in

HERE = Path(__file__).parent
LANGUAGE_COOKIE = "wenbao_language"
YEAR_SECONDS = 365 * 24 * 3600

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.api_route("/", methods=["GET", "HEAD"])
def chat(request: Request) -> Response:
    """The chat."""
    response = page(request, "chat.html", longest=request.app.state.settings.max_question_length)
    if request.app.state.access.api_keys:
        _give_page_token(request, response)
    return response


@router.api_route("/documents", methods=["GET", "HEAD"])
def documents(request: Request) -> Response:
    """The list of reports."""
    service: ReportService = request.app.state.service
    return page(request, "documents.html", documents=service.documents())


@router.api_route("/documents/{document_id}", methods=["GET", "HEAD"])
def document(request: Request, document_id: str, start: str = "", end: str = "", a: str = "") -> Response:
    """One report. The words that `start` and `end`, or `a` ("start-end"), point to are marked."""
    service: ReportService = request.app.state.service
    whole = service.document(document_id)
    cited = reading.cited_span(start, end, a, len(whole.text))
    blocks, contents = reading.blocks(whole, cited), reading.contents(whole)
    return page(request, "document.html", document=whole, blocks=blocks, contents=contents, cited=cited)


def error_page(request: Request, status: int) -> Response:
    """What a person sees who took a wrong turn."""
    kind = status if status in (404, 405) else 500
    return page(request, "error.html", status=status, kind=kind)


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """A page in the person's language; a language chosen by link is remembered."""
    chosen = page_language(request.query_params.get("lang"))
    language = chosen or _remembered_language(request)
    texts = texts_in(language)
    languages = [(one, texts_in(one).page["language_name"], _in_language(request, one)) for one in PAGE_LANGUAGES]
    html = _templates.get_template(template).render(
        t=texts.page, chat_texts=texts.chat, language=language, languages=languages, version=_VERSION, **context
    )
    headers = {"Cache-Control": "private, no-cache", "Vary": "Accept-Language, Cookie"}
    response = HTMLResponse(html, status, headers)
    if chosen:
        response.set_cookie(LANGUAGE_COOKIE, chosen, max_age=YEAR_SECONDS, samesite="lax", httponly=True)
    return response


def static_files() -> StaticFiles:
    """Style, script and picture; the pages name them with a version, so they may be kept for good."""
    return _KeptFiles(directory=HERE / "static")


class _KeptFiles(StaticFiles):
    def file_response(self, *args: Any, **options: Any) -> Response:
        response = super().file_response(*args, **options)
        if isinstance(response, FileResponse) or response.status_code == 304:
            response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
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
