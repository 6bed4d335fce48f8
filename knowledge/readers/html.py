"""Saved web pages: blocks to lines, tables to rows, no scripts, menus and pagers; and where the article stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from selectolax.lexbor import LexborHTMLParser, LexborNode

from wenbao.config.errors import InvalidDocument
from wenbao.knowledge.dates import first_date
from wenbao.knowledge.documents import Metadata
from wenbao.knowledge.headings import find_marker
from wenbao.knowledge.readers.decoding import decode
from wenbao.knowledge.readers.lines import BLANK, Line, Reading, collapsed
from wenbao.knowledge.readers.pager import BLOCKS, frames, is_article, is_pager
from wenbao.knowledge.readers.tables import TableCell, spread, table_lines
from wenbao.knowledge.vocabulary import words

_DROPPED = "script, style, noscript, template, nav, footer, aside, button, select, textarea, iframe, svg, object"
_INLINE = frozenset(words("html", "inline"))
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_XML = re.compile(rb"""<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w.:-]+)""", re.IGNORECASE)
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d{4,}\)(https?://\S{4,2000}?)\s*-->", re.IGNORECASE)
"""What browsers write at the head of a page that they save."""
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_MOST_HIDDEN = 200
_LONG_CELL, _LONGEST_CELL = 120, 1_000
_MOST_SPANNED = 1_000
_BESIDE_LINK = re.compile(r"[\d\s\W_年月日时分秒時]+")
_STOP = re.compile("[。！？；，;]")
_LEAST_SHARE = 0.85
"""How much of a page's running text a container must hold to be the article."""
_LEAST_UNNAMED = 0.7
_LEAST_LINES = 4
_LONGEST_TEASER = 60
_BREAKS = frozenset({"br", "p", "div", "li", "tr"})


def read_html(name: str, content: bytes) -> Reading:
    """The lines of a web page, and what its <meta> elements say. Raises InvalidDocument where it holds only frames."""
    text = decode(content, declared_encoding(content))
    if text is None:
        raise InvalidDocument(f"{name} is not a web page, or its encoding is unknown. Save it as UTF-8.")
    reading = read_markup(text)
    inner = frames(text) if sum(len(line.text) for line in reading.lines if not line.link) < _MOST_HIDDEN else ()
    if inner and not any(_STOP.search(line.text) for line in reading.lines):
        raise InvalidDocument(
            f"{name} only frames other pages. Add the one with the text itself: {', '.join(inner[:4])}"
        )
    return reading


def read_markup(text: str) -> Reading:
    """The lines of a web page that is text already."""
    page = LexborHTMLParser(text)
    titles, said = _titles(page), _said(page, text)
    page.strip_tags(_DROPPED.split(", "), recursive=True)
    walk = _Walk()
    lines = tuple(walk.lines(page))
    return Reading(lines, titles, said, _article(lines, walk))


def declared_encoding(content: bytes) -> str | None:
    """The encoding that a page claims in its first bytes."""
    found = _XML.search(content[:200]) or _CHARSET.search(content[:4096])
    return found[1].decode("ascii") if found else None


def _titles(page: LexborHTMLParser) -> tuple[str, ...]:
    named = _meta(page, "ArticleTitle") or _meta(page, "og:title")
    shown = page.css_first("head title")
    found = (named, collapsed(shown.text()).strip(BLANK) if shown else None)
    return tuple(title for title in found if title)


def _said(page: LexborHTMLParser, text: str) -> Metadata:
    """What pages of public bodies in China say of an article in <meta>, by the national rule for their sites; and the
    address that a page was saved from."""
    date = first_date(_meta(page, "PubDate") or _meta(page, "article:published_time") or "")
    saved = _SAVED_FROM.search(text[:4096])
    return Metadata(publisher=_meta(page, "ContentSource"), published=date, source_url=saved[1] if saved else None)


def _meta(page: LexborHTMLParser, name: str) -> str | None:
    for node in page.css("meta"):
        attributes = node.attributes
        if (attributes.get("name") or attributes.get("property") or "").lower() == name.lower():
            return (attributes.get("content") or "").strip(BLANK) or None
    return None


