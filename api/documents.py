"""The reports themselves: /v1/documents."""

from __future__ import annotations

from datetime import date
from pathlib import PurePosixPath
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Path, Request, Response, Security, UploadFile
from fastapi.responses import PlainTextResponse
from pydantic import BeforeValidator, Field, HttpUrl
from starlette.exceptions import HTTPException

from wenbao.answers.service import Metadata, ReportService  # type: ignore[attr-defined]
from wenbao.api.access import ADMIN_KEY, AdminRoute, AskingRoute
from wenbao.api.reference import problems
from wenbao.api.schemas import (
    DocumentShape,
    DocumentsShape,
    OptionalYear,
    SectionShape,
    WholeDocumentShape,
    blank_is_none,
)

router = APIRouter(prefix="/v1", route_class=AskingRoute, tags=["Documents"])
admin = APIRouter(prefix="/v1", route_class=AdminRoute, tags=["Documents"], dependencies=[Security(ADMIN_KEY)])

DocumentId = Annotated[str, Path(max_length=128)]


_blank = BeforeValidator(blank_is_none)
Words = Annotated[Annotated[str, Field(max_length=300)] | None, _blank]
Day = Annotated[date | None, _blank]
Address = Annotated[HttpUrl | None, _blank]


@router.get("/documents", response_model=DocumentsShape, responses=problems(401))
def list_documents(request: Request) -> DocumentsShape:
    """Every report, newest first."""
    service: ReportService = request.app.state.service
    return DocumentsShape(documents=[DocumentShape.model_validate(one) for one in service.documents()])


@router.get("/documents/{document_id}", response_model=WholeDocumentShape, responses=problems(401, 404, 422))
def show_document(request: Request, document_id: DocumentId) -> WholeDocumentShape:
    """One report with its sections."""
    service: ReportService = request.app.state.service
    document = service.document(document_id)
    return WholeDocumentShape(
        id=document.id,
        title=document.metadata.title,
        publisher=document.metadata.publisher,
        place=document.metadata.place,
        year=document.metadata.year,
        published=document.metadata.published,
        source_url=document.metadata.source_url,
        paragraphs=len(document.paragraphs),
        characters=len(document.text),
        sections=[SectionShape.model_validate(section) for section in document.sections],
    )


@router.get("/documents/{document_id}/text", response_class=PlainTextResponse, responses=problems(401, 404, 422))
def show_text(request: Request, document_id: DocumentId) -> PlainTextResponse:
    """The text of a report; all positions are counted in its characters."""
    service: ReportService = request.app.state.service
    return PlainTextResponse(service.document(document_id).text)


async def _metadata(
    title: Annotated[Words, Form()] = None,
    publisher: Annotated[Words, Form()] = None,
    place: Annotated[Words, Form()] = None,
    year: Annotated[OptionalYear, Form()] = None,
    published: Annotated[Day, Form(description="YYYY-MM-DD")] = None,
    source_url: Annotated[Address, Form(description="Where it was fetched from")] = None,
) -> Metadata:
    """What the sender says of the report; the rest is read off the file."""
    day = published.isoformat() if published else None
    return Metadata(title or "", publisher, place, year, day, str(source_url) if source_url else None)


@admin.post(
    "/documents",
    status_code=201,
    response_model=DocumentShape,
    responses={
        200: {"model": DocumentShape, "description": "The same report was there already"},
        **problems(400, 401, 413, 422, 507),
    },
)
def add_document(
    request: Request,
    response: Response,
    file: Annotated[UploadFile, File(description="The report: txt, md, html, docx or pdf")],
    metadata: Annotated[Metadata, Depends(_metadata)],
) -> DocumentShape:
    """Take in a report. It is kept when this returns, and the very next question finds it."""
    if file.size is not None and file.size > request.app.state.access.largest_document:
        raise HTTPException(413)
    service: ReportService = request.app.state.service
    addition = service.add(_bare_name(file.filename), file.file.read(), metadata)
    response.status_code = 201 if addition.created else 200
    response.headers["Location"] = f"/v1/documents/{addition.document.id}"
    return DocumentShape.model_validate(addition.document)


@admin.delete("/documents/{document_id}", status_code=204, responses=problems(401, 404, 422))
def remove_document(request: Request, document_id: DocumentId) -> None:
    """Take a report out; the very next question does not find it."""
    service: ReportService = request.app.state.service
    service.remove(document_id)


def _bare_name(name: str | None) -> str:
    """The file's name without the folders that some browsers send with it."""
    return PurePosixPath((name or "").replace("\\", "/")).name
