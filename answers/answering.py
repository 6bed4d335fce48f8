"""The way from a question to a draft of the reply: which documents, which passages, which place, or not found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from wenbao.answers import about
from wenbao.answers.asks import Ask, fits
from wenbao.answers.choosing import (
    Candidate,
    Hints,
    Likeness,
    Source,
    Years,
    figure_candidates,
    look_again,
    look_in,
    span_candidates,
)
from wenbao.answers.composing import (
    cite,
    figure_text,
    figure_value,
    longest,
    quote_span,
    shortened,
    span_text,
    span_value,
)
from wenbao.answers.confidence import THRESHOLD, confidence
from wenbao.answers.conversation import Memory, Turn, refused_memory, topic_of
from wenbao.answers.expected import CAUSE, counted_things
from wenbao.answers.features import wants_plan
from wenbao.answers.leading_in import path_with_lead
from wenbao.answers.listing import Point, Searched, point_text
from wenbao.answers.lists import PointList, asks_each, best_first, list_confidence, lists, looks_for_list
from wenbao.answers.model import Answer, AnswerKind, Citation, Item
from wenbao.answers.named_years import years_named
from wenbao.answers.periods import wanted_years
from wenbao.answers.places import is_own_place, names_own_place, names_place, own_places, stem_of
from wenbao.answers.question import (
    OUTSIDE,
    POINT,
    Question,
    SectionClass,
    Word,
    asks_for_more,
    asks_within,
    listing,
    with_spelling,
)
from wenbao.answers.reading import read_passage, statement_at
from wenbao.answers.reranking import reranked
from wenbao.answers.spelling import mended
from wenbao.answers.tables import head_of
from wenbao.answers.terms import Frequency, Term, question_terms
from wenbao.answers.unfolding import of_point, unfolded
from wenbao.answers.years import in_another_year, of_year, side_by_side, telling, this_year, years_asked
from wenbao.index.folding import fold
from wenbao.index.sounds import spelt
from wenbao.knowledge.documents import Document, Paragraph, Passage
from wenbao.knowledge.library import StoredDocument

RELATED = 3
MOST_LISTED = 5
LISTED = 0.4
"""The confidence from which on a list is given."""
OTHER_PART = 0.5
"""What a word of an earlier part of the question counts for in a later one."""
AMONG_SEVERAL = 0.4
"""The share of the threshold that does for a figure asked for together with one that was found."""


@dataclass(frozen=True, slots=True)
class Near:
    """A passage that search found, with its score from 0 to 1, best first in a list of them.

    `sentence` is the number of its best sentence, None where it has none.
    """

    passage: Passage
    score: float
    sentence: int | None = None


@dataclass(frozen=True, slots=True)
class Sources:
    """What answering reads from: the documents that the filters leave (newest first), and ways to what is in them."""

    documents: Sequence[StoredDocument]
    search: Callable[[Question, tuple[Term, ...], Sequence[StoredDocument]], Sequence[Near]]
    passages: Callable[[Sequence[int]], Sequence[Passage]]
    rows: Callable[[str, Sequence[int]], Sequence[int]]
    document: Callable[[str], Document]
    rarity: Frequency
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class Draft:
    """A reply without its id and its polite words; `reason` says why there is no answer.

    `other_year` is a year whose report has one.
    """

    question: Question
    answer: Answer | None = None
    citations: tuple[Citation, ...] = ()
    related: tuple[Citation, ...] = ()
    confidence: float = 0.0
    reason: str | None = None
    memory: Memory | None = None
    other_year: int | None = None


def draft_reply(turn: Turn, memory: Memory | None, sources: Sources) -> Draft:
    """Answer a question out of the sources, or say why not."""
    question = turn.question
    if question.kind in OUTSIDE:
        return Draft(question, reason=question.kind)
    if not sources.documents:
        return Draft(question, reason="empty")
    point = memory.point + 1 if memory and memory.point and asks_for_more(question) else question.point
    if point is not None and asks_within(question):
        turn = _within_point(turn, point, memory, sources)
        question = turn.question
    elif point is not None:
        unfolded = _point_draft(question, point, memory, sources)
        if unfolded:
            return unfolded
    own, foreign, rest = _placed(question, sources.documents)
    turn = replace(turn, question=rest)
    if question.kind == "about":
        return _about(question, own or ([] if question.places else sources.documents), sources)
    documents = own or sources.documents
    compared = None if foreign else _of_several_years(turn, documents, sources)
    if compared:
        return compared
    draft = _search_and_answer(turn, documents, foreign, sources)
    if draft.answer is not None:
        return replace(draft, memory=_with_points(draft.memory, memory)) if point is not None else draft
    if turn.own is not None and not foreign:
        return draft_reply(Turn(turn.own, turn.context, turn.rows, turn.places), memory, sources)
    kept = refused_memory(question, memory) if draft.reason in ("place", "year") else None
    return replace(draft, memory=kept, other_year=None if foreign else _other_year(turn, documents, sources))


def _point_draft(question: Question, number: int, memory: Memory | None, sources: Sources) -> Draft | None:
    """One point of the list that the question names (今年民生实事第五件是什么), else of the last answer's.

    Behind the last one there is no more (还有吗).
    """
    whole = listing(question)
    draft = draft_reply(Turn(whole), None, sources) if whole else None
    listed = draft.memory if draft is not None and draft.memory is not None and draft.memory.points else memory
    if listed is None or not listed.points or listed.document_id not in {one.id for one in sources.documents}:
        return None
    if abs(number) > len(listed.points):
        return Draft(question, reason="absent") if POINT.search(question.plain) or question.point is None else None
    sure = draft.confidence if draft is not None and listed is draft.memory else 1.0
    return replace(_unfold(number, listed, sources), question=question, confidence=sure)


def _within_point(turn: Turn, number: int, memory: Memory | None, sources: Sources) -> Turn:
    """A question for one thing of a point of the last list (第三点里培训要办多少期), asked of that point's passages."""
    known = {one.id for one in sources.documents}
    if memory is None or memory.document_id not in known or not 0 < abs(number) <= len(memory.points):
        return turn
    document = sources.document(memory.document_id)
    _, _, paragraphs = unfolded(document, *memory.points[number - 1 if number > 0 else number])
    rows = sources.rows(document.id, [one.number for one in paragraphs])
    own = tuple(word for word in turn.question.words if not POINT.match(turn.question.plain, word.start))
    return replace(turn, question=replace(turn.question, words=own), rows=tuple(rows), leaning=True)


