"""Measures all that `docs/evaluation.md` tells of: `python -m benchmarks.evaluation [--write] [--only PART ...]`.

With --write each table is put between its marks there (`<!-- PART -->`), and the curve of risk against coverage into
`docs/risk-coverage.svg`. About four minutes on two free cores. Sets that are not at hand are left out; a part without
any stays as it is.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

import numpy as np

from benchmarks.answers import tables, verdicts_by_set
from benchmarks.choosing import choice_in_use, judged_examples
from benchmarks.fitting import THRESHOLDS, Flags
from benchmarks.parallel import CHINESE, ENGLISH, parallel_sets
from benchmarks.reports import ROOT, judging_sets
from benchmarks.work_reports import work_report_sets
from wenbao.answers.confidence import THRESHOLD, probability
from wenbao.answers.network import Array
from wenbao.cli.extraction import measure_extraction
from wenbao.cli.measuring_printing import interval, percent
from wenbao.cli.passages import DATA, NAMES, PassageSet, read_set
from wenbao.cli.retrieval import BOTH, MEASURES, TERMS, TYPED_RANKED, Retrieval, measure_retrieval
from wenbao.cli.shares import Share, chance_of_change
from wenbao.config.logs import configure_logs
from wenbao.config.settings import load_settings
from wenbao.index.training.corpora import HELD_OUT_YEAR

PAGE = ROOT / "docs" / "evaluation.md"
CURVE = ROOT / "docs" / "risk-coverage.svg"
PUBLISHED = {
    "cmrc2018-dev": (("BERT-base, mean of ten runs", "64.4%", "84.0%"), ("people, on the test set", "92.4%", "97.9%")),
    "drcd-dev": (("BERT-base, mean of ten runs", "82.7%", "89.6%"),),
}
"""Exact match and F1: BERT as github.com/ymcui/Chinese-BERT-wwm has it, people as the leaderboard of CMRC 2018."""


BARS = {
    "cmrc2018-dev": {"recall@1": 0.98},
    "drcd-dev": {"recall@1": 0.97},
    f"work report {HELD_OUT_YEAR} in English": {"recall@1": 0.70, "recall@5": 0.90},
    f"work report {HELD_OUT_YEAR} in Chinese": {"recall@1": 0.96},
    ENGLISH: {"recall@1": 0.70, "recall@5": 0.90},
    CHINESE: {"recall@1": 0.96},
}
"""What the hybrid is to reach."""


def main() -> None:
    options = _options()
    configure_logs(load_settings(), "error")
    measured = {}
    for part in options.only or PARTS:
        began = time.monotonic()
        lines = list(PARTS[part](options))
        print(f"{part}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
        if lines:
            measured[part] = "\n".join([*lines, "", _made()])
            print(f"\n{measured[part]}\n", flush=True)
    if options.write:
        put_into_page(measured)


def put_into_page(parts: Mapping[str, str]) -> None:
    """Put these parts between their marks in `docs/evaluation.md`."""
    PAGE.write_text(with_parts(PAGE.read_text(encoding="utf-8"), parts), encoding="utf-8")


def with_parts(page: str, parts: Mapping[str, str]) -> str:
    """The page with these parts between their marks; SystemExit where there are no such marks."""
    for name, text in parts.items():
        opening, closing = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        page, count = re.subn(
            f"{re.escape(opening)}.*?{re.escape(closing)}",
            lambda _, put=f"{opening}\n{text}\n\n{closing}": put,
            page,
            flags=re.DOTALL,
        )
        if count != 1:
            raise SystemExit(
                f"{PAGE.name} has {count} places for {name}: it must have one, {opening.strip()} {closing}."
            )
    return page


def answers(_: argparse.Namespace) -> Iterator[str]:
    """The tables of every set of questions about reports."""
    for position, (name, verdicts) in enumerate(verdicts_by_set().items()):
        if position:
            yield ""
        yield from (f"### {name}: {len(verdicts)} questions", "", *tables(verdicts))


def confidence(options: argparse.Namespace) -> Iterator[str]:
    """What each threshold would do on the judged questions that ask for one place; draws the curve."""
    reports = [report for some in judging_sets().values() for report in some]
    choices = [choice_in_use(example) for report in reports for example in judged_examples(report)]
    sure = np.array([probability(one.signs) * one.meets for one in choices])
    right, answerable = np.array([one.right for one in choices]), np.array([one.weight == 1 for one in choices])
    if options.write:
        CURVE.write_text(curve(*risk_and_coverage(sure, right)), encoding="utf-8")
    yield f"Of {len(choices)} questions; the threshold in use is {THRESHOLD}."
    yield from (
        "",
        "| threshold | right of the answerable | refused of the unanswerable | wrong of all |",
        "|---|---|---|---|",
    )
    for least in THRESHOLDS:
        given = sure >= least
        shares = (given & right)[answerable].mean(), (~given)[~answerable].mean(), (given & ~right).mean()
        yield f"| {least:.2f} | " + " | ".join(f"{one:.1%}" for one in shares) + " |"


def risk_and_coverage(sure: Array, right: Flags) -> tuple[Array, Array]:
    """Coverage (share of questions answered) and risk (share of those that is wrong), from the surest on."""
    order = np.argsort(-sure)
    count = np.arange(1, len(order) + 1)
    return count / len(order), np.cumsum(~right[order]) / count


def curve(coverage: Array, risk: Array) -> str:
    """The risk-coverage curve as an SVG picture."""
    points = " ".join(f"{60 + 500 * x:.1f},{340 - 600 * y:.1f}" for x, y in zip(coverage, risk, strict=True))
    parts = ['<rect width="600" height="390" fill="#fff"/>']
    for step in range(6):
        x, y = 60 + 100 * step, 340 - 60 * step
        parts.append(f'<path d="M60 {y}h500" stroke="#ddd"/>')
        parts.append(f'<text x="52" y="{y + 4}" text-anchor="end">{step / 10:.0%}</text>')
        parts.append(f'<text x="{x}" y="358" text-anchor="middle">{step / 5:.0%}</text>')
    parts.append(f'<polyline points="{points}" fill="none" stroke="#06c" stroke-width="2"/>')
    parts.append('<text x="310" y="380" text-anchor="middle">questions answered</text>')
    parts.append('<text x="62" y="24">wrong among the answered</text>')
    attributes = 'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 390" font-family="sans-serif" font-size="12"'
    return f"<svg {attributes}>{''.join(parts)}</svg>\n"


def retrieval(options: argparse.Namespace) -> Iterator[str]:
    """How often the right passage is found, by each method."""
    sets = [
        *_reading_sets(options.data),
        *parallel_sets(options.data / "drcd-dev.jsonl.gz"),
        *work_report_sets(options.data / "work-reports-zh.jsonl.xz"),
    ]
    barred, against_terms = [], []
    for questions in sets:
        result = measure_retrieval(questions, load_settings())
        barred += _against_bars(result)
        against_terms.append(_against_terms(result))
        yield from _retrieval_table(result, f"{result.name}: {len(result.found)} questions, {result.passages} passages")
        if result.name in NAMES:
            name = f"{result.name}, the half that no share was chosen on"
            half = Retrieval(name, result.passages, result.found[1::2])
            barred += _against_bars(half)
            yield from ("", *_retrieval_table(half, half.name))
        yield ""
    if barred:
        yield from (
            "| the hybrid against the bars | measure | bar | as answering looks for it | `GET /v1/search` |",
            "|---|---|---|---|---|",
            *barred,
            "",
        )
        yield from (
            "| first by | the hybrid alone | BM25 alone | both or neither | p, sign test |",
            "|---|---|---|---|---|",
        )
        yield from against_terms


def extraction(options: argparse.Namespace) -> Iterator[str]:
    """Exact match and F1 over the question's own passage, beside published figures."""
    sets = _reading_sets(options.data)
    if sets:
        yield from ("| set | who | EM | F1 |", "|---|---|---|---|")
    for questions in sets:
        table = measure_extraction(questions, load_settings()).table
        em, f1 = (f"{percent(table[name])} {interval(table[name])}" for name in ("EM", "F1"))
        yield f"| {questions.name} | Wenbao, {percent(table['answered'])} answered | {em} | {f1} |"
        for who, exact, overlap in PUBLISHED[questions.name]:
            yield f"| {questions.name} | {who} | {exact} | {overlap} |"


