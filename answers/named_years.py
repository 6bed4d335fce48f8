"""The years that a question, or a part of one, names: in digits, in numerals, or in words like 去年."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from wenbao.answers.figures import unit_at
from wenbao.config.language import language_data

YearWord = Literal["told", "plan", "before", "either"]

YEAR_WORDS = (
    r"(?:19|20)\d{2}年?度?[底末]?|[一二][零〇○一二三四五六七八九]{3}年度?|(?<!\d)[0-3]\d(?:年|(?=[到至~—–-][0-3]\d年))"
)
YEAR_DIGITS = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
YEAR_NUMERALS = re.compile(r"([一二][零〇○一二三四五六七八九]{3})年")
SHORT_YEAR = re.compile(r"(?:^|[\s,，])([0-3]\d)年(?!来|内|以|间|前|后|级)")
SHORT_RANGE = re.compile(r"(?<!\d)([0-3]\d)年?[到至~—–-]([0-3]\d)年(?!来|内|以|间|前|后|级)")
NUMERAL_VALUES = {char: str(value) for value, char in enumerate("零一二三四五六七八九")} | {"〇": "0", "○": "0"}


def years_named(plain: str) -> tuple[int, ...]:
    """The years that a question, or a part of one, names in digits or numerals."""
    wanted = re.sub(r"《[^》]*》|(?:比起?|较)(?:19|20)\d{2}年(?!.{0,12}相比)", "", plain)
    digits = (match for match in YEAR_DIGITS.finditer(wanted))
    years = [int(match.group(1)) for match in digits if not _is_counted(wanted, match.end())]
    years += [int("".join(NUMERAL_VALUES[char] for char in match.group(1))) for match in YEAR_NUMERALS.finditer(plain)]
    short = SHORT_RANGE.search(plain) or SHORT_YEAR.search(plain)
    if short and not years:
        years += [2000 + int(year) for year in short.groups()]
    return tuple(dict.fromkeys(years))


def _is_counted(plain: str, end: int) -> bool:
    """Whether digits that look like a year count something: 2000元, 2000件, 2000多."""
    return not plain.startswith("年", end) and (bool(unit_at(plain, end)) or plain.startswith(("多", "余", "以"), end))


def year_word(plain: str) -> YearWord | None:
    """The year that is wanted in words; one that is only compared with (比前一年) or carried over to is not.

    This year is the one that is planned where the question speaks of what is to be.
    """
    words = language_data("questions")["year_words"]
    wanted = _compared_years().sub("", plain)
    if INTENDED.search(wanted):
        return "plan"
    for name in ("before", "plan", "told", "either"):
        if any(word in wanted for word in words[name]):
            return name
    return None


INTENDED = re.compile(
    r"(?:今年|本年)[^,，。;；?？]{0,8}?(?:打算|计划(?![生完执落])|准备(?!金)|(?<![模虚])拟|力争|争取(?![到了])|预期(?!寿命)"
    r"|目标(?!任?务?[^,，]{0,4}(?:完成|实现))|(?<![主重需首])要(?![求素点件闻么])|再(?![次生就造担贷婚]))"
    r"|(?:打算|计划|准备|目标是?)(?:今年|本年)|\bthis year's (?:target|goal|plan)s?\b"
    r"|\b(?:plan(?:s|ned)?|targets?|goals?|aim(?:s|ed)?|intend(?:s|ed)?)\b.*\bthis year\b|\bwill\b.*\bthis year\b"
)
"""今年打算, 今年要 and the like speak of the year to come, as the report saw it."""


@cache
def _compared_years() -> re.Pattern[str]:
    names = [word for words in language_data("questions")["year_words"].values() for word in words]
    years = "|".join(sorted((re.escape(name) for name in names), key=len, reverse=True))
    return re.compile(
        rf"(?:比起?|较|跟|与|和|同|到|至)(?:{years})|(?:{years})(?:相比|比起来)"
        rf"|(?:than|from|to|with|against) (?:{years})"
    )
