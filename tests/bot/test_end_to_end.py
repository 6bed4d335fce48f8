"""From a message in Telegram to the report in the box and back."""

from __future__ import annotations

import asyncio
import re

from tests.bot.bot_api import BotApi, Person, buttons, shown_as
from wenbao.answers.service import ReportService
from wenbao.bot.running import running
from wenbao.config.settings import Settings


async def test_a_question_is_answered_out_of_the_report(api: BotApi, settings: Settings) -> None:
    """The number of legal consultations is there in bold, with the sentence that says so and its place."""
    person = Person(api)
    service = await asyncio.to_thread(ReportService.open, settings)
    with service:
        async with running(settings, service):
            answer = await person.ask("2020年提供了多少次法律咨询？")
            await person.press(answer, "原文")
            source = await person.next_message()

    assert re.fullmatch(r"3373\s*次?", shown_as(answer, "bold")[0])
    assert "提供法律咨询3373次" in shown_as(answer, "expandable_blockquote")[0]
    assert "提供法律咨询3373次" in source["text"]


async def test_a_link_below_an_answer_in_a_group_opens_the_passage(api: BotApi, settings: Settings) -> None:
    """From /ask in a group to the very words in the private chat."""
    member, person = Person(api, 501, chat=-100200), Person(api, 501)
    service = await asyncio.to_thread(ReportService.open, settings)
    with service:
        async with running(settings, service):
            answer = await member.ask("/ask 2020年提供了多少次法律咨询？")
            (url,) = [one["url"] for one in buttons(answer) if "url" in one]
            passage = await person.ask(f"/start {url.partition('?start=')[2]}")

    assert "提供法律咨询3373次" in shown_as(passage, "bold")[0]
    assert shown_as(passage, "bold") == shown_as(answer, "expandable_blockquote")


async def test_an_inline_answer_is_out_of_the_report_and_leaves_no_trace(api: BotApi, settings: Settings) -> None:
    """The same question twice offers the same; what was typed is not in the journal."""
    person = Person(api)
    service = await asyncio.to_thread(ReportService.open, settings)
    with service:
        async with running(settings, service):
            offers = [await person.type_inline("2020年提供了多少次法律咨询？") for _ in range(2)]
            written = b"".join(file.read_bytes() for file in settings.data_dir.glob("journal*"))

    first, second = [[result["id"] for result in offer["results"]] for offer in offers]
    assert first == second
    assert offers[0]["results"][0]["title"].startswith("3373")
    assert "多少次法律咨询".encode() not in written


async def test_what_was_asked_is_forgotten_on_request(api: BotApi, settings: Settings) -> None:
    """/forget deletes one's own questions and answers, and nobody else's."""
    person, other = Person(api, 501), Person(api, 502)
    service = await asyncio.to_thread(ReportService.open, settings)
    with service:
        async with running(settings, service):
            answer = await person.ask("2020年提供了多少次法律咨询？")
            kept = await other.ask("2020年开展了多少次法治宣传？")
            said = await person.ask("/forget")
            gone = await person.press(answer, "原文")
            there = await other.press(kept, "原文")

    assert "共 1 条" in said["text"]
    assert "已过期" in gone["text"]
    assert "text" not in there


async def test_an_edited_question_is_answered_out_of_the_report(api: BotApi, settings: Settings) -> None:
    """The figure in the message becomes the other figure."""
    person = Person(api)
    service = await asyncio.to_thread(ReportService.open, settings)
    with service:
        async with running(settings, service):
            sent = person.write("2020年提供了多少次法律咨询？")
            answer = await person.next_message()
            person.edit("2020年开展了多少次法治宣传？", sent)
            await api.until(lambda: api.called("editMessageText"))

    assert "1046" in shown_as(answer, "bold")[0]
