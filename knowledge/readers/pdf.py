"""PDF files with a text layer: lines joined to paragraphs, page numbers and running heads dropped."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from io import BytesIO
from unicodedata import east_asian_width

from pypdf import PdfReader

from wenbao.config.errors import InvalidDocument
from wenbao.knowledge.headings import find_marker
from wenbao.knowledge.readers.lines import BLANK, Line, Reading, glued

_PAGE_NUMBER = re.compile(
    r"[-—–－―·•\s]*(?:第\s*)?(?:\d{1,4}|[ivxlc]{1,6})(?:\s*[页頁])?(?:\s*[/／,，]?\s*(?:共|of)?\s*\d{1,4}\s*[页頁]?)?[-—–－―·•\s]*"
)
_FULL_LINE = 0.85
_SENTENCE_END = re.compile(r"[。！？!?；;：:][”’」』）)》]*$")
_LEAST_TEXT = 8


def read_pdf(name: str, content: bytes) -> Reading:
    """The paragraphs of a PDF. Raises InvalidDocument where it is broken, locked, or a scan without text."""
    try:
        reader = _opened(name, content)
        pages = [(page.extract_text() or "").splitlines() for page in reader.pages]
        title = str((reader.metadata.title if reader.metadata else None) or "").strip(BLANK)
    except InvalidDocument:
        raise
    except Exception as problem:  # a broken PDF makes pypdf raise errors of many kinds
        raise InvalidDocument(f"{name} is broken or not a PDF. Download or export it again.") from problem
    if sum(len(line.strip()) for page in pages for line in page) < _LEAST_TEXT * len(pages):
        raise InvalidDocument(f"{name} is a scan without a text layer. Run text recognition (OCR) on it first.")
    return Reading(tuple(_paragraphs(_running_text(pages))), (title,) if title else ())


def _opened(name: str, content: bytes) -> PdfReader:
    reader = PdfReader(BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise InvalidDocument(f"{name} is locked with a password. Save it without one.")
    return reader


def _running_text(pages: Sequence[Sequence[str]]) -> list[str]:
    """All lines without page numbers and without the heads and feet that stand on most pages."""
    kept = [[line for line in page if line.strip(BLANK)] for page in pages]
    edges = Counter(line.strip(BLANK) for page in kept for line in {*page[:1], *page[-1:]})
    repeated = {line for line, count in edges.items() if count > 2 and count * 2 > len(pages)}
    return [
        line for page in kept for number, line in enumerate(page) if not _is_edge(line, number, len(page), repeated)
    ]


def _is_edge(line: str, number: int, count: int, repeated: set[str]) -> bool:
    if number not in (0, count - 1):
        return False
    words = line.strip(BLANK)
    return words in repeated or _PAGE_NUMBER.fullmatch(words) is not None


def _paragraphs(lines: Sequence[str]) -> Iterator[Line]:
    """Join what the page's width has parted: a line that is full goes on, unless a sentence ends or a number begins."""
    full = _FULL_LINE * max((_width(line.strip(BLANK)) for line in lines), default=0)
    current = last = ""
    for line in lines:
        words = line.strip(BLANK)
        begins = line[:1] in BLANK or find_marker(words) is not None
        if current and (begins or not _goes_on(last, full)):
            yield Line(current)
            current = ""
        current, last = glued(current, words), words
    if current:
        yield Line(current)


def _goes_on(line: str, full: float) -> bool:
    """Whether the paragraph goes on after this line; a full line may end a sentence in mid-paragraph."""
    return _width(line) >= full + 2 if _SENTENCE_END.search(line) else _width(line) >= full


def _width(line: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in line)
