"""Learns to choose among the lists of a report, and how sure it is: `python -m benchmarks.lists [--write]`.

Learnt on the questions of `benchmarks.reports.tuning_reports` that are read as asking for a list: the network goes to
`answers/lists.json`, the confidence to `answers/list_confidence.json`. Printed is how well it holds in reports
left out.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from sklearn.metrics import roc_auc_score

from benchmarks.fitting import Flags, boosted, fit, folds_of, left_out, show_thresholds
from benchmarks.reports import of_each, open_service, text_of, tuning_reports
from wenbao.answers import trees
from wenbao.answers.answering import asked_lists, cited_list
from wenbao.answers.lists import NETWORK, TREES, PointList, list_signs, looks_for_list, names, sign_names, values_of
from wenbao.answers.model import Filters, Reply
from wenbao.answers.network import Array, save
from wenbao.answers.question import read_question
from wenbao.answers.service import ReportService
from wenbao.answers.terms import Term
from wenbao.cli.evaluation import Question, judge

HIDDEN = 8
ELSEWHERE = 8
LISTED_KINDS = ("list", "plan")
"""What a list is right for: a list that has the one thing asked for says too much."""
OF_FILES, OF_OTHERS = 2.0, 0.5
"""What questions without an answer count for, beside 1 for one that has an answer."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question with the lists that may answer it, their features, and which of them are right."""

    report: str
    question: Question
    terms: tuple[Term, ...]
    ranked: tuple[PointList, ...]
    rows: Array
    right: Flags
    weight: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the weights")
    options = parser.parse_args()
    some = list(of_each(examples, tuning_reports()))
    print(f"{len(some)} questions; the right list is there for {sum(one.right.any() for one in some)}")
    signs, right = choices(some)
    there = np.array([one.right.any() for one in some])
    weights, folds = np.array([one.weight for one in some]), folds_of([one.report for one in some])
    sure = left_out(signs, right, weights, folds)
    print(f"it comes first in reports left out for {right[there].mean():.3f}; AUROC {roc_auc_score(right, sure):.3f}")
    asked = np.array([one.question.kind == "list" and one.weight == 1 for one in some])
    print("of questions for lists, and all without an answer:")
    judged = asked | (weights != 1)
    show_thresholds(sure[judged], right[judged], asked[judged])
    if options.write:
        save(fit([(one.rows, one.right) for one in some], HIDDEN), NETWORK, names())
        trees.save(boosted(signs, right, weights), TREES, sign_names())


def examples(number: int) -> list[Example]:
    """The examples of one of the tuning reports."""
    reports = tuning_reports()
    report, chance = reports[number], random.Random(number)
    others = [one for other in reports if other is not report for one in other.questions if one.kind == "list"]
    others = chance.sample([one for one in others if is_listed(one)], ELSEWHERE)
    with TemporaryDirectory(prefix="wenbao-") as folder, open_service(Path(folder), report) as service:
        own = [(one, OF_FILES if one.kind == "none" else 1.0) for one in report.questions if is_listed(one)]
        asked = [*own, *((one, OF_OTHERS) for one in others)]
        return [found for one, weight in asked for found in _example(service, report.name, one, weight)]


def is_listed(question: Question) -> bool:
    """Whether a question is read as one that a list is looked for."""
    return looks_for_list(read_question(question.text))


def _example(service: ReportService, report: str, question: Question, weight: float) -> Iterator[Example]:
    read = read_question(question.text)
    document, text = service.document(service.documents()[0].id), text_of(service)
    terms, ranked = asked_lists(read, service.answering_sources(Filters()))
    if not ranked or (weight == OF_OTHERS and (not terms or read.places)):
        return  # every report has its plans
    right = []
    for one in ranked:
        draft = cited_list(read, one, document, 1.0)
        reply = Reply("", "answered", "zh-Hans", draft.answer, None, None, draft.citations, (), 1.0, (), 0.0)
        right.append(weight == 1 and question.kind in LISTED_KINDS and bool(judge(question, reply, [text])["correct"]))
    rows = np.array([values_of(one.features) for one in ranked])
    yield Example(report, question, terms, tuple(ranked), rows, np.array(right, bool), weight)


def choices(some: Sequence[Example]) -> tuple[Array, Flags]:
    """The signs of the list that comes first in reports that were left out of learning, and whether it is right."""
    folds = folds_of([one.report for one in some])
    networks = {
        fold: fit([(one.rows, one.right) for one, other in zip(some, folds, strict=True) if other != fold], HIDDEN)
        for fold in set(folds)
    }
    signs, right = [], []
    for one, fold in zip(some, folds, strict=True):
        scores = networks[fold].scores(one.rows)
        order = np.argsort(-scores)
        read = read_question(one.question.text)
        signs.append(list_signs(read, one.terms, [replace(one.ranked[at], score=float(scores[at])) for at in order]))
        right.append(bool(one.right[order[0]]))
    return np.array(signs), np.array(right)


if __name__ == "__main__":
    main()
