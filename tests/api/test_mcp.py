"""The reports over the Model Context Protocol, asked with the SDK's own client over both transports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, Tool

from wenbao.answers.service import ReportService
from wenbao.api.app import create_app
from wenbao.config.settings import Settings

KEY = {"Authorization": "Bearer a key for assistants"}
QUESTION = "2020年提供了多少次法律咨询?"
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def address(data: Path, serving: Any) -> Iterator[str]:
    """Where the real service serves the reports in the box, to who has a key."""
    settings = Settings(_env_file=None, data_dir=data, api_keys=("a key for assistants",))
    with ReportService.open(settings) as service, serving(create_app(settings, service)) as served:
        yield served


class Assistant:
    """A client that stays connected, driven from tests that are no coroutines."""

    def __init__(self, portal: BlockingPortal, client: Client) -> None:
        self._portal = portal
        self._client = client

    def tools(self) -> list[Tool]:
        return self._portal.call(self._client.list_tools).tools

    def call(self, tool: str, **arguments: Any) -> CallToolResult:
        return self._portal.call(self._client.call_tool, tool, arguments)


@pytest.fixture(scope="module", params=["http", "stdio"])
def assistant(request: pytest.FixtureRequest, address: str, data: Path) -> Iterator[Assistant]:
    """A client over each of the transports: of a server on loopback, and of a `wenbao mcp` of its own."""
    with start_blocking_portal() as portal:
        client = over_http(address) if request.param == "http" else over_stdio(data)
        with portal.wrap_async_context_manager(client) as connected:
            yield Assistant(portal, connected)


def over_http(address: str, mode: str = "auto") -> Client:
    http = httpx2.AsyncClient(headers=KEY)
    return Client(streamable_http_client(f"{address}/mcp", http_client=http), mode=mode)


def over_stdio(data: Path) -> Client:
    command = StdioServerParameters(command=sys.executable, args=["-m", "wenbao", "mcp"], env=environment(data))
    return Client(stdio_client(command))


def environment(data: Path) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("WENBAO_")}
    return ours | {"WENBAO_DATA_DIR": str(data), "WENBAO_PUBLIC_URL": "https://reports.example.org"}


def told(result: CallToolResult) -> dict[str, Any]:
    """What a tool told: one text with JSON, and the same as structured content."""
    assert not result.is_error, result.content
    (item,) = result.content
    assert item.type == "text"
    assert json.loads(item.text) == result.structured_content
    return result.structured_content or {}


def test_there_are_three_tools_that_change_nothing(assistant):
    """search, fetch and ask are described, and say that they only read."""
    tools = {tool.name: tool for tool in assistant.tools()}

    assert {"search", "fetch", "ask"} == set(tools)
    assert all(tool.annotations.read_only_hint and tool.description for tool in tools.values())
    assert ["query"] == list(tools["search"].input_schema["properties"])
    assert ["id"] == list(tools["fetch"].input_schema["properties"])
    assert ["question", "year", "place"] == list(tools["ask"].input_schema["properties"])
    assert ["question"] == tools["ask"].input_schema["required"]


def test_what_search_finds_can_be_fetched(assistant):
    """Each result has id, title and URL alone; fetch reads the passage with its neighbours, under a URL of its own."""
    found = told(assistant.call("search", query="法律咨询"))
    first = found["results"][0]
    passage = told(assistant.call("fetch", id=first["id"]))

    assert ["results"] == list(found)
    assert all({"id", "title", "url"} == set(one) and all(one.values()) for one in found["results"])
    assert {"id", "title", "text", "url", "metadata"} == set(passage)
    assert (first["id"], first["title"], first["url"]) == (passage["id"], passage["title"], passage["url"])
    assert "法律咨询" in passage["text"]


def test_a_passage_comes_with_its_neighbours(assistant):
    """The text of a passage is the document's, from the paragraph before it to the one after it."""
    first = told(assistant.call("search", query="提供法律咨询"))["results"][0]
    passage = told(assistant.call("fetch", id=first["id"]))
    whole = told(assistant.call("fetch", id=passage["metadata"]["document_id"]))
    own = whole["text"][passage["metadata"]["start"] : passage["metadata"]["end"]]

    assert passage["text"] in whole["text"]
    assert own in passage["text"]
    assert not passage["text"].startswith(own)
    assert not passage["text"].endswith(own)


def test_a_report_can_be_fetched_whole(assistant):
    """Under a report's id there is its whole text, with the address of its page and what is known of it."""
    first = told(assistant.call("search", query="法律咨询"))["results"][0]
    document_id = first["id"].partition("#")[0]
    whole = told(assistant.call("fetch", id=document_id))

    assert whole["id"] == document_id
    assert whole["url"].endswith(f"/documents/{document_id}")
    assert len(whole["text"]) > 1000
    assert whole["metadata"]["year"] == 2020


