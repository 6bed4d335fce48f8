"""Takes in report files from the disk, one after the other; a file that cannot be read doesn't stop the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from wenbao.answers.model import Addition
from wenbao.answers.service import ReportService
from wenbao.config.errors import InvalidDocument, InvalidRequest
from wenbao.config.settings import Settings
from wenbao.knowledge.documents import Metadata

READABLE = frozenset(
    (".txt", ".text", ".html", ".htm", ".xhtml", ".shtml", ".md", ".markdown", ".docx", ".pdf"),
)
"""Endings of the files that are taken out of a folder; a file that is named itself is always tried."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file: `addition`, or the `problem` with it."""

    path: Path
    addition: Addition | None
    problem: str | None = None


def report_files(paths: Sequence[Path]) -> list[Path]:
    """The files themselves, and of each folder the readable files in it and below, in order.

    Raises InvalidRequest for a folder with nothing readable in it.
    """
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = sorted(one for one in path.rglob("*") if _is_report(one, path))
        if not inside:
            raise InvalidRequest(f"The folder {path} holds no report: {', '.join(sorted(READABLE))} can be read.")
        found += inside
    return list(dict.fromkeys(found))


def add_file(service: ReportService, settings: Settings, path: Path, metadata: Metadata) -> Outcome:
    """Take in one file. Raises StorageFailed, as the next file would fare no better."""
    try:
        content = _content(path, settings.max_document_mb)
        return Outcome(path, service.add(path.name, content, metadata))
    except InvalidDocument as problem:
        return Outcome(path, None, str(problem))


def add_files(
    service: ReportService, settings: Settings, paths: Sequence[Path], metadata: Metadata
) -> Iterator[Outcome]:
    """Take in files one after the other. Raises InvalidRequest for one title on many files, and StorageFailed."""
    if metadata.title and len(paths) > 1:
        raise InvalidRequest("--title is for one file; add the others in a call of their own.")
    for path in paths:
        yield add_file(service, settings, path, metadata)


def _is_report(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return not hidden and path.suffix.lower() in READABLE and path.is_file()


def _content(path: Path, max_megabytes: int) -> bytes:
    try:
        if path.stat().st_size > max_megabytes * 1024 * 1024:
            raise InvalidDocument(f"{path.name} is larger than {max_megabytes} MB (WENBAO_MAX_DOCUMENT_MB).")
        return path.read_bytes()
    except OSError as problem:
        raise InvalidDocument(f"{path.name} cannot be read: {problem.strerror or problem}.") from problem
