"""Keys: who may add and remove, who may ask, and how our own page goes on working."""

from __future__ import annotations

import pytest

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
