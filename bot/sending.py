"""Sending to a chat: in pieces where it is long, once more where the network failed, and no fuss over stale buttons."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from telegram import CallbackQuery, Chat, InlineKeyboardMarkup, Message, Update
from telegram.constants import ChatAction
from telegram.error import BadRequest, NetworkError, TelegramError, TimedOut

from wenbao.bot.parts import Context
from wenbao.bot.spans import Rich, split, to_html

_PAUSES = (0.2, 1.0)


async def say(update: Update, context: Context, rich: Rich, keyboard: InlineKeyboardMarkup | None = None) -> None:
    """Answer in the chat that the update came from; the buttons stand below the last piece."""
    pieces = [to_html(piece) for piece in split(rich)]
    for number, piece in enumerate(pieces, start=1):
        await say_html(update, context, piece, keyboard if number == len(pieces) else None, quotes=number == 1)


async def say_html(
    update: Update, context: Context, html: str, keyboard: InlineKeyboardMarkup | None = None, *, quotes: bool = True
) -> None:
    """One message; in a group it `quotes` the message that it answers."""
    message, chat = update.effective_message, update.effective_chat
    if isinstance(message, Message):
        do_quote = None if quotes else False
        await _patiently(lambda: message.reply_text(html, reply_markup=keyboard, do_quote=do_quote))
    elif chat:
        await _patiently(lambda: context.bot.send_message(chat.id, html, reply_markup=keyboard))


async def acknowledge(query: CallbackQuery, text: str | None = None, *, alert: bool = False) -> None:
    """Answer a press; one that has waited too long is past answering, and that is no failure."""
    try:
        await query.answer(text, show_alert=alert)
    except BadRequest as problem:
        if "too old" not in str(problem).lower() and "query id" not in str(problem).lower():
            raise


async def edit(change: Callable[[], Awaitable[object]]) -> None:
    """Edit a message; that it looks so already, or is gone, is no failure."""
    try:
        await change()
    except BadRequest as problem:
        if not any(words in str(problem).lower() for words in ("not modified", "not found", "can't be edited")):
            raise


async def show_typing(update: Update) -> None:
    """The sign that an answer is on its way; nothing depends on it. In a group it would use up what it may send."""
    chat = update.effective_chat
    if chat and chat.type == Chat.PRIVATE:
        with suppress(TelegramError):
            await chat.send_action(ChatAction.TYPING)


async def _patiently(send: Callable[[], Awaitable[object]]) -> None:
    """Try again when the network fails; not after a time-out, when the message may have arrived."""
    for pause in _PAUSES:
        try:
            await send()
        except (BadRequest, TimedOut):
            raise
        except NetworkError:
            await asyncio.sleep(pause)
        else:
            return
    await send()
