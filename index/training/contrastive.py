"""Contrastive training of the embedding table: each text's partner against all other partners of its batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch.nn.functional import cross_entropy, embedding_bag, normalize

from wenbao.index.training.examples import Task


@dataclass(frozen=True, slots=True)
class Course:
    """How the training goes."""

    dimensions: int = 384
    steps: int = 1500
    batch: int = 1024
    rate: float = 0.01
    temperature: float = 0.05
    dropout: float = 0.15
    seed: int = 20

    def rate_at(self, step: int) -> float:
        """A short rise, then down in a straight line."""
        return self.rate * min((step + 1) / (0.05 * self.steps), 1.0 - step / self.steps)


@dataclass(frozen=True, slots=True)
class Ragged:
    """Texts as pieces: text `i` is `pieces[starts[i]:starts[i + 1]]`."""

    pieces: NDArray[np.int32]
    starts: NDArray[np.int64]

    def take(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The pieces of some texts, one after the other, and where each text begins."""
        lengths = self.starts[rows + 1] - self.starts[rows]
        begins = np.cumsum(lengths) - lengths
        index = np.arange(lengths.sum()) + np.repeat(self.starts[rows] - begins, lengths)
        return self.pieces[index].astype(np.int64), begins


def train(tokenizer: Tokenizer, tasks: Sequence[Task], course: Course) -> NDArray[np.float32]:
    """The embedding table; the row of the unknown piece is zero."""
    torch.manual_seed(course.seed)
    random = np.random.default_rng(course.seed)
    texts = [
        (encode(tokenizer, [a for a, _ in task.examples]), encode(tokenizer, [b for _, b in task.examples]))
        for task in tasks
    ]
    table = first_table(tokenizer.get_vocab_size(), [side for pair in texts for side in pair], course)
    optimizer = torch.optim.Adam([table], lr=course.rate, fused=True)
    for step, (task, rows) in enumerate(_batches(tasks, course, random)):
        left, right = (_embed(table, side, rows, course, random) for side in texts[task])
        loss = _loss(left, right, course.temperature)
        optimizer.param_groups[0]["lr"] = course.rate_at(step)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        if step % 200 == 0:
            print(f"step {step} {tasks[task].name} loss {loss.item():.3f}", flush=True)
    trained = table.detach().numpy().copy()
    trained[0] = 0.0
    return trained


def encode(tokenizer: Tokenizer, texts: Sequence[str]) -> Ragged:
    """Texts as pieces, without unknown ones."""
    rows = [np.array(one.ids, np.int32) for one in tokenizer.encode_batch(list(texts), add_special_tokens=False)]
    rows = [row[row > 0] for row in rows]
    lengths = np.array([len(row) for row in rows], np.int64)
    return Ragged(np.concatenate(rows), np.concatenate([[0], np.cumsum(lengths)]))


def first_table(size: int, texts: Sequence[Ragged], course: Course, smooth: float = 1e-3) -> torch.Tensor:
    """Random directions, shorter for pieces that stand everywhere (smooth inverse frequency)."""
    counts = np.bincount(np.concatenate([side.pieces for side in texts]), minlength=size)
    weight = smooth / (smooth + counts / counts.sum())
    table: torch.Tensor = (
        torch.randn(size, course.dimensions) * torch.from_numpy(weight).float()[:, None] / course.dimensions**0.5
    )
    table.requires_grad_()
    return table


def _batches(
    tasks: Sequence[Task], course: Course, random: np.random.Generator
) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """For each step a task, by its share, and rows of it: every example once before any comes again."""
    share = np.array([task.share for task in tasks])
    orders = [np.empty(0, np.int64) for _ in tasks]
    for task in random.choice(len(tasks), course.steps, p=share / share.sum()):
        size = min(course.batch, len(tasks[task].examples))
        if len(orders[task]) < size:
            orders[task] = random.permutation(len(tasks[task].examples))
        rows, orders[task] = orders[task][:size], orders[task][size:]
        yield int(task), rows


def _embed(
    table: torch.Tensor, side: Ragged, rows: NDArray[np.int64], course: Course, random: np.random.Generator
) -> torch.Tensor:
    pieces, begins = side.take(rows)
    kept = torch.from_numpy((random.random(len(pieces)) >= course.dropout).astype(np.float32))
    summed = embedding_bag(
        torch.from_numpy(pieces), table, torch.from_numpy(begins), mode="sum", per_sample_weights=kept
    )
    unit: torch.Tensor = normalize(summed)
    return unit


def _loss(left: torch.Tensor, right: torch.Tensor, temperature: float) -> torch.Tensor:
    """Both ways: the right partner for each left text, the left one for each right text."""
    scores = left @ right.T / temperature
    partner = torch.arange(len(scores))
    return (cross_entropy(scores, partner) + cross_entropy(scores.T, partner)) / 2
