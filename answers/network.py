"""A learnt score: a small network with one hidden layer and a direct way past it, kept as JSON beside what uses it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Weights for rows of features: `direct` (features), `hidden` (features by units), `bias` and `out` (units)."""

    direct: Array
    hidden: Array
    bias: Array
    out: Array

    def scores(self, rows: Array) -> Array:
        """The score of each row (rows by features)."""
        found: Array = rows @ self.direct + np.tanh(rows @ self.hidden + self.bias) @ self.out
        return found

    def scaled(self, factor: float) -> Network:
        """The same order of rows, with scores that many times as far apart."""
        return Network(self.direct * factor, self.hidden, self.bias, self.out * factor)


@cache
def load(path: Path, names: tuple[str, ...]) -> Network:
    """The network in a file. Raises RuntimeError where it was learnt from other features than those named."""
    learnt = json.loads(path.read_text(encoding="utf-8"))
    if tuple(learnt["direct"]) != names:
        raise RuntimeError(f"{path.name} is of other features. Learn it anew: see docs/evaluation.md.")
    direct, hidden = (np.array(list(learnt[part].values())) for part in ("direct", "hidden"))
    return Network(direct, hidden, np.array(learnt["bias"]), np.array(learnt["out"]))


def save(network: Network, path: Path, names: Sequence[str]) -> None:
    """Write a network, rounded, one feature a line."""
    parts: Mapping[str, object] = {
        "direct": dict(zip(names, _rounded(network.direct), strict=True)),
        "hidden": dict(zip(names, map(_rounded, network.hidden), strict=True)),
        "bias": _rounded(network.bias),
        "out": _rounded(network.out),
    }
    path.write_text(json.dumps(parts, indent=1).replace(",\n   ", ", ") + "\n", encoding="utf-8")


def _rounded(values: Array) -> list[float]:
    return [round(float(value), 3) for value in values]
