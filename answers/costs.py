"""What it costs a word of the question to speak for a place in the text, by what lies between them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Costs:
    """What lies between a word and the place that it is to speak for; nearness is exp(-sum of costs)."""

    figure: float = 0.06
    bracket: float = 0.03
    enumeration: float = 0.06
    comma: float = 0.15
    semicolon: float = 0.2
    sentence: float = 0.7
    carried: float = 0.35
    broken_down: float = 0.2
    point: float = 0.9
    behind: float = 12.8
    character: float = 0.0012
    opening: float = 0.3
    heading: float = 0.7
    outer_heading: float = 0.32
    partner: float = 1.0
    contested: float = 0.4
    other_partner: float = 0.42


COSTS = Costs()
