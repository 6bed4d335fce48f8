"""Finds the words that only introduce personal data (我的电话是…, my phone is …), so that they are not looked up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from wenbao.config.language import language_data
from wenbao.index.folding import HAN, fold

Range = tuple[int, int]

_SIGNS = " :=,;.!、。…~"
_BLANK = rf"[{_SIGNS}]*+"
# A pause: a sign, or a space beside a Chinese character or a figure. The words of an English sentence have none.
_PAUSE = rf"[^\w\s*@+-]\s*|(?<=[{HAN}0-9])\s+|\s+(?=[{HAN}])"
_AFTER_PAUSE = r"(?<=[^\w\s*@+-])|(?<=[^\w\s*@+-]\s)"


@dataclass(frozen=True, slots=True)
class Patterns:
    """What stands before a number and behind it where it introduces the number and is nothing else."""

    before: re.Pattern[str]
    own: re.Pattern[str]
    equal: re.Pattern[str]
    behind: re.Pattern[str]


def introduced(text: str, found: Sequence[Range]) -> list[Range]:
    """The ranges of personal data in a text, in order, each with the words that only introduce it.

    Such words fill all that stands between two pauses beside the number, or begin with what is one's own (我的, my).
    What else is said of the number (法律援助电话…是多少) stays, as it is part of the question.
    """
    folded, wider, at = fold(text), [], 0
    for number, (start, end) in enumerate(found):
        next_start = found[number + 1][0] if number + 1 < len(found) else len(folded)
        first, last = _around(folded[at:start], folded[end:next_start])
        wider.append((start - first, end + last))
        at = end + last
    return wider


def _around(before: str, behind: str) -> Range:
    """How many characters before a number and behind it introduce it."""
    patterns = _patterns()
    words, answer = patterns.before.search(before), patterns.behind.match(behind)
    first = len(before) - words.start("words") if words else 0
    leads = words is not None and _leads(words["words"])
    if answer is None:
        return (first if leads else 0), 0
    begins = words is not None or not before.strip() or re.search(rf"(?:{_PAUSE})$", before) is not None
    is_own = patterns.own.search(answer["words"]) is not None
    return first, len(answer["words"].rstrip(_SIGNS)) if begins or is_own else 0


def _leads(words: str) -> bool:
    """Whether nothing but a number can come after these words, so that the question may go on right behind it."""
    patterns = _patterns()
    return patterns.own.match(words) is not None or patterns.equal.search(words) is not None


@cache
def _patterns() -> Patterns:
    data = language_data("personal")
    word, own, equal, openers = (_any_of(data[name]) for name in ("words", "own", "equal", "openers"))
    return Patterns(
        before=re.compile(rf"(?:^|{_PAUSE}|(?={own}))(?P<words>(?>{word}{_BLANK})++)$"),
        own=re.compile(own),
        equal=re.compile(rf"(?:{equal}|[:=])\s*$"),
        behind=re.compile(
            rf"(?P<words>{_BLANK}(?>(?!{openers}){word}{_BLANK})*)(?:$|{_AFTER_PAUSE}|(?={_PAUSE}|{openers}))"
        ),
    )


def _any_of(words: Sequence[str]) -> str:
    """The longest of some words that stands here; an English one as a whole."""
    longest_first = sorted(map(fold, words), key=len, reverse=True)
    return "(?>" + "|".join(map(_whole, longest_first)) + ")"


def _whole(word: str) -> str:
    return rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() else re.escape(word)
