"""Where a page leads to: the reports that a list page or a sitemap names, and the next page of an article or a list."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import parse_qsl, unquote, urldefrag, urljoin, urlsplit

from lxml import etree
from selectolax.lexbor import LexborHTMLParser, LexborNode

from wenbao.config.errors import FetchFailed
from wenbao.knowledge.readers.html import read_markup
from wenbao.knowledge.readers.pager import next_page

PAGES = frozenset((".html", ".htm", ".shtml", ".xhtml"))
FILES = frozenset((".pdf", ".docx", ".txt", ".md"))
_AROUND = "nav, header, footer, aside"
_LEAST_WORDS = 6
_INDEX = re.compile(r"(?:index|default|list|home|main)(?:[_-]?\d+)?", re.IGNORECASE)
_NUMBERED = re.compile(r"(?P<stem>.*?)(?:[_-](?P<number>\d{1,3}))?$")
_PAGE_PARAMETERS = frozenset(("page", "p", "pn", "pageno", "pagenum", "pageindex", "currentpage"))
_SITEMAP = re.compile(rb"<(?:\w+:)?(urlset|sitemapindex)[\s>]")
_GZIP = b"\x1f\x8b"
_RUNNING_LINE, _RUNNING_TEXT = 10, 200


@dataclass(frozen=True, slots=True)
class Link:
    """A link with the words on it."""

    url: str
    words: str


@dataclass(frozen=True, slots=True)
class Sitemap:
    """The addresses in a sitemap (sitemaps.org): of pages, and of further sitemaps."""

    pages: tuple[str, ...]
    sitemaps: tuple[str, ...]


def report_links(markup: str, url: str) -> list[Link]:
    """The links of a page that may lead to reports of the same site, in order: articles by their look, and files."""
    page = LexborHTMLParser(markup)
    base = _base(page, url)
    page.strip_tags(_AROUND.split(", "), recursive=True)
    links = [_link(node, base) for node in page.css("a[href]")]
    found: dict[str, Link] = {}
    for link in links:
        if link is not None and _may_be_report(link, url):
            found.setdefault(link.url, link)
    return list(found.values())


def further_page(markup: str, url: str, first: str) -> str | None:
    """The address of the page after this one, where the page says that there is one.

    `first` is the address of the first page: only what is named like a further page of it counts, so that the next
    article is never taken for it.
    """
    found = next_page(markup, url)
    here = _page_number(url, first)
    return found if found is not None and here is not None and _is_next(here, _page_number(found, first)) else None


def is_list(markup: str, url: str) -> bool:
    """Whether a page has hardly any running text, and less of it than words on links that may lead to reports."""
    lines = [line.words for line in read_markup(markup).lines if not line.link]
    running = sum(len(line) for line in lines if len(line) >= _RUNNING_LINE and re.search("[。；！？]", line))
    return running < _RUNNING_TEXT and running < sum(len(link.words) for link in report_links(markup, url))


def unpacked(content: bytes, limit: int) -> bytes:
    """The content of a gzip file, and anything else as it is. Raises FetchFailed where it is damaged or too large."""
    if not content.startswith(_GZIP):
        return content
    inflater = zlib.decompressobj(wbits=31)
    try:
        plain = inflater.decompress(content, limit)
    except zlib.error as problem:
        raise FetchFailed("The sitemap is packed with gzip, but damaged.") from problem
    if inflater.unconsumed_tail:
        raise FetchFailed(f"The sitemap is larger than {limit // 1024 // 1024} MB unpacked (WENBAO_MAX_DOCUMENT_MB).")
    return plain


def is_sitemap(content: bytes) -> bool:
    """Whether a content is that of a sitemap, by its first element."""
    return _SITEMAP.search(content[:4096]) is not None


def read_sitemap(content: bytes, url: str) -> Sitemap:
    """The addresses in a sitemap. Raises FetchFailed where nothing can be made of it."""
    # Entities are not followed: a sitemap has no use for them, and an attacker has.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, load_dtd=False)
    root = etree.fromstring(content, parser)
    if root is None:
        raise FetchFailed(f"{url} is not a sitemap that can be read.")
    found: dict[str, list[str]] = {"url": [], "sitemap": []}
    for entry in root.iterchildren(tag=etree.Element):
        place = next((child.text for child in entry if etree.QName(child).localname == "loc"), None)
        kind = etree.QName(entry).localname
        if kind in found and place and place.strip():
            found[kind].append(urljoin(url, place.strip()))
    return Sitemap(tuple(dict.fromkeys(found["url"])), tuple(dict.fromkeys(found["sitemap"])))


def name_of(url: str) -> str:
    """The last step of an address, as the name of a file."""
    return unquote(PurePosixPath(urlsplit(url).path).name)


def _base(page: LexborHTMLParser, url: str) -> str:
    node = page.css_first("base[href]")
    return urljoin(url, node.attributes.get("href") or "") if node else url


def _link(node: LexborNode, base: str) -> Link | None:
    try:
        url = urldefrag(urljoin(base, (node.attributes.get("href") or "").strip())).url
        if urlsplit(url).scheme not in ("http", "https"):
            return None
    except ValueError:
        return None
    return Link(url, (node.attributes.get("title") or node.text() or "").strip())


def _may_be_report(link: Link, url: str) -> bool:
    place, here = urlsplit(link.url), urlsplit(url)
    name = PurePosixPath(place.path)
    if (place.hostname, place.port) != (here.hostname, here.port) or place.path == here.path:
        return False
    if name.suffix.lower() in FILES:
        return True
    is_page = name.suffix.lower() in PAGES or (not name.suffix and re.search(r"\d", name.name) is not None)
    return is_page and not _INDEX.fullmatch(name.stem) and len(link.words) >= _LEAST_WORDS


def _is_next(here: int, there: int | None) -> bool:
    """The second page of an article is called 1 by some sites and 2 by others."""
    return there is not None and (there == here + 1 or (here == 0 and there == 2))


def _page_number(url: str, first: str) -> int | None:
    """Which page of the article or list that begins at `first` an address names: 0 for that itself, None for none."""
    if url == first:
        return 0
    place, begin = urlsplit(url), urlsplit(first)
    if (place.hostname, place.port) != (begin.hostname, begin.port):
        return None
    if place.path == begin.path:
        return _number_in_query(place.query, begin.query)
    path, start = PurePosixPath(place.path), PurePosixPath(begin.path)
    stem = start.stem if not begin.path.endswith("/") else "index"
    folder = start.parent if not begin.path.endswith("/") else start
    parts = _NUMBERED.fullmatch(path.stem)
    if path.parent != folder or parts is None or parts["number"] is None or place.query != begin.query:
        return None
    number = int(parts["number"])
    begins_at_one = _NUMBERED.fullmatch(stem)
    if begins_at_one is not None and begins_at_one["number"] == "1" and begins_at_one["stem"] == parts["stem"]:
        return number - 1
    return number if parts["stem"] == stem else None


def _number_in_query(query: str, first: str) -> int | None:
    """The number of a page in an address that differs from the first one in nothing else."""
    pairs, begin = parse_qsl(query), parse_qsl(first)
    numbers = [value for name, value in pairs if name.lower() in _PAGE_PARAMETERS]
    rest, same = ([one for one in each if one[0].lower() not in _PAGE_PARAMETERS] for each in (pairs, begin))
    return int(numbers[0]) if len(numbers) == 1 and numbers[0].isdecimal() and rest == same else None
