"""Conversations at /wecom, over a real server with the real service, as WeCom would have them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.api.wechat_platform import AES_KEY, RECEIVER, TOKEN, Platform, sealed, signed
from wenbao.answers.service import ReportService
from wenbao.api.app import create_app
from wenbao.api.wechat_words import texts_in
from wenbao.config.settings import Settings

QUESTION = "2020年提供了多少次法律咨询？"
ECHO = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
CHECK = {
    "msg_signature": "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3",
    "timestamp": "1409659589",
    "nonce": "263014780",
    "echostr": ECHO,
}
ZH = texts_in("zh-Hans")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, serving: Any) -> Iterator[httpx.Client]:
    settings = Settings(
        _env_file=None,
        data_dir=tmp_path_factory.mktemp("data"),
        wecom_token=TOKEN,
        wecom_aes_key=AES_KEY,
        wecom_corp_id=RECEIVER,
    )
    with (
        ReportService.open(settings) as service,
        serving(create_app(settings, service)) as address,
        httpx.Client(base_url=address, timeout=30) as opened,
    ):
        yield opened


@pytest.fixture
def wecom(client: httpx.Client) -> Platform:
    """Each test is someone new."""
    return Platform(client, "/wecom", True)


def test_the_published_address_check_gets_the_plain_echo(client: httpx.Client) -> None:
    """The sample of the published algorithm gets the number that WeCom expects back, and nothing around it."""
    answer = client.get("/wecom", params=CHECK)

    assert (200, b"1616140317555161061") == (answer.status_code, answer.content)


@pytest.mark.parametrize("name", list(CHECK))
def test_an_address_check_that_was_changed_gets_nothing(client: httpx.Client, name: str) -> None:
    """Each part of it is signed, and none may be missing."""
    changed = {**CHECK, name: "1" + CHECK[name]}
    without = {key: value for key, value in CHECK.items() if key != name}

    assert [401, 401] == [client.get("/wecom", params=one).status_code for one in (changed, without)]


def test_an_overheard_message_is_not_read_out_as_an_echo(wecom: Platform) -> None:
    """A message is signed just as an echo is; whoever replays it there learns nothing of it."""
    seal = sealed(wecom.text("私密"))
    stamp = {"timestamp": "1", "nonce": "2", "msg_signature": signed("1", "2", seal), "echostr": seal}
    answer = wecom.client.get("/wecom", params=stamp)

    assert 401 == answer.status_code
    assert "私密" not in answer.text


def test_a_question_and_its_follow_up_are_answered(wecom: Platform) -> None:
    """A whole conversation, sealed both ways; to loopback there are no links."""
    reply = wecom.ask(QUESTION) or ""

    assert "3373次" in reply
    assert "《从化区2020年" in reply
    assert "<a" not in reply
    assert "1046" in (wecom.ask("那法治宣传呢？") or "")


def test_without_a_public_address_links_lead_to_that_of_the_message(wecom: Platform) -> None:
    """As WeCom reached the service there, people do too."""
    wecom.client.headers["Host"] = "reports.example.org:8080"
    try:
        reply = wecom.ask(QUESTION) or ""
    finally:
        del wecom.client.headers["Host"]

    assert re.search(r'<a href="http://reports\.example\.org:8080/documents/\w+\?start=\d+&end=\d+#p\d+">《', reply)


def test_the_agent_id_does_no_harm(wecom: Platform) -> None:
    """WeCom says which of its apps a message is for."""
    assert "3373次" in (wecom.read(wecom.deliver(wecom.text(QUESTION, AgentID=218))) or "")


def test_a_new_member_is_welcomed_and_entering_is_not_answered(wecom: Platform) -> None:
    """Who opens the app for the tenth time is not welcomed for the tenth time."""
    assert ZH.welcome == wecom.read(wecom.deliver(wecom.event("subscribe")))
    entered = wecom.deliver(wecom.event("enter_agent"))
    assert (200, "") == (entered.status_code, entered.text)


def test_a_retry_is_answered_the_same(wecom: Platform) -> None:
    """The same message gets the same text, sealed anew."""
    message = wecom.text(QUESTION)
    first, second = wecom.deliver(message), wecom.deliver(message)

    assert wecom.read(first) == wecom.read(second)
    assert first.text != second.text


def test_a_plain_message_is_refused(wecom: Platform) -> None:
    """WeCom encrypts always."""
    assert 401 == replace(wecom, sealed=False).deliver(wecom.text(QUESTION)).status_code


def test_voice_is_politely_refused(wecom: Platform) -> None:
    """As are pictures and files."""
    assert ZH.only_text == wecom.read(wecom.deliver(wecom.message("voice", MediaId="1", Format="amr")))


def test_an_old_message_is_refused(wecom: Platform) -> None:
    """A message played back after ten minutes is not answered."""
    assert 401 == wecom.deliver(wecom.text(QUESTION), timestamp="1409659813").status_code


def test_the_answers_are_counted(wecom: Platform) -> None:
    """The metrics know of the questions asked here."""
    wecom.ask(QUESTION)

    metrics = wecom.client.get("/metrics").text
    assert 'wenbao_answers_total{kind="figure",language="zh-Hans",status="answered"}' in metrics
    assert 'route="/wecom"' in metrics
