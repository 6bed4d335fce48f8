"""Finds the words of a search in a passage, whatever their script, width and case, to mark them."""

from __future__ import annotations

from dataclasses import dataclass

from wenbao.index.folding import fold
from wenbao.index.tokens import words_of

_LEAST_WORD = 2


@dataclass(frozen=True, slots=True)
class Marks:
    """Where words of a search stand in a text; `has_all` where each of them does as it was typed."""

    spans: tuple[tuple[int, int], ...]
    has_all: bool


def marks(query: str, text: str) -> Marks:
    """The places of the query's words, which are what spaces part; those of its parts for a word that is not there."""
    folded = fold(text)
    wanted = fold(query).split()
    spans: list[tuple[int, int]] = []
    missing = 0
    for word in wanted:
        found = _occurrences(word, folded)
        if not found:
            missing += 1
            found = [span for part in _parts(word) for span in _occurrences(part, folded)]
        spans += found
    return Marks(_joined(spans), not missing and bool(wanted))


def _parts(word: str) -> set[str]:
    return {part for part in words_of(word) if len(part) >= _LEAST_WORD and part != word}


def _occurrences(word: str, text: str) -> list[tuple[int, int]]:
    spans = []
    at = text.find(word)
    while at >= 0:
        spans.append((at, at + len(word)))
        at = text.find(word, at + len(word))
    return spans


def _joined(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The spans in order, those that touch or overlap as one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return tuple(joined)
