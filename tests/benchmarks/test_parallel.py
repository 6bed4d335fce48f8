"""The English questions about encyclopedia passages."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.parallel import QUESTIONS, parallel_sets
from wenbao.cli.passages import DATA

DRCD = DATA / "drcd-dev.jsonl.gz"


def test_each_question_stands_once_and_in_english() -> None:
    """A half, an id and a question a line; no id twice, no Chinese character."""
    lines = [one.split("\t") for one in QUESTIONS.read_text("utf-8").splitlines() if not one.startswith("#")]
    assert {len(line) for line in lines} == {3}
    assert {line[0] for line in lines} == {"tuning", "judging"}
    assert len({line[1] for line in lines}) == len(lines)
    assert not any("\u4e00" <= char <= "\u9fff" for line in lines for char in line[2])


@pytest.mark.skipif(not DRCD.is_file(), reason="the data sets are not at hand")
def test_the_sets_ask_the_same_of_the_same_passages() -> None:
    """In English and in Chinese; the judging half is a part of the English ones."""
    english, judging, chinese = parallel_sets(DRCD)
    assert english.passages == chinese.passages == judging.passages
    assert [one.passage for one in english.asked] == [one.passage for one in chinese.asked]
    assert set(judging.asked) < set(english.asked)
    assert not {one.passage for one in judging.asked} & {one.passage for one in set(english.asked) - set(judging.asked)}


def test_without_the_data_there_are_no_sets(tmp_path: Path) -> None:
    assert parallel_sets(tmp_path / "drcd-dev.jsonl.gz") == []
