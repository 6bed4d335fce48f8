"""What happens when a handler fails: the cause goes to the log, without who it was, and one polite line to the chat."""

from __future__ import annotations

import traceback

import structlog
from telegram import Chat, Update
from telegram.error import Forbidden, TelegramError

from wenbao.bot.addressing import is_for_bot
from wenbao.bot.parts import Context, parts_of, telegram_language
from wenbao.bot.sending import acknowledge, say
from wenbao.bot.spans import plain
from wenbao.bot.texts import texts_in
from wenbao.config.errors import IndexUnavailable, ModelUnavailable, StorageFailed
from wenbao.config.settings import Settings

log = structlog.get_logger("wenbao.bot")


async def handle_failure(update: object, context: Context) -> None:
    """The application's error handler."""
    error, settings = context.error, parts_of(context).settings
    if isinstance(error, Forbidden):
        log.info("bot.not_welcome", cause=without_token(str(error), settings))
        return
    log.error(
        "bot.failed",
        update=_kind(update),
        cause=without_token(f"{type(error).__name__}: {error}", settings),
        trace=without_token("".join(traceback.format_exception(error)), settings) if error else None,
    )
    if isinstance(update, Update) and _is_meant_for_us(update, context):
        await _apologise(update, context, error)


def without_token(text: str, settings: Settings) -> str:
    """`text` with the token made illegible, should it stand there."""
    token = settings.telegram_token.get_secret_value() if settings.telegram_token else ""
    return text.replace(token, "<token>") if token else text


async def _apologise(update: Update, context: Context, error: Exception | None) -> None:
    texts = texts_in(telegram_language(update))
    passing = isinstance(error, IndexUnavailable | ModelUnavailable | StorageFailed)
    words = texts.unavailable if passing else texts.failed
    try:
        if update.callback_query:
            await acknowledge(update.callback_query, words, alert=True)
        else:
            await say(update, context, plain(words))
    except TelegramError as problem:
        log.warning("bot.apology_failed", cause=without_token(str(problem), parts_of(context).settings))


def _is_meant_for_us(update: Update, context: Context) -> bool:
    """In a group nothing is said about messages that are not for the bot."""
    message = update.message or update.edited_message
    if update.callback_query or (update.effective_chat and update.effective_chat.type == Chat.PRIVATE):
        return True
    return bool(message and ((message.text or "").startswith("/") or is_for_bot(message, context.bot)))


def _kind(update: object) -> str | None:
    """Which kind of update it was, and nothing else of it."""
    if not isinstance(update, Update):
        return None
    kinds = ("message", "edited_message", "callback_query", "inline_query")
    return next((kind for kind in kinds if getattr(update, kind)), "other")
