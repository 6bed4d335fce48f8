"""A small service of the real shape, and the real application around it, in memory and on loopback."""

from __future__ import annotations

import re
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Unpack
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI
from playwright.async_api import async_playwright

from tests.api.browsing import CHROMIUM
from wenbao.answers.keeping import corrected
from wenbao.answers.model import (
    Addition,
    Answer,
    AskRequest,
    Citation,
    Correction,
    DocumentSummary,
    DocumentVersion,
    Exchange,
    Feedback,
    Filters,
    Item,
    Preview,
    Reply,
    SearchHit,
    SearchResult,
)
from wenbao.api.app import create_app
from wenbao.api.server import server_for
from wenbao.config.errors import InvalidDocument, InvalidQuestion, RemovedDocument, UnknownAnswer, UnknownDocument
from wenbao.config.settings import Settings
from wenbao.knowledge.documents import Document, Metadata, Paragraph, Section, Sentence

# Beside what any report has: a letter beyond the basic plane, and markup that must stay text.
REPORT = """青山县2021年工作报告
一、主要工作
(一)热心服务群众。全年受理𠮷祥热线来电4821宗,办结率98.6%。
编写<b onclick="alert(1)">办事指南</b>三册。
(二)化解纠纷
调解纠纷312宗,包括:一是邻里纠纷;二是劳动纠纷;三是合同纠纷;四是婚姻纠纷;五是其他纠纷。
二、存在问题
部分镇街人手不足。
青山县人民政府
2022年1月5日"""

EVERYWHERE = Filters()
MARKS = {"宗": "4821宗", "率": "98.6%", "纠纷": "312宗"}


