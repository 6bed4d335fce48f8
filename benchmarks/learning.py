"""Learns how sure an answer is, and measures it: `python -m benchmarks.learning [--write]`.

Learnt on the questions in `tests/reports/tuning` and on most of those in `tests/reports/real`; measured on
`tests/reports/judging` and the real reports of 2014 and 2016. Questions about one report that
are asked of another are questions without an answer. The weights go to `answers/weights.toml`, the curve of risk
against coverage to `docs/risk-coverage.svg`.
"""

from __future__ import annotations

import argparse
import json
import lzma
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from wenbao.answers.answering import ranked_candidates
from wenbao.answers.choosing import Candidate
from wenbao.answers.composing import cite, figure_text, figure_value, quote_span, span_text
from wenbao.answers.confidence import sign_names, signs_of
from wenbao.answers.features import WEIGHTS
from wenbao.answers.model import Answer, Filters, Metadata, Reply
from wenbao.answers.question import OUTSIDE, read_question
from wenbao.answers.question import Question as ReadQuestion
from wenbao.answers.service import ReportService
from wenbao.cli.evaluation import Question, judge, read_questions
from wenbao.config.settings import Settings
from wenbao.knowledge.library import Library

ROOT = Path(__file__).parent.parent
REPORTS = ROOT / "tests" / "reports"
WORK_REPORTS = ROOT.parent / "shared" / "data" / "work-reports-zh.jsonl.xz"
CURVE = ROOT / "docs" / "risk-coverage.svg"
JUDGED = ("2014.txt", "2016.txt")
"""The real reports that nothing is learnt or tuned on."""
NOT_LEARNT = ("list", "about")
NOT_ASKED_ELSEWHERE = ("none", "list", "plan", "why", "keywords")
ELSEWHERE_COUNTS = 0.15
UNANSWERABLE_COUNTS = 2.0
REGULARISATION = 1.0
THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


@dataclass(frozen=True, slots=True)
class Report:
    """A report with its questions; `title` is given where the text has none."""

    name: str
    content: bytes
    title: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """The signs of the best place for a question, whether it answers it, and whether there is an answer at all."""

    values: tuple[float, ...]
    right: bool
    answerable: bool
    weight: float
    report: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the weights and the curve")
    parser.add_argument("--threshold", type=float, default=0.35, help="the confidence from which on an answer is given")
    options = parser.parse_args()
    training, judging = [*reports_in(REPORTS / "tuning")], [*reports_in(REPORTS / "judging"), *judged_real_reports()]
    training += [report for report in real_reports() if report.name not in JUDGED]
    learnt_on, judged_on = list(examples(training, elsewhere=True)), list(examples(judging, elsewhere=False))
    model = fit(learnt_on)
    show_left_out(learnt_on)
    show(model, learnt_on, judged_on)
    if options.write:
        write_weights(model, options.threshold)
        CURVE.write_text(curve(*risk_and_coverage(model, judged_on)), encoding="utf-8")


def reports_in(folder: Path) -> list[Report]:
    """The reports in a folder, each with the questions file of its name."""
    return [
        Report(path.name, path.read_bytes(), "", tuple(read_questions(path.with_suffix(".tsv"))))
        for path in sorted(folder.glob("*.txt"))
        if path.with_suffix(".tsv").exists()
    ]


def real_reports() -> list[Report]:
    """The work reports that there are questions about, none where the data are not at hand."""
    if not WORK_REPORTS.exists():
        return []
    with lzma.open(WORK_REPORTS, "rt", encoding="utf-8") as lines:
        texts = {record["year"]: record for record in map(json.loads, lines)}
    found = [(int(path.stem.rpartition("-")[2]), path) for path in (REPORTS / "real").glob("*.tsv")]
    return [
        Report(f"{year}.txt", texts[year]["text"].encode(), texts[year]["title"], tuple(read_questions(path)))
        for year, path in found
    ]


def judged_real_reports() -> list[Report]:
    """The real reports to judge by."""
    return [report for report in real_reports() if report.name in JUDGED]


def examples(reports: Sequence[Report], *, elsewhere: bool) -> Iterator[Example]:
    """An example for each question that a place is looked for, also those of the other reports if `elsewhere`."""
    for report in reports:
        with TemporaryDirectory(prefix="wenbao-") as folder, open_service(Path(folder), report) as service:
            text = re.sub(r"\s+", "", service.document(service.documents()[0].id).text)
            for question in report.questions:
                weight = UNANSWERABLE_COUNTS if question.kind == "none" else 1.0
                yield from _example(service, question, text, weight, report.name)
            for other in (other for other in reports if elsewhere and other is not report):
                for question in other.questions:
                    if question.kind not in NOT_ASKED_ELSEWHERE:
                        yield from _example(service, question, None, ELSEWHERE_COUNTS, report.name)


def open_service(folder: Path, report: Report) -> ReportService:
    """A service over a library in `folder` with just this report."""
    Library(folder / "library.sqlite3").close()  # there is one already, so none is made with the box
    service = ReportService.open(Settings(data_dir=folder))
    service.add(report.name, report.content, Metadata(title=report.title))
    return service


