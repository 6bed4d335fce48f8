"""Chooses the place in the reports that answers a question: a figure, a name, a date, or a clause.

Every place that could answer is described by a few features; their weights are learnt (`weights.toml`).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from wenbao.answers.asks import Ask, fits
from wenbao.answers.costs import COSTS, Costs
from wenbao.answers.evidence import Found, coverage, find_terms, weighted_mean
from wenbao.answers.expected import CAUSE, cause_behind
from wenbao.answers.features import (
    ASKS_FOR_TOTAL,
    BEFORE_CHANGE,
    UNMET,
    Features,
    asks_for_before,
    asks_for_change,
    asks_for_difference,
    counted_share,
    extra_share,
    is_change,
    is_superseded,
    may_ask_for_before,
    named_share,
    says_difference,
    score_of,
    speaks_of_total,
    wants_plan,
)
from wenbao.answers.figures import Figure, Span, in_digits
from wenbao.answers.periods import Period, heading_class, period_at, says_this_year, speaks_of_last_year
from wenbao.answers.persons import asks_for_person, body_asked, names_holder, names_person, office_asked
from wenbao.answers.question import Question
from wenbao.answers.reading import Reading, clause_at, statement_at
from wenbao.answers.terms import Term

Years = dict[int | None, frozenset[int]]
Likeness = Callable[[str, Sequence[str]], list[float]]


@dataclass(frozen=True, slots=True)
class Hint:
    """How a conversation speaks for a place: the share of the last question's words that it meets, whether it stands
    in the passage and in the sentence of the last answer, and whether the question leans on the last one (0 or 1).

    Where it does: whether the place is the last answer itself (`repeated`), the only other one of its sentence that
    fits (`sole`), or the first one behind it there (`following`), and how badly its unit fits what was asked for last
    where nothing else is asked for (`unlike`).
    """

    context: float = 0.0
    same_passage: float = 0.0
    same_sentence: float = 0.0
    leaning: float = 0.0
    repeated: float = 0.0
    sole: float = 0.0
    following: float = 0.0
    unlike: float = 0.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that may answer: `start` to `end` of the passage are the figure, name, date or clause itself.

    `supports` says of each term of the question how well the place meets it; `score` is for ranking, `told` the
    year that its report tells of, `found` where the terms stand in the passage, `look` what a closer look
    found (`reranking`), `hint` how the conversation speaks for it, `changing` that the
    question asks for a change.
    """

    reading: Reading
    start: int
    end: int
    supports: tuple[float, ...]
    features: Features
    period: Period
    told: int | None
    score: float
    found: tuple[Found, ...] = ()
    look: tuple[float, ...] = ()
    hint: Hint = Hint()
    changing: bool = False

    @property
    def said(self) -> Span:
        """The place whose words are said of it: where a change is asked for, the figure that changes."""
        return self.said_of(self.start, self.end)

    @property
    def places(self) -> tuple[Span, ...]:
        """Itself, and before it the figure that changes, where a change is asked for."""
        own = Span(self.start, self.end)
        return (own,) if self.said == own else (self.said, own)

    def said_of(self, start: int, end: int) -> Span:
        """The place whose words are said of another one of the passage."""
        base = self.reading.bases.get(start) if self.changing else None
        return base or Span(start, end)

    @property
    def figure(self) -> Figure | None:
        """The figure at the place, None where it is no figure."""
        at = bisect_left(self.reading.figure_starts, self.start)
        return self.reading.figures[at] if self.start in self.reading.figure_starts[at : at + 1] else None


@dataclass(frozen=True, slots=True)
class Source:
    """A passage to look for evidence in, with the year its report tells of and how near search found it (0 to 1);
    `this_year` is the year that 今年 means in it, None where that is not known; `title` the report's, folded."""

    reading: Reading
    told: int | None
    nearness: float
    found: tuple[Found, ...]
    this_year: int | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Hints:
    """What helps to choose between places that answer alike: words of the question before, the rows of its answer,
    and the places (row and position) of the last answer or of the other things asked for; `leaning` where the question
    does not stand alone, `carried` what was asked for last where it asks for no figure of its own."""

    context: tuple[Term, ...] = ()
    rows: tuple[int, ...] = ()
    places: tuple[tuple[int, int], ...] = ()
    leaning: bool = False
    carried: Ask | None = None


def look_in(
    reading: Reading,
    terms: tuple[Term, ...],
    told: int | None,
    nearness: float,
    this_year: int | None = None,
    title: str = "",
) -> Source:
    """A source with the terms looked up in it."""
    return Source(reading, told, nearness, find_terms(reading, terms, title), this_year, title)


def look_again(sources: Sequence[Source], terms: tuple[Term, ...]) -> list[Source]:
    """The sources with other terms looked up in them."""
    return [replace(one, found=find_terms(one.reading, terms, one.title)) for one in sources]


