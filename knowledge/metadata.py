"""What a report says of itself: publisher, date, place, and the year that it tells of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath

from wenbao.knowledge.cleaning import Page, is_public_body
from wenbao.knowledge.dates import find_dates, first_date
from wenbao.knowledge.documents import Metadata, Paragraph
from wenbao.knowledge.places import find_place, place_of
from wenbao.knowledge.vocabulary import any_of, words
from wenbao.knowledge.years import find_year

_SELF = re.compile(any_of(words("page", "selves")) + "$")
_MEDIA = re.compile(any_of(words("bodies", "media")) + "$")
_SITE_BODY = re.compile(r"(?P<body>[\u4e00-\u9fff]{2,20}?(?:人民)?政府)(?:门户|門戶|信息|政务)?(?:网站|網站|网|網)")
_TITLE_BODY = re.compile(r"(?P<body>[\u4e00-\u9fff（）()、]{3,40}?)(?:关于|關於|(?=(?:19|20)\d\d|二[〇○零]))")
_HEADING_DATE = re.compile(r"[—（(]|在.{4,60}会议?上|於.{4,60}會議?上")


def describe(
    name: str, page: Page, text: str, paragraphs: Sequence[Paragraph], said: Metadata, file_says: Metadata
) -> Metadata:
    """All that is known of a report: what people say goes before what the page, the file and the text say."""
    title = said.title.strip() or page.title or file_says.title or PurePath(name).stem
    publisher = said.publisher or _publisher(page, file_says.publisher)
    published = said.published or _published(page, file_says.published)
    lines = [text[paragraph.start : paragraph.end] for paragraph in paragraphs]
    place = said.place or find_place(title, publisher, [*page.above, *lines])
    passages = [
        (paragraph.section, line)
        for paragraph, line in zip(paragraphs, lines, strict=True)
        if paragraph.kind in ("text", "heading", "row")
    ]
    year = said.year if said.year is not None else find_year(title, published, passages)
    return Metadata(title, publisher or place, place, year, published, said.source_url or file_says.source_url)


def _publisher(page: Page, from_file: str | None) -> str | None:
    """The named source where it is a public body, else the signature, else any other source, else the site.

    A body that is named with its place goes before an office that only its own house can tell (市局办公室).
    """
    named = [value for kind, value in page.facts if kind == "publisher"]
    sources = [source for source in map(_cleaned, [*named, from_file or ""]) if source and not _SELF.match(source)]
    bodies = [source for source in sources if is_public_body(source) and not _MEDIA.search(source)]
    signatures = list(filter(None, (_signature(page.body[index].words) for index in sorted(page.closing))))
    beside = [line.words for line in page.body[:3] if is_public_body(line.words)]
    titled = _titled(page.title)
    placed = [body for body in [*bodies, *signatures, *titled] if place_of(body) is not None]
    own = [source for source in sources if not _MEDIA.search(source)]
    found = [*placed, *bodies, *signatures, *beside, *own, *_site(page), *sources]
    return _in_full(found[0], [*signatures, *titled, *bodies, *page.above]) if found else None


def _titled(title: str) -> list[str]:
    """The body that a title begins with (某市某局2021年工作报告, 某区人民政府关于…的报告)."""
    match = _TITLE_BODY.match(title)
    return [match["body"]] if match and is_public_body(match["body"]) else []


def _in_full(body: str, names: Sequence[str]) -> str:
    """The name of a body with the places before it, where the page or the signature says them."""
    fuller = [name for name in names if name.endswith(body) and is_public_body(name) and _is_placed(name, body)]
    return min(fuller, key=len, default=body)


def _is_placed(name: str, body: str) -> bool:
    """Whether a name is that of a body with a place before it, and nothing else before it."""
    before = name.removesuffix(body)
    return bool(before) and place_of(before) == before and place_of(body) is not None


def _cleaned(source: str) -> str:
    parted = r"[\u3000|｜]|\s{2,}" if source.lstrip()[:1].isascii() else r"[\s\u3000|｜]"
    return re.split(parted, re.sub(r"[《》“”\"]", "", source).strip())[0]


def _signature(text: str) -> str | None:
    """The body that signed, without a date on the same line."""
    found = next(find_dates(text), None)
    without = (text[: found[0]] + text[found[1] :]).strip(" \u3000\xa0\t()（）") if found else text
    return without if is_public_body(without) else None


def _site(page: Page) -> list[str]:
    """The body whose site a page stands on ("欢迎访问广州市从化区政府网")."""
    for line in reversed(page.above):
        for match in _SITE_BODY.finditer(line):
            body = re.sub("^.*(?:访问|訪問|光临|光臨|歡迎|欢迎|来到|來到)", "", match["body"])
            if place_of(body) is not None:
                return [body]
        if is_public_body(line) and place_of(line) is not None:
            return [line]
    return []


def _published(page: Page, from_file: str | None) -> str | None:
    """The date of publication, else of the signature, else of the meeting it was read to."""
    for wanted in ("published", "written"):
        for kind, value in page.facts:
            if kind == wanted and (date := first_date(value)) is not None:
                return date
    if from_file is not None:
        return from_file
    signed = [first_date(page.body[index].words) for index in sorted(page.closing, reverse=True)]
    heading = [
        first_date(line.words) for line in page.body[:4] if _HEADING_DATE.search(line.words) and len(line.words) < 80
    ]
    bare = [first_date(line.words) for line in page.body[:3] if len(line.words) < 24]
    return next((date for date in [*signed, *heading, *bare] if date is not None), None)
