"""The names of places in a question or in the words of a report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import rjieba

from wenbao.answers.figures import unit_at
from wenbao.answers.model import Language
from wenbao.answers.named_years import YEAR_WORDS
from wenbao.config.language import ask_words, language_data, place_names


def places_in(text: str, language: Language) -> tuple[tuple[str, ...], str]:
    """Names of places in the question, and the question in lower case with blanks in their stead."""
    if language == "en":
        return _english_places(text)
    blanked, found = text, [*place_mentions(text), *((one.group(), one.start()) for one in NEIGHBOUR.finditer(text))]
    for name, start in found:
        blanked = blanked[:start] + " " * len(name) + blanked[start + len(name) :]
    names = [name for name, _ in found]
    whole = (name for name in names if not any(name != other and name in other for other in names))
    return tuple(dict.fromkeys(whole)), blanked


NEIGHBOUR = re.compile("(?:隔壁|隔篱|邻近|相邻|毗邻|兄弟|旁边|邻)的?(?:[省市区县乡镇村](?![民委属管级域里])|街道)")
"""A place that is no report's own, without its name: 隔壁区."""
NEIGHBOUR_EN = re.compile(
    r"\b(?:neighbou?ring|adjacent|adjoining|nearby) (?:district|county|city|province|town|township|subdistrict)\b"
)


def place_mentions(text: str) -> Iterator[tuple[str, int]]:
    """The names of places in a folded text, each with where it starts."""
    found = list(_cut_names(text))
    yield from found
    for name, at in _known_names(text):
        if not any(start < at + len(name) and at < start + len(other) for other, start in found):
            yield name, at


KIND_OF_PLACE = re.compile("市(?![场民值价面容])|区(?![域间块别分])|县(?!域)")
LONGEST_NAME = 5
"""Names of at most so many characters are looked up before what they are."""


def _known_names(text: str) -> Iterator[tuple[str, int]]:
    """Names that are well known, with what they are, however words are cut (增 + 城区, 江 + 门市)."""
    for kind in KIND_OF_PLACE.finditer(text):
        for at in range(max(0, kind.start() - LONGEST_NAME), kind.start() - 1):
            if text[at : kind.start()] in place_names() and text[kind.start() - 1] not in KINDS_OF_PLACE:
                yield text[at : kind.end()], at
                break


KINDS_OF_PLACE = tuple("省市区县镇乡州盟旗")


def _cut_names(text: str) -> Iterator[tuple[str, int]]:
    """The names of places among the words that a text is cut into, each with where it starts."""
    # 年 belongs to the year before it, not to a word with what follows: 2019年青禾区
    text = re.sub(YEAR_WORDS, lambda match: " " * len(match.group()), text)
    for asked in re.finditer("多少|几", text):  # a unit is no beginning of a name: 几支驻村工作队
        unit = unit_at(text, asked.end())
        text = text[: asked.end()] + " " * len(unit) + text[asked.end() + len(unit) :]
    before: list[_Tagged] = []
    for word in _tagged(text):
        name = _without_that(_joined_name(before, word))
        if _is_place(name.text, word) and not SAVED.match(text, word.start):
            yield name.text, name.start
        before.append(word)


SAVED = re.compile("省(?=[了下出去掉钱]|多少|几)")
"""Not a province but what is saved."""


@dataclass(frozen=True, slots=True)
class _Tagged:
    """A word with its part of speech and where it starts."""

    text: str
    tag: str
    start: int


def _tagged(text: str) -> Iterator[_Tagged]:
    position = 0
    for word, tag in rjieba.tag(text):
        yield _Tagged(word, tag, position)
        position += len(word)


def _joined_name(before: list[_Tagged], word: _Tagged) -> _Tagged:
    """A word put together with those before, where a name was cut: 临 + 港区, 沐阳 + 镇, 大 + 涌 + 口镇."""
    if ENDING_JOINED.fullmatch(word.text) and before and before[-1].tag in PROPER:
        word = _Tagged(word.text[:-1], word.tag, word.start)
    if word.text in language_data("places")["endings"]:
        last = before[-1] if before else word
        named = word.text != "街道" or last.tag in PROPER  # 加强街道 names none
        return _joined(last, word) if before and named and _may_begin_name(last) else word
    for last in reversed(before[-MOST_CHARACTERS:] if _ends_like_place(word.text) else []):
        if len(last.text) > 1 or not _may_begin_name(last):
            break
        word = _joined(last, word)
    return word


