"""Privacy: nothing personal is left on disk or in the logs, people are told what is kept, and can have it deleted."""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from openai import OpenAI
from stdnum import luhn
from stdnum.iso7064 import mod_11_2

from tests.api.wechat_platform import TOKEN as WECHAT_TOKEN
from tests.api.wechat_platform import Platform
from tests.bot.bot_api import TOKEN, BotApi, Person
from wenbao.api.texts import PAGE_LANGUAGES, texts_in
from wenbao.config.language import language_data

QUESTION = "2020年提供了多少次法律咨询?"
RUN = 200
PATIENCE = 60


async def test_after_a_run_with_personal_data_none_of_it_is_on_disk_or_in_the_logs(tmp_path):
    """Two hundred questions in every face of the real server and to the real bot, at the finest log."""
    api, data, log = BotApi(), tmp_path / "data", tmp_path / "log"
    written = list(personal_data(RUN))
    await api.start()
    try:
        async with served(data, log, api) as address:
            async with httpx.AsyncClient(base_url=address, timeout=PATIENCE) as client:
                await ask_over_http(client, written[0::7])
                await ask_as_dify(client, written[1::7])
            await asyncio.to_thread(ask_with_openai, address, written[2::7])
            await ask_over_mcp(address, written[3::7])
            await asyncio.to_thread(ask_in_wechat, address, written[4::7])
            await ask_the_bot(api, written[5::7])
            await ask_inline(api, written[6::7])
            while_running = everything(data)
        afterwards = everything(data)
    finally:
        await api.stop()

    assert "法律咨询" in while_running, "the run has left nothing at all, so this test looks in the wrong place"
    for text in (while_running, afterwards, log.read_text(encoding="utf-8")):
        assert [] == [one for one in written if one in text or bare(one) in text]


async def ask_over_http(client: httpx.AsyncClient, written: list[str]) -> None:
    """With a conversation, a comment and a search; and what is refused: too long, and of no year."""
    for number, one in enumerate(written):
        body = {"question": f"{QUESTION} 我{one}回复", "conversation_id": f"c{number // 5}"}
        reply = (await client.post("/v1/ask", json=body)).raise_for_status().json()
        assert reply["notice"], one
        thought = {"answer_id": reply["id"], "helpful": False, "comment": f"请打{one}"}
        (await client.post("/v1/feedback", json=thought)).raise_for_status()
        (await client.get("/v1/search", params={"q": one + "法律"})).raise_for_status()
        for refused in ({"question": one * 100}, {"question": QUESTION, "year": one}):
            assert 422 == (await client.post("/v1/ask", json=refused)).status_code


async def ask_as_dify(client: httpx.AsyncClient, written: list[str]) -> None:
    """As a question, in a filter, and as the name of the knowledge."""
    for one in written:
        condition = {"name": "title", "comparison_operator": "contains", "value": one}
        body = {
            "knowledge_id": one,
            "query": f"{QUESTION} {one}",
            "retrieval_setting": {"top_k": 3, "score_threshold": 0.0},
            "metadata_condition": {"logical_operator": "and", "conditions": [condition]},
        }
        assert (await client.post("/dify/retrieval", json=body)).raise_for_status().json() == {"records": []}


def ask_with_openai(address: str, written: list[str]) -> None:
    """In the question, and in an earlier one that the client sends along."""
    client = OpenAI(base_url=f"{address}/v1", api_key="any", timeout=PATIENCE)
    for one in written:
        earlier, last = ({"role": "user", "content": f"{words} 电话{one}"} for words in (QUESTION, "2019年呢?"))
        told = client.chat.completions.create(model="wenbao", messages=[earlier, last]).choices[0].message.content
        assert told and "已经遮盖" in told, one


async def ask_over_mcp(address: str, written: list[str]) -> None:
    """With each tool, and with an argument that cannot be read."""
    async with Client(streamable_http_client(f"{address}/mcp")) as client:
        for one in written:
            reply = await client.call_tool("ask", {"question": f"{QUESTION} {one}"})
            assert reply.structured_content and reply.structured_content["notice"], one
            assert not (await client.call_tool("search", {"query": f"法律 {one}"})).is_error
            assert (await client.call_tool("fetch", {"id": one})).is_error
            assert (await client.call_tool("ask", {"question": QUESTION, "year": one})).is_error


