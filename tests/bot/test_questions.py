"""Questions in a private chat, as the person sees them."""

from __future__ import annotations

import re

import pytest

from tests.bot.bot_api import PATIENCE, BotApi, Person, labels, links, shown_as
from tests.bot.fake_reports import LONG, POINTS, QUOTE, TITLE, FakeReports
from wenbao.bot import questions
from wenbao.bot.spans import utf16_length

pytestmark = pytest.mark.usefixtures("bot")


async def test_the_figure_is_bold_and_the_quote_folded(person: Person) -> None:
    """An answer shows its figure in bold, and below it the report's own words, folded."""
    answer = await person.ask("2020年提供了多少次法律咨询？")

    assert answer["text"].startswith("2020年以来村(社区)法律顾问共提供法律咨询3373次。")
    assert shown_as(answer, "bold")[0] == "3373次"
    assert shown_as(answer, "expandable_blockquote") == [QUOTE]


async def test_the_citation_names_the_place_and_links_to_it(person: Person) -> None:
    """A citation gives title, section path and paragraph, and opens the place in the report."""
    answer = await person.ask("2020年提供了多少次法律咨询？")

    assert f"《{TITLE}》 · 广州市从化区人民政府 · 2021-01-13" in answer["text"]
    assert "一、主要工作情况 › (七)依法有效化解社会矛盾纠纷 › 第 17 段" in answer["text"]
    assert links(answer) == [
        "http://127.0.0.1:8000/documents/d1f0c2#p17",
        "https://www.conghua.gov.cn/report?a=1&b=2",
    ]


async def test_the_person_sees_that_an_answer_is_on_its_way(
    api: BotApi, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bot is seen typing before an answer that takes longer than an answer usually does."""
    monkeypatch.setattr(questions, "AT_ONCE_SECONDS", 0)
    await person.ask("2020年提供了多少次法律咨询？")

    methods = [method for method, _ in api.calls]
    assert methods.index("sendChatAction") < methods.index("sendMessage")


async def test_an_answer_that_comes_at_once_needs_no_sign(
    api: BotApi, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would only keep the answer waiting."""
    monkeypatch.setattr(questions, "AT_ONCE_SECONDS", PATIENCE)
    await person.ask("2020年提供了多少次法律咨询？")

    assert not api.called("sendChatAction")


async def test_a_list_is_numbered_and_its_points_are_cited(person: Person) -> None:
    """Each point of a list has its number and the number of its citation, whatever characters it holds."""
    answer = await person.ask("存在哪些问题?")

    expected = [f"1. {POINTS[0]} [1]", f"2. {POINTS[1]} [1]", f"3. {POINTS[2]} [2]"]
    assert ["存在的问题:", *expected] == answer["text"].split("\n")[:4]
    assert labels(answer)[:2] == ["原文 1", "原文 2"]


async def test_a_long_answer_comes_in_several_whole_pieces(person: Person) -> None:
    """An answer over Telegram's limit is cut at sentence ends; nothing is lost, the buttons stand below the end."""
    person.write("请给我全文")
    await person.api.until(lambda: any(labels(message) for message in person.from_bot()))

    pieces = person.from_bot()
    assert len(pieces) > 2
    assert all(utf16_length(piece["text"]) <= 4096 for piece in pieces)
    assert all(piece["text"].rstrip().endswith("。") for piece in pieces[:-1])
    assert "".join(piece["text"] for piece in pieces).startswith(LONG)
    assert [bool(labels(piece)) for piece in pieces] == [False] * (len(pieces) - 1) + [True]


async def test_what_is_not_found_claims_nothing(person: Person) -> None:
    """A question that the reports do not answer gets the polite line, and nearby passages that are named as such."""
    answer = await person.ask("有几个足球场?")

    assert answer["text"].startswith("抱歉,报告里没有提到足球场。\n\n下面是相近的段落，不是答案：")
    assert shown_as(answer, "bold") == []
    assert labels(answer) == ["有哪些报告?"]


async def test_an_empty_ask_is_told_what_to_write(person: Person) -> None:
    """/ask without a question explains itself."""
    assert (await person.ask("/ask"))["text"].startswith("请写上您的问题，例如：/ask")


async def test_a_question_that_is_too_long_is_refused_politely(person: Person) -> None:
    """A question over the limit gets the limit, in the person's language."""
    assert (await person.ask("问" * 501))["text"] == "问题太长了，请缩短到 500 个字以内。"


@pytest.mark.parametrize("language, words", [("zh-hant", "抱歉，我只能看文字"), ("en", "Sorry, I can only read text")])
async def test_what_is_no_text_is_refused_in_the_persons_language(api: BotApi, language: str, words: str) -> None:
    """A sticker gets a polite line in the language of the person's Telegram."""
    person = Person(api, language=language)
    person.send_sticker()

    assert (await person.next_message())["text"].startswith(words)


async def test_an_album_is_refused_once(person: Person) -> None:
    """Ten pictures sent together get one polite line."""
    for _ in range(10):
        person.send(photo=[{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}], media_group_id="77")
    await person.next_message()
    await person.ask("2020年提供了多少次法律咨询？")

    assert sum("只能看文字" in message["text"] for message in person.from_bot()) == 1


async def test_an_update_delivered_twice_is_answered_once(api: BotApi, person: Person) -> None:
    """Telegram may deliver an update again; the person gets one answer."""
    update = person.write("2020年提供了多少次法律咨询？")
    await person.next_message()
    api.deliver_again(update)
    await person.ask("/help")

    assert ["2020年以来" in message["text"] for message in person.from_bot()] == [True, False]


async def test_the_turns_of_a_chat_are_one_conversation(api: BotApi, reports: FakeReports) -> None:
    """Two questions of one person share a conversation, another person's do not; no id of Telegram's is passed on."""
    first, second = Person(api, 501), Person(api, 502)
    await first.ask("2020年提供了多少次法律咨询？")
    await first.ask("那法治宣传呢?")
    await second.ask("2020年提供了多少次法律咨询？")

    one, same, other = [request.conversation_id or "" for request in reports.requests]
    assert one == same != other
    assert re.fullmatch("[0-9a-f]{32}", one)


async def test_text_that_looks_like_html_is_shown_as_it_is(person: Person) -> None:
    """Unknown commands are answered, and markup in a question does no harm."""
    assert "没有这个命令" in (await person.ask("/nothing <b>"))["text"]
    assert (await person.ask("<b>法律咨询 & </i>"))["text"].startswith("2020年以来")


async def test_a_failure_is_told_once(person: Person) -> None:
    """When something breaks, the person gets one line that says so, and the next question is answered."""
    failed = await person.ask("这会出错")
    answer = await person.ask("2020年提供了多少次法律咨询？")

    assert failed["text"] == "抱歉，刚才出了差错，没能回答。请再问一次。"
    assert answer["text"].startswith("2020年以来")


async def test_a_full_disk_is_told_as_passing(person: Person) -> None:
    """What may pass by itself is told as such."""
    assert (await person.ask("磁盘满了吗"))["text"] == "抱歉，暂时不能回答。请过几分钟再试。"
