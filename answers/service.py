"""The one face of the house: every front end calls `ReportService`, and nothing below it."""

from __future__ import annotations

import json
import math
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Self, Unpack

import structlog

from wenbao.answers import keeping
from wenbao.answers.answering import Draft, Near, Sources, draft_reply
from wenbao.answers.conversation import Memory, Turn, complete
from wenbao.answers.insights import Insights, insights
from wenbao.answers.journal import Journal
from wenbao.answers.keeping import summary
from wenbao.answers.model import (
    Addition,
    AskRequest,
    Correction,
    DocumentSummary,
    DocumentVersion,
    Exchange,
    Feedback,
    Filters,
    Preview,
    Reply,
    SearchHit,
    SearchResult,
    Surroundings,
)
from wenbao.answers.places import within
from wenbao.answers.privacy import PersonalData, mask, mask_question, notice
from wenbao.answers.question import Question, clean_text, language_of, read_question, visible_text
from wenbao.answers.terms import Term, question_terms
from wenbao.answers.wording import not_found_message, suggestions
from wenbao.config.errors import (
    IndexUnavailable,
    InvalidQuestion,
    InvalidRequest,
    ModelUnavailable,
    StorageFailed,
    UnknownAnswer,
    UnknownDocument,
    WenbaoError,
)
from wenbao.config.settings import Settings
from wenbao.index import ranking
from wenbao.index.files import locked
from wenbao.index.finding import Query
from wenbao.index.reranking import open_reranker
from wenbao.index.search import Index
from wenbao.index.store import open_index
from wenbao.index.upkeep import Upkeep
from wenbao.knowledge.backup import check_not_empty
from wenbao.knowledge.documents import Document, Metadata
from wenbao.knowledge.fetching_records import Fetched, Origin
from wenbao.knowledge.library import Library, StoredDocument
from wenbao.knowledge.parse import parse
from wenbao.knowledge.previewing import pages_unread

if TYPE_CHECKING:
    from wenbao.index.milvus import MilvusIndex

TRIES = 5
READ_PASSAGES = 16
INSIGHT_DAYS = 30
LONGEST_CONVERSATION_ID = 128
REPLAYED = 4
"""How many earlier questions are looked at again where a client keeps the conversation and we have forgotten it."""
REACH = 8
"""How many passages are read for each that is wanted, where there is a condition on them; then so many times more."""
_log = structlog.get_logger(__name__)


