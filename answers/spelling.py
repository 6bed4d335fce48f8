"""Mends misspelt words of a question by the words of the passages: 电子证造 → 电子证照, 办洁率 → 办结率."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import rjieba

from wenbao.answers.question import Question
from wenbao.index.sounds import sound

HAN = re.compile(r"[\u4e00-\u9fff]")
NEIGHBOURS = 3


def mended(question: Question, texts: Sequence[str]) -> str | None:
    """The question's `plain` text with misspelt characters replaced, None where nothing is to be mended.

    A character is taken for misspelt where it makes no word with its neighbours and the (folded) texts have, between
    the same neighbours, one that sounds the same, or, between three neighbours, any other one.
    """
    plain = question.plain
    replaced = False
    for at in _lone_characters(question):
        better = _better(plain, at, texts)
        if better:
            plain = plain[:at] + better + plain[at + 1 :]
            replaced = True
    return plain if replaced else None


def _lone_characters(question: Question) -> list[int]:
    """The positions of characters that are words by themselves, beside other words; none in words of the last turn."""
    own = [word for word in question.words if question.plain[word.start : word.end] == word.text]
    lone = [word.start for word in own if len(word.text) == 1 and HAN.match(word.text)]
    taken = {at for word in own for at in range(word.start, word.end)}
    return [at for at in lone if at - 1 in taken or at + 1 in taken]


def _better(plain: str, at: int, texts: Sequence[str]) -> str | None:
    found: Counter[str] = Counter()
    for before, behind in _windows(plain, at):
        pattern = re.compile(f"{re.escape(before)}(.){re.escape(behind)}")
        if any(before + plain[at] + behind in text for text in texts):
            return None
        for text in texts:
            for other in pattern.findall(text):
                if _may_stand_for(plain[at], other, before, behind):
                    found[other] += 1
        if found:
            return found.most_common(1)[0][0]
    return None


def _windows(plain: str, at: int) -> Iterator[tuple[str, str]]:
    """What stands around a character, the longest first."""
    for length in range(NEIGHBOURS, 0, -1):
        for left in range(length, -1, -1):
            before, behind = plain[max(0, at - left) : at], plain[at + 1 : at + 1 + length - left]
            if len(before) == left and len(behind) == length - left and all(map(HAN.match, before + behind)):
                yield before, behind


def _may_stand_for(written: str, other: str, before: str, behind: str) -> bool:
    if not HAN.match(other) or other == written:
        return False
    pairs = (before[-1:] + other, other + behind[:1])
    is_word = any(len(pair) == 2 and rjieba.has_word(pair) for pair in pairs)
    return is_word and (sound(written) == sound(other) or len(before + behind) >= NEIGHBOURS)
