"""Whether a report is about the place that a question names."""

from __future__ import annotations

import pytest

from wenbao.answers.places import is_own_place, names_place, own_places, stem_of, within
from wenbao.answers.question import read_question


@pytest.mark.parametrize("name", ["云岭县", "云岭", "Yunling"])
def test_a_report_is_about_its_own_place(name: str) -> None:
    """With 县 or without, in Chinese or in English letters."""
    assert is_own_place(name, "东洲市云岭县")


def test_a_zone_is_its_own_place_by_its_kind_alone() -> None:
    """高新区 in a report of 东洲高新区."""
    assert is_own_place("高新区", "东洲高新区")


@pytest.mark.parametrize("name", ["东洲市", "北京市", "西岭县", "Beijing"])
def test_a_report_is_not_about_another_or_a_wider_place(name: str) -> None:
    """The city's figures are not those of its county."""
    assert not is_own_place(name, "东洲市云岭县")


def test_a_report_without_a_place_is_about_none() -> None:
    """Where no place is known, no name is its own."""
    assert not is_own_place("云岭县", None)
    assert own_places(None) == ()


def test_a_place_is_taken_apart_into_its_steps() -> None:
    """The widest first; the stem is the name without its ending."""
    assert own_places("东洲市云岭县") == ("东洲市", "云岭县")
    assert (stem_of("从化区"), stem_of("沙县")) == ("从化", "沙县")


def test_a_filter_by_place_takes_what_lies_in_it() -> None:
    """A county lies in its city, in either script."""
    assert within("东洲市", "东洲市云岭县")
    assert within("雲嶺縣", "东洲市云岭县")
    assert not within("云岭县", None)
    assert not within("北京", "东洲市云岭县")


def test_a_text_names_a_place_in_characters_or_by_sound() -> None:
    """An English name is found by its pinyin."""
    assert names_place("赴北京市学习", "北京市")
    assert names_place("赴北京市学习", "Beijing")
    assert not names_place("赴上海市学习", "北京市")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("增城区收了几件", ("增城区",)),
        ("江门市去年收了几件", ("江门市",)),
        ("柳浦县有几部电梯", ("柳浦县",)),
        ("宜家有幾多個執法人員", ()),
        ("问一下市和县区办了多少", ()),
        ("江门市民有多少", ()),
        ("各区局办了多少", ()),
    ],
)
def test_names_of_places_are_found_however_words_are_cut(text: str, names: tuple[str, ...]) -> None:
    """增 + 城区, 江 + 门市 and 县有 are words as well."""
    assert read_question(text).places == names
