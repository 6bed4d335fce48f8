"""Cuts a text into the tokens that BM25 counts: characters, bigrams, words and numbers, each kind apart."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import rjieba
import tantivy

from wenbao.index.folding import HAN, in_digits, tight

_HAN_RUN = re.compile(rf"[{HAN}]+")
_LETTERS = re.compile(rf"(?:(?![{HAN}])[^\W\d_])+")
_NUMBER = re.compile(rf"(\d+(?:\.\d+)*[%‰‱]?)([{HAN}]?)")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one text, as often as they occur.

    A number is a token by itself and once more with the character behind it (3373 and 3373次); words are those of
    two characters or more and the stems of words in letters.
    """

    chars: tuple[str, ...] = ()
    bigrams: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


def tokens(text: str) -> Tokens:
    """The tokens of a text; a passage and a question are cut alike.

    Numerals are counted twice, as they are written among the words and in digits among the numbers, so that what
    looks like a numeral and is none is found by its characters all the same.
    """
    form = tight(text)
    return _cut(form, _HAN_RUN.findall(form))


def together(parts: Iterable[Tokens]) -> Tokens:
    """The tokens of several texts as one, such as of the sentences of a paragraph."""
    parts = tuple(parts)
    if len(parts) == 1:
        return parts[0]
    return Tokens(
        tuple(token for part in parts for token in part.chars),
        tuple(token for part in parts for token in part.bigrams),
        tuple(token for part in parts for token in part.words),
        tuple(token for part in parts for token in part.numbers),
    )


def words_of(text: str) -> list[str]:
    """The Chinese words of a folded text, one after another, with everything between them."""
    return list(_jieba().cut(text))


def _cut(form: str, runs: list[str]) -> Tokens:
    jieba = _jieba()
    words = [word for run in runs for word in jieba.cut_for_search(run) if len(word) > 1]
    return Tokens(
        tuple("".join(runs)),
        tuple(first + second for run in runs for first, second in pairwise(run)),
        tuple(words + _stems(form)),
        tuple(_numbers(form)),
    )


def _numbers(form: str) -> list[str]:
    found = []
    for number, unit in _NUMBER.findall(in_digits(form)):
        found.append(number)
        if unit:
            found.append(number + unit)
    return found


def _stems(form: str) -> list[str]:
    letters = _LETTERS.findall(form)
    return [stem for stem in _stemmer().analyze(" ".join(letters)) if stem] if letters else []


@cache
def _jieba() -> rjieba.Jieba:
    return rjieba.Jieba()


@cache
def _stemmer() -> tantivy.TextAnalyzer:
    return tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).filter(tantivy.Filter.stemmer("english")).build()