def _article(lines: Sequence[Line], walk: _Walk) -> tuple[int, int] | None:
    """The smallest of the named containers that holds nearly all running text of the page.

    Where none is named so, the text ends with the smallest block that holds as much, if nothing after it looks like
    more of it.
    """
    running = [0 if line.link or not _STOP.search(line.text) else len(line.text) for line in lines]
    sums = [0, *accumulate(running)]
    named, blocks = (
        [(start, end) for start, end in found if sums[end] - sums[start] >= share * sums[-1] > 0]
        for found, share in ((walk.containers, _LEAST_SHARE), (walk.blocks, _LEAST_UNNAMED))
    )
    if named:
        return min(named, key=lambda found: found[1] - found[0])
    if (only := walk.only_article) is not None and _holds_report(lines, sums, only):
        return only
    start, end = min(blocks, key=lambda found: found[1] - found[0], default=(0, len(lines)))
    after = lines[end:]
    apart = end - start >= _LEAST_LINES and any(line.link for line in after)
    return (0, end) if apart and not any(map(_may_go_on, after)) else None


def _holds_report(lines: Sequence[Line], sums: Sequence[int], part: tuple[int, int]) -> bool:
    """Whether the one <article> of a page holds most of its running text, and nothing that is numbered follows it."""
    start, end = part
    after = (line for line in lines[end:] if not line.link)
    return (sums[end] - sums[start]) * 2 > sums[-1] and not any(find_marker(line.words) for line in after)


def _may_go_on(line: Line) -> bool:
    """Whether a line after the text may be more of it: a long one, a row of a table, or one with a number before it."""
    return not line.link and (len(line.words) > _LONGEST_TEASER or line.row or find_marker(line.words) is not None)


@dataclass(slots=True)
class _Writing:
    """The line being put together: its pieces, and how much of it is link."""

    pieces: list[tuple[str, bool]] = field(default_factory=list)

    def line(self, level: int | None) -> Line | None:
        text = collapsed("".join(piece for piece, _ in self.pieces))
        shown = [linked for piece, linked in self.pieces if linked or not _BESIDE_LINK.fullmatch(piece or " ")]
        self.pieces.clear()
        if not text.strip(BLANK) or is_pager(text):
            return None
        return Line(text.strip(" ").replace("\x1f", "\t"), level, bool(shown) and all(shown))


