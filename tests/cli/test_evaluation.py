"""evaluate: the questions-file format, and verdicts that agree with the outside check."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import asdict
from pathlib import Path

import pytest

from wenbao.answers.model import Answer, Citation, Reply
from wenbao.cli.evaluation import Question, judge, read_questions
from wenbao.config.errors import InvalidRequest

OUTSIDE_CHECK = Path(__file__).resolve().parents[2].parent / "shared" / "check" / "score.py"

QUESTIONS = """# language	kind	question	answers	evidence
zh	number	全年受理来电多少宗?	4821宗	受理来电
zh	number	调解纠纷多少宗?	999宗	调解纠纷
zh	none	修建了多少公里道路?
"""
TURNS = """# conversation	turn	question	answers	evidence
one	1	全年受理来电多少宗?	4821宗	受理来电
one	2	修建了多少公里道路?
"""


def reply(text: str | None, value: str | None = None, quotes: tuple[str, ...] = ()) -> Reply:
    """A reply as the service gives it."""
    answer = None if text is None else Answer(text, "figure", value)
    citations = tuple(
        Citation(n, "d", "t", None, None, None, (), 1, quote, 0, len(quote), (), "/", None)
        for n, quote in enumerate(quotes, 1)
    )
    status = "not_found" if answer is None else "answered"
    return Reply("id", status, "zh-Hans", answer, None, None, citations, (), 0.5, (), 1.0)


SOURCE = "全年受理来电4821宗,办结率98.6%。调解纠纷312宗。"
CASES = [
    ("number", "4821宗", "受理来电", reply("受理来电4821宗", "4821宗", ("全年受理来电4821宗",))),
    ("number", "4821宗", "受理来电", reply("受理来电4821宗", "受理来电4821宗,办结", ("全年受理来电4821宗",))),
    ("number", "4821", "受理来电", reply("受理来电4821宗", "4821宗", ("全年受理来电 4821宗",))),
    ("number", "4821", "受理来电", reply("受理来电4821宗", None, ("调解纠纷312宗。",))),
    ("number", "4821", "受理来电", reply("受理来电4821宗", "4821", ("受理来电4800宗",))),
    ("number", "4821", "", reply("受理来电4821宗" + "长" * 200, "4821", ("受理来电4821宗",))),
    (
        "why",
        "98.6%|九成&312",
        "受理|调解",
        reply("办结率９８．６％,312宗", None, ("全年受理来电4821宗,办结率98.6%。",)),
    ),
    ("list", "312", "调解", reply("312宗", None, ("全年", "受理", "来电", "调解纠纷312宗"))),
    ("what", "312", "调解", reply("312宗", None, ("全年", "受理", "来电", "调解纠纷312宗"))),
    ("what", "312", "调解", reply("312宗")),
    ("none", "", "", reply(None)),
    ("none", "", "", reply("312宗")),
    ("what", "312", "调解", reply(None)),
]


@pytest.mark.skipif(not OUTSIDE_CHECK.exists(), reason="the outside check is not beside this clone")
@pytest.mark.parametrize(("kind", "answers", "evidence", "told"), CASES)
def test_every_verdict_is_that_of_the_outside_check(kind, answers, evidence, told):
    """What `wenbao evaluate` counts is what the check counts over HTTP."""
    specification = importlib.util.spec_from_file_location("score", OUTSIDE_CHECK)
    score = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(score)
    row = {"kind": kind, "answers": answers, "evidence": evidence}
    expected = score.judge(row, asdict(told), [score.squeezed(SOURCE)])
    assert expected == judge(Question("zh", kind, "?", answers, evidence, None), told, [score.squeezed(SOURCE)])


def test_a_right_answer_must_be_cited_and_to_the_letter():
    """A quote that stands in no source makes an answer wrong, whatever it says."""
    question = Question("zh", "number", "?", "4821", "受理来电", None)
    good = judge(question, reply("4821宗", "4821宗", ("受理来电4821宗",)), [SOURCE])
    altered = judge(question, reply("4821宗", "4821宗", ("受理来电4822宗",)), [SOURCE])
    assert good == dict.fromkeys(("answered", "right", "cited", "verbatim", "exact", "correct"), True)
    assert (altered["right"], altered["verbatim"], altered["correct"]) == (True, False, False)


def test_questions_and_conversations_are_read_from_tab_separated_lines(tmp_path):
    """Comments and empty lines are left out; a turn without answers is of kind none."""
    path = tmp_path / "questions.tsv"
    path.write_text(QUESTIONS + "\n" + TURNS, encoding="utf-8")
    read = read_questions(path)
    assert [(one.language, one.kind, one.conversation) for one in read] == [
        ("zh", "number", None),
        ("zh", "number", None),
        ("zh", "none", None),
        ("turn", "turn", "one"),
        ("turn", "none", "one"),
    ]
    assert (read[0].answers, read[0].evidence) == ("4821宗", "受理来电")


def test_a_line_that_is_no_question_is_named(tmp_path):
    """The message says which line of which file."""
    path = tmp_path / "questions.tsv"
    path.write_text("# fine\nzh number question\n", encoding="utf-8")
    with pytest.raises(InvalidRequest, match=r"questions\.tsv, line 2"):
        read_questions(path)


def test_a_report_is_evaluated_without_touching_the_library(wenbao, report, tmp_path):
    """--report asks a passing library of just that file; the data folder is not even made."""
    path = tmp_path / "questions.tsv"
    path.write_text(QUESTIONS, encoding="utf-8")
    told = wenbao("evaluate", str(path), "--report", str(report), "--json")
    assert told.code == 0
    assert (told.json["questions"], told.json["correct"]) == (3, 2)
    assert [miss["question"]["text"] for miss in told.json["misses"]] == ["调解纠纷多少宗?"]
    assert told.json["table"]["zh number"]["n"] == 2
    assert not (tmp_path / "data").exists()


def test_an_evaluation_prints_a_table_and_the_misses(wenbao, report, tmp_path):
    """For people the same figures stand in a table."""
    (tmp_path / "questions.tsv").write_text(QUESTIONS, encoding="utf-8")
    (tmp_path / "turns.tsv").write_text(TURNS, encoding="utf-8")
    told = wenbao("evaluate", "questions.tsv", "turns.tsv", "--report", str(report), "--misses")
    assert "miss [zh number] 调解纠纷多少宗?" in told.out
    assert told.out.splitlines()[-1] == "correct 4 of 5"


def test_a_question_that_cannot_be_asked_is_counted_as_not_asked(wenbao, report, tmp_path):
    """It is named, counts as not correct, and the exit code is 1."""
    (tmp_path / "questions.tsv").write_text("zh\tnone\t😀\n", encoding="utf-8")
    told = wenbao("evaluate", "questions.tsv", "--report", str(report))
    assert told.code == 1
    assert "correct 0 of 1" in told.out
    assert "😀" in told.err


def test_a_report_that_cannot_be_read_ends_the_evaluation(wenbao, tmp_path):
    """Nothing is scored against half of the reports."""
    (tmp_path / "questions.tsv").write_text(QUESTIONS, encoding="utf-8")
    told = wenbao("evaluate", "questions.tsv", "--report", "missing.txt")
    assert (told.code, told.out) == (2, "")


def test_the_current_library_is_evaluated_where_no_report_is_given(wenbao, filled, tmp_path):
    """The questions are asked of what there is."""
    (tmp_path / "questions.tsv").write_text(
        "zh\tnumber\t2020年提供了多少次法律咨询?\t3373\t法律咨询\n", encoding="utf-8"
    )
    told = wenbao("evaluate", "questions.tsv", "--json", data=filled)
    assert (told.json["correct"], told.json["table"]["all"]["verbatim"]) == (1, 1.0)


def test_a_run_that_was_kept_is_compared_with_the_next(wenbao, report, tmp_path):
    """A question that a changed report no longer answers is named, with the test of the change; the exit code is 0."""
    (tmp_path / "questions.tsv").write_text(QUESTIONS, encoding="utf-8")
    kept = wenbao("evaluate", "questions.tsv", "--report", str(report), "--save", "run.json")
    report.write_text(report.read_text(encoding="utf-8").replace("受理来电4821宗", "受理来电4800宗"), encoding="utf-8")
    told = wenbao("evaluate", "questions.tsv", "--report", str(report), "--compare", "run.json")
    assert (kept.code, told.code) == (0, 0)
    assert "wrong now [zh number] 全年受理来电多少宗?" in told.out
    assert "0 became right, 1 became wrong, 2 as before (p = 1, sign test)" in told.out
    run = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert [one["details"]["value"] for one in run["each"]] == ["4821宗", "312宗", None]
    assert run["summary"]["correct"] == 2


def test_abstention_latency_and_intervals_are_told(wenbao, report, tmp_path):
    """Two answers, one of them wrong, and one rightly refused."""
    (tmp_path / "questions.tsv").write_text(QUESTIONS, encoding="utf-8")
    told = wenbao("evaluate", "questions.tsv", "--report", str(report), "--json").json
    abstention = told["abstention"]
    assert (abstention["precision"]["value"], abstention["recall"]["value"]) == (1.0, 1.0)
    assert abstention["wrong"]["value"] == pytest.approx(1 / 3)
    assert abstention["answerable_from_not"] == 1.0
    assert abstention["risks"][-1]["coverage"] == pytest.approx(2 / 3)
    assert abstention["risks"][-1]["risk"] == pytest.approx(1 / 2)
    low, high = told["intervals"]["zh number"]["correct"]
    assert low < told["table"]["zh number"]["correct"] < high
    assert set(told["latency_ms_by_kind"]) == {"zh number", "zh none", "all", "answerable", "unanswerable"}
    assert len(told["each"]) == 3
