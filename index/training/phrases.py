"""English units: sentences become words in their base form, and phrases that belong together become one unit."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from math import log

from wenbao.index.lexicon import LONGEST_PHRASE, forms, function_words, not_plural

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")


class EnglishUnits:
    """Cuts English into units, once it knows which words and phrases there are."""

    def __init__(self, known: Iterable[str]) -> None:
        """`known` are the words and phrases of the dictionary, in base form."""
        known = list(known)
        self._words = {unit for unit in known if " " not in unit}
        self._phrases = {unit for unit in known if " " in unit}

    def words(self, text: str) -> list[str]:
        """The words of a text that carry a subject, in base form, in order."""
        return [word for word in self._all_words(text) if word not in function_words()]

    def units(self, text: str) -> list[str]:
        """The same, with known phrases as one unit each."""
        words = self._all_words(text)
        units, position = [], 0
        while position < len(words):
            length = self._phrase_length(words, position)
            unit = " ".join(words[position : position + length])
            if unit not in function_words():
                units.append(unit)
            position += length
        return units

    def learn_phrases(self, texts: Sequence[str], least: int = 6, bound: float = 4.0) -> None:
        """Take up word pairs that stand together far oftener than their words by chance."""
        sentences = [self._all_words(text) for text in texts]
        single = Counter(word for sentence in sentences for word in sentence)
        double = Counter(pair for sentence in sentences for pair in itertools.pairwise(sentence))
        total = sum(single.values())
        for (first, second), count in double.items():
            if count < least or {first, second} & function_words():
                continue
            if log(count * total / (single[first] * single[second])) >= bound:
                self._phrases.add(f"{first} {second}")

    def base(self, word: str) -> str:
        """The form under which the lexicon holds a word; a plural is held under its singular."""
        known = [form for form in forms(word) if form in self._words]
        if word.endswith("s") and word not in not_plural():
            known = [form for form in known if form != word] or known
        return known[0] if known else word

    def _all_words(self, text: str) -> list[str]:
        words = _WORD.findall(text.lower())
        return [word if word in function_words() else self.base(word) for word in words]

    def _phrase_length(self, words: list[str], position: int) -> int:
        for length in range(min(LONGEST_PHRASE, len(words) - position), 1, -1):
            if " ".join(words[position : position + length]) in self._phrases:
                return length
        return 1
