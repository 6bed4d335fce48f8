"""Names that English questions spell by their sound."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wenbao.index.sounds import may_be_spelt, sound, spelt_places


@pytest.mark.parametrize(
    ("word", "found"), [("wenquan", ["温泉"]), ("taiping", ["太平"]), ("quanzhen", ["泉镇"]), ("zhenhe", ["镇和"])]
)
def test_a_name_is_found_by_its_sound(word: str, found: list[str]) -> None:
    """Whole characters that sound like the word, wherever they stand."""
    text = "温泉镇和太平镇"
    assert [text[start:end] for start, end in spelt_places(text, word)] == found


@pytest.mark.parametrize("word", ["wenqua", "enquan", "taipingz", "zhen", "gaozhou"])
def test_parts_of_sounds_are_no_name(word: str) -> None:
    """What begins or ends within a character, is a single one, or is not there, is not found."""
    assert not list(spelt_places("温泉镇和太平镇", word))


def test_a_name_that_stands_twice_is_found_twice() -> None:
    assert list(spelt_places("温泉、温泉", "wenquan")) == [(0, 2), (3, 5)]


def test_short_words_and_figures_are_no_names() -> None:
    """Three letters are too many words' sound; what is not of letters has none."""
    assert may_be_spelt("wenquan")
    assert not any(map(may_be_spelt, ("hua", "5g", "温泉", "wen-quan")))


@given(st.text("温泉镇太平街口鳌头城郊江埔吕田良", min_size=2, max_size=6), st.text("温泉镇a1,。", max_size=5))
def test_a_stretch_is_found_where_it_stands(name: str, before: str) -> None:
    """Whatever stands before a name, the stretch that is found for its sound includes its own place."""
    places = list(spelt_places(before + name, "".join(map(sound, name))))
    assert (len(before), len(before) + len(name)) in places
