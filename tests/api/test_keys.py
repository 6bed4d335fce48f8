"""Keys at rest: hashed, listed, noted when used, and revoked at once in every process."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
import threading

import httpx
import pytest

from wenbao.api.keys import Keys
from wenbao.config.errors import InvalidRequest, StorageFailed

ASK = {"question": "受理了多少宗?"}


@pytest.fixture
def keys(tmp_path):
    opened = Keys(tmp_path / "keys.sqlite3")
    yield opened
    opened.close()


def test_a_key_is_found_by_itself_alone(keys):
    """What was told opens; anything near it does not."""
    key, told = keys.create("  the  portal ", ("ask",))

    assert ("the portal", ("ask",), None) == (key.name, key.scopes, key.used)
    assert keys.find(told.encode()).id == key.id
    for other in (told[:-1], told + "x", told.swapcase(), key.id, ""):
        assert keys.find(other.encode()) is None


def test_a_key_has_256_random_bits_behind_its_prefix(keys):
    """43 characters of base64url; no two are alike."""
    told = {keys.create("one", ("ask",))[1] for _ in range(20)}

    assert 20 == len(told)
    assert all(one.startswith("wb_") and len(one) == 46 for one in told)


def test_a_key_lies_nowhere_on_disk(keys, tmp_path):
    """Only its hash does, in files that nobody else may read."""
    _, told = keys.create("one", ("ask",))
    keys.find(told.encode())
    files = list(tmp_path.iterdir())

    assert files
    assert all(told.removeprefix("wb_").encode() not in path.read_bytes() for path in files)
    assert {0o600} == {stat.S_IMODE(path.stat().st_mode) for path in files}


def test_keys_are_listed_oldest_first_with_their_scopes(keys):
    """In the order in which they were made."""
    made = [keys.create("one", ("ask",))[0], keys.create("two", ("admin", "ask"))[0]]

    assert sorted(made, key=lambda key: (key.created, key.id)) == keys.all()
    assert ("ask", "admin") == made[1].scopes


def test_use_is_noted_once_a_minute(keys, monkeypatch):
    """A busy key does not make every request write."""
    clock = [1_800_000_000]
    monkeypatch.setattr("wenbao.api.keys.time.time", lambda: clock[0])
    _, told = keys.create("one", ("ask",))
    seen = []
    for seconds in (0, 59, 1, 1):
        clock[0] += seconds
        keys.find(told.encode())
        seen.append(keys.all()[0].used)

    assert [1_800_000_000, 1_800_000_000, 1_800_000_060, 1_800_000_060] == seen


def test_a_revoked_key_is_gone(keys):
    """It opens nothing and is not listed; revoking it again is told."""
    key, told = keys.create("one", ("ask",))

    assert key.id == keys.revoke(key.id).id
    assert (None, []) == (keys.find(told.encode()), keys.all())
    with pytest.raises(InvalidRequest, match="wenbao key list"):
        keys.revoke(key.id)


@pytest.mark.parametrize(("name", "scopes"), [("", ("ask",)), ("   ", ("ask",)), ("x" * 101, ("ask",)), ("one", ())])
def test_a_key_needs_a_name_and_a_scope(keys, name, scopes):
    """Else nobody knows later whose it was."""
    with pytest.raises(InvalidRequest):
        keys.create(name, scopes)
    assert [] == keys.all()


def test_looking_writes_nothing(keys, tmp_path):
    """Where there are no keys there is no file."""
    assert (None, [], False) == (keys.find(b"wb_x"), keys.all(), keys.any_with("ask"))
    assert [] == list(tmp_path.iterdir())


def test_a_secret_is_the_same_for_all_who_come_at_once(tmp_path):
    """The first one makes it; several processes that start together get one and the same."""
    path, found = tmp_path / "keys.sqlite3", []
    starting = threading.Barrier(8)

    def look():
        starting.wait()
        found.append(Keys(path).secret("page"))

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 8 == len(found)
    assert 1 == len(set(found))
    assert found[0] != Keys(path).secret("another purpose")


def test_a_damaged_file_is_told(tmp_path):
    """With what to do about it, and nobody is let in."""
    path = tmp_path / "keys.sqlite3"
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(StorageFailed, match="make new keys"):
        Keys(path).find(b"wb_x")


def test_a_key_is_kept_as_its_sha_256(keys, tmp_path):
    """As published: FIPS 180-4 over the whole key."""
    _, told = keys.create("one", ("ask",))
    with sqlite3.connect(tmp_path / "keys.sqlite3") as database:
        stored = database.execute("SELECT hash FROM keys").fetchone()[0]
    digest = subprocess.run(["sha256sum"], input=told.encode(), capture_output=True, check=True).stdout.split()[0]
    assert digest.decode() == stored.hex()


def test_another_process_makes_and_revokes_keys_of_a_running_service(build, serving, tmp_path):
    """From the very next request on."""
    with serving(build()[0]) as address, httpx.Client(base_url=address) as client:

        def asks(key):
            return client.post("/v1/ask", json=ASK, headers={"Authorization": f"Bearer {key}"}).status_code

        told = elsewhere(tmp_path, "print(keys.create('one', ('ask',))[1])")
        assert (200, 401) == (asks(told), asks(told + "x"))
        elsewhere(
            tmp_path, "keys.create('two', ('ask',)); keys.revoke(next(k.id for k in keys.all() if k.name == 'one'))"
        )
        assert 401 == asks(told)


def elsewhere(data_dir, statement):
    """What a statement about the keys prints in a process of its own."""
    program = "\n".join(
        [
            "from pathlib import Path",
            "from wenbao.api.keys import Keys",
            f"keys = Keys(Path({str(data_dir)!r}) / 'keys.sqlite3')",
            statement,
        ]
    )
    return subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True).stdout.strip()
