"""The closer look at what a search found: its features, its order, and the weights it has learnt."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wenbao.index import ranking
from wenbao.index.finding import Query
from wenbao.index.ranking import DEPTH, Features, features, order, stretches
from wenbao.index.training.corpora import Answered
from wenbao.index.training.learn_ranking import Example, as_toml, is_first, learnt, part_with_answer, parts_of

QUESTION = Query.of("罗保铭1992年4月担任什么职务?")
OTHER = "雅各布生于瑞士。他1992年4月担任国务秘书,后来担任主席。"
OWN = "罗保铭,天津人。1969年参加工作。1992年4月任天津市商业委员会主任。"


def same(form: str) -> float:
    """Every string tells as much."""
    return 1.0


def test_a_paragraph_that_opens_with_what_is_asked_about_comes_first():
    """One that the search liked a little less is put first where its first words are those of the question."""
    assert order(QUESTION, [0.42, 0.40], [OTHER, OWN], same) == [1, 0]


def test_a_clear_winner_of_the_search_stays():
    """Where the search likes one paragraph far better and it holds as many words, it stays first."""
    assert order(QUESTION, [0.9, 0.2], [OWN, OTHER], same) == [0, 1]


def test_the_script_of_a_paragraph_makes_no_difference():
    """A paragraph in Traditional characters has the features of the same one in Simplified."""
    simplified, traditional = features(QUESTION, [0.4, 0.4], ["罗保铭任职务。", "羅保銘任職務。"], same)
    assert simplified == traditional


def test_rare_words_count_for_more():
    """Holding the rare characters of a question is worth more than holding as many common ones."""
    rare, common = features(
        Query.of("公证事项"), [0.4, 0.4], ["公证", "事项"], lambda form: 5.0 if set(form) & set("公证") else 1.0
    )
    assert rare.characters > 0.8 > 0.2 > common.characters


def test_an_english_question_keeps_the_order_of_the_search():
    """The words of an English question are not looked at again where the lexicon knows them."""
    query = Query.of("How many cases were mediated?", [("调解", 1.0)])
    assert order(query, [0.5, 0.4], ["公证。", "调解。"], same) == [0, 1]


def test_a_name_in_letters_is_found_by_its_sound():
    """A name that the lexicon does not know puts the paragraph first that has it, but not against a clear winner."""
    query = Query.of("How many cases were mediated in Jiangpu and Aotou?", [("调解", 1.0)])
    assert order(query, [0.5, 0.4], ["调解了3件。", "江埔街、鳌头镇调解了3件。"], same) == [1, 0]
    assert order(query, [0.5, 0.4], ["调解了3件。", "江埔街调解了3件。"], same) == [0, 1]
    assert order(query, [0.9, 0.4], ["调解了3件。", "江埔街、鳌头镇调解了3件。"], same) == [0, 1]


def test_what_lies_behind_the_depth_stays_where_it_is():
    """Only the first are looked at: the right one behind them is not moved."""
    texts = [OTHER] * DEPTH + [OWN, OTHER]
    assert order(QUESTION, [0.4] * len(texts), texts, same) == list(range(len(texts)))


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_and_one_are_in_order(count):
    """There is nothing to order among fewer than two."""
    assert order(QUESTION, [0.4] * count, [OWN] * count, same) == list(range(count))


@given(st.text("罗保铭任职务,年 "), st.lists(st.text("罗保铭任职务,年1 ", max_size=30), max_size=25))
def test_the_order_is_a_permutation_and_features_are_shares(asked, texts):
    """Whatever is asked and found, each paragraph has one place, and each feature lies from 0 to 1."""
    query, scores = Query.of(f"职{asked}"), [1 / (1 + place) for place in range(len(texts))]
    assert sorted(order(query, scores, texts, same)) == list(range(len(texts)))
    for one in features(query, scores, texts, same):
        assert all(0 <= value <= 1 + 1e-9 for value in astuple(one))


@given(st.text("甲乙丙", max_size=12), st.text("甲乙丙", max_size=20))
def test_stretches_are_those_that_are_in_both(asked, form):
    """The longest is as long as the longest substring in common, found by trying all."""
    every = [end - at for at in range(len(asked)) for end in range(at + 1, len(asked) + 1) if asked[at:end] in form]
    assert max(stretches(asked, form), default=0) == max(every, default=0)


def test_the_weights_in_the_box_let_each_feature_speak_for_a_paragraph():
    """Each weight is above zero, so that a paragraph that is better in all is never put behind."""
    assert all(weight > 0 for weight in astuple(ranking.weights()))


def test_learning_finds_the_feature_that_tells():
    """From examples in which one feature is right and the others are chance, that one gets the weight."""
    chance = np.random.default_rng(3)
    found = []
    for number in range(80):
        rows = chance.random((5, 4))
        found.append(Example(str(number), rows, int(rows[:, 3].argmax())))
    weights = learnt(found)
    assert weights.opening > 4 * max(abs(one) for one in astuple(weights)[:3])
    assert all(is_first(one, Features(0, 0, 0, 1)) for one in found)


def test_what_is_learnt_is_read_as_it_was_written(tmp_path, monkeypatch):
    """The file that learning writes gives the weights that ranking uses."""
    monkeypatch.setattr(ranking, "WEIGHTS", tmp_path / "ranking.toml")
    (tmp_path / "ranking.toml").write_text(as_toml(Features(1.5, 2.0, 0.25, 3.0)), encoding="utf-8")
    assert ranking.weights.__wrapped__() == Features(1.5, 2.0, 0.25, 3.0)


def test_a_question_goes_to_the_part_that_holds_its_answer():
    """The parts of a passage make up the passage, and the answer starts in the part that is asked for."""
    passage = "".join(f"第{number}项工作已经全部完成并且通过了验收。" for number in range(40))
    start = passage.index("第25项")
    assert "".join(parts_of(passage)) == passage
    assert "第25项" in part_with_answer(Answered("?", passage, start))
