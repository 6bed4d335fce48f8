"""Plain text with tables in it, as they are copied from web pages and sheets: rows of cells that tabs part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from wenbao.knowledge.readers.lines import BLANK, Line
from wenbao.knowledge.readers.tables import TableCell, table_lines
from wenbao.knowledge.readers.wrapping import unwrapped

_LONGEST_CELL = 60
_LEAST_ROWS = 2
_AROUND = BLANK.replace("\t", "")


def text_lines(lines: Sequence[str]) -> Iterator[Line]:
    """The lines of a plain text, those of its tables as rows."""
    loose: list[str] = []
    for width, run in groupby(lines, _width):
        rows = list(run)
        if width < 2 or len(rows) < _LEAST_ROWS:
            loose += rows
            continue
        yield from unwrapped(loose)
        loose = []
        yield from table_lines([[TableCell(cell.strip(BLANK)) for cell in row.split("\t")] for row in rows])
    yield from unwrapped(loose)


def _width(line: str) -> int:
    """The number of cells of a line; 0 where it is no row of a table: its first cell has words, and none is long."""
    cells = line.strip(_AROUND).split("\t")
    is_row = bool(cells[0].strip(BLANK)) and all(len(cell) <= _LONGEST_CELL for cell in cells)
    return len(cells) if is_row and any(cell.strip(BLANK) for cell in cells[1:]) else 0
