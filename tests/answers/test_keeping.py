"""Reports are added and removed while questions are asked, and outlast the process, even a killed one."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.answers.samples import (
    HEKOU_2019,
    REPORTS,
    YUNLING_2021,
    open_empty,
    open_with,
    quotes_are_verbatim,
    settings_at,
)
from wenbao.answers.model import AskRequest, Metadata
from wenbao.answers.service import ReportService
from wenbao.config.errors import InvalidDocument, StorageFailed, UnknownDocument

ROOT = Path(__file__).parents[2]
BISHUI = """碧水镇2023年数字政府建设报告

一、主要工作

全镇新增智能体检亭47座，服务居民2.6万人次。

碧水镇人民政府
2024年1月5日
"""
QUESTION = AskRequest("碧水镇新增了多少座智能体检亭？")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[ReportService]:
    with open_empty(tmp_path) as service:
        yield service


def value(service: ReportService, request: AskRequest = QUESTION) -> str | None:
    reply = service.ask(request)
    return reply.answer.value if reply.answer else None


def test_an_empty_library_says_that_it_is_empty(service: ReportService) -> None:
    """No report is no error: the person is told, and nothing is found."""
    reply = service.ask(QUESTION)
    assert (reply.status, reply.reason, reply.suggestions) == ("not_found", "empty", ())
    assert service.search("体检亭").hits == ()
    assert service.documents() == []
    assert service.verify() == []


def test_an_added_report_is_found_by_the_very_next_question_and_gone_once_removed(service: ReportService) -> None:
    """Adding and removing take effect when the call returns."""
    service.add("yunling.txt", YUNLING_2021.encode())
    assert value(service) is None
    added = service.add("bishui.txt", BISHUI.encode())
    assert added.created
    assert value(service) == "47座"
    service.remove(added.document.id)
    assert value(service) is None
    assert "体检亭" not in "".join(hit.text for hit in service.search("体检亭").hits)
    with pytest.raises(UnknownDocument):
        service.document(added.document.id)


def test_the_same_report_twice_is_kept_once(service: ReportService) -> None:
    """The second time it is not created, and has the same id; a removed one can come back."""
    first = service.add("bishui.txt", BISHUI.encode())
    again = service.add("another name.txt", BISHUI.encode())
    assert (first.created, again.created) == (True, False)
    assert first.document == again.document
    assert len(service.documents()) == 1
    service.remove(first.document.id)
    assert service.add("bishui.txt", BISHUI.encode()).created
    assert value(service) == "47座"


def test_what_is_said_of_a_report_goes_before_what_it_says(service: ReportService) -> None:
    """Title, place and year given with the file are kept, and count for filters."""
    said = Metadata("体检亭报告", "碧水镇卫生院", "碧水镇", 2022, "2023-06-01", "https://example.org/report")
    added = service.add("bishui.txt", BISHUI.encode(), said).document
    assert (added.title, added.publisher, added.year) == ("体检亭报告", "碧水镇卫生院", 2022)
    (cited,) = service.ask(AskRequest("新增了多少座智能体检亭？")).citations
    assert (cited.title, cited.year, cited.source_url) == ("体检亭报告", 2022, "https://example.org/report")


@pytest.mark.parametrize(("name", "content"), [("empty.txt", b""), ("blank.txt", b" \n \n"), ("table.xyz", b"words")])
def test_a_file_that_cannot_be_taken_in_changes_nothing(service: ReportService, name: str, content: bytes) -> None:
    """The person is told why; the library stays as it was."""
    with pytest.raises(InvalidDocument):
        service.add(name, content)
    assert service.documents() == []
    assert service.verify() == []


def test_documents_replies_and_conversations_outlast_a_restart(tmp_path: Path) -> None:
    """What was added, answered and talked about is there after opening again."""
    with open_with(tmp_path, REPORTS) as first:
        before = first.documents()
        reply = first.ask(AskRequest("云岭县调解了多少宗纠纷？", "talk"))
    with ReportService.open(settings_at(tmp_path)) as again:
        assert again.documents() == before
        assert again.reply(reply.id) == reply
        assert value(again, AskRequest("其中邻里的呢？", "talk")) == "643宗"
        assert again.verify() == []


def test_the_reports_in_the_box_are_taken_in_once(tmp_path: Path) -> None:
    """A new library has them; one that was removed does not come back with the next start."""
    with ReportService.open(settings_at(tmp_path)) as first:
        boxed = first.documents()
        assert boxed
        first.remove(boxed[0].id)
    with ReportService.open(settings_at(tmp_path)) as again:
        assert again.documents() == boxed[1:]


def test_a_removed_report_is_not_quoted_by_a_conversation_about_it(service: ReportService) -> None:
    """The talk goes on without the report that it was about."""
    service.add("hewan.txt", HEKOU_2019.encode())
    added = service.add("yunling.txt", YUNLING_2021.encode())
    service.ask(AskRequest("云岭县存在哪些问题？", "talk"))
    service.remove(added.document.id)
    for follow_up in ("展开第二点", "其中呢？", "办结率呢？"):
        reply = service.ask(AskRequest(follow_up, "talk"))
        assert added.document.id not in {cited.document_id for cited in (*reply.citations, *reply.related)}


def test_the_report_of_the_year_asked_for_answers(service: ReportService) -> None:
    """Two years' reports of one place give each its own figure; without a year, one of them answers."""
    service.add("2021.txt", YUNLING_2021.encode())
    older = YUNLING_2021.replace("2022年", "2020年").replace("2021年", "2019年").replace("1275宗", "1108宗")
    service.add("2019.txt", older.encode())
    assert value(service, AskRequest("云岭县2021年调解了多少宗纠纷？")) == "1275宗"
    assert value(service, AskRequest("云岭县2019年调解了多少宗纠纷？")) == "1108宗"
    assert value(service, AskRequest("云岭县调解了多少宗纠纷？")) in ("1275宗", "1108宗")


