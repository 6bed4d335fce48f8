"""ask, chat, search: an answer on the terminal, and the same for programs."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest

from tests.cli.conftest import environment, run_process

QUESTION = "2020年提供了多少次法律咨询?"


def test_an_answer_is_printed_with_its_citation_and_nothing_else(filled):
    """Standard output holds the answer and where it stands, standard error nothing."""
    told = run_process(filled, "ask", QUESTION)
    answer, blank, source, *_ = told.out.splitlines()
    assert told.code == 0
    assert told.err == ""
    assert "3373次" in answer
    assert blank == ""
    assert source.startswith("[1] 从化区2020年法治政府建设工作情况报告 · 广州市从化区人民政府 · 2021-01-13")


def test_a_question_is_answered_without_loading_torch(filled):
    """The default model needs neither torch nor sentence-transformers to be used."""
    script = (
        "import sys\nfrom wenbao.cli.main import main\n"
        f"try: main(['ask', {QUESTION!r}])\nexcept SystemExit: pass\n"
        "print([name for name in ('torch', 'transformers', 'sentence_transformers', 'scipy') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment(filled), capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_json_of_an_answer_is_what_the_api_sends(wenbao, filled):
    """A program reads the same fields from --json as over HTTP."""
    told = wenbao("ask", QUESTION, "--json", data=filled)
    assert told.code == 0
    assert told.json["status"] == "answered"
    assert told.json["answer"]["value"] == "3373次"
    assert told.json["citations"][0]["quote"]


def test_a_question_about_another_year_gets_a_polite_line(wenbao, filled):
    """What the reports don't tell is said so, which is no failure."""
    told = wenbao("ask", "法律咨询多少次?", "--year", "1999", data=filled)
    assert told.code == 0
    assert told.out.strip()
    assert "3373" not in told.out


@pytest.mark.parametrize("question", ["", " \u200b ", "😀😀", "问" * 501])
def test_a_question_that_cannot_be_asked_is_one_line_on_standard_error(wenbao, filled, question):
    """Nothing is printed where an answer is expected, and the exit code is 2."""
    told = wenbao("ask", "--", question, data=filled)
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith("wenbao: ")
    assert told.err.count("\n") == 1


def test_two_questions_under_one_name_are_one_conversation(wenbao, filled):
    """A follow-up is understood from the question before."""
    wenbao("ask", "出具了多少份法律意见书?", "--conversation", "c1", data=filled)
    told = wenbao("ask", "那开展法治宣传呢?", "--conversation", "c1", "--json", data=filled)
    assert "1046" in told.json["answer"]["text"]


def test_a_search_prints_as_many_passages_as_asked_for(wenbao, filled):
    """-k bounds the passages, best first."""
    told = wenbao("search", "法律咨询", "-k", "2", "--json", data=filled)
    assert told.code == 0
    scores = [hit["score"] for hit in told.json["hits"]]
    assert len(scores) == 2
    assert scores == sorted(scores, reverse=True)
    assert "法律咨询" in wenbao("search", "法律咨询", "-k", "1", data=filled).out


def test_a_chat_understands_follow_ups_and_ends_at_the_end_of_input(wenbao, filled, monkeypatch):
    """Each line is answered in turn; a bad question doesn't end the conversation."""
    monkeypatch.setattr("sys.stdin", io.StringIO("出具了多少份法律意见书?\n😀\n那开展法治宣传呢?\n"))
    told = wenbao("chat", data=filled)
    assert told.code == 0
    assert "99份" in told.out
    assert "1046次" in told.out.rpartition(">")[0].rpartition(">")[2]


def test_a_number_in_a_chat_asks_the_suggestion_with_that_number(wenbao, filled, monkeypatch):
    """Suggestions needn't be typed."""
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{QUESTION}\n1\n/quit\nnever asked\n"))
    told = wenbao("chat", data=filled)
    assert told.code == 0
    assert told.out.count("[1] 从化区2020年法治政府建设工作情况报告") == 2


def test_a_report_has_no_power_over_the_terminal(wenbao, tmp_path):
    """Escape sequences in a report are not sent to the terminal."""
    path = tmp_path / "bad.txt"
    path.write_text("青山县2021年工作报告\n全年受理来电\x1b[31m4821宗。\n", encoding="utf-8")
    wenbao("add", str(path))
    assert "\x1b" not in wenbao("search", "受理来电").out
