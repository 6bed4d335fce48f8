"""Finds personal data in what people write and masks it, so that it is neither answered from, kept nor logged."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

import phonenumbers
from stdnum import luhn
from stdnum.iso7064 import mod_11_2

from wenbao.answers.figures import unit_at, unit_group
from wenbao.answers.introductions import introduced
from wenbao.answers.model import Language
from wenbao.config.language import language_data
from wenbao.index.folding import fold

PersonalData = Literal["phone", "identity", "card", "email"]
Span = tuple[int, int, PersonalData]

MASK = "***"
"""Says nothing of what stood there, not even its length, and is no word that an answer could be looked for with."""

_FEWEST_DIGITS = 7
_DIGITS = "零〇一二三四五六七八九"
_PLAIN_DIGITS = str.maketrans("零〇一二三四五六七八九幺", "001234567891")

_email = re.compile(
    r"[A-Za-z0-9._%+'-]+\s?@\s?(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}|[A-Za-z0-9._%+'-]+@(?:[\w-]+\.)+[\u4e00-\u9fff]{2}"
)
_han_digits = re.compile(rf"[{_DIGITS}幺]{{{_FEWEST_DIGITS},}}")
_run = re.compile(r"[0-9](?:[ .()/_-]{0,3}[0-9])*[Xx]?")
_group = re.compile(r"[0-9]+[Xx]?")
_hong_kong_identity = re.compile(
    r"(?<![0-9A-Za-z])([A-Za-z]{1,2})([0-9]{6}) ?(?:\(([0-9Aa])\)|([0-9Aa]))(?![0-9A-Za-z])"
)
_macau_identity = re.compile(r"(?<![0-9A-Za-z])[157](?:[0-9]{6}\([0-9]\)|/[0-9]{6}/[0-9])(?![0-9A-Za-z])")
_taiwan_identity = re.compile(r"(?<![0-9A-Za-z])([A-Za-z])([1289][0-9]{8})(?![0-9A-Za-z])")

# What stands before a number says what it is: these words, at most so many characters away.
_REACH = 12
_phone_word = re.compile(
    r"(?:电话|電話|手机|手機|座机|座機|传真|傳真|联系|聯繫|聯絡|致电|致電|拨打|撥打|打给|微信|"
    r"\b(?:tel|phone|mobile|cell|call me|fax|whatsapp|wechat))[^0-9,。;!?]*$",
    re.IGNORECASE,
)
# Right before a number, with nothing between but 号码, 是 or a colon.
_phone_named = re.compile(
    r"(?:电话|電話|手机|手機|座机|座機|传真|傳真|微信|\b(?:tel|phone|mobile|cell|fax|whatsapp|wechat))"
    r"(?:号码|號碼|号|號)?[是为為係系:]? ?$",
    re.IGNORECASE,
)
# Before phones that are counted and not named, and what phones, calls and faxes are counted in. What else stands
# behind a number there may only begin like a unit (电话91234567对吗, 电话91234567家里没人).
_handed_out = re.compile(
    r"(?:发放|發放|配发|配發|配备|配備|购买|購買|购置|購置|采购|採購|生产|生產|销售|銷售|出售|出口|回收|赠送|贈送|捐赠|捐贈"
    r"|追回|查获|查獲|缴获|繳獲|安装|安裝)[^0-9,。;!?]{0,6}$"
)
_phones_counted = re.compile("个(?!人)|人(?!在)|[部台次门户宗件条例起通份页套只支枚张]")
_no_unit = re.compile("对(?:[吗嘛么吧啊呢]|不对)")
_figure_ends = re.compile(r"(?:以上|以下|左右|[,。;!、)]|$)")
_identity_word = re.compile(r"(?:身份证|身份證|证件|證件|\bid(?: card| number)?\b)[^0-9,。;!?]*$", re.IGNORECASE)
_card_word = re.compile(r"(?:卡号|卡號|银行卡|銀行卡|账号|帳號|账户|\b(?:card|account))[^0-9,。;!?]*$", re.IGNORECASE)
# Before a bare number: money, the number of a document, a letter or digit that it goes on from.
_not_bare = re.compile(r"(?:[¥$€£]|rmb|cny|hkd|[第号號〔\[]|\bno\.?)[:\s]*$|[A-Za-z0-9]$|[0-9][.,]$", re.IGNORECASE)
_decimals = re.compile(r"^(?:\.[0-9]+)? *[多余餘]?")
_area_code = re.compile(r"0(?:10|2[0-9]|[3-9][0-9]{2}|[2-8])$")
_provinces = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|7[12]|8[1-3]")


@dataclass(frozen=True, slots=True)
class Masked:
    """A text in which `MASK` stands for the personal data; `kinds` are those found, in the order of the text."""

    text: str
    kinds: tuple[PersonalData, ...]


def mask(text: str) -> Masked:
    """Mask phone, identity-card and bank-card numbers and e-mail addresses; figures of reports stay.

    Phone numbers are those of the mainland, Hong Kong, Macau and Taiwan, and of anywhere where they begin with "+".
    Identity numbers follow GB 11643 (18 digits with its check character, 15 digits), HKID, and those of Macau and
    Taiwan; bank cards ISO/IEC 7812 (Luhn). With a wrong check digit they are masked where a word before says what
    they are. The text must be without invisible characters (`clean_text`).
    """
    spans = _spans(text)
    return Masked(_covered(text, [(start, end) for start, end, _ in spans]), _kinds(spans))


def mask_question(text: str) -> Masked:
    """The same for a question: words that only introduce what is masked are masked with it, and so not looked up."""
    spans = _spans(text)
    return Masked(_covered(text, introduced(text, [(start, end) for start, end, _ in spans])), _kinds(spans))


def notice(kinds: tuple[PersonalData, ...], language: Language) -> str | None:
    """What to tell the person whose question held personal data; None where it held none."""
    if not kinds:
        return None
    texts = language_data("answers")["notice"]
    between = ", " if language == "en" else "、"
    told: str = texts["personal"][language].format(kinds=between.join(texts[kind][language] for kind in kinds))
    return told


def _spans(text: str) -> list[Span]:
    """Where there is personal data in a text, in its order."""
    if not _may_hold_any(text):
        return []
    plain = _plain(text)
    spans: list[Span] = []
    for found in (_emails(plain), _lettered(plain), _numbers(plain)):
        spans += [span for span in found if not any(_overlap(span, other) for other in spans)]
    return sorted(spans)


def _covered(text: str, ranges: list[tuple[int, int]]) -> str:
    """The text with a mask for each range; ranges that touch have one together."""
    pieces, at = [], 0
    for number, (start, end) in enumerate(ranges):
        if not (number and start == at):
            pieces += [text[at:start], MASK]
        at = end
    return "".join([*pieces, text[at:]])


def _kinds(spans: list[Span]) -> tuple[PersonalData, ...]:
    return tuple(dict.fromkeys(kind for _, _, kind in spans))


def _may_hold_any(text: str) -> bool:
    """A quick look, as most questions hold none."""
    return "@" in text or "＠" in text or len(re.findall(rf"[\d{_DIGITS}]", text)) >= _FEWEST_DIGITS


def _plain(text: str) -> str:
    """The text in ASCII digits, signs and letters wherever it has them in another form; each stays in its place."""
    plain = "".join(map(_plain_char, text))
    return _han_digits.sub(lambda digits: digits.group().translate(_PLAIN_DIGITS), plain)


def _plain_char(char: str) -> str:
    if char.isascii():
        return char
    if "\uff01" <= char <= "\uff5e":
        return chr(ord(char) - 0xFEE0)
    if (digit := unicodedata.decimal(char, None)) is not None:
        return str(digit)
    category = unicodedata.category(char)
    return "-" if category == "Pd" else " " if category == "Zs" else "." if char == "·" else char


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _emails(plain: str) -> Iterator[Span]:
    return ((found.start(), found.end(), "email") for found in _email.finditer(plain))


def _lettered(plain: str) -> Iterator[Span]:
    """Identity numbers with letters or brackets in them."""
    for found in _hong_kong_identity.finditer(plain):
        letters, digits, check = found[1].upper(), found[2], (found[3] or found[4]).upper()
        if _hong_kong_check(letters, digits) == check or _says(_identity_word, plain, found.start()):
            yield found.start(), found.end(), "identity"
    for found in _taiwan_identity.finditer(plain):
        if _is_taiwan_identity(found[1].upper(), found[2]) or _says(_identity_word, plain, found.start()):
            yield found.start(), found.end(), "identity"
    for found in _macau_identity.finditer(plain):
        yield found.start(), found.end(), "identity"


def _hong_kong_check(letters: str, digits: str) -> str:
    """The check digit of a Hong Kong identity card: weights 9 to 2, A is 10, a missing first letter 36, modulo 11."""
    values = [*([36] if len(letters) == 1 else []), *(ord(one) - 55 for one in letters), *map(int, digits)]
    rest = sum(weight * value for weight, value in zip(range(9, 1, -1), values, strict=True))
    return "0123456789A"[-rest % 11]


def _is_taiwan_identity(letter: str, digits: str) -> bool:
    """Whether the check digit fits: the letter is a number from 10 to 35 in an order of its own."""
    number = 10 + "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(letter)
    values = [*divmod(number, 10), *map(int, digits)]
    return sum(weight * one for weight, one in zip((1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1), values, strict=True)) % 10 == 0


def _numbers(plain: str) -> Iterator[Span]:
    """Personal data among the digits; several may stand in one run of them (`13800138000 440106199001011234`)."""
    for run in _run.finditer(plain):
        groups = [found.span() for found in _group.finditer(plain, run.start(), run.end())]
        first = 0
        while first < len(groups):
            last, kind = _longest(plain, groups, first)
            if kind:
                yield *_whole(plain, groups[first][0], groups[last][1]), kind
            first = last + 1


def _longest(plain: str, groups: list[tuple[int, int]], first: int) -> tuple[int, PersonalData | None]:
    """The last group of the longest personal number that begins with the group `first`, and its kind."""
    for last in range(min(len(groups), first + 6) - 1, first - 1, -1):
        kind = _kind(plain, groups[first : last + 1])
        if kind:
            return last, kind
    return first, None


def _kind(plain: str, groups: list[tuple[int, int]]) -> PersonalData | None:
    parts = tuple(plain[start:end] for start, end in groups)
    number, start, end = "".join(parts).upper(), groups[0][0], groups[-1][1]
    if not _FEWEST_DIGITS <= len(number) <= 19:
        return None
    if _is_identity(number) or (len(number) in (15, 18) and _says(_identity_word, plain, start)):
        return None if len(number) == 15 and _counts(plain, start, end) else "identity"
    if not number.isdecimal():
        return None
    if _is_card(number, parts) or (len(number) >= 12 and _says(_card_word, plain, start)):
        return "card"
    return "phone" if _is_phone(number, parts, plain, start, end) else None


def _is_identity(number: str) -> bool:
    if len(number) == 18:
        return bool(mod_11_2.is_valid(number)) and _is_date(number[6:14])
    if len(number) == 15:
        return number.isdecimal() and _provinces.match(number) is not None and _is_date(f"19{number[6:12]}")
    return False


def _is_card(number: str, parts: tuple[str, ...]) -> bool:
    """In one piece, in fours, or with the six digits of the bank first."""
    if not (16 <= len(number) <= 19 and number[0] in "345689" and luhn.is_valid(number)):
        return False
    return len(parts) <= 2 or all(len(part) == 4 for part in parts[:-1])


def _is_phone(number: str, parts: tuple[str, ...], plain: str, start: int, end: int) -> bool:
    if _begins_new(plain, start) and number.startswith("0"):
        return _is_dialled(number, parts)
    if plain[:start].endswith("+"):
        return _is_possible(f"+{number}") and not _counts(plain, start, end)
    if re.fullmatch(r"(?:86)?1[3-9][0-9]{9}", number) and all(len(part) >= 3 for part in parts[1:]):
        return unit_group(_unit(plain, end)) != "money"
    if _counts(plain, start, end) and not (
        (_is_in_fours(plain, parts, start) and unit_group(_unit(plain, end)) != "money")
        or _is_named(number, plain, start, end)
    ):
        return False
    if _says(_phone_word, plain, start) and len(number) <= 12 and not re.match(r"[48]00[0-9]{7}$", number):
        return True
    return _is_bare_phone(number, parts, plain, start, end)


def _is_named(number: str, plain: str, start: int, end: int) -> bool:
    """Whether a word for a phone stands right before a number, and what stands behind only looks like its unit."""
    named = _phone_named.search(plain[max(0, start - _REACH) : start])
    unit, behind = _unit(plain, end), _behind(plain, end)
    if named is None or len(number) > 12 or not unit or unit_group(unit) in ("", "money", "percent", "duration"):
        return False
    before = plain[: start - len(named.group())]
    is_figure = _figure_ends.match(behind, len(unit)) and _handed_out.search(before)
    return not (_phones_counted.match(behind) or is_figure)


def _is_dialled(number: str, parts: tuple[str, ...]) -> bool:
    """With an area code, a mobile number of Taiwan, or from abroad (00852…)."""
    if number.startswith("00"):
        return _is_possible(f"+{number[2:]}")
    if len(parts) > 1 and not (_area_code.match(parts[0]) or re.match(r"09[0-9]{2}", parts[0])):
        return False
    in_order = all(len(part) >= 3 for part in parts[1:])
    return in_order and any(_is_possible(number, region) for region in ("CN", "TW"))


def _is_bare_phone(number: str, parts: tuple[str, ...], plain: str, start: int, end: int) -> bool:
    """A number of Hong Kong or Macau with nothing before it that says so: in one piece or in fours."""
    if _not_bare.search(plain[max(0, start - _REACH) : start]) or re.compile("[A-Za-z]").match(plain, end):
        return False
    if re.fullmatch("85[23][0-9]{8}", number):
        return True
    if tuple(map(len, parts)) not in ((8,), (4, 4)) or _is_date(number) or _is_range(number):
        return False
    return number[0] not in "01" and not _is_standard(plain, start, end)


def _is_possible(number: str, region: str | None = None) -> bool:
    """Whether the length is right for the place. Which ranges are in use changes, and nobody's number may slip by."""
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number, region))
    except phonenumbers.NumberParseException:
        return False