def _with_points(answered: Memory | None, before: Memory | None) -> Memory | None:
    """What is kept of an answer within a point: another question may be of another point of the same list."""
    if answered is None or before is None or answered.document_id != before.document_id:
        return answered
    return replace(answered, points=before.points)


def _unfold(number: int, listed: Memory, sources: Sources) -> Draft:
    """All that is said of one point of a list; -1 is its last."""
    document = sources.document(listed.document_id)
    answer, citations, paragraphs = unfolded(document, *listed.points[number - 1 if number > 0 else number])
    rows = tuple(sources.rows(document.id, [one.number for one in paragraphs]))
    places = tuple((row, citations[0].start - paragraphs[0].start) for row in rows[:1])
    of_the_point = of_point(listed.question, citations[0].quote)
    unfolded_last = number if number > 0 else len(listed.points)
    about_point = replace(listed, question=of_the_point, rows=rows, places=places, point=unfolded_last)
    return Draft(listed.question, answer, citations, confidence=1.0, memory=about_point)


def _of_several_years(turn: Turn, documents: Sequence[StoredDocument], sources: Sources) -> Draft | None:
    """What the reports of several years say, side by side; None where the question or the reports have not several."""
    found: list[Draft] = []
    years: list[int] = []
    for year in years_asked(turn.question, documents):
        about_year = replace(turn, question=of_year(turn.question, year), rows=(), places=())
        draft = _search_and_answer(about_year, telling(documents, year), (), sources)
        if draft.answer is not None:
            years.append(year)
            found.append(draft)
    if len(found) < 2:
        return None
    answers = [(year, one.answer, one.citations) for year, one in zip(years, found, strict=True) if one.answer]
    answer, citations = side_by_side(answers)
    sure = min(one.confidence for one in found)
    return Draft(turn.question, answer, citations, confidence=sure, memory=found[0].memory)


def _other_year(turn: Turn, documents: Sequence[StoredDocument], sources: Sources) -> int | None:
    """The year of a report that has what was asked for of a year that has it not."""

    def has_answer(question: Question, year: int) -> bool:
        told = [one for one in documents if one.metadata.year == year]
        return _search_and_answer(replace(turn, question=question), told, (), sources).answer is not None

    return in_another_year(turn.question, documents, has_answer)


