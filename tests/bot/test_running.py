"""The bot's life: starting, failing networks, limits, webhooks, stopping."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from tests.bot.bot_api import BotApi, Person
from tests.bot.fake_reports import FakeReports
from wenbao.answers.service import ReportService
from wenbao.bot.application import webhook_secret, webhook_url
from wenbao.bot.running import RunningBot, poll, running
from wenbao.config.errors import InvalidRequest, InvalidSettings, NotAuthorized
from wenbao.config.settings import Settings

QUESTION = "2020年提供了多少次法律咨询？"
HOOK = "https://reports.example.org"


def changed(settings: Settings, **changes: Any) -> Settings:
    return Settings(_env_file=None, **{**settings.model_dump(), **changes})


def bot_for(settings: Settings, reports: FakeReports) -> Any:
    return running(settings, cast(ReportService, reports))


async def test_polling_stops_when_told(settings: Settings, reports: FakeReports, person: Person) -> None:
    """`poll` answers until it is told to stop, and then returns."""
    stop = asyncio.Event()
    polling = asyncio.create_task(poll(settings, cast(ReportService, reports), stop))
    await person.ask(QUESTION)
    stop.set()

    await asyncio.wait_for(polling, 10)


async def test_the_commands_are_announced(api: BotApi, settings: Settings, reports: FakeReports) -> None:
    """Telegram is told the menu for everybody, for Chinese and for English."""
    async with bot_for(settings, reports):
        pass

    default = '{"type": "default"}'
    assert {(default, ""), (default, "zh"), (default, "en")} == set(api.commands)
    assert "选择语言" in api.commands[default, "zh"]
    assert "Choose a language" in api.commands[default, "en"]


@pytest.mark.parametrize("token", ["7000:wrong-token", "no token at all", "7000:a/b"])
async def test_a_wrong_token_is_said_in_one_line_without_it(
    settings: Settings, reports: FakeReports, caplog: pytest.LogCaptureFixture, token: str
) -> None:
    """A token that is refused, or cannot be one, ends the start with a clear line that does not hold it."""
    caplog.set_level(logging.DEBUG)
    with capture_logs() as logs, pytest.raises(InvalidSettings) as problem:
        async with bot_for(changed(settings, telegram_token=token), reports):
            pass

    assert "WENBAO_TELEGRAM_TOKEN" in str(problem.value)
    assert token not in f"{problem.value} {caplog.text} {logs}"
    assert problem.value.__suppress_context__ or problem.value.__context__ is None


async def test_no_token_is_said(settings: Settings, reports: FakeReports) -> None:
    """Without a token the line says where to get one."""
    with pytest.raises(InvalidSettings, match="BotFather"):
        await poll(changed(settings, telegram_token=None), cast(ReportService, reports), asyncio.Event())


async def test_the_token_is_in_no_log(
    api: BotApi, settings: Settings, reports: FakeReports, person: Person, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the token nor the person's name or number is logged, whatever goes wrong."""
    caplog.set_level(logging.DEBUG)
    with capture_logs() as logs:
        async with bot_for(settings, reports):
            api.fail("getUpdates", 502, "Bad Gateway")
            await person.ask("这会出错")

    everything = f"{caplog.text} {logs}"
    assert "something nobody foresaw" in everything
    assert api.root.split("//")[1] + "/bot" not in everything
    assert settings.telegram_token and settings.telegram_token.get_secret_value() not in everything
    assert "陈小明" not in everything and "chan_siu_ming" not in everything


async def test_the_bot_waits_for_telegram_to_be_there(
    api: BotApi, settings: Settings, reports: FakeReports, person: Person
) -> None:
    """A start without a network does not fail; once Telegram is there, questions are answered."""
    await api.stop()
    with capture_logs() as logs:
        async with bot_for(settings, reports):
            await api.start()
            answer = await person.ask(QUESTION)

    assert "3373次" in answer["text"]
    assert next(log["event"] for log in logs) == "bot.unreachable"


