"""The outermost layer of the application: request ids, security headers, access log, metrics, and the last resort."""

from __future__ import annotations

import re
import secrets
import time
import traceback

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wenbao.api.metrics import Metrics
from wenbao.api.policy import content_security_policy
from wenbao.api.problems import internal_error

YEAR_SECONDS = 365 * 24 * 3600
SECURITY_HEADERS = {
    "content-security-policy": content_security_policy(),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}

_sane_id = re.compile(r"[A-Za-z0-9._-]{1,64}").fullmatch
_log = structlog.get_logger("wenbao.api")


class Edge:
    """Pure ASGI, as each layer of middleware costs every question time."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        sent: list[int] = []

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent.append(message["status"])
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = request_id
                _secure(headers, scope)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            await self._answer(scope, receive, send_with_headers, sent)
            self._record(scope, sent[0] if sent else 499, time.perf_counter() - began)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, sent: list[int]) -> None:
        try:
            await self.app(scope, receive, send)
        except Exception:
            # Formatted here, as a log with local variables in it would hold the question.
            _log.error("request failed", route=_route(scope), exception=traceback.format_exc())
            if not sent:
                await internal_error(Request(scope))(scope, receive, send)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        """Count and log the request: never its query, its body, or who sent it."""
        route = _route(scope)
        self.metrics.request(route, status, seconds)
        _log.info("request", method=scope["method"], route=route, status=status, ms=round(seconds * 1000, 2))


def _secure(headers: MutableHeaders, scope: Scope) -> None:
    """Set the security headers. A page that says otherwise in a policy of its own, such as a widget, keeps it."""
    own_policy = "content-security-policy" in headers
    for name, value in SECURITY_HEADERS.items():
        if not (own_policy and name == "x-frame-options"):  # its policy says who may frame it
            headers.setdefault(name, value)
    if scope["scheme"] == "https":
        headers["strict-transport-security"] = f"max-age={YEAR_SECONDS}"


def _request_id(scope: Scope) -> str:
    wanted = Headers(scope=scope).get("x-request-id", "")
    return wanted if _sane_id(wanted) else secrets.token_hex(8)


def _route(scope: Scope) -> str:
    """The pattern of the address, not the address: what a stranger types must not become a label."""
    if scope["path"].startswith("/static/"):
        return "/static"
    return str(getattr(scope.get("route"), "path", "unmatched"))
