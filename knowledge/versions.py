"""Which report is a new version of which, and what a version carries over from the one before it.

The rules and their reasons: docs/decisions/0005-versions.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace

from wenbao.knowledge.documents import Document, Metadata

NOTHING = ""
"""In place of the id of a replaced document: the report is one of its own, whatever it looks like."""

SHARE_IN_COMMON = 1 / 3
_LEAST_LINE = 10

Corrections = Mapping[str, str | int | None]
"""Which fields of the metadata a person has corrected, each with what the file had said."""


@dataclass(frozen=True, slots=True)
class DocumentVersion:
    """A version of a report, counted from 1. `replaced_by` is the id of the newest one, None where it is that itself.

    `added_at` is ISO, in UTC.
    """

    id: str
    version: int
    metadata: Metadata
    paragraphs: int
    added_at: str
    replaced_by: str | None


@dataclass(frozen=True, slots=True)
class Known:
    """A document in the library to compare with: what is known of it, what was corrected in that, and its file's
    name."""

    metadata: Metadata
    corrected: Corrections
    name: str

    @property
    def as_read(self) -> Metadata:
        """What the file itself had said."""
        return replace(self.metadata, **self.corrected)  # type: ignore[arg-type]


def is_new_version(document: Document, name: str, known: Known, share: Callable[[], float]) -> bool:
    """Whether a document with a file of this name is the known one again, changed at its source.

    `share` tells the share of lines that they have in common; it is asked for only where it decides.
    """
    new, old = document.metadata, (known.metadata, known.as_read)
    if new.source_url and known.metadata.source_url:
        if not any(same_address(new.source_url, one.source_url) for one in old):
            return False
        same_year = new.year is None or any(one.year in (None, new.year) for one in old)
        return same_year and (any(one.title == new.title for one in old) or share() >= SHARE_IN_COMMON)
    told = new.place is not None and new.year is not None
    return told and name == known.name and any(_identity(one) == _identity(new) for one in old)


def carried_over(new: Metadata, known: Known) -> tuple[Metadata, Corrections]:
    """The metadata of a new version: what was corrected stays corrected where the file says the same as before.

    Where it was fetched from is carried over too, unless the new version says.
    """
    held = {field: said for field, said in known.corrected.items() if getattr(new, field) == said}
    kept = {field: getattr(known.metadata, field) for field in held}
    source = new.source_url or known.metadata.source_url
    return replace(replace(new, source_url=source), **kept), held


def corrections(before: Metadata, after: Metadata, corrected: Corrections) -> Corrections:
    """Which fields differ from what the file had said, once `before` was edited to `after`."""
    said = asdict(before) | dict(corrected)
    return {field: said[field] for field, value in asdict(after).items() if value != said[field]}


def share_in_common(one: set[str], other: set[str]) -> float:
    """The share of the smaller set that is in both, 0 where there is nothing to compare."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0


def telling_lines(lines: list[str]) -> set[str]:
    """The lines that are long enough to tell one report from another."""
    return {line for line in lines if len(line) >= _LEAST_LINE}


def same_address(one: str | None, other: str | None) -> bool:
    """Whether two addresses are the same but for http or https, and what follows a #."""
    return bool(one and other) and set(spellings(one or "")) == set(spellings(other or ""))


def spellings(url: str) -> tuple[str, str]:
    """An address with https and with http, without what follows a #."""
    rest = re.sub(r"^https?://", "", url.partition("#")[0])
    return f"https://{rest}", f"http://{rest}"


def _identity(metadata: Metadata) -> tuple[str, str | None, int | None]:
    return metadata.title, metadata.place, metadata.year