async def test_a_bot_that_never_reached_telegram_stops(api: BotApi, settings: Settings, reports: FakeReports) -> None:
    """`poll` stops when told also while it waits for the network."""
    await api.stop()
    stop = asyncio.Event()
    stop.set()

    await asyncio.wait_for(poll(settings, cast(ReportService, reports), stop), 10)


async def test_a_restart_of_the_server_is_survived(api: BotApi, settings: Settings, reports: FakeReports) -> None:
    """A polling bot goes on after the Bot API server was away."""
    person = Person(api)
    async with bot_for(settings, reports):
        await person.ask(QUESTION)
        await api.stop()
        await api.start()
        answer = await person.ask(QUESTION)

    assert "3373次" in answer["text"]


async def test_a_network_that_fails_once_does_not_lose_the_answer(
    api: BotApi, settings: Settings, reports: FakeReports, person: Person
) -> None:
    """502 and 429 are waited out."""
    async with bot_for(settings, reports):
        api.fail("sendMessage", 502, "Bad Gateway")
        api.fail("sendMessage", 429, "Too Many Requests: retry after 1", retry_after=1)
        answer = await person.ask(QUESTION)

    assert "3373次" in answer["text"]
    assert len(person.from_bot()) == 1


async def test_a_person_who_blocked_the_bot_is_left_alone(
    api: BotApi, settings: Settings, reports: FakeReports, person: Person
) -> None:
    """403 is noted and nothing more is sent."""
    with capture_logs() as logs:
        async with bot_for(settings, reports):
            api.fail("sendMessage", 403, "Forbidden: bot was blocked by the user")
            person.write(QUESTION)
            await api.until(lambda: api.called("sendMessage"))

    assert len(api.called("sendMessage")) == 1
    assert "bot.not_welcome" in [log["event"] for log in logs]


async def test_a_failure_of_sending_is_told_once(
    api: BotApi, settings: Settings, reports: FakeReports, person: Person
) -> None:
    """When Telegram refuses an answer, the person is told so once."""
    async with bot_for(settings, reports):
        api.fail("sendMessage", 400, "Bad Request: can't parse entities")
        told = await person.ask(QUESTION)

    assert told["text"].startswith("抱歉，刚才出了差错")
    assert len(person.from_bot()) == 1


async def test_too_many_questions_are_refused_once(settings: Settings, reports: FakeReports, person: Person) -> None:
    """Over the limit a person is told once, then not answered; another person is."""
    async with bot_for(changed(settings, questions_per_minute=2), reports):
        for _ in range(5):
            person.write(QUESTION)
        await Person(person.api, 502).ask(QUESTION)
        await person.api.until(lambda: len(person.from_bot()) == 3)

    assert sorted("3373次" in message["text"] for message in person.from_bot()) == [False, True, True]
    assert "您问得有点快，请过一分钟再问。" in [message["text"] for message in person.from_bot()]


async def test_an_update_from_before_a_restart_is_not_answered_again(
    api: BotApi, settings: Settings, reports: FakeReports, person: Person
) -> None:
    """What was handled is known after a restart."""
    async with bot_for(settings, reports):
        update = person.write(QUESTION)
        await person.next_message()
    async with bot_for(settings, reports):
        api.deliver_again(update)
        await person.ask("/help")

    assert len(reports.requests) == 1


async def test_nothing_on_disk_leads_to_a_person(settings: Settings, reports: FakeReports, person: Person) -> None:
    """bot.sqlite3 holds a language and no id."""
    someone = Person(person.api, 987654321)
    async with bot_for(settings, reports):
        choice = await someone.ask("/language")
        await someone.press(choice, "English")

    written = b"".join(file.read_bytes() for file in settings.data_dir.glob("bot.sqlite3*"))
    assert b"987654321" not in written


async def post(bot: RunningBot, update: dict[str, Any], secret: str | None) -> None:
    bot.accept(secret, json.dumps(update).encode())


def update_of(person: Person, text: str) -> dict[str, Any]:
    """An update as Telegram would post it; here nobody polls for it."""
    return person.write(text)


