"""Learns to rank the places that may answer: `python -m benchmarks.ranking [--write]`.

Learnt on the questions in `tests/reports/tuning` and on those about the real reports that are not judged by. First the
weights of the cheap features (`[ranking]` in `answers/weights.toml`), then the network that looks at the best closely
(`answers/ranking.json`). Printed is how often the right place comes first, in reports that were left out of learning
one after the other.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.learning import JUDGED, REPORTS, Report, answers_question, open_service, real_reports, reports_in
from wenbao.answers.answering import asked_candidates
from wenbao.answers.features import WEIGHTS, Features, ranking_weights, values_of
from wenbao.answers.model import Filters
from wenbao.answers.question import OUTSIDE, read_question
from wenbao.answers.reranking import LOOKED_AT, matrix, names
from wenbao.answers.reranking import WEIGHTS as NETWORK
from wenbao.cli.evaluation import Question

HIDDEN, STEPS, RATE, DECAY, SEED = 16, 300, 0.02, 1e-3, 0
MOST = 60


@dataclass(frozen=True, slots=True)
class Example:
    """The candidates of one thing asked for: cheap features, closer looks at the best of them, and which are right."""

    report: str
    cheap: NDArray[np.float64]
    close: NDArray[np.float64]
    right: NDArray[np.bool_]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the weights")
    options = parser.parse_args()
    some = list(examples(training_reports()))
    print(f"{len(some)} things asked for; the right place is there for {share(one.right.any() for one in some):.3f}")
    print(f"first by the cheap features: {left_out(some, 'cheap', 0):.3f}")
    print(f"first by a closer look: {left_out(some, 'close', HIDDEN):.3f}")
    if options.write:
        cheap = fit([(one.cheap, one.right) for one in some], 0)
        scale = np.linalg.norm(ranking_weights()) / np.linalg.norm(cheap["direct"])
        write_cheap(cheap["direct"] * scale)
        write_network(rescaled(fit([(one.close, one.right[:LOOKED_AT]) for one in some], HIDDEN), some))


def training_reports() -> list[Report]:
    """The reports to learn from."""
    return [*reports_in(REPORTS / "tuning"), *(one for one in real_reports() if one.name not in JUDGED)]


def examples(reports: Sequence[Report]) -> Iterator[Example]:
    """An example for each thing asked for that has an answer among the candidates' reports."""
    with ExitStack() as stack:
        for report in reports:
            folder = stack.enter_context(TemporaryDirectory(prefix="wenbao-"))
            service = stack.enter_context(open_service(Path(folder), report))
            sources = service.answering_sources(Filters())
            text = re.sub(r"\s+", "", service.document(service.documents()[0].id).text)
            for question in report.questions:
                read = read_question(question.text)
                if question.kind == "none" or read.kind in (*OUTSIDE, "list", "about") or not read.words:
                    continue
                for number, (ask, terms, ranked) in enumerate(asked_candidates(read, sources)):
                    some = ranked[:MOST]
                    part = _part(question, number, len(read.asks))
                    if not some or part is None:
                        continue
                    right = [answers_question(service, part, read, one, text) for one in some]
                    yield Example(
                        report.name,
                        np.array([values_of(one.features) for one in some]),
                        matrix(read, ask, terms, some[:LOOKED_AT], sources.likeness),
                        np.array(right, bool),
                    )


def _part(question: Question, number: int, asks: int) -> Question | None:
    """What one of several figures asked for has to be; None where that is not known."""
    if asks < 2:
        return question
    groups = question.answers.split("&")
    return replace(question, answers=groups[number], kind="several") if len(groups) == asks else None


def left_out(some: Sequence[Example], kind: str, hidden: int) -> float:
    """How often the right place comes first in a report that was left out of learning."""
    firsts: list[bool] = []
    for name in dict.fromkeys(one.report for one in some):
        learnt = fit([_rows(one, kind) for one in some if one.report != name], hidden)
        for rows, right in (_rows(one, kind) for one in some if one.report == name):
            firsts.append(bool(right[int(np.argmax(scores(learnt, rows)))]))
    return share(firsts)


