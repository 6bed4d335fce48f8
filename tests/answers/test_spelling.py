"""Misspelt words of a question are mended by the words of the passages."""

from __future__ import annotations

import pytest

from wenbao.answers.question import read_question
from wenbao.answers.spelling import mended

TEXTS = ["全县办结率99.2%,电子证照共享率持续提高。", "法律援助中心办理案件310件。"]


@pytest.mark.parametrize(
    ("asked", "expected"), [("办洁率是多少", "办结率是多少"), ("电子证造共享率是多少", "电子证照共享率是多少")]
)
def test_a_character_that_sounds_the_same_is_mended(asked: str, expected: str) -> None:
    """The character that the reports have in its place is put in."""
    assert expected == mended(read_question(asked), TEXTS)


@pytest.mark.parametrize("asked", ["办结率是多少", "法律援助办理案件多少件", "养老床位有多少张", "多少"])
def test_what_is_written_well_stays(asked: str) -> None:
    """Words that the reports have, and words that are only not in them, are left alone."""
    assert mended(read_question(asked), TEXTS) is None


def test_a_character_makes_no_word_of_another_by_itself() -> None:
    """行政处罚事项 is no reason to read 行政处罚罚了 as 行政处罚事了: 罚事 is no word, and 事 alone proves nothing."""
    assert mended(read_question("行政处罚罚了多少钱"), ["清理行政处罚事项351项。"]) is None


def test_nothing_is_mended_without_texts() -> None:
    """Where nothing was found, nothing can be mended."""
    assert mended(read_question("办洁率是多少"), []) is None
