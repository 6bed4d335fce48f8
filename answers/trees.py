"""A learnt probability: boosted decision trees, kept as JSON beside what uses them.

J. H. Friedman, Greedy function approximation: a gradient boosting machine, Annals of Statistics 29 (2001).
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wenbao.answers.network import Array


@dataclass(frozen=True, slots=True, eq=False)
class Trees:
    """Full binary trees of one depth.

    For each inner node (trees by nodes, level by level) the number of the feature that it looks at, in `features`, and
    in `limits` the value up to which a row goes left; `leaves` (trees by leaves) are added to `bias`.
    """

    features: NDArray[np.intp]
    limits: Array
    leaves: Array
    bias: float

    def probability(self, values: Sequence[float]) -> float:
        """The probability of a row of features."""
        row, count = np.array(values), self.features.shape[1]
        every, node = np.arange(len(self.features)), np.zeros(len(self.features), np.intp)
        while node[0] < count:
            node = 2 * node + 1 + (row[self.features[every, node]] > self.limits[every, node])
        return 1 / (1 + math.exp(-self.bias - float(self.leaves[every, node - count].sum())))


@cache
def load(path: Path, names: tuple[str, ...]) -> Trees:
    """The trees in a file. Raises RuntimeError where they were learnt from other features than those named."""
    learnt = json.loads(path.read_text(encoding="utf-8"))
    if tuple(learnt["names"]) != names:
        raise RuntimeError(f"{path.name} is of other features. Learn it anew: see docs/evaluation.md.")
    features, limits, leaves = (np.array([tree[part] for tree in learnt["trees"]]) for part in range(3))
    return Trees(features, limits, leaves, learnt["bias"])


def save(trees: Trees, path: Path, names: Sequence[str]) -> None:
    """Write trees, rounded, one a line."""
    limits, leaves = np.round(trees.limits, 5), np.round(trees.leaves, 4)
    lines = (json.dumps([own.tolist() for own in parts]) for parts in zip(trees.features, limits, leaves, strict=True))
    head = f'{{"names": {json.dumps(list(names))},\n"bias": {trees.bias:.4f},\n"trees": [\n'
    path.write_text(head + ",\n".join(lines) + "\n]}\n", encoding="utf-8")
