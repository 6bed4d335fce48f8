"""Folds text for search: scripts, widths, letter case and the many ways to write a number become one.

`fold` keeps every character in its place, so that a position in the folded text is one in the original;
`search_form` does not, and writes numbers in digits as well. Neither is ever shown to anyone.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import cache

import opencc

HAN = "々〇\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f"

_ZEROS = {"〇": "零", "○": "零"}
_DIGITS = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万亿": 10**12, "亿": 10**8, "万": 10**4}
_SHARES = {"百": "%", "千": "‰", "万": "‱"}

_D = "一二两三四五六七八九"
_TENS = rf"[{_D}]?十[{_D}]?"
_HUNDREDS = rf"[{_D}]百(?:零[{_D}]|[{_D}]十[{_D}]?)?"
_THOUSANDS = rf"[{_D}]千(?:{_HUNDREDS}|零(?:{_TENS}|[{_D}]))?"
_SECTION = rf"(?:{_THOUSANDS}|{_HUNDREDS}|{_TENS}|[{_D}])"
_INTEGER = re.compile(rf"(?:({_SECTION})万亿)?零?(?:({_SECTION})亿)?零?(?:({_SECTION})万)?(零?{_SECTION})?")
_POINT = rf"点[零{_D}]+(?![十百千])"

_SPACES = re.compile(rf"(?<=[{HAN}])\s+(?=[{HAN}0-9])|(?<=[0-9%])\s+(?=[{HAN}])")
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])")
_SHARE = re.compile(rf"([百千万])分之(百|[零{_D}十百千万亿]+(?:{_POINT})?|\d+(?:\.\d+)?)")
_NUMERAL = re.compile(rf"[零{_D}十百千万亿]+(?:{_POINT})?")
_TAKES_ONE_NUMERAL = re.compile(r"年|月|日|号|个百分点")
_IN_MYRIADS = re.compile(r"(?<![\d.])(\d{1,15}(?:\.\d{1,15})?)(万亿|万|亿)")


def fold(text: str) -> str:
    """The text in Simplified characters, half width and lower case, of the same length; circled numbers stay."""
    return text.translate(_table)


def clean(text: str) -> str:
    """The text without what nobody sees (format characters, halves of pairs), each control character a space."""
    if text.isprintable():
        return text
    kinds = {"Cc": " ", "Cf": "", "Cs": ""}
    return "".join(kinds.get(unicodedata.category(character), character) for character in text)


def search_form(text: str) -> str:
    """The folded text with its numbers in digits: 二〇二〇年 and ２０２０年 are 2020年, 百分之十八点六 is 18.6%.

    Thousands separators, invisible characters and spaces between Chinese characters are gone. A single numeral is
    a number only before 年, 月, 日, 号 and 个百分点, so that 一是 and 三项制度 keep their words, and so do 十九大,
    十三五 and 千万.
    """
    return in_digits(tight(text))


def tight(text: str) -> str:
    """The folded text without what nobody sees and without spaces between Chinese characters and figures."""
    return _SPACES.sub("", fold(clean(text)))


def in_digits(folded: str) -> str:
    """A folded text with its numbers in digits."""
    form = _GROUPED.sub(lambda match: match[0].replace(",", ""), folded)
    form = _SHARE.sub(_share_in_digits, form)
    form = _NUMERAL.sub(_numeral_in_digits, form)
    return _IN_MYRIADS.sub(lambda match: _plain(Decimal(match[1]) * _MYRIADS[match[2]]), form)


class _Table(dict[int, str]):
    """What each character is folded to, found when a text first has it: to look all of them up would take longer than
    most questions."""

    def __missing__(self, code: int) -> str:
        once = _simplified(_narrow(chr(code)))
        self[code] = twice = _simplified(_narrow(once))
        return twice


_table = _Table()


def _narrow(character: str) -> str:
    """The lower-case, half-width form where that is one character; ①, ² and ½ are no plain digits and stay, as do
    control characters and halves of pairs."""
    if unicodedata.category(character) in ("No", "Cs", "Cc", "Cn"):
        return character
    form = unicodedata.normalize("NFKC", character).lower()
    return _ZEROS.get(form, form) if len(form) == 1 else character


def _simplified(character: str) -> str:
    """A character in Simplified; forms of Hong Kong and Taiwan that are in no common table come last."""
    if character.isascii() or unicodedata.category(character) in ("Cs", "Cn"):
        return character
    for converter in _converters():
        converted = converter.convert(character)
        character = converted if len(converted) == 1 else character
    return character


@cache
def _converters() -> tuple[opencc.OpenCC, opencc.OpenCC]:
    return opencc.OpenCC("t2s"), opencc.OpenCC("hk2s")


def _share_in_digits(match: re.Match[str]) -> str:
    number = "100" if match[2] == "百" else _value(match[2])
    return match[0] if number is None else number + _SHARES[match[1]]


def _numeral_in_digits(match: re.Match[str]) -> str:
    text, rest = match[0], match.string[match.end() : match.end() + 4]
    if len(text) == 1 and not _TAKES_ONE_NUMERAL.match(rest):
        return text
    if rest.startswith("大"):  # the congresses of a party: 十九大, 二十大
        return text
    if len(text) > 1 and all(character in _DIGITS for character in text):
        return _digit_by_digit(text, rest)
    return _value(text) or text


def _digit_by_digit(text: str, rest: str) -> str:
    """二零二零 is a number; 三三 and 一二三 are words unless a 年 follows."""
    certain = len(text) == 4 or ("零" in text[1:] and len(text) > 2) or rest.startswith("年")
    return "".join(str(_DIGITS[character]) for character in text) if certain and "两" not in text else text


def _value(text: str) -> str | None:
    """A number in Chinese or Arabic numerals as digits; None where it is no well-formed number."""
    if text[0].isascii():
        return text
    whole, _, fraction = text.partition("点")
    value = 0 if whole == "零" else _integer(whole)
    if value is None:
        return None
    return f"{value}.{''.join(str(_DIGITS[digit]) for digit in fraction)}" if fraction else str(value)


def _integer(text: str) -> int | None:
    match = _INTEGER.fullmatch(text)
    if match is None or text == "零":
        return None
    trillions, hundred_millions, myriads, ones = (match[group] or "" for group in range(1, 5))
    if len(ones) == 1 and len(text) > 1:  # 两万五 is said for 25,000
        return None
    sections = (trillions, 10**12), (hundred_millions, 10**8), (myriads, 10**4), (ones, 1)
    return sum(_section(section) * scale for section, scale in sections)


def _section(text: str) -> int:
    total = digit = 0
    for character in text:
        if character in _UNITS:
            total += (digit or 1) * _UNITS[character]
            digit = 0
        else:
            digit = _DIGITS[character]
    return total + digit


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