def _placed(
    question: Question, documents: Sequence[StoredDocument]
) -> tuple[list[StoredDocument], tuple[str, ...], Question]:
    """The documents about a place that the question names, the places that none is about, and the question
    without the words that only say which documents are meant."""
    own = [one for one in documents if _is_about_place(question, one)]
    foreign = tuple(
        name for name in question.places if not any(is_own_place(name, one.metadata.place) for one in documents)
    )
    return own, foreign, _without_own_places(question, own)


def _is_about_place(question: Question, document: StoredDocument) -> bool:
    """Whether the question names the place of a document, as a place (从化区) or among other words (从化热线)."""
    place = document.metadata.place
    return any(is_own_place(name, place) for name in question.places) or names_own_place(question.plain, place)


def _without_own_places(question: Question, own: Sequence[StoredDocument]) -> Question:
    """The question without the words that only say which documents are meant."""
    names = {
        name for one in own if (steps := own_places(one.metadata.place)) for name in (steps[-1], stem_of(steps[-1]))
    }
    names |= {spelt(name) for name in names if question.is_english}
    spans = [match.span() for name in names if len(name) > 1 for match in re.finditer(re.escape(name), question.plain)]

    def says_place(word: Word) -> bool:
        within = any(start <= word.start and word.end <= end for start, end in spans)
        return within or (len(word.text) > 1 and any(word.text in name for name in names))

    return replace(question, words=tuple(word for word in question.words if not says_place(word)))


def _about(question: Question, documents: Sequence[StoredDocument], sources: Sources) -> Draft:
    """What the newest of the documents says of itself; a year that the question names is the one told of, else one that
    the title names (a report of 2017 may tell of 2016)."""
    meant = [one for one in documents if not question.years or one.metadata.year in question.years]
    meant = meant or [one for one in documents if set(years_named(one.metadata.title)) & set(question.years)]
    told = about.answer(question, sources.document(meant[0].id)) if meant else None
    if told is None:
        reason = "place" if not documents else "year" if not meant else "absent"
        return Draft(question, reason=reason)
    return Draft(question, told.answer, told.citations, confidence=1.0)


def _search_and_answer(
    turn: Turn, documents: Sequence[StoredDocument], foreign: tuple[str, ...], sources: Sources
) -> Draft:
    """`foreign` are places that no report is about; evidence must stand in a passage that names them."""
    question, terms, near = _look_for(turn.question, documents, foreign, sources)
    better = None if question.is_english else mended(question, [read_passage(one.passage).folded for one in near])
    if better:
        question, terms, near = _look_for(with_spelling(question, better), documents, foreign, sources)
    turn = replace(turn, question=question)
    elsewhere = [one for one in near if not all(_speaks_of_place(one.passage, name) for name in foreign)]
    near = [one for one in near if one not in elsewhere]
    draft = _answer(turn, terms, documents, near, sources) if near else None
    if draft is not None and draft.answer is not None:
        return draft
    related = tuple(_related(number, one, sources) for number, one in enumerate((near or elsewhere)[:RELATED], 1))
    sure = draft.confidence if draft else 0.0
    return Draft(question, related=related, reason=_reason(question, documents, foreign), confidence=sure)


def _look_for(
    question: Question, documents: Sequence[StoredDocument], foreign: tuple[str, ...], sources: Sources
) -> tuple[Question, tuple[Term, ...], Sequence[Near]]:
    """The question with foreign places as words of it, its terms, and what search finds."""
    question = replace(question, words=question.words + _place_words(question, foreign))
    terms = question_terms(question, sources.rarity)
    return question, terms, sources.search(question, terms, documents)


def _place_words(question: Question, foreign: tuple[str, ...]) -> tuple[Word, ...]:
    """Places that no report is about are words like others: what the passage says must be said of them."""
    return () if question.is_english else tuple(Word(name, question.plain.find(name), 0) for name in foreign)


def _speaks_of_place(passage: Passage, name: str) -> bool:
    return names_place(fold(" ".join((*passage.paragraph.section, passage.text))), name)


def _related(number: int, near: Near, sources: Sources) -> Citation:
    paragraph = near.passage.paragraph
    best = next((one for one in paragraph.sentences if one.number == near.sentence), None)
    start, end = (best.start, best.end) if best else (paragraph.start, paragraph.end)
    return cite(number, sources.document(near.passage.document_id), paragraph, start, end)