def figure_candidates(
    question: Question, ask: Ask, terms: tuple[Term, ...], sources: Sequence[Source], years: Years, hints: Hints
) -> list[Candidate]:
    """The figures that may answer one thing asked for, best first."""
    asked, compared = _asked(question, ask, terms), asks_for_difference(question, ask)
    found = [
        place
        for source in sources
        for figure in source.reading.figures
        if (fit := _fit(ask, hints.carried, figure)) > 0
        and (not compared or says_difference(source.reading, figure.start))
        and not _is_given(question, source.reading.folded[figure.start : figure.end])
        and (place := _place(asked, source, (figure.start, figure.end), years, fit, COSTS)) is not None
    ]
    return _candidates(asked, found, hints)


OTHER_KIND = 0.3
"""What a figure fits of another kind than was asked for last, where a question asks for none of its own."""


def _fit(ask: Ask, carried: Ask | None, figure: Figure) -> float:
    """How well a figure's unit fits what is asked for, and what was asked for last (城镇的呢? after money)."""
    fit = fits(ask, figure.unit, figure.group)
    return fit if carried is None else fit * max(OTHER_KIND, fits(carried, figure.unit, figure.group))


def _is_given(question: Question, figure: str) -> bool:
    """Whether the question says a figure itself (那152件里, 一年以上, fewer than 50 users)."""
    if question.is_english:
        number = NUMBER.match(figure)
        return number is not None and number.group() in NUMBER.findall(question.plain)
    texts = (question.plain, in_digits(question.plain))
    return any(figure in text and re.search(rf"(?<![\d.,]){re.escape(figure)}", text) for text in texts)


NUMBER = re.compile(r"\d[\d,.]*\d")


def span_candidates(
    question: Question, terms: tuple[Term, ...], sources: Sequence[Source], years: Years, hints: Hints
) -> list[Candidate]:
    """The names, dates or clauses that may answer a question that does not ask for a figure, best first."""
    asked = _asked(question, None, terms)
    found = [
        place
        for source in sources
        for start, end, fit in _anchors(question, source.reading)
        if (place := _place(asked, source, (start, end), years, fit, SPAN_COSTS)) is not None
    ]
    return _candidates(asked, found, hints)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One thing that a question asks for, and whether its words ask for a change, for what is planned, for a total, for
    what was before a change, or may ask for that."""

    question: Question
    ask: Ask | None
    terms: tuple[Term, ...]
    changing: bool
    planned: bool
    total: bool
    before: bool
    maybe_before: bool


def _asked(question: Question, ask: Ask | None, terms: tuple[Term, ...]) -> _Asked:
    return _Asked(
        question,
        ask,
        terms,
        changing=ask is not None and asks_for_change(question, ask),
        planned=wants_plan(question),
        total=bool(ASKS_FOR_TOTAL.search(question.plain)),
        before=ask is not None and asks_for_before(question, ask),
        maybe_before=may_ask_for_before(question, ask),
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """A place of a year that the question wants, before it is described; `wanted` are these years, `base` is the figure
    that changes, where a change is asked for."""

    source: Source
    start: int
    end: int
    fit: float
    period: Period
    wanted: frozenset[int]
    supports: tuple[float, ...]
    covered: float
    base: Span | None


DESCRIBED = 24
"""So many of the places that meet the question best are described by all features."""


def _candidates(asked: _Asked, found: Sequence[_Place], hints: Hints) -> list[Candidate]:
    rows = {*hints.rows, *(row for row, _ in hints.places)} if hints.leaning else set()

    def promise(place: _Place) -> float:
        return place.covered + place.fit + place.source.nearness + (place.source.reading.passage.row in rows)

    best = sorted(found, key=promise, reverse=True)[:DESCRIBED]
    return newest_first([_hinted(asked, _candidate(asked, place), hints) for place in best])


AS_GOOD = 1.0
"""A place whose score is at most this much lower answers as well; of those, the newest report's come first."""


def newest_first(found: Sequence[Candidate]) -> list[Candidate]:
    """Best first; where reports of several years answer as well, the newest."""
    by_score = sorted(found, key=lambda candidate: -candidate.score)
    as_good = [one for one in by_score if one.score >= by_score[0].score - AS_GOOD]
    newest = max((one.told for one in as_good if one.told is not None), default=None)
    first = [one for one in as_good if one.told == newest]
    return first + [one for one in by_score if one not in first] if len(first) < len(as_good) else by_score


CONTEXT, SAME_PASSAGE, SAME_SENTENCE = 2.5, 0.6, 1.2
STANDS_ALONE = 0.3
"""What a conversation counts for among the first candidates, and its share where the question does not lean on it.

Which of them comes first is learnt (`reranking`)."""