def _rows(one: Example, kind: str) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    rows = one.cheap if kind == "cheap" else one.close
    return rows, one.right[: len(rows)]


Weights = dict[str, NDArray[np.float64]]


def fit(some: Sequence[tuple[NDArray[np.float64], NDArray[np.bool_]]], hidden: int) -> Weights:
    """Weights under which the right places take the most of the softmax over all of a question's places."""
    torch.manual_seed(SEED)
    some = [(rows, right) for rows, right in some if right.any()]
    most, width = max(len(rows) for rows, _ in some), some[0][0].shape[1]
    values, right, there = (np.zeros((len(some), most, *shape)) for shape in ((width,), (), ()))
    for at, (rows, rights) in enumerate(some):
        values[at, : len(rows)], right[at, : len(rows)], there[at, : len(rows)] = rows, rights, 1
    x, y, mask = (torch.tensor(array) for array in (values, right, there))
    net = {
        "direct": torch.zeros(width, dtype=torch.float64),
        "hidden": torch.randn(width, hidden, dtype=torch.float64) / width**0.5,
        "bias": torch.zeros(hidden, dtype=torch.float64),
        "out": torch.randn(hidden, dtype=torch.float64) * 0.05,
    }
    parameters = [value.requires_grad_() for value in net.values()]
    optimizer = torch.optim.Adam(parameters, lr=RATE)
    for _ in range(STEPS):
        score = x @ net["direct"] + torch.tanh(x @ net["hidden"] + net["bias"]) @ net["out"]
        share_of = torch.log_softmax(score.masked_fill(mask == 0, -1e9), 1)
        loss = -torch.logsumexp(share_of.masked_fill(y == 0, -1e9), 1).mean()
        loss = loss + DECAY * sum((value**2).sum() for value in parameters)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return {name: value.detach().numpy() for name, value in net.items()}


def scores(learnt: Weights, rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """The score of each row."""
    hidden: NDArray[np.float64] = np.tanh(rows @ learnt["hidden"] + learnt["bias"]) @ learnt["out"]
    return rows @ learnt["direct"] + hidden


def rescaled(learnt: Weights, some: Sequence[Example]) -> Weights:
    """The same order of places, with scores that spread as those of the cheap features do."""
    cheap = np.array(ranking_weights())
    wanted = np.mean([np.std(one.cheap[:LOOKED_AT] @ cheap) for one in some])
    scale = wanted / np.mean([np.std(scores(learnt, one.close)) for one in some])
    return learnt | {"direct": learnt["direct"] * scale, "out": learnt["out"] * scale}


def write_cheap(weights: NDArray[np.float64]) -> None:
    lines = [f"{field.name} = {weight:.2f}" for field, weight in zip(fields(Features), weights, strict=True)]
    before, _, behind = WEIGHTS.read_text(encoding="utf-8").partition("[ranking]")
    behind = behind.partition("[confidence]")[2]
    WEIGHTS.write_text(f"{before}[ranking]\n" + "\n".join(lines) + f"\n\n[confidence]{behind}", encoding="utf-8")


def write_network(learnt: Weights) -> None:
    def rounded(values: NDArray[np.float64]) -> list[float]:
        return [round(float(value), 3) for value in values]

    lines = {
        "direct": dict(zip(names(), rounded(learnt["direct"]), strict=True)),
        "hidden": dict(zip(names(), map(rounded, learnt["hidden"]), strict=True)),
        "bias": rounded(learnt["bias"]),
        "out": rounded(learnt["out"]),
    }
    NETWORK.write_text(json.dumps(lines, indent=1).replace(",\n   ", ", ") + "\n", encoding="utf-8")


def share(some: Sequence[bool] | Iterator[bool]) -> float:
    listed = list(some)
    return sum(listed) / len(listed)


if __name__ == "__main__":
    main()
