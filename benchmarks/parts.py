"""What the index costs: building it, and finding, against the raw parts on the same text in the same run.

    python benchmarks/parts.py [--data ../shared/data] [--paragraphs 21000]

The raw parts are the leanest hybrid that can be put together of them: the same encoder, one flat FAISS index and one
tantivy index of jieba's words over the paragraphs, their two lists joined by rank.
"""

from __future__ import annotations

import argparse
import resource
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, cast

import faiss
import numpy as np
import rjieba
import tantivy

from benchmarks.passages import DATA, Asked, TextLibrary, law_paragraphs, reading_comprehension
from wenbao.config.settings import load_settings
from wenbao.index.embedding import Encoder, open_encoder
from wenbao.index.search import Index, Query

K = 10
ROUNDS = 3
QUESTIONS = 200
PARAGRAPHS_OF_A_DOCUMENT = 100


def main() -> None:
    arguments = _arguments()
    contexts, asked = reading_comprehension(arguments.data / "drcd-dev.jsonl.gz")
    laws = law_paragraphs(arguments.data / "laws-zh.jsonl.xz", max(0, arguments.paragraphs - len(contexts)))
    texts = [*contexts, *laws]
    asked = Random(7).sample(asked, QUESTIONS)
    with TemporaryDirectory() as folder:
        _compare(Path(folder), texts, asked)


def _compare(folder: Path, texts: Sequence[str], asked: Sequence[Asked]) -> None:
    settings = load_settings(data_dir=folder)
    library = cast(Any, TextLibrary(texts, PARAGRAPHS_OF_A_DOCUMENT))
    start = perf_counter()
    index = Index.open(settings, library)
    seconds = perf_counter() - start
    print(f"indexing: {len(texts):,} paragraphs in {seconds:.1f} s, {len(texts) / seconds:,.0f} a second")
    start = perf_counter()
    raw = RawParts(texts, open_encoder(settings))
    print(f"raw parts, the same text: {perf_counter() - start:.1f} s")
    ours, theirs = _timed(asked, lambda question: [hit.row for hit in index.search(Query.of(question), K)], raw.search)
    print(f"finding: median {median(ours):.2f} ms, p95 {quantiles(ours, n=20)[-1]:.2f} ms")
    print(f"raw parts: median {median(theirs):.2f} ms, p95 {quantiles(theirs, n=20)[-1]:.2f} ms")
    print(f"ratio of the medians: {median(ours) / median(theirs):.2f}")
    for name, search in (
        ("finding", lambda text: [hit.row for hit in index.search(Query.of(text), K)]),
        ("raw", raw.search),
    ):
        first = sum(search(each.question)[:1] == [each.row] for each in asked) / len(asked)
        print(f"right one first, {name}: {first:.3f}")
    print(f"largest memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


class RawParts:
    """Encoder, FAISS and tantivy, put together as in a tutorial."""

    def __init__(self, texts: Sequence[str], encoder: Encoder) -> None:
        self._encoder = encoder
        self._jieba = rjieba.Jieba()
        self._vectors: Any = faiss.IndexFlatIP(encoder.dimension)
        self._vectors.add(encoder.encode_passages(texts))
        schema = tantivy.SchemaBuilder().add_text_field("body", tokenizer_name="whitespace", index_option="freq")
        self._terms = tantivy.Index(schema.add_unsigned_field("row", fast=True).build())
        writer = self._terms.writer(64_000_000, 1)
        for row, text in enumerate(texts, 1):
            document = tantivy.Document(body=" ".join(self._jieba.cut(text)))
            document.add_unsigned("row", row)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        self._terms.reload()
        self._searcher = self._terms.searcher()

    def search(self, question: str) -> list[int]:
        _, positions = self._vectors.search(self._encoder.encode_queries([question]), 5 * K)
        term = tantivy.Query.term_query
        words = [term(self._terms.schema, "body", word, "freq") for word in set(self._jieba.cut(question))]
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, word) for word in words])
        addresses = [address for _, address in self._searcher.search(query, 5 * K, count=False).hits]
        lists = positions[0] + 1, np.array(self._searcher.fast_field_values("row", addresses), np.int64)
        scores: dict[int, float] = {}
        for rows in lists:
            for rank, row in enumerate(rows.tolist()):
                scores[row] = scores.get(row, 0.0) + 1 / (60 + rank)
        return sorted(scores, key=lambda row: -scores[row])[:K]


def _timed(
    asked: Sequence[Asked], ours: Callable[[str], list[int]], theirs: Callable[[str], list[int]]
) -> tuple[list[float], list[float]]:
    """Milliseconds of each question, the two by turns, after a round that is not counted."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(ROUNDS + 1):
        for each in asked:
            for search, taken in zip((ours, theirs), times, strict=True):
                start = perf_counter()
                search(each.question)
                if turn:
                    taken.append((perf_counter() - start) * 1000)
    return times


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the data sets")
    parser.add_argument("--paragraphs", type=int, default=21_000, help="how many paragraphs")
    return parser.parse_args()


if __name__ == "__main__":
    main()
