"""The words of a question as they are looked for in the reports: each with other words for it, and its weight."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from wenbao.answers.question import Question, Word
from wenbao.index.folding import fold
from wenbao.index.lexicon import Lexicon

TRANSLATIONS = 6
SYNONYM = 0.7
MOST_WORDS = 4
LONGEST_PHRASE = 9
ABSENT = "\ue000"
"""A string that no report has: its rarity is that of all that is absent."""
PARTS = {"noun": 1.0, "verb": 0.6, "other": 0.4}
"""What a word counts for by its part of speech: a thing has to be met, how it is said may differ."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the question; `forms` are the Chinese strings to look for, each with how good a match it is (0 to 1).

    `weight` says how much the word tells: rare words much, words that stand everywhere little.
    """

    text: str
    at: int
    forms: tuple[tuple[str, float], ...]
    weight: float


Frequency = Callable[[str], float]


def question_terms(question: Question, rarity: Frequency) -> tuple[Term, ...]:
    """The terms of a question, in its order. `rarity` gives the weight of a Chinese string in the library."""
    if question.is_english:
        return _english_terms(question, rarity)
    return tuple(_chinese_term(word, rarity) for word in _with_phrases(question, rarity))


def _with_phrases(question: Question, rarity: Frequency) -> Iterator[Word]:
    """The words, those put together that say one thing in other words than the reports (空气好的日子: 优良天数)."""
    words = list(question.words)
    at = 0
    while at < len(words):
        length = next((length for length in range(MOST_WORDS, 1, -1) if _is_phrase(question, words[at : at + length], length, rarity)), 1)
        first, last = words[at], words[at + length - 1]
        yield first if length == 1 else Word(question.plain[first.start : last.end], first.start, last.end, "noun")
        at += length


def _is_phrase(question: Question, words: Sequence[Word], length: int, rarity: Frequency) -> bool:
    if len(words) < length or words[-1].end - words[0].start > LONGEST_PHRASE or words[0].start > words[-1].start:
        return False
    phrase = question.plain[words[0].start : words[-1].end]
    own = phrase.startswith(words[0].text) and phrase.endswith(words[-1].text)
    return own and any(rarity(fold(other)) < rarity(ABSENT) for other, _ in lexicon().similar(phrase))


def context_terms(words: tuple[Word, ...], rarity: Frequency) -> tuple[Term, ...]:
    """Words of the question before, which help to choose between places but need not be met."""
    return tuple(Term(word.text, word.start, ((word.text, 1.0),), rarity(word.text)) for word in words)


def _chinese_term(word: Word, rarity: Frequency) -> Term:
    forms = {word.text: 1.0}
    for other, weight in lexicon().similar(word.text):
        forms.setdefault(fold(other), weight * SYNONYM)
    return Term(word.text, word.start, tuple(forms.items()), rarity(word.text) * PARTS[word.part])


def _english_terms(question: Question, rarity: Frequency) -> tuple[Term, ...]:
    terms = []
    translations = {one.start: one for one in lexicon().translate(question.plain)}
    covered = 0
    for word in question.words:
        if word.start < covered:
            continue
        translation = translations.get(word.start)
        if translation is None:
            forms: tuple[tuple[str, float], ...] = ((word.text, 1.0),)
        else:
            covered = translation.end
            best = translation.targets[0][1]
            forms = tuple((fold(target), min(1.0, math.sqrt(p / best))) for target, p in translation.targets[:TRANSLATIONS])
        weight = min(rarity(form) for form, _ in forms) * PARTS[word.part]
        terms.append(Term(word.text, word.start, forms, weight))
    return tuple(terms)


@cache
def lexicon() -> Lexicon:
    return Lexicon.load()
