"""Keys: who may add and remove, who may ask, and how our own page goes on working."""

from __future__ import annotations

from functools import partial

import httpx
import pytest

from wenbao.api.access import check_exposure
from wenbao.api.keys import Keys
from wenbao.config.errors import InvalidSettings
from wenbao.config.settings import Settings

ASK = {"question": "受理了多少宗?"}


@pytest.mark.parametrize("key", [None, "Bearer wrong", "Bearer ", "open sesame", "Basic open sesame", "Bearer \xe4"])
async def test_a_wrong_admin_key_is_refused(client, key):
    """Neither adding nor removing works without the right key."""
    headers = {"Authorization": key.encode("latin-1")} if key else {}
    for response in (
        await client.delete("/v1/documents/d1", headers=headers),
        await client.post("/v1/documents", files={"file": ("a.txt", b"a")}, headers=headers),
    ):
        assert response.status_code == 401
        assert response.headers["www-authenticate"] == "Bearer"
        assert response.headers["content-type"] == "application/problem+json"


async def test_without_an_admin_key_the_answer_says_how_to_set_it(build, client_of, admin):
    """A service that was given no admin key tells its keeper which setting is missing."""
    async with client_of(build(admin_key=None)[0]) as client:
        response = await client.delete("/v1/documents/d1", headers=admin)

    assert response.status_code == 401
    assert "WENBAO_ADMIN_KEY" in response.json()["detail"]


@pytest.mark.parametrize("path", ["/v1/search?q=纠纷", "/v1/documents", "/v1/documents/d1", "/v1/documents/d1/text"])
async def test_where_keys_are_set_asking_needs_one(build, client_of, path):
    """With WENBAO_API_KEYS set, a stranger's program is refused."""
    async with client_of(build(api_keys=("one", "two"))[0]) as client:
        assert (await client.get(path)).status_code == 401
        assert (await client.post("/v1/ask", json=ASK)).status_code == 401


@pytest.mark.parametrize("key", ["one", "two", "open sesame"])
async def test_any_of_the_keys_will_do(build, client_of, key):
    """Each API key may ask, and so may the admin key."""
    async with client_of(build(api_keys=("one", "two"))[0]) as client:
        response = await client.post("/v1/ask", json=ASK, headers={"Authorization": f"bearer {key}"})

    assert response.status_code == 200


async def test_an_api_key_opens_no_admin_door(build, client_of):
    """Asking is all that an API key is for."""
    async with client_of(build(api_keys=("one",))[0]) as client:
        response = await client.delete("/v1/documents/d1", headers={"Authorization": "Bearer one"})

    assert response.status_code == 401


async def test_our_page_may_ask_without_a_key(build, client_of):
    """The chat page brings a cookie that lets the same browser ask, and do nothing else."""
    async with client_of(build(api_keys=("one",))[0]) as client:
        page = await client.get("/")
        assert (await client.post("/v1/ask", json=ASK)).status_code == 200
        assert (await client.delete("/v1/documents/d1")).status_code == 401

    cookie = page.headers["set-cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=strict", "Path=/v1", "Max-Age=3600"))


@pytest.mark.parametrize("token", ["", "9999999999.", "9999999999.0000", "x.y", "9999999999.\u00e9"])
async def test_a_forged_page_token_is_refused(build, client_of, token):
    """A token that we did not sign opens nothing."""
    async with client_of(build(api_keys=("one",))[0]) as client:
        headers = {"Cookie": f"wenbao_page={token}".encode("latin-1")}
        assert (await client.post("/v1/ask", json=ASK, headers=headers)).status_code == 401


async def test_a_page_token_runs_out(build, client_of, monkeypatch):
    """An hour later the page has to fetch a new one."""
    async with client_of(build(api_keys=("one",))[0]) as client:
        monkeypatch.setattr("wenbao.api.access.PAGE_TOKEN_SECONDS", -1)
        await client.get("/")
        token = client.cookies.get("wenbao_page")
        headers = {"Cookie": f"wenbao_page={token}"}
        assert (await client.post("/v1/ask", json=ASK, headers=headers)).status_code == 401


async def test_without_keys_the_page_sets_no_token(client):
    """Where everybody may ask, no cookie is needed."""
    assert "set-cookie" not in (await client.get("/")).headers


def from_afar(app, address="203.0.113.9", **options):
    """A client of the application on another computer."""
    transport = httpx.ASGITransport(app, client=(address, 50_000))
    return httpx.AsyncClient(transport=transport, base_url="http://reports.example.org", **options)


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000", "wenbao.localhost"])
async def test_without_keys_this_computer_may_ask(app, peer, host):
    """On loopback nothing is needed, whichever of its names is used."""
    async with from_afar(app, peer, headers={"Host": host}) as client:
        assert (await client.post("/v1/ask", json=ASK)).status_code == 200


