"""Inline mode: `@bot question` in any chat gives the answer and its quotes, each with a link, to post there."""

from __future__ import annotations

import asyncio
import hashlib

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    Update,
)
from telegram.error import BadRequest

from wenbao.answers.model import AskRequest, Citation, Reply
from wenbao.bot.links import HELP, passage_url
from wenbao.bot.parts import Context, parts_of, person_pseudonym, telegram_language
from wenbao.bot.render import render_quote, render_reply, shortened
from wenbao.bot.sending import is_stale
from wenbao.bot.spans import Rich, split, to_html
from wenbao.bot.texts import Texts, texts_in
from wenbao.config.errors import InvalidQuestion

CACHE_SECONDS = 300
_SHORTEST = 2
_QUOTES = 5
_TITLE_LENGTH = 80
_DESCRIPTION_LENGTH = 160


async def handle_inline(update: Update, context: Context) -> None:
    """Offer what can be posted. The same question has the same answer for everybody, so Telegram may keep it."""
    query = update.inline_query
    if query is None:
        return
    parts, texts = parts_of(context), texts_in(telegram_language(update))
    question = query.query.strip()
    if len(question) < _SHORTEST:
        await _offer(query, [], texts.inline_help, CACHE_SECONDS)
        return
    # People type on while this runs, so it has a count of its own.
    if parts.limit.admit(f"inline {person_pseudonym(update, parts.key)}") != "admitted":
        await _offer(query, [], texts.too_many, 0)
        return
    reply = await asyncio.to_thread(_asked, context, question)
    if reply is None:
        await _offer(query, [], texts.inline_help, CACHE_SECONDS)
        return
    await _offer(query, _results(context, question, reply), texts_in(reply.language).inline_help, CACHE_SECONDS)


def _asked(context: Context, question: str) -> Reply | None:
    """The reply; half-typed questions that come this way are not kept."""
    try:
        return parts_of(context).service.ask(AskRequest(question, kept=False))
    except InvalidQuestion:
        return None


def _results(context: Context, question: str, reply: Reply) -> list[InlineQueryResultArticle]:
    """The answer with its quotes, and each quote alone; where there is no answer, the nearest passages."""
    texts, public_url = texts_in(reply.language), parts_of(context).settings.public_url
    quotes = [_quote(context, one, texts) for one in (reply.citations or reply.related)[:_QUOTES]]
    if reply.answer is None:
        return quotes
    title = reply.answer.value or shortened(reply.answer.text, _TITLE_LENGTH)
    first = reply.citations[0]
    whole = _article(
        _id("answer", reply.answer.text, first.document_id, first.start, question),
        title,
        f"{shortened(reply.answer.text, _DESCRIPTION_LENGTH)} {texts.title.format(title=first.title)}",
        render_reply(reply, texts, public_url, question),
        _open_button(context, first, texts),
    )
    return [whole, *quotes]


def _quote(context: Context, citation: Citation, texts: Texts) -> InlineQueryResultArticle:
    rich = render_quote(citation, texts, parts_of(context).settings.public_url)
    return _article(
        _id("quote", citation.document_id, citation.start, citation.end),
        texts.title.format(title=shortened(citation.title, _TITLE_LENGTH)),
        shortened(citation.quote, _DESCRIPTION_LENGTH),
        rich,
        _open_button(context, citation, texts),
    )


def _article(
    id_: str, title: str, description: str, rich: Rich, keyboard: InlineKeyboardMarkup | None
) -> InlineQueryResultArticle:
    # One message is all that an inline result can become.
    content = InputTextMessageContent(to_html(split(rich)[0]))
    return InlineQueryResultArticle(id_, title, content, description=description, reply_markup=keyboard)


def _open_button(context: Context, citation: Citation, texts: Texts) -> InlineKeyboardMarkup | None:
    """Buttons of ours would have no chat to answer in, so this one is a link to the private chat."""
    url = passage_url(citation, context.bot.username)
    return InlineKeyboardMarkup([[InlineKeyboardButton(texts.in_private, url=url)]]) if url else None


async def _offer(query: InlineQuery, results: list[InlineQueryResultArticle], button: str, seconds: int) -> None:
    """Answer an inline query; one that has waited too long is past answering, and that is no failure."""
    help_ = InlineQueryResultsButton(button, start_parameter=HELP)
    try:
        await query.answer(results, cache_time=seconds, is_personal=seconds == 0, button=help_)
    except BadRequest as problem:
        if not is_stale(problem):
            raise


def _id(*words: object) -> str:
    """The id of a result: the same for the same words, within Telegram's 64 bytes."""
    return hashlib.sha256(repr(words).encode()).hexdigest()[:32]
