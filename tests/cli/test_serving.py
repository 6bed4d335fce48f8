"""serve and bot, as processes: they come up, answer, and stop cleanly when asked to."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

from tests.bot.bot_api import TOKEN, BotApi, Person, shown_as
from tests.cli.conftest import environment, run_process

PATIENCE = 30
QUESTION = "2020年提供了多少次法律咨询?"


@dataclass(frozen=True, slots=True)
class Running:
    """A service in a process of its own; `log` is what it has printed so far."""

    process: subprocess.Popen[bytes]
    root: str
    log: Path

    @property
    def told(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def send(self, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        try:
            with urlopen(Request(self.root + path, body, headers), timeout=PATIENCE) as reply:
                return reply.status, reply.read()
        except HTTPError as problem:
            return problem.code, problem.read()

    def stop(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(10)


@pytest.fixture
def own(filled: Path, tmp_path: Path) -> Path:
    """A data folder of one's own: a bot remembers there which updates it has handled."""
    return Path(copytree(filled, tmp_path / "own"))


@contextmanager
def running(data: Path, log: Path, *arguments: str, **settings: str) -> Iterator[Running]:
    """Start a command that serves; whatever becomes of the test, it is gone afterwards."""
    port = free_port()
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "wenbao", *arguments],
            env=environment(data, WENBAO_PORT=str(port), **settings),
            cwd=data,
            stdout=file,
            stderr=file,
        )
    try:
        yield Running(process, f"http://127.0.0.1:{port}", log)
    finally:
        process.kill()
        process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


def await_told(service: Running, words: str) -> None:
    """Wait until the service has printed `words`."""
    end = time.monotonic() + PATIENCE
    while words not in service.told:
        assert service.process.poll() is None, service.told
        assert time.monotonic() < end, service.told
        with suppress(subprocess.TimeoutExpired):
            service.process.wait(0.05)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_service_answers_and_stops_cleanly(filled, tmp_path, number):
    """It prints its addresses when it is ready; Ctrl-C and SIGTERM end it with exit code 0 and no traceback."""
    with running(filled, tmp_path / "log", "serve") as service:
        await_told(service, "Telegram")
        body = json.dumps({"question": QUESTION}).encode()
        status, answer = service.send("/v1/ask", body, **{"Content-Type": "application/json"})
        assert (status, json.loads(answer)["answer"]["value"]) == (200, "3373次")
        assert f"Web chat  {service.root}/" in service.told
        assert f"Staff     {service.root}/staff" in service.told
        assert service.send("/")[0] == 200
        assert service.send("/readyz")[0] == 200
        assert service.stop(number) == 0
        assert "Traceback" not in service.told


def test_a_service_keeps_people_out_of_its_log(filled, tmp_path):
    """What people ask stands in no log line, while each has the id of its request."""
    with running(filled, tmp_path / "log", "serve", WENBAO_LOG_FORMAT="json") as service:
        await_told(service, "Telegram")
        body = json.dumps({"question": "张三丰的法律咨询多少次?"}).encode()
        service.send("/v1/ask", body, **{"Content-Type": "application/json", "X-Request-Id": "mine"})
        await_told(service, '"event": "request"')
        assert service.stop(signal.SIGINT) == 0
        lines = [json.loads(line) for line in service.told.splitlines() if line.startswith("{")]
        assert {line["request_id"] for line in lines if line["event"] in ("request", "question.answered")} == {"mine"}
        assert "张三丰" not in service.told