async def test_a_webhook_is_set_and_answers(
    api: BotApi, settings: Settings, reports: FakeReports, person: Person
) -> None:
    """With a webhook address the bot does not poll; a posted update is answered once, however often it comes."""
    hooked = changed(settings, telegram_webhook_url=HOOK, telegram_webhook_secret="a-secret")
    async with bot_for(hooked, reports) as bot:
        await bot.connecting
        update = update_of(person, QUESTION)
        await post(bot, update, "a-secret")
        await post(bot, update, "a-secret")
        answer = await person.next_message()

    assert "3373次" in answer["text"]
    assert len(person.from_bot()) == 1
    assert api.webhook["url"] == HOOK + "/telegram"
    assert api.webhook["secret_token"] == "a-secret"
    assert api.called("getUpdates") == []


@pytest.mark.parametrize("secret", [None, "", "a-secre", "a-secret2", "密"])
async def test_a_webhook_without_the_secret_is_refused(
    settings: Settings, reports: FakeReports, person: Person, secret: str | None
) -> None:
    """An update from someone who does not know the secret is not taken in."""
    hooked = changed(settings, telegram_webhook_url=HOOK, telegram_webhook_secret="a-secret")
    async with bot_for(hooked, reports) as bot:
        with pytest.raises(NotAuthorized):
            await post(bot, update_of(person, QUESTION), secret)

    assert reports.requests == []


async def test_a_webhook_always_has_a_secret(
    api: BotApi, settings: Settings, reports: FakeReports, person: Person
) -> None:
    """Where no secret is set, one is made that only the holder of the token knows."""
    hooked = changed(settings, telegram_webhook_url=HOOK)
    async with bot_for(hooked, reports) as bot:
        await bot.connecting
        with pytest.raises(NotAuthorized):
            await post(bot, update_of(person, QUESTION), None)
        await post(bot, update_of(person, QUESTION), api.webhook["secret_token"])
        assert "3373次" in (await person.next_message())["text"]

    assert api.webhook["secret_token"] == webhook_secret(hooked)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"1", b'"x"', b"\xff", b"{}", b'{"update_id": 1, "message": 5}'])
async def test_a_body_that_is_no_update_is_refused(settings: Settings, reports: FakeReports, body: bytes) -> None:
    """Whatever else is posted is an invalid request, not a failure."""
    hooked = changed(settings, telegram_webhook_url=HOOK, telegram_webhook_secret="a-secret")
    async with bot_for(hooked, reports) as bot:
        with pytest.raises(InvalidRequest):
            bot.accept("a-secret", body)


async def test_polling_takes_over_from_a_webhook(
    api: BotApi, settings: Settings, reports: FakeReports, person: Person
) -> None:
    """A webhook that was set earlier does not keep a polling bot from its updates."""
    api.webhook = {"url": HOOK}
    async with bot_for(settings, reports):
        assert "3373次" in (await person.ask(QUESTION))["text"]


@pytest.mark.parametrize("changes", [{"telegram_webhook_secret": "has spaces"}, {"telegram_webhook_url": "http://x"}])
async def test_a_webhook_that_telegram_refuses_is_said(
    settings: Settings, reports: FakeReports, changes: dict[str, str]
) -> None:
    """A secret or an address that Telegram does not take is named."""
    hooked = changed(settings, **{"telegram_webhook_url": HOOK, **changes})
    with pytest.raises(InvalidSettings, match=next(iter(changes)).upper()):
        async with bot_for(hooked, reports):
            pass


@pytest.mark.parametrize(
    "address, told",
    [(HOOK, HOOK + "/telegram"), (HOOK + "/", HOOK + "/telegram"), (HOOK + "/a/hook", HOOK + "/a/hook"), (None, None)],
)
def test_the_webhook_address_gets_our_path_where_it_has_none(
    settings: Settings, address: str | None, told: str | None
) -> None:
    """An address with a path of its own is used as it is."""
    assert told == webhook_url(changed(settings, telegram_webhook_url=address))
