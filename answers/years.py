"""Questions about several years: what each report says, side by side; and the year that has what another lacks."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

from wenbao.answers.model import Answer, Citation, Item
from wenbao.answers.named_years import years_named
from wenbao.answers.question import Question
from wenbao.config.language import language_data
from wenbao.knowledge.documents import Metadata
from wenbao.knowledge.library import StoredDocument

MOST_YEARS = 8

Found = tuple[int, Answer, tuple[Citation, ...]]


def years_asked(question: Question, documents: Sequence[StoredDocument]) -> tuple[int, ...]:
    """The years that a question wants beside one another, in its order; for a series (历年), the newest first.

    Empty where it is not about several years, or where no two reports could tell.
    """
    told = sorted({one.metadata.year for one in documents if one.metadata.year is not None}, reverse=True)
    if question.kind in ("list", "about"):
        return ()
    named = tuple(year for year in question.years if _is_compared(question))
    if len(named) > 1:
        return named[:MOST_YEARS]
    if len(told) > 1 and _series().search(question.plain):
        return tuple(told[:MOST_YEARS])
    return ()


def this_year(metadata: Metadata) -> int | None:
    """The year that 今年 means in a report, where its title names the year after the one that it tells of: a
    government's work report of 2017 tells of 2016. None where that is not known."""
    named = years_named(metadata.title)
    return named[0] if metadata.year is not None and named == (metadata.year + 1,) else None


def of_year(question: Question, year: int) -> Question:
    """The question about one of its years, without the words that ask for several."""
    words = tuple(word for word in question.words if not _series().search(word.text))
    return replace(question, words=words, years=(year,), year_word=None)


def telling(documents: Sequence[StoredDocument], year: int) -> Sequence[StoredDocument]:
    """The documents that tell of a year; all of them where none does."""
    return [one for one in documents if one.metadata.year == year] or documents


def side_by_side(found: Sequence[Found]) -> tuple[Answer, tuple[Citation, ...]]:
    """One answer of those of several years, each line with its year, each with its own citations."""
    lines: list[str] = []
    items: list[Item] = []
    citations: list[Citation] = []
    for year, answer, cited in found:
        first = len(citations) + 1
        citations += [replace(one, number=first + at) for at, one in enumerate(cited)]
        text = answer.text.replace("\n", " ")
        lines.append(f"{year}: {text}")
        items.append(Item(answer.value or text, first))
    values = [answer.value for _, answer, _ in found]
    return Answer("\n".join(lines), found[0][1].kind, values[0], tuple(items)), tuple(citations)


def in_another_year(
    question: Question, documents: Sequence[StoredDocument], has_answer: Callable[[Question, int], bool]
) -> int | None:
    """A year, the nearest first, whose report has what the question wants of a year that has it not; None where none.

    A question in which no year is named, or in which only its year is wrong for every report, has none.
    """
    if len(question.years) != 1:
        return None
    year = question.years[0]
    others = {one.metadata.year for one in documents if one.metadata.year not in (None, year)}
    nearest = sorted((other for other in others if other is not None), key=lambda other: (abs(other - year), -other))
    return next((other for other in nearest[:3] if has_answer(of_year(question, other), other)), None)


def _is_compared(question: Question) -> bool:
    """Whether several years are each asked about, and do not bound a stretch of time (2018年到2020年)."""
    between = re.search(r"(?:19|20)\d{2}年?(?:到|至|-|—|~)(?:19|20)\d{2}", question.plain)
    return between is None


@cache
def _series() -> re.Pattern[str]:
    words = language_data("questions")["series"]
    return re.compile("|".join(words["patterns"]))
