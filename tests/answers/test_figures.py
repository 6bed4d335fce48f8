"""What counts as a figure, a date or a name in the words of a report."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wenbao.answers.figures import dates, figures, names, quoted, unit_group
from wenbao.index.folding import fold


def written(text: str) -> list[str]:
    """The figures of a text as they are written in it."""
    return [text[figure.start : figure.end] for figure in figures(fold(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("受理投诉312宗", ["312宗"]),
        ("提供咨询3373次", ["3373次"]),
        ("办结率99.2%", ["99.2%"]),
        ("办结率９９.２％", ["９９.２％"]),
        ("罚没1,586.42万元", ["1,586.42万元"]),
        ("收入4117.6亿元", ["4117.6亿元"]),
        ("参加群众1.6万余人次", ["1.6万余人次"]),
        ("培训3000余人", ["3000余人"]),
        ("走访100多户", ["100多户"]),
        ("下降3.5个百分点", ["3.5个百分点"]),
        ("压缩至0.5个工作日", ["0.5个工作日"]),
        ("浓度为23微克/立方米", ["23微克/立方米"]),
        ("新建管網88公里", ["88公里"]),
        ("整治河涌19條", ["19條"]),
        ("由12家增至15家", ["12家", "15家"]),
    ],
)
def test_a_number_is_read_with_its_unit_and_scale(text: str, expected: list[str]) -> None:
    """The figure reaches from its first digit to the end of its unit, as it is written."""
    assert expected == written(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("占百分之十八点六", ["百分之十八点六"]),
        ("占三分之二", ["三分之二"]),
        ("处理两百零三件", ["两百零三件"]),
        ("举办二十余次", ["二十余次"]),
    ],
)
def test_numbers_in_characters_are_figures(text: str, expected: list[str]) -> None:
    """Chinese numerals count like digits where a unit or 分之 shows that they count something."""
    assert expected == written(text)


@pytest.mark.parametrize(
    ("text", "expected"), [("需3-5个工作日", ["3-5个工作日"]), ("占10-20%", ["10-20%"]), ("每年1至3次", ["1至3次"])]
)
def test_a_range_is_one_figure(text: str, expected: list[str]) -> None:
    """Both ends of a range stay together."""
    assert expected == written(text)


@pytest.mark.parametrize(
    "text",
    [
        "2020年1月13日发布",
        "二〇二〇年以来",
        "３月１日起施行",
        "1—11月",
        "第十二条规定",
        "第3号公告",
        "某府〔2020〕15号",
        "〔2019〕第8号",
        "十九届五中全会",
        "“十三五”期间",
        "拨打12345热线",
        "“6·18”特大暴雨",
        "一站式服务",
        "《2021年第12期工作30条》",
        "没有任何数字",
        "",
    ],
)
def test_dates_ordinals_and_document_numbers_are_no_figures(text: str) -> None:
    """What names or numbers a thing does not count it."""
    assert written(text) == []


@pytest.mark.parametrize(
    ("one", "other"), [("宗", "件"), ("人", "名"), ("次", "场次"), ("亿元", "万元"), ("%", "个百分点"), ("亩", "公顷")]
)
def test_units_that_can_stand_for_one_another_are_in_one_group(one: str, other: str) -> None:
    """A question for 几件 may be answered by 宗."""
    assert unit_group(one) == unit_group(other) != ""


def test_a_unit_that_is_not_known_has_no_group() -> None:
    """An unknown word is in no group."""
    assert unit_group("嘀") == ""


def test_dates_names_and_quoted_terms_are_found_with_their_marks() -> None:
    """Dates, 《》 names and quotation marks are spans of the text itself."""
    text = "2021年3月1日印发《云岭县河道管理办法》，推行“一窗通办”。"
    assert [text[one.start : one.end] for one in dates(fold(text))] == ["2021年3月1日"]
    assert [text[one.start : one.end] for one in names(fold(text))] == ["《云岭县河道管理办法》"]
    assert [text[one.start : one.end] for one in quoted(fold(text))] == ["“一窗通办”"]


FRAGMENTS = st.sampled_from(
    (
        *(
            "1",
            "23",
            "4.5",
            "1,234",
            "％",
            "%",
            "万",
            "亿",
            "余",
            "多",
            "件",
            "宗",
            "元",
            "人次",
            "个百分点",
            "年",
            "月",
        ),
        *(
            "日",
            "第",
            "号",
            "〔2020〕",
            "百分之",
            "二十",
            "三分之",
            "一",
            "是",
            "、",
            "，",
            "。",
            "-",
            "至",
            "《",
            "》",
        ),
        *("（一）", "增长", "名"),
    )
)


@settings(deadline=None, derandomize=True)
@given(st.one_of(st.text(max_size=60), st.lists(FRAGMENTS, max_size=20).map("".join)))
def test_figures_of_any_text_are_in_order_and_apart(text: str) -> None:
    """Every figure is a stretch of the text that holds a number and ends with its unit; no two overlap."""
    folded = fold(text)
    found = figures(folded)
    bounds = [position for figure in found for position in (figure.start, figure.end)]
    assert bounds == sorted(bounds)
    for figure in found:
        words = folded[figure.start : figure.end]
        assert words
        assert any(char.isdigit() or char in "零一二两三四五六七八九十百千" for char in words)
        assert figure.unit == "" or words.endswith(figure.unit) or figure.group == "percent"
        assert not any(date.start < figure.end and figure.start < date.end for date in dates(folded))