def _reason(question: Question, documents: Sequence[StoredDocument], foreign: tuple[str, ...]) -> str:
    if foreign:
        return "place"
    told = [one.metadata.year for one in documents]
    covered = {year for one in told if one is not None for year in (one, one + 1)}
    return "year" if question.years and None not in told and not covered & set(question.years) else "absent"


def _answer(
    turn: Turn,
    terms: tuple[Term, ...],
    documents: Sequence[StoredDocument],
    near: Sequence[Near],
    sources: Sources,
) -> Draft | None:
    question = turn.question
    told = {one.id: one.metadata.year for one in documents}
    years = _years_wanted(question, told)
    wants_list = looks_for_list(question)
    listed = _list_draft(question, terms, documents, near, years, sources) if wants_list else None
    if not terms or (listed and (question.kind == "list" or asks_each(question))):
        return listed
    read = _read(turn, terms, near, told, sources)
    context = _context(turn, sources)
    if question.kind == "number":
        found = _figures_draft(turn, terms, context, read, told, sources)
        return max(filter(None, (listed, found)), key=lambda draft: draft.confidence, default=None)
    candidates = span_candidates(question, terms, read, years, _hints(turn, context, ()))
    candidates = reranked(question, None, terms, candidates, sources.likeness)
    causes = _causes_of_last(turn, candidates)
    found = _span_draft(turn, terms, causes or candidates, sources, CAUSE_OF_LAST if causes else 0.0)
    return max(filter(None, (listed, found)), key=lambda draft: draft.confidence)


def asked_candidates(turn: Turn, sources: Sources) -> Iterator[tuple[Ask | None, tuple[Term, ...], list[Candidate]]]:
    """For each thing that a question asks for, its terms and the places that may answer it, before a closer look.

    For learning.
    """
    _, foreign, rest = _placed(turn.question, sources.documents)
    question, terms, near = _look_for(rest, sources.documents, foreign, sources)
    turn = replace(turn, question=question)
    near = [one for one in near if all(_speaks_of_place(one.passage, name) for name in foreign)]
    told = {one.id: one.metadata.year for one in sources.documents}
    years = _years_wanted(question, told)
    read = _read(turn, terms, near, told, sources)
    hints = _hints(turn, _context(turn, sources), ())
    if question.kind != "number":
        yield None, terms, span_candidates(question, terms, read, years, hints)
    for ask in question.asks if question.kind == "number" else ():
        narrowed, of_ask = _of_ask(question, terms, ask)
        looked = look_again(read, of_ask)
        yield ask, of_ask, figure_candidates(narrowed, ask, of_ask, looked, _years_wanted(narrowed, told), hints)


def _years_wanted(question: Question, told: dict[str, int | None]) -> Years:
    """For each year that a document tells of, the years that the question wants of it."""
    return {year: wanted_years(question, year) for year in told.values()}


def _read(
    turn: Turn, terms: tuple[Term, ...], near: Sequence[Near], told: dict[str, int | None], sources: Sources
) -> list[Source]:
    every = _with_last(turn, near, sources, told)
    wanted = [one for one in every if one.passage.paragraph.kind != "closing" or turn.question.kind in ("who", "when")]
    read = {one.passage.document_id for one in wanted}
    documents = [one for one in sources.documents if one.id in read]
    meant = {one.id: this_year(one.metadata) for one in documents}
    titles = {one.id: fold(f"{one.metadata.title} {one.metadata.publisher or ''}") for one in documents}
    # Only plans are told from what was done by such sentences, and many documents are slow to read whole.
    planned = wants_plan(turn.question) or any(
        year > of for of, wanted in _years_wanted(turn.question, told).items() if of is not None for year in wanted
    )

    whole = {of: sources.document(of) for of in read} if planned else {}

    def looked(one: Near) -> Source:
        of = one.passage.document_id
        path = path_with_lead(whole[of], one.passage.paragraph.number) if planned else None
        return look_in(read_passage(one.passage, path), terms, told[of], one.score, meant[of], titles[of])

    return [looked(one) for one in wanted]


def _with_last(turn: Turn, near: Sequence[Near], sources: Sources, told: dict[str, int | None]) -> list[Near]:
    """The passages that search found, and those that the last answer stands in."""
    rows = {one.passage.row for one in near}
    missing = [row for row in turn.rows if row not in rows]
    last = (
        [Near(passage, 0.0) for passage in sources.passages(missing) if passage.document_id in told] if missing else []
    )
    return [*near, *last]


