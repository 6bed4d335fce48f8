"""Conditions on metadata as Dify puts them: a field or several, an operator, a value of whatever type it may be."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Literal

from pydantic import BaseModel

Operator = Literal[
    "contains", "not contains", "start with", "end with", "is", "is not", "in", "not in", "empty", "not empty",
    "null", "not null", "=", "≠", ">", "<", "≥", "≤", "before", "after",
]  # fmt: skip
Item = str | int | float
Known = Mapping[str, Item | Sequence[str] | None]
Range = tuple[float, float]

OPPOSITES = {"not contains": "contains", "is not": "is", "not in": "in", "≠": "="}
LISTS = ("in", "not in")
EARLIEST_TIMESTAMP = 100_000_000
"""From here on a number is seconds since 1970, not a year."""
EARLIEST_MILLISECONDS = 100_000_000_000
# Dates in the reports are China's, and so are those that people choose in Dify.
CHINA = timezone(timedelta(hours=8))

_date = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?(?:[t ].*)?)?月?)?年?").fullmatch


class Condition(BaseModel):
    """One condition. Of several names any may meet it, and of several values any will do."""

    name: str | list[str]
    comparison_operator: Operator
    value: Item | list[Item | None] | None = None

    @property
    def names(self) -> list[str]:
        return [self.name] if isinstance(self.name, str) else self.name


class MetadataCondition(BaseModel):
    """Several conditions; none at all are met by everything."""

    logical_operator: Literal["and", "or"] | None = "and"
    conditions: list[Condition] | None = None


def meets(wanted: MetadataCondition, known: Known) -> bool:
    """Whether metadata meet the conditions.

    A field that nobody knows is empty. What compares with a value that was left out is met by nothing, so that a
    variable that somebody forgot to set does not open the whole library.
    """
    met = [_is_met(one, known) for one in wanted.conditions or ()]
    if not met:
        return True
    return any(met) if wanted.logical_operator == "or" else all(met)


def _is_met(condition: Condition, known: Known) -> bool:
    here = [item for name in condition.names for item in _items(known.get(name))]
    operator = condition.comparison_operator
    if operator in ("empty", "null"):
        return not here
    if operator in ("not empty", "not null"):
        return bool(here)
    values = _values(condition)
    if values is None:
        return False
    opposite = OPPOSITES.get(operator)
    test = TESTS[opposite or operator]
    return any(test(item, value) for item in here for value in values) != (opposite is not None)


def _values(condition: Condition) -> list[Item] | None:
    """What to compare with; None where there is nothing. `in` takes a list or, like Dify, a text with commas."""
    value = condition.value
    listed = condition.comparison_operator in LISTS
    if listed and isinstance(value, str):
        value = [value, *value.split(",")]
    values = _items(value)
    return values if values or (listed and value is not None) else None


def _items(value: Item | Sequence[Item | None] | None) -> list[Item]:
    several = [value] if isinstance(value, str | int | float | None) else value
    return [one for one in several if one is not None and (not isinstance(one, str) or one.strip())]


def _same(item: Item, value: Item) -> bool:
    if isinstance(item, str):
        dates = _as_dates(item, value)
        return _plain(item) == _plain(value) or (dates is not None and dates[0] == dates[1])
    return item == _number(value)


def _before(item: Item, value: Item) -> bool:
    ranges = _ranges(item, value)
    return ranges is not None and ranges[0][1] < ranges[1][0]


def _after(item: Item, value: Item) -> bool:
    ranges = _ranges(item, value)
    return ranges is not None and ranges[0][0] > ranges[1][1]


def _not_before(item: Item, value: Item) -> bool:
    ranges = _ranges(item, value)
    return ranges is not None and ranges[0][1] >= ranges[1][0]


def _not_after(item: Item, value: Item) -> bool:
    ranges = _ranges(item, value)
    return ranges is not None and ranges[0][0] <= ranges[1][1]


TESTS: dict[str, Callable[[Item, Item], bool]] = {
    "contains": lambda item, value: _plain(value) in _plain(item),
    "start with": lambda item, value: _plain(item).startswith(_plain(value)),
    "end with": lambda item, value: _plain(item).endswith(_plain(value)),
    "is": _same,
    "in": _same,
    "=": _same,
    "<": _before,
    "before": _before,
    ">": _after,
    "after": _after,
    "≥": _not_before,
    "≤": _not_after,
}


def _ranges(item: Item, value: Item) -> tuple[Range, Range] | None:
    """Both as ranges of numbers, or both as ranges of days; None where they cannot be compared."""
    number = _number(value)
    if not isinstance(item, str) and number is not None and number < EARLIEST_TIMESTAMP:
        return (item, item), (number, number)
    return _as_dates(item, value)


def _as_dates(item: Item, value: Item) -> tuple[Range, Range] | None:
    days, other_days = _days(item), _days(value)
    return (days, other_days) if days and other_days else None


def _days(value: Item) -> Range | None:
    """The first and the last day that a date, a month, a year or a timestamp stands for."""
    number = _number(value)
    if number is not None and number >= EARLIEST_TIMESTAMP:
        day = _day_of_timestamp(number)
        return (day, day) if day else None
    match = _date(_plain(value))
    if match is None:
        return None
    year, month, day_of_month = (int(one) if one else None for one in match.groups())
    try:
        first = date(year or 0, month or 1, day_of_month or 1)
    except ValueError:
        return None
    last = first if day_of_month else first.replace(month=month or 12, day=monthrange(first.year, month or 12)[1])
    return first.toordinal(), last.toordinal()


def _day_of_timestamp(number: float) -> int | None:
    seconds = number / 1000 if number >= EARLIEST_MILLISECONDS else number
    try:
        return datetime.fromtimestamp(seconds, CHINA).toordinal()
    except (ValueError, OverflowError, OSError):
        return None


def _number(value: Item) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def _plain(value: Item) -> str:
    """A text as it is compared: without differences of width, case and the blanks around it."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return unicodedata.normalize("NFKC", str(value)).strip().casefold()
