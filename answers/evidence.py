"""Weighs evidence: how near the words of a question stand to a figure, a name or a clause of the reports.

A word of the question counts for a place in the text by its nearness: whole where it stands in the same clause,
less for each mark, figure or sentence that lies between, and by the headings above. The weighted mean over the
question's words is the coverage of that place.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from dataclasses import dataclass

from wenbao.answers.costs import COSTS, Costs
from wenbao.answers.figures import Span
from wenbao.answers.reading import Partners, Reading
from wenbao.answers.terms import Term
from wenbao.index.sounds import may_be_spelt, spelt_places


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A word of the question in a passage, from `start` to `end`; `quality` is 1 for the word itself."""

    start: int
    end: int
    quality: float


@dataclass(frozen=True, slots=True)
class Found:
    """Where a term stands in a passage, and how well the headings above it hold the term.

    `every_place` are the `places` of the term and those of its parts, which count for their share of its length.
    """

    term: Term
    places: tuple[Occurrence, ...]
    in_heading: float
    parts: tuple[Found, ...]
    every_place: tuple[Occurrence, ...]


def find_terms(reading: Reading, terms: tuple[Term, ...], title: str = "") -> tuple[Found, ...]:
    """Look for the terms in a passage and its headings, for names of bodies in the (folded) title of the report: all of
    it is about them."""
    return tuple(_found(reading, term, title) for term in terms)


ENDS_LIKE_BODY = re.compile(
    r"[局委办院厅署]$|街道$|政府$|\b(?:bureau|court|subdistrict|office|department|commission|committee)\b"
)


def _found(reading: Reading, term: Term, title: str) -> Found:
    places, parts = _places(reading.folded, term), find_terms(reading, term.parts)
    of_parts = (
        Occurrence(place.start, place.end, place.quality * min(1.0, len(part.term.text) / len(term.text)))
        for part in parts
        for place in part.places
    )
    is_own = (
        bool(title) and ENDS_LIKE_BODY.search(term.text) is not None and any(form in title for form, _ in term.forms)
    )
    return Found(term, places, 1.0 if is_own else _heading_quality(reading, term), parts, (*places, *of_parts))


def coverage(
    reading: Reading, found: tuple[Found, ...], start: int, end: int, costs: Costs = COSTS
) -> tuple[float, ...]:
    """How well each term speaks for [start, end) of the passage: 1 in the same clause, 0 not at all."""
    described = reading.attributes.get(start)
    spot = _Spot(
        reading,
        start,
        end,
        costs,
        reading.partners.get(start),
        described,
        _before(reading, start) if described else None,
        reading.topic_at(start),
    )
    return tuple(_support(spot, one) for one in found)


@dataclass(frozen=True, slots=True)
class _Spot:
    """A place that words are to speak for, and what it belongs to: its own part of a row, what it describes, `before`
    what the figure before it describes where both do, and the topic that it breaks down."""

    reading: Reading
    start: int
    end: int
    costs: Costs
    partners: Partners | None
    described: Span | None
    before: Span | None
    topic: Span | None


def _before(reading: Reading, start: int) -> Span | None:
    """What the figure before a place describes, where a mark parts the two (7个工作站、55个工作室)."""
    at = bisect_left(reading.figure_starts, start) - 1
    described = reading.attributes.get(reading.figure_starts[at]) if at >= 0 else None
    between = reading.folded[described.end : start] if described else ""
    return described if PARTED.search(between) and not AGAIN.search(between) else None


PARTED = re.compile("^[^,，。;；:：]{0,4}[、,，]")
AGAIN = re.compile("[,，。;；:：、].*[,，。;；:：、]")


def weighted_mean(terms: tuple[Term, ...], supports: tuple[float, ...]) -> float:
    """The mean of the supports, each counted with its term's weight; 0 where there are no terms."""
    total = met = 0.0
    for term, support in zip(terms, supports, strict=True):
        total += term.weight
        met += term.weight * support
    return met / total if total else 0.0


def _support(spot: _Spot, found: Found) -> float:
    best = found.in_heading
    if spot.reading.row:
        best = max(best, _column_quality(spot.reading, spot.start, found.term))
    for place in found.places:
        if place.quality > best:
            best = max(best, place.quality * _nearness(spot, place))
    return max(best, _support_of_parts(spot, found)) if found.parts else best


APART = 0.95
"""What the words of a compound count for where they stand apart."""