def _figures_draft(
    turn: Turn,
    terms: tuple[Term, ...],
    context: tuple[Term, ...],
    read: Sequence[Source],
    told: dict[str, int | None],
    sources: Sources,
) -> Draft | None:
    question = turn.question
    chosen: list[Candidate] = []
    sure = 0.0
    for ask in question.asks:
        narrowed, of_ask = _of_ask(question, terms, ask)
        looked = read if of_ask is terms else look_again(read, of_ask)
        years = _years_wanted(narrowed, told)
        ranked = figure_candidates(narrowed, ask, of_ask, looked, years, _hints(turn, context, chosen))
        fresh = [
            one
            for one in ranked
            if not any(one.reading is other.reading and one.start == other.start for other in chosen)
        ]
        fresh = reranked(question, ask, of_ask, fresh, sources.likeness)
        found = confidence(question, of_ask, fresh) if _is_broken_down(question, ask, fresh) else 0.0
        if found >= _least(chosen):
            chosen.append(fresh[0])
        sure = max(sure, found)
    return _cited_figures(turn, chosen, sources, sure) if chosen else Draft(question, confidence=sure)


def _context(turn: Turn, sources: Sources) -> tuple[Term, ...]:
    """Words of the question before, which help to choose between places but need not be met."""
    return question_terms(turn.context, sources.rarity) if turn.context else ()


def _is_broken_down(question: Question, ask: Ask, ranked: Sequence[Candidate]) -> bool:
    """Whether the sentence of the first place has several counts, where each of several is asked for.

    Two are several where no comma parts them: 受理44件,审结40件 breaks nothing down.
    """
    if not ranked or not asks_each(question):
        return True
    reading, sentence = ranked[0].reading, ranked[0].reading.sentence_at(ranked[0].start)
    fitting = [
        one
        for one in reading.figures
        if sentence.start <= one.start < sentence.end
        and fits(ask, one.unit, one.group) > 0
        and reading.folded[one.start : one.end] not in question.plain
    ]
    joined = len(fitting) == 2 and not re.search("[,，;；]", reading.folded[fitting[0].end : fitting[1].start])
    return len(fitting) > 2 or joined


def _least(chosen: Sequence[Candidate]) -> float:
    """The confidence that does: less where what answers another part of the question supports the place."""
    return AMONG_SEVERAL * THRESHOLD if chosen else THRESHOLD


def _hints(turn: Turn, context: tuple[Term, ...], chosen: Sequence[Candidate]) -> Hints:
    if chosen:
        places = tuple((one.reading.passage.row, one.start) for one in chosen)
        return Hints(context, turn.rows, places, leaning=True)
    return Hints(context, turn.rows, turn.places, turn.leaning, turn.carried)


def _of_ask(question: Question, terms: tuple[Term, ...], ask: Ask) -> tuple[Question, tuple[Term, ...]]:
    """The question and the terms for one of several figures asked for: the years that its own part names, where it
    names any, and the terms of that part, at less those of the parts before."""
    if len(question.asks) < 2:
        return question, terms
    end = len(question.plain) if ask.end is None else ask.end
    parts = [(term, OTHER_PART if term.at < ask.start else 1.0) for term in terms if term.at < end]
    of_part = tuple(replace(term, weight=term.weight * worth) for term, worth in parts) or terms
    return replace(question, years=years_named(ask.part(question.plain)) or question.years), of_part


def _cited_figures(turn: Turn, chosen: Sequence[Candidate], sources: Sources, sure: float) -> Draft:
    citations: list[Citation] = []
    texts: list[str] = []
    for candidate in chosen:
        citation = _cite(len(citations) + 1, candidate, sources)
        same = next(
            (
                at
                for at, one in enumerate(citations)
                if (one.document_id, one.start) == (citation.document_id, citation.start)
            ),
            None,
        )
        if same is None:
            citations.append(citation)
        else:
            merged = tuple(sorted({*citations[same].highlights, *citation.highlights}))
            citations[same] = _with_highlights(citations[same], merged)
        text = figure_text(candidate)
        if not any(text in other for other in texts):
            texts = [other for other in texts if other not in text] + [text]
    numbers = {(one.document_id, one.paragraph, one.start): one.number for one in citations}
    items = tuple(Item(figure_value(one), numbers[_key(one, sources)]) for one in chosen) if len(chosen) > 1 else ()
    citations += _heads(chosen, sources, len(citations))
    answer = Answer("\n".join(texts), "figure", figure_value(chosen[0]), items)
    return Draft(turn.question, answer, tuple(citations), confidence=sure, memory=remember(turn, chosen[0]))


