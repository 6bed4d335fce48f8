"""Finding among many vectors of real text, against comparing all of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.passages import law_paragraphs
from wenbao.cli.passages import DATA
from wenbao.index import vectors
from wenbao.index.embedding import DEFAULT_MODEL, Prompts, Vectors, open_model
from wenbao.index.vectors import FaissVectors, open_vectors, write_vectors

LAWS = Path(__file__).parents[2] / DATA / "laws-zh.jsonl.xz"
COUNT = 30_000
ASKED = 150
pytestmark = pytest.mark.skipif(not LAWS.is_file(), reason=f"{LAWS.name} is not there")


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """The beginnings of paragraphs of laws, each once, which are embedded in a few seconds."""
    long = (text[:48] for text in law_paragraphs(LAWS, 2 * COUNT) if len(text) >= 24)
    return list(dict.fromkeys(long))[: COUNT + ASKED]


@pytest.fixture(scope="module")
def embedded(texts: list[str]) -> tuple[Vectors, Vectors]:
    """What is searched, and questions: the middles of paragraphs that are not among it, a few words each."""
    encoder = open_model(DEFAULT_MODEL, Prompts())
    return encoder.encode_passages(texts[:COUNT]), encoder.encode_queries([f"{one[8:20]}?" for one in texts[COUNT:]])


@pytest.fixture(scope="module")
def many(embedded: tuple[Vectors, Vectors], tmp_path_factory: pytest.TempPathFactory) -> FaissVectors:
    path = tmp_path_factory.mktemp("many") / "all.faiss"
    write_vectors(path, embedded[0])
    return open_vectors(path)


def test_the_kind_of_index_goes_by_the_number_of_vectors(embedded: tuple[Vectors, Vectors], tmp_path: Path) -> None:
    """Up to the limit each number is kept whole, in four bytes; above it, in less than three."""
    few, more = tmp_path / "few.faiss", tmp_path / "more.faiss"
    limit, dimension = vectors.FLAT_LIMIT, 64
    write_vectors(few, embedded[0][:limit, :dimension])
    write_vectors(more, embedded[0][: limit + 1, :dimension])
    assert few.stat().st_size >= 4 * limit * dimension
    assert more.stat().st_size < 3 * limit * dimension


def test_nearly_all_of_the_nearest_are_found(embedded: tuple[Vectors, Vectors], many: FaissVectors) -> None:
    """Of the ten that comparing all of them exactly finds, 98 of 100."""
    assert _recall(*embedded, many, np.ones(COUNT, np.bool_), None) >= 0.98


def test_nearly_all_of_the_nearest_are_found_under_a_filter(
    embedded: tuple[Vectors, Vectors], many: FaissVectors
) -> None:
    """Also where only every fourth may be found, which are too many to compare one by one."""
    allowed = np.arange(COUNT) % 4 == 0
    assert _recall(*embedded, many, allowed, allowed) >= 0.98


def _recall(
    kept: Vectors, asked: Vectors, store: FaissVectors, wanted: NDArray[np.bool_], allowed: NDArray[np.bool_] | None
) -> float:
    """How many of the ten nearest are found; one that is just as near counts as well."""
    products = np.where(wanted, asked @ kept.T, -1)
    tenth = np.partition(products, -10, axis=1)[:, -10]
    found = [store.search(query, 10, allowed)[0] for query in asked]
    near = [row[at] >= least - 1e-6 for row, at, least in zip(products, found, tenth, strict=True)]
    return float(np.mean([np.count_nonzero(one) / 10 for one in near]))
