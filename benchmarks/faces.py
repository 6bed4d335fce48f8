"""Prints what each face costs beside `POST /v1/ask`: all are asked in turns, of one service, in one run.

    python -m benchmarks.faces

A further face is a line in `FACES`; what the service must be told for it is a setting in `SETTINGS`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from xml.sax.saxutils import escape

from pydantic import SecretStr

from benchmarks.run import QUESTIONS, _serving, _wenbao
from wenbao.api.wechat_crypto import Seal, checked_key, encrypt, signature

ROUNDS = 40
NOT_COUNTED = 2
TOKEN, AES_KEY, RECEIVER = "benchmark", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7"
SETTINGS: Mapping[str, str] = {
    "WENBAO_WECHAT_TOKEN": TOKEN,
    "WENBAO_WECHAT_AES_KEY": AES_KEY,
    "WENBAO_WECHAT_APP_ID": RECEIVER,
    "WENBAO_WECOM_TOKEN": TOKEN,
    "WENBAO_WECOM_AES_KEY": AES_KEY,
    "WENBAO_WECOM_CORP_ID": RECEIVER,
}
JSON = {"Content-Type": "application/json"}
MCP = JSON | {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}


_SEAL = Seal(TOKEN, checked_key("AES_KEY", SecretStr(AES_KEY)), RECEIVER)
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Call:
    """A POST that carries a question."""

    path: str
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Face:
    """A way to ask; `call` is made anew for each question, so that it may be signed or numbered."""

    name: str
    call: Callable[[str], Call]


def main() -> None:
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}")
    print("\n| face | median | over `POST /v1/ask` | bar |\n|---|---|---|---|")
    with TemporaryDirectory() as folder:
        _wenbao(Path(folder), "reindex")
        with _serving(Path(folder), **SETTINGS) as server:
            medians = {name: median(times) for name, times in _times(server.port).items()}
    plain = medians[FACES[0].name]
    for name, milliseconds in medians.items():
        over = f"{milliseconds - plain:+.1f} ms | ≤ 5 ms" if name != FACES[0].name else "|"
        print(f"| {name} | {milliseconds:.1f} ms | {over} |")


def _times(port: int) -> dict[str, list[float]]:
    """How long each question took by each face, the faces taking turns, over one connection."""
    times: dict[str, list[float]] = {face.name: [] for face in FACES}
    with closing(HTTPConnection("127.0.0.1", port)) as connection:
        for turn in range(NOT_COUNTED + ROUNDS):
            for question in QUESTIONS:
                for name, milliseconds in _by_each_face(connection, question):
                    if turn >= NOT_COUNTED:
                        times[name].append(milliseconds)
    return times


def _by_each_face(connection: HTTPConnection, question: str) -> Iterator[tuple[str, float]]:
    for face in FACES:
        call = face.call(question)
        began = time.perf_counter()
        connection.request("POST", call.path, call.body, dict(call.headers))
        reply = connection.getresponse()
        content = reply.read()
        yield face.name, (time.perf_counter() - began) * 1000
        if reply.status != 200:
            raise SystemExit(f"{face.name} answered {reply.status}: {content.decode(errors='replace')}")


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


def _json(**members: Any) -> bytes:
    return json.dumps(members, ensure_ascii=False).encode()


FACES = (
    Face("`POST /v1/ask`", _ask),
    Face("Dify", _dify),
    Face("MCP: ask", lambda question: _tool("ask", question=question)),
    Face("MCP: search", lambda question: _tool("search", query=question)),
    Face("chat", _chat),
    Face("chat, streamed", lambda question: _chat(question, stream=True)),
    Face("WeChat", lambda question: _sealed("/wechat", question)),
    Face("WeCom", lambda question: _sealed("/wecom", question)),
)


if __name__ == "__main__":
    main()
