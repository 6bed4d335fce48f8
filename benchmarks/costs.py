"""Searches for the costs of what lies between a word and a figure: `python -m benchmarks.costs [--passes 2] [--write]`.

From round values, one cost after the other is made smaller or larger and kept where more of the right places come
first by the cheap features, on the reports that `benchmarks.choosing` learns from. Slow: some minutes for each pass.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from benchmarks.choosing import answers_question
from benchmarks.reports import open_service, tuning_reports
from wenbao.answers import choosing, evidence, reading
from wenbao.answers.answering import asked_candidates
from wenbao.answers.choosing import Candidate
from wenbao.answers.conversation import Turn
from wenbao.answers.costs import Costs
from wenbao.answers.features import score_of
from wenbao.answers.model import Filters
from wenbao.answers.question import OUTSIDE, read_question
from wenbao.answers.question import Question as ReadQuestion
from wenbao.answers.service import ReportService
from wenbao.cli.evaluation import Question

FILE = Path(choosing.__file__).with_name("costs.py")
ROUND = Costs(
    figure=0.1, bracket=0.05, enumeration=0.1, comma=0.15, semicolon=0.2, sentence=0.7, carried=0.35,
    broken_down=0.2, point=1.5, behind=8.0, character=0.002, heading=0.7, outer_heading=0.2, partner=1.0,
    contested=0.25, other_partner=0.7,
)  # fmt: skip
FACTORS = (0.6, 1.6)
FIXED = ("partner",)
SHARPNESS = 1.0
MOST = 60


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the service over its report; `known` remembers which places answer it."""

    service: ReportService
    question: Question
    read: ReadQuestion
    text: str
    known: dict[tuple[int, int, int], bool]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passes", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="write the costs found")
    options = parser.parse_args()
    with ExitStack() as stack:
        asked = questions(stack)
        best, costs = measure(asked, ROUND), ROUND
        print(f"{len(asked)} questions; round costs: {best:.4f}", flush=True)
        for _ in range(options.passes):
            best, costs = improved(asked, best, costs)
        print(f"found: {best:.4f} {costs}", flush=True)
    if options.write:
        write(costs)


def questions(stack: ExitStack) -> list[Asked]:
    """The questions with one thing asked for, over services that stay open as long as the stack."""
    found = []
    for report in tuning_reports():
        folder = stack.enter_context(TemporaryDirectory(prefix="wenbao-"))
        service = stack.enter_context(open_service(Path(folder), report))
        text = re.sub(r"\s+", "", service.document(service.documents()[0].id).text)
        for question in report.questions:
            read = read_question(question.text)
            is_placed = question.kind != "none" and read.kind not in (*OUTSIDE, "list", "about")
            if is_placed and read.words and len(read.asks) < 2:
                found.append(Asked(service, question, read, text, {}))
    return found


def improved(asked: Sequence[Asked], best: float, costs: Costs) -> tuple[float, Costs]:
    """One pass over all costs."""
    for name, value in asdict(costs).items():
        for factor in () if name in FIXED else FACTORS:
            tried = replace(costs, **{name: round(value * factor, 5)})
            score = measure(asked, tried)
            if score > best:
                best, costs = score, tried
                print(f"{best:.4f} {name} = {getattr(costs, name)}", flush=True)
    return best, costs


def measure(asked: Sequence[Asked], costs: Costs) -> float:
    """How surely the right places come first under these costs: the mean of a soft step over their lead."""
    use(costs)
    return float(np.mean([_lead(one) for one in asked]))


def use(costs: Costs) -> None:
    """Let all modules count with these costs."""
    for module in (reading, evidence, choosing):
        module.COSTS = costs  # type: ignore[attr-defined]
    choosing.SPAN_COSTS = replace(costs, behind=1.5, contested=0.0)
    evidence.nearness.__defaults__ = evidence.coverage.__defaults__ = (costs,)
    reading.read_passage.cache_clear()


def _lead(one: Asked) -> float:
    _, _, ranked = next(asked_candidates(Turn(one.read), one.service.answering_sources(Filters())))
    some = ranked[:MOST]
    right = np.array([_is_right(one, candidate) for candidate in some], bool)
    if not right.any():
        return 0.0
    scores: NDArray[np.float64] = np.array([score_of(candidate.features) for candidate in some])
    lead = scores[right].max() - (scores[~right].max() if not right.all() else -np.inf)
    return float(1 / (1 + np.exp(-SHARPNESS * min(lead, 30.0))))


def _is_right(one: Asked, candidate: Candidate) -> bool:
    place = (candidate.reading.passage.row, candidate.start, candidate.end)
    if place not in one.known:
        one.known[place] = answers_question(one.service, one.question, one.read, candidate, one.text)
    return one.known[place]


def write(costs: Costs) -> None:
    """Put the costs into `answers/costs.py` as the defaults."""
    source = FILE.read_text(encoding="utf-8")
    for name, value in asdict(costs).items():
        source = re.sub(rf"(\n    {name}: float = ).*", rf"\g<1>{value}", source)
    FILE.write_text(source, encoding="utf-8")


if __name__ == "__main__":
    main()
