"""Who may ask and who may add or remove reports: bearer keys, and a short-lived token for our own web page."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Self

from fastapi import Request, Response
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

from wenbao.config.errors import NotAuthorized
from wenbao.config.settings import Settings

PAGE_COOKIE = "wenbao_page"
PAGE_TOKEN_SECONDS = 3600
JSON_BODY_BYTES = 64 * 1024
# What a multipart body holds beside the file: boundaries, part headers, the other fields.
FORM_BYTES = 64 * 1024

API_KEY = HTTPBearer(scheme_name="apiKey", description="One of WENBAO_API_KEYS, or the admin key", auto_error=False)
ADMIN_KEY = HTTPBearer(scheme_name="adminKey", description="WENBAO_ADMIN_KEY", auto_error=False)

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


@dataclass(frozen=True, slots=True)
class Access:
    """The keys that open the doors. `secret` signs page tokens and lives as long as the process."""

    admin_key: bytes | None
    api_keys: tuple[bytes, ...]
    secret: bytes
    largest_document: int

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        admin = settings.admin_key.get_secret_value().encode() if settings.admin_key else None
        keys = tuple(key.get_secret_value().encode() for key in settings.api_keys)
        return cls(admin, keys, secrets.token_bytes(32), settings.max_document_mb * 1024 * 1024)

    def check_asking(self, request: Request) -> None:
        """Let the request pass if no key is asked for, or it has one, or it comes from our page.

        Raises NotAuthorized.
        """
        if not self.api_keys:
            return
        key = _bearer(request)
        if key is None and self._is_page_token(request.cookies.get(PAGE_COOKIE, "")):
            return
        known = self.api_keys if self.admin_key is None else (*self.api_keys, self.admin_key)
        if key is None or not _matches(key, known):
            raise NotAuthorized("This service asks for a key: send `Authorization: Bearer <one of WENBAO_API_KEYS>`.")

    def check_admin(self, request: Request) -> None:
        """Let the request pass if it has the admin key. Raises NotAuthorized."""
        if self.admin_key is None:
            raise NotAuthorized(
                "Adding and removing reports is switched off: set WENBAO_ADMIN_KEY in the environment or in .env, "
                "restart, and send it as `Authorization: Bearer <key>`."
            )
        key = _bearer(request)
        if key is None or not _matches(key, (self.admin_key,)):
            raise NotAuthorized("Adding and removing reports needs `Authorization: Bearer <WENBAO_ADMIN_KEY>`.")

    def page_token(self) -> str:
        """A signed token with which the browser that was given our page may ask, for an hour."""
        expiry = str(int(time.time()) + PAGE_TOKEN_SECONDS)
        return f"{expiry}.{self._signature(expiry)}"

    def _is_page_token(self, token: str) -> bool:
        expiry, _, signature = token.partition(".")
        genuine = hmac.compare_digest(signature.encode(), self._signature(expiry).encode())
        return genuine and int(expiry) > time.time()

    def _signature(self, expiry: str) -> str:
        return hmac.new(self.secret, expiry.encode(), hashlib.sha256).hexdigest()


class AskingRoute(APIRoute):
    """A route that needs no more than a key for asking; its body is small."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            request.app.state.access.check_asking(request)
            return await handle(_bounded(request, JSON_BODY_BYTES))

        return guarded


class AdminRoute(APIRoute):
    """A route that needs the admin key, looked at before the body is read; its body may hold a report."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            access: Access = request.app.state.access
            access.check_admin(request)
            return await handle(_bounded(request, access.largest_document + FORM_BYTES))

        return guarded


def _bearer(request: Request) -> bytes | None:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip().encode("latin-1") if scheme.lower() == "bearer" else None


def _matches(key: bytes, known: tuple[bytes, ...]) -> bool:
    # Every key is compared, so that the time taken does not tell which one was near.
    return sum(hmac.compare_digest(key, one) for one in known) > 0


def _bounded(request: Request, limit: int) -> Request:
    """The same request, whose body cannot be read beyond `limit` bytes."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise HTTPException(413)
    return Request(request.scope, _counted(request.receive, limit))


def _counted(receive: Receive, limit: int) -> Receive:
    read = 0

    async def counted() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > limit:
            raise HTTPException(413)
        return message

    return counted
