"""What every reader gives: the lines of a file, and what the file says about itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from wenbao.knowledge.documents import Metadata

# White space as Python strips it, and the marks without width that web pages and word processors leave behind.
BLANK = (
    " \t\r\n\f\v\x1c\x1d\x1e\x1f\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\u200b\u200c\u200d\u2060\ufeff"
)
_WIDE = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]"
_BETWEEN_WIDE = re.compile(rf"(?<={_WIDE})[ \t]*[\r\n][ \t\r\n]*(?={_WIDE})")


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it stands in the file, indentation included.

    `level` is 1 to 6 where the file marks it as a heading, 0 where it marks it as the title; `link` is true where
    nothing but links stand on it. `row` is true for a row of a table, `context` what stands over it: the name of the
    table and of its columns. `page` is the page it begins on, `page_breaks` the places in it where the next begins.
    """

    text: str
    level: int | None = None
    link: bool = False
    row: bool = False
    context: tuple[str, ...] = ()
    page: int | None = None
    page_breaks: tuple[int, ...] = ()

    @property
    def words(self) -> str:
        # The cells of a row may be empty at its ends, and stay in their columns.
        return self.text if self.row else self.text.strip(BLANK)

    @property
    def indented(self) -> bool:
        return self.text[:1] in BLANK


@dataclass(frozen=True, slots=True)
class Reading:
    """A file once read; `titles` are names that the file gives itself outside its text, the most certain first.

    `article` are the first and the end of the lines that the file marks as the text of an article.
    """

    lines: tuple[Line, ...]
    titles: tuple[str, ...] = ()
    said: Metadata = field(default_factory=Metadata)
    article: tuple[int, int] | None = None


def glued(first: str, second: str) -> str:
    """Two pieces of one line: without a space between Chinese, with one between words of letters."""
    if not first or not second:
        return first + second
    wide = re.match(_WIDE, first[-1]) or re.match(_WIDE, second[0])
    return first + ("" if wide else " ") + second


def collapsed(text: str) -> str:
    """White space as a browser shows it: line ends between Chinese characters vanish, other runs become one space."""
    return re.sub(r"[ \t\r\n\f]+", " ", _BETWEEN_WIDE.sub("", text))