def ask_in_wechat(address: str, written: list[str]) -> None:
    """In plain mode, where nothing hides what is sent."""
    with httpx.Client(base_url=address, timeout=PATIENCE) as client:
        for one in written:
            told = Platform(client, "/wechat", sealed=False).ask(f"{QUESTION} 我的联系方式:{one}")
            assert told and "已经遮盖" in told, one


async def ask_the_bot(api: BotApi, written: list[str]) -> None:
    person = Person(api)
    for one in written:
        answer = await person.ask(f"{QUESTION} 我{one}回复")
        assert "已经遮盖" in answer["text"], one


async def ask_inline(api: BotApi, written: list[str]) -> None:
    """What is typed behind the bot's name in another chat."""
    person = Person(api)
    for one in written:
        offer = await person.type_inline(f"{QUESTION} {one}")
        assert offer["results"], one


@asynccontextmanager
async def served(data: Path, log: Path, api: BotApi) -> AsyncIterator[str]:
    """`wenbao serve` with the bot, in a process of its own, until it is asked to stop."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    ours = {name: value for name, value in os.environ.items() if not name.startswith("WENBAO_")}
    settings = {
        "WENBAO_DATA_DIR": str(data),
        "WENBAO_PORT": str(port),
        "WENBAO_LOG_LEVEL": "debug",
        "WENBAO_QUESTIONS_PER_MINUTE": "1000",
        "WENBAO_WECHAT_TOKEN": WECHAT_TOKEN,
        "WENBAO_TELEGRAM_TOKEN": TOKEN,
        "WENBAO_TELEGRAM_API_URL": api.root,
    }
    with log.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "wenbao", "serve", env=ours | settings, cwd=log.parent, stdout=file, stderr=file
        )
    try:
        address = f"http://127.0.0.1:{port}"
        async with asyncio.timeout(PATIENCE):
            while not await is_ready(address):
                assert process.returncode is None, f"the service has not come up; see {log}"
        yield address
        process.send_signal(signal.SIGINT)
        assert 0 == await process.wait()
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def is_ready(address: str) -> bool:
    try:
        async with httpx.AsyncClient() as client:
            return (await client.get(f"{address}/readyz")).is_success
    except httpx.TransportError:
        await asyncio.sleep(0.05)
        return False


def personal_data(count: int) -> Iterator[str]:
    """Numbers and addresses of all kinds, no two alike, with right check digits."""
    chance = random.Random(7)

    def digits(length: int) -> str:
        return "".join(chance.choices("0123456789", k=length))

    def identity() -> str:
        body = f"440117{chance.randint(1940, 2015)}{chance.randint(10, 12)}{chance.randint(10, 28)}{digits(3)}"
        return body + str(mod_11_2.calc_check_digit(body))

    def card() -> str:
        body = f"62{digits(16)}"
        number = body + luhn.calc_check_digit(body)
        return " ".join(re.findall("....?", number))

    kinds = [
        lambda: f"13{digits(9)}",
        lambda: f"19{digits(1)}-{digits(4)}-{digits(4)}",
        lambda: f"+86 15{digits(1)} {digits(4)} {digits(4)}",
        lambda: f"020-8{digits(7)}",
        lambda: f"(0755) 2{digits(3)} {digits(4)}",
        lambda: f"96{digits(2)} {digits(4)}",
        lambda: f"+852 6{digits(3)} {digits(4)}",
        lambda: f"+853 66{digits(2)} {digits(4)}",
        lambda: f"0912-{digits(3)}-{digits(3)}",
        identity,
        card,
        lambda: f"li.{digits(6)}@example.com",
        lambda: "\u200b".join(f"13{digits(9)}"),
    ]
    for number in range(count):
        yield kinds[number % len(kinds)]()


def bare(written: str) -> str:
    """The same without what stands between its digits."""
    return written if "@" in written else re.sub("[^0-9X]", "", written)


def everything(folder: Path) -> str:
    """All that lies below a folder, with the write-ahead logs."""
    return "\n".join(
        path.read_bytes().decode("utf-8", "replace") for path in sorted(folder.rglob("*")) if path.is_file()
    )


async def test_a_reply_over_http_says_that_something_was_masked(build, client_of, service):
    """The field is there in each reply, and empty in most."""
    async with client_of(build()[0]) as client:
        reply = (await client.post("/v1/ask", json={"question": "受理了多少宗?"})).json()
    assert reply["notice"] is None


async def test_a_conversation_can_be_deleted_by_whoever_knows_its_id(client, service):
    """Any id that may be used may be deleted, and nobody learns whether there was such a conversation."""
    for written, known in (("b1c7", "b1c7"), ("a%2Fb", "a/b"), ("%E5%AF%B9%E8%AF%9D", "对话"), ("a%20b", "a b")):
        assert 204 == (await client.delete(f"/v1/conversations/{written}")).status_code
        assert known == service.forgotten[-1]
    assert 422 == (await client.delete(f"/v1/conversations/{'x' * 129}")).status_code


async def test_deleting_needs_a_key_where_asking_does(build, client_of):
    """A stranger's program can't try ids."""
    async with client_of(build(api_keys=("one",))[0]) as client:
        assert 401 == (await client.delete("/v1/conversations/b1c7")).status_code


@pytest.mark.parametrize("language", PAGE_LANGUAGES)
async def test_the_privacy_page_tells_what_is_set(build, client_of, language):
    """With this service's own times and contact, in each language, and linked from the chat."""
    app, _ = build(retention_days=17, conversation_minutes=43, privacy_contact="privacy@example.org")
    async with client_of(app) as client:
        page = (await client.get("/privacy", params={"lang": language})).text
        chat = (await client.get("/")).text

    assert all(told in page for told in ("17 ", "43 ", "privacy@example.org", "/v1/conversations/{id}"))
    assert f'<html lang="{language}">' in page
    assert 'href="/privacy"' in chat
    assert texts_in(language).page["forget"] in page


