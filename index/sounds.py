"""Finds names that are spelt in letters by how their characters sound: Qingyun for 青云."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

LEAST_LETTERS = 4


@lru_cache(maxsize=8192)
def sound(char: str) -> str:
    """A character as it sounds, in letters without tone; other characters are themselves."""
    return spelt(char)


def spelt(text: str) -> str:
    """A text as it sounds, in letters without tones."""
    from pypinyin import lazy_pinyin  # its dictionaries take longer to load than most questions to answer

    return "".join(lazy_pinyin(text))


def may_be_spelt(word: str) -> bool:
    """Whether a (lower-case) word is of letters and long enough to be told from others by its sound."""
    return len(word) >= LEAST_LETTERS and word.isascii() and word.isalpha()


_FINALS = "iang|iong|uang|[aeio]ng|i?a[no]|ua[in]|ai|[aeiou]n|ei|er|i[aeu]|ou|u[aeio]|[aeiou]"
_SYLLABLES = re.compile(rf"(?:(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])?(?:{_FINALS})){{2,}}")


def is_spelt_name(word: str) -> bool:
    """Whether a (lower-case) word reads as Chinese syllables, as names do: conghua."""
    return _SYLLABLES.fullmatch(word) is not None


def spelt_places(text: str, word: str) -> Iterator[tuple[int, int]]:
    """The start and end of each stretch of a text, of two or more whole characters, that sounds like a word."""
    sounds, owners = _sounds(text)
    at = sounds.find(word)
    while at >= 0:
        first, last = owners[at], owners[at + len(word) - 1]
        begins = at == 0 or owners[at - 1] != first
        ends = at + len(word) == len(owners) or owners[at + len(word)] != last
        if begins and ends and first != last:
            yield first, last + 1
        at = sounds.find(word, at + 1)


@lru_cache(maxsize=512)
def _sounds(text: str) -> tuple[str, tuple[int, ...]]:
    """A text as it sounds, and for each letter the position of its character."""
    spelt = [(sound(char), at) for at, char in enumerate(text)]
    return "".join(letters for letters, _ in spelt), tuple(at for letters, at in spelt for _ in letters)
