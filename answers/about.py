"""Answers questions about a report itself: who published it, when, and what it is called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from wenbao.answers.choosing import BODY
from wenbao.answers.composing import cite
from wenbao.answers.model import Answer, Citation
from wenbao.answers.question import Question
from wenbao.knowledge.dates import first_date
from wenbao.knowledge.documents import Document, Paragraph

HEAD = 5
LONGEST_HEAD = 60
"""A paragraph among the first five with at most so many characters stands in the head of a report."""
FOOT = 6
"""A paragraph among the last six with at most as many may be of its signature, below which notes may stand."""


@dataclass(frozen=True, slots=True)
class AboutAnswer:
    answer: Answer
    citations: tuple[Citation, ...]


WHEN = re.compile(r"什么时候|啥时|几月|何时|哪天|几时|哪一天|几号|哪年|时间|日期|\bwhen\b|\bdate\b|\byear\b")
ONLINE = re.compile(r"网|\bonline\b|\bposted\b|\buploaded\b|\bweb ?site\b")
WHO = re.compile(r"谁|哪位|哪个|哪里|哪家|部门|单位|机构|机关|\bwho\b|publisher|author")


GIVEN = re.compile(r"[作做念讲]|宣读|\b(?:gave|gives?|delivered|presented|read|made)\b")
OFFICE = r"(?:总理|主席|主任|[省市区县镇乡州盟旗局厅部院处所站]长|检察长|秘书长|书记|代表)"
SPEAKER = re.compile(
    rf"{OFFICE}[\s\u3000]*(?P<name>[\u4e00-\u9fff](?:[\u4e00-\u9fff]{{1,3}}|[\s\u3000]+[\u4e00-\u9fff]))\W*$"
)


def answer(question: Question, document: Document) -> AboutAnswer | None:
    """What a document says of itself, cited where its text says so; None where it does not."""
    if WHEN.search(question.plain):
        return _went_online(document) if ONLINE.search(question.plain) else _date(document)
    if WHO.search(question.plain):
        return (_speaker(document) if GIVEN.search(question.plain) else None) or _publisher(document)
    title = document.paragraphs[0]
    if title.kind != "title":
        return None
    words = document.text[title.start : title.end]
    return AboutAnswer(Answer(words, "fact", words), (cite(1, document, title, title.start, title.end),))


def _speaker(document: Document) -> AboutAnswer | None:
    """Who gave a report, where a short line in its head has an office and a name, or two lines have."""
    head = [one for one in document.paragraphs[:HEAD] if _is_short(one)]
    lines = [(one.start, one.end) for one in head] + [(one.start, other.end) for one, other in pairwise(head)]
    for begin, stop in lines:
        match = SPEAKER.search(document.text[begin:stop])
        if match:
            start, end = (begin + place for place in match.span("name"))
            name = match.group("name")
            return AboutAnswer(Answer(name, "fact", name), (_cite_lines(document, begin, stop, (start, end)),))
    return None


def _publisher(document: Document) -> AboutAnswer | None:
    """The body that published a report, where its text names it, else the one that signed it; a place is no body."""
    publisher = document.metadata.publisher or ""
    at = document.text.rfind(publisher) if BODY.fullmatch(publisher) else -1
    start, end = (at, at + len(publisher)) if at >= 0 else _signer(document)
    name = document.text[start:end]
    return AboutAnswer(Answer(name, "fact", name), (_cite_range(document, start, end),)) if name else None


def _signer(document: Document) -> tuple[int, int]:
    """Where the body stands that signed a report, before the date in its paragraph or in the one above; else (0, 0)."""
    foot = document.paragraphs[-FOOT:]
    for above, paragraph in pairwise(foot):
        date = DATE.search(document.text, paragraph.start, paragraph.end) if _is_short(paragraph) else None
        before = (paragraph.start, date.start()) if date else (0, 0)
        for start, end in (before, (above.start, above.end)) if date else ():
            words = document.text[start:end]
            if BODY.fullmatch(words.strip()):
                return start + len(words) - len(words.lstrip()), start + len(words.rstrip())
    return 0, 0


DATE = re.compile(r"[\d一二三四五六七八九〇零○]{4}年[\d一二三四五六七八九十]{1,3}月[\d一二三四五六七八九十]{1,3}日")


def _date(document: Document) -> AboutAnswer | None:
    """The date at the end or the beginning of the report; one that only its page gives has no words to quote."""
    return next(_dates(document), None)


def _went_online(document: Document) -> AboutAnswer | None:
    """The date of its publication where the text has it, which need not be that of the signature."""
    published = document.metadata.published
    return next((one for one in _dates(document) if first_date(one.answer.text) == published), None)


def _dates(document: Document) -> Iterator[AboutAnswer]:
    outer = [one for one in reversed(document.paragraphs) if one.kind == "closing"]
    outer += [one for one in (*reversed(document.paragraphs[-FOOT:]), *document.paragraphs[:HEAD]) if _is_short(one)]
    for paragraph in outer:
        match = DATE.search(document.text, paragraph.start, paragraph.end)
        if match:
            yield AboutAnswer(Answer(match.group(), "date", match.group()), (_cite_range(document, *match.span()),))


def _is_short(paragraph: Paragraph) -> bool:
    return paragraph.end - paragraph.start <= LONGEST_HEAD


def _cite_range(document: Document, start: int, end: int) -> Citation:
    paragraph = _paragraph_at(document, start)
    return _cite_lines(document, paragraph.start, paragraph.end, (start, end))


def _cite_lines(document: Document, start: int, end: int, marked: tuple[int, int]) -> Citation:
    return cite(1, document, _paragraph_at(document, start), start, end, (marked,))


def _paragraph_at(document: Document, position: int) -> Paragraph:
    return next(one for one in document.paragraphs if one.start <= position < one.end)
