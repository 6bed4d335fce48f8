"""The numbers that Word computes for its paragraphs (一、, (一), 1., 第一条), from numbering.xml and the styles.

ECMA-376 part 1, 17.9 (numbering) and 17.18.59 (ST_NumberFormat).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CHINESE = "〇一二三四五六七八九"
_SIMPLIFIED, _TRADITIONAL = "零壹贰叁肆伍陆柒捌玖", "零壹貳參肆伍陸柒捌玖"
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = {1000: "m", 900: "cm", 500: "d", 400: "cd", 100: "c", 90: "xc", 50: "l", 40: "xl"}
_ROMAN |= {10: "x", 9: "ix", 5: "v", 4: "iv", 1: "i"}
_SIGNS = {
    "decimalEnclosedCircle": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "decimalEnclosedCircleChinese": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "decimalEnclosedParen": "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇",
    "decimalEnclosedFullstop": "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛",
    "ideographEnclosedCircle": "㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉",
    "ideographTraditional": _STEMS,
    "ideographZodiac": _BRANCHES,
}
_COUNTED = frozenset(
    {f"{one}Counting{thousand}" for one in ("chinese", "taiwanese") for thousand in ("", "Thousand")}
    | {"japaneseCounting", "koreanCounting"}
)
_LEGAL = {
    "chineseLegalSimplified": _SIMPLIFIED,
    "ideographLegalTraditional": _TRADITIONAL,
    "japaneseLegal": _TRADITIONAL,
}
_LARGEST = 10_000


def formatted(number: int, style: str) -> str:
    """A number as a format of Word writes it; decimal where the format is unknown or does not reach so far."""
    signs = _SIGNS.get(style)
    if signs is not None:
        return signs[number - 1] if 0 < number <= len(signs) else str(number)
    if style in _COUNTED:
        return _counted(number, _CHINESE, "十百千")
    if style in _LEGAL:
        return _counted(number, _LEGAL[style], "拾佰仟", leading_one=True)
    return _other(number, style)


def _other(number: int, style: str) -> str:
    match style:
        case "none" | "bullet":
            return ""
        case "ideographDigital" | "japaneseDigitalTenThousand" | "taiwaneseDigital":
            return "".join(_CHINESE[int(digit)] for digit in str(number))
        case "decimalFullWidth" | "decimalFullWidth2":
            return "".join(chr(0xFF10 + int(digit)) for digit in str(number))
        case "decimalZero":
            return f"{number:02d}"
        case "upperRoman" | "lowerRoman":
            return _roman(number).upper() if style == "upperRoman" else _roman(number)
        case "upperLetter" | "lowerLetter":
            letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1) if number > 0 else ""
            return letter.upper() if style == "upperLetter" else letter
        case _:
            return str(number)


def _counted(number: int, digits: str, units: str, leading_one: bool = False) -> str:
    """十一, 二十, 一百零五; the legal digits write 壹拾壹."""
    if not 0 < number < _LARGEST:
        return str(number)
    zero = digits[0] if leading_one else "零"
    text, gap = "", False
    for place in range(len(str(number)) - 1, -1, -1):
        digit = number // 10**place % 10
        if digit == 0:
            gap = bool(text)
            continue
        text += (zero if gap else "") + digits[digit] + (units[place - 1] if place else "")
        gap = False
    return text[1:] if not leading_one and 10 <= number < 20 else text


def _roman(number: int) -> str:
    text = ""
    for value, letters in _ROMAN.items():
        count, number = divmod(number, value)
        text += letters * min(count, 10)
    return text


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: its format, its pattern ("第%1条"), where it starts, after which level it starts anew."""

    format: str = "decimal"
    pattern: str = ""
    start: int = 1
    restart: int | None = None
    decimal: bool = False
    spaced: bool = True


