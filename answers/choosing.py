"""Chooses the place in the reports that answers a question: a figure, a name, a date, or a clause."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from wenbao.answers.evidence import Found, coverage, find_terms, weighted_mean
from wenbao.answers.periods import Period, heading_class, period_at
from wenbao.answers.question import Ask, Question, fits
from wenbao.answers.reading import Reading, clause_at, count_between
from wenbao.answers.terms import Term
from wenbao.config.language import language_data


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that may answer: `start` to `end` of the passage are the figure, name, date or clause itself.

    `supports` says of each term of the question how well the place meets it; `score` is for ranking, from 0 to 1.
    """

    reading: Reading
    start: int
    end: int
    supports: tuple[float, ...]
    coverage: float
    period: Period
    score: float


@dataclass(frozen=True, slots=True)
class Source:
    """A passage to look for evidence in, with the year its report tells of and how near search found it (0 to 1)."""

    reading: Reading
    told: int | None
    nearness: float
    found: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Hints:
    """What helps to choose between places that answer alike: words of the question before, the rows of its answer,
    and the places that answer the other things asked for."""

    context: tuple[Term, ...] = ()
    rows: tuple[int, ...] = ()
    places: tuple[tuple[Reading, int], ...] = ()


def look_in(reading: Reading, terms: tuple[Term, ...], told: int | None, nearness: float) -> Source:
    """A source with the terms looked up in it."""
    return Source(reading, told, nearness, find_terms(reading, terms))


def figure_candidates(
    question: Question,
    ask: Ask,
    terms: tuple[Term, ...],
    sources: Sequence[Source],
    years: dict[int | None, frozenset[int]],
    hints: Hints,
) -> list[Candidate]:
    """The figures that may answer one thing asked for, best first."""
    found = [
        _hinted(candidate, hints)
        for source in sources
        for figure in source.reading.figures
        if (fit := fits(ask, figure.unit, figure.group)) > 0
        and (candidate := _candidate(question, terms, source, figure.start, figure.end, years, fit)) is not None
    ]
    return sorted(found, key=lambda candidate: -candidate.score)


CONTEXT = 0.12
SAME_PASSAGE = 0.04
SAME_SENTENCE = 0.1


def _hinted(candidate: Candidate, hints: Hints) -> Candidate:
    """The candidate with a little more for meeting words of the question before, or standing where its answer stands."""
    score = candidate.score
    if hints.context:
        found = find_terms(candidate.reading, hints.context)
        score += CONTEXT * weighted_mean(hints.context, coverage(candidate.reading, found, candidate.start, candidate.end))
    if candidate.reading.passage.row in hints.rows:
        score += SAME_PASSAGE
    for reading, start in hints.places:
        if reading is candidate.reading and reading.sentence_at(start) == reading.sentence_at(candidate.start):
            score += SAME_SENTENCE
    return replace(candidate, score=score)


def span_candidates(
    question: Question, terms: tuple[Term, ...], sources: Sequence[Source], years: dict[int | None, frozenset[int]]
) -> list[Candidate]:
    """The names, dates or clauses that may answer a question that does not ask for a figure, best first."""
    found = [
        candidate
        for source in sources
        for start, end, fit in _anchors(question, source.reading)
        if (candidate := _candidate(question, terms, source, start, end, years, fit)) is not None
    ]
    return sorted(found, key=lambda candidate: -candidate.score)


UNPLANNED = 0.93
OTHER_PERIOD = 0.85
EXTRA = 0.12
SEARCHED = 0.05


def _candidate(
    question: Question,
    terms: tuple[Term, ...],
    source: Source,
    start: int,
    end: int,
    years: dict[int | None, frozenset[int]],
    fit: float,
) -> Candidate | None:
    """None where the place speaks of a year that the question does not want."""
    period = period_at(source.reading, start, source.told)
    wanted = years.get(source.told, frozenset())
    if wanted and period.year is not None and period.year not in wanted:
        return None
    supports = coverage(source.reading, source.found, start, end)
    covered = weighted_mean(terms, supports)
    score = covered * (0.7 + 0.3 * fit) * _period_factor(question, wanted, period)
    score *= 1 - EXTRA * _extra(source, start, end)
    score = score * (1 - SEARCHED) + SEARCHED * source.nearness
    return Candidate(source.reading, start, end, supports, covered, period, score)


