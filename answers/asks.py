"""The figures that a question asks for: where it asks, in which unit, and which part of it is about each of several."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

import rjieba

from wenbao.answers.figures import unit_at, unit_group
from wenbao.config.language import language_data

COUNTABLE = frozenset(("case", "person", "household", "occasion", "document", "thing"))


@dataclass(frozen=True, slots=True)
class Ask:
    """A figure that is asked for: its unit word and group of units where the question has them, else "".

    `at` is the place in the question's `plain` text; the words nearest to it say what is counted. `start` to `end` is
    the part of the question that is about it, all of it (None) where nothing else is asked for.
    """

    unit: str
    group: str
    at: int
    start: int = 0
    end: int | None = None

    def part(self, plain: str) -> str:
        """The part of the question that is about this figure."""
        return plain[self.start : self.end]


def fits(ask: Ask, unit: str, group: str) -> float:
    """How well a figure's unit fits what is asked for: 1 the same, 0 never."""
    if not ask.group and not ask.unit:
        return 1.0
    if ask.unit and ask.unit == unit:
        return 1.0
    if ask.group == "extent":
        return {"length": 1.0, "duration": 1.0, "": 0.3}.get(group, 0.0)
    if ask.group == group:
        return 0.95 if not ask.unit or ask.group in ("money", "percent", "area", "length", "weight") else 0.9
    if ask.group == "countable":
        return 1.0 if group in COUNTABLE else 0.3 if group == "" else 0.0
    if ask.group in COUNTABLE and group in COUNTABLE:
        return _fits_otherwise(ask, unit, group)
    if group == "":
        return 0.3
    return 0.0


GENERIC_UNITS = ("个", "项")
OF_BUSINESSES = frozenset(("家", "户"))
"""Businesses are counted by either: 个体户有多少家, 27.64万户."""
LIKE_UNITS: dict[frozenset[str], float] = {
    frozenset(("case", "document")): 0.65,
    frozenset(("case", "occasion")): 0.5,
    frozenset(("case", "thing")): 0.5,
    frozenset(("document", "thing")): 0.5,
    frozenset(("household", "thing")): 0.6,
    frozenset(("occasion", "thing")): 0.4,
    frozenset(("household", "person")): 0.3,
}
"""How well a figure in units of one group answers for one of another; people are counted as people."""


def _fits_otherwise(ask: Ask, unit: str, group: str) -> float:
    if frozenset((ask.unit, unit)) == OF_BUSINESSES:
        return 0.9
    like = LIKE_UNITS.get(frozenset((ask.group, group)), 0.0)
    generic = ask.unit in GENERIC_UNITS or unit in GENERIC_UNITS
    return max(like, 0.7 if ask.unit in GENERIC_UNITS else 0.0) if generic else like


ASK_ZH = re.compile(r"(?P<rank>第几)|多少|百分之几|多(?=[大长高远宽重久])|几(?!乎|何|经|度|番|近)")


def asks_in(plain: str, is_english: bool) -> tuple[Ask, ...]:
    """The figures that a question asks for, at least one, each with its part of the question."""
    found = _asks_in_english(plain) if is_english else _asks_in_chinese(plain)
    return _parted(plain, found) if found else (Ask("", _head_group(plain), len(plain)),)


def _parted(plain: str, asks: tuple[Ask, ...]) -> tuple[Ask, ...]:
    if len(asks) < 2:
        return asks
    bounds = [0, *(_part_end(plain, one, other) for one, other in pairwise(asks)), len(plain)]
    return tuple(replace(ask, start=bounds[at], end=bounds[at + 1]) for at, ask in enumerate(asks))


JOINTS = "和与跟及、"
PARTING = (",，;；。?？ ", "、", "和与跟及又")
"""Marks and words that part two figures asked for, those that part most surely first."""


def _part_end(plain: str, ask: Ask, following: Ask) -> int:
    """Where the part of the question ends that asks for a figure: at the last mark or word before the next one asked
    for, else right behind its unit (市级几处区级几处)."""
    if plain[ask.at] in JOINTS:
        return ask.at + 1
    for marks in PARTING:
        last = max(plain.rfind(mark, ask.at, following.at) for mark in marks)
        if last >= 0:
            return last + 1
    asking = ASK_ZH.match(plain, ask.at)
    return min(asking.end() + len(ask.unit), following.at) if asking else following.at


