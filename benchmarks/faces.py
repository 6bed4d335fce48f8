"""Prints what each face costs beside `POST /v1/ask`: all are asked in turns, of one service, in one run.

    python -m benchmarks.faces

A further face is a line in `FACES`; what the service must be told for it is a setting in `SETTINGS`. A bot's time ends
when its answer comes to the Bot API server (`benchmarks/bot_api.py`), an assistant's with the line that it reads.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import IO, Any
from xml.sax.saxutils import escape

from pydantic import SecretStr

from benchmarks.bot_api import TOKEN as BOT_TOKEN
from benchmarks.bot_api import BotApi, bot_api
from benchmarks.run import QUESTIONS, _environment, _serving, _wenbao
from wenbao.api.wechat_crypto import Seal, checked_key, encrypt, signature

ROUNDS = 40
NOT_COUNTED = 2
PAUSE_SECONDS = 0.005
"""Between two faces, so that what one does after its answer is not counted as the next one's."""
BOT_SECRET = "benchmark"
TOKEN, AES_KEY, RECEIVER = "benchmark", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7"
SETTINGS: Mapping[str, str] = {
    "WENBAO_WECHAT_TOKEN": TOKEN,
    "WENBAO_WECHAT_AES_KEY": AES_KEY,
    "WENBAO_WECHAT_APP_ID": RECEIVER,
    "WENBAO_WECOM_TOKEN": TOKEN,
    "WENBAO_WECOM_AES_KEY": AES_KEY,
    "WENBAO_WECOM_CORP_ID": RECEIVER,
    "WENBAO_TELEGRAM_TOKEN": BOT_TOKEN,
    "WENBAO_TELEGRAM_WEBHOOK_URL": "http://127.0.0.1",
    "WENBAO_TELEGRAM_WEBHOOK_SECRET": BOT_SECRET,
}
JSON = {"Content-Type": "application/json"}
MCP = JSON | {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}
BOT = JSON | {"X-Telegram-Bot-Api-Secret-Token": BOT_SECRET}
INITIALIZE = {
    "protocolVersion": "2025-06-18",
    "capabilities": {},
    "clientInfo": {"name": "benchmark", "version": "1"},
}

_SEAL = Seal(TOKEN, checked_key("AES_KEY", SecretStr(AES_KEY)), RECEIVER)
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Call:
    """A POST that carries a question; over standard input, its body alone."""

    path: str
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Ways:
    """What is open to ask through: a connection to the service, the Bot API server, and `wenbao mcp`."""

    connection: HTTPConnection
    bots: BotApi
    assistant: Pipes


@dataclass(frozen=True, slots=True)
class Pipes:
    """Standard input and output of a program."""

    writing: IO[bytes]
    reading: IO[bytes]

    def exchange(self, line: bytes) -> bytes:
        """Write a line, and give the one that comes back."""
        self.writing.write(line + b"\n")
        self.writing.flush()
        return self.reading.readline()


Send = Callable[[Ways, Call], float]


def main() -> None:
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}")
    print("\n| face | median | over `POST /v1/ask` | bar |\n|---|---|---|---|")
    with TemporaryDirectory() as folder:
        _wenbao(Path(folder), "reindex")
        medians = {name: median(times) for name, times in _times(Path(folder)).items()}
    plain = medians[FACES[0].name]
    for name, milliseconds in medians.items():
        over = f"{milliseconds - plain:+.1f} ms | ≤ 5 ms" if name != FACES[0].name else "|"
        print(f"| {name} | {milliseconds:.1f} ms | {over} |")


def _times(folder: Path) -> dict[str, list[float]]:
    """How long each question took by each face, in milliseconds, the faces taking turns, each over one connection."""
    times: dict[str, list[float]] = {face.name: [] for face in FACES}
    with _ways(folder) as ways:
        for turn in range(NOT_COUNTED + ROUNDS):
            for question in QUESTIONS:
                for face in FACES:
                    milliseconds = _milliseconds(ways, face, question)
                    if turn >= NOT_COUNTED:
                        times[face.name].append(milliseconds)
    return times


def _milliseconds(ways: Ways, face: Face, question: str) -> float:
    call = face.call(question)
    time.sleep(PAUSE_SECONDS)
    began = time.perf_counter()
    try:
        return (face.send(ways, call) - began) * 1000
    except ValueError as problem:
        raise SystemExit(f"{face.name} answered {problem}") from problem


@contextmanager
def _ways(folder: Path) -> Iterator[Ways]:
    with (
        bot_api() as bots,
        _serving(folder, **SETTINGS, WENBAO_TELEGRAM_API_URL=bots.root) as server,
        closing(HTTPConnection("127.0.0.1", server.port)) as connection,
        _assistant(folder) as assistant,
    ):
        yield Ways(connection, bots, assistant)


