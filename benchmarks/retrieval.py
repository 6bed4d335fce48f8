"""How often the right passage is found: BM25 alone, vectors alone, and both, on CMRC 2018 and DRCD.

    python benchmarks/retrieval.py [--data ../shared/data] [--model FOLDER]

The weights in `index/fusion.py` were chosen on the halves marked "chosen on"; the other halves decide. The trial set
says nothing about the model in the box, which has learnt from its questions.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import numpy as np

from benchmarks.passages import DATA, Asked, TextLibrary, reading_comprehension
from wenbao.config.settings import load_settings
from wenbao.index.embedding import Encoder, open_encoder
from wenbao.index.finding import find
from wenbao.index.fusion import DENSE_SHARE, fuse
from wenbao.index.search import Hit, Index, Query
from wenbao.index.terms import WeightedTerms

K = 10
DEPTH = 50
SHARES = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.7)


@dataclass(frozen=True, slots=True)
class Judged:
    """What a question finds by both, by terms alone and by vectors alone; `many` are the first of both, to re-weigh."""

    right: int
    both: list[Hit]
    terms: list[Hit]
    dense: list[Hit]
    many: list[Hit]


def main() -> None:
    arguments = _arguments()
    for name in ("cmrc2018-trial", "cmrc2018-dev", "drcd-dev"):
        contexts, asked = reading_comprehension(arguments.data / f"{name}.jsonl.gz")
        judged = _search_all(contexts, asked, arguments.model)
        print(f"\n{name}: {len(contexts)} passages, {len(asked)} questions; right one first / among five")
        if name.endswith("trial"):
            _report("the model in the box has learnt from it", judged)
        else:
            _report("chosen on, every other question", judged[::2])
            _report("NOT chosen on, the rest", judged[1::2])


def _search_all(contexts: Sequence[str], asked: Sequence[Asked], model: str | None) -> list[Judged]:
    with TemporaryDirectory() as folder:
        settings = load_settings(data_dir=Path(folder), embedding_model=model)
        index = Index.open(settings, cast(Any, TextLibrary(contexts)))
        encoder = open_encoder(settings)
        return [_judged(index, each, encoder) for each in asked]


def _judged(index: Index, asked: Asked, encoder: Encoder) -> Judged:
    query = Query.of(asked.question)
    vector = encoder.encode_queries([query.dense])[0]
    generation = index.generation
    if generation is None:
        raise SystemExit("the index could not be built")
    return Judged(
        asked.row,
        both=index.search(query, K),
        terms=find(generation, query, np.zeros_like(vector), K),
        dense=find(generation, replace(query, terms=WeightedTerms()), vector, K),
        many=find(generation, query, vector, DEPTH),
    )


def _report(title: str, judged: Sequence[Judged]) -> None:
    print(f"  {title} ({len(judged)})")
    print(f"    BM25 alone     {_found([(each.terms, each.right) for each in judged])}")
    print(f"    vectors alone  {_found([(each.dense, each.right) for each in judged])}")
    print(f"    both           {_found([(each.both, each.right) for each in judged])}   (vectors count {DENSE_SHARE})")
    many = [(each.many, each.right) for each in judged]
    print("    vectors count ", *(f"{share}: {_found(many, _fused(share)).split()[0]} " for share in SHARES))


def _fused(share: float) -> Callable[[Hit], float]:
    return lambda hit: float(fuse(np.float32(hit.terms), np.float32(hit.dense), share))


def _found(judged: Sequence[tuple[list[Hit], int]], score: Callable[[Hit], float] = lambda hit: hit.score) -> str:
    ranked = [([hit.row for hit in sorted(hits, key=score, reverse=True)[:5]], right) for hits, right in judged]
    first = sum(rows[:1] == [right] for rows, right in ranked) / len(ranked)
    among = sum(right in rows for rows, right in ranked) / len(ranked)
    return f"{first:.4f} / {among:.4f}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the data sets")
    parser.add_argument("--model", default=None, help="another embedding model")
    return parser.parse_args()


if __name__ == "__main__":
    main()
