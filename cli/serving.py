"""Runs the web pages, the API and the Telegram bot in one event loop, until it is asked to stop."""

from __future__ import annotations

import asyncio
import ctypes
import errno
import gc
import signal
import socket
import sys
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException
from uvicorn import Server

from wenbao.answers.places import names_place
from wenbao.answers.question import read_question
from wenbao.answers.service import ReportService
from wenbao.api.access import check_exposure
from wenbao.api.app import create_app
from wenbao.api.server import server_for
from wenbao.cli.opening import open_service
from wenbao.cli.printing import out
from wenbao.config.errors import InvalidSettings
from wenbao.config.settings import Settings

_LARGEST_UPDATE = 1024 * 1024
_ARENA_MAX = -8  # M_ARENA_MAX of mallopt(3)
_ARENAS = 2


def serve(settings: Settings) -> None:
    """Serve until Ctrl-C or SIGTERM.

    Raises InvalidSettings where the address is taken or Telegram refuses the token, and what opening the service does.
    """
    with _bound_socket(settings) as door:
        check_exposure(settings, door.getsockname()[0])
        _keep_memory_low()
        with open_service(settings) as service:
            _warm_up(service)
            _give_memory_back()
            service.keep_up()
            asyncio.run(_serve(settings, service, door))


def serve_bot(settings: Settings) -> None:
    """Run the Telegram bot alone, polling, until Ctrl-C or SIGTERM. Raises InvalidSettings."""
    if settings.telegram_token is None:
        raise InvalidSettings("WENBAO_TELEGRAM_TOKEN is not set: get a token from @BotFather in Telegram.")
    with open_service(settings) as service:
        service.keep_up()
        asyncio.run(_serve_bot(settings, service))


async def _serve(settings: Settings, service: ReportService, door: socket.socket) -> None:
    stop = _stop_on_signals()
    app = create_app(settings, service)
    async with AsyncExitStack() as stack:
        name = await _start_bot(settings, service, app, stack) if settings.telegram_token else None
        if stop.is_set():
            return
        server = server_for(app, settings)
        serving = asyncio.create_task(server.serve(sockets=[door]))
        await _started(server, serving)
        if server.started:
            _announce(settings, name)
        await serving


async def _start_bot(settings: Settings, service: ReportService, app: FastAPI, stack: AsyncExitStack) -> str:
    """Start the bot, with its door in the application where it works by webhook; returns what to say of it."""
    from wenbao.bot.application import webhook_url
    from wenbao.bot.running import running

    bot = await stack.enter_async_context(running(settings, service))
    url = webhook_url(settings)
    if url is not None:

        async def accept(request: Request) -> Response:
            bot.accept(request.headers.get("x-telegram-bot-api-secret-token"), await _body(request))
            return Response(status_code=204)

        app.add_api_route(urlsplit(url).path, accept, methods=["POST"], include_in_schema=False)
    if not bot.connecting.done():
        return f"{settings.telegram_api_url} can't be reached yet; the bot goes on trying"
    return f"@{bot.application.bot.username}" + (f", by webhook at {url}" if url else "")


async def _serve_bot(settings: Settings, service: ReportService) -> None:
    from wenbao.bot.running import poll

    stop = _stop_on_signals()
    out("The Telegram bot is running. Ctrl-C stops it.")
    await poll(settings, service, stop)


def _stop_on_signals() -> asyncio.Event:
    """An event for Ctrl-C and SIGTERM; so neither breaks off the closing of what was opened."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop


async def _started(server: Server, serving: asyncio.Task[None]) -> None:
    while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn has no event to wait for
        await asyncio.sleep(0.02)


def _announce(settings: Settings, bot: str | None) -> None:
    address = settings.public_url or _local_address(settings)
    out("问报 Wenbao is ready. Ctrl-C stops it.")
    for name, where in (
        ("Web chat", f"{address}/"),
        ("Reports", f"{address}/documents"),
        ("Staff", f"{address}/staff"),
        ("API", f"{address}/docs"),
        ("Telegram", bot or "no bot (WENBAO_TELEGRAM_TOKEN is not set)"),
    ):
        out(f"  {name:10}{where}")
    sys.stdout.flush()


def _local_address(settings: Settings) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104 - compared only
    return f"http://{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{settings.port}"


def _bound_socket(settings: Settings) -> socket.socket:
    """The address, taken before anything is loaded. Raises InvalidSettings where it cannot be had."""
    where = f"{settings.host}:{settings.port}"
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        door = socket.socket(family, kind, protocol)
    except OSError as problem:
        raise InvalidSettings(f"{where} is no address of this machine ({problem.strerror}): set WENBAO_HOST.") from None
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(address)
        door.listen(2048)
    except OSError as problem:
        door.close()
        if problem.errno == errno.EADDRINUSE:
            raise InvalidSettings(f"{where} is taken by another program: stop it, or set WENBAO_PORT.") from None
        raise InvalidSettings(
            f"{where} can't be listened on ({problem.strerror}): set WENBAO_HOST, WENBAO_PORT."
        ) from None
    return door


async def _body(request: Request) -> bytes:
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _LARGEST_UPDATE:
            raise HTTPException(413)
    return body


def _warm_up(service: ReportService) -> None:
    """Load what is loaded at first use (the dictionaries of words and of how they sound), so that the first person
    needn't wait for it."""
    words = "去年提供了多少次法律咨询?"
    read_question(words, len(words))
    names_place(words, "conghua")
    service.search(words, k=1)


def _keep_memory_low() -> None:
    """Few malloc arenas: with one for each thread, glibc keeps tens of megabytes that nothing uses."""
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(_ARENA_MAX, _ARENAS)


def _give_memory_back() -> None:
    """What opening the service has used up and no longer needs."""
    gc.collect()
    library = ctypes.CDLL(None)
    if hasattr(library, "malloc_trim"):
        library.malloc_trim(0)
