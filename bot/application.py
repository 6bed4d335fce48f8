"""The bot put together: its handlers, its way to the Bot API, and the door for updates that Telegram brings."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import re
from typing import cast
from urllib.parse import urlsplit

import structlog
from telegram import LinkPreviewOptions, Update
from telegram.constants import ParseMode
from telegram.ext import (
    AIORateLimiter,
    Application,
    ApplicationHandlerStop,
    CallbackQueryHandler,
    CommandHandler,
    Defaults,
    InlineQueryHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from wenbao.answers.limits import QuestionLimit
from wenbao.answers.service import ReportService
from wenbao.bot import buttons, commands, inline, questions
from wenbao.bot.failures import handle_failure
from wenbao.bot.parts import BotApplication, Context, Parts, parts_of, pseudonym_key, set_parts
from wenbao.bot.store import BotStore
from wenbao.config.errors import InvalidRequest, InvalidSettings, NotAuthorized, StorageFailed
from wenbao.config.settings import Settings

WEBHOOK_PATH = "/telegram"
ALLOWED_UPDATES = (Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.INLINE_QUERY)
_RETRIES_WHEN_LIMITED = 3
_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")

log = structlog.get_logger("wenbao.bot")


def build_application(settings: Settings, service: ReportService) -> BotApplication:
    """The bot, not yet started; with `telegram_webhook_url` set it takes updates from `accept_update` alone.

    Raises InvalidSettings where the token or the webhook secret cannot be one.
    """
    token = _token(settings)
    webhook_secret(settings)
    _quieten_libraries()
    builder = (
        Application.builder()
        .token(token)
        .base_url(f"{settings.telegram_api_url}/bot")
        .base_file_url(f"{settings.telegram_api_url}/file/bot")
        .rate_limiter(AIORateLimiter(max_retries=_RETRIES_WHEN_LIMITED))
        .concurrent_updates(True)
        .defaults(_defaults())
        .connect_timeout(5)
        .read_timeout(20)
        .job_queue(None)
    )
    built = (builder.updater(None) if settings.telegram_webhook_url else builder).build()
    application = cast(BotApplication, built)
    set_parts(application, _parts(settings, service, token))
    _add_handlers(application)
    return application


def accept_update(application: BotApplication, settings: Settings, secret_header: str | None, body: bytes) -> None:
    """Take in what Telegram posted to the webhook; it is answered in the background.

    `secret_header` is the request's X-Telegram-Bot-Api-Secret-Token. Raises NotAuthorized or InvalidRequest.
    """
    if not hmac.compare_digest((secret_header or "").encode(), webhook_secret(settings).encode()):
        raise NotAuthorized("The webhook secret is missing or wrong.")
    try:
        update = Update.de_json(json.loads(body), application.bot)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise InvalidRequest("The body is not a Telegram update.") from None
    application.update_queue.put_nowait(update)


def webhook_secret(settings: Settings) -> str:
    """The secret that Telegram is told to send: the one set, else one made of the token, so that there always is one.

    Raises InvalidSettings where Telegram would not take it.
    """
    if settings.telegram_webhook_secret is None:
        return hashlib.sha256(b"wenbao webhook " + _token(settings).encode()).hexdigest()
    secret = settings.telegram_webhook_secret.get_secret_value()
    if not _SECRET.fullmatch(secret):
        raise InvalidSettings("WENBAO_TELEGRAM_WEBHOOK_SECRET: 1 to 256 letters, digits, _ and - (as Telegram asks).")
    return secret


def webhook_url(settings: Settings) -> str | None:
    """Where Telegram is told to post: the address set, with our path below it where it has none of its own."""
    url = settings.telegram_webhook_url
    return url + WEBHOOK_PATH if url and not urlsplit(url).path.strip("/") else url


def _token(settings: Settings) -> str:
    if settings.telegram_token is None:
        raise InvalidSettings("WENBAO_TELEGRAM_TOKEN is not set: get a token from @BotFather in Telegram.")
    token = settings.telegram_token.get_secret_value()
    if not _TOKEN.fullmatch(token):
        raise InvalidSettings(
            "WENBAO_TELEGRAM_TOKEN is not a token: it has the form <digits>:<letters, digits, _ and ->; "
            "copy it from @BotFather in Telegram."
        )
    return token


def _defaults() -> Defaults:
    return Defaults(
        parse_mode=ParseMode.HTML,
        allow_sending_without_reply=True,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )


def _parts(settings: Settings, service: ReportService, token: str) -> Parts:
    store = BotStore(settings.data_dir / "bot.sqlite3")
    return Parts(settings, service, store, QuestionLimit(settings.questions_per_minute), pseudonym_key(token))


def _quieten_libraries() -> None:
    """Below warnings these log addresses with the token in them, and people's messages."""
    for name in ("httpx", "httpcore", "telegram"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # This one writes out whole updates that it cannot read; the poller says what was wrong with them.
    logging.getLogger("telegram.ext.ExtBot").setLevel(logging.CRITICAL + 1)


def _add_handlers(application: BotApplication) -> None:
    new, private = filters.UpdateType.MESSAGE, filters.ChatType.PRIVATE
    edited = filters.UpdateType.EDITED_MESSAGE
    application.add_handler(TypeHandler(Update, _stop_repeated), group=-1)
    for name, handler in {
        "start": commands.handle_start,
        "help": commands.handle_help,
        "reports": commands.handle_reports,
        "language": commands.handle_language,
        "forget": commands.handle_forget,
        "ask": questions.handle_ask,
    }.items():
        application.add_handler(CommandHandler(name, handler, filters=new))
    application.add_handler(CommandHandler("ask", questions.handle_edited_ask, filters=edited))
    application.add_handler(CallbackQueryHandler(buttons.handle_button))
    application.add_handler(InlineQueryHandler(inline.handle_inline))
    application.add_handler(MessageHandler(new & private & filters.COMMAND, commands.handle_unknown_command))
    application.add_handler(MessageHandler(new & filters.TEXT & ~filters.COMMAND, questions.handle_text))
    application.add_handler(MessageHandler(edited & filters.TEXT & ~filters.COMMAND, questions.handle_edited))
    not_text = new & ~filters.TEXT & ~filters.StatusUpdate.ALL
    application.add_handler(MessageHandler(not_text, commands.handle_not_text))
    application.add_error_handler(handle_failure)


async def _stop_repeated(update: Update, context: Context) -> None:
    """Let an update through once, however often Telegram delivers it."""
    try:
        key = f"update:{context.bot.id}:{update.update_id}"
        first = await asyncio.to_thread(parts_of(context).store.first_time, key)
    except StorageFailed as problem:
        # Better answered twice than not at all.
        log.warning("bot.store_failed", cause=str(problem))
        return
    if not first:
        raise ApplicationHandlerStop


__all__ = ["ALLOWED_UPDATES", "WEBHOOK_PATH", "accept_update", "build_application", "webhook_secret", "webhook_url"]
