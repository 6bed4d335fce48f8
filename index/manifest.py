"""What a generation says of itself: which model and which library it was made from, and what files it has."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from wenbao.config.errors import IndexUnavailable
from wenbao.index.files import digest, files_below

FORMAT = 2
"""Raised with every change to what is on disk or to how texts are cut into tokens: older generations are rebuilt."""

MANIFEST = "manifest.json"


class FileRecord(BaseModel):
    """One file: its size in bytes, and a digest of its content."""

    model_config = ConfigDict(frozen=True)

    size: int
    digest: str


class ModelRecord(BaseModel):
    """Where the model was that made the vectors, and the words put before questions and passages."""

    model_config = ConfigDict(frozen=True)

    folder: str
    query_prompt: str | None
    passage_prompt: str | None


class Manifest(BaseModel):
    """The contents of manifest.json.

    `model` is the fingerprint of the model, `made_with` where it was; `library` is the state of the library that the
    generation holds, `documents` its documents with their rows, `removed` the rows of documents whose vectors still
    stand in a chunk, `chunks` the units in each.
    """

    model_config = ConfigDict(frozen=True)

    format: int
    model: str
    made_with: ModelRecord | None = None
    dimension: int
    library: str
    created: str
    documents: dict[str, int]
    removed: frozenset[int]
    chunks: dict[str, int]
    paragraphs: int
    sentences: int
    files: dict[str, FileRecord]


def read_manifest(folder: Path) -> Manifest:
    """Read it and check it against the files, by name and size. Raises IndexUnavailable."""
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValidationError) as problem:
        raise IndexUnavailable(f"{folder / MANIFEST} cannot be read: {type(problem).__name__}.") from problem
    if manifest.format != FORMAT:
        raise IndexUnavailable(f"{folder} has format {manifest.format}; this program writes format {FORMAT}.")
    for name, record in manifest.files.items():
        if _size(folder / name) != record.size:
            raise IndexUnavailable(f"{folder / name} is missing or not of the size that it was written with.")
    return manifest


def records(folder: Path, known: dict[str, FileRecord]) -> dict[str, FileRecord]:
    """A record of each file; those that are `known` from the generation before are not read again."""
    names = [path.relative_to(folder).as_posix() for path in files_below(folder)]
    return {
        name: known.get(name) or FileRecord(size=_size(folder / name), digest=digest(folder / name)) for name in names
    }


def damaged(folder: Path, manifest: Manifest) -> list[str]:
    """The files that are not what was written, found by reading all of them."""
    return [
        name
        for name, record in manifest.files.items()
        if _size(folder / name) != record.size or digest(folder / name) != record.digest
    ]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1
