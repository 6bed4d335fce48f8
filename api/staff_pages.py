"""What all parts of the staff page share: the door that asks who it is, the page around them, errors said on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from wenbao.answers.exports import Table, csv_of
from wenbao.answers.service import ReportService
from wenbao.api import pages
from wenbao.api.access import FORM_BYTES, JSON_BODY_BYTES, Handler, bounded
from wenbao.api.staff_sessions import SESSION_COOKIE, Session, Sessions
from wenbao.api.staff_uploads import Uploads
from wenbao.api.texts import texts_in
from wenbao.config.errors import WenbaoError

HOME = "/staff"
SIGN_IN = f"{HOME}/sign-in"
UPLOAD = f"{HOME}/upload"


@dataclass(frozen=True, slots=True)
class Staff:
    """What the staff page keeps beside the service."""

    sessions: Sessions
    uploads: Uploads


class StaffRoute(APIRoute):
    """A route for people who have signed in; what changes something needs the token of a form of theirs."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            session = staff_of(request).sessions.of(request.cookies.get(SESSION_COOKIE, ""))
            if session is None:
                return _to_sign_in(request)
            request.state.staff_session = session
            is_upload = request.url.path == UPLOAD
            largest = request.app.state.access.largest_document + FORM_BYTES if is_upload else JSON_BODY_BYTES
            try:
                return await _answered(handle, bounded(request, largest))
            except WenbaoError as problem:
                return error_page(request, problem_text(request, problem), problem.status, str(problem))
            except HTTPException as problem:
                text = "problem_too-large" if problem.status_code == 413 else "problem_other"
                return error_page(request, text, problem.status_code)

        return guarded


def staff_of(request: Request) -> Staff:
    """What the staff page keeps."""
    staff: Staff = request.app.state.staff
    return staff


def session_of(request: Request) -> Session:
    """The session of a request that has come through the door."""
    session: Session = request.state.staff_session
    return session


def service_of(request: Request) -> ReportService:
    """The service behind the page."""
    service: ReportService = request.app.state.service
    return service


def staff_page(request: Request, template: str, *, status: int = 200, **context: Any) -> Response:
    """A page of staff in the person's language; no browser keeps it."""
    session: Session | None = getattr(request.state, "staff_session", None)
    if session is not None:
        cookie = request.cookies.get(SESSION_COOKIE, "")
        context["csrf"] = staff_of(request).sessions.form_token(cookie)
    response = pages.page(request, template, status=status, is_signed_in=session is not None, **context)
    response.headers["Cache-Control"] = "no-store"
    return response


def error_page(request: Request, problem: str, status: int, detail: str = "") -> Response:
    """What went wrong, where there is no form to say it on."""
    return staff_page(request, "staff_error.html", status=status, problem=problem, detail=detail)


def problem_text(request: Request, problem: WenbaoError) -> str:
    """The key of the text that tells of an error."""
    key = f"problem_{problem.code}"
    return key if key in texts_in("en").staff else "problem_other"


def csv_file(table: Table, name: str) -> Response:
    """A table to download, under a name of letters, digits and hyphens."""
    headers = {"Content-Disposition": f'attachment; filename="wenbao-{name}.csv"', "Cache-Control": "no-store"}
    return Response(csv_of(table), media_type="text/csv; charset=utf-8", headers=headers)


def year_of(text: str) -> int | None:
    """The year that was typed, None for none; 0, which no report has, for what is no year."""
    text = text.strip()
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else 0


async def _answered(handle: Handler, request: Request) -> Response:
    """What the route answers, or that the form has no token of ours."""
    try:
        if request.method == "POST" and not await _has_token(request):
            return error_page(request, "form_over", 403)
        return await handle(request)
    finally:
        await request.close()


async def _has_token(request: Request) -> bool:
    form = await request.form()
    token = form.get("csrf", "")
    cookie = request.cookies.get(SESSION_COOKIE, "")
    return isinstance(token, str) and staff_of(request).sessions.is_form_token(token, cookie)


def _to_sign_in(request: Request) -> Response:
    """To the form for signing in, and back from there; what was sent is lost."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    to = wanted if request.method in ("GET", "HEAD") else HOME
    over = "&over=1" if SESSION_COOKIE in request.cookies else ""
    return RedirectResponse(f"{SIGN_IN}?to={quote(to, safe='')}{over}", 303)
