"""Links that open a passage in the private chat."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bot.bot_api import BotApi, Person, buttons, links, shown_as
from tests.bot.fake_reports import AFTER, BEFORE, QUOTE, TEXT, TITLE, citation
from wenbao.bot.links import Place, passage_payload, passage_url, place_of

AT = TEXT.index(QUOTE)
LINK = f"p_d1_{AT}_{AT + len(QUOTE)}"


@pytest.mark.usefixtures("bot")
async def test_a_link_opens_its_passage(person: Person) -> None:
    """The words are bold between what stands before and after, with their place in the report."""
    passage = await person.ask(f"/start {LINK}")

    assert f"《{TITLE}》" in passage["text"]
    assert BEFORE + QUOTE + AFTER in passage["text"]
    assert [QUOTE] == shown_as(passage, "bold")
    assert f"http://127.0.0.1:8000/documents/d1?start={AT}&end={AT + len(QUOTE)}#p3" in links(passage)


@pytest.mark.usefixtures("bot")
async def test_an_answer_in_a_group_leads_to_the_private_chat(api: BotApi) -> None:
    """Below it is a link of at most 64 characters; in the private chat there is none, as one is there already."""
    group = await Person(api, 501, chat=-100200).ask("/ask 2020年提供了多少次法律咨询？")
    private = await Person(api, 501).ask("2020年提供了多少次法律咨询？")
    (url,) = [one["url"] for one in buttons(group) if "url" in one]

    assert re.fullmatch(r"https://t\.me/wenbao_test_bot\?start=[A-Za-z0-9_-]{1,64}", url)
    assert all("url" not in one for one in buttons(private))


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    "payload, said",
    [
        ("p_gone_1_2", "这份报告已经撤下"),
        ("p_d1_5_5", "这个链接打不开了"),
        ("p_d1_9_2", "这个链接打不开了"),
        ("p_d1_999999_9999999", "这个链接打不开了"),
        ("p_d1_0_999999999", "这个链接打不开了"),
        ("p_d1_0", "这个链接打不开了"),
        ("somethingelse", "这个链接打不开了"),
    ],
)
async def test_a_link_that_leads_nowhere_is_said(person: Person, payload: str, said: str) -> None:
    """Reports are removed, and links can be mistyped."""
    assert (await person.ask(f"/start {payload}"))["text"].startswith(said)


@given(st.text("0123456789abcdef", min_size=1, max_size=40), st.integers(0, 999_999_999), st.integers(0, 999_999_999))
def test_a_payload_is_what_telegram_takes_and_leads_back(document: str, start: int, end: int) -> None:
    """At most 64 characters of A-Z, a-z, 0-9, _ and -, and from it the same place."""
    payload = passage_payload(replace(citation(), document_id=document, start=start, end=end)) or ""

    assert re.fullmatch("[A-Za-z0-9_-]{1,64}", payload)
    assert Place(document, start, end) == place_of(payload)


def test_an_id_that_does_not_fit_gets_no_link() -> None:
    """Rather none than one that Telegram refuses."""
    assert passage_url(replace(citation(), document_id="报告"), "wenbao_test_bot") is None
    assert passage_url(replace(citation(), document_id="d" * 64), "wenbao_test_bot") is None
