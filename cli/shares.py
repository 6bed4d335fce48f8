"""How far a measured share can be trusted: intervals, the test of a change, and curves over confidences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest, mannwhitneyu

SURE = 0.95
COVERAGES = (0.2, 0.4, 0.6, 0.8, 1.0)
_SAMPLES = 1000
_SEED = 20180101


@dataclass(frozen=True, slots=True)
class Share:
    """A share, or a mean of values from 0 to 1, with the interval that holds the true one 95 times of a hundred."""

    value: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Risk:
    """What is wrong of the answered, where only the surest answers are given: `coverage` of all questions."""

    coverage: float
    risk: float
    confidence: float


def share(met: Sequence[bool]) -> Share:
    """The share that is met, with Wilson's interval; there must be at least one."""
    found = binomtest(sum(met), len(met))
    interval = found.proportion_ci(SURE, method="wilson")
    return Share(float(found.statistic), float(interval.low), float(interval.high), len(met))


def mean(values: Sequence[float]) -> Share:
    """The mean, with the percentile interval of a bootstrap that comes out the same each time."""
    every = np.asarray(values, np.float64)
    drawn = np.random.default_rng(_SEED).integers(len(every), size=(_SAMPLES, len(every)))
    low, high = np.quantile(every[drawn].mean(axis=1), [(1 - SURE) / 2, (1 + SURE) / 2])
    return Share(float(every.mean()), float(low), float(high), len(every))


def chance_of_change(became_right: int, became_wrong: int) -> float:
    """How probable so lopsided a change is by chance: McNemar's test, in its exact form (a sign test, two-sided)."""
    changed = became_right + became_wrong
    return float(binomtest(became_right, changed).pvalue) if changed else 1.0


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """How probable it is that one of the first is above one of the second; None where there are none of either."""
    if not positive or not negative:
        return None
    return float(mannwhitneyu(positive, negative).statistic) / (len(positive) * len(negative))


def risks(confidences: Sequence[float], right: Sequence[bool], asked: int) -> list[Risk]:
    """The risk at fixed coverages of the `asked`, up to all that were answered; answers are given surest first."""
    order = sorted(range(len(right)), key=lambda at: -confidences[at])
    wanted = {round(coverage * asked) for coverage in COVERAGES}
    found = []
    for count in sorted({*(one for one in wanted if 0 < one < len(right)), *([len(right)] if len(right) else [])}):
        given = order[:count]
        wrong = sum(not right[at] for at in given)
        found.append(Risk(count / asked, wrong / count, confidences[given[-1]]))
    return found
