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
        lines += textwrap.wrap("  " + paragraph, width, break_long_words=True, break_on_hyphens=False, drop_whitespace=False)
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