PARTS: dict[str, Callable[[argparse.Namespace], Iterator[str]]] = {
    "answers": answers,
    "confidence": confidence,
    "retrieval": retrieval,
    "extraction": extraction,
}


def _reading_sets(data: Path) -> list[PassageSet]:
    return [read_set(name, data) for name in NAMES if (data / f"{name}.jsonl.gz").is_file()]


def _retrieval_table(result: Retrieval, title: str) -> Iterator[str]:
    yield f"| {title} | " + " | ".join(MEASURES) + " |"
    yield "|---|" + "---|" * len(MEASURES)
    for method, row in result.table.items():
        yield f"| {method} | " + " | ".join(f"{percent(row[name])} {interval(row[name])}" for name in MEASURES) + " |"


def _against_bars(result: Retrieval) -> Iterator[str]:
    """A line for each bar that a set has; a set that is a part or a kind of another has the same bars."""
    for name, bars in BARS.items():
        for measure, bar in bars.items() if result.name.startswith(name) else ():
            found = " | ".join(_against(result.table[method][measure], bar) for method in (BOTH, TYPED_RANKED))
            yield f"| {result.name} | {measure} | {bar:.0%} | {found} |"


def _against(found: Share, bar: float) -> str:
    return f"{percent(found)} {interval(found)}{'' if found.value >= bar else ', missed'}"


def _against_terms(result: Retrieval) -> str:
    """Whether the vectors help: the questions that only one of the two has the right passage first for."""
    firsts = [(one.ranks[BOTH] == 1, one.ranks[TERMS] == 1) for one in result.found]
    hybrid, terms = firsts.count((True, False)), firsts.count((False, True))
    chance = chance_of_change(hybrid, terms)
    return f"| {result.name} | {hybrid} | {terms} | {len(firsts) - hybrid - terms} | {chance:.2g} |"


def _made() -> str:
    processor = re.search(r"model name\s*:\s*(.+)", _cpuinfo())
    name = processor[1] if processor else platform.processor() or platform.machine()
    return f"*{date.today().isoformat()}, {os.cpu_count()} cores of {name}, Python {platform.python_version()}.*"


def _cpuinfo() -> str:
    path = Path("/proc/cpuinfo")
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="put the tables into docs/evaluation.md")
    parser.add_argument("--only", nargs="+", choices=PARTS, metavar="PART", help=f"only these: {', '.join(PARTS)}")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the data sets")
    return parser.parse_args()


if __name__ == "__main__":
    main()