def test_a_question_is_answered_with_citations(assistant):
    """ask gives the figure, and citations whose links can be opened from anywhere."""
    reply = told(assistant.call("ask", question=QUESTION, year=2020, place="从化区"))

    assert ("answered", "3373次") == (reply["status"], reply["answer"]["value"])
    assert reply["citations"][0]["url"].startswith("http")


def test_filters_of_ask_hold(assistant):
    """A year that no report tells of leaves nothing to answer from."""
    reply = told(assistant.call("ask", question="提供了多少次法律咨询?", year=1999))
    assert ("not_found", []) == (reply["status"], reply["citations"])
    assert reply["message"]


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("fetch", {"id": "nothing"}, "no passage or report with the id 'nothing'"),
        ("fetch", {"id": "nothing#p1"}, "no passage or report"),
        ("search", {"query": "   "}, ""),
        ("ask", {"question": "问" * 501}, "500"),
        ("ask", {"question": QUESTION, "year": 0}, "year"),
        ("ask", {}, "question"),
    ],
)
def test_an_error_is_told_to_the_assistant(assistant, tool, arguments, words):
    """What cannot be done is a tool error with words that say why."""
    result = assistant.call(tool, **arguments)
    assert result.is_error
    assert words in result.content[0].text
    assert result.content[0].text.removeprefix(f"Error executing tool {tool}")


@pytest.mark.parametrize("place", ["#p0", "#p9999", "#p", "#px", "#p１", "#3"])
async def test_a_passage_that_is_not_there_is_told(address, place):
    """A paragraph that the report does not have is an error, not another paragraph."""
    async with over_http(address) as client:
        first = told(await client.call_tool("search", {"query": "法律咨询"}))["results"][0]
        document_id = first["id"].partition("#")[0]
        result = await client.call_tool("fetch", {"id": document_id + place})

    assert result.is_error
    assert "Take an id from the results" in result.content[0].text


async def test_links_lead_to_where_the_service_was_reached(address):
    """Without WENBAO_PUBLIC_URL links have the address of the call, and open at the passage."""
    async with over_http(address) as client:
        first = told(await client.call_tool("search", {"query": "法律咨询"}))["results"][0]
    page, _, anchor = first["url"].partition("#")

    assert page.startswith(f"{address}/documents/")
    async with httpx.AsyncClient() as reader:
        assert f'id="{anchor}"' in (await reader.get(page)).text


async def test_an_older_client_is_served(address):
    """A client that opens with the handshake of 2025 is served like one that doesn't."""
    async with over_http(address, mode="legacy") as client:
        assert told(await client.call_tool("search", {"query": "法律咨询"}))["results"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer no"}])
def test_who_has_no_key_stays_outside(address, headers):
    """The same keys as for the API are asked for."""
    accepted = {"Accept": "application/json, text/event-stream"}
    response = httpx.post(f"{address}/mcp", json=INITIALIZE, headers=accepted | headers)

    assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer")
    assert response.headers["content-type"] == "application/problem+json"


async def test_calls_are_counted_like_those_of_other_faces(address):
    """The metrics have the requests under the address, and the answers with all others."""
    async with over_http(address) as client:
        told(await client.call_tool("ask", {"question": QUESTION}))
    async with httpx.AsyncClient() as reader:
        lines = (await reader.get(f"{address}/metrics")).text.splitlines()

    assert any(line.startswith('wenbao_requests_total{route="/mcp",status="200"}') for line in lines)
    assert any(line.startswith("wenbao_answers_total") and 'kind="figure"' in line for line in lines)


def test_a_name_that_is_not_ours_is_refused(address):
    """On loopback a web page cannot reach the tools under a name of its own."""
    accepted = {"Accept": "application/json, text/event-stream", "Host": "evil.example"}
    assert httpx.post(f"{address}/mcp", json=INITIALIZE, headers=accepted | KEY).status_code == 421


def test_nothing_but_the_protocol_is_written_to_standard_output(tmp_path):
    """Even at the first start, which indexes the reports, each line on standard output is a message."""
    done = subprocess.run(
        [sys.executable, "-m", "wenbao", "mcp"],
        input=json.dumps(INITIALIZE) + "\n",
        env=environment(tmp_path) | {"WENBAO_LOG_LEVEL": "debug"},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    (answer,) = [json.loads(line) for line in done.stdout.splitlines()]

    assert (1, "wenbao") == (answer["id"], answer["result"]["serverInfo"]["name"])
    assert "Indexing" in done.stderr
