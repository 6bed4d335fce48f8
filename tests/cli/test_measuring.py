"""evaluate as a measuring bench: intervals, retrieval, extraction, and what changed since an earlier run."""

from __future__ import annotations

import gzip
import json
from math import log2
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wenbao.cli.comparing import Outcome, compare, read_run, run_of, save
from wenbao.cli.extraction import exact_match, f1, segments
from wenbao.cli.passages import library_of, read_set
from wenbao.cli.retrieval import measures
from wenbao.cli.shares import auroc, chance_of_change, mean, risks, share
from wenbao.config.errors import InvalidRequest
from wenbao.config.settings import Settings

PASSAGES = {
    "热线全年受理来电4821宗,办结率98.6%。": ("受理来电多少宗?", "4821宗"),
    "村(社区)法律顾问共提供法律咨询3373次。": ("法律咨询有多少次?", "3373次"),
    "全年举办普法讲座120场。": ("举办了多少场讲座?", "120场"),
}


@pytest.fixture
def passages(tmp_path: Path) -> Path:
    """A file of three questions, each with its passage, and one passage more."""
    lines = [{"question": asked, "context": text, "answers": [right]} for text, (asked, right) in PASSAGES.items()]
    lines.append({"context": "公证处办理公证,热线受理投诉。"})
    path = tmp_path / "passages.jsonl"
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    return path


def outcome(text: str, correct: bool) -> Outcome:
    return Outcome(group="set", text=text, correct=correct, details={})


def test_the_interval_of_a_share_is_wilsons():
    """The figures of Newcombe (1998): 81 of 263, and none of 20."""
    some, none = share([True] * 81 + [False] * 182), share([False] * 20)
    assert (round(some.low, 4), round(some.high, 4)) == (0.2553, 0.3662)
    assert (none.value, none.low, round(none.high, 4)) == (0.0, 0.0, 0.1611)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50))
def test_the_interval_of_a_mean_holds_it_and_is_the_same_each_time(values):
    """The bootstrap has a fixed seed."""
    found = mean(values)
    assert found == mean(values)
    assert min(values) - 1e-9 <= found.low <= found.high <= max(values) + 1e-9


def test_a_change_is_tested_by_its_signs():
    """Nine of ten changes for the better: two-sided, 22 of 1024 coin throws are as lopsided."""
    assert chance_of_change(9, 1) == pytest.approx(22 / 1024)
    assert (chance_of_change(0, 0), chance_of_change(3, 3)) == (1.0, 1.0)


def test_auroc_is_the_share_of_pairs_in_the_right_order():
    """A tie counts half; without one of the two kinds there is none."""
    assert auroc([0.9, 0.5], [0.5, 0.1]) == pytest.approx(3.5 / 4)
    assert auroc([0.9], []) is None


def test_the_risk_is_that_of_the_surest_answers():
    """Of ten questions six were answered: at 20% the two surest count, at the most all six."""
    sure = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4]
    right = [True, True, True, False, True, False]
    found = {one.coverage: (one.risk, one.confidence) for one in risks(sure, right, 10)}
    assert found == {0.2: (0.0, 0.8), 0.4: (0.25, 0.6), 0.6: (pytest.approx(2 / 6), 0.4)}


def test_the_measures_of_retrieval_are_those_of_the_books():
    """One right passage each: first, third, and not among the ten."""
    found = {name: one.value for name, one in measures([1, 3, None]).items()}
    assert found == pytest.approx(
        {
            "recall@1": 1 / 3,
            "recall@5": 2 / 3,
            "recall@10": 2 / 3,
            "MRR": (1 + 1 / 3) / 3,
            "nDCG@10": (1 + 1 / log2(4)) / 3,
        }
    )


def test_the_segments_are_characters_of_chinese_and_words_of_the_rest():
    """As in the sets' script: its punctuation is left out, upper case is lower case."""
    assert segments("《GDP 增长》3.5%,约1,200亿。") == ["gdp", "增", "长", "3.5", "%", ",", "约", "1,200", "亿"]


def test_f1_is_over_the_longest_stretch_in_common():
    """Scattered characters in common do not add up; the best of the right answers counts."""
    assert f1("1997年7月1日", ["1997年"]) == pytest.approx(2 * 2 / (6 + 2))
    assert f1("北京大学", ["大学北京"]) == pytest.approx(2 * 2 / (4 + 4))
    assert f1("广州", ["深圳", "广州市"]) == pytest.approx(2 * 2 / (2 + 3))
    assert (f1("", ["广州"]), f1("。", ["广州"]), f1("广州", ["深圳"])) == (0.0, 0.0, 0.0)


def test_exact_match_leaves_out_case_and_punctuation():
    """Any of the right answers will do; a word more will not."""
    assert exact_match("《三体》。", ["水浒", "三体"])
    assert not exact_match("三体全集", ["三体"])


