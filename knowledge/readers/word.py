"""Word files: paragraphs with their styles, tables row by row."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO

import docx
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from wenbao.config.errors import InvalidDocument
from wenbao.knowledge.readers.lines import BLANK, Line, Reading

_LARGEST = 300 * 1024 * 1024


def read_word(name: str, content: bytes) -> Reading:
    """The paragraphs and table rows of a Word file, in order. Raises InvalidDocument where it is none."""
    try:
        _check_size(name, content)
        document = docx.Document(BytesIO(content))
    except InvalidDocument:
        raise
    except Exception as problem:  # python-docx passes on whatever zipfile, lxml and its own parts raise
        raise InvalidDocument(f"{name} is broken or not a Word file (.docx). Save it anew in Word.") from problem
    title = (document.core_properties.title or "").strip(BLANK)
    return Reading(tuple(_lines(document.iter_inner_content())), (title,) if title else ())


def _check_size(name: str, content: bytes) -> None:
    """A small archive may hold gigabytes."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > _LARGEST:
        raise InvalidDocument(f"{name} is too large once unpacked.")


def _lines(blocks: Iterator[Paragraph | Table]) -> Iterator[Line]:
    for block in blocks:
        if isinstance(block, Table):
            yield from (Line(row) for row in _rows(block) if row.strip(BLANK))
            continue
        level = _level(block)
        yield from (Line(text, level) for text in block.text.splitlines() if text.strip(BLANK))


def _level(paragraph: Paragraph) -> int | None:
    style = paragraph.style.name if paragraph.style is not None else None
    if style in ("Title", "标题", "標題"):
        return 0
    found = re.fullmatch(r"(?:heading|标题|標題) ?([1-6])", style or "", re.IGNORECASE)
    return int(found[1]) if found else None


def _rows(table: Table) -> Iterator[str]:
    """Each row as one line; a merged cell, which python-docx gives once for each place, is written once."""
    for row in table.rows:
        cells: list[_Cell] = []
        for cell in row.cells:
            if not any(cell._tc is other._tc for other in cells):
                cells.append(cell)
        yield "\t".join(" ".join(cell.text.split()) for cell in cells)
