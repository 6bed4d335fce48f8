"""Rows of tables: what a cell says together with the names of its row and of its column."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from wenbao.answers.figures import Figure, Span, figures, unit_group
from wenbao.index.folding import fold
from wenbao.knowledge.documents import COLUMNS, Document, Paragraph, Passage, cells

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_BRACKETS = re.compile(r"[(（]([^()（）]{1,12})[)）]")
_UNIT = re.compile(r"[单單]位\s*[:：]\s*([^\s,，;；)）\]】]{1,8})")
_SCALE = re.compile("^[十百千万萬亿億]+")


@dataclass(frozen=True, slots=True)
class Column:
    """A cell of a row, in characters of the passage: the name of its column as it is written, and folded.

    `unit` is the unit that column, row or table name for it, as it is written; `beside` where it is the table that
    names it, so that neither of the names says it.
    """

    start: int
    end: int
    heading: str
    name: str
    unit: str
    beside: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its cells, and the cells before the first figure, which are its name."""

    columns: tuple[Column, ...]
    label: Span

    def column_at(self, position: int) -> Column | None:
        """The column that a position of the passage stands in."""
        return next((one for one in self.columns if one.start <= position <= one.end), None)


def row_of(passage: Passage) -> Row | None:
    """The row that a passage is; None where it is none, or where nothing says what its columns are."""
    found = cells(passage.paragraph, passage.text)
    if not any(cell.column for cell in found):
        return None
    texts = [passage.text[cell.start : cell.end] for cell in found]
    first = next((n for n, text in enumerate(texts) if n and figures(fold(text))), len(texts))
    label = Span(0, found[first - 1].end)
    above = _units(_UNIT, *reversed(passage.paragraph.section[:-1]))
    columns = []
    for cell in found:
        named = _units(_BRACKETS, cell.column, passage.text[: label.end])
        unit = next(iter([*named, *above]), "")
        columns.append(Column(cell.start, cell.end, cell.column, fold(cell.column), unit, not named))
    return Row(tuple(columns), label)


def row_figures(row: Row, folded: str) -> tuple[Figure, ...]:
    """The figures of a row; a bare one counts in the unit that is named for it."""
    return tuple(
        _with_unit(replace(figure, start=figure.start + one.start, end=figure.end + one.start), one)
        for one in row.columns
        if one.start >= row.label.end
        for figure in figures(folded[one.start : one.end])
    )


def column_year(column: Column) -> int | None:
    """The year that a column is named after."""
    years = _YEAR.findall(column.name)
    return int(years[-1]) if years else None


def cell_text(row: Row, column: Column, text: str) -> str:
    """A cell with the names of its row and its column: 第二产业，2020年 总量：190.3（亿元）."""
    label = " ".join(text[row.label.start : row.label.end].split())
    unit = f"（{column.unit}）" if column.unit and column.beside else ""
    return f"{label}，{column.heading}：{text[column.start : column.end].strip()}{unit}"


def head_of(document: Document, paragraph: Paragraph) -> Span | None:
    """Where the rows stand that name the columns of a row, in characters of the document."""
    names = paragraph.section[-1]
    heads: list[Paragraph] = []
    for one in reversed(document.paragraphs[: paragraph.number - 1]):
        if one.kind != "row":
            break
        if _names_columns(document.text[one.start : one.end], names):
            heads.append(one)
        elif heads:
            break
    return Span(heads[-1].start, heads[0].end) if heads else None


def _names_columns(text: str, names: str) -> bool:
    """Whether every cell of a row is part of the name of its column."""
    parts, columns = text.split("\t"), names.split(COLUMNS)
    return len(parts) == len(columns) and all(part in name for part, name in zip(parts, columns, strict=True))


def _units(pattern: re.Pattern[str], *texts: str) -> list[str]:
    found = [match[1].strip() for text in texts for match in pattern.finditer(text)]
    return [unit for unit in found if unit_group(_plain(unit))]


def _plain(unit: str) -> str:
    """A unit without the number before it, where it is none with it: 人 for 万人, but 万元."""
    folded = fold(unit)
    return folded if unit_group(folded) else _SCALE.sub("", folded)


def _with_unit(figure: Figure, column: Column) -> Figure:
    if figure.unit or not column.unit:
        return figure
    unit = _plain(column.unit)
    return replace(figure, unit=unit, group=unit_group(unit))