def test_a_set_is_read_zipped_or_not(passages, tmp_path):
    """A context is a passage once; a line without a question adds only a passage."""
    zipped = tmp_path / "more.jsonl.gz"
    zipped.write_bytes(gzip.compress(passages.read_bytes() + b"\n" + passages.read_bytes()))
    plain, twice = read_set(str(passages)), read_set(str(zipped))
    assert (plain.name, twice.name) == ("passages", "more")
    assert (len(plain.passages), len(plain.asked)) == (4, 3)
    assert (len(twice.passages), len(twice.asked)) == (4, 6)
    assert [one.passage for one in twice.asked] == [0, 1, 2, 0, 1, 2]


@pytest.mark.parametrize("content", ["not json", '{"question": "?"}', '{"context": "no question"}'])
def test_a_file_that_is_no_set_is_refused(tmp_path, content):
    """The message names the file."""
    (tmp_path / "bad.jsonl").write_text(content, encoding="utf-8")
    with pytest.raises(InvalidRequest, match=r"bad\.jsonl"):
        read_set(str(tmp_path / "bad.jsonl"))


def test_each_passage_is_a_document_of_the_passing_library(passages, tmp_path):
    """Rows and ids lead back to the passages."""
    questions = read_set(str(passages))
    with library_of(questions.passages, Settings(data_dir=tmp_path / "data")) as library:
        texts = [library.service.document(one).text for one in library.documents]
        by_row = {library.rows[one.row]: one.text for one in library.library.each_passage()}
    assert tuple(texts) == questions.passages
    assert by_row == dict(enumerate(questions.passages))
    assert not (tmp_path / "data").exists()


def test_retrieval_is_measured_by_each_method(wenbao, passages):
    """The easy questions find their passages by words; every method has its row."""
    told = wenbao("evaluate", "--retrieval", str(passages), "--json")
    assert told.code == 0
    measured = told.json["passages"]
    assert (measured["questions"], measured["passages"]) == (3, 4)
    assert list(measured["table"]) == [
        "BM25 alone",
        "dense alone",
        "hybrid",
        "hybrid, ranked",
        "hybrid, words as typed",
        "words as typed, ranked",
    ]
    assert measured["table"]["hybrid"]["recall@1"]["value"] == 1.0
    assert [one["details"]["ranks"]["BM25 alone"] for one in told.json["each"]] == [1, 1, 1]


def test_extraction_is_measured_over_the_own_passage(wenbao, passages):
    """The figures are found, to the letter."""
    told = wenbao("evaluate", "--extraction", str(passages))
    assert told.code == 0
    assert [line.split() for line in told.out.splitlines()[1:3]] == [
        ["EM", "100.0%", "[43.9–100.0]"],
        ["F1", "100.0%", "[100.0–100.0]"],
    ]


def test_extraction_without_right_answers_is_refused(wenbao, tmp_path):
    """There is nothing to measure by."""
    (tmp_path / "bare.jsonl").write_text('{"question": "多少宗?", "context": "来电4821宗。"}', encoding="utf-8")
    told = wenbao("evaluate", "--extraction", "bare.jsonl")
    assert (told.code, told.out) == (2, "")
    assert "answers" in told.err


@pytest.mark.parametrize("arguments", [(), ("--retrieval", "a", "--extraction", "b"), ("--report", "r.txt")])
def test_one_thing_is_measured_at_a_time(wenbao, arguments):
    """The message says what can be measured."""
    told = wenbao("evaluate", *arguments)
    assert told.code == 2
    assert "--retrieval, or --extraction" in told.err


def test_a_set_that_is_not_there_is_named(wenbao, tmp_path):
    """A known set says where it is looked for, another which are known."""
    known, unknown = wenbao("evaluate", "--retrieval", "drcd-dev"), wenbao("evaluate", "--retrieval", "drcd-test")
    assert (known.code, unknown.code) == (2, 2)
    assert "--data" in known.err
    assert "cmrc2018-dev or drcd-dev" in unknown.err


def test_a_run_is_compared_question_by_question(tmp_path):
    """The same question asked twice counts twice; what only one run asked does not count."""
    earlier = run_of(
        "retrieval", {}, [outcome("a", True), outcome("a", False), outcome("b", False), outcome("c", True)]
    )
    save(earlier, tmp_path / "earlier.json")
    now = run_of("retrieval", {}, [outcome("a", True), outcome("a", True), outcome("b", True), outcome("d", True)])
    found = compare(now, read_run(tmp_path / "earlier.json", "retrieval"))
    assert [one.text for one in found.became_right] == ["a", "b"]
    assert (found.became_wrong, found.same, found.only_now, found.only_earlier) == ((), 1, 1, 1)
    assert found.chance == pytest.approx(0.5)


def test_a_file_that_holds_no_run_of_the_kind_is_refused(tmp_path):
    """A run over passages says nothing of answers."""
    save(run_of("retrieval", {}, []), tmp_path / "run.json")
    (tmp_path / "other.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InvalidRequest, match="says nothing of answers"):
        read_run(tmp_path / "run.json", "answers")
    with pytest.raises(InvalidRequest, match="holds no run"):
        read_run(tmp_path / "other.json", "answers")
    with pytest.raises(InvalidRequest, match="cannot be read"):
        read_run(tmp_path / "missing.json", "answers")
