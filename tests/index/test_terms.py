"""The index of terms: what BM25 finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from wenbao.index.terms import Entry, TermIndex, TermWriter, WeightedTerms, heading_text
from wenbao.index.tokens import tokens

TEXTS = {
    1: "全年提供法律咨询3373次。",
    2: "全年新建公园12个，新建绿道8公里。",
    3: "全年完成投资二百亿元。",
    4: "全年举办法治讲座45场。",
}


@pytest.fixture
def terms(tmp_path: Path) -> TermIndex:
    """Four entries, each of a document of its own with the same number."""
    with TermWriter(tmp_path / "terms", 15_000_000) as writer:
        for number, text in TEXTS.items():
            writer.add(Entry(number, number, tokens(text), heading_text(["一、生态环境"] if number == 2 else [])))
    return TermIndex(tmp_path / "terms")


def _found(terms: TermIndex, question: str, documents: set[int] | None = None) -> list[int]:
    units, _ = terms.search(WeightedTerms.of(question), 10, documents)
    return [int(unit) for unit in units]


@pytest.mark.parametrize(
    ("question", "right"),
    [
        ("法律諮詢有多少次?", 1),
        ("3,373次", 1),
        ("建了几个公园", 2),
        ("绿道", 2),
        ("200亿元", 3),
        ("法治讲座", 4),
        ("45", 4),
    ],
)
def test_the_entry_with_the_words_comes_first(terms: TermIndex, question: str, right: int) -> None:
    """In either script, in any numerals, as words or as parts of words."""
    assert _found(terms, question)[0] == right


def test_an_entry_is_found_by_its_heading(terms: TermIndex) -> None:
    """Words that stand only in the heading above find what stands below."""
    assert _found(terms, "生态环境") == [2]


def test_only_given_documents_are_searched(terms: TermIndex) -> None:
    """A filter holds whatever the words say, and changes no score."""
    assert set(_found(terms, "全年", {2, 3})) == {2, 3}
    assert _found(terms, "法律咨询", {3}) == []
    question = WeightedTerms.of("全年法律咨询")
    scores = {int(unit): score for unit, score in zip(*terms.search(question, 10), strict=True)}
    units, filtered = terms.search(question, 10, {1, 3})
    assert [scores[int(unit)] for unit in units] == pytest.approx(filtered.tolist())


def test_words_that_only_ask_are_left_out() -> None:
    """多少 and 什么 find nothing by themselves; a question of nothing else keeps them."""
    assert WeightedTerms.of("法律咨询") == WeightedTerms.of("法律咨询，多少？")
    assert WeightedTerms.of("什么？").bigrams == (("什么", 1.0),)


def test_a_word_with_less_weight_counts_for_less(terms: TermIndex) -> None:
    """A synonym adds to the score, but less than the word itself."""
    own = WeightedTerms.of("公园")
    scores = [
        float(terms.search(own.with_more([WeightedTerms.of("绿道", weight)]), 1)[1][0]) for weight in (0.0, 0.3, 1.0)
    ]
    assert scores == sorted(set(scores))


def test_a_term_keeps_the_greatest_of_its_weights() -> None:
    """A word of the question loses nothing by being a synonym too."""
    merged = WeightedTerms.of("公园").with_more([WeightedTerms.of("公园", 0.2)])
    assert merged == WeightedTerms.of("公园")


def test_no_score_is_above_the_ceiling(terms: TermIndex) -> None:
    """The ceiling is what a score is a share of; a word that stands nowhere raises it."""
    question = WeightedTerms.of("全年提供法律咨询3373次")
    _, scores = terms.search(question, 1)
    assert 0 < scores[0] < terms.ceiling(question) < terms.ceiling(WeightedTerms.of("全年提供法律咨询3373次火星"))


def test_a_removed_document_is_not_found(tmp_path: Path, terms: TermIndex) -> None:
    """Its entries are gone, the others stay, and an index that is open notices nothing."""
    with TermWriter(tmp_path / "terms", 15_000_000) as writer:
        writer.remove(1)
    assert _found(TermIndex(tmp_path / "terms"), "法律咨询") == [4]
    assert _found(terms, "法律咨询")[0] == 1


@pytest.mark.parametrize("question", ["", "?!", "😀", '"(:*^~', "\ud800", "a" * 500, "的" * 500])
def test_no_question_breaks_the_search(terms: TermIndex, question: str) -> None:
    """Signs that mean something to a query parser are only characters here."""
    assert _found(terms, question) == []


def test_a_string_is_as_frequent_as_its_rarest_part(terms: TermIndex) -> None:
    """How rare a word is can be asked for."""
    assert [terms.frequency(text) for text in ("全年", "公园", "3373次", "火星", "")] == [4, 1, 1, 0, 0]


def test_characters_that_stand_everywhere_are_left_out_of_a_large_index(
    terms: TermIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """全 and 年 stand in every entry; they stay where the index is small, and where a question has nothing else."""
    question = WeightedTerms.of("全年法律")
    assert terms.telling(question) == question
    monkeypatch.setattr("wenbao.index.terms._LARGE", 4)
    monkeypatch.setattr("wenbao.index.terms._COMMON", 0.5)
    assert [character for character, _ in terms.telling(question).chars] == ["法", "律"]
    assert terms.telling(question).bigrams == question.bigrams
    alone = WeightedTerms.of("全")
    assert terms.telling(alone) == alone
