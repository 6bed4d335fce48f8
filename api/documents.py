"""The reports themselves: /v1/documents."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import PurePosixPath
from typing import Annotated, cast

from fastapi import APIRouter, Depends, File, Form, Path, Request, Response, Security, UploadFile
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, HttpUrl
from starlette.exceptions import HTTPException

from wenbao.answers.model import Correction, DocumentVersion, Metadata
from wenbao.answers.service import ReportService
from wenbao.api.access import ADMIN_KEY, AdminRoute, AskingRoute
from wenbao.api.reference import problems
from wenbao.api.schemas import (
    AddedShape,
    DocumentShape,
    DocumentsShape,
    OptionalId,
    OptionalYear,
    PreviewShape,
    SectionShape,
    Text,
    VersionShape,
    VersionsShape,
    WholeDocumentShape,
    blank_is_none,
)

router = APIRouter(prefix="/v1", route_class=AskingRoute, tags=["Documents"])
admin = APIRouter(prefix="/v1", route_class=AdminRoute, tags=["Documents"], dependencies=[Security(ADMIN_KEY)])

DocumentId = Annotated[str, Path(max_length=128)]


_blank = BeforeValidator(blank_is_none)
Words = Annotated[Annotated[Text, Field(max_length=300)] | None, _blank]
Day = Annotated[date | None, _blank]
Address = Annotated[HttpUrl | None, _blank]
ReportFile = Annotated[UploadFile, File(description="The report: txt, md, html, mhtml, docx or pdf")]


@router.get("/documents", response_model=DocumentsShape, responses=problems(401, 429))
def list_documents(request: Request) -> DocumentsShape:
    """Every report, newest first."""
    service: ReportService = request.app.state.service
    return DocumentsShape(documents=[DocumentShape.model_validate(one) for one in service.documents()])


@router.get("/documents/{document_id}", response_model=WholeDocumentShape, responses=problems(401, 404, 422, 429))
def show_document(request: Request, response: Response, document_id: DocumentId) -> WholeDocumentShape:
    """One report with its sections."""
    service: ReportService = request.app.state.service
    document, version = service.document(document_id), service.version(document_id)
    _point_to_newest(response, version)
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
        version=version.version,
        replaced_by=version.replaced_by,
    )


@router.get("/documents/{document_id}/text", response_class=PlainTextResponse, responses=problems(401, 404, 422, 429))
def show_text(request: Request, document_id: DocumentId) -> PlainTextResponse:
    """The text of a report; all positions are counted in its characters."""
    service: ReportService = request.app.state.service
    response = PlainTextResponse(service.document(document_id).text)
    _point_to_newest(response, service.version(document_id))
    return response


@router.get("/documents/{document_id}/versions", response_model=VersionsShape, responses=problems(401, 404, 422, 429))
def list_versions(request: Request, document_id: DocumentId) -> VersionsShape:
    """Every version of a report, the newest first; the older ones are found by no question, but can be opened."""
    service: ReportService = request.app.state.service
    return VersionsShape(versions=[_version_shape(one) for one in service.versions(document_id)])


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
    response_model=AddedShape,
    responses={
        200: {"model": AddedShape, "description": "The same report was there already"},
        **problems(400, 401, 404, 413, 422, 429, 507),
    },
)
def add_document(
    request: Request,
    response: Response,
    file: ReportFile,
    metadata: Annotated[Metadata, Depends(_metadata)],
    replaces: Annotated[OptionalId, Form(description="The report of which this is a new version")] = None,
    separate: Annotated[bool, Form(description="Whether it is none, though it may look like one")] = False,
) -> AddedShape:
    """Take in a report. It is kept when this returns, and the very next question finds it.

    A report that is there already in another wording is replaced: the new one becomes its next version.
    """
    service: ReportService = request.app.state.service
    wanted = "" if separate and replaces is None else replaces
    addition = service.add(_bare_name(file.filename), _content(request, file), metadata, replaces=wanted)
    response.status_code = 201 if addition.created else 200
    response.headers["Location"] = f"/v1/documents/{addition.document.id}"
    return AddedShape(
        **asdict(addition.document),
        version=addition.version,
        replaces=addition.replaces,
        pages_unread=list(addition.pages_unread),
    )


@admin.post("/documents/preview", response_model=PreviewShape, responses=problems(400, 401, 413, 422, 429))
def preview_document(
    request: Request, file: ReportFile, metadata: Annotated[Metadata, Depends(_metadata)]
) -> PreviewShape:
    """What would be understood of a report, and which one it would replace. Nothing is kept."""
    service: ReportService = request.app.state.service
    return PreviewShape.model_validate(service.preview(_bare_name(file.filename), _content(request, file), metadata))


class EditBody(BaseModel):
    """What to correct of what is known of a report: only what is given changes, null clears it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"place": "从化区", "year": 2020, "source_url": None}}
    )

    title: Annotated[Text, Field(min_length=1, max_length=300, pattern=r"\S")] = ""
    publisher: Words = None
    place: Words = None
    year: Annotated[int, Field(strict=True, ge=1, le=9999)] | None = None
    published: Day = None
    source_url: Address = None

    def correction(self) -> Correction:
        """The same, as the service takes it."""
        return cast(Correction, self.model_dump(mode="json", exclude_unset=True))


@admin.patch(
    "/documents/{document_id}",
    response_model=DocumentShape,
    responses=problems(400, 401, 404, 413, 422, 429, 507),
)
def edit_document(request: Request, document_id: DocumentId, body: EditBody) -> DocumentShape:
    """Correct what is known of a report; the very next answer has it."""
    service: ReportService = request.app.state.service
    return DocumentShape.model_validate(service.edit(document_id, **body.correction()))


@admin.delete("/documents/{document_id}", status_code=204, responses=problems(401, 404, 422, 429, 507))
def remove_document(request: Request, document_id: DocumentId) -> None:
    """Take a report out, with its older versions; the very next question does not find it."""
    service: ReportService = request.app.state.service
    service.remove(document_id)


@admin.post(
    "/documents/{document_id}/restore",
    response_model=DocumentShape,
    responses=problems(401, 404, 413, 422, 429, 507),
)
def restore_document(request: Request, document_id: DocumentId) -> DocumentShape:
    """Bring a removed report back; the very next question finds it. Possible for WENBAO_REMOVED_DAYS days."""
    service: ReportService = request.app.state.service
    return DocumentShape.model_validate(service.restore(document_id))


def _content(request: Request, file: UploadFile) -> bytes:
    if file.size is not None and file.size > request.app.state.access.largest_document:
        raise HTTPException(413)
    return file.file.read()


def _point_to_newest(response: Response, version: DocumentVersion) -> None:
    """A link to the newest version, for programs (RFC 5829)."""
    if version.replaced_by is not None:
        response.headers["Link"] = f'</v1/documents/{version.replaced_by}>; rel="latest-version"'


def _version_shape(one: DocumentVersion) -> VersionShape:
    return VersionShape(
        id=one.id,
        paragraphs=one.paragraphs,
        version=one.version,
        added_at=one.added_at,
        replaced_by=one.replaced_by,
        **asdict(one.metadata),
    )


def _bare_name(name: str | None) -> str:
    """The file's name without the folders that some browsers send with it."""
    return PurePosixPath((name or "").replace("\\", "/")).name