@dataclass(slots=True)
class _Walk:
    """A walk through the tree without recursion: a page may be nested deeper than Python's stack.

    `containers` are the first and the end of the lines in each element that is named as an article, `blocks` those of
    every <div> and its like, `articles` those of every <article>; `whole` is set where nothing of the element at hand
    is left to walk through.
    """

    writing: _Writing = field(default_factory=_Writing)
    level: int | None = None
    links: int = 0
    count: int = 0
    whole: bool = False
    opened: list[int] = field(default_factory=list)
    containers: list[tuple[int, int]] = field(default_factory=list)
    blocks: list[tuple[int, int]] = field(default_factory=list)
    articles: list[tuple[int, int]] = field(default_factory=list)

    @property
    def only_article(self) -> tuple[int, int] | None:
        return self.articles[0] if len(self.articles) == 1 else None

    def lines(self, page: LexborHTMLParser) -> Iterator[Line]:
        todo: list[tuple[LexborNode, bool]] = [(page.body, True)] if page.body else []
        while todo:
            node, entering = todo.pop()
            if (node.tag or "") == "-text":
                self.writing.pieces.append((node.text_content or "", self.links > 0))
                continue
            self.whole = False
            for line in self._entering(node) if entering else self._left(node):
                self.count += 1
                yield line
            if entering and not self.whole:
                self._enter(node)
                todo.append((node, False))
                todo.extend((child, True) for child in reversed(list(node.iter(include_text=True))))
        yield from self._written()

    def _entering(self, node: LexborNode) -> Iterator[Line]:
        """The line before an element, and the lines of an element that is read as a whole: a table, a <pre>."""
        tag = node.tag or ""
        if tag not in _INLINE:
            yield from self._written()
        self.whole = True
        if tag == "pre":
            yield from (Line(line) for line in node.text().splitlines() if line.strip(BLANK))
        elif tag == "table" and (rows := _table(node)) is not None:
            caption = node.css_first("caption")
            yield from table_lines(spread(rows), collapsed(caption.text()).strip(BLANK) if caption else "")
        elif tag == "tr" and (row := _row(node)) is not None:
            self.writing.pieces.append(row)
            yield from self._written()
        else:
            self.whole = _is_hidden(node)

    def _left(self, node: LexborNode) -> Iterator[Line]:
        tag = node.tag or ""
        if tag not in _INLINE:
            yield from self._written()
        if re.fullmatch("h[1-6]", tag):
            self.level = None
        self.links -= tag == "a"
        if tag in BLOCKS:
            start = self.opened.pop()
            (self.containers if is_article(node) else self.blocks).append((start, self.count))
            if tag == "article":
                self.articles.append((start, self.count))

    def _enter(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if re.fullmatch("h[1-6]", tag):
            self.level = int(tag[1])
        self.links += tag == "a"
        if tag in BLOCKS:
            self.opened.append(self.count)

    def _written(self) -> Iterator[Line]:
        if (line := self.writing.line(self.level)) is not None:
            yield line


def _is_hidden(node: LexborNode) -> bool:
    """Whether nobody sees an element; a long text may be shown by a script."""
    style = node.attributes.get("style")
    return bool(style) and _HIDDEN.search(style or "") is not None and len(node.text()) < _MOST_HIDDEN


def _table(table: LexborNode) -> list[list[TableCell]] | None:
    """The rows of a table of figures or facts; None where the table only lays out the page."""
    if table.css_first("table table, h1, h2, h3") is not None or len(table.css("table")) > 1:
        return None
    rows = [[cell for cell in row.iter() if cell.tag in ("td", "th")] for row in table.css("tr")]
    wide = [row for row in rows if len(row) > 1]
    if len(wide) < 2:
        return None
    texts = [len(cell.text(separator="")) for row in rows for cell in row]
    long = sum(length > _LONG_CELL for length in texts)
    if max(texts) > _LONGEST_CELL or (long and (len(wide) < 3 or long * 3 > len(texts))):
        return None
    return [[_cell(cell) for cell in row] for row in rows]


def _cell(cell: LexborNode) -> TableCell:
    head = cell.tag == "th" or (cell.parent is not None and _is_head(cell.parent.parent))
    return TableCell(_cell_text(cell), _span(cell, "colspan"), _span(cell, "rowspan"), head, _is_link(cell))


def _is_head(section: LexborNode | None) -> bool:
    return section is not None and section.tag == "thead"


def _is_link(cell: LexborNode) -> bool:
    linked = "".join(link.text() for link in cell.css("a"))
    return bool(linked.strip(BLANK)) and len(linked.strip(BLANK)) == len(cell.text().strip(BLANK))


def _cell_text(cell: LexborNode) -> str:
    """The text of a cell on one line; its own lines stay apart where letters or figures would grow together."""
    pieces = []
    for node in cell.traverse(include_text=True):
        if node.tag == "-text":
            pieces.append(node.text_content or "")
        elif node.tag in _BREAKS:
            pieces.append("\n")
    return collapsed("".join(pieces)).strip(BLANK)


def _span(cell: LexborNode, name: str) -> int:
    value = (cell.attributes.get(name) or "1").strip()
    return min(max(1, int(value)), _MOST_SPANNED) if value.isascii() and value.isdigit() else 1


def _row(row: LexborNode) -> tuple[str, bool] | None:
    """A row of a table that lays out the page as one line, its cells apart by tabs; None where it holds blocks."""
    cells = [cell for cell in row.iter() if cell.tag in ("td", "th")]
    if len(cells) < 2 or row.css_first("table, h1, h2, h3"):
        return None
    texts = [_cell_text(cell) for cell in cells]
    if any(len(text) > _LONG_CELL for text in texts):
        return None
    linked = all(cell.css_first("a") is not None for cell, text in zip(cells, texts, strict=True) if text)
    # A tab would be collapsed to a space like any other white space of a page; this one is ours.
    return "\x1f".join(texts).strip("\x1f"), linked