@pytest.mark.parametrize("peer", ["203.0.113.9", "10.0.0.7", "172.17.0.1", "2001:db8::1", "::ffff:203.0.113.9", ""])
async def test_without_keys_another_computer_may_not(app, peer):
    """A program elsewhere is told that it needs a key, even if it says that it talks to loopback."""
    async with from_afar(app, peer, headers={"Host": "127.0.0.1:8000"}) as client:
        response = await client.post("/v1/ask", json=ASK)

    assert response.status_code == 401
    assert "wenbao key create" in response.json()["detail"]


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "203.0.113.9"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Forwarded-For": "127.0.0.1, 203.0.113.9"},
        {"X-Forwarded-For": ""},
        {"X-Real-IP": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
        {"X-Forwarded-Proto": "https"},
        {"Via": "1.1 proxy"},
        {"Host": "reports.example.org"},
        {"Host": "127.0.0.1.example.org"},
        {"Host": "localhost.example.org:8000"},
        {"Host": "[::1"},
    ],
)
def test_what_a_proxy_on_this_computer_passes_on_is_not_from_this_computer(site, headers):
    """Whatever a stranger has written into the headers, over a real server."""
    assert httpx.post(f"{site}/v1/ask", json=ASK).status_code == 200
    assert httpx.post(f"{site}/v1/ask", json=ASK, headers=headers).status_code == 401


async def test_a_public_service_trusts_no_loopback(build, client_of):
    """With WENBAO_PUBLIC_URL set there is a proxy, which may tell nothing about who asks."""
    async with client_of(build(public_url="https://reports.example.org")[0]) as client:
        client.base_url = "https://127.0.0.1:8000"
        assert (await client.post("/v1/ask", json=ASK)).status_code == 401
        await client.get("/")
        assert (await client.post("/v1/ask", json=ASK)).status_code == 200


@pytest.mark.parametrize("options", [{}, {"admin_key": None}, {"api_keys": ("one",)}])
async def test_the_chat_page_works_for_everybody(build, options):
    """A citizen elsewhere, with no key, opens the page and asks."""
    async with from_afar(build(**options)[0]) as client:
        await client.get("/")
        assert (await client.post("/v1/ask", json=ASK)).status_code == 200


async def test_a_page_goes_on_after_a_restart_and_beside_another_process(build):
    """The secret that signs the page's token lies below the data folder."""
    async with from_afar(build()[0]) as before:
        await before.get("/")
    async with from_afar(build()[0], cookies=before.cookies) as after:
        assert (await after.post("/v1/ask", json=ASK)).status_code == 200


async def test_a_stored_key_opens_what_its_scopes_say(build, client_of):
    """A key for asking asks; an admin key does that and adds and removes."""
    app, _ = build(admin_key=None)
    keys = app.state.access.keys
    asking, admin = (keys.create("a program", (scope,))[1] for scope in ("ask", "admin"))
    async with client_of(app) as client:
        send = partial(statuses, client)

        assert await send(asking) == (200, 401)
        assert await send(admin) == (200, 404)
        assert await send("wb_made-up") == (401, 401)


async def test_with_a_stored_key_for_asking_this_computer_needs_one_too(build, client_of):
    """From the first key on, in the running service; and no longer once it is revoked."""
    app, _ = build()
    async with client_of(app) as client:
        key, _ = app.state.access.keys.create("a program", ("ask",))
        assert (await client.post("/v1/ask", json=ASK)).status_code == 401
        app.state.access.keys.revoke(key.id)
        assert (await client.post("/v1/ask", json=ASK)).status_code == 200


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.0.2.7", "2001:db8::1"])
def test_an_open_door_without_a_key_is_refused(tmp_path, address):
    """Serving other computers takes a key: of the settings, or a stored one."""
    settings = Settings(_env_file=None, host=address, data_dir=tmp_path)
    with pytest.raises(InvalidSettings, match="wenbao key create"):
        check_exposure(settings, address)

    check_exposure(settings.model_copy(update={"api_keys": ("one",)}), address)
    Keys.of(settings).create("a program", ("ask",))
    check_exposure(settings, address)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_serving_this_computer_takes_no_key(tmp_path, address):
    """And nothing is written for the question."""
    check_exposure(Settings(_env_file=None, data_dir=tmp_path), address)
    assert not list(tmp_path.iterdir())


async def statuses(client, key):
    """What asking and removing give with a key."""
    headers = {"Authorization": f"Bearer {key}"}
    asked = await client.post("/v1/ask", json=ASK, headers=headers)
    removed = await client.delete("/v1/documents/none", headers=headers)
    return asked.status_code, removed.status_code
