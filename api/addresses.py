"""The addresses under which people reach the pages, for faces whose links are opened somewhere else."""

from __future__ import annotations

from starlette.requests import Request

from wenbao.config.settings import Settings

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - looked up only


def address_of(request: Request, settings: Settings) -> str:
    """WENBAO_PUBLIC_URL, or else the address that the request came to; without a slash at the end."""
    return settings.public_url or str(request.base_url).rstrip("/")


def served_address(settings: Settings) -> str:
    """The same where there is no request: WENBAO_PUBLIC_URL, or else host and port of the settings."""
    host = EVERYWHERE.get(settings.host, settings.host)
    bracketed = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return settings.public_url or f"http://{bracketed}:{settings.port}"
