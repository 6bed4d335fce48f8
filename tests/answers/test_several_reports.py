"""Answers out of a library with reports of several years and places."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from wenbao.answers.model import AskRequest, Reply
from wenbao.answers.service import ReportService
from wenbao.config.settings import Settings

REPORT = """{place}{year}年法治政府建设工作报告

一、主要工作情况

(一)畅通诉求渠道。{year}年,全年受理热线工单{orders}件,办结率{rate}%。办理行政复议案件{cases}件。

二、存在的问题

一是执法力量不足。二是普法形式单一。

三、下一步工作计划

{following}年,将重点做好以下工作。

(一)加强执法培训。全年培训不少于4次。

(二)丰富普法形式。建设普法公园2个。

{place}人民政府

{following}年1月10日
"""
FIGURES = {
    ("青禾区", 2020): ("1520", "91.5", "31"),
    ("青禾区", 2021): ("1730", "93.2", "27"),
    ("榆山县", 2021): ("860", "88.4", "12"),
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReportService]:
    folder: Path = tmp_path_factory.mktemp("several")
    with ReportService.open(Settings(data_dir=folder)) as opened:
        for document in opened.documents():
            opened.remove(document.id)
        for (place, year), (orders, rate, cases) in FIGURES.items():
            text = REPORT.format(place=place, year=year, following=year + 1, orders=orders, rate=rate, cases=cases)
            opened.add(f"{place}-{year}.txt", text.encode())
        yield opened


def ask(service: ReportService, question: str) -> Reply:
    return service.ask(AskRequest(question))


def value(reply: Reply) -> str | None:
    return reply.answer.value if reply.answer else None


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("青禾区2020年受理了多少件热线工单?", "1520件"),
        ("青禾区2021年受理了多少件热线工单?", "1730件"),
        ("榆山县2021年受理了多少件热线工单?", "860件"),
        ("2020年青禾热线办结率是多少", "91.5%"),
        ("榆山热线办结率是多少", "88.4%"),
    ],
)
def test_the_year_and_the_place_that_the_question_names_decide(
    service: ReportService, question: str, expected: str
) -> None:
    """Each figure comes from the report of its own year and place, also where the place is named without 区 or 县."""
    assert expected == value(ask(service, question))


def test_without_a_year_the_newest_report_answers(service: ReportService) -> None:
    """Of two reports of one place that say the same thing of their years, the newer is quoted."""
    assert "1730件" == value(ask(service, "青禾区受理了多少件热线工单?"))


def test_a_year_that_no_report_tells_of_is_not_answered(service: ReportService) -> None:
    """A figure of another year is never given in its stead."""
    reply = ask(service, "青禾区2015年受理了多少件热线工单?")
    assert ("not_found", "year") == (reply.status, reply.reason)


def test_a_place_that_no_report_is_about_is_not_answered(service: ReportService) -> None:
    """A figure of another place is never given in its stead."""
    reply = ask(service, "云湖县受理了多少件热线工单?")
    assert ("not_found", "place") == (reply.status, reply.reason)


def test_the_plan_for_a_year_stands_in_the_report_of_the_year_before(service: ReportService) -> None:
    """The points of the plan come whole, each with its citation."""
    reply = ask(service, "青禾区2021年有哪些工作计划?")
    assert reply.answer is not None
    assert ["加强执法培训", "丰富普法形式"] == [item.text for item in reply.answer.items]
    assert {2020} == {citation.year for citation in reply.citations}


@pytest.mark.parametrize(
    "question", ["2020年和2021年相比，青禾区热线工单各多少件？", "青禾区热线工单2020、2021年分别是多少件"]
)
def test_two_years_that_are_compared_stand_side_by_side_each_with_its_citation(
    service: ReportService, question: str
) -> None:
    """Each year's figure comes out of its own report, in the question's order, and nothing is computed."""
    reply = ask(service, question)
    assert reply.answer is not None
    assert [item.text for item in reply.answer.items] == ["1520件", "1730件"]
    assert [reply.citations[item.citation - 1].title[:7] for item in reply.answer.items] == ["青禾区2020", "青禾区2021"]


def test_a_series_of_years_comes_newest_first(service: ReportService) -> None:
    """历年 gives what every year's report says."""
    reply = ask(service, "青禾区历年办理行政复议案件多少件？")
    assert reply.answer is not None
    assert [item.text for item in reply.answer.items] == ["27件", "31件"]


def test_a_year_without_a_report_is_not_found_and_the_year_that_has_it_is_offered(service: ReportService) -> None:
    """The message names the other year, the suggestion asks about it, and its answer is there."""
    reply = ask(service, "2019年青禾区热线工单多少件？")
    assert reply.status == "not_found"
    assert "2020" in (reply.message or "")
    assert reply.suggestions[0] == "2020年青禾区热线工单多少件？"
    assert value(ask(service, reply.suggestions[0])) == "1520件"


def test_what_no_report_has_is_offered_for_no_year(service: ReportService) -> None:
    """Nothing is offered where no other year has it either."""
    reply = ask(service, "2019年青禾区建了几座桥？")
    assert reply.status == "not_found"
    assert "改问" not in (reply.message or "")
