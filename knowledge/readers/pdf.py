"""PDF files with a text layer: lines joined to paragraphs with their pages, page numbers and running heads dropped."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from threading import Lock
from unicodedata import east_asian_width

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from wenbao.config.errors import InvalidDocument
from wenbao.knowledge.headings import find_marker
from wenbao.knowledge.readers.layout import Block, Piece, PlacedTable, blocks, column_of, with_column
from wenbao.knowledge.readers.lines import BLANK, Line, Reading, glued
from wenbao.knowledge.readers.pdf_page import drawn, is_picture
from wenbao.knowledge.readers.tables import Grid, table_lines

# PDFium is not made for several threads at a time.
_ONE_AT_A_TIME = Lock()
_DASHES = r"[-—–－―·•~\s]*"
_PAGE_NUMBER = re.compile(
    rf"{_DASHES}(?:Page\s*|P\.?\s*|第\s*)?(?:\d{{1,4}}|[ivxlc]{{1,6}})(?:\s*[页頁])?"
    rf"(?:\s*[/／,，|]?\s*(?:共|of|总)?\s*\d{{1,4}}\s*[页頁]?)?{_DASHES}",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[。！？!?；;：:.][”’」』）)》\"']*$")
_HYPHENED = re.compile(r"([A-Za-z]+)-$")
_MADE_BY = re.compile(r"^Microsoft \w+ - |\.(?:docx?|wps|pdf|rtf|xlsx?|cdr|indd)$", re.IGNORECASE)
_LEAST_TEXT = 8
_EDGE_LINES = 2
_EDGE_ZONE = 0.12
_INDENT = (1.0, 3.6)
_FIRST_WORD = re.compile(r"[A-Za-z\d.,%％‰'’-]+|.[，。、；：！？”’）》」』】〕)]*")
_SLACK = 0.4
"""How many heights of a line a full line may stay short of its column beside the word that had no place in it."""
_PARTED = 0.3
"""How many heights of a line more than usual are free between two paragraphs that only their distance parts."""


def read_pdf(name: str, content: bytes) -> Reading:
    """The paragraphs of a PDF. Raises InvalidDocument where it is broken, locked, or a scan without text."""
    with _ONE_AT_A_TIME:
        title, pages, heights = _read(name, content)
    if sum(_length(block) for page in pages for block in page) < _LEAST_TEXT * len(pages):
        raise InvalidDocument(f"{name} is a scan without a text layer. Run text recognition (OCR) on it first.")
    kept = _with_width(_without_edges(pages, heights), heights)
    joining = _Joining(_words(kept), _indented(kept), _leading(kept))
    return Reading(tuple(joining.lines(kept)), (title,) if title else ())


def scanned_pages(content: bytes) -> tuple[int, ...]:
    """The pages of a PDF that are pictures without text, counted from 1; none where it cannot be opened."""
    with _ONE_AT_A_TIME:
        try:
            with pdfium.PdfDocument(content) as file:
                return tuple(index + 1 for index in range(len(file)) if is_picture(file[index], _LEAST_TEXT))
        except (pdfium.PdfiumError, ValueError, OSError):
            return ()


def _read(name: str, content: bytes) -> tuple[str, list[list[Block]], list[tuple[float, float]]]:
    """Title, and of each page its blocks and where it begins and ends."""
    try:
        file = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as problem:
        if raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD or "password" in str(problem).lower():
            raise InvalidDocument(f"{name} is locked with a password. Save it without one.") from problem
        raise InvalidDocument(f"{name} is broken or not a PDF. Download or export it again.") from problem
    try:
        shown = [drawn(file[index]) for index in range(len(file))]
        title = str(file.get_metadata_value("Title") or "").strip(BLANK)
    except (pdfium.PdfiumError, ValueError, OSError) as problem:
        raise InvalidDocument(f"{name} is broken or not a PDF. Download or export it again.") from problem
    finally:
        file.close()
    pages = [blocks(page, number) for number, page in enumerate(shown, start=1)]
    return ("" if _MADE_BY.search(title) else title), pages, [(page.top, page.bottom) for page in shown]


def _length(block: Block) -> int:
    if isinstance(block, Piece):
        return len(block.text)
    return sum(len(cell.text) for row in block.grid for cell in row)


def _without_edges(pages: Sequence[Sequence[Block]], heights: Sequence[tuple[float, float]]) -> list[list[Block]]:
    """The pages without page numbers and without the heads and feet that stand on several pages."""
    edges = [_edges(page, *height) for page, height in zip(pages, heights, strict=True)]
    seen = Counter(key for edge in edges for key in {_key(piece) for piece in edge})
    repeated = {key for key, count in seen.items() if count > 1 and count * 3 >= len(pages)}
    dropped = [
        {id(piece) for piece in edge if _key(piece) in repeated} | {id(piece) for piece in _numbers(page)}
        for page, edge in zip(pages, edges, strict=True)
    ]
    return [[one for one in page if id(one) not in gone] for page, gone in zip(pages, dropped, strict=True)]


def _edges(page: Sequence[Block], top: float, bottom: float) -> list[Piece]:
    """The first and last lines of a page that stand near its edge."""
    zone = _EDGE_ZONE * (bottom - top)
    pieces = sorted((one for one in page if isinstance(one, Piece)), key=lambda one: one.top)
    above = [one for one in pieces[:_EDGE_LINES] if one.bottom < top + zone]
    return above + [one for one in pieces[-_EDGE_LINES:] if one.top > bottom - zone and one not in above]


def _numbers(page: Sequence[Block]) -> list[Piece]:
    """The first and the last line of a page, where they are nothing but its number."""
    pieces = sorted((one for one in page if isinstance(one, Piece)), key=lambda one: one.top)
    return [one for one in (*pieces[:1], *pieces[-1:]) if _PAGE_NUMBER.fullmatch(one.text)]


def _with_width(pages: Sequence[Sequence[Block]], heights: Sequence[tuple[float, float]]) -> list[list[Block]]:
    """Pages of one column with the stretch that text fills on all pages of that form."""
    forms = [round(bottom - top) for top, bottom in heights]
    lines: dict[int, list[Piece]] = {}
    for page, form in zip(pages, forms, strict=True):
        lines.setdefault(form, []).extend(one for one in page if isinstance(one, Piece) and one.column is None)
    columns = {form: column_of(pieces) for form, pieces in lines.items() if pieces}
    return [with_column(page, columns.get(form, (0.0, 0.0))) for page, form in zip(pages, forms, strict=True)]


def _column(piece: Piece) -> tuple[float, float]:
    return piece.column or (piece.left, piece.right)


def _key(piece: Piece) -> tuple[str, int]:
    """What is the same in running heads: the text but for numbers, and the height."""
    return re.sub(r"[\divxlcIVXLC]+", "#", "".join(piece.text.split())), round(piece.top / 6)


def _indented(pages: Sequence[Sequence[Block]]) -> bool:
    """Whether paragraphs begin with an indentation, so that a line without one goes on with the paragraph."""
    pieces = [one for page in pages for one in page if isinstance(one, Piece)]
    wide = [one for one in pieces if one.right - one.left > 0.5 * (_column(one)[1] - _column(one)[0])]
    return sum(map(_has_indent, wide)) * 12 >= len(wide) > 0


def _has_indent(piece: Piece) -> bool:
    least, most = (share * piece.size for share in _INDENT)
    return least <= piece.left - _column(piece)[0] <= most


def _words(pages: Sequence[Sequence[Block]]) -> frozenset[str]:
    """The words with a hyphen that stand within a line, in small letters."""
    texts = [one.text for page in pages for one in page if isinstance(one, Piece)]
    return frozenset(word.lower() for text in texts for word in re.findall(r"[A-Za-z]+-[A-Za-z]+", text))


def _is_full(line: Piece, following: str) -> bool:
    """Whether the first word of what follows had no place in a line any more."""
    first = _FIRST_WORD.match(following)
    width = sum(0.9 if east_asian_width(character) in "WF" else 0.45 for character in first[0]) if first else 0.0
    return line.right + (width + _SLACK) * line.size > _column(line)[1]


def _leading(pages: Sequence[Sequence[Block]]) -> float:
    """What is free between two lines as a rule."""
    gaps = [
        below.top - above.bottom
        for page in pages
        for above, below in pairwise(page)
        if isinstance(above, Piece) and isinstance(below, Piece) and above.column == below.column
    ]
    return median(gaps) if gaps else 0.0


def _said_again(grid: Grid, rows: Grid) -> int:
    """How many rows at the head of a table are those at the head of the one before it."""
    same = ([a.text for a in one] == [b.text for b in other] for one, other in zip(grid, rows, strict=False))
    return next((count for count, equal in enumerate(same) if not equal), min(len(grid), len(rows)))


@dataclass(slots=True)
class _Joining:
    """Paragraphs and tables being put together over the ends of lines, columns and pages."""

    hyphened: frozenset[str]
    indented: bool
    leading: float
    text: str = ""
    page: int = 0
    breaks: list[int] = field(default_factory=list)
    last: Piece | None = None
    grid: Grid = field(default_factory=list)

    def lines(self, pages: Sequence[Sequence[Block]]) -> Iterator[Line]:
        for number, page in enumerate(pages, start=1):
            for block in page:
                if isinstance(block, PlacedTable):
                    yield from self._paragraph()
                    yield from self._table(block)
                else:
                    yield from self._rows()
                    yield from self._piece(block, number)
        yield from self._paragraph()
        yield from self._rows()

    def _piece(self, piece: Piece, number: int) -> Iterator[Line]:
        if self.last is not None and self._goes_on(self.last, piece):
            self._append(piece.text, number)
        else:
            yield from self._paragraph()
            self.text, self.page = piece.text, number
        self.last = piece

    def _append(self, text: str, number: int) -> None:
        found = _HYPHENED.search(self.text)
        following = re.match("[a-z]+", text)
        if found and following:
            whole = f"{found[1]}-{following[0]}".lower() in self.hyphened
            joined = (self.text if whole else self.text[:-1]) + text
        else:
            joined = glued(self.text, text)
        while self.page + len(self.breaks) < number:
            self.breaks.append(len(joined) - len(text))
        self.text = joined

    def _goes_on(self, last: Piece, piece: Piece) -> bool:
        """Whether a line goes on with the paragraph of the line before: that one is full, and this one begins none."""
        if abs(piece.size - last.size) > 0.15 * last.size or not _is_full(last, piece.text):
            return False
        if last.column == piece.column and piece.top - last.bottom > self.leading + _PARTED * last.size:
            return False
        if _has_indent(piece) and not _has_indent(last):
            return False
        ended = _SENTENCE_END.search(last.text) is not None
        if ended and find_marker(piece.text) is not None:
            return False
        if self.indented:
            return not _has_indent(piece)
        return True

    def _paragraph(self) -> Iterator[Line]:
        if self.text:
            yield Line(self.text, page=self.page, page_breaks=tuple(self.breaks))
        self.text, self.breaks, self.last = "", [], None

    def _table(self, table: PlacedTable) -> Iterator[Line]:
        """A table at the top of a page goes on with the one right before it, which may say its head again."""
        rows = table.grid
        if self.grid and rows and len(rows[0]) == len(self.grid[0]):
            rows = rows[_said_again(self.grid, rows) :]
        else:
            yield from self._rows()
        self.grid += rows

    def _rows(self) -> Iterator[Line]:
        yield from table_lines(self.grid)
        self.grid = []
