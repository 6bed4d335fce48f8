"""From a message to an answer in the chat; from a message that was changed to a changed answer."""

from __future__ import annotations

import asyncio

from telegram import Chat, InlineKeyboardMarkup, Message, Update

from wenbao.answers.model import AskRequest, Reply
from wenbao.answers.service import ReportService
from wenbao.bot.addressing import question_in
from wenbao.bot.parts import (
    Context,
    chat_pseudonym,
    chosen_language,
    conversation_id,
    parts_of,
    person_pseudonym,
    question_pseudonym,
    ui_texts,
)
from wenbao.bot.render import render_reply, reply_keyboard
from wenbao.bot.sending import say, say_instead, show_typing
from wenbao.bot.spans import Rich, plain
from wenbao.bot.store import Answered
from wenbao.bot.texts import Texts, texts_in
from wenbao.config.errors import InvalidQuestion
from wenbao.config.settings import Settings

AT_ONCE_SECONDS = 0.2
"""How long an answer may take before the person is shown that it is on its way; most take a tenth of it."""


async def handle_text(update: Update, context: Context) -> None:
    """A plain message: a question in a private chat, in a group only where it is meant for the bot."""
    question = question_in(update.message, context.bot) if update.message else None
    if question is not None:
        await answer_question(update, context, question)


async def handle_ask(update: Update, context: Context) -> None:
    """/ask with a question behind it."""
    question = _behind_command(update.message)
    if question:
        await answer_question(update, context, question)
    else:
        await say(update, context, plain((await ui_texts(update, context)).ask_what))


async def handle_edited(update: Update, context: Context) -> None:
    """A message that was changed: its answer is changed too."""
    message = update.edited_message
    question = question_in(message, context.bot) if message else None
    if question is not None:
        await _answer_anew(update, context, question)


async def handle_edited_ask(update: Update, context: Context) -> None:
    """The same behind /ask."""
    question = _behind_command(update.edited_message)
    if question:
        await _answer_anew(update, context, question)


async def answer_question(update: Update, context: Context, question: str, *, asked_by_button: bool = False) -> None:
    """Ask the reports and send what they say; a question from a button is shown above the answer."""
    if not await admitted(update, context):
        return
    rich, keyboard = await _answer(update, context, question, asked=question if asked_by_button else None)
    said = await say(update, context, rich, keyboard)
    if update.message:
        await _remember(update, context, update.message, question, said)


async def admitted(update: Update, context: Context) -> bool:
    """Whether this person may ask now; the first refusal is told, politely."""
    parts = parts_of(context)
    verdict = parts.limit.admit(person_pseudonym(update, parts.key))
    if verdict == "refused":
        await say(update, context, plain((await ui_texts(update, context)).too_many))
    return verdict == "admitted"


async def _answer_anew(update: Update, context: Context, question: str) -> None:
    """Answer a changed message in place of what answered it before; nothing where the question is the same."""
    parts, message = parts_of(context), update.edited_message
    if message is None:
        return
    chat = chat_pseudonym(update, parts.key)
    earlier = await asyncio.to_thread(parts.store.answered, chat, message.message_id)
    if earlier and earlier.question == question_pseudonym(question, parts.key):
        return
    if not await admitted(update, context):
        return
    rich, keyboard = await _answer(update, context, question)
    said = await say_instead(update, context, earlier.replies if earlier else (), rich, keyboard)
    await _remember(update, context, message, question, said)


async def _answer(
    update: Update, context: Context, question: str, *, asked: str | None = None
) -> tuple[Rich, InlineKeyboardMarkup | None]:
    parts = parts_of(context)
    language = await chosen_language(update, context)
    request = AskRequest(question, conversation_id(update, parts.key), language)
    try:
        reply = await _asked(update, parts.service, request)
    except InvalidQuestion as problem:
        return plain(_explained(problem, parts.settings, await ui_texts(update, context))), None
    texts = texts_in(reply.language)
    in_group = bool(update.effective_chat and update.effective_chat.type != Chat.PRIVATE)
    keyboard = reply_keyboard(reply, texts, context.bot.username if in_group else None)
    return render_reply(reply, texts, parts.settings.public_url, asked), keyboard


async def _asked(update: Update, service: ReportService, request: AskRequest) -> Reply:
    """The reply; where it does not come at once, the person sees that it is on its way."""
    asking = asyncio.create_task(asyncio.to_thread(service.ask, request))
    await asyncio.wait({asking}, timeout=AT_ONCE_SECONDS)
    if not asking.done():
        await show_typing(update)
    return await asking


async def _remember(update: Update, context: Context, message: Message, question: str, said: tuple[int, ...]) -> None:
    """Keep which messages answer which, for when the question is changed."""
    parts = parts_of(context)
    answered = Answered(question_pseudonym(question, parts.key), said)
    await asyncio.to_thread(parts.store.set_answered, chat_pseudonym(update, parts.key), message.message_id, answered)


def _behind_command(message: Message | None) -> str | None:
    words = (message.text or "").split(maxsplit=1) if message else []
    return words[1] if len(words) > 1 else None


def _explained(problem: InvalidQuestion, settings: Settings, texts: Texts) -> str:
    """What is wrong with a question, in the person's language where the reason is known."""
    known = {
        "empty": texts.empty,
        "too_long": texts.too_long.format(limit=settings.max_question_length),
        "illegible": texts.illegible,
    }
    return known.get(problem.reason, str(problem))
