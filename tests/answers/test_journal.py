"""The journal keeps replies, feedback and conversations, and forgets them in time."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from wenbao.answers.conversation import Memory
from wenbao.answers.journal import Journal
from wenbao.answers.model import Answer, Citation, Feedback, Item, Reply
from wenbao.answers.question import read_question
from wenbao.config.errors import StorageFailed, UnknownAnswer

CITATION = Citation(
    1,
    "doc",
    "云岭县报告",
    None,
    "2022-01-18",
    2021,
    ("一、", "（一）"),
    4,
    "共312宗",
    10,
    15,
    ((11, 15),),
    "/documents/doc",
    None,
)
REPLY = Reply(
    id="first",
    status="answered",
    language="zh-Hans",
    answer=Answer("共312宗", "figure", "312宗", (Item("312宗", 1),)),
    message=None,
    reason=None,
    citations=(CITATION,),
    related=(),
    confidence=0.91,
    suggestions=("明年有什么计划?",),
    took_ms=1.5,
)
REFUSAL = Reply("second", "not_found", "en", None, "Nothing.", "absent", (), (CITATION,), 0.1, (), 0.5)
MEMORY = Memory(read_question("2021年受理了多少宗投诉？"), "doc", (7,), ((1, 5),))


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path / "journal.sqlite3", 90, 30)
    yield journal
    journal.close()


@pytest.fixture
def raw(tmp_path: Path, journal: Journal) -> Iterator[sqlite3.Connection]:
    """The file of the journal as it is, for turning back its clocks and reading what it holds."""
    connection = sqlite3.connect(tmp_path / "journal.sqlite3")
    yield connection
    connection.close()


def test_a_reply_is_kept_with_its_question(journal: Journal) -> None:
    """A page of one answer shows what was asked as it was kept, and when."""
    before = time.time()
    journal.keep("多少宗？", REPLY)
    exchange = journal.exchange(REPLY.id)

    assert ("多少宗？", REPLY) == (exchange.question, exchange.reply)
    assert before <= exchange.asked_at <= time.time()


@pytest.mark.parametrize("reply", [REPLY, REFUSAL], ids=["answered", "not_found"])
def test_a_reply_comes_back_as_it_was(journal: Journal, reply: Reply) -> None:
    """Everything of a reply is kept: answer, points, citations, highlights."""
    journal.keep("受理了多少宗投诉？", reply)
    assert reply == journal.reply(reply.id)


def test_an_answer_that_was_not_kept_is_unknown(journal: Journal) -> None:
    """Neither shown nor judged."""
    with pytest.raises(UnknownAnswer):
        journal.reply("nobody")
    with pytest.raises(UnknownAnswer):
        journal.judge(Feedback("nobody", True))
    assert journal.feedback("nobody") is None


def test_a_second_thought_replaces_the_first(journal: Journal) -> None:
    """One answer has one feedback, the last one."""
    journal.keep("?", REPLY)
    journal.judge(Feedback("first", True, "好"))
    journal.judge(Feedback("first", False))
    assert Feedback("first", False, None) == journal.feedback("first")


def test_a_conversation_is_remembered_by_its_id(journal: Journal) -> None:
    """The last answered turn comes back, under its own id only."""
    journal.remember("mine", MEMORY)
    assert journal.recall("mine") == MEMORY
    assert journal.recall("yours") is None


def test_a_conversation_expires(journal: Journal, raw: sqlite3.Connection) -> None:
    """After the minutes it is kept for, a conversation begins anew."""
    journal.remember("mine", MEMORY)
    with raw:
        raw.execute("UPDATE conversations SET touched_at = touched_at - 31 * 60")
    assert journal.recall("mine") is None


def test_who_talked_is_not_on_disk(journal: Journal, raw: sqlite3.Connection) -> None:
    """Of a conversation's id only a hash is kept."""
    journal.remember("telegram-user-4711", MEMORY)
    assert "telegram-user-4711" not in "\n".join(raw.iterdump())


def test_old_replies_are_forgotten_with_their_feedback(journal: Journal, raw: sqlite3.Connection) -> None:
    """What is older than it may be kept is deleted, what is younger stays."""
    journal.keep("?", REPLY)
    journal.keep("?", REFUSAL)
    journal.judge(Feedback("first", True))
    journal.remember("mine", MEMORY)
    with raw:
        raw.execute("UPDATE replies SET asked_at = asked_at - 91 * 86400 WHERE id = 'first'")
        raw.execute("UPDATE conversations SET touched_at = 0")
    journal.forget_old()
    with pytest.raises(UnknownAnswer):
        journal.reply("first")
    assert journal.feedback("first") is None
    assert journal.reply("second") == REFUSAL
    assert raw.execute("SELECT count(*) FROM conversations").fetchone() == (0,)


def test_what_was_kept_is_there_after_opening_again(journal: Journal, tmp_path: Path) -> None:
    """Replies, feedback and conversations outlast the process."""
    journal.keep("?", REPLY)
    journal.judge(Feedback("first", True, "谢谢"))
    journal.remember("mine", MEMORY)
    journal.close()
    again = Journal(tmp_path / "journal.sqlite3", 90, 30)
    assert (again.reply("first"), again.recall("mine")) == (REPLY, MEMORY)
    assert again.feedback("first") == Feedback("first", True, "谢谢")
    again.close()


def test_several_threads_may_write_at_once(journal: Journal) -> None:
    """Nothing that was kept is lost, whoever kept it."""

    def keep(number: int) -> Reply:
        reply = Reply(f"r{number}", "not_found", "en", None, "Nothing.", "absent", (), (), 0.0, (), 0.1)
        journal.keep("?", reply)
        journal.judge(Feedback(reply.id, number % 2 == 0))
        journal.remember(f"talk {number}", MEMORY)
        return journal.reply(reply.id)

    with ThreadPoolExecutor(4) as threads:
        kept = list(threads.map(keep, range(40)))
    assert [f"r{number}" for number in range(40)] == [reply.id for reply in kept]
    assert all(journal.recall(f"talk {number}") == MEMORY for number in range(40))


def test_a_broken_journal_is_reported_with_what_to_do(tmp_path: Path) -> None:
    """A file that is no database is named in the error."""
    path = tmp_path / "journal.sqlite3"
    path.write_bytes(b"this is no database, whatever its name may say" * 100)
    with pytest.raises(StorageFailed, match=r"journal\.sqlite3"):
        Journal(path, 90, 30)
