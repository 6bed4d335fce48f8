"""Tables to rows: merged cells stand in every place that they cover, and each row knows what its columns are called."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from wenbao.knowledge.documents import COLUMNS
from wenbao.knowledge.readers.lines import BLANK, Line

_FIGURE = re.compile(
    r"[-+−—－≈约]?[\d０-９][\d０-９.,，．]*\s*(?:%|％|‰|[\u4e00-\u9fff]{1,3}(?:[/／][\u4e00-\u9fff]{1,3})?|[a-zA-Z²³㎡]{1,5})?"
)
_YEAR = re.compile(
    r"(?:19|20)\d\d\s*(?:[—–~\-－至]\s*(?:(?:19|20)?\d\d))?\s*(?:年度?|年.{1,12})?|[一二三四1-4]季度|\d{1,2}月份?"
)
_CAPTION = re.compile(
    r"^(?:附?[表錶](?:\s*[\d一二三四五六七八九十１-９]|[:：])|Table\s*\d)|[表錶](?:[（(][^）)]{1,20}[）)])?$|^[（(\[【]?\s*(?:金额|金額|计量|計量|数量)?[单單]位\s*[:：]"
)
_LONGEST_CAPTION = 60
_LONGEST_NAME = 40
_MOST_HEADS = 3
_WIDEST, _TALLEST = 200, 2_000


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell as the file has it: how many columns and rows it covers, and whether the file marks it as a head.

    `link` is true where nothing but a link stands in it.
    """

    text: str
    across: int = 1
    down: int = 1
    head: bool = False
    link: bool = False
    page: int | None = None


Grid = list[list[TableCell]]


def table_lines(places: Sequence[Sequence[TableCell]], caption: str = "") -> Iterator[Line]:
    """The rows of a table as lines, each with what stands over it: the caption, a row that names a group, the columns.

    In `places` a merged cell is the same object in every place that it covers (`spread` makes them so from spans). A
    row that is one cell from side to side is a line of its own.
    """
    grid = [list(row) for row in places if any(cell.text for cell in row)]
    captions = [caption] if caption else []
    if caption:
        yield Line(caption)
    while grid and len(grid[0]) > 1 and _is_band(grid[0]):
        captions.append(grid[0][0].text)
        yield Line(grid[0][0].text, page=grid[0][0].page, link=grid[0][0].link)
        del grid[0]
    over = tuple(text for text in captions if len(text) <= _LONGEST_CAPTION)
    heads = _count_heads(grid)
    columns = _columns(grid[:heads])
    for row in grid[:heads]:
        yield _row(row, over)
    group: tuple[str, ...] = ()
    for row in grid[heads:]:
        if len(row) > 1 and _is_band(row):
            group = (row[0].text,) if len(row[0].text) <= _LONGEST_NAME else ()
            yield Line(row[0].text, row=True, context=over, page=row[0].page)
        else:
            yield _row(row, (*over, *group, *columns))


def spread(rows: Sequence[Sequence[TableCell]]) -> Grid:
    """Every place of a table with the cell that covers it."""
    grid: Grid = []
    hanging: dict[int, tuple[TableCell, int]] = {}
    for row in rows[:_TALLEST]:
        places: list[TableCell] = []
        todo = iter(row)
        while True:
            column = len(places)
            if column in hanging:
                cell, left = hanging.pop(column)
                places.append(cell)
                if left > 1:
                    hanging[column] = (cell, left - 1)
                continue
            following = next(todo, None)
            if following is None:
                break
            for at in range(column, column + min(following.across, _WIDEST)):
                if following.down > 1 and at not in hanging:
                    hanging[at] = (following, following.down - 1)
            places += [following] * min(following.across, _WIDEST)
        grid.append(places)
        for at in [at for at in hanging if at < len(places) and places[at] is not hanging[at][0]]:
            del hanging[at]
    return grid


def captioned(lines: Sequence[Line]) -> list[Line]:
    """The lines, rows of tables with the caption and the unit that stand right before their table."""
    found: list[Line] = []
    over: tuple[str, ...] = ()
    for index, line in enumerate(lines):
        if not line.row:
            found.append(line)
            continue
        if index == 0 or not lines[index - 1].row:
            over = tuple(one for one in _captions(lines[max(0, index - 2) : index]) if one not in line.context)
        found.append(replace(line, context=(*over, *line.context)) if over else line)
    return found


def _captions(before: Sequence[Line]) -> tuple[str, ...]:
    kept: list[str] = []
    for line in reversed(before):
        words = line.words
        if line.row or line.link or len(words) > _LONGEST_CAPTION or not _CAPTION.search(words):
            break
        kept.insert(0, words)
    return tuple(kept)


def _row(row: Sequence[TableCell], context: tuple[str, ...]) -> Line:
    linked = all(cell.link for cell in row if cell.text)
    text = "\t".join(cell.text for cell in row)
    return Line(text, link=linked, row=True, context=context, page=row[0].page)


def _is_band(row: Sequence[TableCell]) -> bool:
    """Whether a row is one cell from side to side, or one text with nothing beside it."""
    return all(cell is row[0] for cell in row)


def _count_heads(grid: Grid) -> int:
    """How many rows name the columns: those that the file marks, else what reads like names over figures."""
    if len(grid) < 2:
        return 0
    marked = next((index for index, row in enumerate(grid) if not all(cell.head for cell in row)), len(grid))
    if 0 < marked < len(grid):
        return marked
    count = _reach(grid)
    names, body = grid[:count], grid[count:]
    if not body or len(names[0]) < 2 or any(_is_value(cell.text) for row in names for cell in row):
        return 0
    if any(not cell.text for cell in grid[0][1:]):
        return 0
    figures = any(_is_value(cell.text) for row in body for cell in row[1:])
    return count if figures or (len(grid[0]) > 2 and len(body) > 1) else 0


def _reach(grid: Grid) -> int:
    """How many rows the first one reaches over: cells merged downwards, and names below a merged name."""
    first, reach = grid[0], 1
    while reach < min(_MOST_HEADS, len(grid) - 1) and any(_is_same(first, grid[reach], at) for at in range(len(first))):
        reach += 1
    merged = any(one is other for one, other in pairwise(first))
    if reach == 1 and merged and len(grid) > 2 and not any(_is_value(cell.text) for cell in grid[1]):
        return 2
    return reach


def _is_same(above: Sequence[TableCell], below: Sequence[TableCell], column: int) -> bool:
    return column < len(below) and below[column] is above[column]


def _is_value(text: str) -> bool:
    """Whether a text is a figure, or a label with a colon: neither is the name of a column."""
    words = text.strip(BLANK)
    if _YEAR.fullmatch(words):
        return False
    return _FIGURE.fullmatch(words) is not None or words.endswith((":", "：")) or len(words) > _LONGEST_NAME


def _columns(heads: Grid) -> tuple[str, ...]:
    if not heads:
        return ()
    names = []
    for column in range(max(len(row) for row in heads)):
        over = [row[column].text for row in heads if column < len(row)]
        names.append(" ".join(dict.fromkeys(text for text in over if text)))
    return (COLUMNS.join(names),)
