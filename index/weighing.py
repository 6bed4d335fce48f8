"""BM25 as sparse vectors, for a store that knows inner products only: the same scores as `wenbao.index.terms`.

What does not depend on the rest of the library goes into the vector of an entry, the rarity of a term into that of the
question; their inner product is the score. A term is known by a number of 31 bits made of its kind and itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from functools import lru_cache
from hashlib import blake2b

from wenbao.index.fusion import TERM_WEIGHTS
from wenbao.index.terms import HEADING, K1, Entry, Frequency, WeightedTerms, rarity
from wenbao.index.tokens import Tokens
from wenbao.index.units import Prepared

Weights = dict[int, float]
KINDS = (*(kind.name for kind in fields(Tokens)), HEADING)

_B = 0.75  # fixed in tantivy
_EXACT = 24
_BITS = 4


@dataclass(slots=True)
class Tally:
    """Of some entries: how many there are, in how many each term stands, and how many tokens they have by kind."""

    entries: int = 0
    terms: Counter[int] = field(default_factory=Counter)
    tokens: Counter[str] = field(default_factory=Counter)

    def add(self, entry: Entry) -> None:
        """Count one more."""
        self.entries += 1
        for kind, found in _by_kind(entry):
            self.tokens[kind] += len(found)
            self.terms.update({term_number(kind, token) for token in found})

    def mean_lengths(self) -> dict[str, float]:
        """How many tokens of each kind an entry has in the mean."""
        return {kind: self.tokens[kind] / max(self.entries, 1) for kind in KINDS}


@dataclass(slots=True)
class Tallies:
    """The tallies of some paragraphs and of their sentences; `units` is how many vectors they have."""

    paragraphs: Tally = field(default_factory=Tally)
    sentences: Tally = field(default_factory=Tally)
    units: int = 0

    @classmethod
    def of(cls, prepared: Iterable[Prepared]) -> Tallies:
        tallies = cls()
        for one in prepared:
            tallies.units += len(one.units)
            tallies.paragraphs.add(one.paragraph)
            for entry in one.sentences:
                tallies.sentences.add(entry)
        return tallies


def entry_weights(entry: Entry, mean_lengths: dict[str, float]) -> Weights:
    """What each term of an entry counts for, its rarity left out."""
    weights: Weights = {}
    for kind, found in _by_kind(entry):
        length = _kept_length(len(found)) / (mean_lengths[kind] or 1.0)
        for token, count in Counter(found).items():
            weights[term_number(kind, token)] = count * (K1 + 1) / (count + K1 * (1 - _B + _B * length))
    return weights


def query_weights(terms: WeightedTerms, entries: int, frequency: Frequency) -> Weights:
    """What each term of a question counts for among so many entries; terms that stand in none are left out."""
    weights: Weights = {}
    for kind, token, weight in _with_headings(terms):
        if found := frequency(kind, token):
            weights[term_number(kind, token)] = weight * getattr(TERM_WEIGHTS, kind) * rarity(found, entries)
    return weights


def numbers_of(terms: WeightedTerms) -> list[int]:
    """The numbers of all terms that `query_weights` asks for."""
    return [term_number(kind, token) for kind, token, _ in _with_headings(terms)]


@lru_cache(maxsize=200_000)
def term_number(kind: str, token: str) -> int:
    """The number that a term is known by; two of a million terms share theirs with a chance of one in a thousand."""
    digest = blake2b(f"{kind} {token}".encode("utf-8", "surrogatepass"), digest_size=4).digest()
    return int.from_bytes(digest) >> 1


def _with_headings(terms: WeightedTerms) -> Iterator[tuple[str, str, float]]:
    for kind, token, weight in terms.pairs():
        yield kind, token, weight
        if kind in ("words", "numbers"):
            yield HEADING, token, weight


def _by_kind(entry: Entry) -> Iterator[tuple[str, list[str]]]:
    for kind in fields(Tokens):
        yield kind.name, list(getattr(entry.tokens, kind.name))
    yield HEADING, entry.headings.split()


def _kept_length(length: int) -> int:
    """A length as tantivy keeps it in a byte: exact up to 40, then with four significant bits above 24."""
    shift = max((length - _EXACT).bit_length() - _BITS, 0) if length > _EXACT else 0
    return length if not shift else _EXACT + (length - _EXACT >> shift << shift)
