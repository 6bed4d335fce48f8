"""The answer rate over time as a drawing: where the bars, the line and the words of its axes stand (SVG units)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from wenbao.answers.insights import Period

WIDTH, HEIGHT = 720, 240
LEFT, RIGHT, TOP, BOTTOM = 44, 48, 12, 30
LABELS = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """One period: all questions, those that were answered, and the point of the rate (None where nobody asked)."""

    x: float
    width: float
    y: float
    height: float
    answered_y: float
    answered_height: float
    middle: float
    rate_y: float | None


@dataclass(frozen=True, slots=True)
class Tick:
    """A word on an axis, and where."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """What the template draws; the line of the rate is in pieces where there are periods without questions."""

    bars: tuple[Bar, ...]
    lines: tuple[str, ...]
    counts: tuple[Tick, ...]
    rates: tuple[Tick, ...]
    days: tuple[Tick, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


def chart_of(periods: Sequence[Period]) -> Chart:
    """The drawing of these periods."""
    most = _rounded(max((one.counts.asked for one in periods), default=0))
    bars = tuple(_bar(number, one, len(periods), most) for number, one in enumerate(periods))
    return Chart(
        bars=bars,
        lines=_lines(bars),
        counts=tuple(Tick(_y(count / most), str(count)) for count in sorted({0, most // 2, most})),
        rates=tuple(Tick(_y(share / 100), f"{share}%") for share in (0, 50, 100)),
        days=tuple(
            Tick(bar.middle, _day(one.start))
            for number, (bar, one) in enumerate(zip(bars, periods, strict=True))
            if number % -(-len(periods) // LABELS) == 0
        ),
    )


def _bar(number: int, period: Period, count: int, most: int) -> Bar:
    room = (WIDTH - LEFT - RIGHT) / count
    x = LEFT + number * room
    asked, answered = _y(period.counts.asked / most), _y(period.counts.answered / most)
    base, rate = HEIGHT - BOTTOM, period.counts.rate
    return Bar(
        x=round(x + room * 0.15, 1),
        width=round(room * 0.7, 1),
        y=asked,
        height=round(base - asked, 1),
        answered_y=answered,
        answered_height=round(base - answered, 1),
        middle=round(x + room / 2, 1),
        rate_y=None if rate is None else _y(rate),
    )


def _lines(bars: Sequence[Bar]) -> tuple[str, ...]:
    lines: list[list[str]] = [[]]
    for bar in bars:
        if bar.rate_y is None:
            lines.append([])
        else:
            lines[-1].append(f"{bar.middle},{bar.rate_y}")
    return tuple(" ".join(points) for points in lines if len(points) > 1)


def _y(share: float) -> float:
    return round(HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP), 1)


def _rounded(most: int) -> int:
    """The next number that is easy to read: 2, 4, 10, 20, 40, 100, ..."""
    power = 1
    while True:
        for step in (2, 4, 10):
            if most <= step * power:
                return step * power
        power *= 10


def _day(day: date) -> str:
    return f"{day.month}-{day.day:02}"
