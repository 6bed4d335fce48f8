"""A page to its lines in reading order: glyphs to lines, columns one after the other, tables where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from unicodedata import east_asian_width

from wenbao.knowledge.readers.pdf_page import DrawnPage, Glyph
from wenbao.knowledge.readers.ruled import Frame, as_grid, cells, frames, without_empty
from wenbao.knowledge.readers.tables import Grid, TableCell

_GAP = 1.1
"""How many times the height of the line must be free between two pieces of a line."""
_SPACE = 0.17
_WIDE_SPACE = 0.75
_MIDDLE = (0.3, 0.7)
_LEAST_LINES = 6
_FULL = 0.6
_LEAST_ROWS, _LEAST_CELLS = 3, 3
_FIGURE = re.compile(r"[-+−—]?[\d.,，．]+\s*[%％‰]?|[-—…·/]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A line of text, or the part of one that stands in a column; `column` is the stretch that its text may fill,
    where the page has several."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float
    column: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class PlacedTable:
    """A table with its rows and the place that it takes up."""

    grid: Grid
    left: float
    right: float
    top: float
    bottom: float


Block = Piece | PlacedTable


def blocks(page: DrawnPage, number: int) -> list[Block]:
    """The lines and tables of page `number` (from 1) in reading order."""
    ruled = frames(page)
    free = [glyph for glyph in page.glyphs if not any(frame.holds(glyph) for frame in ruled)]
    tables: list[Block] = [_table(frame, page.glyphs, number) for frame in ruled]
    rows = [pieces for row in _rows(free) if (pieces := _pieces(row))]
    gutter = _gutter(rows)
    if gutter is not None:
        return _ordered([*(piece for row in rows for piece in _split(row, gutter)), *tables], gutter)
    placed = [*_open_tables(rows, number), *tables]
    return sorted(placed, key=lambda one: one.top)


def _table(frame: Frame, glyphs: Sequence[Glyph], number: int) -> PlacedTable:
    held = cells(frame, [glyph for glyph in glyphs if frame.holds(glyph)])
    texts = {id(cell): cell_text(cell) for row in held for cell in row}
    grid = without_empty(as_grid([[(id(cell), texts[id(cell)]) for cell in row] for row in held], number))
    return PlacedTable(grid, frame.xs[0], frame.xs[-1], frame.ys[0], frame.ys[-1])


def cell_text(glyphs: Sequence[Glyph]) -> str:
    """The text of glyphs that stand in one cell: its lines joined."""
    lines = [_text(row) for row in map(_trimmed, _rows(glyphs)) if row]
    whole = ""
    for line in lines:
        whole += (" " if whole and not (_is_wide(whole[-1]) or _is_wide(line[0])) else "") + line
    return whole


def _rows(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Glyphs of one height, from the top down, each row from left to right."""
    rows: list[list[Glyph]] = []
    top = bottom = 0.0
    for glyph in sorted(glyphs, key=lambda one: one.middle):
        if rows and min(bottom, glyph.bottom) - max(top, glyph.top) > 0.5 * min(glyph.size, bottom - top):
            rows[-1].append(glyph)
            # A row keeps the height of its largest glyph, so that raised figures stay in it.
            if glyph.size > bottom - top:
                top, bottom = glyph.top, glyph.bottom
        else:
            rows.append([glyph])
            top, bottom = glyph.top, glyph.bottom
    return [_once(sorted(row, key=lambda one: one.left)) for row in rows]


def _once(row: list[Glyph]) -> list[Glyph]:
    """A row without the second print that makes a font bold."""
    kept: list[Glyph] = []
    for glyph in row:
        if not any(one.text == glyph.text and abs(one.left - glyph.left) < 0.3 * _width(one) for one in kept[-2:]):
            kept.append(glyph)
    return kept


def _width(glyph: Glyph) -> float:
    return glyph.right - glyph.left


def _pieces(row: Sequence[Glyph]) -> list[Piece]:
    """A row cut where it is free for more than a space."""
    cut: list[list[Glyph]] = [[]]
    before: Glyph | None = None
    for glyph in row:
        if glyph.text != " ":
            if before is not None and glyph.left - before.right > _GAP * max(before.size, glyph.size):
                cut.append([])
            before = glyph
        cut[-1].append(glyph)
    return [_piece(part) for part in map(_trimmed, cut) if part]


def _trimmed(part: Sequence[Glyph]) -> list[Glyph]:
    """Without the spaces at the ends."""
    shown = [n for n, glyph in enumerate(part) if glyph.text != " "]
    return list(part[shown[0] : shown[-1] + 1]) if shown else []


def _piece(part: Sequence[Glyph]) -> Piece:
    size = median(glyph.size for glyph in part)
    top, bottom = min(glyph.top for glyph in part), max(glyph.bottom for glyph in part)
    return Piece(_text(part), part[0].left, part[-1].right, top, bottom, size)


def _text(row: Sequence[Glyph]) -> str:
    text = row[0].text
    for before, glyph in pairwise(row):
        if " " in (before.text, glyph.text):
            text += "" if glyph.text == " " == text[-1] else glyph.text
            continue
        gap = glyph.left - before.right
        both_wide = _is_wide(before.text) and _is_wide(glyph.text)
        either_wide = _is_wide(before.text) or _is_wide(glyph.text)
        least = _WIDE_SPACE if both_wide else 2 * _SPACE if either_wide else _SPACE
        text += (" " if gap > least * max(before.size, glyph.size) else "") + glyph.text
    return text


