"""The polite words around an answer, in all languages."""

from __future__ import annotations

import pytest

from wenbao.answers.model import LANGUAGES, Language
from wenbao.answers.question import read_question
from wenbao.answers.wording import not_found_message, suggestions
from wenbao.knowledge.documents import Metadata
from wenbao.knowledge.library import StoredDocument

REASONS = ("absent", "year", "place", "filter", "empty", "smalltalk", "opinion", "prediction", "order", "own_case")
QUESTION = read_question("2015年北京市受理了多少件？")


def documents(count: int) -> list[StoredDocument]:
    return [
        StoredDocument(n, f"d{n}", Metadata(f"报告{n}号", year=2020 + n), 3, "2024-01-01") for n in range(1, count + 1)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_has_its_words_in_every_language(reason: str, language: Language) -> None:
    """A message is filled in whole: no gap, no brace, no two languages alike in English and Chinese."""
    message = not_found_message(reason, language, QUESTION, documents(2))
    assert message.strip()
    assert "{" not in message
    assert "  " not in message
    assert language != "en" or message != not_found_message(reason, "zh-Hans", QUESTION, documents(2))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_message_names_the_year_the_place_and_what_there_is(language: Language) -> None:
    """The person learns what was not found and what can be asked."""
    assert "2015" in not_found_message("year", language, QUESTION, documents(2))
    assert "北京市" in not_found_message("place", language, QUESTION, documents(2))
    assert "报告1号" in not_found_message("absent", language, QUESTION, documents(2))


@pytest.mark.parametrize("language", LANGUAGES)
def test_many_reports_are_not_all_named(language: Language) -> None:
    """A long list of titles is cut short, and says so."""
    message = not_found_message("absent", language, QUESTION, documents(40))
    assert "报告39号" not in message
    assert "40" in message or "37" in message


def test_braces_in_a_title_do_no_harm() -> None:
    """A title is put in as it is."""
    odd = [StoredDocument(1, "d", Metadata("{covered} {0} {"), 1, "2024-01-01")]
    assert "{covered} {0} {" in not_found_message("absent", "zh-Hans", QUESTION, odd)


@pytest.mark.parametrize("language", LANGUAGES)
def test_suggestions_are_questions_about_the_newest_report(language: Language) -> None:
    """Up to three, each with a year; none where no year is known."""
    suggested = suggestions(language, QUESTION, documents(1))
    assert 0 < len(suggested) <= 3
    assert all("2021" in one or "2022" in one for one in suggested)
    assert suggestions(language, QUESTION, []) == ()


def test_what_was_just_asked_is_not_suggested() -> None:
    """After a question for problems the other parts are suggested."""
    assert not any("问题" in one for one in suggestions("zh-Hans", read_question("存在哪些问题？"), documents(1)))


def test_what_is_said_in_traditional_characters_is_traditional() -> None:
    """The words for Traditional readers are their own."""
    assert "報告" in not_found_message("absent", "zh-Hant", QUESTION, [])
