"""Limits: how much a person, a key and an address may send in a minute, and what those get who send more."""

from __future__ import annotations

import httpx
import pytest

from wenbao.answers.limits import QuestionLimit

ASK = {"question": "受理了多少宗?"}


def client_from(app, address, **options):
    transport = httpx.ASGITransport(app, client=(address, 50_000))
    return httpx.AsyncClient(transport=transport, base_url="http://reports.example.org", **options)


async def send(client, times, path="/v1/ask", **options):
    """The statuses of so many requests."""
    return [(await client.post(path, json=ASK, **options)).status_code for _ in range(times)]


async def test_a_person_may_send_so_much_in_a_minute(build):
    """The one after gets 429 as problem+json, with the seconds to wait; another person goes on."""
    app, _ = build(requests_per_minute=3)
    async with client_from(app, "203.0.113.9") as one, client_from(app, "203.0.113.9") as other:
        await one.get("/")
        await other.get("/")
        assert [200, 200, 200] == await send(one, 3)
        refused = await one.post("/v1/ask", json=ASK)
        assert [200] == await send(other, 1)

    assert 429 == refused.status_code
    assert "application/problem+json" == refused.headers["content-type"]
    assert "urn:wenbao:problem:too-many-requests" == refused.json()["type"]
    assert 1 <= int(refused.headers["retry-after"]) <= 60


async def test_a_key_may_send_so_much_in_a_minute(build):
    """Wherever it is used from; another key goes on."""
    app, _ = build(api_keys=("one", "two"), key_requests_per_minute=3, address_requests_per_minute=1)
    one, two = ({"Authorization": f"Bearer {key}"} for key in ("one", "two"))
    async with client_from(app, "203.0.113.9") as here, client_from(app, "203.0.113.10") as there:
        assert [200, 200] == await send(here, 2, headers=one)
        assert [200, 429] == await send(there, 2, headers=one)
        assert [200] == await send(here, 1, headers=two)


@pytest.mark.parametrize(("first", "second"), [("203.0.113.9", "203.0.113.9"), ("2001:db8::1", "2001:db8::ffff:2")])
async def test_an_address_may_send_so_much_in_a_minute(build, first, second):
    """However many people it says it is; an IPv6 network of one customer counts as one address."""
    app, _ = build(address_requests_per_minute=3)
    async with client_from(app, first) as one, client_from(app, second) as other:
        await one.get("/")
        await other.get("/")
        assert [200, 200] == await send(one, 2)
        assert [200, 429] == await send(other, 2)


async def test_this_computer_is_not_limited(build, client_of):
    """A program on loopback may send as much as it likes, with a key or where none is needed."""
    limits = {"requests_per_minute": 1, "key_requests_per_minute": 1, "address_requests_per_minute": 1}
    async with client_of(build(**limits)[0]) as client:
        assert [200] * 20 == await send(client, 20)
    async with client_of(build(api_keys=("one",), **limits)[0]) as client:
        assert [200] * 20 == await send(client, 20, headers={"Authorization": "Bearer one"})


def test_behind_a_proxy_each_address_counts_for_itself(build, serving):
    """The last address of X-Forwarded-For is the one that the proxy saw; those before it anybody can write."""
    app, _ = build(address_requests_per_minute=2)
    with serving(app) as address, httpx.Client(base_url=address) as client:

        def ask(*seen):
            headers = {"X-Forwarded-For": ", ".join(seen), "Cookie": f"wenbao_page={app.state.access.page_token()}"}
            return client.post("/v1/ask", json=ASK, headers=headers).status_code

        assert [200, 200, 429] == [ask(f"198.51.100.{number}", "203.0.113.9") for number in range(3)]
        assert 200 == ask("203.0.113.9", "203.0.113.10")


@pytest.mark.parametrize("peer", ["127.0.0.1", "203.0.113.9"])
async def test_keys_cannot_be_found_by_trying(build, peer):
    """After thirty wrong ones in a minute even the right one has to wait; other addresses are let in."""
    app, _ = build()
    wrong = {"Authorization": "Bearer guess"}
    async with client_from(app, peer) as client, client_from(app, "203.0.113.10") as other:
        tries = [(await client.delete("/v1/documents/none", headers=wrong)).status_code for _ in range(31)]
        right = {"Authorization": "Bearer open sesame"}
        late = await client.delete("/v1/documents/none", headers=right)
        elsewhere = await other.delete("/v1/documents/none", headers=right)

    assert [401] * 30 + [429] == tries
    assert (429, 404) == (late.status_code, elsewhere.status_code)


def test_the_wait_is_as_long_as_told():
    """Who waits for so many seconds is admitted, and not a moment earlier."""
    now = 100.0
    limit = QuestionLimit(2, lambda: now)
    assert 0 == limit.wait("one")
    limit.admit("one")
    now = 110.0
    limit.admit("one")
    now = 130.0

    assert 30 == limit.wait("one")
    now = 159.9
    assert "admitted" != limit.admit("one")
    now = 160.0
    assert (0, "admitted") == (limit.wait("one"), limit.admit("one"))
