"""Answers out of the cells of tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from wenbao.answers.model import AskRequest, Reply
from wenbao.answers.service import ReportService
from wenbao.config.settings import Settings

PAGE = """<h1>青石市2020年国民经济和社会发展统计公报</h1><p>　　2020年，全市经济运行稳步恢复，社会民生持续改善。</p>
<p>　　一、综合</p><p>　　全市经济保持平稳。</p><p>表1 主要产业增加值</p><p>单位：亿元</p>
<table><tr><td rowspan="2">指标</td><td colspan="2">2019年</td><td colspan="2">2020年</td></tr>
<tr><td>总量</td><td>增长（%）</td><td>总量</td><td>增长（%）</td></tr>
<tr><td>第一产业增加值</td><td>40.2</td><td>3.5</td><td>42.6</td><td>3.8</td></tr>
<tr><td>第二产业增加值</td><td>188.7</td><td>6.1</td><td>190.3</td><td>2.2</td></tr></table>
<p>　　二、人口</p><p>　　人口总量继续增加。</p><p>表2 人口和就业</p>
<table><tr><th>指标</th><th>2019年</th><th>2020年</th></tr>
<tr><td>常住人口（万人）</td><td>96.2</td><td>98.7</td></tr>
<tr><td>城镇登记失业率（%）</td><td>2.6</td><td>2.9</td></tr></table>
<p>　　全市就业形势稳定。</p>"""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReportService]:
    folder: Path = tmp_path_factory.mktemp("tables")
    with ReportService.open(Settings(data_dir=folder)) as opened:
        for document in opened.documents():
            opened.remove(document.id)
        opened.add("公报.html", PAGE.encode())
        yield opened


def _ask(service: ReportService, question: str) -> Reply:
    return service.ask(AskRequest(question))


@pytest.mark.parametrize(
    ("question", "value", "text"),
    [
        ("2020年常住人口是多少?", "98.7万人", "常住人口（万人），2020年：98.7"),
        ("2019年常住人口有多少?", "96.2万人", "常住人口（万人），2019年：96.2"),
        ("2020年城镇登记失业率是多少?", "2.9%", "城镇登记失业率（%），2020年：2.9"),
        ("2020年第二产业增加值是多少亿元?", "190.3亿元", "第二产业增加值，2020年 总量：190.3（亿元）"),
        ("2019年第一产业增加值是多少亿元?", "40.2亿元", "第一产业增加值，2019年 总量：40.2（亿元）"),
        ("2020年第二产业增加值增长了百分之几?", "2.2%", "第二产业增加值，2020年 增长（%）：2.2"),
    ],
)
def test_a_cell_is_chosen_by_its_row_and_its_column(
    service: ReportService, question: str, value: str, text: str
) -> None:
    """The figure of the year and the row asked for, with their names and the unit."""
    reply = _ask(service, question)
    assert reply.answer is not None
    assert (value, text) == (reply.answer.value, reply.answer.text)


def test_the_row_and_the_head_of_its_table_are_both_quoted(service: ReportService) -> None:
    """Every word of the answer stands in one of the two quotes, to the letter."""
    reply = _ask(service, "2020年常住人口是多少?")
    assert ["常住人口（万人）\t96.2\t98.7", "指标\t2019年\t2020年"] == [one.quote for one in reply.citations]
    stored = service.document(reply.citations[0].document_id).text
    assert all(stored[one.start : one.end] == one.quote for one in reply.citations)
    assert "98.7" == stored[slice(*reply.citations[0].highlights[0])]


def test_a_year_that_no_column_has_is_not_answered(service: ReportService) -> None:
    """The figure of another year is never given instead."""
    assert _ask(service, "2018年常住人口是多少?").status == "not_found"
