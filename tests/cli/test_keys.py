"""wenbao key and wenbao forget: keys are made, listed and revoked; what was asked is deleted."""

from __future__ import annotations

import re
from shutil import copytree

import pytest

from tests.cli.conftest import run_process
from tests.cli.test_serving import await_told, free_port, running

QUESTION = "2020年提供了多少次法律咨询?"


def test_a_key_is_printed_once_and_alone(wenbao):
    """The first line is the key, for a script to take; it is in no list."""
    told = wenbao("key", "create", "the portal")
    listed = wenbao("key", "list")

    assert re.fullmatch(r"wb_[\w-]{43}", key := told.out.splitlines()[0])
    assert "the portal" in listed.out
    assert key not in listed.out


def test_keys_are_listed_for_programs(wenbao):
    """As JSON, with the scopes that were asked for and no use yet."""
    made = wenbao("key", "create", "one", "--scope", "admin", "--json").json
    listed = wenbao("key", "list", "--json").json

    assert made["key"].startswith("wb_")
    assert [{name: made[name] for name in ("id", "name", "scopes", "created", "last_used")}] == listed
    assert (["admin"], None) == (listed[0]["scopes"], listed[0]["last_used"])


def test_a_revoked_key_is_no_longer_listed(wenbao):
    """It is revoked by its id."""
    key = wenbao("key", "create", "one", "--json").json

    assert "one" in wenbao("key", "revoke", key["id"]).out
    assert [] == wenbao("key", "list", "--json").json
    assert "wenbao key create" in wenbao("key", "list").out


@pytest.mark.parametrize("arguments", [("revoke", "nobody"), ("create", " "), ("create", "one", "--scope", "all")])
def test_what_cannot_be_done_is_told_with_exit_code_2(wenbao, arguments):
    """Nothing is made or revoked."""
    told = wenbao("key", *arguments)
    assert 2 == told.code
    assert [] == wenbao("key", "list", "--json").json


def test_serving_others_without_a_key_is_one_clear_line(filled):
    """Exit code 2, with what to do, before anything is loaded."""
    told = run_process(filled, "serve", WENBAO_HOST="0.0.0.0", WENBAO_PORT=str(free_port()))

    assert (2, "") == (told.code, told.out)
    assert all(word in told.err for word in ("WENBAO_HOST", "wenbao key create", "WENBAO_API_KEYS"))
    assert 1 == told.err.count("\n")


def test_serving_others_with_a_stored_key_comes_up(filled, tmp_path):
    """The key is made once, on the command line, and needs no setting."""
    data = copytree(filled, tmp_path / "own")
    assert 0 == run_process(data, "key", "create", "one").code
    with running(data, tmp_path / "log", "serve", WENBAO_HOST="0.0.0.0") as service:
        await_told(service, "Telegram")
        assert 200 == service.send("/")[0]
        assert 401 == service.send("/v1/search?q=x")[0]


def test_an_answer_and_a_conversation_are_forgotten(filled, tmp_path, wenbao):
    """Each by its id; what is not there is told."""
    data = copytree(filled, tmp_path / "own")
    answer = wenbao("ask", QUESTION, "--json", data=data).json
    wenbao("ask", QUESTION, "--conversation", "mine", data=data)

    assert "Deleted 1 answer." in wenbao("forget", "--answer", answer["id"], data=data).out
    assert 2 == wenbao("forget", "--answer", answer["id"], data=data).code
    assert "Deleted 1 answer." in wenbao("forget", "--conversation", "mine", data=data).out
    assert "Deleted 0 answers." in wenbao("forget", "--conversation", "mine", data=data).out
    assert 2 == wenbao("forget", data=data).code


def test_the_person_is_told_of_what_was_masked(filled, tmp_path, wenbao):
    """Above the answer, in the language of the question."""
    data = copytree(filled, tmp_path / "own")
    told = wenbao("ask", f"{QUESTION} 电话13800138000", data=data)

    assert told.out.index("电话号码") < told.out.index("3373次")
