"""Articles over several web pages: which line is a pager, where the next page stands, several pages as one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urldefrag, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from wenbao.knowledge.headings import find_marker
from wenbao.knowledge.readers.lines import BLANK
from wenbao.knowledge.vocabulary import words

_ARTICLES = frozenset(words("html", "articles"))
BLOCKS = frozenset({"div", "td", "article", "section", "main", "form", *(name for name in _ARTICLES if name.isalpha())})
"""Elements that may hold an article, those that some systems invent for it included."""
_SHARE = 0.85
_STOP = re.compile("[。！？；，,;]")
_FINAL = re.compile(r"[。！？；;!?…：:.][”’」』）)》\"']*$")
_TURN = r"(?:[上下前后後]一?[页頁]|第一[页頁]|最后一[页頁]|[首尾末][页頁]|Next(?: page)?|Prev(?:ious)?(?: page)?)"
_COUNT = r"(?:[共第]\s*\d{1,3}\s*[页頁](?:\s*[/／]\s*共?\s*\d{1,3}\s*[页頁])?|\d{1,3}\s*[/／]\s*\d{1,3}\s*[页頁]?)"
_PAGER = re.compile(
    rf"(?:{_TURN}|{_COUNT}|当前[第]?|當前|跳转[到至]?|转[到至]第?|[到至]第|GO|[页頁]|\d{{1,3}}|[\s\xa0\u3000<>«»‹›＜＞\[\]【】()（）|｜/,，.…·:：-])+",
    re.IGNORECASE,
)
_TURNS = re.compile(rf"{_TURN}|共\s*\d{{1,3}}\s*[页頁]", re.IGNORECASE)
_ONLY_HOME = re.compile(r"[\s\W]*[首尾末][页頁][\s\W]*")
_NEXT = re.compile(r"[\s\W]*(?:下一?[页頁]|后一?[页頁]|後一?[页頁]|Next(?: page)?)[\s\W]*", re.IGNORECASE)
_MADE = re.compile(
    r"createPage(?:HTML)?\w*\(\s*(?P<count>\d{1,3})\s*,\s*(?P<at>\d{1,3})\s*,\s*[\"'](?P<name>[^\"'/]{1,120})[\"']\s*,"
    r"\s*[\"'](?P<ending>\w{1,8})[\"']",
    re.IGNORECASE,
)
_LONGEST_PAGER = 200


def join_pages(pages: Sequence[str]) -> str:
    """The pages of one article as one page: their articles follow each other in the place of the first page's.

    A paragraph that the end of a page parts is whole again. A page on which no article is found adds nothing.
    """
    first = LexborHTMLParser(pages[0])
    place = _article_node(first)
    for other in pages[1:]:
        added = _article_node(LexborHTMLParser(other))
        if place is not None and added is not None:
            _append(place, list(added.iter(include_text=True)))
    return first.html or pages[0]


def is_pager(text: str) -> bool:
    """Whether a line is the pager of an article: 共3页 1 2 3 下一页."""
    if len(text) > _LONGEST_PAGER or not _TURNS.search(text) or _ONLY_HOME.fullmatch(text):
        return False
    return _PAGER.fullmatch(text) is not None


def next_page(html: str, url: str) -> str | None:
    """The address of the page that an article goes on at, None where it ends; `url` is the page's own address.

    Told by rel=next, by a link that says 下一页, by a pager made by a script (createPageHTML), or by the number after
    the current one in a pager. Never another host's, and never the page itself.
    """
    page = LexborHTMLParser(html)
    own = urldefrag(url)[0]
    for address in _following(page, html):
        found = _joined(own, address)
        if found is not None and found != own:
            return found
    return None


def is_article(node: LexborNode) -> bool:
    """Whether an element is by its name the one that content management systems put the text of an article in."""
    if node.tag == "article":
        return True
    attributes = node.attributes
    names = f"{attributes.get('id') or ''} {attributes.get('class') or ''}".lower().replace("_", "-").split()
    return (node.tag or "") in _ARTICLES or not _ARTICLES.isdisjoint(names)


def frames(html: str) -> tuple[str, ...]:
    """The addresses, as they are written, of the pages that a page shows in frames."""
    nodes = LexborHTMLParser(html).css("frame[src], iframe[src]")
    sources = [(node.attributes.get("src") or "").strip() for node in nodes]
    return tuple(source for source in sources if source and not source.lower().startswith(("about:", "javascript:")))


def _article_node(page: LexborHTMLParser) -> LexborNode | None:
    """The element with the article: of those named so, else of all blocks, the smallest with most of the text."""
    blocks = [node for node in page.css(", ".join(BLOCKS)) if node.tag]
    named = [node for node in blocks if is_article(node)]
    lengths = [(len(_running_text(node)), len(node.text()), node) for node in named or blocks]
    most = max((running for running, _, _ in lengths), default=0)
    holding = [(length, n) for n, (running, length, _) in enumerate(lengths) if most and running >= _SHARE * most]
    return lengths[min(holding)[1]][2] if holding else None


def _running_text(node: LexborNode) -> str:
    return "".join(piece for piece in node.text(separator="\n").split("\n") if _STOP.search(piece))


def _left_open(place: LexborNode) -> LexborNode | None:
    """The last paragraph of a page, where it breaks off in mid-sentence."""
    last = next((node for node in reversed(list(place.iter())) if node.text().strip(BLANK)), None)
    return last if last is not None and not _FINAL.search(last.text().strip(BLANK)) else None


def _append(place: LexborNode, children: Sequence[LexborNode]) -> None:
    last = _left_open(place)
    if last is not None and _runs_on(children):
        at = next(n for n, child in enumerate(children) if child.tag != "-text" and child.text().strip(BLANK))
        _move(list(children[at].iter(include_text=True)), last)
        children = children[at + 1 :]
    _move(children, place)


def _runs_on(children: Sequence[LexborNode]) -> bool:
    """Whether the first paragraph of a page is not indented, and is no heading."""
    text = next((child.text() for child in children if child.tag != "-text" and child.text().strip(BLANK)), "")
    begun = text.lstrip("\r\n\t ")
    return begun[:1] not in ("\u3000", "\xa0", "\u2003", "") and find_marker(begun) is None


def _move(children: Sequence[LexborNode], place: LexborNode) -> None:
    for child in children:
        place.insert_child(child)


def _following(page: LexborHTMLParser, html: str) -> Iterator[str]:
    for node in page.css("link[rel=next][href], a[rel=next][href]"):
        yield node.attributes.get("href") or ""
    for node in page.css("a[href]"):
        if _NEXT.fullmatch(node.text() or node.attributes.get("title") or ""):
            yield node.attributes.get("href") or ""
    if (made := _MADE.search(html)) is not None and int(made["at"]) + 1 < int(made["count"]):
        yield f"{made['name']}_{int(made['at']) + 1}.{made['ending']}"
    yield from _numbered(page)


def _numbered(page: LexborHTMLParser) -> Iterator[str]:
    """The link after the number that is no link, in a line of page numbers."""
    for link in page.css("a[href]"):
        number = link.text().strip(" \xa0[]【】()")
        if not (number.isascii() and number.isdigit() and 2 <= int(number) <= 99) or link.parent is None:
            continue
        before = _number_before(link)
        if before == int(number) - 1 and _counts_pages(link.parent):
            yield link.attributes.get("href") or ""


def _counts_pages(parent: LexborNode) -> bool:
    return is_pager(" ".join(parent.text(separator=" ").split()))


def _number_before(link: LexborNode) -> int | None:
    """The number right before a link, where it is not a link to another page itself."""
    node = link.prev
    while node is not None and not (node.text_content or node.text() or "").strip(" \r\n\t\xa0|[]【】()"):
        node = node.prev
    if node is None or (node.tag == "a" and node.attributes.get("href")):
        return None
    found = re.search(r"(\d{1,3})[\s\xa0\])】|]*$", node.text_content or node.text() or "")
    return int(found[1]) if found else None


def _joined(own: str, address: str) -> str | None:
    """The whole address, where it is of the same host and of the web."""
    try:
        found = urldefrag(urljoin(own, address.strip()))[0]
        same = urlsplit(found).netloc == urlsplit(own).netloc
    except ValueError:
        return None
    return found if same and urlsplit(found).scheme in ("http", "https") else None
