"""What the commands print: replies, passages and reports, for people and as JSON for programs."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from wenbao.answers.model import Citation, DocumentSummary, DocumentVersion, Reply, SearchHit

if TYPE_CHECKING:
    from pydantic import BaseModel

    from wenbao.knowledge.documents import Document

_WIDTH_OF_A_PIPE = 400
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def out(*pieces: str | Text, style: str = "") -> None:
    """Print a line on standard output; what it says is never read as mark-up, and a narrow terminal wraps it."""
    line = Text(style=style)
    for piece in pieces:
        line.append_text(legible(piece) if isinstance(piece, str) else piece)
    _console().print(line, soft_wrap=True)


def legible(words: str) -> Text:
    """A report's words as they are, but without power over the terminal."""
    return Text(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", words))


def print_json(value: Any) -> None:
    """Print plain data as JSON."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def print_shape(shape: BaseModel) -> None:
    """Print what the API would send."""
    print(shape.model_dump_json(indent=2))


def print_reply(reply: Reply) -> None:
    """The answer with its citations, or the polite line with the nearest passages."""
    if reply.notice:
        out(reply.notice, style="yellow")
    if reply.answer is None:
        out(reply.message or "")
        _print_near(reply.related)
        return
    out(reply.answer.text, style="bold")
    for citation in reply.citations:
        out()
        _print_citation(citation)


def print_hits(hits: Sequence[SearchHit]) -> None:
    """Passages, best first."""
    if not hits:
        out("Nothing was found.")
    for number, hit in enumerate(hits, 1):
        out(f"{number:2}. ", _path((hit.title, *hit.section)), Text(f"  {hit.score:.2f}  ¶{hit.paragraph}", "dim"))
        out(f"    {hit.text}")


def print_documents(documents: Sequence[DocumentSummary]) -> None:
    """A table of reports."""
    if not documents:
        out("There are no reports yet. `wenbao add FILE` takes one in.")
        return
    columns = ("id", "title", "year", "place", "published", "paragraphs")
    print_table(columns, [(one.id, one.title, one.year, one.place, one.published, one.paragraphs) for one in documents])


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table; what is None is left empty."""
    table = Table(box=None, pad_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(legible("" if cell is None else str(cell)) for cell in row))
    _console().print(table)


def print_document(document: Document, version: DocumentVersion) -> None:
    """What is known of a report, and its headings."""
    known = document.metadata
    out(known.title, style="bold")
    for name, value in (
        ("id", document.id),
        ("publisher", known.publisher),
        ("place", known.place),
        ("year", known.year),
        ("published", known.published),
        ("source", known.source_url),
        ("paragraphs", len(document.paragraphs)),
        ("version", version.version),
        *((("replaced by", version.replaced_by),) if version.replaced_by else ()),
    ):
        out(Text(f"  {name:11}", "dim"), "unknown" if value is None else str(value))
    for section in document.sections:
        if not section.inline:
            out("  " * section.level, section.heading)


def print_versions(versions: Sequence[DocumentVersion]) -> None:
    """A table of the versions of a report, the newest first."""
    columns = ("version", "id", "title", "published", "added", "paragraphs", "replaced by")
    rows = [
        (one.version, one.id, one.metadata.title, one.metadata.published, one.added_at, one.paragraphs, one.replaced_by)
        for one in versions
    ]
    print_table(columns, rows)


def _print_near(related: Iterable[Citation]) -> None:
    for position, citation in enumerate(related):
        if position == 0:
            out()
            out("The nearest passages:", style="dim")
        _print_citation(citation)


def _print_citation(citation: Citation) -> None:
    source = [citation.title, *filter(None, (citation.publisher, citation.published))]
    out(f"[{citation.number}] " + " · ".join(source))
    if citation.section:
        out("    ", _path(citation.section))
    out("    “", _highlighted(citation), "”", Text(f"  ¶{citation.paragraph}", "dim"))


def _highlighted(citation: Citation) -> Text:
    quote = legible(citation.quote.replace("\n", " "))
    for start, end in citation.highlights:
        quote.stylize("bold green", start - citation.start, end - citation.start)
    return quote


def _path(steps: Iterable[str]) -> Text:
    text = legible(" › ".join(steps))
    text.stylize("dim")
    return text


def _console() -> Console:
    # A pipe has no width: what a program reads must not be cut to that of a terminal.
    return Console(highlight=False, width=None if sys.stdout.isatty() else _WIDTH_OF_A_PIPE)
