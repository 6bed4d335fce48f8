"""Clients that keep the conversation themselves, and searches under conditions of their own."""

from __future__ import annotations

import pytest

from wenbao.answers.model import AskRequest, Reply
from wenbao.answers.service import ReportService
from wenbao.config.errors import InvalidRequest

TALK = ("云岭县调解了多少宗纠纷？", "其中邻里的呢？")


def asked(service: ReportService, question: str, *history: str) -> Reply:
    return service.ask(AskRequest(question, history=history))


def test_a_history_does_what_a_conversation_does(service: ReportService) -> None:
    """A question is understood from the earlier ones, whether they were asked here before or not."""
    unheard = asked(service, TALK[1], TALK[0])
    service.ask(AskRequest(TALK[0], history=()))
    heard = asked(service, TALK[1], TALK[0])
    service.ask(AskRequest(TALK[0], "a conversation"))
    talked = service.ask(AskRequest(TALK[1], "a conversation"))

    assert talked.answer is not None
    assert "643宗" == talked.answer.value
    assert talked.answer == heard.answer == unheard.answer


def test_what_was_not_answered_or_cannot_be_asked_is_passed_over(service: ReportService) -> None:
    """Between a question and its follow-up there may be small talk, and what nobody can answer."""
    reply = asked(service, TALK[1], TALK[0], "", "问" * 501, "月亮上有几个人？")
    assert reply.answer is not None
    assert reply.answer.value == "643宗"


def test_a_history_of_nothing_leans_on_nothing(service: ReportService) -> None:
    """Two people who begin with the same follow-up don't hear of each other."""
    asked(service, TALK[0])
    assert asked(service, "其中呢？").answer is None


def test_a_conversation_id_goes_before_a_history(service: ReportService) -> None:
    """A client that sends both is known by its id."""
    service.ask(AskRequest(TALK[0], "known by its id"))
    reply = service.ask(AskRequest(TALK[1], "known by its id", history=("去年有什么计划？",)))
    assert reply.answer is not None
    assert reply.answer.value == "643宗"


def test_conditions_come_before_the_best_are_taken(service: ReportService) -> None:
    """However few passages meet the conditions, they are found; those of other documents never are."""
    document = service.documents()[-1]
    best = service.search("工作", k=1).hits[0]
    every = service.search_where("工作", k=100, document=lambda one: True).hits
    last = every[-1]

    found = service.search_where("工作", k=1, document=lambda one: True, passage=lambda hit: hit.url == last.url).hits
    within = service.search_where("工作", k=3, document=lambda one: one.id == document.id).hits
    assert best == every[0]
    assert (last,) == found
    assert {document.id} == {hit.document_id for hit in within}
    assert () == service.search_where("工作", k=3, document=lambda one: False).hits
    assert () == service.search_where("工作", k=3, document=lambda one: True, passage=lambda hit: False).hits


@pytest.mark.parametrize("k", [0, 101])
def test_no_more_than_a_hundred_can_be_wanted(service: ReportService, k: int) -> None:
    """The bounds are those of any search."""
    with pytest.raises(InvalidRequest, match="from 1 to 100"):
        service.search_where("工作", k=k, document=lambda one: True)
