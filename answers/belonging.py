"""Whether a figure is of what a question asks about: not of it and others together, nor of the whole for its part."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wenbao.answers.choosing import Candidate
from wenbao.answers.evidence import Found, Occurrence
from wenbao.answers.labels import MET, label_of
from wenbao.answers.reading import clause_at

SURE = 0.8
"""A word that is met less well may be another one."""
COUNTS_ROW = ("等", "共", "以上", "上述")
"""Before a figure that only says how many things stand in the row: 教育局、水务局等6个单位."""
OF_LEVEL = ("省", "市", "区", "县", "镇", "乡", "各")
"""What may stand before a body that the question leaves out: 区市场监管局."""
JOINT = re.compile("[、和与及]")


def is_of_several(one: Candidate) -> bool:
    """Whether a noun of the question stands in a row with another thing that the question does not name, and the figure
    is of all of them: 政协 in 人大、政协交办的建议提案358件."""
    clause = clause_at(one.reading, one.said.start, one.said.end)
    before = [figure for figure in one.reading.figures if clause.start < figure.end <= one.said.start]
    others = [figure.end for figure in before if not one.reading.folded.endswith(COUNTS_ROW, 0, figure.start)]
    row = range(max([clause.start, *others]), one.said.start)
    nouns = [place for found in one.found if found.term.part == "noun" for place in found.places if place.start in row]
    return any(_has_stranger(one, place, row) for place in nouns if place.quality >= SURE)


def _has_stranger(one: Candidate, place: Occurrence, row: range) -> bool:
    """Whether right before or behind a place, over a 、 or 和, another thing stands that the question does not name."""
    text, length = one.reading.folded, place.end - place.start
    before = place.start - 1 - text.startswith(OF_LEVEL, place.start - 1)
    beside = []
    if before in row and JOINT.match(text, before):
        beside.append(range(max(row.start, before - length), before))
    if place.end in row and JOINT.match(text, place.end):
        beside.append(range(place.end + 1, min(row.stop, place.end + 1 + length)))
    met = [other for found in one.found for other in found.every_place if other.quality >= MET]
    return any(not any(other.start < span.stop and span.start < other.end for other in met) for span in beside if span)


def share_of_parts(one: Candidate) -> float:
    """The share of the weight of the question's nouns that stand last before the figure as parts of something else that
    is broken down: 镇街 for the 12 that were lost in 80件,其中区政府9件、镇街31件。败诉12件."""
    nouns = [found for found in one.found if found.term.part == "noun"]
    total = sum(found.term.weight for found in nouns)
    parts = list(_parts_before(one))
    lent = sum(found.term.weight for found in nouns if parts and _stands_last_in(found, one, parts))
    return lent / total if total else 0.0


def _parts_before(one: Candidate) -> Iterator[range]:
    """The labels of the parts that other counts before the figure are broken down into."""
    reading = one.reading
    own = reading.topic_at(one.said.start)
    for figure in reading.figures:
        topic = reading.topic_at(figure.start) if figure.end <= one.said.start else None
        if topic is not None and topic != own:
            label = label_of(reading, figure.start, figure.end)
            yield range(label.start, label.end)


def _stands_last_in(found: Found, one: Candidate, spans: list[range]) -> bool:
    starts = [place.start for place in found.places if place.quality >= SURE and place.end <= one.said.start]
    return bool(starts) and any(max(starts) in span for span in spans)
