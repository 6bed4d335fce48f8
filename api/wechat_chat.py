"""What a person in WeChat or WeCom is answered: each message once, however often it is delivered."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Lock

import structlog
from cachetools import TTLCache

from wenbao.answers.limits import QuestionLimit
from wenbao.answers.model import AskRequest, Language
from wenbao.answers.service import ReportService
from wenbao.api.metrics import Metrics
from wenbao.api.wechat_words import asks_for_more, asks_to_forget, explained, pieces, render, texts_in
from wenbao.api.wechat_xml import Incoming
from wenbao.config.errors import IndexUnavailable, InvalidQuestion, ModelUnavailable, NotAuthorized, StorageFailed
from wenbao.config.settings import Settings

FRESH_SECONDS = 600
"""How far the time in a message may be from ours; beyond it, the message counts as a replay."""

_MOST_REMEMBERED = 10_000
_seconds = re.compile(r"[0-9]{1,12}").fullmatch
_log = structlog.get_logger("wenbao.api")


@dataclass(frozen=True, slots=True)
class Unread:
    """What is left of a person's last answer, and the language that it is in."""

    language: Language
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chat:
    """One platform's people. All that is remembered of them is in memory, under pseudonyms made with `key`."""

    service: ReportService
    settings: Settings
    metrics: Metrics
    limit: QuestionLimit
    key: bytes
    clock: Callable[[], float]
    answers: TTLCache[str, Future[str | None]]
    stamps: TTLCache[tuple[str, str], str]
    unread: TTLCache[str, Unread]
    lock: Lock


def open_chat(service: ReportService, settings: Settings, metrics: Metrics, token: str) -> Chat:
    """A chat in which nobody has spoken yet; `token` is the platform's."""
    # A message stays fresh from FRESH_SECONDS before its time to FRESH_SECONDS after it.
    remembered = 2 * FRESH_SECONDS
    return Chat(
        service,
        settings,
        metrics,
        QuestionLimit(settings.questions_per_minute),
        hashlib.sha256(b"wenbao pseudonyms " + token.encode()).digest(),
        time.time,
        TTLCache(_MOST_REMEMBERED, remembered),
        TTLCache(_MOST_REMEMBERED, remembered),
        TTLCache(_MOST_REMEMBERED, settings.conversation_minutes * 60),
        Lock(),
    )


def check_stamp(chat: Chat, timestamp: str, nonce: str, message: Incoming) -> None:
    """Refuse a replay: an old message, or the stamp of one message on another. Raises NotAuthorized.

    The same message under the same stamp passes: it is answered as it was before.
    """
    if not _seconds(timestamp) or abs(chat.clock() - int(timestamp)) > FRESH_SECONDS:
        raise NotAuthorized("The message is too old, or the clock of this server is wrong.")
    key = pseudonym(chat, message.key)
    with chat.lock:
        if chat.stamps.setdefault((timestamp, nonce), key) != key:
            raise NotAuthorized("The timestamp and nonce were those of another message.")


def answer(chat: Chat, message: Incoming, links: str | None) -> str | None:
    """The text to reply with, None for silence; a message that comes again gets the same without being asked again.

    `links` is the address that citations lead to, None where none can be said.
    """
    key = pseudonym(chat, message.key)
    ours: Future[str | None] = Future()
    with chat.lock:
        future = chat.answers.setdefault(key, ours)
    if future is ours:
        future.set_result(_safely_answered(chat, message, links))
    return future.result()


def pseudonym(chat: Chat, name: str) -> str:
    """What stands for a person's id, in conversations too; nothing leads back from it."""
    return hmac.new(chat.key, name.encode(errors="replace"), hashlib.sha256).hexdigest()[:32]


def _safely_answered(chat: Chat, message: Incoming, links: str | None) -> str | None:
    """The answer; where something broke, a polite line, as the platform has no other way to tell the person."""
    person = pseudonym(chat, message.sender)
    with chat.lock:
        unread = chat.unread.get(person, Unread("zh-Hans", ()))
    texts = texts_in(unread.language)
    try:
        return _answered(chat, message, person, unread, links)
    except InvalidQuestion as problem:
        return explained(problem, chat.settings.max_question_length, texts)
    except (IndexUnavailable, ModelUnavailable, StorageFailed) as problem:
        _log.error("chat.unavailable", error=problem.code, detail=str(problem))
        return texts.unavailable
    except Exception:
        _log.error("chat.failed", exception=traceback.format_exc())
        return texts.failed


def _answered(chat: Chat, message: Incoming, person: str, unread: Unread, links: str | None) -> str | None:
    texts = texts_in(unread.language)
    if message.kind == "event":
        return texts.welcome if message.event == "subscribe" else None
    verdict = chat.limit.admit(person)
    if verdict != "admitted":
        return texts.too_many if verdict == "refused" else None
    if message.kind != "text":
        return texts.only_text
    if asks_for_more(message.text):
        return _read_on(chat, person, unread)
    if asks_to_forget(message.text):
        return _forgotten(chat, person, unread)
    return _asked(chat, message.text, person, links)


def _read_on(chat: Chat, person: str, unread: Unread) -> str:
    if not unread.left:
        return texts_in(unread.language).nothing_more
    piece, *left = unread.left
    _keep_unread(chat, person, Unread(unread.language, tuple(left)))
    return piece


def _asked(chat: Chat, question: str, person: str, links: str | None) -> str:
    reply = chat.service.ask(AskRequest(question, person))
    chat.metrics.reply(reply)
    texts = texts_in(reply.language)
    piece, *left = pieces(render(reply, texts, links), texts.rest)
    _keep_unread(chat, person, Unread(reply.language, tuple(left)))
    return piece


def _forgotten(chat: Chat, person: str, unread: Unread) -> str:
    count = chat.service.forget_conversation(person)
    _keep_unread(chat, person, Unread(unread.language, ()))
    return texts_in(unread.language).forgotten.format(count=count)


def _keep_unread(chat: Chat, person: str, unread: Unread) -> None:
    with chat.lock:
        chat.unread[person] = unread
