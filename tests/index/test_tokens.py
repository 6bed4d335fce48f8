"""Tokens: what BM25 counts."""

from __future__ import annotations

from wenbao.index.tokens import together, tokens


def test_a_text_is_cut_into_characters_bigrams_and_words() -> None:
    """Characters and bigrams need no dictionary; words do, and hold the shorter words within them."""
    found = tokens("法律咨询")
    assert found.chars == ("法", "律", "咨", "询")
    assert found.bigrams == ("法律", "律咨", "咨询")
    assert {"法律", "咨询", "法律咨询"} == set(found.words)


def test_bigrams_do_not_reach_over_punctuation() -> None:
    """Two clauses share no bigram."""
    assert tokens("公园，学校").bigrams == ("公园", "学校")


def test_traditional_and_simplified_texts_have_the_same_tokens() -> None:
    """The script that a text is written in makes no difference."""
    assert tokens("提供法律咨询３３７３次") == tokens("提供法律諮詢3,373次".replace("諮", "咨"))


def test_a_number_is_one_token_with_and_without_its_unit() -> None:
    """Thousands, decimals and percentages are whole, in whatever numerals they are written."""
    assert tokens("3,373次").numbers == ("3373", "3373次")
    assert tokens("百分之十八点六").numbers == ("18.6%",)
    assert tokens("三百五十一件").numbers == tokens("351件").numbers


def test_numerals_are_found_by_their_characters_too() -> None:
    """Turning numerals into digits takes nothing away: 十二 in a name is found as it is written."""
    assert {"十二"} <= set(tokens("十二橡树村").bigrams)


def test_english_words_are_found_in_every_form() -> None:
    """Plural and case make no difference."""
    assert tokens("Police Reports").words == tokens("police report").words


def test_text_without_words_has_no_tokens() -> None:
    """Punctuation, pictures and halves of surrogate pairs are no tokens and no error."""
    found = tokens("？！… 😀 \ud800")
    assert found.chars + found.bigrams + found.words + found.numbers == ()


def test_a_paragraph_has_the_tokens_of_its_sentences() -> None:
    """Putting sentences together adds nothing and loses nothing."""
    both = together([tokens("新建公园。"), tokens("新建学校。")])
    assert tokens("新建公园。新建学校。") == both
