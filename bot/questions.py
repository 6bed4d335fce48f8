"""From a message to an answer in the chat."""

from __future__ import annotations

import asyncio

from telegram import Update

from wenbao.answers.model import AskRequest
from wenbao.bot.addressing import question_in
from wenbao.bot.parts import Context, chosen_language, conversation_id, parts_of, person_pseudonym, ui_texts
from wenbao.bot.render import render_reply, reply_keyboard
from wenbao.bot.sending import say, show_typing
from wenbao.bot.spans import plain
from wenbao.bot.texts import Texts, texts_in
from wenbao.config.errors import InvalidQuestion
from wenbao.config.settings import Settings


async def handle_text(update: Update, context: Context) -> None:
    """A plain message: a question in a private chat, in a group only where it is meant for the bot."""
    question = question_in(update.message, context.bot) if update.message else None
    if question is not None:
        await answer_question(update, context, question)


async def handle_ask(update: Update, context: Context) -> None:
    """/ask with a question behind it."""
    words = (update.message.text or "").split(maxsplit=1) if update.message else []
    if len(words) > 1:
        await answer_question(update, context, words[1])
    else:
        await say(update, context, plain((await ui_texts(update, context)).ask_what))


async def answer_question(update: Update, context: Context, question: str, *, asked_by_button: bool = False) -> None:
    """Ask the reports and send what they say; a question from a button is shown above the answer."""
    if not await admitted(update, context):
        return
    parts = parts_of(context)
    language = await chosen_language(update, context)
    request = AskRequest(question, conversation_id(update, parts.key), language)
    try:
        reply, _ = await asyncio.gather(asyncio.to_thread(parts.service.ask, request), show_typing(update))
    except InvalidQuestion as problem:
        await say(update, context, plain(_explained(problem, parts.settings, await ui_texts(update, context))))
        return
    texts = texts_in(reply.language)
    asked = question if asked_by_button else None
    await say(
        update, context, render_reply(reply, texts, parts.settings.public_url, asked), reply_keyboard(reply, texts)
    )


async def admitted(update: Update, context: Context) -> bool:
    """Whether this person may ask now; the first refusal is told, politely."""
    parts = parts_of(context)
    verdict = parts.limit.admit(person_pseudonym(update, parts.key))
    if verdict == "refused":
        await say(update, context, plain((await ui_texts(update, context)).too_many))
    return verdict == "admitted"


def _explained(problem: InvalidQuestion, settings: Settings, texts: Texts) -> str:
    """What is wrong with a question, in the person's language where the reason is known."""
    known = {
        "empty": texts.empty,
        "too_long": texts.too_long.format(limit=settings.max_question_length),
        "illegible": texts.illegible,
    }
    return known.get(problem.reason, str(problem))