def _counts(plain: str, start: int, end: int) -> bool:
    """Whether the number is a figure or names a document: a unit or 号 stands behind it, or a sign of money before."""
    behind = plain[end:].lstrip(" ")
    currency = re.search(r"(?:[¥$€£]|rmb|cny|hkd)\s*$", plain[:start], re.IGNORECASE)
    return bool(currency or behind.startswith(("号", "號", "%", "‰")) or _unit(plain, end) or _english_unit(behind))


def _unit(plain: str, end: int) -> str:
    """The unit behind a number and what belongs to it: its decimals, and 万 or 亿."""
    behind = _behind(plain, end)
    if _no_unit.match(behind):
        return ""
    return unit_at(behind, 0) or next((scale for scale in ("万", "亿") if behind.startswith(scale)), "")


def _behind(plain: str, end: int) -> str:
    """What follows a number and its decimals, folded."""
    return fold(_decimals.sub("", plain[end : end + _REACH])).lower()


def _english_unit(behind: str) -> bool:
    words = re.match("[A-Za-z]+", behind)
    units = language_data("units")["english"]
    return words is not None and any(words.group().lower() in group for group in units.values())


def _says(word: re.Pattern[str], plain: str, start: int) -> bool:
    return word.search(plain[max(0, start - _REACH) : start]) is not None


