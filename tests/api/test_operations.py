"""Health, metrics, errors, request ids and headers: what those who run the service rely on."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager

import httpx
import pytest
import structlog

from wenbao.api.app import create_app
from wenbao.api.server import server_for
from wenbao.config.settings import Settings


async def test_health_and_readiness(client, service):
    """Alive is not yet ready."""
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    assert (await client.get("/readyz")).json() == {"status": "ready"}

    service.is_ready = False
    assert ((await client.get("/healthz")).status_code, (await client.get("/readyz")).status_code) == (200, 503)


async def test_metrics_count_requests_and_answers(client):
    """Requests are counted by route and status, answers by status, language and kind."""
    await client.post("/v1/ask", json={"question": "多少宗?"})
    await client.post("/v1/ask", json={"question": "天气?"})
    await client.get("/v1/documents/none")
    await client.get("/made/up/by/a/stranger")
    text = (await client.get("/metrics")).text

    assert 'wenbao_requests_total{route="/v1/ask",status="200"} 2.0' in text
    assert 'wenbao_requests_total{route="/v1/documents/{document_id}",status="404"} 1.0' in text
    assert 'wenbao_requests_total{route="unmatched",status="404"} 1.0' in text
    assert 'wenbao_answers_total{kind="figure",language="zh-Hans",status="answered"} 1.0' in text
    assert 'wenbao_answers_total{kind="none",language="zh-Hans",status="not_found"} 1.0' in text
    assert 'wenbao_request_seconds_count{route="/v1/ask"} 2.0' in text


async def test_each_application_counts_for_itself(build, client_of):
    """Two applications in one process don't share counters."""
    async with client_of(build()[0]) as one, client_of(build()[0]) as other:
        await one.get("/healthz")
        assert '{route="/healthz"' not in (await other.get("/metrics")).text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v1/nothing", 404), ("GET", "/nothing", 404), ("PUT", "/v1/ask", 405), ("DELETE", "/", 405)],
)
async def test_every_error_is_a_problem(client, method, path, status):
    """Wrong addresses and methods get problem+json with the members of RFC 9457."""
    response = await client.request(method, path)

    assert (status, "application/problem+json") == (response.status_code, response.headers["content-type"])
    assert {"type", "title", "status", "detail", "instance", "request_id"} <= set(response.json())
    assert (status, path) == (response.json()["status"], response.json()["instance"])


async def test_a_405_names_the_allowed_methods(client):
    """The header Allow says what would work."""
    assert (await client.put("/v1/ask")).headers["allow"] == "POST"


def test_an_unforeseen_error_shows_nothing_of_the_inside(site):
    """A 500 has a request id and no traceback, and the server goes on."""
    response = httpx.post(f"{site}/v1/ask", json={"question": "炸"}, headers={"X-Request-ID": "my-id.1"})

    assert (response.status_code, response.headers["content-type"]) == (500, "application/problem+json")
    assert (response.json()["request_id"], response.headers["x-request-id"]) == ("my-id.1", "my-id.1")
    assert "secret" not in response.text
    assert "Traceback" not in response.text
    assert httpx.get(f"{site}/healthz").status_code == 200


@pytest.mark.parametrize("wanted", ["a b", "x" * 65, "<script>", ""])
async def test_an_insane_request_id_is_replaced(client, wanted):
    """Only short plain ids are taken over from the client."""
    given = (await client.get("/healthz", headers={"X-Request-ID": wanted})).headers["x-request-id"]

    assert wanted != given
    assert len(given) == 16


@pytest.mark.parametrize("path", ["/", "/documents", "/docs", "/v1/documents", "/nothing", "/static/chat.js"])
async def test_security_headers_are_everywhere(client, path):
    """Nothing foreign runs on our pages, nobody frames them, and nothing is guessed about types."""
    headers = (await client.get(path)).headers

    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "same-origin")


async def test_the_log_holds_no_question(client):
    """The access log has method, route, status and time; not what was asked, searched or typed."""
    with structlog.testing.capture_logs() as logs:
        await client.post("/v1/ask", json={"question": "多少宗机密?"})
        await client.get("/v1/search?q=机密")
        await client.get("/documents/机密")

    lines = [line for line in logs if line["event"] == "request"]
    assert [line["route"] for line in lines] == ["/v1/ask", "/v1/search", "/documents/{document_id}"]
    assert "机密" not in json.dumps(logs, ensure_ascii=False)
    assert all({"method", "route", "status", "ms"} <= set(line) for line in lines)


async def test_a_logged_error_holds_no_question(client):
    """The traceback of an unforeseen error goes to the log without the values of variables."""
    with structlog.testing.capture_logs() as logs:
        await client.post("/v1/ask", json={"question": "炸掉机密"})

    (error,) = [line for line in logs if line["log_level"] == "error"]
    assert "RuntimeError" in error["exception"]
    assert "机密" not in json.dumps(logs, ensure_ascii=False)


def test_uvicorn_writes_no_access_log(app):
    """What people search for does not end up in the server's own log."""
    assert server_for(app, Settings(_env_file=None)).config.access_log is False


async def test_what_is_brought_along_lives_as_long_as_the_application(build):
    """Extras, such as the bot's webhook, are started and stopped with the application."""
    happened = []

    @asynccontextmanager
    async def extra(app):
        happened.append("start")
        yield
        happened.append("stop")

    app, service = build()
    app = create_app(service.settings, service, extra)
    async with app.router.lifespan_context(app):
        assert happened == ["start"]
    assert happened == ["start", "stop"]