def _without_that(name: _Tagged) -> _Tagged:
    """A name without 那 before it (那江澜区呢), unless it is one with it (那坡县)."""
    if not name.text.startswith("那") or len(name.text) < 4 or name.text in place_names():
        return name
    return _Tagged(name.text[1:], name.tag, name.start + 1)


ENDING_JOINED = re.compile("[省市区县镇乡][局有内里]")
"""Behind a name such a word has its ending: 望岳 + 区局, 石浦 + 县有."""
MOST_CHARACTERS = 2
"""Before a word that ends like a name, so many single characters may belong to it."""


def _may_begin_name(word: _Tagged) -> bool:
    return word.tag[:1] in tuple("vnaj") and word.text not in ask_words("zh") and word.text[-1] not in TOWARDS


PROPER = ("ns", "nr", "nz", "nt", "nrt", "nrfg")
"""The tags of names."""
TOWARDS = "到往进去来回给在下落"
"""A word that ends so stands before a place and is no part of its name: 下到镇街."""


def _joined(before: _Tagged, word: _Tagged) -> _Tagged:
    return _Tagged(before.text + word.text, word.tag, before.start)


def _is_place(name: str, word: _Tagged) -> bool:
    if name in language_data("places")["zones"] or (name.endswith("新区") and len(name) > 3 and word.tag == "ns"):
        return True
    if len(name) < 2 or name.endswith(_generic_places()):
        return False
    if _ends_like_place(name):
        return len(name) > 2 or (name == word.text and word.tag.startswith("ns"))
    return name in place_names() and name not in ask_words("zh")


def _ends_like_place(name: str) -> bool:
    ending = next((one for one in language_data("places")["endings"] if name.endswith(one)), None)
    if ending is None or len(name) < 2 or name.endswith(_generic_places()):
        return False
    return name.removesuffix(ending) not in language_data("places")["generic_stems"]


@cache
def _generic_places() -> tuple[str, ...]:
    return tuple(word for word in language_data("places")["generic"] if len(word) > 1)


def _english_places(text: str) -> tuple[tuple[str, ...], str]:
    endings = "|".join(language_data("places")["english"])
    found = []
    blanked = text.lower()
    for match in re.finditer(rf"\b((?:[A-Z][a-z']+\s+){{1,2}})(?i:{endings})\b", text):
        name = re.sub(r"^(?:The|How|What|Which|In|Of|Did|Does|Is|Are|Was|Were|Has|This)\s+", "", match.group(1)).strip()
        if name and not _is_common(name):
            found.append(name)
            start = match.start() + match.group(1).index(name)
            blanked = blanked[:start] + " " * (match.end() - start) + blanked[match.end() :]
    for match in re.finditer(r"\b(in|of|for|from|at)\s+([A-Z][a-z]{2,})\b", text):
        name, is_spelt = match.group(2), PINYIN.fullmatch(match.group(2).lower()) is not None
        if (is_spelt or match.group(1) in ("in", "from")) and name not in " ".join(found) and not _is_common(name):
            found.append(name)
            blanked = blanked[: match.start(2)] + " " * len(name) + blanked[match.end(2) :]
    for match in NEIGHBOUR_EN.finditer(blanked):
        found.append(match.group())
        blanked = blanked[: match.start()] + " " * len(match.group()) + blanked[match.end() :]
    return tuple(dict.fromkeys(found)), blanked


PINYIN = re.compile(
    "(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(?:iang|iong|uang|uai|uan|iao|ian|ang|eng|ing|ong|ai|ei|ao|ou|an|en|in|un|er"
    "|ia|ie|iu|ua|uo|ui|ue|[aoeiuv]))+"
)
"""Syllables as the names of Chinese places are spelt: behind "of" and "for" other words in capitals are no places."""


def _is_common(name: str) -> bool:
    return name.lower() in ask_words("en") or name.lower() in language_data("places")["english_generic"]
