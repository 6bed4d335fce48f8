"""What the words of a question are looked for by, and what each tells."""

from __future__ import annotations

import pytest

from wenbao.answers.question import read_question
from wenbao.answers.service import search_query
from wenbao.answers.terms import ABSENT, PARTS, Term, question_terms

RARITIES = {"化解": 4.0, "解决": 2.0, "纠纷": 1.0}


def rarity(form: str) -> float:
    """A library that has three words."""
    return RARITIES.get(form, 8.0)


def term(question: str, text: str) -> Term:
    return next(one for one in question_terms(read_question(question), rarity) if one.text == text)


def test_an_english_word_tells_what_its_translations_tell() -> None:
    """The mean of those that the library has, the better ones counting more; those that it has not say nothing."""
    resolved = term("How many problems were resolved?", "resolved")
    good = dict(resolved.forms)
    mean = (4.0 * good["化解"] + 2.0 * good["解决"]) / (good["化解"] + good["解决"])
    assert resolved.weight == pytest.approx(mean * PARTS[resolved.part])


@pytest.mark.parametrize("question", ["How many typhoons were there?", "How many cases did Aotou have?"])
def test_an_english_word_without_a_translation_in_the_library_tells_most(question: str) -> None:
    """It must be missed: the reports do not have it."""
    assert max(one.weight for one in question_terms(read_question(question), rarity)) == rarity(ABSENT)


def test_how_much_money_asks_for_no_word() -> None:
    """Money is the unit that is asked for, as in 多少钱."""
    words = [one.text for one in question_terms(read_question("How much money was spent on roads?"), rarity)]
    assert "money" not in words
    assert "roads" in words


def test_a_word_with_many_translations_counts_once() -> None:
    """Each translation is looked for at its share, so that a word with many does not count for many words."""
    question = read_question("How many complaints were resolved?")
    terms = question_terms(question, rarity)
    weights = dict(search_query(question, terms).terms.words)
    (resolved,) = (one for one in terms if one.text == "resolved")
    assert weights["化解"] == pytest.approx(dict(resolved.forms)["化解"] / sum(q for _, q in resolved.forms) ** 0.5)