def _is_wide(character: str) -> bool:
    return east_asian_width(character[-1]) in "WF"


def _gutter(rows: Sequence[Sequence[Piece]]) -> float | None:
    """Where two columns of running text part, None where the page has one.

    Both sides must have lines enough, most of them as wide as their column.
    """
    every = [piece for row in rows for piece in row]
    if len(every) < 2 * _LEAST_LINES:
        return None
    left, right = min(one.left for one in every), max(one.right for one in every)
    best = max(_candidates(every, left, right), key=lambda found: found[1], default=None)
    if best is None:
        return None
    gutter = best[0]
    first = [one for one in every if one.right <= gutter]
    second = [one for one in every if one.left >= gutter]
    crossing = len(every) - len(first) - len(second)
    sides = ((first, gutter - left), (second, right - gutter))
    enough = all(len(side) >= _LEAST_LINES and _fills(side, width) for side, width in sides)
    return gutter if enough and crossing * 3 <= len(every) else None


def _candidates(every: Sequence[Piece], left: float, right: float) -> Iterator[tuple[float, float]]:
    """Places near the middle that few pieces cross, with how few: (place, score)."""
    low, high = (left + share * (right - left) for share in _MIDDLE)
    for place in {round(one.left - 2.0, 1) for one in every if low <= one.left <= high}:
        crossing = sum(one.left < place < one.right for one in every)
        beside = sum(abs(one.left - 2.0 - place) < 2.0 for one in every)
        yield place, beside - 3.0 * crossing


def _fills(side: Sequence[Piece], width: float) -> bool:
    full = sum(one.right - one.left >= _FULL * width for one in side)
    return full * 2 >= len(side)


def _filled(placed: Sequence[Block]) -> list[Block]:
    pieces = [one for one in placed if isinstance(one, Piece)]
    return with_column(placed, column_of(pieces)) if pieces else list(placed)


def _split(row: Sequence[Piece], gutter: float) -> list[Piece]:
    """The pieces of a row, those of one side as one."""
    crossing = any(one.left < gutter < one.right for one in row)
    if crossing:
        return [_together(row)]
    sides = [[one for one in row if one.right <= gutter], [one for one in row if one.left >= gutter]]
    return [_together(side) for side in sides if side]


def _together(row: Sequence[Piece]) -> Piece:
    text = "\u3000".join(piece.text for piece in row)
    top, bottom = min(one.top for one in row), max(one.bottom for one in row)
    return Piece(text, row[0].left, row[-1].right, top, bottom, max(one.size for one in row))


def _ordered(placed: Sequence[Block], gutter: float) -> list[Block]:
    """Both columns from the top to what crosses them, the left one first, then on below it."""
    found: list[Block] = []
    left: list[Block] = []
    right: list[Block] = []
    for one in sorted(placed, key=lambda one: one.top):
        if one.left < gutter < one.right:
            found += [*_filled(left), *_filled(right), one]
            left, right = [], []
        else:
            (left if one.right <= gutter else right).append(one)
    return [*found, *_filled(left), *_filled(right)]


def with_column(placed: Sequence[Block], column: tuple[float, float]) -> list[Block]:
    """The blocks, each line without a column with the stretch that the text of its own fills."""
    return [replace(one, column=column) if isinstance(one, Piece) and one.column is None else one for one in placed]


def column_of(pieces: Sequence[Piece]) -> tuple[float, float]:
    """The stretch that most lines of running text keep to; a few that stand out at the sides do not count."""
    widest = max(one.right - one.left for one in pieces)
    wide = [one for one in pieces if one.right - one.left >= _FULL * widest]
    lefts, rights = sorted(one.left for one in wide), sorted(one.right for one in wide)
    return lefts[len(lefts) // 10], rights[len(rights) * 17 // 20 if len(rights) > 2 else -1]


def _open_tables(rows: Sequence[Sequence[Piece]], number: int) -> list[Block]:
    """Lines, and tables without rules down: at least three rows below each other with the same columns."""
    found: list[Block] = []
    run: list[Sequence[Piece]] = []
    for row in rows:
        if run and not _continues(run[-1], row):
            found += _closed(run, number)
            run = []
        if len(row) >= _LEAST_CELLS:
            run.append(row)
        else:
            found.append(_together(row))
    return [*found, *_closed(run, number)]


def _continues(above: Sequence[Piece], row: Sequence[Piece]) -> bool:
    if len(above) != len(row) or row[0].top - above[0].bottom > 2.5 * above[0].size:
        return False
    return all(one.left < other.right and other.left < one.right for one, other in zip(above, row, strict=True))


def _closed(run: Sequence[Sequence[Piece]], number: int) -> list[Block]:
    figures = sum(_FIGURE.fullmatch(piece.text) is not None for row in run for piece in row)
    if len(run) < _LEAST_ROWS or figures < len(run):
        return [_together(row) for row in run]
    grid = [[TableCell(piece.text, page=number) for piece in row] for row in run]
    left, right = min(row[0].left for row in run), max(row[-1].right for row in run)
    return [PlacedTable(grid, left, right, run[0][0].top, run[-1][0].bottom)]
