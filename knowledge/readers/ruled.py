"""Tables with ruled lines on a page: where they stand, and which text stands in which cell."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from wenbao.knowledge.readers.pdf_page import DrawnPage, Glyph, Rule
from wenbao.knowledge.readers.tables import Grid, TableCell

_NEAR = 3.0
"""Points within which two rules are one, and a rule touches another."""
_MOST_PLACES = 20_000


@dataclass(frozen=True, slots=True)
class Frame:
    """The lines of one table: the distances of its rules down and the heights of its rules across, and the rules."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    across: tuple[Rule, ...]
    down: tuple[Rule, ...]

    def holds(self, glyph: Glyph) -> bool:
        x = (glyph.left + glyph.right) / 2
        return self.xs[0] <= x <= self.xs[-1] and self.ys[0] <= glyph.middle <= self.ys[-1]


def frames(page: DrawnPage) -> list[Frame]:
    """The ruled tables of a page, from the top down: at least two cells beside each other, and two above."""
    found = [_frame(across, down) for across, down in _groups(_merged(page.across), _merged(page.down))]
    kept = [one for one in found if len(one.xs) > 2 and len(one.ys) > 2]
    kept = [one for one in kept if (len(one.xs) - 1) * (len(one.ys) - 1) <= _MOST_PLACES]
    return sorted(kept, key=lambda one: one.ys[0])


def cells(frame: Frame, glyphs: Sequence[Glyph]) -> list[list[list[Glyph]]]:
    """For each row and column of the finest grid the glyphs of its cell; merged places share one list."""
    rows, columns = len(frame.ys) - 1, len(frame.xs) - 1
    owner = _owners(frame, rows, columns)
    held: dict[int, list[Glyph]] = {one: [] for one in set(owner)}
    for glyph in glyphs:
        row = min(max(bisect_right(frame.ys, glyph.middle) - 1, 0), rows - 1)
        column = min(max(bisect_right(frame.xs, (glyph.left + glyph.right) / 2) - 1, 0), columns - 1)
        held[owner[row * columns + column]].append(glyph)
    return [[held[owner[row * columns + column]] for column in range(columns)] for row in range(rows)]


def without_empty(grid: Grid) -> Grid:
    """A table without the columns and rows that hold nothing of their own: double rules make such."""
    rows = [row for row in grid if any(cell.text for cell in row)]
    columns = range(max(map(len, rows), default=0))
    kept = [at for at in columns if any(row[at].text for row in rows)]
    own = [at for n, at in enumerate(kept) if n == 0 or any(row[at] is not row[kept[n - 1]] for row in rows)]
    return [[row[at] for at in own] for row in rows]


def _merged(rules: Sequence[Rule]) -> list[Rule]:
    """Rules on one line that touch each other as one."""
    lines: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda one: one.at):
        if lines and rule.at - lines[-1][0].at <= _NEAR:
            lines[-1].append(rule)
        else:
            lines.append([rule])
    return [one for line in lines for one in _joined(line)]


def _joined(line: Sequence[Rule]) -> list[Rule]:
    at = sum(rule.at for rule in line) / len(line)
    found: list[Rule] = []
    for rule in sorted(line, key=lambda one: one.start):
        if found and rule.start <= found[-1].end + _NEAR:
            found[-1] = Rule(at, found[-1].start, max(found[-1].end, rule.end))
        else:
            found.append(Rule(at, rule.start, rule.end))
    return found


def _groups(across: Sequence[Rule], down: Sequence[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Rules that meet each other, table by table."""
    parents = list(range(len(across) + len(down)))
    for (n, level), (m, upright) in product(enumerate(across), enumerate(down)):
        if _meet(level, upright):
            parents[_root(parents, n)] = _root(parents, len(across) + m)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for n, rule in enumerate([*across, *down]):
        group = groups.setdefault(_root(parents, n), ([], []))
        group[n >= len(across)].append(rule)
    return list(groups.values())


def _meet(level: Rule, upright: Rule) -> bool:
    reaches = level.start - _NEAR <= upright.at <= level.end + _NEAR
    return reaches and upright.start - _NEAR <= level.at <= upright.end + _NEAR


def _root(parents: list[int], one: int) -> int:
    while parents[one] != one:
        parents[one] = parents[parents[one]]
        one = parents[one]
    return one


def _frame(across: Sequence[Rule], down: Sequence[Rule]) -> Frame:
    xs = _distinct([rule.at for rule in down])
    # The sides of a table are often left open: its rules across then show how wide it is.
    if across and xs:
        left, right = min(rule.start for rule in across), max(rule.end for rule in across)
        xs = [*([left] if xs[0] - left > 2 * _NEAR else []), *xs, *([right] if right - xs[-1] > 2 * _NEAR else [])]
    return Frame(tuple(xs), tuple(_distinct([rule.at for rule in across])), tuple(across), tuple(down))


def _distinct(places: Sequence[float]) -> list[float]:
    found: list[float] = []
    for place in sorted(places):
        if not found or place - found[-1] > _NEAR:
            found.append(place)
    return found


def _owners(frame: Frame, rows: int, columns: int) -> list[int]:
    """For each place of the grid the first place of its cell: where no rule parts two places, they are one cell."""
    parents = list(range(rows * columns))
    for row, column in product(range(rows), range(columns)):
        here = row * columns + column
        x = (frame.xs[column] + frame.xs[column + 1]) / 2
        y = (frame.ys[row] + frame.ys[row + 1]) / 2
        if column + 1 < columns and not _parted(frame.down, frame.xs[column + 1], y):
            parents[_root(parents, here + 1)] = _root(parents, here)
        if row + 1 < rows and not _parted(frame.across, frame.ys[row + 1], x):
            parents[_root(parents, here + columns)] = _root(parents, here)
    return [_root(parents, one) for one in range(rows * columns)]


def _parted(rules: Sequence[Rule], at: float, through: float) -> bool:
    return any(abs(rule.at - at) <= _NEAR and rule.start - 1 <= through <= rule.end + 1 for rule in rules)


def as_grid(texts: list[list[tuple[int, str]]], page: int) -> Grid:
    """Cells from texts with the number of their cell: the same number is the same cell."""
    made: dict[int, TableCell] = {}
    return [[made.setdefault(key, TableCell(text, page=page)) for key, text in row] for row in texts]