def _example(
    service: ReportService, question: Question, text: str | None, weight: float, report: str
) -> Iterator[Example]:
    """At most one example; `text` is None for a question about another report, which nothing here can answer."""
    read = read_question(question.text)
    if read.kind in OUTSIDE or read.kind in NOT_LEARNT or not read.words or (text is None and read.places):
        return
    sources = service.answering_sources(Filters())
    terms, ranked = ranked_candidates(read, sources)
    if not ranked:
        return
    best = ranked[0]
    if text is None and best.features.missing == 0 and best.features.covered > 0.9:
        return  # the other report may well say this, too
    right = text is not None and question.kind != "none" and answers_question(service, question, read, best, text)
    values = signs_of(terms, ranked)
    yield Example(values, right, text is not None and question.kind != "none", weight, report)


def answers_question(
    service: ReportService, question: Question, read: ReadQuestion, best: Candidate, text: str
) -> bool:
    """Whether a place answers a question, as the outside check would see it; `text` is without white space."""
    passage = best.reading.passage
    span = quote_span(best.reading, best.start, best.end)
    citation = cite(1, service.document(passage.document_id), passage.paragraph, span.start, span.end)
    is_figure = read.kind == "number"
    words = figure_text(best) if is_figure else span_text(read, best)
    answer = Answer(words, "figure", figure_value(best)) if is_figure else Answer(words, "passage")
    reply = Reply("", "answered", "zh-Hans", answer, None, None, (citation,), (), 1.0, (), 0.0)
    met = judge(question, reply, [text])
    return met["correct"] and (not is_figure or met.get("exact", True))


def fit(learnt_on: Sequence[Example]) -> LogisticRegression:
    """The logistic regression of being right on the features and signs."""
    values, right = _arrays(learnt_on)
    model = LogisticRegression(C=REGULARISATION, max_iter=10_000)
    return model.fit(values, right, [example.weight for example in learnt_on])


def show_left_out(learnt_on: Sequence[Example]) -> None:
    """Print what each threshold would do in reports that were left out of learning one after the other."""
    own = [one for one in learnt_on if one.weight >= 1]
    sure = np.zeros(len(own))
    for name in {one.report for one in own}:
        model = fit([one for one in learnt_on if one.report != name])
        here = [at for at, one in enumerate(own) if one.report == name]
        sure[here] = model.predict_proba(np.array([own[at].values for at in here]))[:, 1]
    right = np.array([one.right for one in own])
    print(f"left out one by one, {len(own)} questions: AUROC {roc_auc_score(right, sure):.3f}")
    show_thresholds(sure, own)


def show(model: LogisticRegression, learnt_on: Sequence[Example], judged_on: Sequence[Example]) -> None:
    """Print how well right answers are told from others, and what each threshold would do."""
    for name, some in (("learnt on", learnt_on), ("judged on", judged_on)):
        values, right = _arrays(some)
        auroc = roc_auc_score(right, model.predict_proba(values)[:, 1])
        print(f"{name} {len(some)} questions: AUROC {auroc:.3f}")
    values, right = _arrays(judged_on)
    show_thresholds(model.predict_proba(values)[:, 1], judged_on)


def show_thresholds(sure: NDArray[np.float64], some: Sequence[Example]) -> None:
    """Print what each threshold would do."""
    right = np.array([example.right for example in some])
    answerable = np.array([example.answerable for example in some])
    print("threshold  right of answerable  refused of unanswerable  wrong of all")
    for threshold in THRESHOLDS:
        given = sure >= threshold
        shares = (given & right)[answerable].mean(), (~given)[~answerable].mean(), (given & ~right).mean()
        print(f"{threshold:9.2f}  {shares[0]:19.3f}  {shares[1]:23.3f}  {shares[2]:12.3f}")


def risk_and_coverage(model: LogisticRegression, judged_on: Sequence[Example]) -> tuple[NDArray[np.float64], ...]:
    """Coverage (share of questions answered) and risk (share of those that is wrong), from the surest on."""
    values, right = _arrays(judged_on)
    order = np.argsort(-model.predict_proba(values)[:, 1])
    count = np.arange(1, len(order) + 1)
    return count / len(order), np.cumsum(~right[order]) / count


def curve(coverage: NDArray[np.float64], risk: NDArray[np.float64]) -> str:
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


def write_weights(model: LogisticRegression, threshold: float) -> None:
    """Put the weights of confidence into `weights.toml`; those of ranking stay."""
    names = sign_names()
    lines = [f"threshold = {threshold}", f"bias = {model.intercept_[0]:.2f}"]
    lines += [f"{name} = {weight:.2f}" for name, weight in zip(names, model.coef_[0], strict=True)]
    ranking = WEIGHTS.read_text(encoding="utf-8").partition("[confidence]")[0]
    WEIGHTS.write_text(ranking + "[confidence]\n" + "\n".join(lines) + "\n", encoding="utf-8")


def _arrays(some: Sequence[Example]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    return np.array([example.values for example in some]), np.array([example.right for example in some])


if __name__ == "__main__":
    main()
