"""A report from the web: an address to a file, all pages of an article in one; a list or a sitemap to addresses."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from wenbao.config.errors import FetchFailed, InvalidDocument
from wenbao.knowledge.fetching import Fetcher, Page
from wenbao.knowledge.fetching_joining import joined
from wenbao.knowledge.fetching_links import (
    FILES,
    PAGES,
    Link,
    further_page,
    is_list,
    is_sitemap,
    name_of,
    read_sitemap,
    report_links,
    unpacked,
)
from wenbao.knowledge.fetching_records import Fetched, Origin
from wenbao.knowledge.readers.decoding import decode
from wenbao.knowledge.readers.html import declared_encoding
from wenbao.knowledge.readers.kinds import told_by

MOST_PAGES = 50
_MOST_LISTS = 200
_KINDS = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "text/markdown": ".md",
}
_UNSAID = frozenset(("", "text/plain", "application/octet-stream", "application/x-download", "binary/octet-stream"))


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """A report as it came from the web: `url` is where it stands, `origin` what to remember of it."""

    name: str
    content: bytes
    url: str
    origin: Origin


def fetch_report(fetcher: Fetcher, url: str, known: Fetched | None = None) -> FetchedFile | None:
    """The report at an address; None where it has not changed since it was `known`.

    Raises InvalidRequest, FetchFailed, and InvalidDocument for what is a list of links and not a report.
    """
    if known is not None and _is_unchanged(fetcher, known):
        return None
    page = fetcher.get(url)
    assert page is not None  # noqa: S101 (nothing was known to compare with)
    if is_sitemap(page.content):
        raise InvalidDocument(f"{url} is a sitemap and not a report.")
    return _file(fetcher, url, page)


def reports_in(fetcher: Fetcher, url: str, max_bytes: int) -> Iterator[Link] | None:
    """The addresses that a list page or a sitemap names, page after page; None where it is neither.

    Raises InvalidRequest and FetchFailed, also while they are read.
    """
    page = fetcher.get(url)
    assert page is not None  # noqa: S101 (nothing was known to compare with)
    content = unpacked(page.content, max_bytes)
    if is_sitemap(content):
        return _in_sitemaps(fetcher, page.url, content, max_bytes)
    markup = _markup(page)
    return _in_lists(fetcher, page.url, markup) if markup is not None else None


def is_sitemap_address(url: str) -> bool:
    """Whether an address looks like that of a sitemap, which is no report in itself."""
    name = name_of(url).lower()
    return "sitemap" in name and name.endswith((".xml", ".xml.gz"))


def _is_unchanged(fetcher: Fetcher, known: Fetched) -> bool:
    """Whether every page of a report is as it was; none is asked for where the server gave nothing to ask with."""
    pages = known.origin.pages
    first = pages[0] if pages else None
    if first is None or not all(page.are_any for page in pages):
        return False
    asked = [known.origin.url, *(page.url for page in pages[1:])]
    return all(fetcher.get(url, page) is None for url, page in zip(asked, pages, strict=True))


def _file(fetcher: Fetcher, url: str, page: Page) -> FetchedFile:
    name = _name(page)
    markup = _markup(page)
    if markup is None:
        return FetchedFile(name, page.content, page.url, Origin(url, (page.validators,)))
    if is_list(markup, page.url):
        raise InvalidDocument(f"{url} is a list of links and not a report. Add it with --follow to take in those.")
    pages, markups = [page], [markup]
    for following in _following(fetcher, page, markup):
        pages.append(following[0])
        markups.append(following[1])
    content = joined(markups) if len(pages) > 1 else _as_declared(page, markup)
    return FetchedFile(name, content, page.url, Origin(url, tuple(one.validators for one in pages)))


def _following(fetcher: Fetcher, first: Page, markup: str) -> Iterator[tuple[Page, str]]:
    """The pages of an article, or of a list, after the first one."""
    page, seen = first, {first.url}
    while (url := further_page(markup, page.url, first.url)) is not None and url not in seen:
        if len(seen) >= MOST_PAGES:
            raise FetchFailed(f"{first.url} has more than {MOST_PAGES} pages, which is more than is put together.")
        seen.add(url)
        fetched = fetcher.get(url)
        text = _markup(fetched) if fetched is not None else None
        if fetched is None or text is None:
            raise FetchFailed(f"{url}, the next page of {first.url}, is no web page.")
        page, markup = fetched, text
        yield page, markup


def _in_lists(fetcher: Fetcher, url: str, markup: str) -> Iterator[Link]:
    """The links of a list, then those of its next pages; the page itself first where it is more than a list."""
    if not is_list(markup, url):
        yield Link(url, "")
    seen: set[str] = set()
    place, first = url, url
    for _ in range(_MOST_LISTS):
        for link in report_links(markup, place):
            if link.url not in seen:
                seen.add(link.url)
                yield link
        following = further_page(markup, place, first)
        page = fetcher.get(following) if following is not None else None
        text = _markup(page) if page is not None else None
        if page is None or text is None:
            return
        place, markup = page.url, text


def _in_sitemaps(fetcher: Fetcher, url: str, content: bytes, max_bytes: int) -> Iterator[Link]:
    """The addresses in a sitemap and in those that it names."""
    todo, seen = deque[str](), {url}
    sitemap = read_sitemap(content, url)
    while True:
        yield from (Link(page, "") for page in sitemap.pages)
        todo.extend(one for one in sitemap.sitemaps if one not in seen)
        seen.update(sitemap.sitemaps)
        if not todo:
            return
        if len(seen) > _MOST_LISTS:
            raise FetchFailed(f"{url} names more than {_MOST_LISTS} sitemaps. Add them one by one.")
        place = todo.popleft()
        page = fetcher.get(place)
        sitemap = read_sitemap(unpacked(page.content if page else b"", max_bytes), place)


def _name(page: Page) -> str:
    """A name for the file, with the ending that goes with what the server says it is, else with what it is."""
    candidates = [PurePosixPath(name.replace("\\", "/")).name for name in (page.filename or "", name_of(page.url))]
    name = next((one for one in candidates if one), "index")
    ending = _KINDS.get(page.media_type)
    if ending is None and page.media_type in _UNSAID:
        ending = next((PurePosixPath(one).suffix for one in candidates if _is_readable(one)), None)
        ending = ending or (".txt" if page.media_type == "text/plain" else None)
    # Many a server calls a .docx an old Word file, or says nothing of a download.
    ending = ending or told_by(page.content)
    if ending is None:
        raise InvalidDocument(f"{page.url} is a file of the kind {page.media_type or 'unknown'}, which is not read.")
    suffix = PurePosixPath(name).suffix.lower()
    fits = suffix == ending.lower() or (ending == ".html" and suffix in PAGES)
    return name if fits else f"{PurePosixPath(name).stem or 'index'}{ending}"


def _is_readable(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in PAGES | FILES


def _markup(page: Page) -> str | None:
    """The text of a web page; None where it is something else. What the page itself says goes before the server."""
    is_page = page.media_type in ("text/html", "application/xhtml+xml")
    if not is_page and not (page.media_type in _UNSAID and PurePosixPath(name_of(page.url)).suffix.lower() in PAGES):
        return None
    return decode(page.content, declared_encoding(page.content) or page.charset)


def _as_declared(page: Page, markup: str) -> bytes:
    """The page as it came, or in UTF-8 where only the server knew its encoding."""
    if page.charset is None or declared_encoding(page.content) is not None:
        return page.content
    return "\ufeff".encode() + markup.removeprefix("\ufeff").encode()
