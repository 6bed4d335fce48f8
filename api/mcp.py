"""The reports for assistants that speak the Model Context Protocol: search, fetch and ask, over HTTP and stdio.

Published at https://modelcontextprotocol.io; `search` and `fetch` are shaped as ChatGPT's connectors expect them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from importlib.metadata import version
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import FastAPI
from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import ToolAnnotations
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from wenbao.answers.model import AskRequest, Citation, Document, Filters, Reply
from wenbao.answers.service import ReportService
from wenbao.api.access import JSON_BODY_BYTES
from wenbao.api.addresses import address_of, served_address
from wenbao.api.schemas import ReplyShape
from wenbao.config.errors import IndexUnavailable, UnknownDocument, WenbaoError
from wenbao.config.settings import Settings

PATH = "/mcp"
FOUND = 10
INSTRUCTIONS = (
    "Published government reports, quoted to the letter. `ask` answers a question in the reports' own words with "
    "citations, or says that they don't tell: rely on it for figures, dates and names. `search` finds passages, "
    "`fetch` reads one with its neighbours, or a whole report. Questions may be in Chinese (Simplified, Traditional, "
    "Cantonese) or English. Always give the URL of what you quote."
)
READ_ONLY = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")

Told = Callable[[Reply], None]
Value = str | int | list[str]


class Found(BaseModel):
    """A passage that was found; its id is for `fetch`."""

    id: str
    title: str
    url: str


class FoundShape(BaseModel):
    """The passages nearest to a text, best first."""

    results: list[Found]


class Fetched(BaseModel):
    """A passage with its neighbours, or a whole report."""

    id: str
    title: str
    text: str
    url: str
    metadata: dict[str, Value]


class Tools:
    """The three tools over one service; `address` is that of the pages where a call does not come over HTTP."""

    def __init__(self, service: ReportService, settings: Settings, told: Told) -> None:
        self._service = service
        self._settings = settings
        self._told = told

    def search(
        self, query: Annotated[str, Field(description="What to look for, in Chinese or English")], context: Context
    ) -> FoundShape:
        """Find the passages of the reports that are nearest to a text, best first."""
        address = self._address(context)
        with _in_words():
            hits = self._service.search(query, k=FOUND).hits
        return FoundShape(
            results=[
                Found(
                    id=f"{hit.document_id}#p{hit.paragraph}",
                    title=" › ".join((hit.title, *hit.section[-1:])),
                    url=address + hit.url,
                )
                for hit in hits
            ]
        )

    def fetch(
        self,
        id: Annotated[str, Field(description="The id of a passage from `search`, or of a report")],
        context: Context,
    ) -> Fetched:
        """Read a passage with the paragraphs before and after it, or a whole report."""
        document_id, _, paragraph = id.strip().partition("#p")
        address = self._address(context)
        with _in_words():
            try:
                document = self._service.document(document_id)
            except UnknownDocument:
                raise _nothing_under(id) from None
        return _passage(document, id, paragraph, address) if "#" in id else _whole(document, address)

    def ask(
        self,
        question: Annotated[str, Field(description="The question, in Chinese or English")],
        context: Context,
        year: Annotated[int | None, Field(ge=1, le=9999, description="Only reports that tell of this year")] = None,
        place: Annotated[str | None, Field(max_length=100, description="Only reports of this place")] = None,
    ) -> ReplyShape:
        """Answer a question in the reports' own words with citations, or say that they don't tell."""
        address = self._address(context)
        with _in_words():
            reply = self._service.ask(AskRequest(question, filters=Filters(year, place or None)))
        self._told(reply)
        return ReplyShape.model_validate(_with_addresses(reply, address))

    def _address(self, context: Context) -> str:
        request = context.request_context.request
        return address_of(request, self._settings) if isinstance(request, Request) else served_address(self._settings)


def server_of(service: ReportService, settings: Settings, told: Told = lambda reply: None) -> MCPServer:
    """A server with the three tools; `told` hears of every reply."""
    server = MCPServer(
        "wenbao",
        title="问报 Wenbao",
        version=version("wenbao"),
        instructions=INSTRUCTIONS,
        website_url=served_address(settings),
        log_level="WARNING",
    )
    tools = Tools(service, settings, told)
    for tool, title in (
        (tools.search, "Search the reports"),
        (tools.fetch, "Read a passage or a report"),
        (tools.ask, "Ask the reports"),
    ):
        server.add_tool(tool, title=title, annotations=READ_ONLY)
    return server


def install(app: FastAPI) -> None:
    """Open the door at /mcp; behind it is a server while the application runs inside `running`."""
    app.router.routes.append(_DOOR)


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[None]:
    """The server behind /mcp. Each call stands for itself: no session is kept, so any number of processes may serve."""
    settings: Settings = app.state.settings
    server = server_of(app.state.service, settings, app.state.metrics.reply)
    server.streamable_http_app(
        stateless_http=True,
        json_response=True,
        max_request_body_size=JSON_BODY_BYTES,
        transport_security=_security(settings),
    )
    async with server.session_manager.run():
        app.state.mcp = server.session_manager
        try:
            yield
        finally:
            app.state.mcp = None


class _Door:
    """Lets in who has a key."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = scope["app"]
        scope["route"] = _DOOR  # FastAPI tells this of its own routes alone; log and metrics name the address by it
        app.state.access.check_asking(Request(scope))
        manager = getattr(app.state, "mcp", None)
        if manager is None:
            raise IndexUnavailable("Not ready to answer yet; try again in a moment.")
        await manager.handle_request(scope, receive, send)


