"""What a person sees after pressing a button or sending a command."""

from __future__ import annotations

from typing import cast

import pytest

from tests.bot.bot_api import BotApi, Person, button, labels, links, shown_as
from tests.bot.fake_reports import AFTER, BEFORE, QUOTE, FakeReports
from wenbao.answers.model import Feedback
from wenbao.answers.service import ReportService
from wenbao.bot.running import running
from wenbao.config.settings import Settings

QUESTION = "2020年提供了多少次法律咨询？"


@pytest.mark.usefixtures("bot")
async def test_the_source_shows_the_quote_in_its_place(person: Person) -> None:
    """原文 shows what stands before and after, with the quote marked."""
    await person.press(await person.ask(QUESTION), "原文")
    source = await person.next_message()

    assert BEFORE + QUOTE + AFTER in source["text"]
    assert "".join(shown_as(source, "bold")) == QUOTE
    assert shown_as(source, "underline") == ["3373次"]


@pytest.mark.usefixtures("bot")
async def test_feedback_is_kept_and_shown(person: Person, reports: FakeReports) -> None:
    """有用 is ticked once pressed; a second thought moves the tick."""
    answer = await person.ask(QUESTION)
    thanks = await person.press(answer, "有用")
    await person.api.until(lambda: "✓ 有用" in labels(answer))
    await person.press(answer, "没用")
    await person.api.until(lambda: "✓ 没用" in labels(answer))

    assert thanks["text"] == "谢谢，已记下。"
    assert "有用" in labels(answer)
    answer_id = next(iter(reports.replies))
    assert reports.opinions == [Feedback(answer_id, True), Feedback(answer_id, False)]


@pytest.mark.usefixtures("bot")
async def test_pressing_twice_does_no_harm(person: Person) -> None:
    """The same button pressed again is thanked again, and no failure is told."""
    answer = await person.ask(QUESTION)
    await person.press(answer, "有用")
    await person.api.until(lambda: "✓ 有用" in labels(answer))
    again = await person.press(answer, "✓ 有用")
    await person.ask(QUESTION)

    assert again["text"] == "谢谢，已记下。"
    assert all("差错" not in message["text"] for message in person.from_bot())


@pytest.mark.usefixtures("bot")
async def test_a_suggestion_asks_its_question(person: Person, reports: FakeReports) -> None:
    """Pressing a suggestion asks it in the same conversation, and the chat shows what was asked."""
    answer = await person.ask(QUESTION)
    await person.press(answer, "存在哪些问题?")
    listed = await person.next_message()

    assert listed["text"].startswith("问：存在哪些问题?\n\n存在的问题:")
    assert reports.requests[0].conversation_id == reports.requests[1].conversation_id


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("label", ["原文", "有用", "存在哪些问题?"])
async def test_a_button_of_a_forgotten_answer_says_so(person: Person, reports: FakeReports, label: str) -> None:
    """When an answer is no longer kept, its buttons say so politely."""
    answer = await person.ask(QUESTION)
    reports.replies.clear()
    notice = await person.press(answer, label)

    assert notice["text"] == "这条回答已过期，请重新提问。"
    assert notice["show_alert"]


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("data", ["x:1", "s:", "s:1", "f:a:b", "q:a:99", "l:tlh", "zzz"])
async def test_a_button_of_another_version_says_so(person: Person, data: str) -> None:
    """A press that the bot does not know gets a polite notice."""
    notice = await person.press_data(await person.ask(QUESTION), data)

    assert "请重新提问" in notice["text"]


async def test_the_chosen_language_outlives_a_restart(
    api: BotApi, settings: Settings, reports: FakeReports, person: Person
) -> None:
    """/language is kept: answers, labels and the menu are in it, also after a restart."""
    async with running(settings, cast(ReportService, reports)):
        choice = await person.ask("/language")
        assert labels(choice) == ["✓ 自动（跟随提问）", "简体中文", "繁體中文", "粵語", "English"]
        await person.press(choice, "繁體中文")
        await api.until(lambda: choice["text"] == "好的，以後用繁體中文回答。")
    async with running(settings, cast(ReportService, reports)):
        answer = await person.ask(QUESTION)
        again = await person.ask("/language")

    assert reports.requests[0].language == "zh-Hant"
    assert "沒用" in labels(answer)
    assert "✓ 繁體中文" in labels(again)
    assert "選擇語言" in api.commands['{"chat_id": 501, "type": "chat"}', ""]


@pytest.mark.usefixtures("bot")
async def test_the_language_follows_the_question_unless_chosen(person: Person, reports: FakeReports) -> None:
    """Without a choice, and after going back to automatic, the question's language decides."""
    choice = await person.ask("/language")
    await person.press(choice, "English")
    await person.api.until(lambda: "English" in choice["text"])
    choice = await person.ask("/language")
    await person.press(choice, "Automatic (as you ask)")
    await person.api.until(lambda: "您用什么语言提问" in choice["text"])
    await person.ask(QUESTION)

    assert [request.language for request in reports.requests] == [None]


async def test_reports_are_listed_page_by_page(settings: Settings, person: Person) -> None:
    """/reports lists the reports with links and buttons, eight to a page; a button shows one of them."""
    async with running(settings, cast(ReportService, FakeReports(documents=10))):
        listed = await person.ask("/reports")
        assert listed["text"].startswith("可以问的报告，共 10 份：\n\n1. 《从化区2020年法治政府建设工作情况报告 <1>》")
        assert links(listed)[0] == "http://127.0.0.1:8000/documents/d1"
        await person.press(listed, "下一页 ›")
        await person.api.until(lambda: "‹ 上一页" in labels(listed))
        assert len(links(listed)) == 2
        await person.press(listed, next(label for label in labels(listed) if label.startswith("10.")))
        report = await person.next_message()

    assert "从化区 · 从化区 · 2020 年 · 2021-01-13 · 共 42 段" in report["text"]
    assert "目录\n一、主要工作情况" in report["text"]
    assert "全面提升法治意识" not in report["text"]


async def test_a_report_that_was_taken_down_says_so(settings: Settings, person: Person) -> None:
    """The button of a report that is gone says so."""
    async with running(settings, cast(ReportService, FakeReports(documents=1))):
        notice = await person.press_data(await person.ask("/reports"), "d:gone")

    assert notice["text"] == "这份报告已经撤下。"


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    "language, words",
    [
        ("zh-hans", "您好"),
        ("zh-TW", "註明出處"),
        ("zh-hk", "註明出處"),
        ("en-GB", "Hello"),
        ("fr", "Hello"),
        (None, "您好"),
    ],
)
async def test_the_welcome_is_in_the_persons_language(api: BotApi, language: str | None, words: str) -> None:
    """/start greets in the language of the person's Telegram, in Simplified Chinese where it is not known."""
    assert words in (await Person(api, language=language).ask("/start"))["text"]


@pytest.mark.usefixtures("bot")
async def test_callback_data_is_short_and_no_button_opens_an_address(person: Person) -> None:
    """Buttons stay within Telegram's 64 bytes; addresses are links, which Telegram takes wherever they lead."""
    answer = await person.ask(QUESTION)

    assert all(len(button(answer, label)["callback_data"].encode()) <= 64 for label in labels(answer))