def test_a_taken_port_is_one_clear_line(filled):
    """Nothing is loaded for an address that cannot be had."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        told = run_process(filled, "serve", WENBAO_PORT=str(taken.getsockname()[1]))
    assert (told.code, told.out) == (2, "")
    assert "WENBAO_PORT" in told.err
    assert told.err.count("\n") == 1


@pytest.mark.parametrize("command", ["serve", "bot"])
def test_a_token_that_cannot_be_one_is_one_clear_line_that_does_not_repeat_it(filled, command):
    """The message names the setting, and the secret is not in it."""
    told = run_process(filled, command, WENBAO_PORT=str(free_port()), WENBAO_TELEGRAM_TOKEN="not-a-token")
    assert told.code == 2
    assert "WENBAO_TELEGRAM_TOKEN" in told.err
    assert "not-a-token" not in told.err
    assert "Traceback" not in told.err


def test_a_bot_without_a_token_is_told_where_to_get_one(filled):
    """`wenbao bot` needs a token."""
    told = run_process(filled, "bot")
    assert told.code == 2
    assert "@BotFather" in told.err


async def test_web_and_bot_run_side_by_side(own, tmp_path):
    """With a token set, one process serves both: a person asks in Telegram, and one Ctrl-C stops both."""
    api = BotApi()
    await api.start()
    try:
        settings = {"WENBAO_TELEGRAM_TOKEN": TOKEN, "WENBAO_TELEGRAM_API_URL": api.root}
        with running(own, tmp_path / "log", "serve", **settings) as service:
            await in_thread(await_told, service, "@wenbao_test_bot")
            assert (await in_thread(service.send, "/healthz"))[0] == 200
            answer = await Person(api).ask(QUESTION)
            assert "3373次" in shown_as(answer, "bold")
            assert await in_thread(service.stop, signal.SIGINT) == 0
            assert "Traceback" not in service.told
            assert TOKEN not in service.told
    finally:
        await api.stop()


async def test_the_bot_alone_stops_cleanly(filled, tmp_path):
    """`wenbao bot` polls until Ctrl-C."""
    api = BotApi()
    await api.start()
    try:
        settings = {"WENBAO_TELEGRAM_TOKEN": TOKEN, "WENBAO_TELEGRAM_API_URL": api.root}
        with running(filled, tmp_path / "log", "bot", **settings) as service:
            await in_thread(await_told, service, "bot.connected")
            assert await in_thread(service.stop, signal.SIGINT) == 0
            assert "Traceback" not in service.told
    finally:
        await api.stop()


async def test_a_webhook_lets_in_only_who_knows_the_secret(own, tmp_path):
    """Telegram's posts are taken in below the web service and answered, and a stranger's are not."""
    api = BotApi()
    await api.start()
    try:
        settings = {
            "WENBAO_TELEGRAM_TOKEN": TOKEN,
            "WENBAO_TELEGRAM_API_URL": api.root,
            "WENBAO_TELEGRAM_WEBHOOK_URL": "https://reports.example.org",
            "WENBAO_TELEGRAM_WEBHOOK_SECRET": "open-sesame",
        }
        with running(own, tmp_path / "log", "serve", **settings) as service:
            await in_thread(await_told, service, "by webhook")
            header = {"X-Telegram-Bot-Api-Secret-Token": "open-sesame"}
            update = json.dumps({"update_id": 1}).encode()
            assert (await in_thread(service.send, "/telegram", update))[0] == 401
            assert (await in_thread(service.send, "/telegram", b"nonsense", **header))[0] == 422
            assert (await in_thread(service.send, "/telegram", update, **header))[0] == 204
            person = Person(api)
            asked = json.dumps(person.write(QUESTION)).encode()
            assert (await in_thread(service.send, "/telegram", asked, **header))[0] == 204
            assert "3373次" in shown_as(await person.next_message(), "bold")
            assert (await in_thread(service.send, "/telegram", b" " * 2_000_000, **header))[0] == 413
            assert api.webhook["url"] == "https://reports.example.org/telegram"
            assert await in_thread(service.stop, signal.SIGINT) == 0
    finally:
        await api.stop()


async def in_thread(function, *arguments, **options):
    """Call what waits without holding up the Bot API server in this event loop."""
    return await asyncio.to_thread(function, *arguments, **options)


def test_a_killed_service_comes_up_again(filled, tmp_path):
    """kill -9 loses nothing that was taken in."""
    with running(filled, tmp_path / "log", "serve") as service:
        await_told(service, "Telegram")
        service.process.kill()
        service.process.wait()
    with pytest.raises((URLError, ConnectionError)):
        urlopen(f"{service.root}/healthz", timeout=5)
    assert run_process(filled, "verify").code == 0