def _hinted(asked: _Asked, candidate: Candidate, hints: Hints) -> Candidate:
    """The candidate with a little more where it meets words of the last question or stands where its answer does."""
    if not hints.context and not hints.rows and not hints.places:
        return candidate
    met = 0.0
    if hints.context:
        found = find_terms(candidate.reading, hints.context)
        met = weighted_mean(hints.context, coverage(candidate.reading, found, candidate.start, candidate.end))
    row = candidate.reading.passage.row
    last = [start for other, start in hints.places if row == other and _is_same_sentence(candidate, start)]
    hint = Hint(met, float(row in hints.rows), float(bool(last)), float(hints.leaning))
    if last and hints.leaning:
        hint = replace(hint, **_beside_last(asked, candidate, last))
    if hints.carried is not None and candidate.figure is not None:
        hint = replace(hint, unlike=1 - fits(hints.carried, candidate.figure.unit, candidate.figure.group))
    more = CONTEXT * hint.context + SAME_PASSAGE * hint.same_passage + SAME_SENTENCE * hint.same_sentence
    more *= 1.0 if hints.leaning else STANDS_ALONE
    return replace(candidate, score=candidate.score + more, hint=hint)


def _beside_last(asked: _Asked, candidate: Candidate, last: Sequence[int]) -> dict[str, float]:
    """How a figure stands to the last answers of its sentence (see `Hint`)."""
    if asked.ask is None or candidate.start in last:
        return {"repeated": float(candidate.start in last)}
    reading, sentence = candidate.reading, candidate.reading.sentence_at(candidate.start)
    fitting = [
        figure.start
        for figure in reading.figures
        if sentence.start <= figure.start < sentence.end
        and figure.start not in last
        and fits(asked.ask, figure.unit, figure.group) > 0
        and (not asked.changing or is_change(reading, figure.start))
    ]
    behind = [start for start in fitting if start > max(last)]
    return {"sole": float(len(fitting) == 1), "following": float(behind[:1] == [candidate.start])}


def _is_same_sentence(candidate: Candidate, start: int) -> bool:
    return candidate.reading.sentence_at(start) == candidate.reading.sentence_at(candidate.start)


def _place(
    asked: _Asked, source: Source, span: tuple[int, int], years: Years, fit: float, costs: Costs
) -> _Place | None:
    """None where the place speaks of a year that the question does not want."""
    start, end = span
    period = period_at(source.reading, start, source.told)
    if source.this_year is not None and says_this_year(source.reading, start):
        period = Period(source.this_year, planned=period.planned or source.this_year != source.told)
    wanted = years.get(source.told, frozenset())
    if wanted and not _is_of_year(asked.question, source, start, period, wanted):
        return None
    supports = coverage(source.reading, source.found, start, end, costs)
    base = source.reading.bases.get(start) if asked.changing else None
    if base is not None:
        supports = tuple(map(max, supports, coverage(source.reading, source.found, base.start, base.end, costs)))
    return _Place(source, start, end, fit, period, wanted, supports, weighted_mean(asked.terms, supports), base)


def _candidate(asked: _Asked, place: _Place) -> Candidate:
    question, ask, terms = asked.question, asked.ask, asked.terms
    source, start, end, supports = place.source, place.start, place.end, place.supports
    period, wanted = place.period, place.wanted
    said = place.base or Span(start, end)
    stretches = {(start, end), (said.start, said.end)}
    planned_wanted = asked.planned or bool(wanted and source.told is not None and min(wanted) > source.told)
    features = Features(
        covered=place.covered,
        deeply=weighted_mean(terms, tuple(support * support for support in supports)),
        missing=weighted_mean(terms, tuple(float(support < UNMET) for support in supports)),
        named=named_share(question, ask, terms, supports),
        fit=place.fit,
        counted=max(counted_share(source, terms, at, to) for at, to in stretches) if ask else 0.0,
        extra=extra_share(source, said.start, said.end),
        unasked_plan=float(period.planned and not planned_wanted),
        plan_missed=float(planned_wanted and not period.planned),
        other_change=float(ask is not None and is_change(source.reading, start) != asked.changing),
        superseded=float(_is_superseded(asked, place)),
        total=float(asked.total and speaks_of_total(source.reading, start, end)),
        searched=source.nearness,
    )
    return Candidate(
        source.reading,
        start,
        end,
        supports,
        features,
        period,
        source.told,
        score_of(features),
        source.found,
        changing=asked.changing,
    )


def _is_superseded(asked: _Asked, place: _Place) -> bool:
    """Whether a figure is what was before a change and that is not asked for, or the other way round."""
    was_before = is_superseded(place.source.reading, place.start, place.end)
    if asked.before:
        return not was_before
    meant = asked.maybe_before or (place.wanted and place.period.year in place.wanted)
    return was_before and not meant and not _names_before(asked.question, place.source, place.start)


