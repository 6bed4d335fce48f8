"""Sending to a chat: in pieces where it is long, once more where the network failed, and no fuss over stale buttons."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from telegram import CallbackQuery, Chat, InlineKeyboardMarkup, Message, Update
from telegram.constants import ChatAction
from telegram.error import BadRequest, NetworkError, TelegramError, TimedOut

from wenbao.bot.parts import Bot, Context
from wenbao.bot.spans import Rich, split, to_html

_PAUSES = (0.2, 1.0)


async def say(
    update: Update, context: Context, rich: Rich, keyboard: InlineKeyboardMarkup | None = None
) -> tuple[int, ...]:
    """Answer in the chat that the update came from, and give the ids of the messages.

    The buttons stand below the last piece.
    """
    return await say_instead(update, context, (), rich, keyboard)


async def say_instead(
    update: Update,
    context: Context,
    earlier: Sequence[int],
    rich: Rich,
    keyboard: InlineKeyboardMarkup | None = None,
) -> tuple[int, ...]:
    """The same, by changing `earlier` messages as far as there are some; what is left over of them is deleted."""
    pieces = [to_html(piece) for piece in split(rich)]
    said: list[int] = []
    for number, piece in enumerate(pieces):
        below = keyboard if number + 1 == len(pieces) else None
        # Once one cannot be changed, all that follows is new, so that the pieces stay in order.
        if said == list(earlier[:number]) and await _changed(update, context.bot, earlier[number:], piece, below):
            said.append(earlier[number])
        else:
            said += await say_html(update, context, piece, below, quotes=number == 0)
    for left in set(earlier) - set(said):
        await _delete(update, context.bot, left)
    return tuple(said)


async def say_html(
    update: Update, context: Context, html: str, keyboard: InlineKeyboardMarkup | None = None, *, quotes: bool = True
) -> tuple[int, ...]:
    """One message, whose id is given; in a group it `quotes` the message that it answers."""
    message, chat = update.effective_message, update.effective_chat
    if isinstance(message, Message):
        do_quote = None if quotes else False
        sent = await _patiently(lambda: message.reply_text(html, reply_markup=keyboard, do_quote=do_quote))
    elif chat:
        sent = await _patiently(lambda: context.bot.send_message(chat.id, html, reply_markup=keyboard))
    else:
        return ()
    return (sent.message_id,)


async def acknowledge(query: CallbackQuery, text: str | None = None, *, alert: bool = False) -> None:
    """Answer a press; one that has waited too long is past answering, and that is no failure."""
    try:
        await query.answer(text, show_alert=alert)
    except BadRequest as problem:
        if not is_stale(problem):
            raise


def is_stale(problem: BadRequest) -> bool:
    """Whether a press or an inline query has waited too long for its answer."""
    return "too old" in str(problem).lower() or "query id" in str(problem).lower()


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


async def _changed(
    update: Update, bot: Bot, earlier: Sequence[int], html: str, keyboard: InlineKeyboardMarkup | None
) -> bool:
    """Whether the first of some earlier messages now says this."""
    chat = update.effective_chat
    if not earlier or not chat:
        return False
    try:
        await bot.edit_message_text(html, chat.id, earlier[0], reply_markup=keyboard)
    except BadRequest as problem:
        return "not modified" in str(problem).lower()
    return True


async def _delete(update: Update, bot: Bot, message: int) -> None:
    """That it is gone already, or too old, is no failure."""
    if update.effective_chat:
        with suppress(BadRequest):
            await bot.delete_message(update.effective_chat.id, message)


async def _patiently(send: Callable[[], Awaitable[Message]]) -> Message:
    """Try again when the network fails; not after a time-out, when the message may have arrived."""
    for pause in _PAUSES:
        try:
            return await send()
        except (BadRequest, TimedOut):
            raise
        except NetworkError:
            await asyncio.sleep(pause)
    return await send()
