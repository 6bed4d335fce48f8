"""Measures the answers on questions that nothing was tuned on: `python -m benchmarks.answers` prints the tables.

The made-up reports in `tests/reports/judging-2`, `judging-3` and `judging-4` and, where the data are at hand, the real
work reports of 2014 and 2016; each in a library of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.reports import Report, judging_sets, open_service
from wenbao.cli.evaluation import Evaluation, Verdict, evaluate
from wenbao.cli.measuring_printing import interval, percent
from wenbao.cli.shares import Share, share

KINDS = ("number", "several", "plan", "list", "what", "who", "when", "why", "keywords", "turn", "none")
LANGUAGES = {"zh": "Simplified", "zh-Hant": "Traditional", "yue": "Cantonese", "en": "English"}


def main() -> None:
    for name, verdicts in verdicts_by_set().items():
        print(f"\n### {name}: {len(verdicts)} questions\n")
        print("\n".join(tables(verdicts)))


def verdicts_by_set() -> dict[str, list[Verdict]]:
    """The verdicts on every set that is at hand."""
    found = {name: list(ask(reports)) for name, reports in judging_sets().items()}
    return {name: verdicts for name, verdicts in found.items() if verdicts}


def ask(reports: Sequence[Report]) -> Iterator[Verdict]:
    """Every question and conversation about the reports, each report in a library of its own."""
    for report in reports:
        with TemporaryDirectory(prefix="wenbao-") as passing, open_service(Path(passing), report) as service:
            text = service.document(service.documents()[0].id).text
            yield from evaluate(service, [*report.questions, *report.turns], [text]).verdicts


def tables(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """By kind, by language, and in all."""
    yield from _table("kind", KINDS, verdicts, lambda verdict: verdict.question.kind)
    yield ""
    yield from _table("language", tuple(LANGUAGES), verdicts, lambda verdict: verdict.question.language)
    yield ""
    yield from _totals(verdicts)


def _table(
    column: str, names: Sequence[str], verdicts: Sequence[Verdict], of: Callable[[Verdict], str]
) -> Iterator[str]:
    groups = defaultdict(list)
    for verdict in verdicts:
        groups[of(verdict)].append(verdict)
    yield from (f"| {column} | questions | correct | 95% interval | median, ms |", "|---|---|---|---|---|")
    for name in names:
        if some := groups[name]:
            correct, latency = share([one.met["correct"] for one in some]), Evaluation(tuple(some), ()).latency
            label = LANGUAGES.get(name, name)
            yield f"| {label} | {len(some)} | {percent(correct)} | {interval(correct)} | {latency.median:.1f} |"


def _totals(verdicts: Sequence[Verdict]) -> Iterator[str]:
    abstention = Evaluation(tuple(verdicts), ()).abstention
    answered = [one for one in verdicts if one.reply.status == "answered"]
    yield from ("| measure | | 95% interval |", "|---|---|---|")
    yield _total("correct of all", _met(verdicts, "correct"))
    yield _total("correct of the answerable", _met([one for one in verdicts if one.question.kind != "none"], "correct"))
    yield _total("refused of the unanswerable", abstention.recall)
    yield _total("unanswerable of the refused", abstention.precision)
    yield _total("answered, and wrong, of all", abstention.wrong)
    yield _total("`value` exact of figure questions", _met(verdicts, "exact"))
    yield _total("quotes verbatim of the answered", _met(answered, "verbatim"))
    yield f"| AUROC of the confidence, right from wrong of the answered | {_number(abstention.right_from_wrong)} | |"
    yield f"| AUROC of the confidence, answerable from not | {_number(abstention.answerable_from_not)} | |"
    surest = ", ".join(f"{one.risk:.1%} at {one.coverage:.0%}" for one in abstention.risks)
    yield f"| wrong of the surest, by the share of questions answered | {surest} | |"


def _met(verdicts: Sequence[Verdict], column: str) -> Share | None:
    have = [one.met[column] for one in verdicts if column in one.met]
    return share(have) if have else None


def _total(name: str, found: Share | None) -> str:
    return f"| {name} | {percent(found)} | {interval(found)} |" if found else f"| {name} | - | |"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


if __name__ == "__main__":
    main()
