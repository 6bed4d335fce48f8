"""Whatever is typed: a reply whose quotes are verbatim, or a question that is refused with a reason."""

from __future__ import annotations

import string

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.answers.samples import REPORTS, quotes_are_verbatim
from wenbao.answers.model import AskRequest
from wenbao.answers.service import ReportService
from wenbao.config.errors import InvalidQuestion

WORDS = (
    *("云岭县", "河湾市", "北京市", "青螺區", "多少", "几多", "哪些", "什么", "为什么", "什么时候", "谁", "分别"),
    *("问题", "计划", "纠纷", "办结率", "法律援助", "小学", "2021年", "2015年", "二〇二〇年", "去年", "明年"),
    *("呢", "其中", "展开第二点", "报告", "发布", "1275宗", " how many ", " problems ", " plans "),
    *(" disputes ", "Yunling County"),
    *("《", "》", "“", "”", "(", "）", "？", "，", "%", "{", "}", "\\", "'", ";", "*", "."),
)
TYPED = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=80),
    st.text(string.printable, max_size=80),
    st.lists(st.sampled_from(WORDS), max_size=14).map("".join),
    st.builds(
        lambda text, start, length: text[start : start + length],
        st.sampled_from(list(REPORTS.values())),
        st.integers(0, 600),
        st.integers(1, 120),
    ),
)


@settings(
    max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(TYPED)
def test_any_question_gets_a_reply_or_is_refused(service: ReportService, text: str) -> None:
    """Only InvalidQuestion is ever raised, and nothing is claimed that is not quoted to the letter."""
    try:
        reply = service.ask(AskRequest(text))
    except InvalidQuestion as refused:
        assert refused.reason in ("empty", "illegible", "too_long")
        return
    assert quotes_are_verbatim(service, reply)
    assert (
        (reply.status == "answered") == (reply.answer is not None) == bool(reply.citations) == (reply.message is None)
    )
    assert (reply.status == "not_found") == (reply.reason is not None)
    assert 0 <= reply.confidence <= 1
    assert service.reply(reply.id) == reply


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([word for word in WORDS if word.isalnum()]), min_size=1, max_size=6).map("".join))
def test_any_follow_up_gets_a_reply(service: ReportService, text: str) -> None:
    """A conversation takes every turn."""
    reply = service.ask(AskRequest(text, "one long conversation"))
    assert quotes_are_verbatim(service, reply)


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TYPED)
def test_any_search_gives_passages_to_the_letter(service: ReportService, text: str) -> None:
    """What is found is the document's text, whatever was searched for."""
    try:
        hits = service.search(text, k=5).hits
    except InvalidQuestion:
        return
    assert len(hits) <= 5
    assert all(hit.text == service.document(hit.document_id).text[hit.start : hit.end] for hit in hits)
