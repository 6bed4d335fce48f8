"""The bot's life: it connects, polls or takes a webhook, waits out a network that is down, and stops cleanly."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

import structlog
from telegram.error import BadRequest, InvalidToken, TelegramError

from wenbao.answers.service import ReportService
from wenbao.bot.application import ALLOWED_UPDATES, accept_update, build_application, webhook_secret, webhook_url
from wenbao.bot.commands import set_all_commands
from wenbao.bot.failures import without_token
from wenbao.bot.parts import BotApplication, parts_of
from wenbao.config.errors import InvalidSettings
from wenbao.config.settings import Settings

_FIRST_TRY_SECONDS = 3.0
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 60.0
_POLL = timedelta(seconds=30)

log = structlog.get_logger("wenbao.bot")


@dataclass(frozen=True, slots=True)
class RunningBot:
    """A bot that is at work; `connecting` is done once Telegram was reached, and fails where it refuses us."""

    application: BotApplication
    settings: Settings
    connecting: asyncio.Task[None]

    def accept(self, secret_header: str | None, body: bytes) -> None:
        """Take in what Telegram posted to the webhook. Raises NotAuthorized or InvalidRequest."""
        accept_update(self.application, self.settings, secret_header, body)


@asynccontextmanager
async def running(settings: Settings, service: ReportService) -> AsyncIterator[RunningBot]:
    """A bot at work inside this event loop: with `telegram_webhook_url` by webhook, else it polls.

    Where Telegram cannot be reached it goes on trying in the background. Raises InvalidSettings where Telegram
    refuses the token or the webhook address at once; where it does so later, that is logged and the bot rests.
    """
    application = build_application(settings, service)
    tried = asyncio.Event()
    connecting = asyncio.create_task(_connect(application, settings, tried), name="wenbao bot: connecting")
    connecting.add_done_callback(lambda _: tried.set())
    try:
        with suppress(TimeoutError):
            await asyncio.wait_for(tried.wait(), _FIRST_TRY_SECONDS)
        if connecting.done():
            connecting.result()
        connecting.add_done_callback(_log_refusal)
        yield RunningBot(application, settings, connecting)
    finally:
        await _end(connecting)
        await _stop(application)


async def poll(settings: Settings, service: ReportService, stop: asyncio.Event) -> None:
    """Poll until `stop` is set, whatever the webhook settings. Raises InvalidSettings where Telegram refuses us."""
    async with running(settings.model_copy(update={"telegram_webhook_url": None}), service) as bot:
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({stopping, bot.connecting}, return_when=asyncio.FIRST_COMPLETED)
            if not stopping.done():
                bot.connecting.result()
            await stopping
        finally:
            await _end(stopping)


async def _connect(application: BotApplication, settings: Settings, tried: asyncio.Event) -> None:
    pause = _FIRST_PAUSE_SECONDS
    while True:
        try:
            await _connect_once(application, settings)
        except InvalidToken:
            raise InvalidSettings(
                f"The Bot API server at {settings.telegram_api_url} refuses the token: check WENBAO_TELEGRAM_TOKEN "
                "(and WENBAO_TELEGRAM_API_URL)."
            ) from None
        except TelegramError as problem:
            cause = without_token(str(problem), settings)
            log.warning("bot.unreachable", api=settings.telegram_api_url, cause=cause, next_try_seconds=pause)
        else:
            log.info("bot.connected", bot=application.bot.username, webhook=bool(settings.telegram_webhook_url))
            return
        tried.set()
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)


async def _connect_once(application: BotApplication, settings: Settings) -> None:
    """Whatever of the start is still to be done."""
    await application.initialize()
    if application.updater is None:
        await _set_webhook(application, settings)
    elif not application.updater.running:
        await application.updater.start_polling(
            timeout=_POLL, allowed_updates=ALLOWED_UPDATES, error_callback=lambda problem: _log_lost(problem, settings)
        )
    await application.start()
    await _announce(application, settings)


async def _set_webhook(application: BotApplication, settings: Settings) -> None:
    try:
        await application.bot.set_webhook(
            webhook_url(settings) or "", allowed_updates=ALLOWED_UPDATES, secret_token=webhook_secret(settings)
        )
    except BadRequest as problem:
        raise InvalidSettings(f"Telegram refuses WENBAO_TELEGRAM_WEBHOOK_URL: {problem}") from None


async def _announce(application: BotApplication, settings: Settings) -> None:
    """Without its menu of commands the bot still works."""
    try:
        await set_all_commands(application)
    except TelegramError as problem:
        log.warning("bot.commands_not_set", cause=without_token(str(problem), settings))


def _log_lost(problem: TelegramError, settings: Settings) -> None:
    log.warning("bot.poll_failed", api=settings.telegram_api_url, cause=without_token(str(problem), settings))


def _log_refusal(connecting: asyncio.Task[None]) -> None:
    if not connecting.cancelled() and (problem := connecting.exception()):
        log.error("bot.refused", cause=str(problem))


async def _end(task: asyncio.Task[None] | asyncio.Task[bool]) -> None:
    task.cancel()
    await asyncio.wait({task})


async def _stop(application: BotApplication) -> None:
    """Finish what was taken in, then let go of the network and the store."""
    if application.updater and application.updater.running:
        await application.updater.stop()
    if application.running:
        await application.stop()
    await application.shutdown()
    # A bot that never reached Telegram is not "initialized", but holds its connections.
    await application.bot.shutdown()
    await asyncio.to_thread(parts_of(application).store.close)
