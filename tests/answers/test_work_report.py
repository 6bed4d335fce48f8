"""A government's work report: its title names the year that it plans, and 今年 is that year, not the one told of."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.answers.samples import open_with
from wenbao.answers.model import AskRequest, Reply
from wenbao.answers.service import ReportService

REPORT = """2022年青禾县政府工作报告

——2022年2月18日在青禾县第十七届人民代表大会第二次会议上

县长
陆清远

各位代表：

现在，我代表县人民政府，向大会报告工作，请予审议。

一、2021年工作回顾

过去一年，全县粮食产量达到24.6万吨，新建改建农村公路63公里，解决1.8万人饮水安全问题，新增城镇就业4310人。

二、2022年重点工作

加强水和路的建设，今年再解决9000人饮水安全问题，新建改建农村公路40公里。粮食产量稳定在25万吨以上。
"""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReportService]:
    with open_with(tmp_path_factory.mktemp("work-report"), {"report.txt": REPORT}) as service:
        yield service


def ask(service: ReportService, question: str) -> Reply:
    return service.ask(AskRequest(question))


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("去年新建改建农村公路多少公里？", "63公里"),
        ("2021年新建改建农村公路多少公里？", "63公里"),
        ("2022年要新建改建农村公路多少公里？", "40公里"),
        ("2021年解决了多少人的饮水安全问题？", "1.8万人"),
    ],
)
def test_what_was_done_is_told_from_what_this_year_brings(service: ReportService, question: str, value: str) -> None:
    """The figure of 今年 is no answer for the year before."""
    reply = ask(service, question)
    assert reply.answer is not None
    assert reply.answer.value == value


@pytest.mark.parametrize("question", ["这份报告是谁作的？", "作报告的县长是哪位？", "Who delivered the 2022 report?"])
def test_who_gave_the_report_stands_in_two_lines(service: ReportService, question: str) -> None:
    """The office in one line, the name in the next; the report is known by the year of its title."""
    reply = ask(service, question)
    assert reply.answer is not None
    assert reply.answer.text == "陆清远"
    assert reply.citations[0].quote.split() == ["县长", "陆清远"]


@pytest.mark.parametrize(
    ("first", "then", "done", "planned"),
    [
        ("2021年新建改建农村公路多少公里？", "2022年呢？", "63公里", "40公里"),
        ("去年解决了多少人的饮水安全问题？", "今年呢？", "1.8万人", "9000人"),
    ],
)
def test_the_next_year_alone_asks_the_same_of_the_plan(
    service: ReportService, first: str, then: str, done: str, planned: str
) -> None:
    """The figure that was done, then the one that is planned."""
    values = []
    for question in (first, then):
        reply = service.ask(AskRequest(question, f"talk of {first}"))
        values.append(reply.answer.value if reply.answer else None)
    assert values == [done, planned]
