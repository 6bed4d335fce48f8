"""A stand-in for ReportService with the same methods and replies of the same shape, over a few sentences."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate
from types import SimpleNamespace
from typing import Any

from wenbao.answers.model import (
    Answer,
    AskRequest,
    Citation,
    DocumentSummary,
    Feedback,
    Item,
    Reply,
    Surroundings,
)
from wenbao.config.errors import InvalidQuestion, StorageFailed, UnknownAnswer, UnknownDocument

BEFORE = "三是构建优质公共法律服务体系。"
QUOTE = "2020年以来村(社区)法律顾问共提供法律咨询3373次,开展法治宣传1046次。"
AFTER = "出具法律意见书99份。"
TITLE = "从化区2020年法治政府建设工作情况报告"
POINTS = ("质量有待提高<一>。", "进度有待加快 & 落实。", "队伍有待加强。")
LINES = (
    TITLE,
    "一、主要工作情况",
    BEFORE + QUOTE + AFTER,
    "二、存在的问题",
    *(f"第{number}点。" for number in range(38)),
)
TEXT = "\n".join(LINES)
STARTS = accumulate((len(line) + 1 for line in LINES), initial=0)
PARAGRAPHS = tuple(
    SimpleNamespace(number=number, start=start, end=start + len(line), section=("一、主要工作情况",))
    for number, (line, start) in enumerate(zip(LINES, STARTS, strict=False), start=1)
)
LONG = "\n\n".join(f"第{number}段:" + "全面推行“一窗通办”,😀不断提升水平。" * 40 for number in range(12))


def citation(quote: str = QUOTE, highlight: str | None = "3373次", number: int = 1) -> Citation:
    start = 3051
    at = start + quote.index(highlight) if highlight else 0
    return Citation(
        number=number,
        document_id="d1f0c2",
        title=TITLE,
        publisher="广州市从化区人民政府",
        published="2021-01-13",
        year=2020,
        section=("一、主要工作情况", "(七)依法有效化解社会矛盾纠纷"),
        paragraph=17,
        quote=quote,
        start=start,
        end=start + len(quote),
        highlights=((at, at + len(highlight)),) if highlight else (),
        url="/documents/d1f0c2#p17",
        source_url="https://www.conghua.gov.cn/report?a=1&b=2",
    )


def reply(answer: Answer | None, *citations: Citation, **more: Any) -> Reply:
    fields: dict[str, Any] = {
        "id": "01JABCDEFGHJKMNPQRSTVWXYZ0",
        "status": "answered" if answer else "not_found",
        "language": "zh-Hans",
        "answer": answer,
        "message": None,
        "reason": None,
        "citations": citations,
        "related": (),
        "confidence": 0.97,
        "suggestions": (),
        "took_ms": 2.0,
    }
    return Reply(**{**fields, **more})


def figure() -> Reply:
    answer = Answer("2020年以来村(社区)法律顾问共提供法律咨询3373次。", "figure", "3373次")
    return reply(answer, citation(), suggestions=("2020年开展了多少次法治宣传?", "存在哪些问题?"))


def points() -> Reply:
    items = (Item(POINTS[0], 1), Item(POINTS[1], 1), Item(POINTS[2], 2))
    text = "存在的问题:\n" + "\n".join(f"{number}. {item.text}" for number, item in enumerate(items, start=1))
    quotes = (citation(POINTS[0] + POINTS[1], None), citation(POINTS[2], None, number=2))
    return reply(Answer(text, "list", None, items), *quotes)


def not_found() -> Reply:
    related = (citation(highlight=None),)
    return reply(
        None, message="抱歉,报告里没有提到足球场。", reason="absent", related=related, suggestions=("有哪些报告?",)
    )


class FakeReports:
    """Answers by a word in the question, and remembers what it was asked."""

    def __init__(self, documents: int = 1) -> None:
        self.requests: list[AskRequest] = []
        self.opinions: list[Feedback] = []
        self.replies: dict[str, Reply] = {}
        self._documents = documents

    def ask(self, request: AskRequest) -> Reply:
        self.requests.append(request)
        question = request.question
        if not question.strip():
            raise InvalidQuestion("The question is empty.", "empty")
        if len(question) > 500:
            raise InvalidQuestion("The question is too long.", "too_long")
        if "磁盘" in question:
            raise StorageFailed("The disk is full.")
        if "出错" in question:
            raise RuntimeError("something nobody foresaw")
        found = self._found(question)
        found = replace(found, id=f"{len(self.requests):026d}", language=request.language or found.language)
        if request.kept:
            self.replies[found.id] = found
        return found

    def _found(self, question: str) -> Reply:
        if "足球" in question:
            return not_found()
        if "问题" in question:
            return points()
        if "全文" in question:
            return reply(Answer(LONG, "passage"), citation(LONG, None))
        return figure()

    def documents(self) -> list[DocumentSummary]:
        return [
            DocumentSummary(f"d{number}", f"{TITLE} <{number}>", "从化区", "从化区", 2020, "2021-01-13", None, 42)
            for number in range(1, self._documents + 1)
        ]

    def document(self, document_id: str) -> Any:
        if document_id not in {document.id for document in self.documents()}:
            raise UnknownDocument("There is no such document.")
        about = SimpleNamespace(
            title=TITLE, publisher="从化区", place="从化区", year=2020, published="2021-01-13", source_url=None
        )
        sections = (
            SimpleNamespace(heading="一、主要工作情况", parent=None, inline=False),
            SimpleNamespace(heading="(一)全面提升法治意识", parent=1, inline=False),
        )
        return SimpleNamespace(id=document_id, metadata=about, text=TEXT, paragraphs=PARAGRAPHS, sections=sections)

    def reply(self, answer_id: str) -> Reply:
        if answer_id not in self.replies:
            raise UnknownAnswer("The answer is no longer kept.")
        return self.replies[answer_id]

    def surroundings(self, answer_id: str, citation: int) -> Surroundings:
        cited = {one.number: one for one in self.reply(answer_id).citations}
        if citation not in cited:
            raise UnknownAnswer("The answer has no such citation.")
        return Surroundings(cited[citation], BEFORE, AFTER)

    def forget_conversation(self, conversation_id: str) -> int:
        return sum(request.conversation_id == conversation_id for request in self.requests)

    def feedback(self, feedback: Feedback) -> None:
        self.reply(feedback.answer_id)
        self.opinions.append(feedback)
