"""The words of a question as they are looked for in the reports: each with other words for it, and its weight."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import rjieba

from wenbao.answers.figures import small_number
from wenbao.answers.question import PartOfSpeech, Question, Word
from wenbao.config.language import language_data
from wenbao.index.folding import fold
from wenbao.index.lexicon import Translation, function_words, lexicon

TRANSLATIONS = 6
OF_PART = 0.5
"""What a translation of one word of a phrase counts for, beside those of the phrase."""
SYNONYM = 0.85
KIND_OF_DOCUMENT = 0.25
MOST_WORDS = 4
LONGEST_PHRASE = 9
ABSENT = "\ue000\ue000"
"""A string that no report has: its rarity is that of all that is absent."""
SPELT_OTHERWISE = 0.99
NUMERALS = "零一二三四五六七八九"
NUMBERED = re.compile(r"([一二三四五六七八九]?十[一二三四五六七八九]?|[1-9]\d)([岁年天])")
"""Numbers to 99 as people write them in words."""
SAID_NOT = "没未不"
NOT_GRANTED = ("不予", "未予")
"""In front of a word these say the same, each in its own kind of Chinese."""
PARTS = {"noun": 1.0, "verb": 0.6, "other": 0.4, "adverb": 0.15}
"""What a word counts for by its part of speech: a thing has to be met, how it is said may differ."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the question; `forms` are the Chinese strings to look for, each with how good a match it is (0 to 1).

    `weight` says how much the word tells: rare words much, words that stand everywhere little. `parts` are the words
    that a compound or phrase is made of, which may stand apart from each other in a report; `part` its part of speech.
    """

    text: str
    at: int
    forms: tuple[tuple[str, float], ...]
    weight: float
    parts: tuple[Term, ...] = ()
    part: PartOfSpeech = "noun"


Frequency = Callable[[str], float]


def question_terms(question: Question, rarity: Frequency) -> tuple[Term, ...]:
    """The terms of a question, in its order. `rarity` gives the weight of a Chinese string in the library."""
    if question.is_english:
        return _english_terms(question, rarity)
    kinds = language_data("questions")["document_words"]["zh"] if question.kind == "document" else ()
    return tuple(
        _chinese_term(word, within, rarity, KIND_OF_DOCUMENT if word.text in kinds else _worth(word))
        for word, within in _with_phrases(question, rarity)
    )


LIGHT_VERB = 0.3


def _worth(word: Word) -> float:
    """What a word counts for by its part of speech; a verb of one character (做, 打, 拿) says little by itself."""
    return LIGHT_VERB if word.part == "verb" and len(word.text) == 1 else PARTS[word.part]


def _with_phrases(question: Question, rarity: Frequency) -> Iterator[tuple[Word, Sequence[Word]]]:
    """The words, those put together that say one thing in other words than the reports (空气好的日子: 优良天数).

    With each come the words that it was put together from, none for a single one.
    """
    words = list(question.words)
    at = 0
    while at < len(words):
        length = next(
            (
                length
                for length in range(MOST_WORDS, 1, -1)
                if _phrase(question, words[at : at + length], length, rarity)
            ),
            1,
        )
        first, last = words[at], words[at + length - 1]
        phrase = _phrase(question, words[at : at + length], length, rarity) if length > 1 else None
        yield (Word(phrase, first.start, last.end, "noun"), words[at : at + length]) if phrase else (first, ())
        at += length


def _phrase(question: Question, words: Sequence[Word], length: int, rarity: Frequency) -> str | None:
    """The words put together, as they stand in the question or without what is between (打了多少粮: 打粮); characters
    side by side that were cut from a name that the reports have (云 + 溪)."""
    if len(words) < length or words[-1].end - words[0].start > LONGEST_PHRASE or words[0].start > words[-1].start:
        return None
    whole = question.plain[words[0].start : words[-1].end]
    own = whole.startswith(words[0].text) and whole.endswith(words[-1].text)
    if len(whole) == len(words) and rarity(fold(whole)) < rarity(ABSENT):
        return whole
    for phrase in (whole, "".join(word.text for word in words)) if own else ():
        if any(rarity(fold(other)) < rarity(ABSENT) for other, _ in lexicon().similar(phrase)):
            return phrase
    return None


def _chinese_term(word: Word, within: Sequence[Word], rarity: Frequency, worth: float) -> Term:
    spelt = (*_other_spellings(word.text), *_other_denials(word.text))
    forms = {word.text: 1.0} | dict.fromkeys(spelt, SPELT_OTHERWISE)
    for other, weight in _similar(word.text):
        forms.setdefault(other, weight)
    parts = [_chinese_term(one, (), rarity, PARTS[one.part]) for one in within or _compounded(word)]
    weight = min(rarity(form) for form, quality in forms.items() if quality >= SPELT_OTHERWISE)
    return Term(word.text, word.start, tuple(forms.items()), weight * worth, tuple(parts), word.part)


def _compounded(word: Word) -> list[Word]:
    """The shorter words of a compound (安全隐患: 安全, 隐患), none where they leave more than one character out."""
    parts: list[Word] = []
    for part in rjieba.cut_for_search(word.text, False) if len(word.text) > 2 else ():
        at = word.text.find(part, parts[-1].end - word.start if parts else 0)
        if at >= 0 and 1 < len(part) < len(word.text):
            parts.append(Word(part, word.start + at, word.start + at + len(part), word.part))
    left_out = len(word.text) - sum(len(part.text) for part in parts)
    return parts if left_out <= 1 else []


def _other_spellings(word: str) -> Iterator[str]:
    """A number with what is counted, in digits where it is in words and the other way round: 六十岁, 60岁, 60周岁."""
    match = NUMBERED.fullmatch(word)
    if not match:
        return
    number, unit = match.groups()
    other = _in_words(int(number)) if number.isdigit() else str(small_number(number))
    yield from (f"{one}{age}" for one in (number, other) for age in (("岁", "周岁") if unit == "岁" else (unit,)))


def _other_denials(word: str) -> Iterator[str]:
    """What is not, as written Chinese says it: 没合格, 不合格, 未合格."""
    if word[0] in SAID_NOT and len(word) > 2:
        yield from (f"{other}{word[1:]}" for other in (*SAID_NOT, *NOT_GRANTED) if other != word[0])


def _in_words(number: int) -> str:
    tens, ones = divmod(number, 10)
    return (NUMERALS[tens] if tens > 1 else "") + "十" * bool(tens) + (NUMERALS[ones] if ones or not tens else "")


def _english_terms(question: Question, rarity: Frequency) -> tuple[Term, ...]:
    """A term for each unit of the question that the lexicon knows, and for each other word, such as a name.

    A unit that ends with a function word is a verb with its particle (carry out, came in).
    """
    units = lexicon().translate(question.plain)
    terms = []
    for unit in units:
        words = [word for word in question.words if unit.start <= word.start < unit.end]
        if words:
            forms = _translations(unit)
            is_phrasal = unit.source.lower().rpartition(" ")[2] in function_words()
            part: PartOfSpeech = "noun" if any(word.part == "noun" for word in words) else words[0].part
            part = "verb" if is_phrasal else part
            terms.append(Term(unit.source.lower(), unit.start, forms, _told(forms, rarity) * PARTS[part], part=part))
    for word in question.words:
        if not any(unit.start <= word.start < unit.end for unit in units):
            forms = tuple({word.text: 1.0, **dict(_similar(word.text))}.items())
            weight = min(rarity(form) for form, _ in forms) * PARTS[word.part]
            terms.append(Term(word.text, word.start, forms, weight, part=word.part))
    return tuple(sorted(terms, key=lambda term: term.at))


def _told(forms: Sequence[tuple[str, float]], rarity: Frequency) -> float:
    """What a word tells by its translations: the mean of those that the library has, each by how good it is."""
    there = [(rarity(form), quality) for form, quality in forms if rarity(form) < rarity(ABSENT)]
    whole = sum(quality for _, quality in there)
    return sum(tells * quality for tells, quality in there) / whole if there else rarity(ABSENT)


def _translations(unit: Translation) -> tuple[tuple[str, float], ...]:
    """Chinese words for a unit, the most probable as good as the word itself; for a phrase, its words' at less."""
    forms = _best_targets(unit, 1.0)
    parts = unit.source.split()
    for part in parts if len(parts) > 1 else ():
        for translation in lexicon().translate(part):
            for form, quality in _best_targets(translation, OF_PART).items():
                forms.setdefault(form, quality)
    return tuple(forms.items())


def _best_targets(unit: Translation, worth: float) -> dict[str, float]:
    best = unit.targets[0][1]
    return {fold(target): worth * min(1.0, math.sqrt(p / best)) for target, p in unit.targets[:TRANSLATIONS]}


def _similar(word: str) -> tuple[tuple[str, float], ...]:
    return tuple((fold(other), weight * SYNONYM) for other, weight in lexicon().similar(word))
