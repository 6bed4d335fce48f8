"""What every handler works with, and who is speaking: pseudonyms in place of Telegram's ids."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any, cast

from telegram import Chat, Update
from telegram.ext import Application, CallbackContext, ExtBot

from wenbao.answers.limits import QuestionLimit
from wenbao.answers.model import Language
from wenbao.answers.service import ReportService
from wenbao.bot.store import BotStore
from wenbao.bot.texts import Texts, language_of_code, texts_in
from wenbao.config.settings import Settings

Data = dict[Any, Any]
Bot = ExtBot[int]
Context = CallbackContext[Bot, Data, Data, Data]
BotApplication = Application[Bot, Context, Data, Data, Data, None]

_KEY = "parts"


@dataclass(frozen=True, slots=True)
class Parts:
    """The handlers' only state; it lies in `application.bot_data`. `key` makes the pseudonyms."""

    settings: Settings
    service: ReportService
    store: BotStore
    limit: QuestionLimit
    key: bytes


def set_parts(application: BotApplication, parts: Parts) -> None:
    application.bot_data[_KEY] = parts


def parts_of(holder: Context | BotApplication) -> Parts:
    return cast(Parts, holder.bot_data[_KEY])


def pseudonym_key(token: str) -> bytes:
    """The key of the pseudonyms: made of the token, so that nothing on disk leads back to a person."""
    return hashlib.sha256(b"wenbao pseudonyms " + token.encode()).digest()


def chat_pseudonym(update: Update, key: bytes) -> str:
    """The chat of an update; an inline query has none, and counts for the private chat of whoever writes it."""
    chat = update.effective_chat or update.effective_user or _chat(update)
    return _pseudonym(key, "chat", chat.id)


def person_pseudonym(update: Update, key: bytes) -> str:
    return _pseudonym(key, "person", _speaker(update))


def question_pseudonym(question: str, key: bytes) -> str:
    """By this a question is known again, and not read."""
    return _pseudonym(key, "question", question)


def conversation_id(update: Update, key: bytes) -> str:
    """One conversation for a private chat; in a group, one for each person."""
    chat = _chat(update)
    if chat.type == Chat.PRIVATE:
        return _pseudonym(key, "conversation", chat.id)
    return _pseudonym(key, "conversation", chat.id, _speaker(update))


async def chosen_language(update: Update, context: Context) -> Language | None:
    """The language that was chosen in this chat with /language."""
    parts = parts_of(context)
    return await asyncio.to_thread(parts.store.language, chat_pseudonym(update, parts.key))


async def ui_texts(update: Update, context: Context) -> Texts:
    """The bot's own texts for this chat: in the chosen language, else in that of the person's Telegram."""
    return texts_in(await chosen_language(update, context) or telegram_language(update))


def telegram_language(update: Update) -> Language:
    return language_of_code(update.effective_user.language_code if update.effective_user else None)


def _chat(update: Update) -> Chat:
    if update.effective_chat is None:
        raise ValueError("an update without a chat was let through to a handler")
    return update.effective_chat


def _speaker(update: Update) -> int:
    """Who speaks: a group or a channel may speak for itself, through an account that others share."""
    message = update.message or update.edited_message
    if message and message.sender_chat:
        return message.sender_chat.id
    return update.effective_user.id if update.effective_user else _chat(update).id


def _pseudonym(key: bytes, *words: object) -> str:
    return hmac.new(key, repr(words).encode(), hashlib.sha256).hexdigest()[:32]
