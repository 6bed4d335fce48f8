"""The words of pages and reports (`vocabulary.toml`), as patterns."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

_WORDS = tomllib.loads(Path(__file__).with_name("vocabulary.toml").read_text(encoding="utf-8"))


def words(section: str, name: str) -> tuple[str, ...]:
    """One list of words."""
    return tuple(_WORDS[section][name])


def any_of(options: Iterable[str], *, spaced: bool = False) -> str:
    """A pattern that matches any of these words, the longest first; `spaced` allows for 来　源 beside 来源, and for
    words in letters in either case."""
    ordered = sorted(options, key=lambda word: (-len(word), word))
    return "(?:" + "|".join(_spaced(word) if spaced else re.escape(word) for word in ordered) + ")"


def _spaced(word: str) -> str:
    if word.isascii():
        return f"(?i:{re.escape(word)})"
    return r"\s{0,4}".join(re.escape(character) for character in word)
