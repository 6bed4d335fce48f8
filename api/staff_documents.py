"""The reports for staff: a list, what is known of each and its correction, its versions, removal and its undoing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, cast
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse
from starlette.responses import RedirectResponse, Response

from wenbao.answers.exports import documents_table
from wenbao.answers.model import Correction, DocumentSummary
from wenbao.api.staff_pages import (
    HOME,
    StaffRoute,
    csv_file,
    error_page,
    problem_text,
    service_of,
    staff_page,
    year_of,
)
from wenbao.config.errors import InvalidRequest, RemovedDocument

PAGE_SIZE = 50
DOCUMENTS = f"{HOME}/documents"
ONE = f"{DOCUMENTS}/{{document_id}}"

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, route_class=StaffRoute)


@router.get(DOCUMENTS)
def documents(request: Request, q: str = "", page: str = "1", removed: str = "", restored: str = "") -> Response:
    """The reports that have some words in what is known of them, fifty to a page."""
    known = service_of(request).documents()
    found = _with_words(known, q)
    last = max(1, -(-len(found) // PAGE_SIZE))
    number = min(max(year_of(page) or 1, 1), last)
    return staff_page(
        request,
        "staff_documents.html",
        documents=found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE],
        total=len(known),
        count=len(found),
        q=q,
        number=number,
        last=last,
        removed=removed,
        restored=next((one for one in known if one.id == restored), None),
        to_page=lambda one: f"{DOCUMENTS}?{urlencode({'q': q, 'page': one})}",
    )


@router.get(f"{HOME}/documents.csv")
def download(request: Request, q: str = "") -> Response:
    """The same reports, all of them, as a table."""
    return csv_file(documents_table(_with_words(service_of(request).documents(), q)), "reports")


@router.get(ONE)
def document(request: Request, document_id: str, done: str = "") -> Response:
    """What is known of one report, to be corrected; one that was removed can be brought back."""
    try:
        return _document_page(request, document_id, done=done)
    except RemovedDocument:
        return staff_page(request, "staff_removed.html", status=404, document_id=document_id)


Field = Annotated[str, Form()]


def fields_of(
    title: Field = "",
    publisher: Field = "",
    place: Field = "",
    year: Field = "",
    published: Field = "",
    source_url: Field = "",
) -> dict[str, str]:
    """What stands in the form for what is known of a report."""
    names = {"title": title, "publisher": publisher, "place": place, "year": year}
    return names | {"published": published, "source_url": source_url}


def changes(typed: dict[str, str], known: DocumentSummary) -> Correction:
    """What a form changes in what is known; a field that was emptied is forgotten."""
    wanted: dict[str, Any] = {name: " ".join(value.split()) or None for name, value in typed.items()}
    wanted["year"] = year_of(typed["year"])
    return cast(Correction, {name: value for name, value in wanted.items() if value != getattr(known, name)})


@router.post(ONE)
def edit(
    request: Request,
    document_id: str,
    title: Field = "",
    publisher: Field = "",
    place: Field = "",
    year: Field = "",
    published: Field = "",
    source_url: Field = "",
) -> Response:
    """Correct what is known of a report."""
    typed = fields_of(title, publisher, place, year, published, source_url)
    try:
        if correction := changes(typed, _summary(request, document_id)):
            service_of(request).edit(document_id, **correction)
    except InvalidRequest as problem:
        return _document_page(request, document_id, typed=typed, problem=problem)
    return RedirectResponse(f"{_address(document_id)}?done=edited", 303)


@router.post(f"{ONE}/remove")
def remove(request: Request, document_id: str, sure: Annotated[str, Form()] = "") -> Response:
    """Take a report out; where that cannot be undone, only if the box for it was ticked."""
    if not request.app.state.settings.removed_days and not sure:
        return error_page(request, "remove_not_sure", 422)
    service_of(request).remove(document_id)
    return RedirectResponse(f"{DOCUMENTS}?{urlencode({'removed': document_id})}", 303)


@router.post(f"{ONE}/restore")
def restore(request: Request, document_id: str) -> Response:
    """Bring a removed report back."""
    service_of(request).restore(document_id)
    return RedirectResponse(f"{DOCUMENTS}?{urlencode({'restored': document_id})}", 303)


def _document_page(
    request: Request,
    document_id: str,
    *,
    typed: dict[str, str] | None = None,
    problem: InvalidRequest | None = None,
    done: str = "",
) -> Response:
    service = service_of(request)
    summary = _summary(request, document_id)
    return staff_page(
        request,
        "staff_document.html",
        status=problem.status if problem else 200,
        document=summary,
        typed=typed or {name: getattr(summary, name) for name in fields_of()},
        versions=service.versions(document_id),
        this=service.version(document_id),
        problem=problem_text(request, problem) if problem else "",
        detail=str(problem or ""),
        done=done,
        removed_days=request.app.state.settings.removed_days,
    )


def _summary(request: Request, document_id: str) -> DocumentSummary:
    whole = service_of(request).document(document_id)
    known = whole.metadata
    return DocumentSummary(
        id=whole.id,
        title=known.title,
        publisher=known.publisher,
        place=known.place,
        year=known.year,
        published=known.published,
        source_url=known.source_url,
        paragraphs=len(whole.paragraphs),
    )


def _with_words(known: Sequence[DocumentSummary], words: str) -> list[DocumentSummary]:
    wanted = words.casefold().split()
    return [one for one in known if all(word in _told(one) for word in wanted)]


def _told(one: DocumentSummary) -> str:
    return " ".join(str(value) for value in (one.title, one.publisher, one.place, one.year, one.id) if value).casefold()


def _address(document_id: str) -> str:
    return f"{DOCUMENTS}/{quote(document_id, safe='')}"
