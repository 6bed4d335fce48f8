"""Sentences that lead in numbered points as a heading would."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.answers.samples import open_with
from wenbao.answers.leading_in import path_with_lead
from wenbao.answers.model import AskRequest
from wenbao.answers.service import ReportService
from wenbao.knowledge.documents import Document
from wenbao.knowledge.parse import parse

REPORT = """松溪市2022年政府信息公开工作年度报告

一、总体情况

2022年，全市主动公开信息28453条，举行新闻发布会41场。

二、存在的主要问题及改进情况

2022年工作中仍存在以下不足：一是答复质量不够高；二是新媒体更新不及时；三是解读形式单一。

2023年，我市将着力做好以下工作：

1.提升答复质量。开展案卷评查3轮，抽查不少于450件。

2.管好新媒体。在用账号压减至160个以内。

各科室要抓好落实。

3.做优解读。安排新闻发布会65场左右。

松溪市人民政府办公室
2023年1月18日
"""


@pytest.fixture(scope="module")
def document() -> Document:
    return parse("report.txt", REPORT.encode())


def path_of(document: Document, words: str) -> tuple[str, ...]:
    paragraph = next(one for one in document.paragraphs if words in document.text[one.start : one.end])
    return path_with_lead(document, paragraph.number)


def test_points_stand_under_the_sentence_that_leads_them_in(document: Document) -> None:
    """Between the heading of the part and their own; the sentence stands to the letter, without its colon."""
    part, lead = "二、存在的主要问题及改进情况", "2023年，我市将着力做好以下工作"
    assert path_of(document, "案卷评查") == (part, lead, "1.提升答复质量")
    assert path_of(document, "账号压减") == (part, lead, "2.管好新媒体")


def test_other_paragraphs_have_their_headings_alone(document: Document) -> None:
    """What stands before the points, and headings themselves."""
    assert path_of(document, "新闻发布会41场") == ("一、总体情况",)
    assert path_of(document, "仍存在以下不足") == ("二、存在的主要问题及改进情况",)
    assert path_of(document, "一、总体情况") == ()


@pytest.mark.parametrize(
    "before", ["做了以下工作：\n\n情况很好。\n\n1.建设学校。建成3所。", "做了以下工作：", "1.建设学校。建成3所。"]
)
def test_points_that_are_not_led_in(before: str) -> None:
    """Running text between the sentence and the points, a first point that is not there, or no sentence at all."""
    document = parse("report.txt", f"青山县报告\n\n一、工作\n\n{before}\n\n2.建设医院。建成1家。\n".encode())
    assert path_of(document, "1家") == ("一、工作", "2.建设医院")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> ReportService:
    return open_with(Path(tmp_path_factory.mktemp("led")), {"report.txt": REPORT})


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("2023年案卷至少抽查多少件？", "450件"),
        ("明年账号要压减到多少个？", "160个"),
        ("2022年举行了多少场新闻发布会？", "41场"),
    ],
)
def test_what_is_led_in_is_planned(service: ReportService, question: str, value: str) -> None:
    """The year of the sentence goes for the points, though the part is headed by problems."""
    reply = service.ask(AskRequest(question))
    assert reply.answer is not None
    assert reply.answer.value == value


def test_what_is_led_in_is_a_list_of_plans(service: ReportService) -> None:
    """The points are what is planned; the problems are those of the other sentence."""
    plans = service.ask(AskRequest("2023年要做好哪些工作？")).answer
    problems = service.ask(AskRequest("2022年存在哪些不足？")).answer
    assert plans is not None
    assert problems is not None
    assert [item.text for item in plans.items] == ["提升答复质量", "管好新媒体", "做优解读"]
    assert [item.text for item in problems.items] == ["答复质量不够高", "新媒体更新不及时", "解读形式单一"]
