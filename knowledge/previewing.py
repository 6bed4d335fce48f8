"""What of a file is not in its document: the lines of navigation before and after the report, and scanned pages."""

from __future__ import annotations

import re
from itertools import takewhile

from wenbao.knowledge.documents import Document
from wenbao.knowledge.readers import read
from wenbao.knowledge.readers.kinds import ending_of


def left_out(name: str, content: bytes, document: Document) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The lines of the file above the first and below the last one that stands in the document made of it."""
    lines = [line.words for line in read(name, content).lines if line.words]
    kept = {_squeezed(line) for line in document.text.split("\n")}
    title = _squeezed(document.metadata.title)

    def is_left_out(line: str) -> bool:
        return _squeezed(line) not in kept and _squeezed(line) not in title

    above = tuple(takewhile(is_left_out, lines))
    below = tuple(takewhile(is_left_out, reversed(lines[len(above) :])))
    return above, below[::-1]


def pages_unread(name: str, content: bytes) -> tuple[int, ...]:
    """The pages of a PDF that are scanned, so that nothing on them is found; `name` says whether a file is one."""
    if ending_of(name, content) != ".pdf":
        return ()
    from wenbao.knowledge.readers.pdf import scanned_pages

    return scanned_pages(content)


def _squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)
