"""The page of the evaluation: tables go between their marks, and its questions have one right paragraph each."""

from __future__ import annotations

import pytest

from benchmarks.evaluation import PAGE, PARTS, with_parts
from benchmarks.work_reports import paragraphs, work_report_sets
from wenbao.cli.passages import DATA

REPORTS = PAGE.parent.parent / DATA / "work-reports-zh.jsonl.xz"


def test_a_part_is_put_between_its_marks():
    """What stood there goes, what stands around stays, also where the text has what a pattern would read."""
    page = "before\n<!-- answers -->\nold\n<!-- /answers -->\nafter\n"
    expected = "before\n<!-- answers -->\n\nnew \\1\n\n<!-- /answers -->\nafter\n"
    assert expected == with_parts(page, {"answers": "new \\1"})
    assert expected == with_parts(expected, {"answers": "new \\1"})


def test_a_part_without_a_place_is_told():
    """Nothing is measured for nothing."""
    with pytest.raises(SystemExit, match="0 places for answers"):
        with_parts("no marks", {"answers": "new"})


def test_the_page_has_a_place_for_every_part():
    """So that one command regenerates all tables."""
    page = PAGE.read_text(encoding="utf-8")
    assert all(name in with_parts(page, {name: f"table of {name}"}) for name in PARTS)


def test_lines_broken_at_pages_and_links_are_joined():
    """A heading is a paragraph of its own, and too short to be kept; the footer is left out."""
    lines = ("二、工作部署", "财政政策要更加积极", "\u200b", "有效，今年赤字率拟按", "百分之三", "安排，重点增加补助。")
    footer = ("本作品是中华人民共和国的", "法律。")
    assert paragraphs("\n".join(lines + footer)) == ["".join(lines[1:]).replace("\u200b", "")]


@pytest.mark.skipif(not REPORTS.is_file(), reason="the work reports are not beside this clone")
def test_every_question_about_the_work_report_has_its_one_paragraph():
    """Both languages ask for the same paragraphs, in 150 questions each; other years' come after the report's own."""
    english_among, english_alone, chinese_among, chinese_alone = work_report_sets(REPORTS)
    assert [len(one.asked) for one in (english_among, chinese_alone)] == [150, 150]
    assert [one.passage for one in english_among.asked] == [one.passage for one in chinese_alone.asked]
    assert english_among.passages == english_alone.passages + english_among.passages[len(english_alone.passages) :]
    assert len(chinese_among.passages) - len(chinese_alone.passages) == 240
