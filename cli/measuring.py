"""The measuring bench behind `wenbao evaluate`: one run of it, printed, kept and compared with an earlier one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from wenbao.cli import evaluation, measuring_printing
from wenbao.cli.comparing import Outcome, Run, RunKind, compare, read_run, run_of, save
from wenbao.cli.evaluation import Evaluation, Verdict
from wenbao.cli.extraction import Extraction, measure_extraction
from wenbao.cli.opening import open_service
from wenbao.cli.passages import read_set
from wenbao.cli.printing import print_json
from wenbao.cli.retrieval import BOTH, Retrieval, measure_retrieval
from wenbao.cli.shares import Share
from wenbao.config.settings import Settings


@dataclass(frozen=True, slots=True)
class Telling:
    """How a run is told: as JSON, with the misses, kept in a file, compared with an earlier one."""

    as_json: bool
    misses: bool
    save: Path | None
    compare: Path | None


def measure_answers(settings: Settings, files: Sequence[Path], reports: Sequence[Path], telling: Telling) -> bool:
    """Ask the questions of files, of the library or of some reports; returns whether all could be asked."""
    earlier = _earlier("answers", telling)
    questions = [question for path in files for question in evaluation.read_questions(path)]
    if reports:
        result = evaluation.evaluate_reports(settings, reports, questions)
    else:
        with open_service(settings) as service:
            result = evaluation.evaluate_library(service, questions)
    if not telling.as_json:
        measuring_printing.print_evaluation(result, telling.misses)
    run = run_of("answers", answers_summary(result), answer_outcomes(result))
    _finish(run, earlier, telling)
    return not result.refused


def measure_passages(
    settings: Settings, retrieval: Sequence[str], extraction: Sequence[str], data: Path, telling: Telling
) -> None:
    """Find, or extract from, the passages of sets."""
    kind: RunKind = "retrieval" if retrieval else "extraction"
    earlier = _earlier(kind, telling)
    sets = [read_set(name, data) for name in retrieval or extraction]
    summary: dict[str, Any] = {}
    outcomes: list[Outcome] = []
    for questions in sets:
        result = measure_retrieval(questions, settings) if retrieval else measure_extraction(questions, settings)
        if not telling.as_json:
            measuring_printing.print_retrieval_or_extraction(result)
        summary[questions.name] = _set_summary(result)
        outcomes += _set_outcomes(result)
    _finish(run_of(kind, summary, outcomes), earlier, telling)


def answers_summary(result: Evaluation) -> dict[str, Any]:
    """All figures of an evaluation, for programs."""
    table = result.table
    return {
        "questions": result.count,
        "correct": result.correct,
        "table": {name: {"n": row.count} | _values(row.shares) for name, row in table.items()},
        "intervals": {name: _intervals(row.shares) for name, row in table.items()},
        "latency_ms": asdict(result.latency) if result.verdicts else None,
        "latency_ms_by_kind": {name: asdict(row.latency) for name, row in table.items()},
        "abstention": asdict(result.abstention) if result.verdicts else None,
        "misses": [_miss(one) for one in result.misses],
        "refused": [{"question": asdict(question), "problem": problem} for question, problem in result.refused],
    }


def answer_outcomes(result: Evaluation) -> list[Outcome]:
    """Every question that was asked, with its reply in short."""
    return [_answer_outcome(one) for one in result.verdicts]


def _earlier(kind: RunKind, telling: Telling) -> Run | None:
    return read_run(telling.compare, kind) if telling.compare else None


def _finish(run: Run, earlier: Run | None, telling: Telling) -> None:
    comparison = compare(run, earlier) if earlier else None
    if telling.as_json:
        each = [one.model_dump(mode="json") for one in run.each]
        print_json(run.summary | {"comparison": _comparison(comparison), "each": each})
    elif comparison:
        measuring_printing.print_comparison(comparison)
    if telling.save:
        save(run, telling.save)


def _comparison(comparison: Any) -> dict[str, Any] | None:
    if comparison is None:
        return None
    changed = {
        name: [one.model_dump(mode="json") for one in getattr(comparison, name)]
        for name in ("became_right", "became_wrong")
    }
    counts = {name: getattr(comparison, name) for name in ("same", "only_now", "only_earlier", "chance")}
    return changed | counts | {"earlier": comparison.earlier.isoformat()}


def _answer_outcome(verdict: Verdict) -> Outcome:
    question, reply = verdict.question, verdict.reply
    details = {
        "kind": question.kind,
        "language": question.language,
        "status": reply.status,
        "reason": reply.reason,
        "confidence": reply.confidence,
        "answer": reply.answer.text if reply.answer else None,
        "value": reply.answer.value if reply.answer else None,
        "quotes": [citation.quote for citation in reply.citations],
        "milliseconds": round(verdict.milliseconds, 2),
        "met": dict(verdict.met),
    }
    group = question.conversation or f"{question.language} {question.kind}"
    return Outcome(group=group, text=question.text, correct=verdict.met["correct"], details=details)


def _set_summary(result: Retrieval | Extraction) -> dict[str, Any]:
    if isinstance(result, Extraction):
        return {"questions": len(result.extracted), "table": {name: asdict(one) for name, one in result.table.items()}}
    methods = {method: {name: asdict(one) for name, one in row.items()} for method, row in result.table.items()}
    return {"questions": len(result.found), "passages": result.passages, "table": methods}


def _set_outcomes(result: Retrieval | Extraction) -> list[Outcome]:
    if isinstance(result, Extraction):
        return [
            Outcome(
                group=result.name, text=one.asked.text, correct=one.exact, details={"answer": one.answer, "f1": one.f1}
            )
            for one in result.extracted
        ]
    return [
        Outcome(
            group=result.name, text=one.asked.text, correct=one.ranks[BOTH] == 1, details={"ranks": dict(one.ranks)}
        )
        for one in result.found
    ]


def _values(shares: Mapping[str, Share]) -> dict[str, float]:
    return {name: one.value for name, one in shares.items()}


def _intervals(shares: Mapping[str, Share]) -> dict[str, list[float]]:
    return {name: [one.low, one.high] for name, one in shares.items()}


def _miss(verdict: Verdict) -> dict[str, Any]:
    answer = verdict.reply.answer.text if verdict.reply.answer else ""
    return {"question": asdict(verdict.question), "status": verdict.reply.status, "answer": answer, **verdict.met}
