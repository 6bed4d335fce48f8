"""Saved web pages: blocks to lines, tables to rows, without scripts, styles and menus."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from wenbao.config.errors import InvalidDocument
from wenbao.knowledge.dates import first_date
from wenbao.knowledge.documents import Metadata
from wenbao.knowledge.readers.decoding import decode
from wenbao.knowledge.readers.lines import BLANK, Line, Reading, collapsed
from wenbao.knowledge.vocabulary import words

_DROPPED = "script, style, noscript, template, nav, footer, aside, button, select, textarea, iframe, svg, object"
_INLINE = frozenset(words("html", "inline"))
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_XML = re.compile(rb"""<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w.:-]+)""", re.IGNORECASE)
_LONG_CELL = 120


def read_html(name: str, content: bytes) -> Reading:
    """The lines of a web page, and what its <meta> elements say."""
    text = decode(content, _declared(content))
    if text is None:
        raise InvalidDocument(f"{name} is not a web page, or its encoding is unknown. Save it as UTF-8.")
    return read_markup(text)


def read_markup(text: str) -> Reading:
    """The lines of a web page that is text already."""
    page = LexborHTMLParser(text)
    titles, said = _titles(page), _said(page)
    page.strip_tags(_DROPPED.split(", "), recursive=True)
    return Reading(tuple(_lines(page)), titles, said)


def _declared(content: bytes) -> str | None:
    found = _XML.search(content[:200]) or _CHARSET.search(content[:4096])
    return found[1].decode("ascii") if found else None


def _titles(page: LexborHTMLParser) -> tuple[str, ...]:
    named = _meta(page, "ArticleTitle") or _meta(page, "og:title")
    shown = page.css_first("head title")
    found = (named, collapsed(shown.text()).strip(BLANK) if shown else None)
    return tuple(title for title in found if title)


def _said(page: LexborHTMLParser) -> Metadata:
    """What pages of public bodies in China say of an article in <meta>, by the national rule for their sites."""
    date = first_date(_meta(page, "PubDate") or _meta(page, "article:published_time") or "")
    return Metadata(publisher=_meta(page, "ContentSource"), published=date)


def _meta(page: LexborHTMLParser, name: str) -> str | None:
    for node in page.css("meta"):
        attributes = node.attributes
        if (attributes.get("name") or attributes.get("property") or "").lower() == name.lower():
            return (attributes.get("content") or "").strip(BLANK) or None
    return None


@dataclass(slots=True)
class _Writing:
    """The line being put together: its pieces, and how much of it is link."""

    pieces: list[tuple[str, bool]] = field(default_factory=list)

    def line(self, level: int | None) -> Line | None:
        text = collapsed("".join(piece for piece, _ in self.pieces))
        shown = [linked for piece, linked in self.pieces if piece.strip(BLANK + "|>»›/·-")]
        self.pieces.clear()
        if not text.strip(BLANK):
            return None
        return Line(text.strip(" ").replace("\x1f", "\t"), level, bool(shown) and all(shown))


def _lines(page: LexborHTMLParser) -> Iterator[Line]:
    """Walk the tree without recursion: a page may be nested deeper than Python's stack."""
    writing, level, links = _Writing(), None, 0
    todo: list[tuple[LexborNode, bool]] = [(page.body, True)] if page.body else []
    while todo:
        node, entering = todo.pop()
        tag = node.tag or ""
        if tag == "-text":
            writing.pieces.append((node.text_content or "", links > 0))
            continue
        if tag == "pre" and entering:
            yield from (Line(line) for line in node.text().splitlines() if line.strip(BLANK))
            continue
        if tag == "tr" and entering and (row := _row(node)) is not None:
            if (line := writing.line(level)) is not None:
                yield line
            writing.pieces.append(row)
            if (line := writing.line(None)) is not None:
                yield line
            continue
        if tag not in _INLINE and (line := writing.line(level)) is not None:
            yield line
        if re.fullmatch("h[1-6]", tag):
            level = int(tag[1]) if entering else None
        links += (1 if entering else -1) * (tag == "a")
        if entering:
            todo.append((node, False))
            todo.extend((child, True) for child in reversed(list(node.iter(include_text=True))))
    if (line := writing.line(level)) is not None:
        yield line


def _row(row: LexborNode) -> tuple[str, bool] | None:
    """A row of figures as one line, its cells apart by tabs; None where the table only lays out the page."""
    cells = [cell for cell in row.iter() if cell.tag in ("td", "th")]
    texts = [collapsed(cell.text(separator="")).strip(BLANK) for cell in cells]
    if len(cells) < 2 or row.css_first("table, h1, h2, h3") or any(len(text) > _LONG_CELL for text in texts):
        return None
    linked = all(cell.css_first("a") is not None for cell, text in zip(cells, texts, strict=True) if text)
    # A tab would be collapsed to a space like any other white space of a page; this one is ours.
    return "\x1f".join(texts).strip("\x1f"), linked