@dataclass(slots=True)
class Numbering:
    """The lists of a file and how far each has counted; `label` must be called for each paragraph in order."""

    lists: dict[str, tuple[str, dict[int, Level]]] = field(default_factory=dict)
    by_style: dict[str, tuple[str, int]] = field(default_factory=dict)
    overrides: dict[str, dict[int, int]] = field(default_factory=dict)
    counts: dict[str, dict[int, int]] = field(default_factory=dict)
    started: set[tuple[str, int]] = field(default_factory=set)

    def label(self, number: str, depth: int) -> str:
        """The mark before a paragraph of the list `number` at `depth` (0 is the outermost); "" where it has none."""
        if number not in self.lists:
            return ""
        shared, levels = self.lists[number]
        level = levels.get(depth)
        if level is None:
            return ""
        counts = self.counts.setdefault(shared, {})
        self._count(number, depth, levels, counts)
        if level.format in ("bullet", "none") and "%" not in level.pattern.replace(f"%{depth + 1}", ""):
            return ""
        text = re.sub("%([1-9])", lambda match: self._value(int(match[1]) - 1, level, levels, counts), level.pattern)
        # What Word shows as a tab or a space is one space after letters and digits, and nothing after 、 or （一）.
        return text + (" " if level.spaced and re.search(r"[\w.．]$", text) else "")

    def _count(self, number: str, depth: int, levels: dict[int, Level], counts: dict[int, int]) -> None:
        override = self.overrides.get(number, {}).get(depth)
        if override is not None and (number, depth) not in self.started:
            counts[depth] = override
        else:
            counts[depth] = counts[depth] + 1 if depth in counts else levels[depth].start
        self.started.add((number, depth))
        for deeper in [one for one in counts if one > depth]:
            restart = levels[deeper].restart if deeper in levels else None
            if restart is None or (restart > 0 and depth < restart):
                del counts[deeper]

    def _value(self, depth: int, level: Level, levels: dict[int, Level], counts: dict[int, int]) -> str:
        of = levels.get(depth, Level())
        return formatted(counts.setdefault(depth, of.start), "decimal" if level.decimal else of.format)


def read_numbering(root: Any | None) -> Numbering:
    """The lists in the root element of numbering.xml; none where the file has no such part."""
    found = Numbering()
    if root is None:
        return found
    shared = {_attribute(one, "abstractNumId"): one for one in root.iterchildren(f"{_W}abstractNum")}
    for one in root.iterchildren(f"{_W}num"):
        number, key = _attribute(one, "numId"), _value_of(one, "abstractNumId")
        if number is None or key not in shared:
            continue
        levels = dict(_levels(shared[key]))
        for override in one.iterchildren(f"{_W}lvlOverride"):
            depth = int(_attribute(override, "ilvl") or 0)
            levels |= dict(_levels(override))
            if (start := _value_of(override, "startOverride")) is not None:
                found.overrides.setdefault(number, {})[depth] = int(start)
        found.lists[number] = (str(key), levels)
        for depth, style in _styles(shared[key]):
            found.by_style.setdefault(style, (number, depth))
    return found


def _levels(parent: Any) -> Iterator[tuple[int, Level]]:
    for one in parent.iterchildren(f"{_W}lvl"):
        restart = _value_of(one, "lvlRestart")
        legal = one.find(f"{_W}isLgl")
        yield (
            int(_attribute(one, "ilvl") or 0),
            Level(
                _value_of(one, "numFmt") or "decimal",
                _value_of(one, "lvlText") or "",
                int(_value_of(one, "start") or 0),
                int(restart) if restart is not None else None,
                legal is not None and _attribute(legal, "val") not in ("0", "false", "off"),
                _value_of(one, "suff") != "nothing",
            ),
        )


def _styles(parent: Any) -> Iterator[tuple[int, str]]:
    for one in parent.iterchildren(f"{_W}lvl"):
        style = _value_of(one, "pStyle")
        if style is not None:
            yield int(_attribute(one, "ilvl") or 0), style


def _value_of(parent: Any, name: str) -> str | None:
    child = parent.find(f"{_W}{name}")
    return _attribute(child, "val") if child is not None else None


def _attribute(node: Any, name: str) -> str | None:
    value: str | None = node.get(f"{_W}{name}")
    return value
