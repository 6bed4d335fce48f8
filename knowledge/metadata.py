"""What a report says of itself: publisher, date, place, and the year that it tells of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath

from wenbao.knowledge.cleaning import Page, is_public_body
from wenbao.knowledge.dates import MONTH_AT_END, date_alone, find_dates, first_date, year_value
from wenbao.knowledge.documents import Metadata, Paragraph
from wenbao.knowledge.places import find_place, place_of
from wenbao.knowledge.vocabulary import any_of, words
from wenbao.knowledge.years import find_year

_SELF = re.compile(any_of(words("page", "selves")) + "$")
_MEDIA = re.compile(any_of(words("bodies", "media")) + "$")
_SITE_BODY = re.compile(r"(?P<body>[\u4e00-\u9fff]{2,20}?(?:人民)?政府)(?:门户|門戶|信息|政务)?(?:网站|網站|网|網)")
_TITLE_BODY = re.compile(
    r"(?P<body>[\u4e00-\u9fff（）()、]{3,40}?)(?:[\s\u3000]+[\u4e00-\u9fff]{3,40}?)?(?:关于|關於|(?=(?:19|20)\d\d|二[〇○零]|中華民國|(?<!政府)工作(?:报告|報告|总结|總結)))"
)
_GOVERNMENT = re.compile(
    r"(?:(?:19|20)\d\d年|二[〇○零]..年)?(?P<body>[\u4e00-\u9fff]{2,20}?政府)(?:政府)?工作(?:报告|報告)"
)
_SPEAKER = re.compile(
    r"[—–－\-\s]*(?:[\u4e00-\u9fff]{2,4}[:：]\s*)?(?P<body>[^\s，。：；、]{3,30}?)"
    rf"(?:{any_of(words('bodies', 'offices'))})*{any_of(words('bodies', 'officers'))}(?:、[^\s，。：；]{{2,24}})?"
    r"[\s\u3000]+[\u4e00-\u9fff·]{1,6}(?:[\s\u3000][\u4e00-\u9fff]{1,3})?$"
)
_NUMBER = re.compile(
    r"[\u4e00-\u9fff()（）]{1,12}\s?[〔\[【（(](?P<year>(?:19|20)\d\d)[〕\]】）)]\s?第?\d{1,4}\s?[号號]"
)
_SET_APART = re.compile(r"(?:[\u4e00-\u9fff]\s+){2,}[\u4e00-\u9fff]")
_HEAD = 6
_SHORT = 24
_HEADING_DATE = re.compile(
    r"^[—–－\-（(]|[（(][^（）()]*[日号號][^（）()]*[）)]$|在.{4,60}会议?上|於.{4,60}會議?上"
    r"|[Dd]elivered (?:at|on)|(?:Session|Congress)"
)


def describe(
    name: str, page: Page, text: str, paragraphs: Sequence[Paragraph], said: Metadata, file_says: Metadata
) -> Metadata:
    """All that is known of a report: what people say goes before what the page, the file and the text say."""
    own_title = said.title.strip() or _closed_up(page.title) or file_says.title
    title = own_title or PurePath(name).stem
    publisher = said.publisher or _publisher(page, file_says.publisher)
    published = said.published or _published(page, file_says.published)
    lines = [text[paragraph.start : paragraph.end] for paragraph in paragraphs]
    place = said.place or find_place(title, publisher, [*page.above, *lines])
    passages = [
        (paragraph.section, line)
        for paragraph, line in zip(paragraphs, lines, strict=True)
        if paragraph.kind in ("text", "heading", "row")
    ]
    year = said.year if said.year is not None else _year(own_title, title, published, passages, page)
    return Metadata(title, publisher or place, place, year, published, said.source_url or file_says.source_url)


def _closed_up(title: str) -> str:
    """A title without the spaces that only set its characters apart (政 府 工 作 报 告)."""
    return re.sub(r"\s+", "", title) if _SET_APART.fullmatch(title) else title


def _year(
    own: str, shown: str, published: str | None, passages: Sequence[tuple[tuple[str, ...], str]], page: Page
) -> int | None:
    """The year told of; the name of a file tells it only where the text without a title does not."""
    found = find_year(own, published, passages, _issued(page))
    return found if own or found is not None else find_year(shown, published, passages, _issued(page))


def _issued(page: Page) -> int | None:
    """The year in the number of the document (青府〔2023〕12号), else of a signature without a day (2023年2月)."""
    lines = [*page.above, *(line.words for line in page.body[:_HEAD]), *(value for _, value in page.facts)]
    signed = [page.body[index].words for index in sorted(page.closing)]
    found = [*(_NUMBER.fullmatch(line.strip()) for line in lines), *map(MONTH_AT_END.search, signed)]
    return next((year_value(match["year"]) for match in found if match), None)


def _publisher(page: Page, from_file: str | None) -> str | None:
    """The named source where it is a public body, else the signature, else any other source, else the site.

    A body that is named with its place goes before an office that only its own house can tell (市局办公室).
    """
    named = [value for kind, value in page.facts if kind == "publisher"]
    sources = [source for source in map(_cleaned, [*named, from_file or ""]) if source and not _SELF.match(source)]
    bodies = [source for source in sources if is_public_body(source) and not _MEDIA.search(source)]
    signatures = list(filter(None, (_signature(page.body[index].words) for index in sorted(page.closing))))
    beside = [name for line in page.body[:3] for name in _names(line.words)]
    titled = _titled(page.title)
    speakers = list(filter(None, (_speaker(line.words) for line in page.body[:_HEAD])))
    congress = [match["body"] for match in [_GOVERNMENT.match(page.title)] if match]
    stated = [*bodies, *signatures, *titled, *speakers, *beside, *congress]
    # The name of a mere place, with which a title begins, goes after a body of it.
    placed = sorted((body for body in stated if place_of(body) is not None), key=lambda body: place_of(body) == body)
    own = [source for source in sources if not _MEDIA.search(source)]
    found = [*placed, *bodies, *signatures, *speakers, *beside, *own, *_site(page), *sources]
    return _in_full(found[0], [*signatures, *titled, *bodies, *page.above]) if found else None


def _titled(title: str) -> list[str]:
    """The body that a title begins with (某市某局2021年工作报告, 某区人民政府关于…的报告)."""
    match = _TITLE_BODY.match(title)
    return [match["body"]] if match and is_public_body(match["body"]) else []


def _names(text: str) -> list[str]:
    """The bodies that a line names and nothing else (澜川市统计局　国家统计局澜川调查队)."""
    names = re.split(r"[\s\u3000]+", text.strip("（）()"))
    return names if all(map(is_public_body, names)) and not _HEADING_DATE.search(text) else []


def _speaker(text: str) -> str | None:
    """The body whose officer read a report (安北市审计局局长　魏长庚)."""
    match = _SPEAKER.match(text)
    return match["body"] if match and is_public_body(match["body"]) else None


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
    without = text[: found[0]] + text[found[1] :] if found else MONTH_AT_END.sub("", text)
    without = re.sub("(?:印发|印發)$", "", without.strip(" \u3000\xa0\t()（）")).strip()
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
    head = [line.words for line in page.body[:4] if not line.words.endswith(("。", "；"))]
    heading = [first_date(line) for line in head if _HEADING_DATE.search(line) and len(line) < _longest(line)]
    bare = [first_date(line) for line in head[:3] if len(line) < _SHORT]
    noted = [date_alone(line) for line in page.above[-2:] if line[:1] in "（("]
    return next((date for date in [*signed, *heading, *bare, *noted] if date is not None), None)


def _longest(line: str) -> int:
    """How many characters a line on the meeting has at most; letters take more of them."""
    return 160 if line.isascii() else 80
