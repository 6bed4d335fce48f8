"""The staff page: who may see it, signing in and out; its parts are in the modules beside this one."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

import structlog
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse
from starlette.responses import RedirectResponse, Response

from wenbao.api import staff_documents, staff_lookup, staff_questions, staff_upload
from wenbao.api.access import JSON_BODY_BYTES, Access, bounded
from wenbao.api.staff_pages import HOME, SIGN_IN, Staff, StaffRoute, problem_text, session_of, staff_of, staff_page
from wenbao.api.staff_sessions import FORM_COOKIE, SESSION_COOKIE, SESSION_SECONDS, Sessions
from wenbao.api.staff_uploads import Uploads
from wenbao.config.errors import NotAuthorized, TooManyRequests
from wenbao.config.settings import Settings

LONGEST_KEY = 1000

_log = structlog.get_logger("wenbao.api")

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
signed_in = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, route_class=StaffRoute)


def install(app: FastAPI, settings: Settings) -> None:
    """Give the application its staff page."""
    folder = settings.data_dir / "staff"
    app.state.staff = Staff(Sessions(app.state.access, folder), Uploads(folder))
    app.include_router(router)
    for part in (signed_in, staff_lookup.router, staff_documents.router, staff_upload.router, staff_questions.router):
        app.include_router(part)


@router.get(SIGN_IN)
def sign_in_form(request: Request, to: str = HOME, over: str = "") -> Response:
    """The form for signing in; whoever has done so already goes on."""
    if staff_of(request).sessions.of(request.cookies.get(SESSION_COOKIE, "")):
        return RedirectResponse(_inside(to), 303)
    return _form(request, to, notice="session_over" if over else "")


@router.post(SIGN_IN)
async def sign_in(request: Request) -> Response:
    """Sign in with the admin key, or a stored key that may do the same."""
    async with bounded(request, JSON_BODY_BYTES).form() as form:
        key, to, token = (str(form.get(name, ""))[:LONGEST_KEY] for name in ("key", "to", "csrf"))
    staff, access = staff_of(request), _access(request)
    if not staff.sessions.is_form_token(token, request.cookies.get(FORM_COOKIE, "")):
        return _form(request, to, notice="form_over", status=403)
    try:
        name = access.sign_in(request, key.strip().encode())
    except NotAuthorized:
        _log.warning("staff.refused")
        return _form(request, to, problem="wrong_key", status=403)
    except TooManyRequests as problem:
        response = _form(request, to, problem=problem_text(request, problem), status=429)
        response.headers["Retry-After"] = str(problem.retry_after)
        return response
    session, cookie = staff.sessions.begin(name)
    _log.info("staff.signed_in", key=session.key)
    response = RedirectResponse(_inside(to), 303)
    _set_cookie(request, response, SESSION_COOKIE, cookie, HOME, SESSION_SECONDS)
    response.delete_cookie(FORM_COOKIE, path=SIGN_IN)
    return response


@signed_in.post(f"{HOME}/sign-out")
def sign_out(request: Request) -> Response:
    """Sign out for good; what was sent and not kept is deleted."""
    staff, session = staff_of(request), session_of(request)
    staff.uploads.discard_all(session.id)
    staff.sessions.end(session)
    response = RedirectResponse(SIGN_IN, 303)
    response.delete_cookie(SESSION_COOKIE, path=HOME)
    return response


def _form(request: Request, to: str, *, problem: str = "", notice: str = "", status: int = 200) -> Response:
    """The form, with a token that only a page of ours has: nobody can be signed in from another site."""
    cookie = request.cookies.get(FORM_COOKIE, "") or secrets.token_urlsafe(18)
    token = staff_of(request).sessions.form_token(cookie)
    response = staff_page(
        request,
        "staff_sign_in.html",
        status=status,
        csrf=token,
        to=_inside(to),
        problem=problem,
        notice=notice,
        has_key=_has_key(_access(request)),
    )
    _set_cookie(request, response, FORM_COOKIE, cookie, SIGN_IN, SESSION_SECONDS)
    return response


def _has_key(access: Access) -> bool:
    return access.admin_key is not None or access.keys.any_with("admin")


def _access(request: Request) -> Access:
    access: Access = request.app.state.access
    return access


def _inside(to: str) -> str:
    """The address where to go on, if it is one of the staff page: nobody is sent elsewhere."""
    try:
        parts = urlsplit(to)
    except ValueError:
        return HOME
    is_ours = not parts.scheme and not parts.netloc and f"{parts.path}/".startswith(f"{HOME}/")
    return to if is_ours and to.isprintable() and "\\" not in to and parts.path != SIGN_IN else HOME


def _set_cookie(request: Request, response: Response, name: str, value: str, path: str, seconds: int) -> None:
    public = request.app.state.settings.public_url or ""
    secure = request.url.scheme == "https" or public.startswith("https://")
    response.set_cookie(name, value, seconds, path=path, httponly=True, samesite="strict", secure=secure)
