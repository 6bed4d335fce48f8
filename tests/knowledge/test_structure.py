"""Headings, sections, points and sentences."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wenbao.knowledge.documents import Document, Section
from wenbao.knowledge.library import range_problems
from wenbao.knowledge.parse import parse
from wenbao.knowledge.sentences import sentence_ranges
from wenbao.knowledge.structure import Block, structured

PIECES = st.lists(
    st.sampled_from(
        [
            "一、",
            "二、",
            "（一）",
            "（二）",
            "1.",
            "2．",
            "(1)",
            "①",
            "②",
            "第一条 ",
            "第一，",
            "第二，",
            "一是",
            "二是",
            "三是",
            "首先",
            "其次",
            "抓落实",
            "增长3.5%",
            "。",
            "；",
            "：",
            "！",
            "“",
            "”",
            "《",
            "》",
            "（",
            "）",
            "，",
            " ",
            "\u3000",
            "e.g. ",
            "U.S. ",
            "…",
            "……",
            '"',
            "A",
        ]
    ),
    min_size=1,
    max_size=25,
).map("".join)


def _document(*lines: str) -> Document:
    return parse("a.txt", "\n".join(["某县2020年工作报告", "各位代表：", *lines]).encode())


def _outline(document: Document) -> list[tuple[int, str]]:
    return [(section.level, section.heading) for section in document.sections]


def _section(document: Document, heading: str) -> Section:
    return next(section for section in document.sections if section.heading == heading)


@pytest.mark.parametrize(
    ("lines", "outline"),
    [
        (
            ["一、回顾", "(一)经济", "增长5%。", "(二)民生", "新增学位10个。", "二、打算", "努力。"],
            [(1, "一、回顾"), (2, "(一)经济"), (2, "(二)民生"), (1, "二、打算")],
        ),
        (
            ["（一）经济", "1、工业", "（1）产值", "增长5%。", "2、农业", "增长2%。", "（二）民生", "好。"],
            [(1, "（一）经济"), (2, "1、工业"), (3, "（1）产值"), (2, "2、农业"), (1, "（二）民生")],
        ),
        (["1.经济", "增长5%。", "2．民生", "一、学位", "新增10个。"], [(1, "1.经济"), (1, "2．民生"), (2, "一、学位")]),
        (
            [
                "第一章 总 则",
                "第一条 为了规范，制定本条例。",
                "第二条 有下列情形的：",
                "（一）甲；",
                "（二）乙。",
                "前款另有规定的，从其规定。",
                "第二章 附 则",
                "第三条 本条例自公布之日起施行。",
            ],
            [
                (1, "第一章 总 则"),
                (2, "第一条"),
                (2, "第二条"),
                (3, "（一）甲"),
                (3, "（二）乙"),
                (1, "第二章 附 则"),
                (2, "第三条"),
            ],
        ),
        (
            ["第一部分 回顾", "一、经济", "增长5%。", "第二部分 打算", "一、目标", "增长6%。"],
            [(1, "第一部分 回顾"), (2, "一、经济"), (1, "第二部分 打算"), (2, "一、目标")],
        ),
        (
            ["（一）序言先说两点。第一点已经做到。", "全年平稳。", "一、回顾", "（一）经济", "增长5%。"],
            [(1, "（一）序言先说两点"), (1, "一、回顾"), (2, "（一）经济")],
        ),
        (
            ["工作回顾", "全年完成投资30亿元，增长5%。", "存在问题", "产业不强，人才不足。"],
            [(1, "工作回顾"), (1, "存在问题")],
        ),
        (
            ["壹、前言", "一、緣起", "依據本市計畫辦理。", "貳、結論", "如上。"],
            [(1, "壹、前言"), (2, "一、緣起"), (1, "貳、結論")],
        ),
    ],
)
def test_levels_follow_the_marks(lines: list[str], outline: list[tuple[int, str]]) -> None:
    """Marks of one kind are of one level, whichever kind a report begins with."""
    assert outline == _outline(_document(*lines))


@pytest.mark.parametrize(
    "line", ["1.5亿元用于民生", "2020年完成3项", "一、二季度分别增长5%", "第一季度增长5%", "12.5%的企业复工"]
)
def test_numbers_of_other_things_are_no_headings(line: str) -> None:
    """A figure or a quarter at the head of a paragraph does not open a section."""
    assert _outline(_document(f"{line}，好于预期，全年完成投资30亿元。")) == []


def test_a_heading_may_begin_its_paragraph() -> None:
    """The first sentence after a mark is the heading, and the last step of the paragraph's path."""
    document = _document("二、问题", "(一)意识有待加强。个别部门认识不足，培训少。")
    paragraph = document.paragraphs[-1]
    assert paragraph.section == ("二、问题", "(一)意识有待加强")
    assert paragraph.kind == "text"
    assert _document("二、问题", "(一)意识", "个别部门不足。").paragraphs[3].section == ("二、问题",)


