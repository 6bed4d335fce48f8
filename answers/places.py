"""Whether a report, or a passage of it, is about the place that a question names."""

from __future__ import annotations

import re
from functools import lru_cache

from wenbao.config.language import language_data
from wenbao.index.folding import fold
from wenbao.index.sounds import spelt


def is_own_place(name: str, place: str | None) -> bool:
    """Whether `name` (as a question has it, Chinese or English) is the place that a document is about.

    A wider place is not: 广州市 is not 广州市从化区, whose figures are another thing.
    """
    own = own_places(place)
    if not own:
        return False
    if name.isascii():
        return _spelt(name) in {_pinyin(own[-1]), _pinyin(stem_of(own[-1])), _pinyin("".join(own))}
    narrowest = own[-1]
    if len(name) > 2 and narrowest.endswith(name):
        return True
    return stem_of(name) == stem_of(narrowest) or (len(stem_of(narrowest)) > 1 and stem_of(narrowest) in name)


def names_place(text: str, name: str) -> bool:
    """Whether a folded text names a place."""
    if name.isascii():
        return _spelt(name) in _pinyin(text)
    return name in text or (len(stem_of(name)) > 1 and stem_of(name) in text)


def names_own_place(text: str, place: str | None) -> bool:
    """Whether a folded text names the narrowest step of a place, with or without 区, 县 and the like; an English text
    spells it."""
    own = own_places(place)
    name = stem_of(own[-1]) if own else ""
    return len(name) > 1 and (name in text or (text.isascii() and _pinyin(name) in re.findall("[a-z]+", text)))


def within(name: str, place: str | None) -> bool:
    """Whether a document's place is `name` or lies in it; for filters."""
    return bool(place) and fold(name) in fold(place or "")


@lru_cache(maxsize=20_000)
def own_places(place: str | None) -> tuple[str, ...]:
    """A place in its steps, the widest first: 广州市, 从化区."""
    folded = fold(place or "")
    endings = "|".join(ending if ending != "州" else "州(?!市)" for ending in language_data("places")["endings"])
    steps = re.findall(rf".+?(?:自治区|自治州|自治县|街道|{endings})(?=.{{2,}}|$)", folded)
    return tuple(steps) or ((folded,) if folded else ())


@lru_cache(maxsize=20_000)
def stem_of(place: str) -> str:
    """A place's name without 区, 县, 市 …: 从化."""
    for ending in ("自治区", "自治州", "自治县", "街道", *language_data("places")["endings"]):
        if place.endswith(ending) and len(place) > len(ending) + 1:
            return place.removesuffix(ending)
    return place


def _spelt(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


@lru_cache(maxsize=512)
def _pinyin(text: str) -> str:
    return spelt(text).lower()
