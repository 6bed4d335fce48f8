"""Whether a figure is of what a question asks about alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.answers.samples import open_with
from wenbao.answers.answering import asked_candidates
from wenbao.answers.belonging import is_of_several, share_of_parts
from wenbao.answers.choosing import Candidate
from wenbao.answers.conversation import complete
from wenbao.answers.model import Filters
from wenbao.answers.question import read_question
from wenbao.answers.service import ReportService

REPORT = """青山县2021年法治政府建设工作报告

一、主要工作

（一）全年共收到省、市、县人大代表、政协委员提出的议案建议214件，全部办结。县教育局、县水务局等6个单位共移交档案930卷。

（二）全县发生行政诉讼案件66件，其中县政府12件、各乡镇54件。审结48件，败诉5件，败诉率10.4%。
"""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReportService]:
    with open_with(Path(tmp_path_factory.mktemp("belonging")), {"report.txt": REPORT}) as service:
        yield service


def at(service: ReportService, question: str, figure: str) -> Candidate:
    """The place of a figure, as one that may answer a question."""
    turn = complete(read_question(question), None)
    ((_, _, candidates),) = asked_candidates(turn, service.answering_sources(Filters()))
    return next(one for one in candidates if one.reading.folded[one.start : one.end] == figure)


@pytest.mark.parametrize(
    ("question", "figure"), [("政协委员提了多少件", "214件"), ("县水务局移交了多少卷档案", "930卷")]
)
def test_a_figure_of_several_is_not_of_one(service: ReportService, question: str, figure: str) -> None:
    """Things in a row share the figure behind them."""
    assert is_of_several(at(service, question, figure))


@pytest.mark.parametrize(
    ("question", "figure"),
    [("议案建议有多少件", "214件"), ("教育局和水务局移交了多少卷", "930卷"), ("行政诉讼案件有多少件", "66件")],
)
def test_a_figure_of_all_is_of_all(service: ReportService, question: str, figure: str) -> None:
    """What stands behind the row, or every thing of it, is what is counted."""
    assert not is_of_several(at(service, question, figure))


def test_what_is_told_of_the_whole_is_not_told_of_its_part(service: ReportService) -> None:
    """The cases lost are of all 66, not of those of the towns; the towns have their own count."""
    assert share_of_parts(at(service, "各乡镇败诉几件", "5件")) > 0
    assert share_of_parts(at(service, "各乡镇有几件案件", "54件")) == 0
    assert share_of_parts(at(service, "行政诉讼败诉几件", "5件")) == 0
