"""How often the right passage is found: BM25 alone, vectors alone, and both, on CMRC 2018 and DRCD.

    python benchmarks/retrieval.py [--data ../shared/data] [--model FOLDER]

The weights in `index/fusion.py` were chosen on the sets marked "chosen on"; the others decide.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import numpy as np

from benchmarks.passages import DATA, Asked, TextLibrary, reading_comprehension
from wenbao.config.settings import load_settings
from wenbao.index.fusion import DENSE_SHARE, fuse
from wenbao.index.search import Hit, Index, Query

K = 10
DEPTH = 50
SHARES = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.7)


@dataclass(frozen=True, slots=True)
class Judged:
    """The hits of a question, many more of them to see what either half alone would say, and the right row."""

    hits: list[Hit]
    more: list[Hit]
    right: int


def main() -> None:
    arguments = _arguments()
    for name in ("cmrc2018-trial", "cmrc2018-dev", "drcd-dev"):
        contexts, asked = reading_comprehension(arguments.data / f"{name}.jsonl.gz")
        judged = _search_all(contexts, asked, arguments.model)
        print(f"\n{name}: {len(contexts)} passages, {len(asked)} questions; right one first / among five")
        if name.endswith("trial"):
            _report("chosen on, all of it", judged)
        else:
            _report("chosen on, every other question", judged[::2])
            _report("NOT chosen on, the rest", judged[1::2])


def _search_all(contexts: Sequence[str], asked: Sequence[Asked], model: str | None) -> list[Judged]:
    with TemporaryDirectory() as folder:
        settings = load_settings(data_dir=Path(folder), embedding_model=model)
        index = Index.open(settings, cast(Any, TextLibrary(contexts)))
        queries = [(Query.of(each.question), each.row) for each in asked]
        return [Judged(index.search(query, K), index.search(query, DEPTH), row) for query, row in queries]


def _report(title: str, judged: Sequence[Judged]) -> None:
    print(f"  {title} ({len(judged)})")
    more = [(each.more, each.right) for each in judged]
    print(f"    BM25 alone     {_found(more, lambda hit: hit.terms)}")
    print(f"    vectors alone  {_found(more, lambda hit: hit.dense)}")
    both = _found([(each.hits, each.right) for each in judged], lambda hit: hit.score)
    print(f"    both           {both}   (share of vectors {DENSE_SHARE})")
    by_share = "  ".join(f"{share}: {_found(more, _fused(share)).split()[0]}" for share in SHARES)
    print(f"    by share of vectors  {by_share}")


def _fused(share: float) -> Callable[[Hit], float]:
    return lambda hit: float(fuse(np.float32(hit.terms), np.float32(hit.dense), share))


def _found(judged: Sequence[tuple[list[Hit], int]], score: Callable[[Hit], float]) -> str:
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
