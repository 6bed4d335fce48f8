"""What it costs a word of the question to speak for a place in the text, by what lies between them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Costs:
    """What lies between a word and the place that it is to speak for; nearness is exp(-sum of costs)."""

    figure: float = 0.0815
    bracket: float = 0.0382
    enumeration: float = 0.105
    comma: float = 0.128
    semicolon: float = 0.138
    sentence: float = 0.679
    point: float = 1.56
    behind: float = 10.0
    character: float = 0.00171
    heading: float = 0.689
    outer_heading: float = 0.187
    partner: float = 1.0
    contested: float = 0.25
    other_partner: float = 0.648


COSTS = Costs()
