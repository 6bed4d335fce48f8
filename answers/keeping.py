"""Keeping the reports: what is told of one that is added or looked at before, and which corrections can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date
from urllib.parse import urlsplit

from wenbao.answers.model import Addition, Correction, DocumentSummary, Preview
from wenbao.config.errors import InvalidRequest, UnknownDocument
from wenbao.knowledge.documents import Metadata
from wenbao.knowledge.library import Library
from wenbao.knowledge.parse import parse
from wenbao.knowledge.previewing import left_out, pages_unread
from wenbao.knowledge.versions import DocumentVersion

LONGEST_FIELD = 300
LONGEST_ADDRESS = 2_000
_WANTED = ("publisher", "place", "year", "published")


def summary(document_id: str, metadata: Metadata, paragraphs: int) -> DocumentSummary:
    """A document as a list of documents shows it."""
    return DocumentSummary(id=document_id, paragraphs=paragraphs, **asdict(metadata))


def summary_of(version: DocumentVersion) -> DocumentSummary:
    """The same, of a version of a report."""
    return summary(version.id, version.metadata, version.paragraphs)


def addition(library: Library, document_id: str, created: bool) -> Addition:
    """What became of an added document, as it is kept."""
    document, versions = library.document(document_id), library.versions(document_id)
    this = next(one for one in versions if one.id == document_id)
    before = next((one.id for one in versions if one.replaced_by == document_id), None)
    headings = sum(not section.inline for section in document.sections)
    return Addition(summary_of(this), created, this.version, before if created else None, headings)


def preview(library: Library, name: str, content: bytes, metadata: Metadata | None) -> Preview:
    """What would be understood of a file, and what it would replace; nothing is kept. Raises InvalidDocument."""
    document = parse(name, content, metadata)
    above, below = left_out(name, content, document)
    before = library.predecessor(document, name)
    return Preview(
        document=summary(document.id, document.metadata, len(document.paragraphs)),
        sections=tuple(section for section in document.sections if not section.inline),
        characters=len(document.text),
        left_out_above=above,
        left_out_below=below,
        known=_is_in_use(library, document.id),
        replaces=summary_of(library.version(before)) if before is not None else None,
        pages_unread=pages_unread(name, content),
    )


def missing(known: DocumentSummary | Metadata) -> tuple[str, ...]:
    """The fields that nothing was found for."""
    return tuple(field for field in _WANTED if getattr(known, field) is None)


def spans(numbers: Sequence[int]) -> list[str]:
    """Numbers in order as people write them: 1 and 4–6."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][-1] + 1:
            found[-1] = [found[-1][0], number]
        else:
            found.append([number])
    return ["–".join(map(str, span)) for span in found]


def corrected(metadata: Metadata, correction: Correction) -> Metadata:
    """Metadata with a correction made to it; None clears a field. Raises InvalidRequest for what cannot be."""
    cleaned = {field: value.strip() or None if isinstance(value, str) else value for field, value in correction.items()}
    unknown = set(cleaned) - set(asdict(metadata))
    if unknown:
        raise InvalidRequest(f"A report has no {', '.join(sorted(unknown))}.")
    if "title" in cleaned and cleaned["title"] is None:
        raise InvalidRequest("A report must have a title.")
    after = replace(metadata, **cleaned)  # type: ignore[arg-type]
    _check(after)
    return after


def _is_in_use(library: Library, document_id: str) -> bool:
    try:
        return library.version(document_id).replaced_by is None
    except UnknownDocument:
        return False


def _check(metadata: Metadata) -> None:
    for field in ("title", "publisher", "place"):
        if len(getattr(metadata, field) or "") > LONGEST_FIELD:
            raise InvalidRequest(f"The {field} has at most {LONGEST_FIELD} characters.")
    if metadata.year is not None and not 1 <= metadata.year <= 9999:
        raise InvalidRequest("The year must be from 1 to 9999.")
    if metadata.published is not None and not _is_day(metadata.published):
        raise InvalidRequest(f"{metadata.published} is no date: write it as 2021-01-13.")
    if metadata.source_url is not None and not _is_web_address(metadata.source_url):
        raise InvalidRequest("The source must be an address that begins with http:// or https://.")


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_web_address(text: str) -> bool:
    try:
        place = urlsplit(text)
    except ValueError:
        return False
    return place.scheme in ("http", "https") and bool(place.hostname) and len(text) <= LONGEST_ADDRESS
