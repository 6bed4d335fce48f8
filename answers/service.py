"""The one face of the house: every front end calls `ReportService`, and nothing below it."""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

import structlog

from wenbao.answers.answering import Draft, Near, Sources, draft_reply
from wenbao.answers.conversation import Memory, Turn, complete
from wenbao.answers.journal import Journal
from wenbao.answers.model import (
    Addition,
    AskRequest,
    DocumentSummary,
    Feedback,
    Filters,
    Reply,
    SearchHit,
    SearchResult,
    Surroundings,
)
from wenbao.answers.places import within
from wenbao.answers.question import Question, clean_text, language_of, read_question
from wenbao.answers.terms import Term
from wenbao.answers.wording import not_found_message, suggestions
from wenbao.config.errors import InvalidRequest, StorageFailed, UnknownDocument, WenbaoError
from wenbao.config.settings import Settings
from wenbao.index.files import locked
from wenbao.index.search import Index, Query
from wenbao.knowledge.documents import Document, Metadata
from wenbao.knowledge.library import Library, StoredDocument
from wenbao.knowledge.parse import parse

TRIES = 5
READ_PASSAGES = 32
LONGEST_CONVERSATION_ID = 128
_log = structlog.get_logger(__name__)


class ReportService:
    """Asks, searches, and keeps the reports. Safe to call from several threads; close it at the end."""

    def __init__(self, settings: Settings, library: Library, index: Index, journal: Journal) -> None:
        self._settings = settings
        self._library = library
        self._index = index
        self._journal = journal
        self._changing = Lock()
        self._documents_of: tuple[str, tuple[StoredDocument, ...]] = ("", ())
        self._rarity = lru_cache(maxsize=50_000)(self._count_rarity)
        self._rarity_of: object = None

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Open the library and the index below `settings.data_dir`, with the reports in the box taken in.

        Raises ModelUnavailable, IndexUnavailable or StorageFailed.
        """
        try:
            settings.data_dir.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise StorageFailed(f"The data folder {settings.data_dir} cannot be made: {problem.strerror}.") from problem
        path = settings.data_dir / "library.sqlite3"
        with locked(settings.data_dir / "LOCK"):
            if not path.exists():
                _make_library(path)
        library = Library(path)
        journal = Journal(settings.data_dir / "journal.sqlite3", settings.retention_days, settings.conversation_minutes)
        return cls(settings, library, Index.open(settings, library), journal)

    def ask(self, request: AskRequest) -> Reply:
        """Answer a question. Raises InvalidQuestion or InvalidRequest."""
        began = time.perf_counter()
        if request.conversation_id is not None and len(request.conversation_id) > LONGEST_CONVERSATION_ID:
            raise InvalidRequest(f"A conversation id has at most {LONGEST_CONVERSATION_ID} characters.")
        question = read_question(request.question, self._settings.max_question_length)
        memory = self._journal.recall(request.conversation_id) if request.conversation_id else None
        sources, draft = self._draft(complete(question, memory), memory, request.filters)
        reply = self._reply(question, request, draft, sources, began)
        self._journal.keep(question.text, reply)
        if request.conversation_id and draft.memory:
            self._journal.remember(request.conversation_id, draft.memory)
        _log.info(
            "question.answered",
            answer_id=reply.id,
            status=reply.status,
            language=reply.language,
            kind=question.kind,
            reason=reply.reason,
            confidence=round(reply.confidence, 3),
            ms=round(reply.took_ms, 1),
        )
        return reply

    def search(self, text: str, *, k: int = 10, filters: Filters = Filters()) -> SearchResult:  # noqa: B008 - frozen
        """The `k` (1 to 100) passages nearest to a text. Raises InvalidQuestion or InvalidRequest."""
        began = time.perf_counter()
        if not 1 <= k <= 100:
            raise InvalidRequest("k must be from 1 to 100.")
        clean = clean_text(text, self._settings.max_question_length)
        documents = self._filtered(filters)
        near = self._near(Query.of(clean), documents, k)
        titles = {one.id: one.metadata.title for one in documents}
        hits = tuple(_search_hit(one, titles[one.passage.document_id]) for one in near)
        return SearchResult(hits, _milliseconds(began))

    def documents(self) -> list[DocumentSummary]:
        """Every document, newest first."""
        return [_summary(one.id, one.metadata, one.paragraphs) for one in self._all_documents()]

    def document(self, document_id: str) -> Document:
        """One document, whole. Raises UnknownDocument."""
        return self._library.document(document_id)

    def add(self, name: str, content: bytes, metadata: Metadata | None = None) -> Addition:
        """Take in a file named `name`; what `metadata` says goes before what the file says.

        When this returns, the document is on disk and the next question finds it. Raises InvalidDocument or
        StorageFailed.
        """
        document = parse(name, content, metadata)
        with self._changing:
            created = self._library.add(document, name, content)
            self._index.follow(self._library)
        kept = self._library.document(document.id)
        _log.info("document.added", document_id=kept.id, created=created, paragraphs=len(kept.paragraphs))
        return Addition(_summary(kept.id, kept.metadata, len(kept.paragraphs)), created)

    def remove(self, document_id: str) -> None:
        """Take a document out; the next question does not find it. Raises UnknownDocument."""
        with self._changing:
            self._library.remove(document_id)
            self._index.follow(self._library)
        _log.info("document.removed", document_id=document_id)

    def reply(self, answer_id: str) -> Reply:
        """An earlier reply. Raises UnknownAnswer."""
        return self._journal.reply(answer_id)

    def surroundings(self, answer_id: str, citation: int) -> Surroundings:
        """A citation of an earlier reply, with the paragraphs around it. Raises UnknownAnswer, UnknownDocument."""
        reply = self._journal.reply(answer_id)
        cited = next((one for one in (*reply.citations, *reply.related) if one.number == citation), None)
        if cited is None:
            raise InvalidRequest(f"The answer has no citation {citation}.")
        document = self._library.document(cited.document_id)
        near = [one for one in document.paragraphs if abs(one.number - cited.paragraph) <= 1]
        return Surroundings(
            cited, document.text[near[0].start : cited.start].strip(), document.text[cited.end : near[-1].end].strip()
        )

    def feedback(self, feedback: Feedback) -> None:
        """Keep what a person thought of an answer; a second thought replaces the first. Raises UnknownAnswer."""
        self._journal.judge(feedback)

    def verify(self) -> list[str]:
        """Everything that is wrong with what is on disk, found by reading all of it; empty where all is well."""
        return [*self._library.verify(), *self._index.verify()]

    def ready(self) -> bool:
        """Whether questions can be answered now."""
        try:
            self._library.state()
        except WenbaoError:
            return False
        return self._index.generation is not None

    def close(self) -> None:
        """Let go of all files. Calling it twice does no harm."""
        self._library.close()
        self._journal.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _all_documents(self) -> tuple[StoredDocument, ...]:
        state = self._library.state()
        if self._documents_of[0] != state:
            self._documents_of = (state, tuple(self._library.documents()))
            self._index.follow(self._library)
        return self._documents_of[1]

    def _draft(self, turn: Turn, memory: Memory | None, filters: Filters) -> tuple[Sources, Draft]:
        """The draft of a reply, and what it was read from; once more where a document was removed meanwhile."""
        for _ in range(TRIES - 1):
            sources = self.answering_sources(filters)
            try:
                return sources, draft_reply(turn, memory, sources)
            except UnknownDocument:
                _log.info("question.again", reason="a document was removed meanwhile")
        sources = self.answering_sources(filters)
        return sources, draft_reply(turn, memory, sources)

    def _filtered(self, filters: Filters) -> tuple[StoredDocument, ...]:
        return tuple(
            one
            for one in self._all_documents()
            if (filters.document_id is None or one.id == filters.document_id)
            and (filters.year is None or one.metadata.year == filters.year)
            and (filters.place is None or within(filters.place, one.metadata.place))
        )

    def answering_sources(self, filters: Filters) -> Sources:
        """What answering reads from: the documents that the filters leave, and ways to what is in them."""
        self._forget_rarity_of_last_generation()
        return Sources(
            documents=self._filtered(filters),
            search=lambda question, terms, documents: self._near(_query(question, terms), documents, READ_PASSAGES),
            passages=self._library.passages,
            document=self._library.document,
            rarity=self._rarity,
            likeness=self._index.likeness,
        )

    def _near(self, query: Query, documents: Sequence[StoredDocument], k: int) -> list[Near]:
        everything = len(documents) == len(self._documents_of[1])
        hits = self._index.search(query, k, None if everything else {one.row for one in documents})
        by_row = {hit.row: hit for hit in hits}
        known = {one.id for one in documents}
        found = [one for one in self._library.passages(list(by_row)) if one.document_id in known]
        return [Near(one, by_row[one.row].score, by_row[one.row].sentence) for one in found]

    def _forget_rarity_of_last_generation(self) -> None:
        if self._rarity_of is not self._index.generation:
            self._rarity.cache_clear()
            self._rarity_of = self._index.generation

    def _count_rarity(self, form: str) -> float:
        """The inverse frequency of a string over the sentences of the library; a single character counts less."""
        generation = self._index.generation
        if generation is None:
            return 1.0
        sentences = len(generation.sentences)
        frequency = generation.sentences.frequency(form)
        rarity = math.log(1 + (sentences - frequency + 0.5) / (frequency + 0.5))
        return rarity * (0.6 if len(form) == 1 else 1.0)

    def _reply(self, question: Question, request: AskRequest, draft: Draft, sources: Sources, began: float) -> Reply:
        language = request.language or language_of(question.text)
        covered = sources.documents or self._all_documents()
        reason = "filter" if draft.reason == "empty" and self._all_documents() else draft.reason
        message = None if draft.answer else not_found_message(reason or "absent", language, question, covered)
        return Reply(
            id=secrets.token_urlsafe(12),
            status="answered" if draft.answer else "not_found",
            language=language,
            answer=draft.answer,
            message=message,
            reason=None if draft.answer else reason,
            citations=draft.citations,
            related=draft.related,
            confidence=round(draft.confidence, 4),
            suggestions=suggestions(language, question, covered),
            took_ms=_milliseconds(began),
        )


def _query(question: Question, terms: tuple[Term, ...]) -> Query:
    """What to search for: the question's own words, and other words and translations at their weights."""
    own = "" if question.is_english else question.plain
    more = [(form, quality) for term in terms for form, quality in term.forms if form not in own]
    return Query.of(question.plain, more, question.text)


