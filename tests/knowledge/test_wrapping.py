"""Plain text whose lines were broken at a fixed width."""

from __future__ import annotations

import textwrap

import pytest

from wenbao.knowledge.parse import parse
from wenbao.knowledge.readers.wrapping import unwrapped

PARAGRAPHS = (
    "全年共受理群众来信来访1286件次,办结1279件次,办结率99.5%,其中网上信访512件次、电话投诉488件次、上门走访286件次,群众满意率达到97.2%。",
    "持续推进农村人居环境整治,新建改建公厕36座,铺设污水管网18.4公里,清理河道垃圾2150吨,受益群众约3.2万人。",
    "召开专题会议12次,印发《农村人居环境整治提升实施方案》,组织志愿服务活动86场次,参加人数达到4300人次以上。",
)


@pytest.mark.parametrize("width", [30, 36, 40])
def test_lines_broken_at_a_width_are_joined_to_the_paragraphs_they_were(width: int) -> None:
    """A figure that was parted by a line end is whole again, and paragraphs and headings stay apart."""
    lines = ["一、主要工作情况", ""]
    for paragraph in PARAGRAPHS * 3:
        lines += textwrap.wrap(
            "  " + paragraph, width, break_long_words=True, break_on_hyphens=False, drop_whitespace=False
        )
    assert ["一、主要工作情况", *PARAGRAPHS * 3] == [line.words for line in unwrapped(lines)]


def test_text_with_a_line_for_each_paragraph_stays_as_it_is() -> None:
    """Paragraphs of different lengths are no broken lines."""
    assert list(PARAGRAPHS) == [line.words for line in unwrapped(PARAGRAPHS)]


def test_a_broken_report_cites_whole_sentences() -> None:
    """The stored text of a report with broken lines has each sentence in one paragraph."""
    lines = ["某某镇2021年工作总结", "", "一、主要工作情况", ""]
    for paragraph in PARAGRAPHS * 3:
        lines += textwrap.wrap("  " + paragraph, 36, drop_whitespace=False)
    document = parse("summary.txt", "\n".join(lines).encode())
    assert all(paragraph in document.text for paragraph in PARAGRAPHS)


TORN = """政府工作报
告
——2019年3月5日在安北市第三届人民代表大会第五次会议上
安北市市长
张三
各位代表：
一、工作回顾
全市经济平稳。完成产值74.4
​
亿元，新建
高速铁路
投产里程超过190公里。“
十四五
”规划开局良好，贯彻《
安全生产法
》，完成排查
300
余处。
——
改革开放
深入推进。营商环境改善。
着力抓好以下工作。一是抓学习。
二是
依法查处案件35宗，办结
信访
事项12件。
关于民生工作
新增学位600个。
1.教育。新建学校3所
2.医疗。新增床位80张
安北市人民政府
2019年3月5日
"""


def test_sentences_torn_apart_by_links_are_whole_again() -> None:
    """Where links stand on lines of their own, what cannot begin or end a paragraph is joined, and nothing else."""
    assert parse("report.txt", TORN.encode()).text.split("\n") == [
        "政府工作报告",
        "——2019年3月5日在安北市第三届人民代表大会第五次会议上",
        "安北市市长",
        "张三",
        "各位代表：",
        "一、工作回顾",
        "全市经济平稳。完成产值74.4亿元，新建高速铁路投产里程超过190公里。“十四五”规划开局良好，贯彻《安全生产法》，完成排查300余处。",
        "——改革开放深入推进。营商环境改善。",
        "着力抓好以下工作。一是抓学习。",
        "二是依法查处案件35宗，办结信访事项12件。",
        "关于民生工作",
        "新增学位600个。",
        "1.教育。新建学校3所",
        "2.医疗。新增床位80张",
        "安北市人民政府",
        "2019年3月5日",
    ]


def test_a_paragraph_without_its_full_stop_stays_alone_in_a_sound_text() -> None:
    """A forgotten full stop joins no paragraphs where nothing else in the text is torn."""
    lines = ["全年完成投资3亿元。增长5%", "新增学位600个。办学水平提高", "某县人民政府", "2021年1月5日"]
    assert lines == [line.words for line in unwrapped(lines)]