def _heads(chosen: Sequence[Candidate], sources: Sources, count: int) -> list[Citation]:
    """Citations of the rows that name the columns of the cells that were chosen, numbered from `count` + 1."""
    found: dict[tuple[str, int], Citation] = {}
    for one in chosen:
        paragraph = one.reading.passage.paragraph
        document = sources.document(one.reading.passage.document_id)
        span = head_of(document, paragraph) if one.reading.row else None
        if span is not None and (document.id, span.start) not in found:
            head = next(row for row in document.paragraphs if row.start == span.start)
            found[document.id, span.start] = cite(count + len(found) + 1, document, head, span.start, span.end)
    return list(found.values())


def _key(candidate: Candidate, sources: Sources) -> tuple[str, int, int]:
    citation = _cite(1, candidate, sources)
    return citation.document_id, citation.paragraph, citation.start


def _with_highlights(citation: Citation, highlights: tuple[tuple[int, int], ...]) -> Citation:
    return replace(citation, highlights=highlights)


CAUSE_OF_LAST = 0.6
"""How sure a cause is that stands with the last answer, where nothing but why is asked."""
SENTENCES_BEHIND = 2
"""So many sentences behind the last answer may give its cause."""


def _causes_of_last(turn: Turn, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The places that give a cause with the last answer, in its sentence or right behind it in the same point, the
    nearest first, for a question that asks nothing but why."""
    if turn.question.kind != "why" or not turn.bare:
        return []
    found = [
        (behind, one)
        for row, position in turn.places
        for one in candidates
        if one.reading.passage.row == row and (behind := _sentences_behind(one, position)) is not None
    ]
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def _sentences_behind(candidate: Candidate, position: int) -> int | None:
    """How many sentences behind a position of its passage a place gives a cause; None where it gives none, or stands
    elsewhere."""
    reading = candidate.reading
    last, own = reading.sentence_at(position), reading.sentence_at(candidate.start)
    behind = reading.sentences.index(own) - reading.sentences.index(last)
    parted = any(last.end <= point < candidate.start for point in reading.points)
    statement = statement_at(reading, candidate.start)
    caused = CAUSE.search(reading.folded, statement.start, statement.end) is not None
    return behind if caused and not parted and 0 <= behind <= SENTENCES_BEHIND else None


def _span_draft(
    turn: Turn, terms: tuple[Term, ...], candidates: Sequence[Candidate], sources: Sources, given: float
) -> Draft:
    """`given` is how sure the first candidate is at least."""
    question = turn.question
    sure = max(given, confidence(question, terms, candidates))
    if sure < THRESHOLD:
        return Draft(question, confidence=sure)
    best = candidates[0]
    value = span_value(question, best)
    kinds: dict[str, AnswerKind] = {"when": "date", "document": "fact", "who": "fact"}
    kind: AnswerKind = kinds.get(question.kind, "passage") if value else "passage"
    answer = Answer(span_text(question, best), kind, value)
    return Draft(question, answer, (_cite(1, best, sources),), confidence=sure, memory=remember(turn, best))


def _cite(number: int, candidate: Candidate, sources: Sources) -> Citation:
    passage = candidate.reading.passage
    span = quote_span(candidate.reading, candidate.start, candidate.end)
    offset = passage.paragraph.start
    marked = ((offset + candidate.start, offset + candidate.end),)
    return cite(number, sources.document(passage.document_id), passage.paragraph, span.start, span.end, marked)


def remember(turn: Turn, candidate: Candidate) -> Memory:
    """What a conversation keeps of an answered question."""
    row = candidate.reading.passage.row
    places = ((row, candidate.start),)
    return Memory(turn.question, candidate.reading.passage.document_id, (row,), places=places, topic=topic_of(turn))


def _list_draft(
    question: Question,
    terms: tuple[Term, ...],
    documents: Sequence[StoredDocument],
    near: Sequence[Near],
    years: dict[int | None, frozenset[int]],
    sources: Sources,
) -> Draft | None:
    """The list of the newest document that has one; a year that the question names says which part is meant."""
    for document in documents[:MOST_LISTED]:
        told = document.metadata.year
        wanted = wanted_part(question, told, years[told])
        if not _list_year_fits(wanted, told, years[told]):
            continue
        ranked = best_first(_lists(question, wanted, terms, sources.document(document.id), near))
        if (
            ranked
            and _has_as_many(question, ranked[0])
            and (sure := list_confidence(question, terms, ranked)) >= LISTED
        ):
            whole = sources.document(document.id)
            return cited_list(question, _without_total(question, ranked[0], whole), whole, sure)
    return None


def _without_total(question: Question, found: PointList, document: Document) -> PointList:
    """The points without the first, where each count of a whole is asked for and 其中 follows: it counts the whole."""
    parts = found.points[1:]
    within = document.text[parts[0].start : parts[-1].end] if len(parts) > 1 else ""
    breaks_down = bool(within) and "其中" in document.text[found.points[0].end : parts[0].start]
    is_whole = breaks_down and not re.search("[;；]", within)
    return replace(found, points=parts) if is_whole and asks_each(question) else found


def _has_as_many(question: Question, found: PointList) -> bool:
    """Whether a list has as many points as a question counts that asks for names of things (这7个项目是哪些)."""
    counts = counted_things(question.plain)
    return not counts or str(len(found.points)) in counts


def asked_lists(question: Question, sources: Sources) -> tuple[tuple[Term, ...], list[PointList]]:
    """The terms of a question and the lists of the newest document that may answer it, not in order; for learning."""
    terms = question_terms(question, sources.rarity)
    near = sources.search(question, terms, sources.documents)
    document = sources.documents[0]
    told = document.metadata.year
    wanted = wanted_part(question, told, wanted_years(question, told))
    return terms, _lists(question, wanted, terms, sources.document(document.id), near)


def _lists(
    question: Question, wanted: SectionClass | None, terms: tuple[Term, ...], document: Document, near: Sequence[Near]
) -> list[PointList]:
    """The lists of one document that may answer, not in order."""
    found = [Searched(read_passage(one.passage), one.score) for one in near if one.passage.document_id == document.id]
    return lists(question, wanted, terms, document, found)


def wanted_part(question: Question, told: int | None, wanted: frozenset[int]) -> SectionClass | None:
    """The class of part that the question is about: as its words say, else by the year that it names."""
    if question.section in ("problem", "plan") or told is None or not wanted:
        return question.section
    if wanted == {told + 1}:
        return "plan"
    return question.section


def _list_year_fits(part: SectionClass | None, told: int | None, wanted: frozenset[int]) -> bool:
    if not wanted or told is None:
        return True
    return (told + 1 if part == "plan" else told) in wanted or (part is None and told + 1 in wanted)


def cited_list(question: Question, found: PointList, document: Document, sure: float) -> Draft:
    citations, items = [], []
    room = max(12, longest(question) // len(found.points) - 4)
    for number, point in enumerate(found.points, 1):
        paragraph = next(one for one in document.paragraphs if one.start <= point.start < one.end)
        start, end = _quoted(paragraph, point)
        citations.append(cite(number, document, paragraph, start, end, ((point.start, point.end),)))
        items.append(Item(point_text(document.text[point.start : point.end]), number))
    lines = (f"{item.citation}. {shortened(item.text, room)}" for item in items)
    text = _enumeration(document, found.points) or "\n".join(lines)
    answer = Answer(text, "list", None, tuple(items))
    memory = Memory(question, document.id, (), tuple((point.start, point.whole_end) for point in found.points))
    return Draft(question, answer, tuple(citations), confidence=sure, memory=memory)


LONGEST_ENUMERATION = 120


def _enumeration(document: Document, points: Sequence[Point]) -> str | None:
    """What a sentence enumerates in short, as it stands there; None for other lists."""
    start, end = points[0].start, points[-1].end
    words = document.text[start:end]
    is_short = end - start <= LONGEST_ENUMERATION and all(one.whole_end == one.end for one in points)
    return words if is_short and not re.search(r"[。！？\n]", words) else None


def _quoted(paragraph: Paragraph, point: Point) -> tuple[int, int]:
    """A heading is quoted as it is, what a sentence enumerates as the whole sentence."""
    if point.whole_end > point.end:
        return point.start, point.end
    around = (one for one in paragraph.sentences if one.start <= point.start < one.end)
    return next(((one.start, max(one.end, point.end)) for one in around), (point.start, point.end))
