"""What is remembered of an address that a report was fetched from, so that asking again costs little."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server said of a page, to be shown to it at the next request (RFC 9110, section 8.8)."""

    url: str
    etag: str | None = None
    last_modified: str | None = None

    @property
    def are_any(self) -> bool:
        return self.etag is not None or self.last_modified is not None


@dataclass(frozen=True, slots=True)
class Origin:
    """An address as it was asked for, and the pages that it turned out to have; an article may have several."""

    url: str
    pages: tuple[Validators, ...]


@dataclass(frozen=True, slots=True)
class Fetched:
    """An origin with the document that was made of it."""

    origin: Origin
    document_id: str