def _make_library(path: Path) -> None:
    """Make a new library with the reports in the box; it takes its name only when all of them are in it.

    A report in the box that is removed later stays removed.
    """
    unfinished = path.with_name(f".unfinished-{path.name}")
    for left in path.parent.glob(f"{unfinished.name}*"):
        left.unlink()
    library = Library(unfinished)
    for report in sorted(Path(str(files("wenbao.knowledge") / "reports")).iterdir()):
        if report.is_file() and not report.name.startswith("."):
            content = report.read_bytes()
            library.add(parse(report.name, content), report.name, content)
    library.close()
    unfinished.replace(path)


def _summary(document_id: str, metadata: Metadata, paragraphs: int) -> DocumentSummary:
    return DocumentSummary(
        id=document_id,
        title=metadata.title,
        publisher=metadata.publisher,
        place=metadata.place,
        year=metadata.year,
        published=metadata.published,
        source_url=metadata.source_url,
        paragraphs=paragraphs,
    )


def _search_hit(near: Near, title: str) -> SearchHit:
    passage = near.passage
    paragraph = passage.paragraph
    url = f"/documents/{passage.document_id}?start={paragraph.start}&end={paragraph.end}#p{paragraph.number}"
    return SearchHit(
        document_id=passage.document_id,
        title=title,
        section=paragraph.section,
        paragraph=paragraph.number,
        text=passage.text,
        start=paragraph.start,
        end=paragraph.end,
        score=near.score,
        url=url,
    )


def _milliseconds(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 2)
