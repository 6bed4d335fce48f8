"""What a report says of itself: who published it, and when."""

from __future__ import annotations

import pytest

from wenbao.answers.about import answer
from wenbao.answers.question import read_question
from wenbao.knowledge.parse import parse

BODY = """青山县2021年法治政府建设工作报告

2021年,青山县坚持依法行政,各项工作取得新进展。

一、主要工作

受理案件43件。

"""


@pytest.mark.parametrize(
    "foot",
    [
        "青山县人民政府\n2022年1月18日\n",
        "青山县人民政府　　2022年1月18日\n",
        "青山县人民政府\n2022年1月18日\n\n(特别声明:本文只供参考,以正式文本为准。)\n",
    ],
)
def test_the_signature_says_who_and_when(foot: str) -> None:
    """Also where the date stands behind the body, or a note below both."""
    document = parse("report.txt", (BODY + foot).encode())
    when = answer(read_question("这份报告是什么时候发布的?"), document)
    who = answer(read_question("这份报告是谁发布的?"), document)
    assert when is not None
    assert who is not None
    assert (when.answer.text, who.answer.text) == ("2022年1月18日", "青山县人民政府")
    assert all(document.text[one.start : one.end] == one.quote for one in (*when.citations, *who.citations))


def test_a_report_that_is_not_signed_names_nobody() -> None:
    """No body and no date are made up."""
    document = parse("report.txt", BODY.encode())
    assert answer(read_question("这份报告是什么时候发布的?"), document) is None
    assert answer(read_question("这份报告是谁发布的?"), document) is None


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("报告落款是几月几号", "2022年1月18日"),
        ("这篇报告啥时候发布的？", "2022年1月18日"),
        ("date the report was signed off", "2022年1月18日"),
        ("这份报告是哪个单位落的款", "青山县人民政府"),
        ("Who put their name to this report?", "青山县人民政府"),
    ],
)
def test_a_report_is_asked_about_in_many_ways(asked: str, expected: str) -> None:
    """However people speak of signing and publishing."""
    document = parse("report.txt", (BODY + "青山县人民政府\n2022年1月18日\n").encode())
    question = read_question(asked)
    told = answer(question, document)
    assert question.kind == "about"
    assert told is not None
    assert told.answer.text == expected


@pytest.mark.parametrize(
    "asked",
    ["这篇报告啥时候发到网上的？", "這份報告哪天公布在網路上", "哪天挂网上的", "When was the report posted online?"],
)
def test_when_a_report_went_online_is_not_when_it_was_signed(asked: str) -> None:
    """Unless the page gives the same day; what only the page says cannot be quoted."""
    question = read_question(asked)
    head, body = BODY.split("\n\n", 1)
    told = [
        answer(
            question,
            parse(
                "report.txt", f"{head}\n\n来源：本网 发布时间：{day}\n\n{body}青山县人民政府\n2022年1月18日\n".encode()
            ),
        )
        for day in ("2022-01-18", "2022-01-20")
    ]
    assert question.kind == "about"
    assert [one and one.answer.text for one in told] == ["2022年1月18日", None]
