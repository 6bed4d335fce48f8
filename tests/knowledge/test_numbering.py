"""Numbers that Word computes."""

from __future__ import annotations

import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from wenbao.knowledge.readers.numbering import formatted, read_numbering


@pytest.mark.parametrize(
    ("style", "numbers"),
    [
        ("decimal", {1: "1", 12: "12"}),
        ("decimalZero", {1: "01", 12: "12"}),
        ("chineseCounting", {1: "一", 10: "十", 11: "十一", 20: "二十", 99: "九十九"}),
        ("chineseCountingThousand", {10: "十", 100: "一百", 105: "一百零五", 110: "一百一十", 1003: "一千零三"}),
        ("japaneseCounting", {3: "三", 12: "十二", 30: "三十"}),
        ("ideographTraditional", {1: "甲", 10: "癸", 11: "11"}),
        ("ideographZodiac", {1: "子", 12: "亥"}),
        ("ideographDigital", {10: "一〇", 21: "二一"}),
        ("chineseLegalSimplified", {1: "壹", 10: "壹拾", 23: "贰拾叁"}),
        ("ideographLegalTraditional", {2: "貳", 3: "參"}),
        ("upperRoman", {4: "IV", 9: "IX"}),
        ("lowerRoman", {14: "xiv"}),
        ("upperLetter", {1: "A", 26: "Z", 27: "AA"}),
        ("lowerLetter", {2: "b"}),
        ("decimalEnclosedCircleChinese", {1: "①", 20: "⑳", 21: "21"}),
        ("decimalFullWidth", {10: "１０"}),
        ("bullet", {1: ""}),
        ("none", {1: ""}),
        ("cardinalText", {7: "7"}),
    ],
)
def test_a_number_is_written_as_its_format_says(style: str, numbers: dict[int, str]) -> None:
    """Each format of Word that Chinese reports use, and decimal for the others."""
    assert numbers == {number: formatted(number, style) for number in numbers}


def _lists(levels: str, nums: str = '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>') -> list[str]:
    root = parse_xml(
        f'<w:numbering {nsdecls("w")}><w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>{nums}</w:numbering>'
    )
    numbering = read_numbering(root)
    steps = [("1", 0), ("1", 1), ("1", 1), ("1", 0), ("1", 1), ("2", 1)]
    return [numbering.label(number, depth) for number, depth in steps]


FIRST = '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>'


def test_a_lower_level_counts_anew_under_each_upper_one() -> None:
    """（一） begins again under 二、, and a list that does not exist numbers nothing."""
    second = (
        '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="（%2）"/></w:lvl>'
    )
    assert _lists(FIRST + second) == ["一、", "（一）", "（二）", "二、", "（一）", ""]


def test_a_level_that_never_restarts_goes_on() -> None:
    """Articles count through all chapters."""
    second = (
        '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlRestart w:val="0"/>'
        '<w:lvlText w:val="第%2条"/></w:lvl>'
    )
    assert _lists(FIRST + second)[1::1][:4] == ["第1条 ", "第2条 ", "二、", "第3条 "]


def test_a_pattern_takes_in_the_levels_above() -> None:
    """1.1 under a Chinese level is written in decimals where the level is legal."""
    second = (
        '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:isLgl/><w:lvlText w:val="%1.%2"/></w:lvl>'
    )
    assert _lists(FIRST + second)[:5] == ["一、", "1.1 ", "1.2 ", "二、", "2.1 "]


def test_a_list_may_begin_at_another_number() -> None:
    """Two lists over one definition count on together, unless the second says where it begins."""
    second = '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%2、"/></w:lvl>'
    nums = (
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="0"/>'
        '<w:lvlOverride w:ilvl="1"><w:startOverride w:val="5"/></w:lvlOverride></w:num>'
    )
    assert _lists(FIRST + second, nums)[-2:] == ["1、", "5、"]
