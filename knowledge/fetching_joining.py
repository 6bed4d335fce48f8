"""The pages of an article to one page: what the further pages share with the first is page, the rest is article."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Sequence

from selectolax.lexbor import LexborHTMLParser, LexborNode

from wenbao.knowledge.readers.pager import BLOCKS, is_pager, join_pages

_STOP = re.compile("[。！？；]")
_PAGERS = "div, p, ul, ol, span, a, td, tr, table"


def joined(markups: Sequence[str]) -> bytes:
    """One web page, in UTF-8, out of the pages of an article in their order."""
    first, *others = map(_without_pagers, markups)
    texts = [{_squeezed(leaf) for leaf in _leaves(page)} for page in (first, *others)]
    _drop_below(first, set[str]().union(*texts[1:]))
    return BOM_UTF8 + join_pages([_in_a_block(first), *(_own_part(page, texts[0]) for page in others)]).encode()


def _without_pagers(markup: str) -> LexborHTMLParser:
    """A page without what says nothing but "上一页 1 2 下一页"."""
    page = LexborHTMLParser(markup)
    page.strip_tags(["script", "style", "noscript"], recursive=True)
    for node in page.css(_PAGERS):
        if node.parent is not None and is_pager(" ".join(node.text(separator=" ").split())):
            node.decompose()
    return page


def _drop_below(page: LexborHTMLParser, shared: set[str]) -> None:
    """Take out what stands below the text of a page and on other pages, too."""
    for leaf in reversed(_leaves(page)):
        if _squeezed(leaf) not in shared and _STOP.search(leaf.text()):
            return
        if _squeezed(leaf) in shared:
            leaf.decompose()


def _own_part(page: LexborHTMLParser, shared: set[str]) -> str:
    """A further page as an article, without what stands around its text and on the first page, too."""
    leaves = _leaves(page)
    told = [n for n, leaf in enumerate(leaves) if _squeezed(leaf) not in shared and _STOP.search(leaf.text())]
    inside = range(told[0], told[-1] + 1) if told else range(0)
    for number, leaf in enumerate(leaves):
        if number not in inside and _squeezed(leaf) in shared:
            leaf.decompose()
    node = page.body
    while node is not None and (inner := _only_block(node)) is not None:
        node = inner
    parts = node.iter(include_text=True) if node is not None else ()
    return f"<article>{''.join(part.html or '' for part in parts)}</article>"


def _only_block(node: LexborNode) -> LexborNode | None:
    """The block in which all of an element's text stands, where it holds blocks itself."""
    filled = [part for part in node.iter(include_text=True) if _squeezed(part)]
    return filled[0] if len(filled) == 1 and len(_blocks(filled[0])) > 1 else None


def _in_a_block(page: LexborHTMLParser) -> str:
    """A page whose body is one block: its text may stand in no smaller one."""
    html = page.html or ""
    return re.sub(r"(<body[^>]*>)(.*)(</body>)", r"\1<div>\2</div>\3", html, count=1, flags=re.DOTALL | re.IGNORECASE)


def _leaves(page: LexborHTMLParser) -> list[LexborNode]:
    """The blocks that hold text and no other block, in order."""
    body = page.body
    return [node for node in _blocks(body) if len(_blocks(node)) == 1] if body is not None else []


def _blocks(node: LexborNode) -> list[LexborNode]:
    """The blocks in an element, and the element itself where it is one."""
    return node.css(", ".join((*BLOCKS, "h1", "h2", "h3", "h4", "h5", "h6", "p", "li"))) if node.tag != "-text" else []


def _squeezed(node: LexborNode) -> str:
    return re.sub(r"\s+", "", (node.text_content if node.tag == "-text" else node.text()) or "")
