"""A question that is edited has its answer edited."""

from __future__ import annotations

from typing import cast

import pytest

from tests.bot.bot_api import BotApi, Person, labels
from tests.bot.fake_reports import LONG, FakeReports
from wenbao.answers.service import ReportService
from wenbao.bot.running import running
from wenbao.config.settings import Settings

QUESTION = "2020年提供了多少次法律咨询？"
OTHER = "存在哪些问题?"


async def edited(api: BotApi, before: int = 0) -> None:
    """Wait until the bot has changed a message."""
    await api.until(lambda: len(api.called("editMessageText")) > before)


@pytest.mark.usefixtures("bot")
async def test_the_answer_is_changed_with_the_question(api: BotApi, person: Person) -> None:
    """The earlier answer becomes the new one, with its buttons; there is no second message."""
    sent = person.write(QUESTION)
    answer = await person.next_message()
    person.edit(OTHER, sent)
    await edited(api)

    assert answer["text"].startswith("存在的问题:")
    assert labels(answer)[:2] == ["原文 1", "原文 2"]
    assert [answer] == person.from_bot()


@pytest.mark.usefixtures("bot")
async def test_a_refusal_is_changed_into_an_answer(api: BotApi, person: Person) -> None:
    """Whoever shortens a question that was too long is answered where it was refused."""
    sent = person.write("问" * 501)
    refusal = await person.next_message()
    person.edit(QUESTION, sent)
    await edited(api)

    assert "3373次" in refusal["text"]


@pytest.mark.usefixtures("bot")
async def test_an_edit_that_asks_the_same_is_left_alone(person: Person, reports: FakeReports) -> None:
    """Telegram reports edits that change no word of the question, too."""
    sent = person.write(QUESTION)
    await person.next_message()
    person.edit(f" {QUESTION} ", sent)
    await person.ask("/help")

    assert 1 == len(reports.requests)
    assert person.api.called("editMessageText") == []


@pytest.mark.usefixtures("bot")
async def test_an_edit_of_an_edit_is_answered_too(api: BotApi, person: Person, reports: FakeReports) -> None:
    """And one that takes the first question back brings back its answer."""
    sent = person.write(QUESTION)
    answer = await person.next_message()
    person.edit(OTHER, sent)
    await edited(api)
    person.edit(QUESTION, sent)
    await edited(api, 1)

    assert "3373次" in answer["text"]
    assert [QUESTION, OTHER, QUESTION] == [request.question for request in reports.requests]


@pytest.mark.usefixtures("bot")
async def test_a_question_of_which_nothing_is_known_is_answered_anew(person: Person) -> None:
    """An edit of an old message gets an answer of its own."""
    person.edit(QUESTION)

    assert "3373次" in (await person.next_message())["text"]


@pytest.mark.usefixtures("bot")
async def test_where_the_answer_is_gone_there_is_a_new_one(api: BotApi, person: Person) -> None:
    """Someone deleted the answer and then edited the question."""
    sent = person.write(QUESTION)
    answer = await person.next_message()
    api.messages[person.chat_id].remove(answer)
    person.read = 0
    person.edit(OTHER, sent)

    assert (await person.next_message())["text"].startswith("存在的问题:")
    assert 1 == len(person.from_bot())


@pytest.mark.usefixtures("bot")
async def test_what_is_left_over_of_a_long_answer_is_deleted(api: BotApi, person: Person) -> None:
    """Three messages become one; edited back, one becomes three."""
    sent = person.write("请给我全文")
    await api.until(lambda: any(labels(message) for message in person.from_bot()))
    pieces = len(person.from_bot())
    person.edit(QUESTION, sent)
    await api.until(lambda: len(person.from_bot()) == 1)
    short = person.from_bot()[0]["text"]
    person.edit("请给我全文", sent)
    await api.until(lambda: len(person.from_bot()) == pieces)

    assert pieces > 2
    assert "3373次" in short
    assert "".join(message["text"] for message in person.from_bot()).startswith(LONG)


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("form", ["@wenbao_test_bot {}", "/ask {}"])
async def test_in_a_group_an_edit_is_answered_where_it_was(api: BotApi, form: str) -> None:
    """A mention or /ask that is edited has its answer changed; one that no longer names the bot does not."""
    member = Person(api, 501, chat=-100200)
    sent = member.write(form.format(QUESTION))
    answer = await member.next_message()
    member.edit(form.format(OTHER), sent)
    await edited(api)
    member.edit("没事了", sent)
    await Person(api, 502).ask("/help")

    assert answer["text"].startswith("存在的问题:")
    assert [answer] == member.from_bot()


async def test_after_a_restart_an_edit_still_finds_its_answer(
    api: BotApi, settings: Settings, reports: FakeReports, person: Person
) -> None:
    """What answers what is on disk, without the question."""
    async with running(settings, cast(ReportService, reports)):
        sent = person.write(QUESTION)
        answer = await person.next_message()
    async with running(settings, cast(ReportService, reports)):
        person.edit(OTHER, sent)
        await edited(api)

    written = b"".join(file.read_bytes() for file in settings.data_dir.glob("bot.sqlite3*"))
    assert answer["text"].startswith("存在的问题:")
    assert "法律咨询".encode() not in written


@pytest.mark.usefixtures("bot")
async def test_an_edit_delivered_twice_is_answered_once(api: BotApi, person: Person, reports: FakeReports) -> None:
    """The same edit comes again after it was answered."""
    sent = person.write(QUESTION)
    await person.next_message()
    update = person.edit(OTHER, sent)
    await edited(api)
    api.deliver_again(update)
    await person.ask("/help")

    assert 2 == len(reports.requests)
