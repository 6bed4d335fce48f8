"""A Bot API server of ours on loopback, as strict as Telegram where it matters, and the people who write to the bot."""

from __future__ import annotations

import asyncio
import copy
import json
import re
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, ClassVar

from aiohttp import web

TOKEN = "7000:AAE-not-a-real-token_0123456789abcdefgh"
BOT = {"id": 7000, "is_bot": True, "first_name": "问报", "username": "wenbao_test_bot"}
PATIENCE = 10


class Refused(Exception):
    def __init__(self, status: int, description: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters


@dataclass
class BotApi:
    """Chats as people would see them: `messages[chat]` are the bot's and the people's, oldest first."""

    messages: dict[int, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    notices: dict[str, dict[str, Any]] = field(default_factory=dict)
    offers: dict[str, dict[str, Any]] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    webhook: dict[str, Any] = field(default_factory=lambda: {"url": ""})
    port: int = 0

    def __post_init__(self) -> None:
        self._failures: dict[str, deque[Refused]] = defaultdict(deque)
        self._updates: list[dict[str, Any]] = []
        self._again: list[dict[str, Any]] = []
        self._changed = asyncio.Event()
        self._number = 0
        self._runner: web.AppRunner | None = None

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        application = web.Application()
        application.router.add_post("/bot{token}/{method}", self._handle)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.01)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    def fail(self, method: str, status: int, description: str = "", **parameters: Any) -> None:
        """Make the next call of a method fail."""
        self._failures[method].append(Refused(status, description, parameters or None))

    def number(self) -> int:
        self._number += 1
        return self._number

    def deliver(self, kind: str, content: dict[str, Any]) -> dict[str, Any]:
        """Hand an update to whoever polls."""
        update = {"update_id": 1000 + self.number(), kind: content}
        self._updates.append(update)
        self._wake()
        return update

    def deliver_again(self, update: dict[str, Any]) -> None:
        """Hand out an update although it was confirmed."""
        self._again.append(update)
        self._wake()

    async def until(self, holds: Callable[[], Any]) -> Any:
        """Wait until something holds in the chats."""
        async with asyncio.timeout(PATIENCE):
            while not (result := holds()):
                changed = self._changed
                await changed.wait()
        return result

    def called(self, method: str) -> list[dict[str, Any]]:
        return [parameters for name, parameters in self.calls if name == method]

    def _wake(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def _handle(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        parameters = {name: _decoded(value) for name, value in (await request.post()).items()}
        self.calls.append((method, parameters))
        try:
            self._check(method, request.match_info["token"])
            result = await self._method(method)(parameters)
        except Refused as refusal:
            body = {"ok": False, "error_code": refusal.status, "description": refusal.description}
            if refusal.parameters:
                body["parameters"] = refusal.parameters
            return web.json_response(body, status=refusal.status)
        finally:
            self._wake()
        return web.json_response({"ok": True, "result": result})

    def _check(self, method: str, token: str) -> None:
        if token != TOKEN:
            raise Refused(401, "Unauthorized")
        if self._failures[method]:
            raise self._failures[method].popleft()

    def _method(self, name: str) -> Callable[[dict[str, Any]], Awaitable[Any]]:
        """The method of ours for `sendMessage` is `_send_message`."""
        ours = getattr(self, "_" + re.sub(r"(?=[A-Z])", "_", name).lower(), None)
        if ours is None:
            raise Refused(404, "Not Found")
        return ours

    async def _get_me(self, _: dict[str, Any]) -> Any:
        return {**BOT, "can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": True}

    async def _get_updates(self, parameters: dict[str, Any]) -> Any:
        if self.webhook["url"]:
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active")
        offset = parameters.get("offset", 0)
        self._updates = [update for update in self._updates if update["update_id"] >= offset]
        deadline = time.monotonic() + parameters.get("timeout", 0)
        while not self._updates and not self._again and (left := deadline - time.monotonic()) > 0:
            changed = self._changed
            try:
                await asyncio.wait_for(changed.wait(), left)
            except TimeoutError:
                break
        again, self._again = self._again, []
        return again + self._updates

    async def _send_message(self, parameters: dict[str, Any]) -> Any:
        chat = parameters["chat_id"]
        message = {
            "message_id": self.number(),
            "date": int(time.time()),
            "chat": _chat(chat),
            "from": BOT,
            **_content(parameters),
        }
        answered = parameters.get("reply_parameters", {}).get("message_id")
        earlier = self._find(chat, answered)
        if answered and not earlier and not parameters["reply_parameters"].get("allow_sending_without_reply"):
            raise Refused(400, "Bad Request: message to be replied not found")
        if earlier:
            message["reply_to_message"] = {key: value for key, value in earlier.items() if key != "reply_to_message"}
        self.messages[chat].append(message)
        return message

    async def _edit_message_text(self, parameters: dict[str, Any]) -> Any:
        return self._edit(parameters, _content(parameters))

    async def _edit_message_reply_markup(self, parameters: dict[str, Any]) -> Any:
        return self._edit(parameters, _keyboard(parameters))

    def _edit(self, parameters: dict[str, Any], new: dict[str, Any]) -> Any:
        message = self._find(parameters["chat_id"], parameters["message_id"])
        if not message:
            raise Refused(400, "Bad Request: message to edit not found")
        before = copy.deepcopy(message)
        if "reply_markup" not in new:
            message.pop("reply_markup", None)
        message.update(new)
        if message == before:
            raise Refused(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly "
                "the same as a current content and reply markup of the message",
            )
        return message

    async def _answer_callback_query(self, parameters: dict[str, Any]) -> Any:
        self.notices[parameters["callback_query_id"]] = parameters
        return True

    async def _delete_message(self, parameters: dict[str, Any]) -> Any:
        message = self._find(parameters["chat_id"], parameters["message_id"])
        if not message:
            raise Refused(400, "Bad Request: message to delete not found")
        self.messages[parameters["chat_id"]].remove(message)
        return True

    async def _answer_inline_query(self, parameters: dict[str, Any]) -> Any:
        ids = [result["id"] for result in parameters["results"]]
        if len(ids) > 50 or len(set(ids)) < len(ids) or not all(1 <= len(one.encode()) <= 64 for one in ids):
            raise Refused(400, "Bad Request: RESULT_ID_INVALID")
        if not re.fullmatch("[A-Za-z0-9_-]{1,64}", parameters["button"]["start_parameter"]):
            raise Refused(400, "Bad Request: START_PARAM_INVALID")
        for result in parameters["results"]:
            content = result["input_message_content"]
            result["message"] = _content({**content, "text": content["message_text"]}) | _keyboard(result)
        self.offers[parameters["inline_query_id"]] = parameters
        return True

    async def _send_chat_action(self, parameters: dict[str, Any]) -> Any:
        return True

    async def _set_my_commands(self, parameters: dict[str, Any]) -> Any:
        code = parameters.get("language_code", "")
        if code and len(code) != 2:
            raise Refused(400, "Bad Request: invalid language code specified")
        scope = json.dumps(parameters.get("scope", {"type": "default"}), sort_keys=True)
        self.commands[scope, code] = [command["description"] for command in parameters["commands"]]
        return True

    async def _delete_my_commands(self, parameters: dict[str, Any]) -> Any:
        self.commands.pop((json.dumps(parameters["scope"], sort_keys=True), parameters.get("language_code", "")), None)
        return True

    async def _set_webhook(self, parameters: dict[str, Any]) -> Any:
        if not parameters["url"].startswith("https://"):
            raise Refused(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        self.webhook = parameters
        return True

    async def _delete_webhook(self, _: dict[str, Any]) -> Any:
        self.webhook = {"url": ""}
        return True

    async def _get_webhook_info(self, _: dict[str, Any]) -> Any:
        return {"url": self.webhook["url"], "has_custom_certificate": False, "pending_update_count": len(self._updates)}

    def _find(self, chat: int, message_id: int | None) -> dict[str, Any] | None:
        return next((message for message in self.messages[chat] if message["message_id"] == message_id), None)


@dataclass
class Person:
    """Someone with Telegram open in one chat; a chat below zero is a group."""

    api: BotApi
    id: int = 501
    chat: int | None = None
    language: str | None = "zh-hans"
    read: int = 0

    @property
    def chat_id(self) -> int:
        return self.chat or self.id

    def write(self, text: str, **more: Any) -> dict[str, Any]:
        """Send a message without waiting for anything; the update that carries it."""
        return self.api.deliver("message", self._message(text=text, entities=_entities(text), **more))

    def send(self, **content: Any) -> dict[str, Any]:
        """Send something that is no text."""
        return self.api.deliver("message", self._message(**content))

    def edit(self, text: str, sent: dict[str, Any] | None = None) -> dict[str, Any]:
        """Change a message that was `sent` in an update; without one, something that was sent long ago."""
        message = sent["message"] if sent else self._message()
        message |= {"text": text, "entities": _entities(text), "edit_date": int(time.time())}
        return self.api.deliver("edited_message", message)

    async def type_inline(self, text: str) -> dict[str, Any]:
        """Type `@bot` and some words in any chat; what the bot offers to post."""
        query = f"inline {self.api.number()}"
        self.api.deliver("inline_query", {"id": query, "from": self.user(), "query": text, "offset": ""})
        return await self.api.until(lambda: self.api.offers.get(query))

    async def ask(self, text: str, **more: Any) -> dict[str, Any]:
        """Send a message and read the next one from the bot."""
        self.write(text, **more)
        return await self.next_message()

    async def next_message(self) -> dict[str, Any]:
        message = await self.api.until(lambda: self.from_bot()[self.read : self.read + 1])
        self.read += 1
        return message[0]

    async def press(self, message: dict[str, Any], label: str) -> dict[str, Any]:
        """Press a button below a message; what the bot answers to the press."""
        return await self.press_data(message, button(message, label)["callback_data"])

    async def press_data(self, message: dict[str, Any], data: str) -> dict[str, Any]:
        query = f"query {self.api.number()}"
        content = {"id": query, "from": self.user(), "message": message, "chat_instance": "1", "data": data}
        self.api.deliver("callback_query", content)
        return await self.api.until(lambda: self.api.notices.get(query))

    def from_bot(self) -> list[dict[str, Any]]:
        return [message for message in self.api.messages[self.chat_id] if message["from"]["id"] == BOT["id"]]

    def send_sticker(self) -> None:
        sticker = {"file_id": "a", "file_unique_id": "b", "type": "regular", "width": 1, "height": 1}
        self.send(sticker={**sticker, "is_animated": False, "is_video": False})

    def _message(self, **content: Any) -> dict[str, Any]:
        message = {
            "message_id": self.api.number(),
            "date": int(time.time()),
            "chat": _chat(self.chat_id),
            "from": self.user(),
            **content,
        }
        self.api.messages[self.chat_id].append(message)
        return message

    def user(self) -> dict[str, Any]:
        user = {"id": self.id, "is_bot": False, "first_name": "陈小明", "username": "chan_siu_ming"}
        return {**user, "language_code": self.language} if self.language else user


def button(message: dict[str, Any], label: str) -> dict[str, Any]:
    return next(button for button in buttons(message) if button["text"] == label)


def labels(message: dict[str, Any]) -> list[str]:
    return [button["text"] for button in buttons(message)]


def buttons(message: dict[str, Any]) -> list[dict[str, Any]]:
    return [button for row in message.get("reply_markup", {}).get("inline_keyboard", []) for button in row]


def shown_as(message: dict[str, Any], kind: str) -> list[str]:
    """The words of a message that are shown in some way: bold, italic, expandable_blockquote, ..."""
    units = message["text"].encode("utf-16-le")
    return [
        units[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le")
        for entity in message["entities"]
        if entity["type"] == kind
    ]


def links(message: dict[str, Any]) -> list[str]:
    return [entity["url"] for entity in message["entities"] if entity["type"] == "text_link"]


def _decoded(value: Any) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value


def _chat(chat: int) -> dict[str, Any]:
    return {"id": chat, "type": "private", "first_name": "陈小明"} if chat > 0 else {"id": chat, "type": "supergroup"}


def _entities(text: str) -> list[dict[str, Any]]:
    """The command and the mentions in what a person writes, found as Telegram does."""
    found, offset = [], 0
    for word in text.replace("\n", " ").split(" "):
        length = len(word.encode("utf-16-le")) // 2
        if word.startswith("/") and offset == 0:
            found.append({"type": "bot_command", "offset": 0, "length": length})
        if word.startswith("@"):
            found.append({"type": "mention", "offset": offset, "length": length})
        offset += length + 1
    return found


def _content(parameters: dict[str, Any]) -> dict[str, Any]:
    text = str(parameters["text"])
    if parameters.get("parse_mode") == "HTML":
        parser = _Html()
        parser.feed(text)
        parser.close()
        text, entities = parser.result()
    else:
        entities = []
    if not text.strip():
        raise Refused(400, "Bad Request: message text is empty")
    if len(text.encode("utf-16-le")) // 2 > 4096:
        raise Refused(400, "Bad Request: message is too long")
    return {"text": text, "entities": entities, **_keyboard(parameters)}


def _keyboard(parameters: dict[str, Any]) -> dict[str, Any]:
    keyboard = parameters.get("reply_markup")
    for row in (keyboard or {}).get("inline_keyboard", []):
        for one in row:
            if not 1 <= len(one.get("callback_data", "-").encode()) <= 64:
                raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
            if "127.0.0.1" in one.get("url", ""):
                raise Refused(400, "Bad Request: BUTTON_URL_INVALID")
    return {"reply_markup": keyboard} if keyboard else {}


class _Html(HTMLParser):
    """HTML to text and entities, counted in UTF-16 units; anything that Telegram would not take is refused."""

    KINDS: ClassVar = {"b": "bold", "i": "italic", "u": "underline", "a": "text_link", "blockquote": "blockquote"}

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._text = ""
        self._open: list[tuple[str, dict[str, Any]]] = []
        self._entities: list[dict[str, Any]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.KINDS:
            raise Refused(400, f'Bad Request: can\'t parse entities: Unsupported start tag "{tag}"')
        values = dict(attrs)
        entity: dict[str, Any] = {"type": self.KINDS[tag], "offset": self._length()}
        if tag == "a":
            entity["url"] = values["href"]
        if "expandable" in values:
            entity["type"] = "expandable_blockquote"
        self._open.append((tag, entity))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1][0] != tag:
            raise Refused(400, f'Bad Request: can\'t parse entities: Unmatched end tag "{tag}"')
        _, entity = self._open.pop()
        entity["length"] = self._length() - entity["offset"]
        if entity["length"]:
            self._entities.append(entity)

    def handle_data(self, data: str) -> None:
        self._text += data

    def result(self) -> tuple[str, list[dict[str, Any]]]:
        if self._open:
            raise Refused(400, f"Bad Request: can't parse entities: Can't find end tag for \"{self._open[-1][0]}\"")
        return self._text, sorted(self._entities, key=lambda entity: entity["offset"])

    def _length(self) -> int:
        return len(self._text.encode("utf-16-le")) // 2