@pytest.mark.parametrize("language", PAGE_LANGUAGES)
async def test_the_privacy_page_tells_how_to_delete_in_each_messenger(build, client_of, language):
    """What can be sent there is told where there is such a messenger, and is what the messenger takes for it."""
    words = language_data("wechat")["forget"]
    for settings, is_told in (
        ({}, (False, False)),
        ({"telegram_token": TOKEN}, (True, False)),
        ({"wechat_token": "token"}, (False, True)),
    ):
        async with client_of(build(**settings)[0]) as client:
            page = (await client.get("/privacy", params={"lang": language})).text
        assert is_told == ("/forget" in page, any(f"“{one}”" in page for one in words))


@pytest.mark.parametrize("path", ["/", "/documents", "/privacy", "/docs", "/nowhere", "/v1/documents", "/healthz"])
async def test_every_answer_has_the_security_headers(client, path):
    """The policy allows nothing inline and nothing from elsewhere."""
    headers = (await client.get(path, headers={"Accept": "text/html"})).headers

    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert "*" not in headers["content-security-policy"]
    assert ("nosniff", "DENY") == (headers["x-content-type-options"], headers["x-frame-options"])
    assert "strict-transport-security" not in headers


@pytest.mark.parametrize("path", ["/", "/documents", "/privacy", "/docs"])
async def test_no_page_has_anything_inline_that_its_policy_would_stop(client, path):
    """No script but data, no style, no handler."""
    page = (await client.get(path)).text
    inline = re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>", page)

    assert all('type="application/json"' in attributes for attributes in inline)
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page)


async def test_over_https_browsers_are_told_to_stay_there(app):
    """Strict-Transport-Security is sent where it may be."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="https://127.0.0.1") as client:
        assert "max-age" in (await client.get("/healthz")).headers["strict-transport-security"]


async def test_a_page_may_have_a_policy_of_its_own(app, client):
    """A widget says itself who may show it in a frame; all the other headers stay."""

    async def widget(scope, receive, send):
        headers = [(b"content-security-policy", b"default-src 'self'; frame-ancestors https://example.org")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps({}).encode()})

    app.mount("/a-widget", widget)
    headers = (await client.get("/a-widget/")).headers

    assert "default-src 'self'; frame-ancestors https://example.org" == headers["content-security-policy"]
    assert "x-frame-options" not in headers
    assert "nosniff" == headers["x-content-type-options"]