def _begins_new(plain: str, start: int) -> bool:
    """Whether a number can begin here: not behind a digit and its hyphen or point, as in 2021-01-13."""
    return re.search(r"[0-9][./_-]$", plain[:start]) is None


def _is_date(digits: str) -> bool:
    try:
        return 1850 <= date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])).year <= 2100
    except ValueError:
        return False


def _is_in_fours(plain: str, parts: tuple[str, ...], start: int) -> bool:
    """Written `9123 4567`, as no figure but a sum of money is."""
    return tuple(map(len, parts)) == (4, 4) and plain[start + 4] == " "


def _is_standard(plain: str, start: int, end: int) -> bool:
    """Whether a number is that of a standard with its year, such as GB/T 2260-2007."""
    return (
        re.search("[A-Z] ?$", plain[:start]) is not None and re.search("-(?:19|20)[0-9]{2}$", plain[:end]) is not None
    )


def _is_range(digits: str) -> bool:
    """Whether the halves are two years, or from one round number to another."""
    low, high = int(digits[:4]), int(digits[4:])
    return (1900 <= low <= 2100 and 1900 <= high <= 2100) or (low < high and low % 100 == high % 100 == 0)


def _whole(plain: str, start: int, end: int) -> tuple[int, int]:
    """The number with its plus sign, and with the bracket before it that closes inside."""
    start -= plain[:start].endswith("+")
    start -= plain[:start].endswith("(") and plain.count(")", start, end) > plain.count("(", start, end)
    return start, end
