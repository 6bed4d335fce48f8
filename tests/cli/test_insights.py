"""wenbao insights: what people asked, on the terminal, as JSON and for a spreadsheet; and its deletion."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from shutil import copytree

import pytest

from wenbao.answers.model import AskRequest, Feedback
from wenbao.answers.service import ReportService
from wenbao.config.settings import Settings


@pytest.fixture
def asked(filled, tmp_path):
    """A data folder where some questions were asked."""
    data = unasked(filled, tmp_path)
    with ReportService.open(Settings(_env_file=None, data_dir=data)) as service:
        for question in ("2020年提供了多少次法律咨询?", "火星上有多少居民?", "火星居民有多少", "=1+1火星"):
            reply = service.ask(AskRequest(question))
        service.feedback(Feedback(reply.id, False, "没用"))
    return data


def unasked(filled, tmp_path):
    """A data folder of our own in which nobody has asked."""
    data = Path(copytree(filled, tmp_path / "own"))
    for path in data.glob("journal.sqlite3*"):
        path.unlink()
    return data


def test_what_was_not_answered_is_told_in_groups(asked, wenbao):
    """The line of a group has its id, its most frequent wording and how many more there are."""
    told = wenbao("insights", data=asked)

    assert 0 == told.code
    assert "4 asked, 3 not answered, 1 of 1 judged found unhelpful" in told.out
    part = told.out.partition("Not answered")[2].partition("Found unhelpful")[0]
    assert "火星" in part
    assert "法律咨询" not in part
    assert f"{date.today()}" in told.out


def test_nobody_has_asked_yet(filled, wenbao, tmp_path):
    """A quiet time is told as such."""
    told = wenbao("insights", "--since", str(date.today()), data=unasked(filled, tmp_path))
    assert (0, 1) == (told.code, told.out.count("\n"))
    assert "0 asked" in told.out


def test_programs_get_json(asked, wenbao):
    """With counts, groups, periods, languages, reasons and comments; no ids of conversations or people."""
    told = wenbao("insights", "--json", data=asked).json

    assert {"since", "until", "counts", "groups", "periods", "languages", "reasons", "comments"} == set(told)
    assert (4, 1, 0.25) == tuple(told["counts"][name] for name in ("asked", "answered", "answer_rate"))
    assert 30 == len(told["periods"])
    assert ["没用"] == [one["text"] for one in told["comments"]]


def test_a_spreadsheet_gets_a_table_without_formulas(asked, wenbao, tmp_path):
    """It begins with a byte order mark; what looks like a formula has an apostrophe before it."""
    path = tmp_path / "questions.csv"
    assert 0 == wenbao("insights", "--csv", str(path), data=asked).code

    written = path.read_bytes()
    assert written.startswith("\ufeffgroup,question,asked".encode())
    assert ",'=1+1火星,".encode() in written


def test_another_table_can_be_had(asked, wenbao, tmp_path):
    """The answer rate by day, for one."""
    path = tmp_path / "rate.csv"
    wenbao("insights", "--csv", str(path), "--table", "rate", data=asked)
    assert 31 == len(path.read_text(encoding="utf-8-sig").splitlines())


def test_a_group_is_deleted_by_its_id(asked, wenbao):
    """A second time there is nothing to delete."""
    group = wenbao("insights", "--json", data=asked).json["groups"][0]

    assert f"Deleted {group['asked']} question" in wenbao("insights", "--forget", group["id"], data=asked).out
    assert group["id"] not in wenbao("insights", "--json", data=asked).out
    assert 2 == wenbao("insights", "--forget", group["id"], data=asked).code


@pytest.mark.parametrize(
    "arguments", [("--since", str(date.today() + timedelta(days=2))), ("--csv", "none/such/folder.csv")]
)
def test_what_cannot_be_done_is_one_line(filled, wenbao, arguments):
    """Exit code 2 and what to do, no traceback."""
    told = wenbao("insights", *arguments, data=filled)
    assert (2, 1) == (told.code, told.err.count("\n"))