def _names_before(question: Question, source: Source, start: int) -> bool:
    """Whether the question has a word of those that say when the figure before a change was: 由年初的0.31%."""
    match = BEFORE_CHANGE.search(source.reading.folded, max(0, start - 14), start)
    said = match.group() if match else ""
    return any(word.text in said for word in question.words) or any(str(year) in said for year in question.years)


def _is_of_year(question: Question, source: Source, start: int, period: Period, wanted: frozenset[int]) -> bool:
    """Whether a place may be of a wanted year: by its period, or as relative words (今年, 上年度) have it."""
    if period.year is None or period.year in wanted:
        return True
    if source.told is not None and source.this_year is None and says_this_year(source.reading, start):
        return bool(wanted & {source.told, source.told + 1})
    return question.year_word == "told" and not question.years and speaks_of_last_year(source.reading, start)


SPAN_COSTS = replace(COSTS, behind=1.5, contested=0.0)
"""A name or a date often stands before what is said of it, a figure seldom."""

BODY = re.compile(
    r"(?:[由经被向与和对是为])?[\u4e00-\u9fff]{2,20}?"
    r"(?:部门|委员会|办公室|人民政府|法院|检察院|管理局|[局委办署厅院校会社司部站所队团](?!法)|公司|中心|银行|企业|区级|县级|市级)"
)
WITHOUT_DATE, WITHOUT_NAME, WITHOUT_CAUSE, WITHOUT_BODY, WITHOUT_HOLDER = 0.6, 0.4, 0.6, 0.7, 0.2


def _anchors(question: Question, reading: Reading) -> Iterator[tuple[int, int, float]]:
    """The spans of a passage that could answer, each with how well it fits what is asked for."""
    if reading.passage.paragraph.kind in ("heading", "title"):
        return
    if question.kind == "when":
        yield from ((date.start, date.end, 1.0) for date in reading.dates)
        yield from ((start, end, WITHOUT_DATE) for start, end in _clauses(reading) if _says_when(reading, start))
        return
    if question.kind == "document":
        yield from ((name.start, name.end, 1.0) for name in reading.names)
        yield from ((start, end, WITHOUT_NAME) for start, end in _clauses(reading))
        return
    for start, end in _clauses(reading):
        if is_heading(reading, start):
            continue
        if question.kind == "how":
            if heading_class(reading.topics) != "problem":
                yield start, end, 1.0
        elif question.kind == "why":
            statement = statement_at(reading, start)
            caused = CAUSE.search(reading.folded, statement.start, statement.end)
            cause = cause_behind(reading, statement)
            yield start, cause.end if cause else end, 1.0 if caused or cause else WITHOUT_CAUSE
        elif question.kind == "who" and (fit := _fit_of_who(question, reading, start, end)):
            yield start, end, fit
        elif question.kind != "who":
            yield start, end, 1.0


TIME = re.compile(
    r"\d{1,2}[:：]\d{2}|[年月季][初中末底]|[上下]半年|季度|[上中下]旬|年内|当[天日月年]|同[日月]|次[日月年]|今|近日|日前|期间|届时|[去明上]年|周[一二三四五六日末]|每[天日周月季年]"
)
"""When something was, without a date."""


def _says_when(reading: Reading, position: int) -> bool:
    sentence = reading.sentence_at(position)
    dated = any(sentence.start <= date.start < sentence.end for date in reading.dates)
    return dated or TIME.search(reading.folded, sentence.start, sentence.end) is not None


def _fit_of_who(question: Question, reading: Reading, start: int, end: int) -> float:
    """How well a clause names whom a question asks for; 0 where its sentence has not the office or person asked for."""
    office, clause = office_asked(question.plain), reading.folded[start:end]
    sentence = reading.sentence_at(start)
    said = reading.folded[sentence.start : sentence.end]
    if office is not None:
        body = "" if question.is_english else body_asked(question.plain)
        return 1.0 if names_holder(office, clause, body) else WITHOUT_HOLDER * names_holder(office, said, body)
    if asks_for_person(question.plain):
        return 1.0 if names_person(clause) else WITHOUT_BODY * names_person(said)
    return 1.0 if BODY.search(clause) else WITHOUT_BODY


def is_heading(reading: Reading, position: int) -> bool:
    """Whether a position stands in a heading: a paragraph of its own, or one that begins the paragraph."""
    if reading.passage.paragraph.kind in ("heading", "title"):
        return True
    return bool(reading.topics) and reading.folded.startswith(reading.topics[-1]) and position < len(reading.topics[-1])


def _clauses(reading: Reading) -> Iterator[tuple[int, int]]:
    for sentence in reading.sentences:
        start = sentence.start
        while start < sentence.end:
            clause = clause_at(reading, start, min(start + 1, sentence.end))
            if clause.end - clause.start >= 2:
                yield clause.start, clause.end
            start = max(clause.end, start) + 1
