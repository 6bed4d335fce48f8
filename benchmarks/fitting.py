"""Fits the networks that choose (`wenbao.answers.network`), and says how well what is learnt holds in other reports."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.ensemble import GradientBoostingClassifier

from wenbao.answers.features import WEIGHTS
from wenbao.answers.network import Array, Network
from wenbao.answers.trees import Trees

STEPS, RATE, DECAY, SEED = 300, 0.02, 1e-3, 0
FOLDS = 5
TREE_COUNT, DEPTH, SHRINKAGE, SHARE_OF_ROWS, SHARE_OF_FEATURES = 300, 3, 0.05, 0.6, 0.3
THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
Flags = NDArray[np.bool_]


def fit(some: Sequence[tuple[Array, Flags]], hidden: int) -> Network:
    """The network under which the right rows take the most of the softmax over all rows of a question."""
    torch.manual_seed(SEED)
    some = [(rows, right) for rows, right in some if right.any()]
    most, width = max(len(rows) for rows, _ in some), some[0][0].shape[1]
    values, right, there = (np.zeros((len(some), most, *shape)) for shape in ((width,), (), ()))
    for at, (rows, rights) in enumerate(some):
        values[at, : len(rows)], right[at, : len(rows)], there[at, : len(rows)] = rows, rights, 1
    x, y, mask = (torch.tensor(array) for array in (values, right, there))
    shapes = {"direct": (width,), "hidden": (width, hidden), "bias": (hidden,), "out": (hidden,)}
    spread = {"direct": 0.0, "hidden": width**-0.5, "bias": 0.0, "out": 0.05}
    net = {name: torch.randn(shape, dtype=torch.float64) * spread[name] for name, shape in shapes.items()}
    parameters = [value.requires_grad_() for value in net.values()]
    optimizer = torch.optim.Adam(parameters, lr=RATE)
    for _ in range(STEPS):
        score = x @ net["direct"] + torch.tanh(x @ net["hidden"] + net["bias"]) @ net["out"]
        share = torch.log_softmax(score.masked_fill(mask == 0, -1e9), 1)
        loss = -torch.logsumexp(share.masked_fill(y == 0, -1e9), 1).mean()
        loss = loss + DECAY * sum((value**2).sum() for value in parameters)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return Network(**{name: value.detach().numpy() for name, value in net.items()})


def folds_of(reports: Sequence[str]) -> list[int]:
    """The fold of each example: all of a report are in one."""
    names = sorted(set(reports))
    random.Random(SEED).shuffle(names)
    return [names.index(report) % FOLDS for report in reports]


def boosted(values: Array, right: Flags, weights: Array) -> Trees:
    """The trees that tell from the signs how likely it is to be right."""
    model = GradientBoostingClassifier(
        n_estimators=TREE_COUNT, max_depth=DEPTH, learning_rate=SHRINKAGE, subsample=SHARE_OF_ROWS,
        max_features=SHARE_OF_FEATURES, random_state=SEED,
    ).fit(values, right, weights)  # fmt: skip
    found = [_filled(one.tree_) for one in model.estimators_[:, 0]]
    features, limits, leaves = (np.array(part) for part in zip(*found, strict=True))
    right_share = float(model.init_.class_prior_[1])
    return Trees(features, limits, leaves * SHRINKAGE, math.log(right_share / (1 - right_share)))


def _filled(tree: Any) -> tuple[list[int], list[float], list[float]]:
    """A tree of scikit-learn as a full one, level by level: below a leaf both ways lead to the same value."""
    level, features, limits = [0], list[int](), list[float]()
    for _ in range(DEPTH):
        inner = [tree.children_left[node] >= 0 for node in level]
        features += [int(tree.feature[node]) if goes_on else 0 for node, goes_on in zip(level, inner, strict=True)]
        limits += [float(tree.threshold[node]) for node in level]
        level = [
            int(child) if goes_on else node
            for node, goes_on in zip(level, inner, strict=True)
            for child in (tree.children_left[node], tree.children_right[node])
        ]
    return features, limits, [float(tree.value[node, 0, 0]) for node in level]


def left_out(values: Array, right: Flags, weights: Array, folds: Sequence[int]) -> Array:
    """How sure each answer would be, by what is learnt on the reports of the other folds."""
    fold, sure = np.array(folds), np.zeros(len(right))
    for number in range(FOLDS):
        others = fold != number
        model = boosted(values[others], right[others], weights[others])
        sure[~others] = [model.probability(row) for row in values[~others]]
    return sure


def show_thresholds(sure: Array, right: Flags, answerable: Flags) -> None:
    """Print what each threshold would do."""
    print("threshold  right of answerable  refused of unanswerable  wrong of all")
    for threshold in THRESHOLDS:
        given = sure >= threshold
        shares = (given & right)[answerable].mean(), (~given)[~answerable].mean(), (given & ~right).mean()
        print(f"{threshold:9.2f}  {shares[0]:19.3f}  {shares[1]:23.3f}  {shares[2]:12.3f}")


def write_part(part: str, values: Mapping[str, float], path: Path = WEIGHTS) -> None:
    """Put the values of one part into a file of weights (`answers/weights.toml`); the other parts stay."""
    lines = "\n".join([f"[{part}]", *(f"{name} = {value:.2f}" for name, value in values.items())])
    text = path.read_text(encoding="utf-8")
    text, count = re.subn(rf"(?m)^\[{part}\]\n(?:(?!^\[).*\n?)*", lambda _: lines + "\n\n", text)
    if count != 1:
        raise SystemExit(f"{path.name} has no part [{part}].")
    path.write_text(text.rstrip("\n") + "\n", encoding="utf-8")