PLAN_SIGN = re.compile(r"目标|预期|计划|打算|将|准备|力争|争取|要(?!求|点|素|闻)|想|接下来|下一步|\bwill\b|\btarget|\bgoal|\bplan|\bto be\b|\baim")
DONE_SIGN = re.compile(r"了|过(?!程)|\bdid\b|\bwas\b|\bwere\b|\bhas\b|\bhave\b|\bhad\b")


def _period_factor(question: Question, wanted: frozenset[int], period: Period) -> float:
    """Plans answer questions for plans; what was done answers the others."""
    wants_plan = bool(PLAN_SIGN.search(question.plain)) or question.section == "plan" or question.year_word == "plan"
    if period.planned and not wants_plan and not (wanted and period.year in wanted and len(wanted) == 1):
        return OTHER_PERIOD
    if wants_plan and not period.planned and not DONE_SIGN.search(question.plain):
        return UNPLANNED
    return 1.0


def _extra(source: Source, start: int, end: int) -> float:
    """The share of the clause around the place, figures aside, that the question has no words for."""
    clause = clause_at(source.reading, start, end)
    text = source.reading.folded
    own = sum(text[at].isalnum() for at in range(clause.start, clause.end) if not start <= at < end)
    if not own:
        return 0.0
    met = {
        at
        for one in source.found
        for place in one.places
        if clause.start <= place.start < clause.end and place.quality >= 0.5
        for at in range(place.start, min(place.end, clause.end))
        if not start <= at < end
    }
    return 1 - min(1.0, len(met) / own)


CAUSE = re.compile(r"由于|因为|因(?!此|地|素|而|时|人|势|材)|限于|受.{1,20}影响|鉴于|源于|导致|原因|为了|所致|造成|缘于|使得")


def _anchors(question: Question, reading: Reading) -> Iterator[tuple[int, int, float]]:
    """The spans of a passage that could answer, each with how well it fits what is asked for."""
    if question.kind == "when":
        yield from ((date.start, date.end, 1.0) for date in reading.dates)
        yield from ((start, end, 0.6) for start, end in _clauses(reading))
        return
    if question.kind == "document":
        yield from ((name.start, name.end, 1.0) for name in reading.names)
        yield from ((start, end, 0.75) for start, end in _clauses(reading))
        return
    for start, end in _clauses(reading):
        if question.kind == "why":
            sentence = reading.sentence_at(start)
            has_cause = CAUSE.search(reading.folded, sentence.start, sentence.end)
            yield start, end, 1.0 if has_cause else 0.6
        elif question.kind == "who":
            yield start, end, 1.0 if BODY.search(reading.folded, start, end) else 0.7
        else:
            yield start, end, 1.0


BODY = re.compile(
    r"[\u4e00-\u9fff]{2,20}?(?:部门|委员会|办公室|人民政府|法院|检察院|管理局|[局委办署厅院校会社司部站所队团]|公司|中心|银行|企业|区级|县级|市级)"
)


def _clauses(reading: Reading) -> Iterator[tuple[int, int]]:
    marks = sorted(reading.boundaries.commas + reading.boundaries.semicolons)
    for sentence in reading.sentences:
        start = sentence.start
        for mark in (*[mark for mark in marks if sentence.start <= mark < sentence.end], sentence.end):
            if mark - start >= 2:
                yield start, mark
            start = mark + 1


def is_in_section(reading: Reading, wanted: str | None) -> bool:
    """Whether a passage stands in a part of the wanted class."""
    return wanted is None or heading_class(reading.topics) == wanted


def figures_between(reading: Reading, start: int, end: int) -> int:
    return count_between(reading.figure_starts, start, end)


def outside_words() -> dict[str, list[str]]:
    return dict(language_data("questions")["ask_words"])
