"""Carries words across: English words and phrases to Chinese ones, and Chinese words to others for the same thing.

The file `lexicon.tsv` is made by `wenbao.index.training`: one key a line, sorted by bytes, its words with their
weights in hundredths behind it. It is searched where it lies on disk, so that opening it costs nothing.
"""

from __future__ import annotations

import mmap
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, lru_cache
from pathlib import Path
from typing import Self

PATH = Path(__file__).parent / "lexicon.tsv"
LONGEST_PHRASE = 4
OWN_SHARE = 0.7
MOST_TARGETS = 10
NEAR = 0.84
"""How like a misspelt word another one is, by the share of letters in the same order, that it may be meant for."""

Weighted = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Translation:
    """A word or phrase of the question (`start` to `end`) with Chinese words for it, the most probable first."""

    source: str
    start: int
    end: int
    targets: Weighted


class Lexicon:
    """The lexicon in the box. Safe to use from several threads."""

    def __init__(self, content: bytes | mmap.mmap) -> None:
        self._content = content

    @classmethod
    def load(cls, path: Path = PATH) -> Self:
        """Open a lexicon file."""
        with path.open("rb") as file:
            return cls(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))

    def translate(self, english_text: str) -> list[Translation]:
        """Chinese words for each word of an English text; a known phrase is one unit, function words are passed over.

        A word that the lexicon does not hold has no place in the result.
        """
        words = list(_WORD.finditer(english_text.lower()))
        found = []
        position = 0
        while position < len(words):
            length, targets = self._longest_unit(words, position)
            if length > 1 and self._is_better_cut(words, position, length):
                length, targets = 1, self._word(words[position][0])
            if targets:
                start, end = words[position].start(), words[position + length - 1].end()
                found.append(Translation(english_text[start:end], start, end, targets))
            position += length
        return found

    def _is_better_cut(self, words: list[re.Match[str]], position: int, length: int) -> bool:
        """Whether a unit that begins in it and reaches beyond it is longer: orders | rectify within a deadline."""
        later = ((place, self._longest_unit(words, place)[0]) for place in range(position + 1, position + length))
        return any(other > length and place + other > position + length for place, other in later)

    def unknown(self, english_text: str) -> list[str]:
        """The words of an English text that the lexicon does not hold, such as names; no function words."""
        known = self.translate(english_text)
        return [
            word[0]
            for word in _WORD.finditer(english_text.lower())
            if word[0] not in function_words() and not any(one.start <= word.start() < one.end for one in known)
        ]

    def similar(self, chinese_word: str) -> Weighted:
        """Other Chinese words for the same thing, each with a weight below 1, the nearest first."""
        return self._entry(chinese_word)

    def knows(self, english_word: str) -> bool:
        """Whether a word, or a form of it, is a function word or stands in the lexicon."""
        return any(form in function_words() or self._entry(form) for form in forms(english_word))

    def nearest(self, misspelt: str) -> str | None:
        """The English word that a misspelt one is meant for, None where none is near; the first letter is right."""
        found = get_close_matches(misspelt, self._words(misspelt[:1]), cutoff=NEAR)
        return min(found, key=lambda near: sorted(near) != sorted(misspelt), default=None)

    @lru_cache(maxsize=26)  # noqa: B019 - there is one lexicon
    def _words(self, letter: str) -> list[str]:
        """The English words that begin with a letter, phrases aside."""
        pattern = re.compile(rb"^%b[a-z]+(?=\t)" % re.escape(letter.encode()), re.MULTILINE)
        return [word.decode() for word in pattern.findall(self._content)]

    def _longest_unit(self, words: list[re.Match[str]], position: int) -> tuple[int, Weighted]:
        """How many words the unit at `position` has, and its translations."""
        for length in range(min(LONGEST_PHRASE, len(words) - position), 1, -1):
            phrase = words[position : position + length]
            if phrase[0][0] in _no_phrase_begins() or (phrase[-1][0].endswith("'s") and phrase[-1] is not words[-1]):
                continue
            targets = self._phrase(" ".join(word[0] for word in phrase)) or self._joined(phrase)
            if targets:
                return length, _blend(targets, self._parts(phrase))
        return 1, self._word(words[position][0])

    def _joined(self, words: list[re.Match[str]]) -> Weighted:
        """Two words with a hyphen between them as one: sub-districts."""
        first, second = words[0], words[-1]
        hyphenated = len(words) == 2 and first.string[first.end() : second.start()] == "-"
        return self._word(first[0] + second[0]) if hyphenated else ()

    def _phrase(self, phrase: str) -> Weighted:
        head, _, last = phrase.rpartition(" ")
        return next((targets for form in forms(last) if (targets := self._entry(f"{head} {form}"))), ())

    def _parts(self, phrase: list[re.Match[str]]) -> Weighted:
        """What the words of a phrase are one by one, for a report that says it in other words."""
        known = [targets for word in phrase if (targets := self._word(word[0]))]
        return tuple((word, weight / len(known)) for targets in known for word, weight in targets)

    def _word(self, word: str) -> Weighted:
        """The entries of a word and of the first other form that is known, the word itself counting more."""
        if word in function_words():
            return ()
        entries = [targets for form in forms(word) if (targets := self._entry(form))][:2]
        if len(entries) < 2:
            return entries[0] if entries else ()
        return _blend(entries[0], entries[1])

    def _entry(self, key: str) -> Weighted:
        """The line of a key, found by halving the file."""
        wanted = key.encode()
        low, high = 0, len(self._content)
        while low < high:
            middle = self._content.rfind(b"\n", low, (low + high) // 2) + 1 or low
            end = self._content.find(b"\n", middle)
            found, _, rest = self._content[middle:end].partition(b"\t")
            if found == wanted:
                return _weighted(rest.decode())
            low, high = (end + 1, high) if found < wanted else (low, middle)
        return ()


@cache
def lexicon() -> Lexicon:
    """The lexicon in the box, opened once."""
    return Lexicon.load()


@cache
def function_words() -> frozenset[str]:
    """English words that carry no subject of their own."""
    return frozenset(str(_english()["function_words"]).split())


@cache
def _no_phrase_begins() -> frozenset[str]:
    """Function words that no phrase begins with: phrasal verbs do (carry out, taken on), what only asks does not."""
    return function_words() - frozenset(str(_english()["begin_phrases"]).split())


@cache
def not_plural() -> frozenset[str]:
    """English words in s that are no plural."""
    return frozenset(str(_english()["not_plural"]).split())


def forms(word: str) -> Iterator[str]:
    """A word as it is, then what it may be a form or another spelling of, the likeliest first."""
    bases = list(dict.fromkeys([word, *_bases(word)]))
    yield from bases
    for base in bases:
        yield from _respelt(base)


def _bases(word: str) -> Iterator[str]:
    irregular = _english()["irregular"].get(word)
    if irregular:
        yield irregular
    if word.endswith("'s"):
        word = word[:-2]
        yield word
    for ending, replacements in _ENDINGS:
        if ending == "s" and word in not_plural():
            continue
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= (2 if ending[-1] == "s" else 3):
            yield from _completed(stem, replacements)


def _completed(stem: str, replacements: tuple[str, ...]) -> Iterator[str]:
    """What a word can have been before its ending; "fined" is from "fine", for "fin" would give "finned"."""
    if replacements == ("", "e") and _WANTS_E.search(stem):
        replacements = ("e", "")
    yield from (stem + replacement for replacement in replacements)
    if len(replacements) == 2 and stem[-1] == stem[-2]:
        yield stem[:-1]


def _respelt(word: str) -> Iterator[str]:
    for ending, other in _english()["spelling"].items():
        if word.endswith(ending) and len(word) > len(ending) + 2:
            yield word.removesuffix(ending) + other


@cache
def _english() -> dict[str, dict[str, str]]:
    return tomllib.loads((Path(__file__).parent / "english.toml").read_text("utf-8"))


def _blend(own: Weighted, base: Weighted) -> Weighted:
    weights = {word: weight * OWN_SHARE for word, weight in own}
    for word, weight in base:
        weights[word] = weights.get(word, 0.0) + weight * (1 - OWN_SHARE)
    return tuple(sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:MOST_TARGETS])


def _weighted(line: str) -> Weighted:
    parts = line.split(" ")
    return tuple((word, int(weight) / 100) for word, weight in zip(parts[::2], parts[1::2], strict=True))


_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_WANTS_E = re.compile(r"^[^aeiou]*[aeiou][^aeiouwxy]$|[aeiou][cgv]$|[aeiou]{2}s$|[lr]s$")
_ENDINGS = (
    ("ies", ("y", "ie")),
    ("sses", ("ss",)),
    ("ches", ("ch", "che")),
    ("shes", ("sh",)),
    ("xes", ("x", "xe")),
    ("oes", ("o", "oe")),
    ("s", ("",)),
    ("ses", ("s",)),
    ("ied", ("y",)),
    ("ed", ("", "e")),
    ("ing", ("", "e")),
    ("ly", ("",)),
)