_DOOR = Route(PATH, endpoint=_Door(), include_in_schema=False)


def _security(settings: Settings) -> TransportSecuritySettings:
    """On loopback other names are refused: a web page could have its own name point here (DNS rebinding)."""
    bracketed = f"[{settings.host}]" if ":" in settings.host else settings.host
    if bracketed not in LOOPBACK:
        return TransportSecuritySettings(enable_dns_rebinding_protection=False)
    names = [name for host in LOOPBACK for name in (host, f"{host}:*")]
    origins = [f"http://{name}" for name in names]
    if settings.public_url:
        public = urlsplit(settings.public_url)
        names.append(public.netloc)
        origins.append(f"{public.scheme}://{public.netloc}")
    return TransportSecuritySettings(allowed_hosts=names, allowed_origins=origins)


@contextmanager
def _in_words() -> Iterator[None]:
    """An error that we know of reaches the assistant in its own words."""
    try:
        yield
    except WenbaoError as problem:
        raise ToolError(str(problem)) from problem


def _whole(document: Document, address: str) -> Fetched:
    return Fetched(
        id=document.id,
        title=document.metadata.title,
        text=document.text,
        url=f"{address}/documents/{document.id}",
        metadata={**_known_of(document), "paragraphs": len(document.paragraphs)},
    )


def _passage(document: Document, id: str, paragraph: str, address: str) -> Fetched:
    number = int(paragraph) if paragraph.isascii() and paragraph.isdecimal() else 0
    near = [one for one in document.paragraphs if abs(one.number - number) <= 1]
    wanted = next((one for one in near if one.number == number), None)
    if wanted is None:
        raise _nothing_under(id)
    place = f"start={wanted.start}&end={wanted.end}#p{number}"
    return Fetched(
        id=f"{document.id}#p{number}",
        title=" › ".join((document.metadata.title, *wanted.section[-1:])),
        text=document.text[near[0].start : near[-1].end],
        url=f"{address}/documents/{document.id}?{place}",
        metadata={
            **_known_of(document),
            "section": list(wanted.section),
            "paragraph": number,
            "start": wanted.start,
            "end": wanted.end,
        },
    )


def _known_of(document: Document) -> dict[str, Value]:
    """What is known of a report; what is not is left out."""
    known = document.metadata
    facts = {
        "document_id": document.id,
        "publisher": known.publisher,
        "place": known.place,
        "year": known.year,
        "published": known.published,
        "source_url": known.source_url,
    }
    return {name: value for name, value in facts.items() if value is not None}


def _nothing_under(id: str) -> ToolError:
    return ToolError(f"There is no passage or report with the id {id!r}. Take an id from the results of `search`.")


def _with_addresses(reply: Reply, address: str) -> Reply:
    """The same reply with links that open from elsewhere."""

    def placed(citations: tuple[Citation, ...]) -> tuple[Citation, ...]:
        return tuple(replace(one, url=address + one.url) for one in citations)

    return replace(reply, citations=placed(reply.citations), related=placed(reply.related))
