"""A reply in plain text with links, and how it is cut to the length of a message."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wenbao.answers.model import Answer, Citation, Item, Reply
from wenbao.api.wechat_words import LONGEST, asks_for_more, pieces, render, texts_in
from wenbao.config.language import language_data

HINT = texts_in("zh-Hans").rest
CITATION = Citation(
    1,
    "d1",
    "青山县2021年工作报告",
    "青山县人民政府",
    "2022-01-05",
    2021,
    ("一、主要工作",),
    3,
    "全年受理来电4821宗，办结率98.6%。",
    10,
    29,
    (),
    "/documents/d1?start=10&end=29#p3",
    None,
)
FIGURE = Answer("全年受理来电4821宗。", "figure", "4821宗")
REPLY = Reply("a1", "answered", "zh-Hans", FIGURE, None, None, (CITATION,), (), 0.9, (), 1.0)
ZH = texts_in("zh-Hans")


def test_an_answer_has_its_words_its_quote_and_its_place():
    """The answer comes first, then the report's own words, with a link to them."""
    text = render(REPLY, ZH, "https://reports.example.org")

    assert [
        "全年受理来电4821宗。",
        "",
        "原文：“全年受理来电4821宗，办结率98.6%。”",
        '<a href="https://reports.example.org/documents/d1?start=10&end=29#p3">《青山县2021年工作报告》</a>'
        " · 青山县人民政府 · 2022-01-05",
        "一、主要工作 › 第 3 段",
    ] == text.split("\n")


def test_a_notice_stands_above_the_answer():
    """That personal data was masked is said before anything else."""
    assert "已隐去。" == render(replace(REPLY, notice="已隐去。"), ZH, None).split("\n\n")[0]


def test_a_quote_that_is_the_answer_is_not_said_twice():
    """Where the answer has all of the quote, the place follows at once."""
    answer = Answer(CITATION.quote, "fact")

    assert 1 == render(replace(REPLY, answer=answer), ZH, None).count("办结率98.6%")


def test_without_a_public_address_there_is_no_link():
    """The title then stands there by itself."""
    text = render(REPLY, ZH, None)

    assert "\n《青山县2021年工作报告》 · 青山县人民政府" in text
    assert "<a" not in text


def test_nothing_in_a_title_breaks_the_link():
    """Markup in a title, or a quotation mark in an address, cannot end the link early."""
    citation = replace(CITATION, title='报告</a><a href="https://evil.example">', url='/documents/"><b>?a=b&c')
    text = render(replace(REPLY, citations=(citation,)), ZH, "https://reports.example.org")

    assert ["https://reports.example.org/documents/%22%3E%3Cb%3E?a=b&c"] == re.findall(r'<a href="([^"]*)">', text)


def test_the_points_of_a_list_have_the_number_of_their_citation():
    """With several citations each point says which one it is from, also where two points are the same."""
    second = replace(CITATION, number=2, quote="二是合同纠纷。")
    answer = Answer("1. 邻里纠纷\n2. 合同纠纷\n3. 邻里纠纷", "list", None, tuple(Item(*one) for one in POINTS))
    text = render(replace(REPLY, answer=answer, citations=(CITATION, second)), ZH, None)

    assert text.startswith("1. 邻里纠纷 [1]\n2. 合同纠纷 [2]\n3. 邻里纠纷 [1]\n\n")
    assert "[2] 《青山县2021年工作报告》" in text


POINTS = (("邻里纠纷", 1), ("合同纠纷", 2), ("邻里纠纷", 1))


def test_what_is_not_found_says_that_the_passages_are_no_answer():
    """The polite line, the nearest passages named as such, and what could be asked."""
    reply = replace(
        REPLY, answer=None, message="没有提到。", citations=(), related=(CITATION,), suggestions=("存在哪些问题？",)
    )

    blocks = render(reply, ZH, None).split("\n\n")
    assert ["没有提到。", "下面是相近的段落，不是答案："] == blocks[:2]
    assert "还可以问：\n• 存在哪些问题？" == blocks[-1]


def test_a_short_text_is_one_piece():
    """It gets no hint that there is more."""
    assert ("好。",) == pieces("好。", HINT)


def test_a_long_text_is_cut_at_sentence_ends():
    """Each piece but the last ends with a sentence and the hint; nothing is lost."""
    text = "".join(f"第{number}句说的是法律咨询，共有3373次。" for number in range(200))
    cut = pieces(text, HINT)

    assert 1 < len(cut) < 8
    assert all(one.endswith(f"。\n\n{HINT}") for one in cut[:-1])
    assert text == "".join(one.removesuffix(f"\n\n{HINT}") for one in cut)


LINK = '<a href="https://reports.example.org/documents/d1?start=10&end=29#p3">《报告》；更多</a>'
WORDS = st.sampled_from(["法律咨询", "，", "。", "！", "\n", "\n\n", " ", "3373次", "Report. ", "😀", "？”", LINK])


@given(st.lists(WORDS, max_size=400).map("".join), st.integers(250, LONGEST))
def test_every_piece_fits_and_no_link_is_cut(text, limit):
    """Whatever the text: no piece is too long or empty, links stay whole, and together they are the text."""
    cut = pieces(text, HINT, limit)
    bare = [one.removesuffix(f"\n\n{HINT}") for one in cut]

    assert all(len(one.encode()) <= limit for one in cut)
    assert all(bare) or text.strip() == ""
    assert "".join(text.split()) == "".join("".join(bare).split())
    assert text.count(LINK) == sum(one.count(LINK) for one in bare)


@pytest.mark.parametrize("text", ["继续", " 继续。", "繼續", "More", "continue!"])
def test_people_ask_for_more_in_their_own_words(text):
    """In either script, or in English, with or without a full stop."""
    assert asks_for_more(text)


@pytest.mark.parametrize("text", ["继续推进了哪些工作？", "", "more than 3 cases?"])
def test_a_question_is_not_taken_for_a_wish_to_read_on(text):
    """Only the word alone is."""
    assert not asks_for_more(text)


def test_every_language_has_the_same_texts():
    """No text is missing in one of the languages, and placeholders are the same."""
    tables = [table for table in language_data("wechat").values() if isinstance(table, dict)]

    assert 3 == len(tables)
    for name in tables[0]:
        assert 1 == len({tuple(re.findall(r"\{\w+\}", table[name])) for table in tables}), name