@contextmanager
def _assistant(folder: Path) -> Iterator[Pipes]:
    """A `wenbao mcp` of its own that has been told who is there."""
    command = [sys.executable, "-m", "wenbao", "mcp"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment(folder)
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise SystemExit("`wenbao mcp` has no standard input and output.")
        pipes = Pipes(process.stdin, process.stdout)
        pipes.exchange(_json(jsonrpc="2.0", id=0, method="initialize", params=INITIALIZE))
        process.stdin.write(_json(jsonrpc="2.0", method="notifications/initialized") + b"\n")
        yield pipes


def _post(ways: Ways, call: Call) -> float:
    """Send a POST and read the reply; gives when that was done. Raises ValueError where the reply is none."""
    ways.connection.request("POST", call.path, call.body, dict(call.headers))
    reply = ways.connection.getresponse()
    content = reply.read()
    if not 200 <= reply.status < 300:
        raise ValueError(f"{reply.status}: {content.decode(errors='replace')}")
    return time.perf_counter()


def _write(ways: Ways, call: Call) -> float:
    """The same over standard input and output."""
    line = ways.assistant.exchange(call.body)
    if b'"result"' not in line:
        raise ValueError(line.decode(errors="replace"))
    return time.perf_counter()


def _update(ways: Ways, call: Call) -> float:
    """Post an update as Telegram does; gives when the bot's answer came there."""
    _post(ways, call)
    return ways.bots.await_answer()


@dataclass(frozen=True, slots=True)
class Face:
    """A way to ask; `call` is made anew for each question, so that it may be signed or numbered."""

    name: str
    call: Callable[[str], Call]
    send: Send = _post


def _ask(question: str) -> Call:
    return Call("/v1/ask", _json(question=question), JSON)


def _dify(question: str) -> Call:
    setting = {"top_k": 10, "score_threshold": 0.0}
    return Call("/dify/retrieval", _json(knowledge_id="wenbao", query=question, retrieval_setting=setting), JSON)


def _chat(question: str, **more: Any) -> Call:
    messages = [{"role": "user", "content": question}]
    return Call("/v1/chat/completions", _json(model="wenbao", messages=messages, **more), JSON)


def _tool(name: str, **arguments: str) -> Call:
    params = {"name": name, "arguments": arguments}
    return Call("/mcp", _json(jsonrpc="2.0", id=1, method="tools/call", params=params), MCP)


def _sealed(path: str, question: str) -> Call:
    """A message of someone new, encrypted as WeChat's safe mode and WeCom do it."""
    number, now = next(_numbers), str(int(time.time()))
    message = (
        f"<xml><ToUserName>house</ToUserName><FromUserName>person {number}</FromUserName><CreateTime>{now}</CreateTime>"
        f"<MsgType>text</MsgType><Content>{escape(question)}</Content><MsgId>{number}</MsgId></xml>"
    )
    encrypted = encrypt(_SEAL, message)
    signed = signature(TOKEN, now, str(number), encrypted)
    body = f"<xml><ToUserName>house</ToUserName><Encrypt>{encrypted}</Encrypt></xml>".encode()
    return Call(f"{path}?timestamp={now}&nonce={number}&msg_signature={signed}", body, {"Content-Type": "text/xml"})


def _private(question: str) -> Call:
    """A message of someone new in a private chat."""
    number = next(_numbers)
    person = {"id": number, "is_bot": False, "first_name": "Person"}
    chat = {"id": number, "type": "private"}
    message = {"message_id": 1, "date": int(time.time()), "chat": chat, "from": person, "text": question}
    return Call("/telegram", _json(update_id=number, message=message), BOT)


def _inline(question: str) -> Call:
    """What someone new types behind the bot's name in another chat."""
    number = next(_numbers)
    person = {"id": number, "is_bot": False, "first_name": "Person"}
    query = {"id": str(number), "from": person, "query": question, "offset": ""}
    return Call("/telegram", _json(update_id=number, inline_query=query), BOT)


def _json(**members: Any) -> bytes:
    return json.dumps(members, ensure_ascii=False).encode()


FACES = (
    Face("`POST /v1/ask`", _ask),
    Face("Dify", _dify),
    Face("MCP: ask", lambda question: _tool("ask", question=question)),
    Face("MCP: search", lambda question: _tool("search", query=question)),
    Face("MCP over stdio: ask", lambda question: _tool("ask", question=question), _write),
    Face("chat", _chat),
    Face("chat, streamed", lambda question: _chat(question, stream=True)),
    Face("WeChat", lambda question: _sealed("/wechat", question)),
    Face("WeCom", lambda question: _sealed("/wecom", question)),
    Face("Telegram", _private, _update),
    Face("Telegram, inline", _inline, _update),
)


if __name__ == "__main__":
    main()
