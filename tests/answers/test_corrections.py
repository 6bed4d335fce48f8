"""Corrections, versions, previews and undone removals, as the next question sees them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.answers.samples import open_empty, quotes_are_verbatim, settings_at
from wenbao.answers.model import AskRequest, Correction, Filters
from wenbao.answers.service import ReportService
from wenbao.config.errors import InvalidDocument, InvalidRequest, RemovedDocument, UnknownDocument
from wenbao.index.manifest import read_manifest

REPORT = """碧水镇2023年数字政府建设报告

一、主要工作

全镇新增智能体检亭{count}座，服务居民2.6万人次。

碧水镇人民政府
2024年1月5日
"""
QUESTION = "碧水镇新增了多少座智能体检亭？"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[ReportService]:
    with open_empty(tmp_path) as service:
        yield service


def add(service: ReportService, count: int) -> str:
    return service.add("bishui.txt", REPORT.format(count=count).encode()).document.id


def value(service: ReportService, filters: Filters | None = None) -> str | None:
    reply = service.ask(AskRequest(QUESTION, filters=filters or Filters()))
    return reply.answer.value if reply.answer else None


def test_a_new_version_answers_and_the_old_citation_still_opens(service: ReportService) -> None:
    """The very next question has the new figure; what was cited before is there to the letter, and says what
    replaced it."""
    old = add(service, 47)
    before = service.ask(AskRequest(QUESTION))
    new = service.add("bishui.txt", REPORT.format(count=52).encode())
    assert (2, old, True) == (new.version, new.replaces, new.created)
    after = service.ask(AskRequest(QUESTION))
    assert ["47座", "52座"] == [reply.answer.value for reply in (before, after) if reply.answer]
    assert quotes_are_verbatim(service, service.reply(before.id))
    assert "47座" in service.surroundings(before.id, 1).citation.quote
    assert "47" not in "".join(hit.text for hit in service.search("智能体检亭").hits)
    assert (new.document.id, None) == (service.version(old).replaced_by, service.version(new.document.id).replaced_by)
    assert service.verify() == []


def test_an_edit_is_seen_by_the_next_question(service: ReportService) -> None:
    """Filters and citations go by what was corrected."""
    document_id = add(service, 47)
    assert value(service, Filters(year=2022)) is None
    service.edit(document_id, year=2022, publisher="碧水镇政府办公室", published=None)
    assert "47座" == value(service, Filters(year=2022))
    assert value(service, Filters(year=2023)) is None
    reply = service.ask(AskRequest(QUESTION, filters=Filters(year=2022)))
    assert {"碧水镇政府办公室"} == {one.publisher for one in reply.citations}
    assert service.documents()[0].published is None


def test_an_edit_in_another_process_is_seen_too(service: ReportService, tmp_path: Path) -> None:
    """Two services on one folder: what one corrects, replaces, removes or restores, the other's next answer has."""
    document_id = add(service, 47)
    assert "47座" == value(service)
    with ReportService.open(settings_at(tmp_path)) as other:
        other.edit(document_id, year=2001)
        assert "47座" == value(service, Filters(year=2001))
        newer = add(other, 52)
        assert ("52座", 2001) == (value(service), service.documents()[0].year)
        other.remove(newer)
        assert value(service) is None
        other.restore(newer)
        assert "52座" == value(service)


@pytest.mark.parametrize(
    "correction",
    [
        Correction(title="  "),
        Correction(title=None),
        Correction(title="题" * 301),
        Correction(year=0),
        Correction(year=10_000),
        Correction(published="2021-13-01"),
        Correction(published="20210113"),
        Correction(source_url="javascript:alert(1)"),
        Correction(source_url="http://["),
    ],
)
def test_a_correction_that_cannot_be_is_refused(service: ReportService, correction: Correction) -> None:
    """Nothing is changed by it."""
    document_id = add(service, 47)
    before = service.documents()
    with pytest.raises(InvalidRequest):
        service.edit(document_id, **correction)
    assert before == service.documents()


def test_corrections_at_the_same_time_are_all_kept(service: ReportService) -> None:
    """Two people who correct different fields do not undo each other's work."""
    document_id = add(service, 47)
    corrections = [Correction(place="碧水"), Correction(year=2020), Correction(publisher="某办")]
    threads = [threading.Thread(target=service.edit, args=(document_id,), kwargs=dict(one)) for one in corrections]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (known,) = service.documents()
    assert ("碧水", 2020, "某办") == (known.place, known.year, known.publisher)


def test_a_preview_keeps_nothing(service: ReportService) -> None:
    """It tells what would be understood, and what would be replaced."""
    first = service.preview("bishui.txt", REPORT.format(count=47).encode())
    assert ("碧水镇2023年数字政府建设报告", 2023) == (first.document.title, first.document.year)
    assert (["一、主要工作"], False, None) == ([one.heading for one in first.sections], first.known, first.replaces)
    assert [] == service.documents()
    add(service, 47)
    again = service.preview("bishui.txt", REPORT.format(count=47).encode())
    changed = service.preview("bishui.txt", REPORT.format(count=52).encode())
    assert (True, None) == (again.known, again.replaces)
    assert (False, service.documents()[0]) == (changed.known, changed.replaces)
    with pytest.raises(InvalidDocument):
        service.preview("empty.txt", b"")


def test_a_removal_can_be_undone(service: ReportService) -> None:
    """Removed at once for questions and readers, back at once when it is restored; restoring twice does no harm."""
    document_id = add(service, 47)
    service.remove(document_id)
    assert value(service) is None
    for ask in (service.document, service.version, service.remove):
        with pytest.raises(RemovedDocument, match=document_id):
            ask(document_id)
    assert document_id == service.restore(document_id).id == service.restore(document_id).id
    assert "47座" == value(service)
    assert service.verify() == []


def test_a_restored_report_costs_no_rebuild(service: ReportService, tmp_path: Path) -> None:
    """The index is extended by it, as by any addition."""
    for number in range(3):
        service.add(f"{number}.txt", REPORT.format(count=100 + number).replace("碧水", f"碧{number}水").encode())
    document_id = add(service, 47)
    service.remove(document_id)
    service.restore(document_id)
    current = (tmp_path / "index" / "CURRENT").read_text(encoding="utf-8").strip()
    assert len(read_manifest(tmp_path / "index" / current).chunks) > 1
    assert "47座" == value(service)


def test_without_days_to_undo_a_removal_deletes(tmp_path: Path) -> None:
    """WENBAO_REMOVED_DAYS=0: nothing of a removed report is kept."""
    open_empty(tmp_path).close()
    settings = settings_at(tmp_path).model_copy(update={"removed_days": 0})
    with ReportService.open(settings) as service:
        document_id = add(service, 47)
        service.remove(document_id)
        with pytest.raises(UnknownDocument) as told:
            service.restore(document_id)
        assert UnknownDocument is type(told.value)


def test_a_forgotten_report_cannot_be_restored(service: ReportService) -> None:
    """Deleted for good, whether it was removed before or not."""
    document_id = add(service, 47)
    service.forget(document_id)
    assert value(service) is None
    with pytest.raises(UnknownDocument):
        service.restore(document_id)
