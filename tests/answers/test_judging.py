"""Questions over reports that were never used for tuning; the floors guard against falling back, no more."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.answers.samples import settings_at
from wenbao.cli.evaluation import evaluate_reports, read_questions

FOLDER = Path(__file__).parents[1] / "reports" / "judging-2"
LEAST_CORRECT = 0.70


@pytest.mark.parametrize("report", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_judging_questions_are_mostly_answered_and_always_quoted_to_the_letter(report: Path, tmp_path: Path) -> None:
    """Every quote stands in the report as it is; at least seven in ten replies are right, and none is refused."""
    questions = [question for path in sorted(FOLDER.glob(f"{report.stem}*.tsv")) for question in read_questions(path)]
    found = evaluate_reports(settings_at(tmp_path), [report], questions)
    source = re.sub(r"\s+", "", report.read_text(encoding="utf-8"))
    quotes = [cited.quote for verdict in found.verdicts for cited in (*verdict.reply.citations, *verdict.reply.related)]
    assert questions
    assert found.refused == ()
    assert [quote for quote in quotes if re.sub(r"\s+", "", quote) not in source] == []
    assert found.correct / found.count >= LEAST_CORRECT
