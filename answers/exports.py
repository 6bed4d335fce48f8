"""What staff take away as CSV: tables that a spreadsheet opens in the right encoding and takes for data alone."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Literal, get_args

from wenbao.answers.insights import Counts, Insights
from wenbao.answers.model import DocumentSummary, SearchHit

Cell = str | int | float | None
Table = tuple[Sequence[str], Iterable[Sequence[Cell]]]
TableName = Literal["questions", "rate", "comments"]
TABLE_NAMES: tuple[TableName, ...] = get_args(TableName)

_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
_COUNTED = ("asked", "answered", "unanswered", "helpful", "unhelpful")
# What spreadsheets take for the beginning of a formula, full width too, also behind spaces and controls.
_formula = re.compile(r"[\s\x00-\x1f\ufeff]*[=+\-@＝＋－＠]|[\t\r\n]").match


def csv_of(table: Table) -> str:
    """The table as CSV (RFC 4180) that begins with a byte order mark, for Excel to read it as UTF-8.

    A text that a spreadsheet would take for a formula has an apostrophe put before it, as OWASP's page on CSV
    injection advises: anybody can ask a question.
    """
    columns, rows = table
    told = io.StringIO()
    writer = csv.writer(told)
    writer.writerow(columns)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return _BOM + told.getvalue()


def table_of(insights: Insights, name: TableName) -> Table:
    """One of the tables: a line for each wording of a question, for each period, or for each comment."""
    match name:
        case "questions":
            return _questions(insights)
        case "rate":
            return _rate(insights)
        case "comments":
            return _comments(insights)


def documents_table(documents: Iterable[DocumentSummary]) -> Table:
    """A line for each report."""
    columns = ("id", "title", "publisher", "place", "year", "published", "source_url", "paragraphs")
    return columns, ([getattr(one, name) for name in columns] for one in documents)


def hits_table(hits: Iterable[SearchHit]) -> Table:
    """A line for each passage that was found."""
    columns = ("document_id", "title", "section", "paragraph", "text", "start", "end", "url")
    return columns, (
        (one.document_id, one.title, " › ".join(one.section), one.paragraph, one.text, one.start, one.end, one.url)
        for one in hits
    )


def _questions(insights: Insights) -> Table:
    columns = ("group", "question", *_COUNTED, "last_asked", "reasons_of_group")
    return columns, (
        (
            group.id,
            wording.text,
            *_counted(wording.counts),
            wording.last.isoformat(),
            ", ".join(name for name, _ in group.reasons),
        )
        for group in insights.groups
        for wording in group.wordings
    )


def _rate(insights: Insights) -> Table:
    columns = ("week_of" if insights.by_week else "day", *_COUNTED, "answer_rate")
    return columns, (
        (one.start.isoformat(), *_counted(one.counts), None if one.counts.rate is None else round(one.counts.rate, 4))
        for one in insights.periods
    )


def _comments(insights: Insights) -> Table:
    columns = ("answer_id", "day", "question", "answered", "helpful", "comment")
    return columns, (
        (one.answer_id, one.day.isoformat(), one.question, int(one.answered), int(one.helpful), one.text)
        for one in insights.comments
    )


def _counted(counts: Counts) -> tuple[int, ...]:
    return tuple(getattr(counts, name) for name in _COUNTED)


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and _formula(cell) else cell