def test_text_after_a_list_is_not_in_its_last_point() -> None:
    """The points of a list are sections; what follows the list stands under the heading above it."""
    document = _document("第二条 有下列情形的：", "（一）甲；", "（二）乙。", "前款另有规定的，从其规定。")
    assert [paragraph.section for paragraph in document.paragraphs[-4:]] == [("第二条",)] * 4


def test_points_stand_inside_their_paragraph() -> None:
    """一是 and 二是 are inline sections below the heading; each reaches to the next, the last to the end."""
    document = _document("(二)质量有待提高。一是程序不规范。仍有问题。二是取证不全面，笔录少；三是文书差。")
    points = [section for section in document.sections if section.inline]
    assert [point.heading for point in points] == ["一是程序不规范", "二是取证不全面，笔录少", "三是文书差"]
    assert [document.text[point.start : point.end] for point in points] == [
        "一是程序不规范。仍有问题。",
        "二是取证不全面，笔录少；",
        "三是文书差。",
    ]
    assert {_section(document, "(二)质量有待提高").number} == {point.parent for point in points}


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("第一，抓学习。第二，抓执法。", ["第一，抓学习", "第二，抓执法"]),
        ("首先，产业不强；其次，人才不足。最后，投入少。", ["首先，产业不强", "其次，人才不足", "最后，投入少"]),
        ("做好以下工作：(1)抓学习；(2)抓执法。", ["(1)抓学习", "(2)抓执法"]),
        ("(1)抓学习；(2)抓执法；(3)抓培训。", ["(1)抓学习", "(2)抓执法", "(3)抓培训"]),
        ("①抓学习②抓执法。", ["①抓学习", "②抓执法"]),
        ("（三）抓学习。办班3期。（四）抓执法。", ["（三）抓学习", "（四）抓执法"]),
        ("一要抓学习，二要抓执法。", ["一要抓学习", "二要抓执法"]),
        ("一是抓学习。别的没有。", []),
        ("这是第一，也是唯一的经验。", []),
        ("增长1.5，2.5和3.5个百分点。", []),
        ("First, we cut taxes. Second, we cut costs.", ["First, we cut taxes", "Second, we cut costs"]),
    ],
)
def test_enumerations_in_running_text_are_found(text: str, points: list[str]) -> None:
    """Two or more points in order make an enumeration, whatever they are counted with."""
    assert points == [section.heading for section in _document(text).sections if section.inline]


@pytest.mark.parametrize(
    "line", ["0.抓学习", "（0）抓学习", "1)抓学习", "1 抓学习", "2.5倍于上年", "3、", "（三）", "①"]
)
def test_a_number_at_the_beginning_may_mark_nothing(line: str) -> None:
    """Whatever a paragraph begins with, its report is read."""
    assert line in _document("一、做法", line, "全年平稳。").text


def test_headings_run_together_stand_side_by_side() -> None:
    """（二） and （三） in one paragraph are of the level of the （一） in the one before, each with its own points."""
    document = _document(
        "一、做法。（一）抓学习。办班3期。", "（二）抓执法。一是办案。二是评查。（三）抓普法。一是讲座。二是宣传。"
    )
    outline = [(section.level, section.heading) for section in document.sections]
    assert outline == [
        (1, "一、做法"), (2, "（一）抓学习"), (2, "（二）抓执法"), (3, "一是办案"), (3, "二是评查"),
        (2, "（三）抓普法"), (3, "一是讲座"), (3, "二是宣传"),
    ]  # fmt: skip