def _asks_in_chinese(plain: str) -> tuple[Ask, ...]:
    found = []
    for match in ASK_ZH.finditer(plain):
        unit = _asked_unit(plain, match.end())
        if unit == "个" and (
            plain.startswith(("人", "员", "孩"), match.end() + 1)
            or _people(plain[match.end() + 1 :])
            or _ends_with_people(plain[: match.start()])
        ):
            unit = "人"
        of_case = unit and plain.startswith("官司", match.end() + len(unit))
        group = "case" if of_case else unit_group(unit) if unit else _asked_group(plain, match)
        found += [Ask(unit, group, at) for at in (*_joints_before(plain, match.start()), match.start())]
    return tuple(sorted(found, key=lambda ask: ask.at))


EACH = re.compile(r"(?:^|[,，。;；])([^,，。;；]*?)(?:各自?|分别)(?:有|是|为|占|达到?)?$")


def _joints_before(plain: str, position: int) -> list[int]:
    """Where the things are parted that are asked for each (邻里纠纷和劳动纠纷各有多少宗)."""
    match = EACH.search(plain[:position])
    if not match:
        return []
    start = match.start(1)
    return [start + joint.start() for joint in re.finditer(f"[{JOINTS}]", match.group(1))]


def _asked_unit(plain: str, position: int) -> str:
    scale = re.compile("个?(?:万|亿|千|百)").match(plain, position)
    start = scale.end() if scale else position
    if re.match("[号口]人", plain[start:]):
        return "人"
    unit = unit_at(plain, start)
    if unit == "分" and MISSPELT_FEN.match(plain, start):
        return "份"
    if unit in NOUNS:
        return ""
    if scale and scale.group() == "个亿":
        return unit or "元"
    if unit == "款" and PAID.search(plain[:position]):
        return "元"
    return "元" if unit == "块" and re.match("块(?:[钱一每左呢啊呀,，。?？ ]|$)", plain[start:]) else unit


NOUNS = ("部门", "镇街")
"""Units of figures (5部门) that a question asks for as things."""
MISSPELT_FEN = re.compile("分(?![钟数之的呢啊吗呀了吧])[\u4e00-\u9fff]{2}")
"""Before a thing that is counted, 分 is meant for 份, which sounds the same: 多少分合同."""
PAID = re.compile("[罚拨捐贷欠还存付筹借赔垫](?:了|过)?(?:多少|几)[万亿千百]?$")
"""Before 款 it is money that is asked for: 罚了多少款."""


def _asked_group(plain: str, match: re.Match[str]) -> str:
    """What the words behind and before 多少 tell of the unit: 多少钱, 办结率是多少, 有多长."""
    behind = plain[match.end() :]
    if match.group() == "百分之几" or plain[: match.start()].endswith("百分之"):
        return "percent"
    if match.group() == "多":
        return _group_of_degree(plain[: match.start()], behind)
    if re.match("[^,，。;；?？的]{0,6}?(?:比例|比重|占比|份额|百分比)", behind):
        return "percent"
    thing = _noun_phrase(behind)
    if behind.startswith("钱") or thing.endswith(tuple(language_data("units")["fee"]["words"])):
        return "money"
    if group := _ends_with_head(thing):
        return group
    if _people(behind) or _ends_with_people(plain[: match.start()]):
        return "person"
    if re.search("占[^,，。;；]{0,10}$", plain[: match.start()]):
        return "percent"
    before = re.sub(
        r"(大概|大约|一共|总共|合计|共计)?(到底|究竟)?(?:[上下]?[涨调升降提增减][高加少低整]?[到至])?(是|有|为|达到?|占|共|了)*$",
        "",
        plain[: match.start()],
    )
    return _ends_with_head(before)


def _noun_phrase(text: str) -> str:
    """The nouns that a text begins with, a verb at most before them: 培训费 of 培训费啊."""
    length = 0
    for word, tag in rjieba.tag(text, False):
        if tag[:1] not in tuple("nvjbal") or (tag[:1] == "v" and tag != "vn" and length):
            break
        length += len(word)
    return text[:length]


def _people(behind: str) -> bool:
    """Whether people are named right behind a place in the question: 多少(领导干部), but not 多少(人才公寓)."""
    match = re.match(rf"[^,，。;；?？的了让给被把和有在为到]{{0,3}}?(?:{_people_words()})(?!会)", behind)
    if match is None:
        return False
    thing = _noun_phrase(behind)
    return len(thing) - match.end() < LEAST_NOUN or re.search(rf"(?:{_people_words()}|代表)$", thing) is not None


LEAST_NOUN = 2
"""So many characters of a noun behind people name what is theirs."""


def _ends_with_people(before: str) -> bool:
    """Whether people are named right before 有多少 in the question: 领养老金的老人有多少."""
    return bool(re.search(rf"(?:{_people_words()})(?:一共|总共|大概|现在)?(?:共?有|是)(?:了|过)?$", before))


