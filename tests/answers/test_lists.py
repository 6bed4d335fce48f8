"""Lists: points under headings, points inside a paragraph, and what a sentence enumerates."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.answers.samples import open_with, reading_with
from wenbao.answers.listing import FoundList, Searched, lists_in, point_text
from wenbao.answers.lists import asked_count, asks_each
from wenbao.answers.model import AskRequest, Reply
from wenbao.answers.question import read_question
from wenbao.knowledge.parse import parse

Ask = Callable[..., Reply]


def items(reply: Reply) -> list[str]:
    assert reply.answer is not None
    assert reply.answer.kind == "list"
    return [item.text for item in reply.answer.items]


@pytest.mark.parametrize(
    "question",
    ["云岭县存在哪些问题？", "雲嶺縣存在哪些問題？", "云岭县有咩問題？", "What problems does Yunling County have?"],
)
def test_points_inside_a_paragraph_are_listed(ask: Ask, question: str) -> None:
    """一是, 二是, 三是 become three points in the report's own words, in every language."""
    assert items(ask(question)) == ["部分乡镇执法力量不足", "数字化平台建设滞后", "普法形式单一"]


@pytest.mark.parametrize(
    "question", ["云岭县2022年有什么计划？", "云岭县明年有什么打算？", "What are the plans for 2022?"]
)
def test_headings_below_a_heading_are_listed(ask: Ask, question: str) -> None:
    """The points of a part are its headings."""
    assert items(ask(question)) == ["推进智慧执法平台建设", "加强基层调解队伍建设"]


def test_what_was_done_is_not_what_is_planned(ask: Ask) -> None:
    """A question for the work of the year lists the part that tells of it."""
    listed = items(ask("云岭县2021年做了哪些工作？"))
    assert listed == ["优化政务服务", "化解矛盾纠纷", "推进普法宣传", "加强队伍建设"]


def test_every_point_has_its_citation(ask: Ask) -> None:
    """Each point stands in the quote that it is cited from, and in the text of the answer."""
    reply = ask("云岭县存在哪些问题？")
    assert reply.answer is not None
    quotes = {citation.number: citation.quote for citation in reply.citations}
    for item in reply.answer.items:
        assert item.text in quotes[item.citation]
        assert item.text in reply.answer.text


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("一是人手不足。", "人手不足"),
        ("（二）加强培训；", "加强培训"),
        ("3.完善制度，", "完善制度"),
        ("第一，抓落实", "抓落实"),
        ("三、一体推进", "一体推进"),
        ("第二章 总则", "总则"),
        ("第一产业投资下降8.6%", "第一产业投资下降8.6%"),
        ("三项制度全面推行", "三项制度全面推行"),
        ("5.5万人受益", "5.5万人受益"),
    ],
)
def test_a_point_is_shown_without_its_number_and_mark(written: str, expected: str) -> None:
    """Numbering goes, numbers that say something stay."""
    assert expected == point_text(written)


@pytest.mark.parametrize(
    "text",
    [
        "纠纷按类型各有多少件",
        "复议审完的都是什么结果,每种几件",
        "投诉分哪几类、各占几成",
        "药材主要种哪几样,各多大面积",
        "How many complaints of each kind were there?",
        "How are the cases split by result?",
    ],
)
def test_a_question_for_each_count_is_known(text: str) -> None:
    """各有多少, 每种几件, 分哪几类: the parts are not named."""
    assert asks_each(read_question(text))


@pytest.mark.parametrize(
    "text",
    [
        "甲镇和乙镇各有多少人",
        "2020年和2021年相比各多少件",
        "电梯、锅炉各有多少台",
        "全市有多少人",
        "How many cases were closed?",
    ],
)
def test_named_parts_are_asked_for_one_by_one(text: str) -> None:
    """Where the parts are named, or there are none, each figure is looked for by itself."""
    assert not asks_each(read_question(text))