class ReportService:
    """Asks, searches, and keeps the reports. Safe to call from several threads; close it at the end."""

    def __init__(self, settings: Settings, library: Library, index: Index | MilvusIndex, journal: Journal) -> None:
        self._settings = settings
        self._library = library
        self._index = index
        self._journal = journal
        self._changing = Lock()
        self._documents_of: tuple[int, tuple[StoredDocument, ...]] = (-1, ())
        self._followed = ""
        self._rarity = lru_cache(maxsize=50_000)(self._count_rarity)
        self._rarity_of: object = None
        self._upkeep: Upkeep | None = None
        self._reranker = open_reranker(settings)

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
        check_not_empty(path)
        with locked(settings.data_dir / "LOCK"):
            if not path.exists():
                _make_library(path)
        library = Library(path)
        library.sweep(settings.removed_days)
        journal = Journal(settings.data_dir / "journal.sqlite3", settings.retention_days, settings.conversation_minutes)
        return cls(settings, library, open_index(settings, library), journal)

    def ask(self, request: AskRequest) -> Reply:
        """Answer a question. Raises InvalidQuestion or InvalidRequest."""
        began = time.perf_counter()
        if request.conversation_id is not None and len(request.conversation_id) > LONGEST_CONVERSATION_ID:
            raise InvalidRequest(f"A conversation id has at most {LONGEST_CONVERSATION_ID} characters.")
        request, personal = _without_personal_data(request, self._settings.max_question_length)
        question = read_question(request.question, self._settings.max_question_length)
        memory = self._memory(request)
        sources, draft = self._draft(complete(question, memory), memory, request.filters)
        reply = self._reply(question, request, draft, sources, began)
        reply = replace(reply, notice=notice(personal, reply.language))
        try:
            if request.kept:
                self._journal.keep(question.text, reply, request.conversation_id)
                self._remember(request, draft.memory, memory)
        except StorageFailed as problem:  # on a full disk an answer that cannot be kept is still an answer
            _log.warning("question.not_kept", problem=str(problem))
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
        near = self._near(self.typed_query(clean), documents, k)
        titles = {one.id: one.metadata.title for one in documents}
        hits = tuple(_search_hit(one, titles[one.passage.document_id]) for one in near)
        return SearchResult(hits, _milliseconds(began))

    def search_where(
        self,
        text: str,
        *,
        k: int,
        document: Callable[[DocumentSummary], bool],
        passage: Callable[[SearchHit], bool] | None = None,
    ) -> SearchResult:
        """The `k` (1 to 100) passages nearest to a text among those that meet a condition, and whose documents do.

        A condition on passages that few meet has as many of them read as it takes to find `k`.
        Raises InvalidQuestion or InvalidRequest.
        """
        began = time.perf_counter()
        if not 1 <= k <= 100:
            raise InvalidRequest("k must be from 1 to 100.")
        query = self.typed_query(clean_text(text, self._settings.max_question_length))
        documents = tuple(one for one in self._all_documents() if document(_summary_of(one)))
        titles = {one.id: one.metadata.title for one in documents}
        paragraphs = sum(one.paragraphs for one in documents)
        hits: list[SearchHit] = []
        for reach in _reaches(k, paragraphs) if passage else (k,):
            near = self._near(query, documents, reach)
            found = [_search_hit(one, titles[one.passage.document_id]) for one in near]
            hits = [one for one in found if passage is None or passage(one)]
            if len(hits) >= k or len(found) == paragraphs:
                break
        return SearchResult(tuple(hits[:k]), _milliseconds(began))

    def typed_query(self, text: str) -> Query:
        """What to search for where a person typed this: its words, and for English the Chinese words beside them."""
        if language_of(text) != "en":
            return Query.of(text)
        self._forget_rarity_of_last_generation()
        question = read_question(text, self._settings.max_question_length)
        return search_query(question, question_terms(question, self._rarity))

    def documents(self) -> list[DocumentSummary]:
        """Every document, newest first."""
        return [summary(one.id, one.metadata, one.paragraphs) for one in self._all_documents()]

    def document(self, document_id: str) -> Document:
        """One document, whole. Raises UnknownDocument."""
        return self._library.document(document_id)

    def version(self, document_id: str) -> DocumentVersion:
        """Which version of its report a document is, and which one has taken its place. Raises UnknownDocument."""
        return self._library.version(document_id)

    def versions(self, document_id: str) -> list[DocumentVersion]:
        """Every version of a report that can be opened, the newest first. Raises UnknownDocument."""
        return self._library.versions(document_id)

    def preview(self, name: str, content: bytes, metadata: Metadata | None = None) -> Preview:
        """What would be understood of a file if it were added; nothing is kept. Raises InvalidDocument."""
        return keeping.preview(self._library, name, content, metadata)

    def add(
        self, name: str, content: bytes, metadata: Metadata | None = None, *, replaces: str | None = None
    ) -> Addition:
        """Take in a file named `name`; what `metadata` says goes before what the file says.

        It becomes a new version of the document with the id `replaces`, of none where that is "", and where it is
        None, of the one that it is found to be a new version of. When this returns, the document is on disk and the
        next question finds it. Raises InvalidDocument, UnknownDocument or StorageFailed.
        """
        kept = self.keep(name, content, metadata, replaces=replaces)
        self.catch_up()
        return kept

    def keep(
        self,
        name: str,
        content: bytes,
        metadata: Metadata | None = None,
        *,
        replaces: str | None = None,
        origin: Origin | None = None,
    ) -> Addition:
        """The same, but it is found by the next question only after `catch_up`: for many files in a row.

        `origin` is what is to be remembered of the address that the file was fetched from.
        """
        document = parse(name, content, metadata)
        with self._changing:
            created = self._library.add(document, name, content, replaces=replaces, origin=origin)
            kept = keeping.addition(self._library, document.id, created)
        _log.info("document.added", document_id=document.id, created=created, paragraphs=kept.document.paragraphs)
        return replace(kept, pages_unread=pages_unread(name, content))

    def catch_up(self) -> None:
        """Index what has been kept since. Raises ModelUnavailable or StorageFailed."""
        with self._changing:
            self._index.follow(self._library)

    def fetched(self, url: str) -> Fetched | None:
        """What is remembered of an address; None where its document is not in use (any more)."""
        return self._library.fetched(url)

    def added(self, document_id: str) -> Addition:
        """What was understood of a document that is there already. Raises UnknownDocument."""
        return keeping.addition(self._library, document_id, created=False)

    def edit(self, document_id: str, **correction: Unpack[Correction]) -> DocumentSummary:
        """Correct what is known of a document; the next answer has it. Only what is given changes, None clears it.

        Raises UnknownDocument, and InvalidRequest for what cannot be.
        """
        self._library.edit(document_id, lambda known: keeping.corrected(known, correction))
        _log.info("document.edited", document_id=document_id, fields=sorted(correction))
        return keeping.summary_of(self._library.version(document_id))

    def remove(self, document_id: str) -> None:
        """Take a document out, with its older versions; the next question does not find it. Raises UnknownDocument.

        `restore` brings it back for as many days as `removed_days` says.
        """
        if not self._settings.removed_days:
            self.forget(document_id)
            return
        with self._changing:
            self._library.remove(document_id)
            self._library.sweep(self._settings.removed_days)
            self._index.follow(self._library)
        _log.info("document.removed", document_id=document_id)

    def restore(self, document_id: str) -> DocumentSummary:
        """Bring a removed document back, with what was removed together with it; the next question finds it.

        Raises UnknownDocument, also where it was deleted meanwhile, and InvalidRequest for an old version of a report
        that was removed later as a whole.
        """
        with self._changing:
            self._library.restore(document_id)
            self._index.follow(self._library)
        _log.info("document.restored", document_id=document_id)
        return keeping.summary_of(self._library.version(document_id))

    def forget(self, document_id: str) -> None:
        """Delete a document for good, removed or not, with its older versions. Raises UnknownDocument."""
        with self._changing:
            self._library.forget(document_id)
            self._index.follow(self._library)
        _log.info("document.forgotten", document_id=document_id)

    def reply(self, answer_id: str) -> Reply:
        """An earlier reply. Raises UnknownAnswer."""
        return self._journal.reply(answer_id)

    def exchange(self, answer_id: str) -> Exchange:
        """An earlier reply with its question, as they were kept. Raises UnknownAnswer."""
        return self._journal.exchange(answer_id)

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
        """Keep what a person thought of an answer; a second thought replaces the first. Raises UnknownAnswer.

        Personal data in the comment is masked.
        """
        comment = mask(visible_text(feedback.comment)).text if feedback.comment else None
        self._journal.judge(replace(feedback, comment=comment))

    def forget_answer(self, answer_id: str) -> None:
        """Delete a reply, its question and what was thought of it. Raises UnknownAnswer."""
        self._journal.forget_answer(answer_id)
        _log.info("answer.forgotten")

    def forget_conversation(self, conversation_id: str) -> int:
        """Delete what is remembered of a conversation and all its replies; returns how many there were."""
        count = self._journal.forget_conversation(conversation_id)
        _log.info("conversation.forgotten", replies=count)
        return count

    def insights(self, since: date | None = None) -> Insights:
        """What people have asked from a day on (the last 30 days where none is given), without who it was.

        A day longer ago than questions are kept counts as the first one of which they are. Raises InvalidRequest for
        a day to come.
        """
        today = datetime.now().astimezone().date()
        if since is not None and since > today:
            raise InvalidRequest(f"{since} is still to come: say a day up to today.")
        earliest = today - timedelta(days=self._settings.retention_days)
        first = max(since or today - timedelta(days=INSIGHT_DAYS - 1), earliest)
        midnight = datetime.combine(first, datetime.min.time()).timestamp()
        return insights(self._journal.entries(midnight), first, today)

    def forget_group(self, group_id: str, since: date | None = None) -> int:
        """Delete the questions of a group of `insights(since)` with their replies; returns how many there were.

        Raises UnknownAnswer where there is no such group (any more): one more question makes it another.
        """
        group = next((one for one in self.insights(since).groups if one.id == group_id), None)
        if group is None:
            raise UnknownAnswer("These questions have changed meanwhile, or are deleted already. Please look again.")
        count = self._journal.forget_answers(group.answer_ids)
        _log.info("questions.forgotten", replies=count)
        return count

    def verify(self) -> list[str]:
        """Everything that is wrong with what is on disk, found by reading all of it; empty where all is well."""
        return [*self._library.verify(), *self._index.verify()]

    def ready(self) -> bool:
        """Whether questions can be answered now."""
        try:
            self._library.state()
            self._index.refresh()
        except WenbaoError:
            return False
        return self._index.generation is not None

    def keep_up(self) -> None:
        """From now on look after the index beside answering: mend it, embed it anew for another model, merge it."""
        self._upkeep = self._upkeep or Upkeep(self._settings, self._library, self._index)

    def close(self) -> None:
        """Let go of all files. Calling it twice does no harm."""
        if self._upkeep is not None:
            self._upkeep.close()
        self._library.close()
        self._journal.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _all_documents(self) -> tuple[StoredDocument, ...]:
        changes = self._library.changes()
        if self._documents_of[0] != changes:
            self._documents_of = (changes, tuple(self._library.documents()))
            if (state := self._library.state()) != self._followed:
                self._follow_for_a_question()
                self._followed = state
        return self._documents_of[1]

    def _follow_for_a_question(self) -> None:
        """Index what another process has added, where that one could not; a full disk must not stop answers."""
        try:
            self._index.follow(self._library)
        except (StorageFailed, ModelUnavailable, IndexUnavailable) as problem:
            _log.warning("index.behind", problem=str(problem))

    def _memory(self, request: AskRequest) -> Memory | None:
        if request.conversation_id:
            return self._journal.recall(request.conversation_id)
        if not request.history:
            return None
        return self._journal.recall(_history_id(request.history, request.filters)) or self._replayed(
            request.history, request.filters
        )

    def _replayed(self, history: Sequence[str], filters: Filters) -> Memory | None:
        """What would be remembered, had the earlier questions been asked here."""
        memory = None
        for earlier in history[-REPLAYED:]:
            try:
                question = read_question(earlier, self._settings.max_question_length)
            except InvalidQuestion:
                continue
            memory = self._draft(complete(question, memory), memory, filters)[1].memory or memory
        return memory

    def _remember(self, request: AskRequest, last: Memory | None, before: Memory | None) -> None:
        if request.conversation_id and last:
            self._journal.remember(request.conversation_id, last)
        elif request.history is not None and (latest := last or before):
            # Under all questions so far: the next turn of the same client comes with these as its history.
            so_far = (*request.history, request.question)
            self._journal.remember(_history_id(so_far, request.filters), latest)

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
            search=lambda question, terms, of: self._near(search_query(question, terms), of, READ_PASSAGES),
            passages=self._library.passages,
            rows=self._library.paragraph_rows,
            document=self._library.document,
            rarity=self._rarity,
            likeness=self._index.likeness,
        )

    def _near(self, query: Query, documents: Sequence[StoredDocument], k: int) -> list[Near]:
        everything = len(documents) == len(self._documents_of[1])
        reach = max(k, ranking.DEPTH, self._reranker.depth if self._reranker else 0)
        hits = self._index.search(query, reach, None if everything else {one.row for one in documents})
        by_row = {hit.row: hit for hit in hits}
        known = {one.id for one in documents}
        found = [one for one in self._library.passages(list(by_row)) if one.document_id in known]
        near = [Near(one, by_row[one.row].score, by_row[one.row].sentence) for one in found]
        return self._reranked(query.dense, self._ranked(query, near))[:k]

    def _ranked(self, query: Query, near: list[Near]) -> list[Near]:
        """In the order of a closer look; each takes over the score of the place that it comes to."""
        scores, texts = [one.score for one in near], [one.passage.text for one in near]
        best = ranking.order(query, scores, texts, self._rarity)
        return [replace(near[at], score=score) for at, score in zip(best, scores, strict=True)]

    def _reranked(self, question: str, near: list[Near]) -> list[Near]:
        """In the order of the reranker, if there is one; each takes over the score of the place that it comes to."""
        if self._reranker is None:
            return near
        order = self._reranker.order(question, [one.passage.text for one in near])
        return [replace(near[at], score=place.score) for at, place in zip(order, near, strict=True)]

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
        question = replace(question, years=question.years or draft.question.years)  # of a question before
        covered = sources.documents or self._all_documents()
        reason = "filter" if draft.reason == "empty" and self._all_documents() else draft.reason
        message = (
            None
            if draft.answer
            else not_found_message(reason or "absent", language, question, covered, draft.other_year)
        )
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
            suggestions=suggestions(language, question, covered, draft.other_year),
            took_ms=_milliseconds(began),
        )


