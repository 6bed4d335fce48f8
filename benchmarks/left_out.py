"""Answers every tuning question by what is learnt from other reports: `python -m benchmarks.left_out [--misses]`.

The reports are parted into five folds; for each of them the networks and confidences are learnt from the other four,
and its questions and conversations are asked through the same door as any other. So tuning reports say how good answers
are about reports that nothing was learnt from, and their questions may be read. Five minutes on two free cores. With
--write the tables go into `docs/evaluation.md`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks import choosing, lists
from benchmarks.answers import ask, tables
from benchmarks.constants import forget
from benchmarks.evaluation import put_into_page
from benchmarks.fitting import FOLDS, boosted, fit, folds_of
from benchmarks.reports import of_each, tuning_reports
from wenbao.answers import confidence, reranking, trees
from wenbao.answers import lists as answering_lists
from wenbao.answers.network import save
from wenbao.cli.evaluation import Verdict
from wenbao.config.logs import configure_logs
from wenbao.config.settings import load_settings

RANKING, LISTS, CONFIDENCE, LIST_CONFIDENCE = "ranking.json", "lists.json", "confidence.json", "list_confidence.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--misses", action="store_true", help="print every question that is not answered rightly")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/evaluation.md")
    options = parser.parse_args()
    configure_logs(load_settings(), "error")
    with TemporaryDirectory(prefix="wenbao-") as folder:
        learn(Path(folder))
        with ProcessPoolExecutor() as workers:
            found = list(workers.map(partial(answered, Path(folder)), range(len(tuning_reports()))))
    verdicts = [one for some in found for one in some]
    lines = "\n".join(tables(verdicts))
    print(lines)
    if options.write:
        put_into_page({"left-out": lines})
    if options.misses:
        print("\n".join(misses(verdicts)))


def learn(folder: Path) -> None:
    """Learn for each fold from the reports of the others, into a folder of its own in `folder`."""
    some = list(of_each(choosing.examples, tuning_reports()))
    listed = list(of_each(lists.examples, tuning_reports()))
    choices, (signs, right) = choosing.left_out_choices(some), lists.choices(listed)
    fold_of = folds()
    weights, kept = np.array([one.weight for one in listed]), np.array([fold_of[one.report] for one in listed])
    for fold in range(FOLDS):
        own = folder / str(fold)
        own.mkdir()
        save(choosing.learnt([one for one in some if fold_of[one.report] != fold]), own / RANKING, reranking.names())
        others = [one for one in listed if fold_of[one.report] != fold]
        save(fit([(one.rows, one.right) for one in others], lists.HIDDEN), own / LISTS, answering_lists.names())
        model = boosted(*choosing.arrays([one for one in choices if fold_of[one.report] != fold]))
        trees.save(model, own / CONFIDENCE, confidence.sign_names())
        there = kept != fold
        model = boosted(signs[there], right[there], weights[there])
        trees.save(model, own / LIST_CONFIDENCE, answering_lists.sign_names())


def folds() -> dict[str, int]:
    """The fold of each tuning report, by its name."""
    names = [report.name for report in tuning_reports()]
    return dict(zip(names, folds_of(names), strict=True))


def answered(folder: Path, number: int) -> list[Verdict]:
    """The verdicts on all questions about one report, answered by what was learnt from the other folds."""
    report = tuning_reports()[number]
    own = folder / str(folds()[report.name])
    reranking.NETWORK, answering_lists.NETWORK = own / RANKING, own / LISTS
    confidence.TREES, answering_lists.TREES = own / CONFIDENCE, own / LIST_CONFIDENCE
    forget()
    return list(ask([report]))


def misses(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """A line for each question that is not answered rightly: what was wanted, and what was given how surely."""
    for one in verdicts:
        if not one.met["correct"]:
            given = one.reply.answer.text.replace("\n", " / ") if one.reply.answer else one.reply.reason
            asked = f"[{one.question.language} {one.question.kind}] {one.question.text}"
            yield f"{asked} | wanted: {one.question.answers} | {one.reply.confidence:.2f}: {given}"


if __name__ == "__main__":
    main()
