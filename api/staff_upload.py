"""Adding a report by staff: the file is sent, what was understood of it is shown and corrected, and then it is kept."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse
from starlette.responses import RedirectResponse, Response

from wenbao.answers.keeping import corrected, spans
from wenbao.answers.model import Metadata, Preview
from wenbao.api.staff_documents import DOCUMENTS, Field, changes, fields_of
from wenbao.api.staff_pages import UPLOAD, StaffRoute, problem_text, service_of, session_of, staff_of, staff_page
from wenbao.api.staff_uploads import Upload
from wenbao.config.errors import InvalidDocument, InvalidRequest, UnknownDocument

WAITING = f"{UPLOAD}/{{token}}"

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, route_class=StaffRoute)


@router.get(UPLOAD)
def choose(request: Request, replaces: str = "", discarded: str = "") -> Response:
    """The form for choosing a file; `replaces` is the report of which it is to be a new version."""
    return _form(request, replaces, discarded=bool(discarded))


@router.post(UPLOAD)
def send(
    request: Request,
    file: Annotated[UploadFile | None, File()] = None,
    replaces: Annotated[str, Form()] = "",
) -> Response:
    """Take a file for its preview; nothing of it is found by any question yet."""
    if file is None or not file.filename:
        return _form(request, replaces, problem="no_file")
    if file.size is not None and file.size > request.app.state.access.largest_document:
        return _form(request, replaces, problem="problem_too-large", status=413)
    name, content = PurePosixPath(file.filename.replace("\\", "/")).name, file.file.read()
    try:
        service_of(request).preview(name, content)
    except InvalidDocument as problem:
        return _form(request, replaces, problem=problem_text(request, problem), detail=str(problem))
    token = staff_of(request).uploads.put(session_of(request).id, name, content, replaces or None)
    return RedirectResponse(f"{UPLOAD}/{token}", 303)


@router.get(WAITING)
def preview(request: Request, token: str) -> Response:
    """What was understood of a file, to be corrected before it is kept."""
    return _preview_page(request, _waiting(request, token))


@router.post(WAITING)
def keep(
    request: Request,
    token: str,
    title: Field = "",
    publisher: Field = "",
    place: Field = "",
    year: Field = "",
    published: Field = "",
    source_url: Field = "",
    replaces: Annotated[str, Form()] = "",
) -> Response:
    """Keep the file, with what was corrected; the next question finds it."""
    service, upload = service_of(request), _waiting(request, token)
    typed = fields_of(title, publisher, place, year, published, source_url)
    understood = service.preview(upload.name, upload.content).document
    try:
        # Looked at first: a report must not be kept while its correction is refused.
        corrected(_metadata(understood), changes(typed, understood))
    except InvalidRequest as problem:
        return _preview_page(request, upload, typed=typed, problem=problem)
    added = service.add(upload.name, upload.content, replaces=replaces)
    if added.created and (correction := changes(typed, added.document)):
        service.edit(added.document.id, **correction)
    staff_of(request).uploads.discard(session_of(request).id, token)
    done = "added" if added.created else "known"
    return RedirectResponse(f"{DOCUMENTS}/{quote(added.document.id, safe='')}?done={done}", 303)


@router.post(f"{WAITING}/discard")
def discard(request: Request, token: str) -> Response:
    """Delete the file; nothing was kept."""
    staff_of(request).uploads.discard(session_of(request).id, token)
    return RedirectResponse(f"{UPLOAD}?discarded=1", 303)


def _waiting(request: Request, token: str) -> Upload:
    return staff_of(request).uploads.get(session_of(request).id, token)


def _form(
    request: Request,
    replaces: str,
    *,
    problem: str = "",
    detail: str = "",
    status: int = 422,
    discarded: bool = False,
) -> Response:
    settings = request.app.state.settings
    return staff_page(
        request,
        "staff_upload.html",
        status=status if problem else 200,
        replaced=_title(request, replaces),
        replaces=replaces,
        largest=settings.max_document_mb,
        problem=problem,
        detail=detail,
        discarded=discarded,
    )


def _preview_page(
    request: Request, upload: Upload, *, typed: dict[str, str] | None = None, problem: InvalidRequest | None = None
) -> Response:
    understood: Preview = service_of(request).preview(upload.name, upload.content)
    found = understood.replaces.id if understood.replaces else None
    wanted = upload.replaces or found
    return staff_page(
        request,
        "staff_preview.html",
        status=problem.status if problem else 200,
        upload=upload,
        preview=understood,
        pages_unread=spans(understood.pages_unread),
        document=understood.document,
        typed=typed or {name: getattr(understood.document, name) for name in fields_of()},
        replaces=wanted,
        replaced=_title(request, wanted or ""),
        problem=problem_text(request, problem) if problem else "",
        detail=str(problem or ""),
    )


def _title(request: Request, document_id: str) -> str | None:
    """The title of a report, None where there is no such."""
    try:
        return service_of(request).document(document_id).metadata.title if document_id else None
    except UnknownDocument:
        return None


def _metadata(document: object) -> Metadata:
    return Metadata(**{name: getattr(document, name) for name in fields_of()})
