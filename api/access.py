"""Who may ask and who may add or remove reports: keys, a token for our own web page, and how much in a minute.

A request may ask with a key, or with the token that the chat page brings as a cookie; one from this computer may
without either as long as there is no key for asking. "From this computer" must not be said of what a proxy on this
computer passes on, so it takes all of: a peer on loopback, no header that proxies add, a Host that names loopback,
and no WENBAO_PUBLIC_URL that says otherwise.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
import time
from collections.abc import Callable, Coroutine
from contextlib import closing
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any, Self
from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.types import Message, Receive

from wenbao.answers.limits import QuestionLimit
from wenbao.api.addresses import host_name, is_loopback
from wenbao.api.keys import Keys, KeyScope
from wenbao.config.errors import InvalidSettings, NotAuthorized, TooManyRequests
from wenbao.config.settings import Settings

PAGE_COOKIE = "wenbao_page"
PAGE_HEADER = "x-wenbao-page"
PAGE_TOKEN_SECONDS = 3600
WRONG_KEYS_PER_MINUTE = 30
JSON_BODY_BYTES = 64 * 1024
# What a multipart body holds beside the file: boundaries, part headers, the other fields.
FORM_BYTES = 64 * 1024

API_KEY = HTTPBearer(
    scheme_name="apiKey", description="A key of `wenbao key create`, or one of WENBAO_API_KEYS", auto_error=False
)
ADMIN_KEY = HTTPBearer(
    scheme_name="adminKey",
    description="A key of `wenbao key create --scope admin`, or WENBAO_ADMIN_KEY",
    auto_error=False,
)

_NO_KEY = (
    "This service asks for a key: send `Authorization: Bearer <key>`. Who runs the service makes one with "
    "`wenbao key create`, or sets WENBAO_API_KEYS."
)
_NO_ADMIN_KEY = (
    "Adding and removing reports needs `Authorization: Bearer <key>`, with a key of `wenbao key create --scope admin` "
    "or WENBAO_ADMIN_KEY."
)
_PROXY_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def check_exposure(settings: Settings, address: str) -> None:
    """See that a service that listens on `address` and lets others in has a key. Raises InvalidSettings."""
    if is_loopback(address) or settings.api_keys or settings.admin_key:
        return
    with closing(Keys.of(settings)) as keys:
        if keys.all():
            return
    raise InvalidSettings(
        f"WENBAO_HOST={settings.host} lets other computers in, but there is no key: make one with "
        "`wenbao key create NAME`, or set WENBAO_API_KEYS or WENBAO_ADMIN_KEY. Programs then need a key; the web chat "
        "works for everybody without one. WENBAO_HOST=127.0.0.1 serves this computer alone."
    )


@dataclass(frozen=True, slots=True)
class Limits:
    """How much each may send in a minute; `guesses` are wrong keys from one address."""

    person: QuestionLimit
    key: QuestionLimit
    address: QuestionLimit
    guesses: QuestionLimit

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(
            QuestionLimit(settings.requests_per_minute),
            QuestionLimit(settings.key_requests_per_minute),
            QuestionLimit(settings.address_requests_per_minute),
            QuestionLimit(WRONG_KEYS_PER_MINUTE),
        )


@dataclass(frozen=True, slots=True)
class Access:
    """The keys that open the doors: those of the settings, and those of `wenbao key`."""

    admin_key: bytes | None
    api_keys: tuple[bytes, ...]
    keys: Keys
    limits: Limits
    is_public: bool
    largest_document: int

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        admin = settings.admin_key.get_secret_value().encode() if settings.admin_key else None
        api_keys = tuple(key.get_secret_value().encode() for key in settings.api_keys)
        is_public = settings.public_url is not None and not is_loopback(urlsplit(settings.public_url).hostname or "")
        largest = settings.max_document_mb * 1024 * 1024
        return cls(admin, api_keys, Keys.of(settings), Limits.of(settings), is_public, largest)

    def check_asking(self, request: HTTPConnection) -> None:
        """Let the request pass if it has a key, comes from our page, or needs neither.

        Raises NotAuthorized or TooManyRequests.
        """
        if self.is_free_for(request):
            return
        key = _bearer(request)
        if key is not None:
            self._check_key(request, key, "ask", _NO_KEY)
            return
        # A page in a frame on another site has no cookies, so it sends its token in a header.
        person = self._person(request.cookies.get(PAGE_COOKIE) or request.headers.get(PAGE_HEADER, ""))
        if person is None:
            raise NotAuthorized(_NO_KEY)
        _count(self.limits.person, person)
        _count(self.limits.address, _address(request))

    def check_admin(self, request: HTTPConnection) -> None:
        """Let the request pass if it has a key for adding and removing. Raises NotAuthorized or TooManyRequests."""
        self._check_key(request, _bearer(request), "admin", _NO_ADMIN_KEY)

    def sign_in(self, request: HTTPConnection, key: bytes) -> str:
        """The name of the key for adding and removing that a person signs in with; wrong ones count as guesses.

        Raises NotAuthorized or TooManyRequests.
        """
        return self._name(request, key, "admin", _NO_ADMIN_KEY)

    def is_free_for(self, request: HTTPConnection) -> bool:
        """Whether the request may ask without anything: it is from this computer, and there is no key for asking."""
        return not self.is_public and _is_local(request) and not self.asks_for_keys()

    def asks_for_keys(self) -> bool:
        """Whether there is any key for asking, so that programs on this computer need one too."""
        return bool(self.api_keys) or self.keys.any_with("ask")

    def opens(self, key: bytes, scope: KeyScope) -> str | None:
        """The name under which a key with the scope is counted, None for one that does not open it."""
        if self.admin_key is not None and hmac.compare_digest(key, self.admin_key):
            return "admin"
        if scope == "ask" and _matches(key, self.api_keys):
            return f"setting {hashlib.sha256(key).hexdigest()}"
        found = self.keys.find(key)
        return found.id if found and found.opens(scope) else None

    def page_token(self) -> str:
        """A signed token with which the browser that was given our page may ask, for an hour: a person without name."""
        words = f"{int(time.time()) + PAGE_TOKEN_SECONDS}.{secrets.token_urlsafe(9)}"
        return f"{words}.{self._signature(words)}"

    def close(self) -> None:
        """Let go of the file of keys."""
        self.keys.close()

    def _check_key(self, request: HTTPConnection, key: bytes | None, scope: KeyScope, otherwise: str) -> None:
        """Wrong keys are counted for each address, from this computer too, so that none can be found by trying."""
        if key is None:
            raise NotAuthorized(otherwise)
        name = self._name(request, key, scope, otherwise)
        if self.is_public or not _is_local(request):
            _count(self.limits.key, name)

    def _name(self, request: HTTPConnection, key: bytes, scope: KeyScope, otherwise: str) -> str:
        address = _address(request)
        _check(self.limits.guesses, address)
        name = self.opens(key, scope)
        if name is None:
            _count(self.limits.guesses, address)
            raise NotAuthorized(otherwise)
        return name

    def _person(self, token: str) -> str | None:
        """Whom a page token was given to, None where it is not ours or has run out."""
        words, _, signature = token.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(words).encode()):
            return None
        expiry, _, person = words.partition(".")
        return person if int(expiry) > time.time() else None

    def _signature(self, words: str) -> str:
        return hmac.new(self.keys.secret("page"), words.encode(), hashlib.sha256).hexdigest()


class AskingRoute(APIRoute):
    """A route that needs no more than a key for asking; its body is small."""

    largest_body = JSON_BODY_BYTES

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            request.app.state.access.check_asking(request)
            return await handle(bounded(request, self.largest_body))

        return guarded


class AdminRoute(APIRoute):
    """A route that needs the admin key, looked at before the body is read; its body may hold a report."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            access: Access = request.app.state.access
            access.check_admin(request)
            return await handle(bounded(request, access.largest_document + FORM_BYTES))

        return guarded


def _count(limit: QuestionLimit, who: str) -> None:
    _check(limit, who)
    limit.admit(who)


def _check(limit: QuestionLimit, who: str) -> None:
    seconds = math.ceil(limit.wait(who))
    if seconds:
        raise TooManyRequests(f"Too many requests came in the last minute: please wait {seconds} s.", seconds)


def _is_local(request: HTTPConnection) -> bool:
    """Whether a program on this computer sent the request, as far as can be told."""
    peer = request.client.host if request.client else ""
    if not is_loopback(peer) or any(name in request.headers for name in _PROXY_HEADERS):
        return False
    return is_loopback(host_name(request.headers.get("host", "")))


def _address(request: HTTPConnection) -> str:
    """The address that a request is counted under: of IPv6 the network, as one customer has all addresses of it."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(ip_network((address, 64), strict=False)) if address.version == 6 else host


def _bearer(request: HTTPConnection) -> bytes | None:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip().encode("latin-1") if scheme.lower() == "bearer" else None


def _matches(key: bytes, known: tuple[bytes, ...]) -> bool:
    # Every key is compared, so that the time taken does not tell which one was near.
    return sum(hmac.compare_digest(key, one) for one in known) > 0


def bounded(request: Request, limit: int) -> Request:
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
