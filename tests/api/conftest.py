"""A small service of the real shape, and the real application around it, in memory and on loopback."""

from __future__ import annotations

import re
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from wenbao.answers.model import (
    Addition,
    Answer,
    AskRequest,
    Citation,
    DocumentSummary,
    Feedback,
    Filters,
    Item,
    Reply,
    SearchHit,
    SearchResult,
)
from wenbao.api.app import create_app
from wenbao.api.server import server_for
from wenbao.config.errors import InvalidDocument, InvalidQuestion, UnknownAnswer, UnknownDocument
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
        self.thoughts: list[Feedback] = []
        self.asked: list[AskRequest] = []
        self.is_ready = True

    def ask(self, request: AskRequest) -> Reply:
        self._check(request.question)
        self.asked.append(request)
        if "炸" in request.question:
            raise RuntimeError("secret detail of the inside")
        documents = [one for one in self.kept.values() if _meets(one, request.filters)]
        reply = self._reply(request, documents)
        self.replies[reply.id] = reply
        return reply

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
        if document_id not in self.kept:
            raise UnknownDocument("No document has this id.")
        return self.kept[document_id]

    def add(self, name: str, content: bytes, metadata: Metadata | None = None) -> Addition:
        if not content.strip():
            raise InvalidDocument(f"{name} is empty.")
        try:
            document = read_report(content.decode(), metadata or Metadata())
        except UnicodeDecodeError:
            raise InvalidDocument(f"{name} is not text.") from None
        created = document.id not in self.kept
        return Addition(_summary(self.kept.setdefault(document.id, document)), created)

    def remove(self, document_id: str) -> None:
        self.document(document_id)
        del self.kept[document_id]

    def feedback(self, feedback: Feedback) -> None:
        if feedback.answer_id not in self.replies:
            raise UnknownAnswer("No answer has this id.")
        self.thoughts.append(feedback)

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


def _build(**options: Any) -> tuple[FastAPI, FakeService]:
    settings = Settings(_env_file=None, **({"admin_key": "open sesame", "max_document_mb": 1} | options))
    service = FakeService(settings)
    known = Metadata("", "青山县人民政府", "青山县", 2021, "2022-01-05", "https://example.org/report")
    service.add("report.txt", REPORT.encode(), known)
    return create_app(settings, service), service  # type: ignore[arg-type]


@pytest.fixture(name="build")
def build_fixture() -> Build:
    """Makes an application, with the report of this folder taken in, from settings."""
    return _build


@pytest.fixture
def built() -> tuple[FastAPI, FakeService]:
    return _build()


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
def site() -> Iterator[str]:
    """The application over a real server, shared by the tests that change nothing in it."""
    with serving(_build()[0]) as address:
        yield address


@pytest.fixture
def admin() -> dict[str, str]:
    """The headers of someone who may add and remove reports."""
    return {"Authorization": "Bearer open sesame"}


def client_of(app: FastAPI) -> httpx.AsyncClient:
    """A client that speaks to the application in memory."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://wenbao.test")
