"""backup, restore and verify on the command line, beside a running service as well."""

from __future__ import annotations

import json
import signal

from tests.cli.conftest import run_process
from tests.cli.test_serving import await_told, running

JSON = {"Content-Type": "application/json"}


def _value(service, question):
    status, body = service.send("/v1/ask", json.dumps({"question": question}).encode(), **JSON)
    answer = json.loads(body)["answer"]
    return status, answer and answer["value"]


def test_a_backup_is_made_and_restored_while_the_service_runs(wenbao, report, tmp_path):
    """What was added after the backup is gone again, what was removed is back, and no restart is needed."""
    assert wenbao("add", str(report)).code == 0
    data, archive = tmp_path / "data", tmp_path / "copies" / "monday.zip"
    question = "青山县2021年受理来电多少宗?"
    with running(data, tmp_path / "log", "serve") as service:
        await_told(service, "Telegram")
        assert _value(service, question) == (200, "4821宗")
        told = run_process(data, "backup", str(archive))
        assert (told.code, "library.sqlite3" in told.out, archive.is_file()) == (0, True, True)
        (identity,) = [one["id"] for one in _documents(service) if "青山县" in one["title"]]
        assert run_process(data, "remove", identity, "--yes").code == 0
        assert _value(service, question) == (200, None)
        told = run_process(data, "restore", str(archive))
        assert (told.code, "--force" in told.err) == (2, True)
        told = run_process(data, "restore", str(archive), "--force")
        assert (told.code, "before-restore-" in told.out) == (0, True)
        assert _value(service, question) == (200, "4821宗")
        assert service.stop(signal.SIGINT) == 0
    assert run_process(data, "verify").code == 0


def _documents(service):
    return json.loads(service.send("/v1/documents")[1])["documents"]


def test_what_is_no_backup_is_told_and_nothing_is_changed(wenbao, tmp_path):
    """One line on standard error, exit code 2."""
    (tmp_path / "no.zip").write_bytes(b"hello")
    for name in ("no.zip", "missing.zip"):
        told = wenbao("restore", name)
        assert (told.code, told.err.count("\n")) == (2, 1)
        assert "Nothing was changed" in told.err
    assert wenbao("backup", "none.zip").code == 2


def test_verify_says_of_each_problem_what_to_do(wenbao, report, tmp_path):
    """A changed figure, a damaged database and a damaged index are a line each, with a command; the exit code is 1."""
    wenbao("add", str(report))
    assert wenbao("verify").code == 0
    database = tmp_path / "data" / "library.sqlite3"
    content = database.read_bytes()
    database.write_bytes(content.replace("受理来电4821宗".encode(), "受理来电4822宗".encode()))
    told = wenbao("verify")
    assert told.code == 1
    assert all("restore" in line.lower() for line in told.out.splitlines())
    told = wenbao("ask", "青山县2021年受理来电多少宗?")
    assert (told.code, "4822" in told.out) == (2, False)
    database.write_bytes(content)
    index = max((tmp_path / "data" / "index").glob("generation-*"))
    max(index.glob("*.faiss")).write_bytes(b"nothing")
    told = wenbao("verify")
    assert (told.code, "wenbao reindex" in told.out) == (1, True)
    assert wenbao("reindex").code == 0
    assert wenbao("verify").code == 0
    (tmp_path / "data" / "journal.sqlite3").write_bytes(b"no database" * 500)
    told = wenbao("verify")
    assert (told.code, "journal.sqlite3" in told.out) == (1, True)
    database.write_bytes(b"")
    told = wenbao("list")
    assert (told.code, "wenbao restore" in told.err) == (2, True)
