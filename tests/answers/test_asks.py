"""The figures that a question asks for, and the part of it that is about each of several."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.answers.samples import reading_with
from wenbao.answers.asks import asks_in
from wenbao.answers.choosing import Hints, figure_candidates, look_in
from wenbao.answers.features import asks_for_before
from wenbao.answers.question import read_question
from wenbao.answers.terms import question_terms


def parts(plain: str) -> list[str]:
    return [ask.part(plain) for ask in asks_in(plain, is_english=plain.isascii())]


@pytest.mark.parametrize(
    ("plain", "expected"),
    [
        ("挂牌隐患市级几处区级几处", ["挂牌隐患市级几处", "区级几处"]),
        ("治安类的有多少,消费类的又有多少", ["治安类的有多少,", "消费类的又有多少"]),
        ("审查、验收、备案 各几件", ["审查、", "验收、", "备案 各几件"]),
        ("征收了几次和多少钱", ["征收了几次和", "多少钱"]),
        ("how much was spent, how many people were helped", ["how much was spent, ", "how many people were helped"]),
        ("调解员有多少名", ["调解员有多少名"]),
    ],
)
def test_a_question_is_parted_where_the_next_figure_is_asked_for(plain: str, expected: list[str]) -> None:
    """At the surest mark or word between two of them, else behind the unit of the first."""
    assert parts(plain) == expected


@given(
    st.lists(st.sampled_from(["多少", "几", "件", "人", "和", ",", "、", " ", "各", "隐患", "从"]), max_size=12),
    st.booleans(),
)
def test_parts_make_up_the_question(words: list[str], spaced: bool) -> None:
    """No character is of two parts, and none is of no part."""
    plain = (" " if spaced else "").join(words)
    assert "".join(parts(plain)) == plain


@pytest.mark.parametrize(
    ("plain", "before"),
    [
        ("补助从多少涨到多少", [True, False]),
        ("公园原来有几个,后来几个", [True, False]),
        ("标准没提高之前是多少", [True]),
        ("现在有多少个", [False]),
        ("6月底之前完成多少", [False]),
    ],
)
def test_what_was_before_a_change_may_be_asked_for(plain: str, before: list[bool]) -> None:
    """从多少 and 原来 ask for it, a date before which something is done does not."""
    question = read_question(plain)
    assert [asks_for_before(question, ask) for ask in question.asks] == before


@pytest.mark.parametrize(
    "text",
    [
        "领养老金的老人有多少",
        "敬老院的五保老人一共有几个",
        "有几个副区长出过庭",
        "多少志愿者参加",
        "总共有多少号人",
        "多少村民代表参加",
    ],
)
def test_people_are_counted_as_people(text: str) -> None:
    """Whether they are named before 多少 or behind it."""
    (ask,) = read_question(text).asks
    assert ask.group == "person"


def test_what_people_have_is_no_people() -> None:
    """人才公寓 are homes."""
    (ask,) = read_question("建多少人才公寓").asks
    assert ask.group == ""


@pytest.mark.parametrize(
    "text", ["How much are village advisers paid?", "How much is the fee?", "how much do nurses earn"]
)
def test_pay_is_asked_for_as_money(text: str) -> None:
    """Nothing that is counted answers it."""
    (ask,) = read_question(text).asks
    assert ask.group == "money"


@pytest.mark.parametrize("text", ["劳动监察立了多少案子", "输了几场官司", "去年办了多少件"])
def test_cases_are_counted_as_cases(text: str) -> None:
    """案子 is no unit with something behind it, and 场 is none of lawsuits."""
    question = read_question(text)
    assert [ask.group for ask in question.asks] == ["case"]
    assert "子" not in [word.text for word in question.words]


@pytest.mark.parametrize("text", ["有几个委员会", "How many people's mediation committees are there?"])
def test_committees_are_no_people(text: str) -> None:
    """委员会 only begins like 委员, people's committees like people."""
    (ask,) = read_question(text).asks
    assert ask.group != "person"


@pytest.mark.parametrize(
    ("text", "given_in_text"),
    [
        ("用户不足50人的系统有多少", "50人"),
        ("闲置一年以上的系统有多少", "1年"),
        ("how many systems had fewer than 50 users", "50人"),
        ("那143个系统里用户少的有多少个", "143个"),
        ("128个里用户不足50人的有多少个", "50人"),
    ],
)
def test_a_figure_that_the_question_gives_is_no_answer(text: str, given_in_text: str) -> None:
    """50人 is the condition; 一年 is 1年; 128个 does not give 28个."""
    sentence = "建设信息系统143个,其中28个系统用户数不足50人,17个系统闲置1年以上。"
    reading = reading_with(f"青山县2021年审计报告\n\n{sentence}\n", "建设信息")
    question = read_question(text)
    terms = question_terms(question, lambda form: 1.0)
    source = look_in(reading, terms, 2021, 1.0)
    found = figure_candidates(question, question.asks[0], terms, [source], {2021: frozenset()}, Hints())
    figures = [reading.folded[one.start : one.end] for one in found]
    assert "28个" in figures
    assert given_in_text not in figures


def test_a_misspelt_unit_is_understood() -> None:
    """分 for 份 before what is counted; points, minutes and shares stay."""
    units = [read_question(text).asks[0].unit for text in ("审了多少分合同", "测评得了多少分", "用了多少分钟")]
    assert units == ["份", "分", "分钟"]


def test_a_rate_may_be_asked_for_beside_a_count() -> None:
    """and what was the satisfaction rate, and at what loss rate; by how many points a rate rose is one thing."""
    groups = [
        [ask.group for ask in read_question(text).asks]
        for text in (
            "How many requests were passed on and what was the satisfaction rate?",
            "How many cases did it lose, and at what loss rate?",
            "By how many percentage points did the unemployment rate rise?",
        )
    ]
    assert groups == [["countable", "percent"], ["countable", "percent"], ["percent"]]


def test_hundreds_of_millions_are_no_things() -> None:
    """几个亿 asks for money."""
    (ask,) = read_question("社会消费品零售总额去年有几个亿").asks
    assert (ask.unit, ask.group) == ("元", "money")


def test_things_joined_in_cantonese_are_asked_for_each() -> None:
    """同 is 和 by itself, and part of a word elsewhere."""
    assert len(read_question("城市同農村嘅低保對象各有幾多人").asks) == 2
    assert "合同" in read_question("政府合同去年睇過幾多次").plain


def test_the_size_of_a_fund_is_no_area() -> None:
    """How big asks for an area of what has one."""
    texts = ("How big is the new park?", "How big were outstanding bank loans?")
    assert [read_question(text).asks[0].group for text in texts] == ["area", ""]
