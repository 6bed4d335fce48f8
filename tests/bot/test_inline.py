"""`@bot question` in any chat: what the bot offers to post there."""

from __future__ import annotations

import re
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from tests.bot.bot_api import BotApi, Person, buttons, links, shown_as
from tests.bot.fake_reports import LONG, QUOTE, TITLE, FakeReports
from tests.bot.test_running import changed
from wenbao.answers.service import ReportService
from wenbao.bot.running import running
from wenbao.bot.spans import utf16_length
from wenbao.config.settings import Settings

QUESTION = "2020年提供了多少次法律咨询？"


def ids(offer: dict[str, Any]) -> list[str]:
    return [result["id"] for result in offer["results"]]


@pytest.mark.usefixtures("bot")
async def test_the_answer_and_its_quote_are_offered(person: Person) -> None:
    """First the answer, with what was asked; then the report's own words alone; each with a link to its place."""
    answer, quote = (await person.type_inline(QUESTION))["results"]

    assert ("3373次", f"《{TITLE}》") == (answer["title"], quote["title"])
    assert answer["message"]["text"].startswith(f"问：{QUESTION}\n\n2020年以来村(社区)法律顾问共提供法律咨询3373次。")
    assert [QUOTE] == shown_as(quote["message"], "expandable_blockquote")
    for result in (answer, quote):
        assert links(result["message"])[0] == "http://127.0.0.1:8000/documents/d1f0c2#p17"
        assert re.fullmatch(r"https://t.me/wenbao_test_bot\?start=p_d1f0c2_\d+_\d+", buttons(result)[0]["url"])


@pytest.mark.usefixtures("bot")
async def test_the_ids_and_the_time_to_keep_are_stable(api: BotApi) -> None:
    """The same question offers the same to everybody, for five minutes."""
    one, other = Person(api, 501), Person(api, 502, language="en")
    first, second, third = (
        await one.type_inline(QUESTION),
        await other.type_inline(f" {QUESTION} "),
        await one.type_inline("存在哪些问题?"),
    )

    assert ids(first) == ids(second)
    assert not set(ids(first)) & set(ids(third))
    assert (300, False) == (first["cache_time"], first.get("is_personal", False))


@pytest.mark.usefixtures("bot")
async def test_without_an_answer_the_nearest_passages_are_offered(person: Person) -> None:
    """Nothing that is offered claims to be the answer."""
    (nearby,) = (await person.type_inline("有几个足球场?"))["results"]

    assert [QUOTE] == shown_as(nearby["message"], "expandable_blockquote")
    assert [] == shown_as(nearby["message"], "bold")


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("text", ["", " ", "问", "问" * 501])
async def test_what_is_no_question_yet_gets_the_way_to_one(person: Person, reports: FakeReports, text: str) -> None:
    """There is a button that opens the private chat with its explanation."""
    offer = await person.type_inline(text)
    welcome = await person.ask(f"/start {offer['button']['start_parameter']}")

    assert ([], "问报：怎样提问") == (offer["results"], offer["button"]["text"])
    assert welcome["text"].startswith("您好，我是问报")


@pytest.mark.usefixtures("bot")
async def test_a_long_answer_becomes_one_message(person: Person) -> None:
    """What is posted is cut at a sentence's end, within Telegram's limit."""
    text = (await person.type_inline("请给我全文"))["results"][0]["message"]["text"]

    assert utf16_length(text) <= 4096
    assert text.rstrip().endswith("。")
    assert LONG.startswith(text.partition("\n\n")[2][:1000])


@pytest.mark.usefixtures("bot")
async def test_what_is_typed_is_not_kept_nor_part_of_a_conversation(person: Person, reports: FakeReports) -> None:
    """Half-typed questions leave no trace."""
    await person.type_inline("2020年提供了多少")

    assert [None] == [request.conversation_id for request in reports.requests]
    assert [False] == [request.kept for request in reports.requests]


async def test_typing_has_a_limit_of_its_own(settings: Settings, reports: FakeReports, person: Person) -> None:
    """Over the limit nothing is offered and nothing is kept; questions in the chat are still answered."""
    async with running(changed(settings, questions_per_minute=2), cast(ReportService, reports)):
        offers = [await person.type_inline(f"{QUESTION}{number}") for number in range(3)]
        answer = await person.ask(QUESTION)

    assert [True, True, False] == [bool(offer["results"]) for offer in offers]
    assert (0, "您问得有点快，请过一分钟再问。") == (offers[2]["cache_time"], offers[2]["button"]["text"])
    assert "3373次" in answer["text"]


@pytest.mark.usefixtures("bot")
async def test_an_answer_that_comes_too_late_is_no_failure(api: BotApi, person: Person) -> None:
    """Telegram has stopped waiting; the next query is answered."""
    api.fail("answerInlineQuery", 400, "Bad Request: query is too old and response timeout expired")
    with capture_logs() as logs:
        api.deliver("inline_query", {"id": "late", "from": person.user(), "query": QUESTION, "offset": ""})
        await api.until(lambda: api.called("answerInlineQuery"))
        offer = await person.type_inline(QUESTION)

    assert offer["results"]
    assert "bot.failed" not in [log["event"] for log in logs]


@pytest.mark.usefixtures("bot")
async def test_a_failure_is_not_told_to_strangers(api: BotApi, person: Person) -> None:
    """Where something breaks while somebody types, no chat hears of it."""
    api.deliver("inline_query", {"id": "broken", "from": person.user(), "query": "这会出错", "offset": ""})
    await person.ask(QUESTION)

    assert 1 == len(api.called("sendMessage"))
    assert "broken" not in api.offers


async def test_the_bot_asks_for_inline_queries(api: BotApi, settings: Settings, reports: FakeReports) -> None:
    """Telegram sends only the kinds of update that were asked for."""
    async with running(settings, cast(ReportService, reports)):
        await api.until(lambda: api.called("getUpdates"))

    assert {"message", "edited_message", "callback_query", "inline_query"} == set(
        api.called("getUpdates")[-1]["allowed_updates"]
    )
