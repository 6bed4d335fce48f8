"""Boosted trees that are used without the library that grew them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingClassifier

from benchmarks.fitting import DEPTH, SEED, SHARE_OF_FEATURES, SHARE_OF_ROWS, SHRINKAGE, TREE_COUNT, boosted
from wenbao.answers.trees import load, save

CHANCE = np.random.default_rng(1)
ROWS = CHANCE.random((300, 6)).astype(np.float32).astype(np.float64)
RIGHT = (ROWS[:, 0] > 0.5) ^ (ROWS[:, 1] > CHANCE.random(300))
WEIGHTS = CHANCE.random(300) + 0.5


def test_the_probability_is_that_of_the_library_that_grew_the_trees() -> None:
    """Full trees give what scikit-learn's own do."""
    model = GradientBoostingClassifier(
        n_estimators=TREE_COUNT, max_depth=DEPTH, learning_rate=SHRINKAGE, subsample=SHARE_OF_ROWS,
        max_features=SHARE_OF_FEATURES, random_state=SEED,
    ).fit(ROWS, RIGHT, WEIGHTS)  # fmt: skip
    trees = boosted(ROWS, RIGHT, WEIGHTS)
    found = [trees.probability(row) for row in ROWS]
    np.testing.assert_allclose(found, model.predict_proba(ROWS)[:, 1], atol=1e-6)


def test_trees_are_kept_in_a_file(tmp_path: Path) -> None:
    """What is loaded gives what was saved, but for rounding; other features are refused."""
    trees, path, names = boosted(ROWS, RIGHT, WEIGHTS), tmp_path / "trees.json", tuple("abcdef")
    save(trees, path, names)
    kept = load(path, names)
    assert [kept.probability(row) for row in ROWS] == pytest.approx([trees.probability(row) for row in ROWS], abs=0.01)
    with pytest.raises(RuntimeError, match="Learn it anew"):
        load(path, tuple("abcdeg"))
