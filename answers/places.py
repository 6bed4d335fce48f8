"""Whether a document is about the place that a question names."""

from __future__ import annotations

import re
from enum import Enum, auto
from functools import lru_cache

from pypinyin import lazy_pinyin

from wenbao.answers.question import Question
from wenbao.config.language import language_data
from wenbao.index.folding import fold
from wenbao.knowledge.documents import Document


class Match(Enum):
    """How a document meets the places of a question: it is its own place, it only speaks of it, or it does neither."""

    OWN = auto()
    MENTIONED = auto()
    OTHER = auto()


def match_places(question: Question, document: Document) -> Match:
    """How the document meets the places that the question names; OWN where it names none."""
    results = [_match_english(place, document) if question.is_english else _match(place, document) for place in question.places]
    if Match.OTHER in results and Match.OWN not in results:
        return Match.OTHER
    return Match.MENTIONED if results and Match.OWN not in results else Match.OWN


def mentioned_places(question: Question, document: Document) -> tuple[str, ...]:
    """The places that the document is not about but speaks of; evidence must stand where they are named."""
    if question.is_english:
        return ()
    return tuple(place for place in question.places if _match(place, document) is Match.MENTIONED)


def _match(place: str, document: Document) -> Match:
    own = own_places(document)
    stem = stem_of(place)
    if own and (place == own[-1] or stem == stem_of(own[-1]) or any(name and name in place for name in (own[-1], stem_of(own[-1])) if len(name) > 1)):
        return Match.OWN
    if any(place in name or stem_of(name) == stem for name in own[:-1]):
        return Match.OWN if len(own) < 2 else Match.OTHER
    return Match.MENTIONED if place in fold(document.text) or (len(stem) > 1 and stem in fold(document.text)) else Match.OTHER


def _match_english(place: str, document: Document) -> Match:
    spelt = re.sub(r"[^a-z]", "", place.lower())
    names = {_pinyin(name) for own in own_places(document) for name in (own, stem_of(own))}
    if spelt in names:
        return Match.OWN
    return Match.MENTIONED if spelt in _pinyin(fold(document.text)) else Match.OTHER


def own_places(document: Document) -> tuple[str, ...]:
    """The place of a document in steps, the widest first: 广州市, 从化区."""
    place = fold(document.metadata.place or "")
    endings = "|".join(language_data("places")["endings"])
    steps = re.findall(rf".+?(?:自治区|自治州|自治县|街道|{endings})(?=.{{2,}}|$)", place)
    return tuple(steps) or ((place,) if place else ())


def stem_of(place: str) -> str:
    """A place's name without 区, 县, 市 …: 从化."""
    for ending in ("自治区", "自治州", "自治县", "街道", *language_data("places")["endings"]):
        if place.endswith(ending) and len(place) > len(ending) + 1:
            return place.removesuffix(ending)
    return place


@lru_cache(maxsize=256)
def _pinyin(text: str) -> str:
    return "".join(lazy_pinyin(text)).lower()
