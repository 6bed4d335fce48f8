"""What happens when a button is pressed; all that a press needs stands in its data and in the service."""

from __future__ import annotations

import asyncio

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update

from wenbao.answers.model import LANGUAGES, DocumentSummary, Feedback
from wenbao.bot.commands import AUTOMATIC, set_chat_commands
from wenbao.bot.parts import Context, chat_pseudonym, parts_of, telegram_language, ui_texts
from wenbao.bot.questions import answer_question
from wenbao.bot.render import render_report, render_reports, render_surroundings, reports_keyboard
from wenbao.bot.sending import acknowledge, edit, say
from wenbao.bot.spans import to_html
from wenbao.bot.texts import LANGUAGE_NAMES, texts_in
from wenbao.config.errors import UnknownAnswer, UnknownDocument

_TICK = "✓ "


async def handle_button(update: Update, context: Context) -> None:
    """Hand a press to its kind; a press on what is no longer kept gets a polite notice."""
    query = update.callback_query
    if query is None:
        return
    kind, _, rest = (query.data or "").partition(":")
    press = _PRESSES.get(kind)
    texts = await ui_texts(update, context)
    if press is None:
        await acknowledge(query, texts.button_gone, alert=True)
        return
    try:
        await press(update, context, query, rest)
    except UnknownAnswer:
        await acknowledge(query, texts.answer_gone, alert=True)
    except UnknownDocument:
        await acknowledge(query, texts.report_gone, alert=True)


async def _show_source(update: Update, context: Context, query: CallbackQuery, rest: str) -> None:
    answer_id, number = _numbered(rest)
    parts = parts_of(context)
    found = await asyncio.to_thread(parts.service.surroundings, answer_id, number)
    await acknowledge(query)
    await say(update, context, render_surroundings(found, await ui_texts(update, context), parts.settings.public_url))


async def _take_feedback(update: Update, context: Context, query: CallbackQuery, rest: str) -> None:
    answer_id, number = _numbered(rest)
    helpful = number == 1
    await asyncio.to_thread(parts_of(context).service.feedback, Feedback(answer_id, helpful))
    texts = await ui_texts(update, context)
    await acknowledge(query, texts.thanks_helpful if helpful else texts.thanks_not_helpful)
    if isinstance(query.message, Message) and query.message.reply_markup:
        keyboard = _with_tick(query.message.reply_markup, f"f:{rest}")
        await edit(lambda: query.edit_message_reply_markup(keyboard))


async def _ask_suggestion(update: Update, context: Context, query: CallbackQuery, rest: str) -> None:
    answer_id, number = _numbered(rest)
    suggestions = (await asyncio.to_thread(parts_of(context).service.reply, answer_id)).suggestions
    if number >= len(suggestions):
        raise UnknownAnswer("The answer has no such suggestion; ask again.")
    await acknowledge(query)
    await answer_question(update, context, suggestions[number], asked_by_button=True)


async def _choose_language(update: Update, context: Context, query: CallbackQuery, rest: str) -> None:
    language = next((language for language in LANGUAGES if language == rest), None)
    if language is None and rest != AUTOMATIC:
        raise UnknownAnswer("There is no such language; send /language again.")
    parts = parts_of(context)
    await asyncio.to_thread(parts.store.set_language, chat_pseudonym(update, parts.key), language)
    texts = texts_in(language or telegram_language(update))
    said = texts.language_set.format(name=LANGUAGE_NAMES[language]) if language else texts.language_automatic
    await acknowledge(query)
    await edit(lambda: query.edit_message_text(said))
    await set_chat_commands(update, context, language)


async def _turn_page(update: Update, context: Context, query: CallbackQuery, rest: str) -> None:
    parts, texts = parts_of(context), await ui_texts(update, context)
    documents = await asyncio.to_thread(parts.service.documents)
    start = int(rest) if rest.isdecimal() and int(rest) < len(documents) else 0
    html = to_html(render_reports(documents, start, texts, parts.settings.public_url))
    await acknowledge(query)
    await edit(lambda: query.edit_message_text(html, reply_markup=reports_keyboard(documents, start, texts)))


async def _show_report(update: Update, context: Context, query: CallbackQuery, rest: str) -> None:
    parts = parts_of(context)
    document = await asyncio.to_thread(parts.service.document, rest)
    about = document.metadata
    summary = DocumentSummary(
        document.id,
        about.title,
        about.publisher,
        about.place,
        about.year,
        about.published,
        about.source_url,
        len(document.paragraphs),
    )
    contents = [section.heading for section in document.sections if section.parent is None and not section.inline]
    await acknowledge(query)
    report = render_report(summary, contents, await ui_texts(update, context), parts.settings.public_url)
    await say(update, context, report)


_PRESSES = {
    "s": _show_source,
    "f": _take_feedback,
    "q": _ask_suggestion,
    "l": _choose_language,
    "r": _turn_page,
    "d": _show_report,
}


def _numbered(rest: str) -> tuple[str, int]:
    """`<answer id>:<number>`; the buttons of another version count as gone."""
    answer_id, _, number = rest.rpartition(":")
    if not answer_id or not number.isdecimal():
        raise UnknownAnswer("The button names no answer; ask again.")
    return answer_id, int(number)


def _with_tick(keyboard: InlineKeyboardMarkup, pressed: str) -> InlineKeyboardMarkup:
    """The same buttons, the pressed one of 有用 and 没用 ticked."""
    return InlineKeyboardMarkup([[_ticked(button, pressed) for button in row] for row in keyboard.inline_keyboard])


def _ticked(button: InlineKeyboardButton, pressed: str) -> InlineKeyboardButton:
    data = str(button.callback_data)
    if not data.startswith("f:"):
        return button
    label = button.text.removeprefix(_TICK)
    return InlineKeyboardButton(_TICK + label if data == pressed else label, callback_data=data)