def test_a_row_of_counts_is_listed(ask: Ask) -> None:
    """Each part with its count, without that of the whole."""
    assert items(ask("云岭县调解的纠纷按类型各有多少宗？")) == ["邻里纠纷643宗", "劳动纠纷218宗"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("存在哪三个问题", 3),
        ("哪六方面工作", 6),
        ("十二项任务是哪些", 12),
        ("有哪些问题", None),
        ("what are the four goals", 4),
    ],
)
def test_the_number_of_points_asked_for_is_read(text: str, count: int | None) -> None:
    """哪三个 asks for three."""
    assert count == asked_count(read_question(text))


def test_one_count_breaks_nothing_down(ask: Ask) -> None:
    """Where each of several counts is asked for, the count of all is no answer."""
    assert ask("河湾市新建的小学按类型各有几所？").status == "not_found"
    assert ask("河湾市新建了几所小学？").status == "answered"


def rows_of(text: str, words: str, question: str) -> dict[tuple[str, ...], FoundList]:
    """The lists of a report that a question may ask for, by their points; `words` are of the paragraph searched."""
    document = parse("report.txt", f"青山县2021年工作报告\n\n{text}\n".encode())
    found = lists_in(read_question(question), document, [Searched(reading_with(document.text, words), 1.0)])
    return {tuple(document.text[one.start : one.end] for one in row.points): row for row in found}


def test_a_row_that_goes_on_is_told_from_a_whole_one() -> None:
    """Behind 、 the counts of another kind may go on behind a comma."""
    sentence = "调解纠纷268起,其中山林纠纷94起、邻里纠纷77起、婚姻纠纷58起,其他39起。"
    rows = rows_of(sentence, "山林纠纷", "纠纷分哪几种,各多少起")
    assert rows["山林纠纷94起", "邻里纠纷77起", "婚姻纠纷58起"].unended == 1
    assert rows["山林纠纷94起", "邻里纠纷77起", "婚姻纠纷58起", "其他39起"].unended == 0


def test_the_figures_in_the_heading_of_a_point_are_points() -> None:
    """一要守住粮食安全,总产达到19万吨 says more than its heading."""
    text = "一、2022年打算\n\n一要守住粮食安全,总产达到19万吨,复垦土地6000亩;二要改厕5000座;三要修路60公里。"
    assert ("总产达到19万吨", "复垦土地6000亩") in rows_of(text, "粮食", "粮食打算怎么做")


def test_each_row_of_points_below_a_heading_is_a_list() -> None:
    """一是, 二是 in one paragraph and 一是, 二是 in the next are two lists, each led to by its own paragraph; the part
    around them has its paragraphs for points."""
    text = (
        "一、主要举措\n\n"
        "优化营商环境,市场活力增强。一是放宽准入。开办企业5天。二是减少检查。入企检查下降。\n\n"
        "规范行政执法,执法质效提升。一是摸清底数。梳理事项80项。二是评查案卷。评查60卷。三是培训人员。办班2期。"
    )
    rows = rows_of(text, "优化营商", "优化营商环境做了哪几方面")
    assert "优化营商环境" in rows["一是放宽准入", "二是减少检查"].own
    assert "规范行政执法" in rows["一是摸清底数", "二是评查案卷", "三是培训人员"].own
    assert ("优化营商环境,市场活力增强。", "规范行政执法,执法质效提升。") in rows


def test_what_a_sentence_enumerates_is_given_in_its_own_words(tmp_path: Path) -> None:
    """The points are parted in `items`; the text is the stretch of the report."""
    stated = "群众反映最多的是物业管理、噪声扰民、占道停车和餐饮油烟四类问题。"
    text = f"柳河区2021年工作报告\n\n{stated}\n\n柳河区人民政府\n2022年1月5日\n"
    with open_with(tmp_path, {"柳河区.txt": text}) as service:
        reply = service.ask(AskRequest("群众反映最多的是哪四类问题？"))
    assert items(reply)[:3] == ["物业管理", "噪声扰民", "占道停车"]
    assert reply.answer is not None
    assert reply.answer.text.startswith("物业管理、噪声扰民、占道停车和餐饮油烟")