def test_an_enumeration_may_run_over_paragraphs() -> None:
    """Points that begin paragraphs of their own reach to the next point."""
    document = _document("一、做法", "一是抓学习。办班3期。", "参加者120人。", "二是抓执法。办案5宗。")
    points = [section for section in document.sections if section.inline]
    assert document.text[points[0].start : points[0].end] == "一是抓学习。办班3期。\n参加者120人。"
    assert [section.heading for section in document.sections] == ["一、做法", "一是抓学习", "二是抓执法"]


def test_a_table_of_contents_opens_no_sections() -> None:
    """Lines below 目录 that come again are not headings there."""
    document = _document(
        "目录", "第一章 总则", "第二章 附则", "第一章 总则", "第一条 为了规范。", "第二章 附则", "第二条 施行。"
    )
    assert [heading for _, heading in _outline(document)] == ["第一章 总则", "第一条", "第二章 附则", "第二条"]


def test_signature_and_date_are_in_no_section() -> None:
    """The closing of a report does not belong to its last section."""
    document = _document("一、回顾", "增长5%。", "特此报告。", "某县人民政府", "2021年1月5日")
    assert [paragraph.kind for paragraph in document.paragraphs[-3:]] == ["closing"] * 3
    assert {()} == {paragraph.section for paragraph in document.paragraphs[-3:]}
    assert document.text[: _section(document, "一、回顾").end].split("\n")[-1] == "增长5%。"


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("增长5.1%。完成3件！", ["增长5.1%。", "完成3件！"]),
        ("甲；乙；丙。", ["甲；乙；丙。"]),
        ("他说：“做到了。”会后散会。", ["他说：“做到了。”", "会后散会。"]),
        ("响应“做到了吗？”的提问。好。", ["响应“做到了吗？”的提问。", "好。"]),
        ("《怎么办？》出版。好。", ["《怎么办？》出版。", "好。"]),
        ("共3件（其中甲1件。乙2件。）。好。", ["共3件（其中甲1件。乙2件。）。", "好。"]),
        ("好。（说明完毕。）完。", ["好。", "（说明完毕。）", "完。"]),
        ("教育、医疗……等方面。好……", ["教育、医疗……等方面。", "好……"]),
        (
            "GDP grew by 6.7 percent. The U.S. economy, e.g. trade, grew.",
            ["GDP grew by 6.7 percent.", "The U.S. economy, e.g. trade, grew."],
        ),
        ("没有关闭的“引号。下一句。", ["没有关闭的“引号。", "下一句。"]),
        ("「我們做到了！」這句話。完。", ["「我們做到了！」這句話。", "完。"]),
        ("甲。 \u3000乙。", ["甲。", "乙。"]),
        ("真的吗？！是。", ["真的吗？！", "是。"]),
    ],
)
def test_sentences_end_at_their_marks(text: str, sentences: list[str]) -> None:
    """Full stops, question and exclamation marks end a sentence, not within quotations, titles, brackets, decimals."""
    assert sentences == [text[start:end] for start, end in sentence_ranges(text)]


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES.filter(lambda piece: piece.strip()).map(str.strip), min_size=1, max_size=12))
def test_every_range_slices_back(lines: list[str]) -> None:
    """Paragraphs, sentences and sections stand where they say, whatever the marks, and sentences leave nothing out."""
    text, paragraphs, sections = structured([Block(lines[0], "title"), *map(Block, lines[1:])])
    document = Document("0" * 16, parse("a.txt", "题。".encode()).metadata, text, paragraphs, sections)
    assert range_problems(document) == []
    for paragraph, line in zip(paragraphs, lines, strict=True):
        assert line == text[paragraph.start : paragraph.end]
        covered = "".join(text[s.start : s.end] for s in paragraph.sentences)
        assert "".join(line.split()) == "".join(covered.split())
    for section in sections:
        parent = sections[section.parent - 1] if section.parent else None
        assert parent is None or (parent.start <= section.start and section.end <= parent.end)
        assert section.level == (parent.level + 1 if parent else 1)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_sentences_of_any_text_leave_nothing_out(text: str) -> None:
    """Sentences are in order, apart, and hold all but white space."""
    ranges = sentence_ranges(text)
    places = [place for pair in ranges for place in pair]
    assert sorted(places) == places
    assert "".join(text.split()) == "".join("".join(text[a:b] for a, b in ranges).split())
