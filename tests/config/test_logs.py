"""Logs: one line for each event, for people or programs, with no secret in it."""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Iterator

import pytest
import structlog

from wenbao.config.logs import configure_logs, without_secrets
from wenbao.config.settings import Settings

TOKEN = "123:a-secret-token"


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    logging.basicConfig(handlers=[logging.NullHandler()], force=True)
    logging.captureWarnings(False)


def settings(**values: object) -> Settings:
    return Settings.model_validate({"telegram_token": TOKEN, "api_keys": "key-one,key-two", **values})


def test_an_event_is_one_line_of_json_with_the_id_of_its_request(capsys):
    """What is bound to the context is in each line; Chinese stays legible."""
    configure_logs(settings(log_format="json"))
    with structlog.contextvars.bound_contextvars(request_id="r1"):
        structlog.get_logger("wenbao").info("question.answered", title="报告", ms=1.5)
    written = capsys.readouterr()
    line = json.loads(written.err)
    assert written.out == ""
    assert "报告" in written.err
    assert (line["event"], line["level"], line["request_id"], line["ms"]) == ("question.answered", "info", "r1", 1.5)
    assert line["timestamp"].endswith("Z")


def test_the_lines_of_libraries_look_like_ours(capsys):
    """Standard logging and warnings go the same way, from warnings upwards."""
    configure_logs(settings(log_format="json"))
    logging.getLogger("uvicorn.error").error("port %s", 8000)
    logging.getLogger("uvicorn.error").info("started")
    warnings.warn("old", stacklevel=1)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"].partition("\n")[0][-9:] for line in lines[:1]] == ["port 8000"]
    assert len(lines) == 2
    assert "old" in lines[1]["event"]


@pytest.mark.parametrize("form", ["console", "json"])
def test_no_secret_is_written_down(capsys, form):
    """Wherever it stands: a value, an address, an exception, a library's line."""
    configure_logs(settings(log_format=form, log_level="debug"))
    log = structlog.get_logger("wenbao")
    log.info("sent", url=f"https://example.org/bot{TOKEN}/getMe", keys=["key-one"], plain="kept")
    logging.getLogger("telegram").warning("failed: %s", TOKEN)
    try:
        int(TOKEN)
    except ValueError:
        local = "key-two"
        log.exception("broke", by=local)
    written = capsys.readouterr().err
    assert "kept" in written
    assert "ValueError: invalid literal" in written
    assert not any(secret in written for secret in (TOKEN, "key-one", "key-two"))


@pytest.mark.parametrize("name", ["httpx", "httpcore", "telegram", "telegram.ext", "huggingface_hub"])
def test_libraries_that_log_addresses_are_heard_from_warnings_upwards(name):
    """Even where everything else is logged: their addresses hold the bot's token."""
    configure_logs(settings(log_level="debug"))
    assert logging.getLogger(name).getEffectiveLevel() == logging.WARNING


def test_what_is_below_the_level_is_not_written(capsys):
    """`log_level` bounds our lines; a level that is given goes before it."""
    configure_logs(settings(log_level="info"), "error")
    structlog.get_logger("wenbao").warning("quiet")
    structlog.get_logger("wenbao").error("loud")
    written = capsys.readouterr().err
    assert "quiet" not in written
    assert "loud" in written


def test_a_traceback_shows_no_local_variables(capsys):
    """They may hold what a person asked."""
    configure_logs(settings())
    question = "谁的秘密"
    try:
        int(question[:0])
    except ValueError:
        structlog.get_logger("wenbao").exception("broke")
    written = capsys.readouterr().err
    assert "ValueError" in written
    assert question not in written


def test_a_text_is_cleared_of_secrets():
    """For what is written elsewhere than in the log."""
    assert without_secrets(f"a {TOKEN} b key-two", settings()) == "a *** b ***"
