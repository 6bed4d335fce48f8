"""Who holds an office: the office that a question asks about, and whether words name its holder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import rjieba

from wenbao.config.language import language_data

_OFFICE = r"副?(?:[\u4e00-\u9fff]长|书记|主任|主席|总理|代表|负责人|主管)"
_NAMED = r"(?:本人)?的?(?:名字|姓名|全名)?(?:(?:是|叫|姓|由)?(?:谁|哪一?位|什么名|什么全名|啥名)|[叫姓](?:什么|啥))"
OFFICE = re.compile(
    rf"(?P<of>[\u4e00-\u9fff]{{0,12}}?)(?P<office>{_OFFICE}){_NAMED}"
    rf"|谁(?:是|任|当|担任)(?P<last_of>.{{0,8}}?)(?P<last>{_OFFICE})\W*$"
)
PERSON = re.compile(
    rf"(?:老板|一把手|头头|领导){_NAMED}|(?:人|者|某\w?)(?:本人)?的?(?:名字|姓名|全名)?[叫姓是](?:什么|啥)"
)
"""Questions that only the name of a person answers, though they name no office."""
_UNIT = re.compile(r"[\u4e00-\u9fff]{0,6}[局委庭院厅办队所站村社区县市部处科会组镇乡司校](?=副?$)")
"""What the holder of an office belongs to, right before the office."""
_OWN = re.compile("[我本咱]?(?:街道|[区县市镇乡村局院厅省州])?(?:政府|里)?")
"""The body that the report is of, as people speak of it."""
_DOUBLE = "|".join(language_data("places")["double_surnames"])
_SURNAME = rf"(?:{_DOUBLE}|[{language_data('places')['surnames']}](?!务会))"
_NAME = rf"[\s\u3000]*{_SURNAME}[\u4e00-\u9fff]{{1,2}}"
NEAR = 6
"""At most so many characters stand between an office and the name of its holder: 由区长李某某, 李某某任区长."""


@lru_cache(maxsize=1024)
def office_asked(plain: str) -> str | None:
    """The office whose holder a question asks for, None where it asks for none."""
    match = OFFICE.search(plain)
    return (match.group("office") or match.group("last")) if match else None


@lru_cache(maxsize=1024)
def body_asked(plain: str) -> str:
    """What the holder of the office belongs to, as a question says it: 民二庭 in 民二庭的庭长是谁; else empty."""
    match = OFFICE.search(plain)
    body = (match.group("of") or match.group("last_of") or "").removesuffix("的") if match else ""
    return "" if _OWN.fullmatch(body) else body


@lru_cache(maxsize=1024)
def asks_for_person(plain: str) -> bool:
    """Whether only the name of a person can answer: 被收监的那个人叫什么."""
    return office_asked(plain) is None and PERSON.search(plain) is not None


@lru_cache(maxsize=4096)
def names_person(text: str) -> bool:
    """Whether a (folded) text names a person."""
    return next(persons_in(text), None) is not None


@lru_cache(maxsize=4096)
def names_holder(office: str, text: str, body: str = "") -> bool:
    """Whether a (folded) text names the office with a person beside it, or as held by another (由县长任组长); a deputy
    or 总书记 is another office, and so is that of another body than the question's (民一庭庭长 for 民二庭)."""
    whole = re.compile(office if office.startswith("副") else f"(?<![副总]){office}")
    if body and _of_other_bodies(whole, text, body):
        return False
    if re.search(rf"(?:{_OFFICE}|{_NAME})(?:兼?任|担任|为){office}", text):
        return True
    persons = list(persons_in(text))
    behind = re.compile(_NAME)
    return any(
        behind.match(text, found.end())
        or any(0 <= start - found.end() <= NEAR or 0 <= found.start() - end <= NEAR for start, end in persons)
        for found in whole.finditer(text)
    )


def _of_other_bodies(office: re.Pattern[str], text: str, body: str) -> bool:
    """Whether each time that an office stands in a text, it is that of a body which the question does not name."""
    units = [unit.group() for found in office.finditer(text) if (unit := _UNIT.search(text[: found.start()]))]
    return len(units) == len(office.findall(text)) and not any(_is_within(unit, body) for unit in units)


def _is_within(one: str, other: str) -> bool:
    """Whether the last two characters of either stand in the other, in whatever way each is shortened."""
    return one[-2:] in other or other[-2:] in one


def persons_in(text: str) -> Iterator[tuple[int, int]]:
    """Where names of persons stand in a (folded) text."""
    position = 0
    for word, tag in rjieba.tag(text):
        if tag.startswith("nr") and 1 < len(word) <= 4 and re.match(_SURNAME, word):
            yield position, position + len(word)
        position += len(word)