def test_questions_are_answered_while_a_report_is_added(tmp_path: Path) -> None:
    """Threads that ask meanwhile get whole answers, before and after."""
    asked = AskRequest("云岭县调解了多少宗纠纷？")
    with open_with(tmp_path, REPORTS) as service, ThreadPoolExecutor(2) as threads:
        replies = [threads.submit(service.ask, asked) for _ in range(20)]
        service.add("bishui.txt", BISHUI.encode())
        replies += [threads.submit(service.ask, asked) for _ in range(20)]
        done = [reply.result() for reply in replies]
        assert {reply.answer.value if reply.answer else None for reply in done} == {"1275宗"}
        assert all(quotes_are_verbatim(service, reply) for reply in done)
        assert value(service) == "47座"


def test_a_closed_service_says_so(tmp_path: Path) -> None:
    """Closing twice does no harm; asking afterwards fails with an error of ours."""
    service = open_empty(tmp_path)
    service.close()
    service.close()
    assert not service.ready()
    with pytest.raises(StorageFailed):
        service.ask(QUESTION)


def test_a_data_folder_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    """A file where the folder should be is named in the error."""
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageFailed, match="file"):
        ReportService.open(settings_at(tmp_path / "file" / "data"))


ADDING = """
import sys
from pathlib import Path
from tests.answers.samples import settings_at
from wenbao.answers.service import ReportService
from wenbao.index import search
from wenbao.knowledge.library import Library

def stop(*arguments, **options):
    print("there", flush=True)
    sys.stdin.read()

folder, place, text = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
service = ReportService.open(settings_at(folder))
if place == "before the index":
    search.publish = stop
if place == "after the index":
    publish = search.publish
    search.publish = lambda *values: (publish(*values), stop())
if place == "before the library":
    Library.add = stop
service.add("bishui.txt", text.encode())
"""


@pytest.mark.parametrize(
    ("place", "expected"), [("before the library", None), ("before the index", "47座"), ("after the index", "47座")]
)
def test_a_process_killed_while_adding_leaves_a_working_library(
    tmp_path: Path, place: str, expected: str | None
) -> None:
    """Wherever it is cut off: what was on disk is found, what was not can be added, the others are as they were."""
    open_with(tmp_path, {"yunling.txt": YUNLING_2021}).close()
    with subprocess.Popen(
        [sys.executable, "-c", ADDING, str(tmp_path), place, BISHUI],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert any(line == "there\n" for line in process.stdout)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    with ReportService.open(settings_at(tmp_path)) as service:
        assert expected == value(service)
        assert value(service, AskRequest("云岭县调解了多少宗纠纷？")) == "1275宗"
        service.add("bishui.txt", BISHUI.encode())
        assert value(service) == "47座"
        assert service.verify() == []
