"""A Bot API server that does no more than take what the bot of a benchmark says, and knows when it came."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Thread

TOKEN = "7000:AAE-not-a-real-token_0123456789abcdefgh"
ANSWERS = ("sendMessage", "answerInlineQuery")
PATIENCE_SECONDS = 30
_ME = {"id": 7000, "is_bot": True, "first_name": "问报", "username": "wenbao_benchmark_bot"}


@dataclass(frozen=True, slots=True)
class BotApi:
    """The server; `came` has the time of each answer, by `time.perf_counter`."""

    root: str
    came: Queue[float] = field(default_factory=Queue)

    def await_answer(self) -> float:
        """When the next answer came, which may be still to come."""
        return self.came.get(timeout=PATIENCE_SECONDS)


@contextmanager
def bot_api() -> Iterator[BotApi]:
    """A server on loopback, in a thread of its own."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        api = _Handler.api = BotApi(f"http://127.0.0.1:{server.server_address[1]}")
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield api
        finally:
            server.shutdown()


class _Handler(BaseHTTPRequestHandler):
    api: BotApi
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        came, method = time.perf_counter(), self.path.rpartition("/")[2]
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if method in ANSWERS:
            self.api.came.put(came)
        content = json.dumps({"ok": True, "result": _result(method)}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing is written between the lines of the table."""


def _result(method: str) -> object:
    if method == "getMe":
        return _ME
    if method == "sendMessage":
        return {"message_id": 1, "date": int(time.time()), "chat": {"id": 1, "type": "private"}, "text": "-"}
    return True
