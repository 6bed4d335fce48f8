"""In groups the bot speaks only when it is spoken to."""

from __future__ import annotations

from typing import Any, cast

import pytest

from tests.bot.bot_api import BotApi, Person
from tests.bot.fake_reports import FakeReports
from wenbao.answers.service import ReportService
from wenbao.bot.running import running
from wenbao.config.settings import Settings

QUESTION = "2020年提供了多少次法律咨询？"


@pytest.fixture
def member(api: BotApi) -> Person:
    return Person(api, 501, chat=-100200)


async def test_talk_among_people_is_left_alone(
    settings: Settings, reports: FakeReports, member: Person, person: Person
) -> None:
    """Messages, stickers, edits and mentions that are not for the bot get no word."""
    async with running(settings, cast(ReportService, reports)):
        member.write(QUESTION)
        member.write("@somebody_else " + QUESTION)
        member.edit(QUESTION)
        member.send_sticker()
        member.write("/ask@another_bot " + QUESTION)
        member.write("/nothing")
        await person.ask("/help")

    assert member.from_bot() == []
    assert reports.requests == []


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    "text", [f"@wenbao_test_bot {QUESTION}", f"😀 {QUESTION} @Wenbao_Test_Bot", f"/ask {QUESTION}", f"/ask\n{QUESTION}"]
)
async def test_a_question_to_the_bot_is_answered_as_a_reply(member: Person, reports: FakeReports, text: str) -> None:
    """A mention anywhere, or /ask, is answered below the question; the bot's name is no part of the question."""
    answer = await member.ask(text)

    assert QUESTION in answer["reply_to_message"]["text"]
    assert reports.requests[0].question.removeprefix("😀").strip() == QUESTION


@pytest.mark.usefixtures("bot")
async def test_a_reply_to_the_bot_is_a_question(member: Person, reports: FakeReports) -> None:
    """Answering one of the bot's messages asks it."""
    answer = await member.ask(f"/ask {QUESTION}")
    earlier: dict[str, Any] = {key: value for key, value in answer.items() if key != "reply_to_message"}
    await member.ask("那法治宣传呢?", reply_to_message=earlier)

    assert [request.question for request in reports.requests] == [QUESTION, "那法治宣传呢?"]


@pytest.mark.usefixtures("bot")
async def test_the_members_of_a_group_have_conversations_of_their_own(
    api: BotApi, member: Person, reports: FakeReports
) -> None:
    """What one member asked is not what another goes on with."""
    await member.ask(f"/ask {QUESTION}")
    await Person(api, 502, chat=-100200, read=1).ask(f"/ask {QUESTION}")

    one, other = [request.conversation_id for request in reports.requests]
    assert one != other


@pytest.mark.usefixtures("bot")
async def test_a_mention_alone_is_asked_for_a_question(member: Person) -> None:
    """@bot and nothing else gets a polite line."""
    assert (await member.ask("@wenbao_test_bot"))["text"] == "请写上您的问题。"


@pytest.mark.usefixtures("bot")
async def test_a_question_that_was_deleted_is_still_answered(api: BotApi, member: Person) -> None:
    """A message that is gone when the answer comes does not stop the answer."""
    member.write(f"/ask {QUESTION}")
    api.messages[-100200].clear()

    assert "3373次" in (await member.next_message())["text"]


VOICE = {"voice": {"file_id": "a", "file_unique_id": "b", "duration": 1}}
PHOTO = {"photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]}


@pytest.mark.usefixtures("bot")
async def test_a_voice_or_a_picture_for_the_bot_is_politely_refused(member: Person) -> None:
    """A voice that answers the bot, and a picture whose caption names it, get one line below them."""
    answer = await member.ask(f"/ask {QUESTION}")
    earlier = {key: value for key, value in answer.items() if key != "reply_to_message"}
    member.send(**VOICE, reply_to_message=earlier)
    voice = await member.next_message()
    caption = "@wenbao_test_bot 这是什么？"
    member.send(**PHOTO, caption=caption, caption_entities=[{"type": "mention", "offset": 0, "length": 16}])
    photo = await member.next_message()

    assert [True, True] == [one["text"].startswith("抱歉，我只能看文字") for one in (voice, photo)]
    assert "voice" in voice["reply_to_message"] and "photo" in photo["reply_to_message"]


@pytest.mark.usefixtures("bot")
async def test_pictures_among_people_are_left_alone(member: Person, person: Person) -> None:
    """A caption that names someone else, or nobody, is not for the bot."""
    member.send(**PHOTO, caption="@somebody", caption_entities=[{"type": "mention", "offset": 0, "length": 9}])
    member.send(**PHOTO)
    member.send(**VOICE)
    await person.ask("/help")

    assert member.from_bot() == []