class FakeService:
    """Answers by looking for a few words; the signatures are those of `ReportService`."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.kept: dict[str, Document] = {}
        self.replies: dict[str, Reply] = {}
        self.exchanges: dict[str, Exchange] = {}
        self.thoughts: list[Feedback] = []
        self.asked: list[AskRequest] = []
        self.forgotten: list[str] = []
        self.removed: dict[str, Document] = {}
        self.is_ready = True

    def ask(self, request: AskRequest) -> Reply:
        self._check(request.question)
        self.asked.append(request)
        if "炸" in request.question:
            raise RuntimeError("secret detail of the inside")
        documents = [one for one in self.kept.values() if _meets(one, request.filters)]
        reply = self._reply(request, documents)
        self.replies[reply.id] = reply
        self.exchanges[reply.id] = Exchange(request.question, 1_700_000_000.0, reply)
        return reply

    def exchange(self, answer_id: str) -> Exchange:
        if answer_id not in self.exchanges:
            raise UnknownAnswer("This answer is not kept any more. Please ask again.")
        return self.exchanges[answer_id]

    def search(self, text: str, *, k: int = 10, filters: Filters = EVERYWHERE) -> SearchResult:
        self._check(text)
        hits = [
            SearchHit(
                one.id,
                one.metadata.title,
                paragraph.section,
                paragraph.number,
                one.text[paragraph.start : paragraph.end],
                paragraph.start,
                paragraph.end,
                0.5,
                f"/documents/{one.id}?start={paragraph.start}&end={paragraph.end}#p{paragraph.number}",
            )
            for one in self.kept.values()
            if _meets(one, filters)
            for paragraph in one.paragraphs
            if text in one.text[paragraph.start : paragraph.end]
        ]
        return SearchResult(tuple(hits[:k]), 1.5)

    def documents(self) -> list[DocumentSummary]:
        return [_summary(one) for one in reversed(self.kept.values())]

    def document(self, document_id: str) -> Document:
        if document_id in self.removed:
            raise RemovedDocument("This document was removed.")
        if document_id not in self.kept:
            raise UnknownDocument("No document has this id.")
        return self.kept[document_id]

    def add(
        self, name: str, content: bytes, metadata: Metadata | None = None, *, replaces: str | None = None
    ) -> Addition:
        document = read_report(_text(name, content), metadata or Metadata())
        created = document.id not in self.kept
        return Addition(_summary(self.kept.setdefault(document.id, document)), created)

    def version(self, document_id: str) -> DocumentVersion:
        document = self.document(document_id)
        return DocumentVersion(document_id, 1, document.metadata, len(document.paragraphs), "2026-01-01", None)

    def versions(self, document_id: str) -> list[DocumentVersion]:
        return [self.version(document_id)]

    def preview(self, name: str, content: bytes, metadata: Metadata | None = None) -> Preview:
        document = read_report(_text(name, content), metadata or Metadata())
        return Preview(_summary(document), document.sections, len(document.text), ("首页",), (), False, None)

    def edit(self, document_id: str, **correction: Unpack[Correction]) -> DocumentSummary:
        document = self.document(document_id)
        better = replace(document, metadata=corrected(document.metadata, correction))
        self.kept[document_id] = better
        return _summary(better)

    def remove(self, document_id: str) -> None:
        self.removed[document_id] = self.document(document_id)
        del self.kept[document_id]

    def restore(self, document_id: str) -> DocumentSummary:
        if document_id in self.removed:
            self.kept[document_id] = self.removed.pop(document_id)
        return _summary(self.document(document_id))

    def feedback(self, feedback: Feedback) -> None:
        if feedback.answer_id not in self.replies:
            raise UnknownAnswer("No answer has this id.")
        self.thoughts.append(feedback)

    def forget_conversation(self, conversation_id: str) -> int:
        self.forgotten.append(conversation_id)
        return 0

    def ready(self) -> bool:
        return self.is_ready

    def _check(self, text: str) -> None:
        if not text.strip():
            raise InvalidQuestion("The question is empty.", "empty")
        if len(text) > self.settings.max_question_length:
            raise InvalidQuestion("The question is too long.", "too_long")

    def _reply(self, request: AskRequest, documents: list[Document]) -> Reply:
        language = request.language or ("en" if request.question.isascii() else "zh-Hans")
        number = f"a{len(self.replies) + 1}"
        for document in documents:
            if "哪些" in request.question:
                answer, citations = _list_of(document)
                return Reply(number, "answered", language, answer, None, None, citations, (), 0.9, (), 1.0)
            for word, figure in MARKS.items():
                if word in request.question and figure in document.text:
                    cited = cite(document, figure, 1)
                    answer = Answer(cited.quote, "figure", figure)
                    more = ("还存在哪些问题?",)
                    return Reply(number, "answered", language, answer, None, None, (cited,), (), 0.97, more, 1.0)
        related = tuple(cite(one, "人手不足", 1) for one in documents[:1] if "人手不足" in one.text)
        return Reply(number, "not_found", language, None, "报告里没有提到。", "absent", (), related, 0.1, (), 1.0)


def _text(name: str, content: bytes) -> str:
    if not content.strip():
        raise InvalidDocument(f"{name} is empty.")
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise InvalidDocument(f"{name} is not text.") from None


def read_report(text: str, metadata: Metadata) -> Document:
    """A document of the real shape, by rules that suffice for the reports in these tests."""
    paragraphs: list[Paragraph] = []
    sections: list[Section] = []
    path: tuple[str, ...] = ()
    start = 0
    for number, line in enumerate(text.split("\n"), 1):
        level = 1 if re.match("[一二三]、", line) else 2 if re.match(r"\([一二三]\)", line) else 0
        heading = line.partition("。")[0]
        around = path
        if level:
            around, path = path[: level - 1], (*path[: level - 1], heading)
            parent = next((one.number for one in reversed(sections) if one.level < level), None)
            end = start + len(heading)
            sections.append(Section(len(sections) + 1, parent, level, heading, start, end, len(text), False))
        kind = "title" if number == 1 else "heading" if level and heading == line else "text"
        within = path if kind == "text" else around
        sentence = Sentence(1, start, start + len(line))
        paragraphs.append(Paragraph(number, start, start + len(line), kind, within, (sentence,)))  # type: ignore[arg-type]
        start += len(line) + 1
    title = metadata.title or text.split("\n")[0]
    whole = Metadata(title, metadata.publisher, metadata.place, metadata.year, metadata.published, metadata.source_url)
    name = f"d{sum(map(ord, text)) % 100_003}"
    return Document(name, whole, text, tuple(paragraphs), tuple(sections))


def cite(document: Document, words: str, number: int) -> Citation:
    """The clause around some words of a document."""
    at = document.text.index(words)
    paragraph = next(one for one in document.paragraphs if one.start <= at < one.end)
    start = document.text.rfind("。", paragraph.start, at) + 1 or paragraph.start
    end = document.text.index("。", at) + 1
    return Citation(
        number,
        document.id,
        document.metadata.title,
        document.metadata.publisher,
        document.metadata.published,
        document.metadata.year,
        paragraph.section,
        paragraph.number,
        document.text[start:end],
        start,
        end,
        ((at, at + len(words)),),
        f"/documents/{document.id}?start={start}&end={end}#p{paragraph.number}",
        document.metadata.source_url,
    )


def _list_of(document: Document) -> tuple[Answer, tuple[Citation, ...]]:
    points = re.findall("[一二三四五]是([^;。]+)", document.text)
    citations = tuple(cite(document, point, number) for number, point in enumerate(points, 1))
    items = tuple(Item(point, number) for number, point in enumerate(points, 1))
    return Answer(";".join(points), "list", None, items), citations


def _meets(document: Document, filters: Filters) -> bool:
    known = document.metadata
    return (
        filters.year in (None, known.year)
        and filters.place in (None, known.place)
        and filters.document_id in (None, document.id)
    )


def _summary(document: Document) -> DocumentSummary:
    known = document.metadata
    return DocumentSummary(
        document.id,
        known.title,
        known.publisher,
        known.place,
        known.year,
        known.published,
        known.source_url,
        len(document.paragraphs),
    )


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The application on a port of its own on loopback; gives its address."""
    server = server_for(app, Settings(_env_file=None, host="127.0.0.1"))
    server.config.port = 0
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started and thread.is_alive():
            thread.join(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


Build = Callable[..., tuple[FastAPI, FakeService]]


def _build(data_dir: Path, **options: Any) -> tuple[FastAPI, FakeService]:
    usual = {"data_dir": data_dir, "admin_key": "open sesame", "max_document_mb": 1}
    settings = Settings(_env_file=None, **(usual | options))
    service = FakeService(settings)
    known = Metadata("", "青山县人民政府", "青山县", 2021, "2022-01-05", "https://example.org/report")
    service.add("report.txt", REPORT.encode(), known)
    return create_app(settings, service), service  # type: ignore[arg-type]


@pytest.fixture(name="build")
def build_fixture(tmp_path: Path) -> Build:
    """Makes an application, with the report of this folder taken in, from settings."""
    return partial(_build, tmp_path)


@pytest.fixture
def built(tmp_path: Path) -> tuple[FastAPI, FakeService]:
    return _build(tmp_path)


@pytest.fixture
def app(built: tuple[FastAPI, FakeService]) -> FastAPI:
    return built[0]


@pytest.fixture
def service(built: tuple[FastAPI, FakeService]) -> FakeService:
    return built[1]


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as opened:
        yield opened


@pytest.fixture(name="client_of")
def client_of_fixture() -> Callable[[FastAPI], httpx.AsyncClient]:
    return client_of


@pytest.fixture(scope="session", name="serving")
def serving_fixture() -> Callable[[FastAPI], Any]:
    return serving


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The application over a real server, shared by the tests that change nothing in it."""
    with serving(_build(tmp_path_factory.mktemp("site"))[0]) as address:
        yield address


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Any]:
    """A real browser, headless; the tests that need it are left out where there is none."""
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}; apt install chromium fonts-wqy-zenhei")
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield opened
        await opened.close()


@pytest.fixture
async def open_page(browser: Any, site: str) -> AsyncIterator[Any]:
    """Opens pages, and fails the test if one complained, broke the content policy, or called elsewhere."""
    complaints: list[str] = []
    contexts: list[Any] = []

    async def opening(path: str = "/", expected_errors: tuple[str, ...] = (), **options: Any) -> Any:
        context = await browser.new_context(base_url=site, **({"locale": "zh-CN"} | options))
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = await context.new_page()

        def heard(message: Any) -> None:
            if message.type in ("error", "warning") and not any(one in message.text for one in expected_errors):
                complaints.append(message.text)

        def requested(request: Any) -> None:
            if urlsplit(request.url).netloc != urlsplit(site).netloc:
                complaints.append(f"request to {request.url}")

        page.on("console", heard)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", requested)
        await page.goto(path)
        return page

    yield opening
    for context in contexts:
        await context.close()
    assert complaints == []


@pytest.fixture
def admin() -> dict[str, str]:
    """The headers of someone who may add and remove reports."""
    return {"Authorization": "Bearer open sesame"}


def client_of(app: FastAPI) -> httpx.AsyncClient:
    """A client that speaks to the application in memory."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1")
