"""Dates, years and numerals as reports write them: 2021-01-12, 二〇二一年一月十二日, 民國110年, January 12, 2021."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

_FULLWIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
_DIGITS = {
    **dict(zip("〇一二三四五六七八九", range(10), strict=True)),
    **dict(zip("零壹贰叁肆伍陆柒捌玖", range(10), strict=True)),
    "○": 0,
    "Ｏ": 0,
    "O": 0,
    "两": 2,
    "貳": 2,
    "參": 3,
    "陸": 6,
    "元": 1,
    "正": 1,
}
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100}
NUMERAL = "[一二三四五六七八九十百〇零]"

_YEAR = r"(?P<year>(?<!\d)(?:1[89]|20)\d\d|[一二][〇零○ＯO一二三四五六七八九]{3}|(?:民國|民国)\s?\d{1,3})"
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_MONTH_NAMES = "|".join(f"{name}|{name[:3]}" for name in _MONTHS)
_DATES = (
    re.compile(
        _YEAR
        + r"\s?年\s?(?P<month>\d{1,2}|[元正一二三四五六七八九十]{1,2})"
        + r"\s?月\s?(?P<day>\d{1,2}|[一二三四五六七八九十]{1,3})\s?[日号號]"
    ),
    re.compile(r"(?P<year>(?<!\d)(?:19|20)\d\d)(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})(?!\d)"),
    re.compile(rf"(?P<month>{_MONTH_NAMES})\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>(?:19|20)\d\d)", re.I),
    re.compile(rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?P<month>{_MONTH_NAMES})\.?,? (?P<year>(?:19|20)\d\d)", re.I),
)
_YEAR_WORD = re.compile(_YEAR + r"(?=\s?(?:[年\-—–－~～至/]|\d{2}年度))|(?<![\d.])(?P<bare>(?:19|20)\d\d)(?![\d.%,])")

# A month without a day, as some reports are signed.
MONTH_AT_END = re.compile(rf"[（(]?{_YEAR}\s?年\s?[\d一二三四五六七八九十]{{1,2}}\s?月[）)]?$")


def number(text: str) -> int | None:
    """The value of a whole number in digits or Chinese numerals (二十一, 二〇二一, １２)."""
    plain = text.translate(_FULLWIDTH).strip()
    if re.fullmatch("[0-9]+", plain):
        return int(plain)
    if not plain or any(character not in _DIGITS and character not in _TENS for character in plain):
        return None
    if not any(character in _TENS for character in plain):
        return int("".join(str(_DIGITS[character]) for character in plain))
    return _counted(plain)


def find_dates(text: str) -> Iterator[tuple[int, int, str]]:
    """Every date with where it stands, in order: start, end, ISO date."""
    plain = text.translate(_FULLWIDTH)
    found = sorted((match for pattern in _DATES for match in pattern.finditer(plain)), key=re.Match.start)
    for match in found:
        if (iso := _iso(match)) is not None:
            yield match.start(), match.end(), iso


def first_date(text: str) -> str | None:
    """The first date in a text, as ISO date."""
    return next((iso for _, _, iso in find_dates(text)), None)


def date_alone(text: str) -> str | None:
    """The date, where a text is a date and nothing more (brackets, a time of day and 印发 aside)."""
    for start, end, iso in find_dates(text):
        rest = text[:start] + text[end:]
        return (
            iso
            if re.fullmatch(
                r"[\s()（）【】\[\]。]*(?:印发|印發|公布|公佈|发布|發佈|發布)?(?:\d{1,2}:\d{2}(?::\d{2})?)?[\s()（）【】\[\]。]*",
                rest,
            )
            else None
        )
    return None


def find_years(text: str) -> Iterator[tuple[int, int, int]]:
    """Every year that a text names, with where it stands: start, end, year."""
    plain = text.translate(_FULLWIDTH)
    for match in _YEAR_WORD.finditer(plain):
        value = year_value(match["year"] or match["bare"])
        if value is not None:
            yield match.start(), match.end(), value


def year_value(text: str) -> int | None:
    """A year as a number; years of the Republic (民國) count from 1912."""
    if text.startswith("民"):
        value = number(text[2:])
        return value + 1911 if value else None
    value = number(text)
    return value if value is not None and 1800 <= value <= 2200 else None


def _iso(match: re.Match[str]) -> str | None:
    year, month, day = year_value(match["year"]), _month(match["month"]), number(match["day"])
    try:
        return date(year or 0, month or 0, day or 0).isoformat()
    except ValueError:
        return None


def _month(text: str) -> int | None:
    names = [name[:3].lower() for name in _MONTHS]
    return names.index(text[:3].lower()) + 1 if text[:3].lower() in names else number(text)


def _counted(text: str) -> int:
    """二十一, 一百零八: digits before 十 and 百."""
    total, pending = 0, 0
    for character in text:
        if character in _TENS:
            total += (pending or 1) * _TENS[character]
            pending = 0
        else:
            pending = _DIGITS[character]
    return total + pending
