"""The commands /start, with its links, /help, /reports and /language, and polite words for what is not a question."""

from __future__ import annotations

import asyncio

from telegram import BotCommand, BotCommandScopeChat, Chat, InlineKeyboardButton, InlineKeyboardMarkup, Update

from wenbao.answers.model import LANGUAGES, Language
from wenbao.bot.addressing import is_for_bot
from wenbao.bot.links import HELP, place_of
from wenbao.bot.parts import BotApplication, Context, chosen_language, conversation_id, parts_of, ui_texts
from wenbao.bot.passages import passage_at
from wenbao.bot.questions import admitted
from wenbao.bot.render import render_reports, render_surroundings, reports_keyboard
from wenbao.bot.sending import say, say_html
from wenbao.bot.spans import plain
from wenbao.bot.texts import LANGUAGE_NAMES, Texts, texts_in
from wenbao.config.errors import UnknownDocument

AUTOMATIC = "auto"
# Telegram tells commands apart by two letters, so "zh" cannot be both scripts: a chat that reads Traditional
# gets its own list once it is known (see `set_chat_commands`).
_COMMAND_LANGUAGES: tuple[tuple[str | None, Language], ...] = ((None, "zh-Hans"), ("zh", "zh-Hans"), ("en", "en"))


async def handle_start(update: Update, context: Context) -> None:
    """A welcome; behind a link to a passage, the passage."""
    payload = context.args[0] if context.args else HELP
    if payload != HELP:
        await _open_link(update, context, payload)
        return
    texts = await ui_texts(update, context)
    await say_html(update, context, texts.start)
    if texts is texts_in("zh-Hant"):
        await set_chat_commands(update, context, "zh-Hant")


async def handle_help(update: Update, context: Context) -> None:
    await say_html(update, context, (await ui_texts(update, context)).help.format(bot=context.bot.username))


async def handle_reports(update: Update, context: Context) -> None:
    """The first page of the list of reports."""
    parts, texts = parts_of(context), await ui_texts(update, context)
    documents = await asyncio.to_thread(parts.service.documents)
    list_ = render_reports(documents, 0, texts, parts.settings.public_url)
    await say(update, context, list_, reports_keyboard(documents, 0, texts))


async def handle_language(update: Update, context: Context) -> None:
    """The languages as buttons, the present one ticked."""
    texts = await ui_texts(update, context)
    await say(update, context, plain(texts.choose_language), _languages(await chosen_language(update, context), texts))


async def handle_forget(update: Update, context: Context) -> None:
    """Delete what somebody asked in this chat, and what was answered."""
    if not await admitted(update, context):
        return
    parts, texts = parts_of(context), await ui_texts(update, context)
    count = await asyncio.to_thread(parts.service.forget_conversation, conversation_id(update, parts.key))
    await say(update, context, plain(texts.forgotten.format(count=count)))


async def handle_unknown_command(update: Update, context: Context) -> None:
    await say(update, context, plain((await ui_texts(update, context)).unknown_command))


async def handle_not_text(update: Update, context: Context) -> None:
    """A voice message, a picture, a sticker: said once for an album, in a group only where it was meant for the bot."""
    parts, message = parts_of(context), update.message
    if message is None or not is_for_bot(message, context.bot):
        return
    album = message.media_group_id
    if album and not await asyncio.to_thread(parts.store.first_time, f"album:{context.bot.id}:{album}"):
        return
    if await admitted(update, context):
        await say(update, context, plain((await ui_texts(update, context)).only_text))


async def set_all_commands(application: BotApplication) -> None:
    """Tell Telegram the commands that it shows in its menu."""
    for code, language in _COMMAND_LANGUAGES:
        await application.bot.set_my_commands(_commands(texts_in(language)), language_code=code)


async def set_chat_commands(update: Update, context: Context, language: Language | None) -> None:
    """The menu of one private chat in the language chosen there; None gives it back to Telegram's own choice."""
    chat = update.effective_chat
    if not chat or chat.type != Chat.PRIVATE:
        return
    scope = BotCommandScopeChat(chat.id)
    if language:
        await context.bot.set_my_commands(_commands(texts_in(language)), scope=scope)
    else:
        await context.bot.delete_my_commands(scope=scope)


async def _open_link(update: Update, context: Context, payload: str) -> None:
    """Show the passage that a link points to. A report that changed has another id, so its places are as they were."""
    parts, texts = parts_of(context), await ui_texts(update, context)
    place = place_of(payload)
    try:
        document = await asyncio.to_thread(parts.service.document, place.document_id) if place else None
    except UnknownDocument:
        await say(update, context, plain(texts.report_gone))
        return
    found = passage_at(document, place) if document and place else None
    rich = render_surroundings(found, texts, parts.settings.public_url) if found else plain(texts.link_gone)
    await say(update, context, rich)


def _commands(texts: Texts) -> list[BotCommand]:
    return [
        BotCommand("reports", texts.command_reports),
        BotCommand("language", texts.command_language),
        BotCommand("help", texts.command_help),
        BotCommand("ask", texts.command_ask),
        BotCommand("forget", texts.command_forget),
        BotCommand("start", texts.command_start),
    ]


def _languages(current: Language | None, texts: Texts) -> InlineKeyboardMarkup:
    automatic = InlineKeyboardButton(_ticked(texts.automatic, current is None), callback_data=f"l:{AUTOMATIC}")
    named = [
        InlineKeyboardButton(_ticked(LANGUAGE_NAMES[language], current == language), callback_data=f"l:{language}")
        for language in LANGUAGES
    ]
    return InlineKeyboardMarkup([[automatic], named[:2], named[2:]])


def _ticked(label: str, current: bool) -> str:
    return f"✓ {label}" if current else label
