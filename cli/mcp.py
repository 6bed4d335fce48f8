"""Serves the reports to an assistant that started this program, over standard input and output."""

from __future__ import annotations

import anyio

from wenbao.api.mcp import server_of
from wenbao.cli.opening import open_service
from wenbao.config.settings import Settings


def serve_mcp(settings: Settings) -> None:
    """Answer on standard output what is asked on standard input, until it closes; nothing else is written there."""
    with open_service(settings) as service:
        anyio.run(server_of(service, settings).run_stdio_async)
