"""Answers questions about a report itself: who published it, when, and what it is called."""

from __future__ import annotations

import re
from dataclasses import dataclass

from wenbao.answers.composing import cite
from wenbao.answers.model import Answer, Citation
from wenbao.answers.question import Question
from wenbao.knowledge.documents import Document


@dataclass(frozen=True, slots=True)
class AboutAnswer:
    answer: Answer
    citations: tuple[Citation, ...]


WHEN = re.compile(r"什么时候|何时|哪天|几时|哪一天|几号|哪年|时间|日期|\bwhen\b|\bdate\b|\byear\b")
WHO = re.compile(r"谁|哪个|哪里|哪家|部门|单位|机构|机关|\bwho\b|publisher|author")


def answer(question: Question, document: Document) -> AboutAnswer | None:
    """What a document says of itself, cited where its text says so; None where it does not."""
    if WHEN.search(question.plain):
        return _closing_date(document)
    if WHO.search(question.plain):
        return _publisher(document)
    title = document.paragraphs[0]
    return AboutAnswer(
        Answer(document.metadata.title, "fact", document.metadata.title),
        (cite(1, document, title, title.start, title.end),),
    )


def _publisher(document: Document) -> AboutAnswer | None:
    publisher = document.metadata.publisher
    if not publisher:
        return None
    at = document.text.rfind(publisher)
    if at < 0:
        title = document.paragraphs[0]
        return AboutAnswer(Answer(publisher, "fact", publisher), (cite(1, document, title, title.start, title.end),))
    return AboutAnswer(Answer(publisher, "fact", publisher), (_cite_range(document, at, at + len(publisher)),))


def _closing_date(document: Document) -> AboutAnswer | None:
    for paragraph in reversed(document.paragraphs):
        words = document.text[paragraph.start : paragraph.end]
        match = re.search(
            r"[\d一二三四五六七八九〇零○]{4}年[\d一二三四五六七八九十]{1,3}月[\d一二三四五六七八九十]{1,3}日", words
        )
        if paragraph.kind == "closing" and match:
            start = paragraph.start + match.start()
            return AboutAnswer(
                Answer(match.group(), "date", match.group()),
                (_cite_range(document, start, start + len(match.group())),),
            )
    if document.metadata.published is None:
        return None
    title = document.paragraphs[0]
    published = document.metadata.published
    return AboutAnswer(Answer(published, "date", published), (cite(1, document, title, title.start, title.end),))


def _cite_range(document: Document, start: int, end: int) -> Citation:
    paragraph = next(one for one in document.paragraphs if one.start <= start < one.end)
    return cite(1, document, paragraph, paragraph.start, paragraph.end, ((start, end),))