def _support_of_parts(spot: _Spot, found: Found) -> float:
    """The parts of a term one by one, each for its share; characters that no part has are not met."""
    length = max(len(found.term.text), sum(len(part.term.text) for part in found.parts))
    met = sum(len(part.term.text) * _support(spot, part) for part in found.parts)
    return APART * met / length


def _column_quality(reading: Reading, position: int, term: Term) -> float:
    """How well the name of the column that a position stands in holds the term."""
    column = reading.row.column_at(position) if reading.row else None
    return max((quality for form, quality in term.forms if form in column.name), default=0.0) if column else 0.0


def _nearness(spot: _Spot, place: Occurrence) -> float:
    """How much a word at `place` says of a spot: 1 inside or beside it, less with all that lies between."""
    reading, costs, at = spot.reading, spot.costs, place.start
    if at < spot.end and spot.start < place.end:
        return 1.0
    for own in (spot.partners.own if spot.partners else None, spot.described):
        if own and own.start <= at < own.end:
            return costs.partner
    if spot.topic and spot.topic.start <= at < spot.topic.end:
        return math.exp(-costs.broken_down)
    is_behind = at >= spot.end
    left, right = (spot.end, at) if is_behind else (place.end, spot.start)
    parted = reading.price[right] - reading.price[left]
    if is_behind:
        parted = parted * costs.behind + costs.contested * _is_contested(spot, place.end)
    others = spot.partners.others if spot.partners else (spot.before,) if spot.before else ()
    if any(other.start <= at < other.end for other in others):
        parted += costs.other_partner
    near = math.exp(-parted - costs.character * min(right - left, 60))
    return max(near, costs.opening) if place.end <= reading.opening else near


def _is_contested(spot: _Spot, position: int) -> bool:
    """Whether words run on to a next figure, which they may as well speak of: 整改 in 21个问题完成整改19个.

    What those do who are counted is said of them, where something else is counted next: 34个部门配备记录仪2607台.
    """
    reading = spot.reading
    following = bisect_left(reading.figure_starts, position)
    if following == len(reading.figure_starts):
        return False
    if reading.mark_price[reading.figure_starts[following]] != reading.mark_price[position]:
        return False
    if spot.described is None:
        return True
    counted = reading.figures[bisect_left(reading.figure_starts, spot.start)]
    return counted.unit == reading.figures[following].unit


def _heading_quality(reading: Reading, term: Term) -> float:
    best = 0.0
    for depth, topic in enumerate(reversed(reading.topics)):
        quality = max((quality for form, quality in term.forms if form in topic), default=0.0)
        best = max(best, quality * (COSTS.heading if depth == 0 else COSTS.outer_heading))
    return best


PART = 0.48
CHARACTER = 0.33


def _places(text: str, term: Term) -> tuple[Occurrence, ...]:
    """Where the term's forms stand; where none does, parts of the word at less."""
    places = [
        Occurrence(start, start + len(form), quality)
        for form, quality in term.forms
        if form in text
        for start in _occurrences(text, form)
    ]
    if any(place.quality == 1.0 for place in places):
        return tuple(places)
    return tuple(places + _part_places(text, term.forms[0][0]) + _sound_places(text, term.text))


def _part_places(text: str, word: str) -> list[Occurrence]:
    if len(word) < 2 or word.isascii():
        return []
    if len(word) == 2:
        return [Occurrence(at, at + 1, CHARACTER) for char in word for at in _occurrences(text, char)]
    parts = {word[at : at + 2] for at in range(len(word) - 1)}
    share = sum(part in text for part in parts) / len(parts)
    return [
        Occurrence(at, at + 2, PART + (1 - PART) * share * 0.8) for part in parts for at in _occurrences(text, part)
    ]


DENIED = ("不", "未", "非", "不予", "未予", "未能", "未获", "没有", "没能")
"""Words that deny the one behind them."""
SPELT = 0.95


def _sound_places(text: str, word: str) -> list[Occurrence]:
    """Where a name stands that an English question spells by its sound."""
    if not may_be_spelt(word):
        return []
    return [Occurrence(start, end, SPELT) for start, end in spelt_places(text, word)]


def _occurrences(text: str, form: str) -> list[int]:
    """Where a form stands; a number not inside a longer one, a word not where it is denied (合格 in 不合格)."""
    found, at = [], text.find(form)
    while at >= 0:
        is_inside_number = form[0].isdigit() and text[at - 1 : at].isdigit()
        if not is_inside_number and not text.endswith(DENIED, max(0, at - 2), at):
            found.append(at)
        at = text.find(form, at + 1)
    return found
