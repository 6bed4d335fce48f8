"""Prints what was measured, short enough to be read: answers, retrieval, extraction, and what has changed."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from wenbao.cli.comparing import Comparison, Outcome
from wenbao.cli.evaluation import COLUMNS, Abstention, Evaluation, Row, Verdict
from wenbao.cli.extraction import Extraction
from wenbao.cli.printing import out
from wenbao.cli.retrieval import MEASURES, Retrieval
from wenbao.cli.shares import Share

_SHORT = 70
_MOST_CHANGED = 20


def print_evaluation(evaluation: Evaluation, misses: bool) -> None:
    """A table with a row for each kind of question, after the misses where they are wanted."""
    for verdict in evaluation.misses if misses else ():
        _print_miss(verdict)
    for question, problem in evaluation.refused:
        print(f"wenbao: {question.text}: {problem}", file=sys.stderr)
    if evaluation.verdicts:
        out(f"{'':20}{'n':>5}" + "".join(f"{name:>10}" for name in COLUMNS) + f"{'95%':>14}{'ms':>7}{'p95':>7}")
        for name, row in evaluation.table.items():
            out(_row(name, row))
        for line in abstention_lines(evaluation.abstention):
            out(line)
        latency = evaluation.latency
        out(f"latency ms: median {latency.median:.1f}, p95 {latency.p95:.1f}, max {latency.max:.1f}")
    out(f"correct {evaluation.correct} of {evaluation.count}")


def print_retrieval_or_extraction(result: Retrieval | Extraction) -> None:
    """A table of one set."""
    if isinstance(result, Extraction):
        out(f"{result.name}: {len(result.extracted)} questions, each asked of its own passage")
        for name, one in result.table.items():
            out(f"  {name:16}{percent(one)} {interval(one)}")
        return
    out(f"{result.name}: {len(result.found)} questions, {result.passages} passages")
    out(f"  {'':22}" + "".join(f"{name:>21}" for name in MEASURES))
    for method, row in result.table.items():
        out(f"  {method:22}" + "".join(f"{percent(row[name]):>7} {interval(row[name]):>13}" for name in MEASURES))


def print_comparison(comparison: Comparison) -> None:
    """What became right and wrong, and whether that can be chance."""
    right, wrong = comparison.became_right, comparison.became_wrong
    _print_changed("right now", right)
    _print_changed("wrong now", wrong)
    if comparison.only_now or comparison.only_earlier:
        out(f"not compared: {comparison.only_now} asked only now, {comparison.only_earlier} only earlier")
    out(
        f"since {comparison.earlier:%Y-%m-%d %H:%M}: {len(right)} became right, {len(wrong)} became wrong,"
        f" {comparison.same} as before (p = {comparison.chance:.2g}, sign test)"
    )


def abstention_lines(abstention: Abstention) -> Iterator[str]:
    """How well the bot knows when not to answer, in a few lines."""
    wrong = abstention.wrong
    yield f"answered, and wrong: {percent(wrong)} {interval(wrong)} of all"
    if abstention.precision and abstention.recall:
        precision, recall = abstention.precision, abstention.recall
        yield f"refusals: precision {percent(precision)} {interval(precision)}, recall {percent(recall)}"
    told = {
        "right from wrong": abstention.right_from_wrong,
        "answerable from not": abstention.answerable_from_not,
    }
    known = [f"{name} {value:.3f}" for name, value in told.items() if value is not None]
    if known:
        yield "AUROC of the confidence: " + ", ".join(known)
    if abstention.risks:
        yield "wrong of the surest: " + ", ".join(f"{one.risk:.1%} at {one.coverage:.0%}" for one in abstention.risks)


def percent(share: Share) -> str:
    """A share as it is written in a table."""
    return f"{share.value:.1%}"


def interval(share: Share) -> str:
    """The interval of a share."""
    return f"[{100 * share.low:.1f}–{100 * share.high:.1f}]"


def _row(name: str, row: Row) -> str:
    shares = (row.shares.get(column) for column in COLUMNS)
    cells = "".join(f"{'-' if share is None else percent(share):>10}" for share in shares)
    latency = f"{row.latency.median:7.1f}{row.latency.p95:7.1f}"
    return f"{name:20}{row.count:5}{cells}{interval(row.shares['correct']):>14}{latency}"


def _print_miss(verdict: Verdict) -> None:
    question = verdict.question
    off = ",".join(name for name, good in verdict.met.items() if not good and name != "correct")
    short = (verdict.reply.answer.text if verdict.reply.answer else "")[:_SHORT].replace("\n", " ")
    out(f"miss [{question.language} {question.kind}] {question.text} -> {verdict.reply.status}: {short} ({off})")


def _print_changed(what: str, outcomes: Sequence[Outcome]) -> None:
    for outcome in outcomes[:_MOST_CHANGED]:
        out(f"{what} [{outcome.group}] {outcome.text}")
    if len(outcomes) > _MOST_CHANGED:
        out(f"{what}: {len(outcomes) - _MOST_CHANGED} more")
