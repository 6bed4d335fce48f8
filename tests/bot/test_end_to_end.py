"""From a message in Telegram to the report in the box and back."""

from __future__ import annotations

import asyncio
import re

from tests.bot.bot_api import BotApi, Person, shown_as
from wenbao.answers.service import ReportService
from wenbao.bot.running import running
from wenbao.config.settings import Settings


async def test_a_question_is_answered_out_of_the_report(api: BotApi, settings: Settings) -> None:
    """The number of legal consultations is there in bold, with the sentence that says so and its place."""
    person = Person(api)
    service = await asyncio.to_thread(ReportService.open, settings)
    with service:
        async with running(settings, service):
            answer = await person.ask("2020年提供了多少次法律咨询?")
            await person.press(answer, "原文")
            source = await person.next_message()

    assert re.fullmatch(r"3373\s*次?", shown_as(answer, "bold")[0])
    assert "提供法律咨询3373次" in shown_as(answer, "expandable_blockquote")[0]
    assert "提供法律咨询3373次" in source["text"]
