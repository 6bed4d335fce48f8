"""A page of a PDF as PDFium shows it: characters and ruled lines with their places, upright, y growing downwards."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from ctypes import c_float
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

_HYPHENS = {0x02: "-", 0xFFFE: "-", 0xAD: "-", 0x2010: "-"}
_QUARTER = math.pi / 2
_LEAST_RULE = 5.0
_SLANT = 1.0
_DEEPEST = 4
_MOST_SEGMENTS = 20_000
_MOST_CHARACTERS = 60_000

Turn = Callable[[float, float], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character and the box it takes up, in points; `size` is the height of the box."""

    text: str
    left: float
    right: float
    top: float
    bottom: float

    @property
    def size(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Rule:
    """A line that is drawn: across at the height `at`, or down at the distance `at`, from `start` to `end`."""

    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """What is drawn on a page: its characters, the rules across and down, and where it begins and ends."""

    glyphs: tuple[Glyph, ...]
    across: tuple[Rule, ...]
    down: tuple[Rule, ...]
    top: float
    bottom: float


def drawn(page: pdfium.PdfPage) -> DrawnPage:
    """The characters of a page that stand upright as most of it does (no watermarks across it), and its rules."""
    text = page.get_textpage()
    quarters, boxes = _characters(text)
    quarter = Counter(quarters).most_common(1)[0][0] if quarters else 0
    turn = _turns(quarter)
    glyphs = tuple(_glyph(box, turn) for box, of in zip(boxes, quarters, strict=True) if of == quarter)
    lines = [_turned(line, turn) for line in _segments(page)]
    across = tuple(Rule((a[1] + b[1]) / 2, *sorted((a[0], b[0]))) for a, b in lines if _is_level(a, b))
    down = tuple(Rule((a[0] + b[0]) / 2, *sorted((a[1], b[1]))) for a, b in lines if _is_level(a[::-1], b[::-1]))
    corners = [turn(x, y)[1] for x in (0.0, page.get_width()) for y in (0.0, page.get_height())]
    return DrawnPage(glyphs, across, down, min(corners), max(corners))


def is_picture(page: pdfium.PdfPage, least_text: int) -> bool:
    """Whether a page has fewer characters than `least_text`, and pictures over half of it."""
    if page.get_textpage().count_chars() >= least_text:
        return False
    boxes = [one.get_bounds() for one in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=_DEEPEST)]
    covered: float = sum((right - left) * (top - bottom) for left, bottom, right, top in boxes)
    page_size: float = page.get_width() * page.get_height()
    return covered * 2 >= page_size


def _characters(text: pdfium.PdfTextPage) -> tuple[list[int], list[tuple[str, float, float, float, float]]]:
    """Each character with its box, and by how many quarters it is turned."""
    quarters, boxes = [], []
    box = raw.FS_RECTF()
    for index in range(min(text.count_chars(), _MOST_CHARACTERS)):
        character = _character(text, index)
        if not character or character in "\r\n" or raw.FPDFText_IsGenerated(text, index) == 1:
            continue
        if not raw.FPDFText_GetLooseCharBox(text, index, box):
            continue
        angle = raw.FPDFText_GetCharAngle(text, index)
        quarter = round(angle / _QUARTER)
        quarters.append(quarter % 4 if abs(angle - quarter * _QUARTER) < 0.1 else -1)
        boxes.append((character if character.strip() else " ", box.left, box.right, box.bottom, box.top))
    return quarters, boxes


def _character(text: pdfium.PdfTextPage, index: int) -> str:
    """The character at an index; one beyond the first 65,536 takes up two, of which the second gives nothing."""
    code = raw.FPDFText_GetUnicode(text, index)
    if 0xD800 <= code < 0xDC00:
        low = raw.FPDFText_GetUnicode(text, index + 1)
        return chr(0x10000 + (code - 0xD800) * 0x400 + low - 0xDC00) if 0xDC00 <= low < 0xE000 else ""
    if 0xDC00 <= code < 0xE000 or code >= 0x110000:
        return ""
    return _HYPHENS.get(code) or chr(code)


def _turns(quarter: int) -> Turn:
    """Where a point of the page stands once the page is turned upright, with y growing downwards."""
    turns: dict[int, Turn] = {
        1: lambda x, y: (y, x),
        2: lambda x, y: (-x, y),
        3: lambda x, y: (-y, -x),
    }
    return turns.get(quarter, lambda x, y: (x, -y))


def _glyph(box: tuple[str, float, float, float, float], turn: Turn) -> Glyph:
    text, left, right, bottom, top = box
    (x0, y0), (x1, y1) = turn(left, bottom), turn(right, top)
    return Glyph(text, min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1))


Point = tuple[float, float]


def _turned(line: tuple[Point, Point], turn: Turn) -> tuple[Point, Point]:
    return turn(*line[0]), turn(*line[1])


def _is_level(start: Point, end: Point) -> bool:
    return abs(start[1] - end[1]) < _SLANT and abs(start[0] - end[0]) >= _LEAST_RULE


def _segments(page: pdfium.PdfPage) -> Iterator[tuple[Point, Point]]:
    """The straight pieces of all that is drawn, thin rectangles as the two lines that bound them."""
    left = _MOST_SEGMENTS
    for drawing in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=_DEEPEST):
        left -= raw.FPDFPath_CountSegments(drawing)
        if left < 0:
            return
        yield from _pieces(drawing)


def _pieces(drawing: Any) -> Iterator[tuple[Point, Point]]:
    points: list[Point] = []
    x, y = c_float(), c_float()
    place = drawing.get_matrix()
    for index in range(raw.FPDFPath_CountSegments(drawing)):
        segment = raw.FPDFPath_GetPathSegment(drawing, index)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO or kind not in (raw.FPDF_SEGMENT_MOVETO, raw.FPDF_SEGMENT_LINETO):
            yield from pairwise(points)
            points = []
        if kind in (raw.FPDF_SEGMENT_MOVETO, raw.FPDF_SEGMENT_LINETO):
            raw.FPDFPathSegment_GetPoint(segment, x, y)
            points.append(place.on_point(x.value, y.value))
            if raw.FPDFPathSegment_GetClose(segment) and len(points) > 2:
                points.append(points[0])
    yield from pairwise(points)
