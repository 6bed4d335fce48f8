"""Tables to rows."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wenbao.knowledge.documents import Document, cells
from wenbao.knowledge.parse import parse
from wenbao.knowledge.readers.tables import TableCell, spread, table_lines

TEXTS = st.text(alphabet="指标年增长率2019.5%，", min_size=0, max_size=6)
CELLS = st.builds(TableCell, TEXTS, st.integers(1, 3), st.integers(1, 3))


def _document(table: str) -> Document:
    return parse("a.html", f"<h1>某县2020年公报</h1><p>各项指标如下。</p>{table}<p>全年平稳。</p>".encode())


def _rows(document: Document) -> list[list[str]]:
    texts = [document.text[p.start : p.end] for p in document.paragraphs if p.kind == "row"]
    return [text.split("\t") for text in texts]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(CELLS, max_size=4), max_size=5))
def test_every_place_of_a_table_holds_the_cell_that_covers_it(rows: list[list[TableCell]]) -> None:
    """Whatever is merged, no cell is lost, and lines come only from cells."""
    grid = spread(rows)
    assert {id(cell) for row in rows for cell in row} <= {id(cell) for row in grid for cell in row}
    lines = list(table_lines(grid))
    assert all(
        text == "" or any(text == c.text for row in rows for c in row)
        for line in lines
        for text in line.text.split("\t")
    )


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("<tr><th>项目</th><th>2020年</th></tr><tr><td>投资</td><td>30</td></tr>", "项目 | 2020年"),
        ("<tr><td>项目</td><td>2020</td></tr><tr><td>投资</td><td>30</td></tr>", "项目 | 2020"),
        ("<tr><td></td><td>2020年</td></tr><tr><td>投资</td><td>30</td></tr>", " | 2020年"),
        ("<tr><td>投资</td><td>30</td></tr><tr><td>税收</td><td>3</td></tr>", None),
        ("<tr><td>姓名</td><td>张三</td></tr><tr><td>职务</td><td>局长</td></tr>", None),
    ],
)
def test_the_row_that_names_the_columns_is_known(table: str, columns: str | None) -> None:
    """A marked head, years over figures, an empty corner; but not a row of figures or a list of facts."""
    document = _document(f"<table>{table}</table>")
    row = [p for p in document.paragraphs if p.kind == "row"][1]
    assert columns == (row.section[-1] if row.section else None)


def test_a_row_over_the_whole_width_names_the_group_of_the_rows_below() -> None:
    """The second part of a table says so in its rows, and not in those of the first."""
    table = (
        "<table><tr><th>科目</th><th>决算数</th></tr><tr><td colspan=2>一般公共预算</td></tr>"
        "<tr><td>收入</td><td>8.6</td></tr><tr><td colspan=2>政府性基金"
        "</td></tr><tr><td>收入</td><td>3.1</td></tr></table>"
    )
    document = _document(table)
    paths = [p.section for p in document.paragraphs if "收入" in document.text[p.start : p.end]]
    assert paths == [("一般公共预算", "科目 | 决算数"), ("政府性基金", "科目 | 决算数")]


def test_an_empty_cell_keeps_the_others_in_their_columns() -> None:
    """A figure that is missing shifts nothing."""
    document = _document(
        "<table><tr><th>项目</th><th>2019年</th><th>2020年</th></tr><tr><td>投资</td><td></td><td>30</td></tr>"
        "<tr><td></td><td>5</td><td>6</td></tr></table>"
    )
    assert _rows(document)[1:] == [["投资", "", "30"], ["", "5", "6"]]
    last = [p for p in document.paragraphs if p.kind == "row"][-1]
    found = cells(last, document.text[last.start : last.end])
    assert [("项目", 0, 0), ("2019年", 1, 2), ("2020年", 3, 4)] == [(c.column, c.start, c.end) for c in found]


def test_lines_of_a_cell_do_not_grow_together() -> None:
    """Two figures under each other in one cell stay two."""
    document = _document(
        "<table><tr><td>城镇<br>居民</td><td>12<br>34</td></tr><tr><td>农村</td><td>5</td></tr></table>"
    )
    assert _rows(document)[0] == ["城镇居民", "12 34"]


def test_a_table_that_lays_out_the_page_is_no_table() -> None:
    """A menu beside the text, and tables within tables, are read as paragraphs."""
    text = "全县完成投资30亿元。" * 130
    document = parse("a.html", f"<table><tr><td>菜单</td><td><p>{text}</p></td></tr></table>".encode())
    assert [p.kind for p in document.paragraphs if text in document.text[p.start : p.end]] == ["text"]


def test_a_paragraph_after_a_table_stands_under_its_heading_again() -> None:
    """Caption and columns belong to the rows alone."""
    document = parse(
        "a.html",
        (
            "<h1>某县2020年公报</h1><p>一、综合</p><p>全年平稳。</p><p>表1 产值</p>"
            "<table><tr><th>项目</th><th>2020年</th></tr><tr><td>产值</td><td>30</td></tr></table><p>增长较快。</p>"
        ).encode(),
    )
    paths = {document.text[p.start : p.end]: p.section for p in document.paragraphs}
    assert paths["产值\t30"] == ("一、综合", "表1 产值", "项目 | 2020年")
    assert paths["增长较快。"] == ("一、综合",)


TABBED = """云岭县2021年工作总结

各镇办案情况见下表：
乡镇\t办案数（件）\t罚没款（万元）
石桥镇\t655\t98.2
柳河镇\t571\t71.5
特此报告。
"""


def test_a_table_in_plain_text_has_its_cells_between_tabs() -> None:
    """As it is copied from a web page: rows with the names of their columns, the text around it as it was."""
    document = parse("总结.txt", TABBED.encode())
    rows = [one for one in document.paragraphs if one.kind == "row"]
    assert [one.section[-1:] for one in rows[1:]] == [("乡镇 | 办案数（件） | 罚没款（万元）",)] * 2
    assert document.text[rows[1].start : rows[1].end] == "石桥镇\t655\t98.2"
    assert "特此报告。" in [document.text[one.start : one.end] for one in document.paragraphs if one.kind != "row"]


@pytest.mark.parametrize(
    "line", ["来源：本网\t发布时间：2022-01-18", "\t全年办案3件。", "联系人\t", "一\t" + "长" * 80]
)
def test_a_tab_alone_makes_no_table(line: str) -> None:
    """A single line, an indented one, an empty cell or a long one is text."""
    document = parse("总结.txt", f"云岭县2021年工作总结\n\n{line}\n全年办案3件。\n".encode())
    assert not [one for one in document.paragraphs if one.kind == "row"]
