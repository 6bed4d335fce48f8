"""The polite words around an answer: why there is none, and what else can be asked."""

from __future__ import annotations

from collections.abc import Sequence

from wenbao.answers.model import Language
from wenbao.answers.question import Question
from wenbao.config.language import language_data
from wenbao.knowledge.library import StoredDocument

MOST_TITLES = 3


def not_found_message(
    reason: str,
    language: Language,
    question: Question,
    documents: Sequence[StoredDocument],
    other_year: int | None = None,
) -> str:
    """What to tell a person for whose question there is no answer; `other_year` is one whose report has it."""
    reason = "other_year" if other_year is not None else reason
    texts = language_data("answers")["not_found"]
    template: str = texts.get(reason, texts["absent"])[language]
    return template.format(
        covered=_covered(documents, language),
        year="、".join(str(year) for year in question.years),
        place="、".join(question.places),
        other=other_year,
    )


def suggestions(
    language: Language, question: Question, documents: Sequence[StoredDocument], other_year: int | None = None
) -> tuple[str, ...]:
    """Up to three questions that the newest report of the genre usually answers, without the one just asked.

    Where another year's report has what was asked for, the same question about that year.
    """
    if other_year is not None and str(question.years[0]) in question.text:
        return (question.text.replace(str(question.years[0]), str(other_year)),)
    newest = next((one for one in documents if one.metadata.year), None)
    if newest is None or newest.metadata.year is None:
        return ()
    texts = language_data("answers")["suggestions"]
    wanted = [name for name in ("problem", "plan", "done") if name != question.section]
    return tuple(
        texts[name][language].format(year=newest.metadata.year, next=newest.metadata.year + 1) for name in wanted
    )


def _covered(documents: Sequence[StoredDocument], language: Language) -> str:
    marks = ("“", "”", ", ") if language == "en" else ("《", "》", "、")
    titles = [f"{marks[0]}{one.metadata.title}{marks[1]}" for one in documents[:MOST_TITLES]]
    more = len(documents) - len(titles)
    if more > 0:
        titles.append({"en": f"and {more} more"}.get(language, f"等 {len(documents)} 份"))
        return marks[2].join(titles[:-1]) + (", " if language == "en" else "") + titles[-1]
    return marks[2].join(titles)
