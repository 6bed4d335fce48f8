"""The addresses under which people reach the pages, for faces whose links are opened somewhere else."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from starlette.requests import Request

from wenbao.config.settings import Settings

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - looked up only


def address_of(request: Request, settings: Settings) -> str:
    """WENBAO_PUBLIC_URL, or else the address that the request came to; without a slash at the end."""
    return settings.public_url or str(request.base_url).rstrip("/")


def linkable_address(request: Request, settings: Settings) -> str | None:
    """The same, for a reader on another computer: None where the request came to a name that is this computer's alone.

    It does so behind a proxy that does not pass Host on; a link to such a name would lead nowhere.
    """
    address = address_of(request, settings)
    name = host_name(address.partition("://")[2])
    return address if settings.public_url or (name and not is_loopback(name)) else None


def served_address(settings: Settings) -> str:
    """The same where there is no request: WENBAO_PUBLIC_URL, or else host and port of the settings."""
    host = EVERYWHERE.get(settings.host, settings.host)
    bracketed = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return settings.public_url or f"http://{bracketed}:{settings.port}"


def host_name(host: str) -> str:
    """The name in a Host header, without its port; empty where it is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def is_loopback(name: str) -> bool:
    """Whether a name or an IP address is that of the computer it is used on."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ip_address(name)
    except ValueError:
        return False
    plain = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (plain or address).is_loopback
