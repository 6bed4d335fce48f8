"""The vector store, against plain numpy."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from wenbao.index import vectors
from wenbao.index.vectors import FaissVectors, open_vectors, write_vectors

Matrix = NDArray[np.float32]


def _clustered(count: int) -> Matrix:
    """Vectors of length 1 around two hundred centres, as texts of the same kinds are."""
    random = np.random.default_rng(0)
    centres = random.normal(size=(200, 16))
    made = centres[random.integers(0, 200, count)] + random.normal(scale=0.2, size=(count, 16))
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def few() -> Matrix:
    return _clustered(500)


@pytest.fixture(scope="module")
def many() -> Matrix:
    return _clustered(vectors.FLAT_LIMIT + 5_000)


@pytest.fixture(scope="module")
def small_store(few: Matrix, tmp_path_factory: pytest.TempPathFactory) -> FaissVectors:
    return _written(few, tmp_path_factory)


@pytest.fixture(scope="module")
def large_store(many: Matrix, tmp_path_factory: pytest.TempPathFactory) -> FaissVectors:
    return _written(many, tmp_path_factory)


def _written(matrix: Matrix, folders: pytest.TempPathFactory) -> FaissVectors:
    path = folders.mktemp("vectors") / "all.faiss"
    write_vectors(path, matrix)
    return open_vectors(path)


def test_few_vectors_are_compared_exactly(few: Matrix, small_store: FaissVectors) -> None:
    """The nearest are those that numpy finds, in the same order and with the same scores."""
    positions, scores = small_store.search(few[7], 10, None)
    products = few @ few[7]
    assert np.argsort(-products)[:10].tolist() == positions.tolist()
    assert np.allclose(products[positions], scores, atol=1e-6)


def test_asking_for_more_than_there_are_gives_all(few: Matrix, small_store: FaissVectors) -> None:
    """No place in the result is filled with nothing."""
    positions, _ = small_store.search(few[0], 1000, None)
    assert list(range(500)) == sorted(positions.tolist())


def test_many_vectors_are_found_nearly_all(many: Matrix, large_store: FaissVectors) -> None:
    """Above the limit the nearest ten are found by cells: nine of ten and more of them."""
    queries = many[::1000]
    found = [set(large_store.search(query, 10, None)[0].tolist()) for query in queries]
    right = [set(np.argsort(-(many @ query))[:10].tolist()) for query in queries]
    assert np.mean([len(one & other) / 10 for one, other in zip(found, right, strict=True)]) > 0.9


@pytest.mark.parametrize("share", [2, 20, 20_000])
def test_a_filter_holds_among_many(many: Matrix, large_store: FaissVectors, share: int) -> None:
    """Only what is allowed is found, be it half of all or a single one."""
    allowed = np.zeros(len(many), np.bool_)
    allowed[3::share] = True
    positions, _ = large_store.search(many[0], 50, allowed)
    assert min(50, np.count_nonzero(allowed)) == len(positions)
    assert allowed[positions].all()


def test_a_filter_on_most_of_many_holds(many: Matrix, large_store: FaissVectors) -> None:
    """A filter that is too wide to compare one by one is kept to inside the search."""
    allowed = np.ones(len(many), np.bool_)
    allowed[large_store.search(many[0], 20, None)[0]] = False
    positions, _ = large_store.search(many[0], 20, allowed)
    assert len(positions) == 20
    assert allowed[positions].all()


def test_a_filter_that_allows_nothing_finds_nothing(few: Matrix, small_store: FaissVectors) -> None:
    """Nothing is nothing, not everything."""
    positions, scores = small_store.search(few[0], 5, np.zeros(500, np.bool_))
    assert 0 == len(positions) == len(scores)


@pytest.mark.parametrize("store", ["small_store", "large_store"])
def test_scores_of_given_vectors_are_their_inner_products(
    store: str, few: Matrix, many: Matrix, request: pytest.FixtureRequest
) -> None:
    """Vectors kept in eight bits are a hundredth off at the most."""
    matrix = few if store == "small_store" else many
    positions = np.array([5, 3, 400])
    scores = request.getfixturevalue(store).scores(matrix[9], positions)
    assert np.allclose(matrix[positions] @ matrix[9], scores, atol=0.01)
