"""The words of a figure's own, from the mark or figure before it to the one behind it; how a question meets them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from wenbao.answers.choosing import Candidate
from wenbao.answers.figures import Span
from wenbao.answers.reading import AMONG, Reading, clause_at

MET = 0.45
"""What a word has to be worth at a place to be met there."""


@dataclass(frozen=True, slots=True)
class Met:
    """Where words of the question stand in a passage, and how well each of its characters is met."""

    spans: tuple[Span, ...]
    qualities: tuple[float, ...]


def met_in(candidate: Candidate) -> Met:
    """Where the passage of a place meets words of the question."""
    spans, qualities = [], [0.0] * len(candidate.reading.folded)
    for place in (place for one in candidate.found for place in one.every_place if place.quality >= MET):
        spans.append(Span(place.start, place.end))
        for at in range(place.start, place.end):
            qualities[at] = max(qualities[at], place.quality)
    return Met(tuple(spans), tuple(qualities))


def label_of(reading: Reading, start: int, end: int) -> Span:
    """The words of a figure's own before it, without 其中."""
    own = own_words(reading, start, end)
    among = AMONG.match(reading.folded, own.start, start)
    return Span(among.end() if among else own.start, min(own.end, start))


def share_met(reading: Reading, own: Sequence[int], met: Met) -> float:
    """The share of what some characters tell that words of the question meet."""
    total = sum(reading.telling[at] for at in own)
    return sum(reading.telling[at] * met.qualities[at] for at in own) / total if total else 0.5


def letters_in(reading: Reading, span: Span) -> list[int]:
    """The positions of the characters of a stretch that are no marks."""
    return [at for at in range(span.start, span.end) if reading.folded[at].isalnum()]


@dataclass(frozen=True, slots=True)
class Label:
    """The share of the question's words that stand in a figure's `own` words, `inherited` in these or those of its
    whole; `named`, the share of its label that the question has."""

    own: float
    inherited: float
    named: float


Labels = dict[tuple[int, int, int], Label]
"""The labels looked at for one question, by reading, start and end: a sentence's figures are rivals of one another."""


def label_at(labels: Labels, one: Candidate, start: int, end: int, met: Met) -> Label:
    """How a question meets the own words of a figure in the passage of a place; looked at once, then in `labels`."""
    key = (id(one.reading), start, end)
    if key not in labels:
        said = one.said_of(start, end)
        own = {own_words(one.reading, at, to) for at, to in {(start, end), (said.start, said.end)}}
        label = label_of(one.reading, said.start, said.end)
        if label.start == label.end and (shared := _shared_label(one.reading, said.start)):
            label = shared
            own.add(shared)
        whole = one.reading.topic_at(said.start)
        share = share_within(one, *own)
        inherited = share_within(one, *own, whole) if whole else share
        own_letters = letters_in(one.reading, label)
        labels[key] = Label(share, inherited, share_met(one.reading, own_letters, met))
    return labels[key]


NEXT_IN_ROW = re.compile(r"[^,，。;；:：、\d]{1,24}[、和及]")


@lru_cache(maxsize=20_000)
def _shared_label(reading: Reading, start: int) -> Span | None:
    """The words before the first of a row of counts, which are those of the others as well (新建9个甲、47个乙)."""
    before = [figure for figure in reading.figures if figure.end <= start]
    if not before or NEXT_IN_ROW.fullmatch(reading.folded, before[-1].end, start) is None:
        return None
    label = label_of(reading, before[-1].start, before[-1].end)
    return label if label.start < label.end else _shared_label(reading, before[-1].start)


@lru_cache(maxsize=20_000)
def own_words(reading: Reading, start: int, end: int) -> Span:
    """From the mark or figure before a figure to the mark or figure behind it; of a figure of a row, what it belongs to
    (40.6% in 化肥、农药利用率分别为40.2%和40.6%: 农药利用率)."""
    partners = reading.partners.get(start)
    if partners is not None:
        return partners.own
    clause = clause_at(reading, start, start + 1)
    marks = [mark + 1 for mark in reading.boundaries.enumerations if clause.start <= mark < start]
    figures = [figure.end for figure in reading.figures if clause.start < figure.end <= start]
    ends = [mark for mark in reading.boundaries.enumerations if end <= mark < clause.end]
    ends += [figure.start for figure in reading.figures if end <= figure.start < clause.end]
    return Span(max([clause.start, *marks, *figures]), min([max(end, clause.end), *ends]))


def share_within(one: Candidate, *spans: Span) -> float:
    """The share of the question's words, by weight, that stand in one of some stretches."""
    total = met = 0.0
    for found in one.found:
        best = 0.0
        for place in found.every_place:
            if place.quality > best and any(span.start <= place.start and place.end <= span.end for span in spans):
                best = place.quality
        total += found.term.weight
        met += found.term.weight * best
    return met / total if total else 0.0