def _without_personal_data(request: AskRequest, longest: int) -> tuple[AskRequest, tuple[PersonalData, ...]]:
    """The request with what nobody sees taken out of its questions and personal data masked, and what was masked.

    Raises InvalidQuestion.
    """
    masked = mask_question(clean_text(request.question, longest))
    if masked.kinds and not any(char.isalnum() for char in masked.text):
        raise InvalidQuestion(
            "There is only personal data in the question; it was not kept. Say what you want to know.", "illegible"
        )
    if request.history is not None:
        earlier = tuple(mask_question(visible_text(one)).text for one in request.history)
        request = replace(request, history=earlier)
    return replace(request, question=masked.text), masked.kinds


def _history_id(questions: Sequence[str], filters: Filters) -> str:
    """A conversation id for clients that have none: the same questions under the same filters have the same."""
    return "history:" + json.dumps([asdict(filters), *questions], ensure_ascii=False)


def _reaches(k: int, paragraphs: int) -> Iterator[int]:
    """How many passages to read, ever more, until all are certain to have been."""
    reach = REACH * k
    while reach < paragraphs * REACH:
        yield reach
        reach *= REACH
    yield reach


def search_query(question: Question, terms: tuple[Term, ...]) -> Query:
    """What to search for: the question's own words, and other words and translations at their weights."""
    if question.is_english:
        more = [(form, quality / _spread(term)) for term in terms for form, quality in term.forms]
    else:
        more = [(form, quality) for term in terms for form, quality in term.forms if form not in question.plain]
    return Query.of(question.plain, more, question.text)


def _spread(term: Term) -> float:
    """What the translations of a word are divided by, so that one with many does not count for many words."""
    return math.sqrt(sum(quality for _, quality in term.forms))


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


def _summary_of(document: StoredDocument) -> DocumentSummary:
    return summary(document.id, document.metadata, document.paragraphs)


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