@cache
def _people_words() -> str:
    return "|".join(language_data("units")["people"]["words"])


def _group_of_degree(before: str, behind: str) -> str:
    """What 多 and the adjective behind it ask for: 多长, 多大的比例; 多大 alone goes by what is before it."""
    if re.match("大(?:的)?(?:年纪|年龄|岁数)", behind):
        return "age"
    if re.match("大的?(?:比例|比重|份额|程度)", behind):
        return "percent"
    if behind.startswith("大面积"):
        return "area"
    adjectives = {"长": "extent", "远": "length", "久": "duration", "宽": "length"}
    return adjectives.get(behind[:1]) or (_head_group(before) if behind[:1] in ("大", "高") else "")


def _head_group(plain: str) -> str:
    return _ends_with_head(re.sub(r"(是|有|为|达到?|呢|啊|吗|如何|怎样|怎么样|[?？!！。,，\s])*$", "", plain))


def _ends_with_head(text: str) -> str:
    head = language_data("units")["head"]
    best = max(
        ((len(word), group) for group, words in head.items() for word in words if text.endswith(word)), default=(0, "")
    )
    return str(best[1])


ASK_EN = re.compile(
    r"\bhow (many|much|long|large|big|high|far|often)\b"
    r"|(?:\b(?:what|the)|^) ?(?:was |is |were |are )?(?:the )?(?:total )?"
    r"(number|percentage|percent|proportion|share|rate|ratio|amount|total|area|length|sum)\b"
    r"|\bwhat (?:was|is|were|are) (?:the )?(?:[\w-]+ ){0,3}(?P<paid>salary|salaries|wages?|prices?|cost|fees?)\b"
)


ALSO_RATE_EN = re.compile(
    r"\band (?:at )?(?:what|the|its|their)(?: (?:was|is|were|are))?(?: the)?(?: [a-z-]+){0,3}? "
    r"(?:percentage|proportion|share|rate|ratio)\b"
)
"""Behind another figure asked for: and what was the satisfaction rate."""


def _asks_in_english(plain: str) -> tuple[Ask, ...]:
    found = tuple(Ask("", _group_in_english(match, plain), match.start()) for match in ASK_EN.finditer(plain))
    if found:
        rates = (match for match in ALSO_RATE_EN.finditer(plain, found[0].at) if not ASK_EN.search(match.group()))
        also = (Ask("", "percent", match.start()) for match in rates)
        return tuple(sorted((*found, *also), key=lambda ask: ask.at))
    group = "percent" if re.search(r"\b(?:rate|percentage|proportion|ratio|percent)\b", plain) else ""
    return (Ask("", group, len(plain)),)


GROUPS_EN = {
    "long": "extent", "high": "", "often": "", "large": "area", "big": "area", "far": "", "number": "countable",
    "amount": "", "total": "", "sum": "money", "area": "area", "length": "length",
}  # fmt: skip
"""What the word behind "how" or "what" asks for; those that are not here ask for a percentage."""


NO_LAND_EN = re.compile(
    r"\b(?:funds?|loans?|debts?|deposits?|budgets?|deficit|investments?|economy|gdp|revenue|output|market|fines?"
    r"|population|workforce|teams?|staff|share|proportion)\b"
)
"""What has a size but no area: how big is the fund."""


def _group_in_english(match: re.Match[str], plain: str) -> str:
    """The group of units that a question word asks for, by the words behind it."""
    behind = plain[match.end() : match.end() + 40]
    if match.group(1) == "many":
        return _group_of_many(behind)
    if match.group("paid"):
        return "money"
    if match.group(1) == "much":
        return "money" if _has_word(plain, "money") and not plain[: match.start()].endswith("by ") else ""
    group = GROUPS_EN.get(match.group(1) or match.group(2), "percent")
    if match.group(1) in ("big", "large") and NO_LAND_EN.search(behind):
        return ""
    return "money" if match.group(2) and not group and _has_word(behind, "money") else group


MEASURES = ("person", "area", "length", "weight", "duration", "occasion")


def _group_of_many(behind: str) -> str:
    if re.match(r"\s+percent", behind):
        return "percent"
    measures = {"money": "yuan|rmb|dollars"} | {name: _english_units(name) for name in MEASURES}
    named = (name for name, words in measures.items() if re.match(rf"\s+(?:\w+\s+)?(?:{words})\b(?!['’]s)", behind))
    return next(named, "countable")


def _has_word(text: str, group: str) -> bool:
    return bool(re.search(rf"\b(?:{_english_units(group)})\b", text))


@cache
def _english_units(group: str) -> str:
    return "|".join(map(re.escape, language_data("units")["english"][group]))
