"""Folding: one form for all the ways in which the same thing is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wenbao.index.folding import clean, fold, search_form

CHINESE = st.text(st.characters(codec="utf-8") | st.sampled_from("零一二三十百千万亿点分之年月日２０２０％，.,〇○漢體"))


@given(CHINESE)
def test_folding_keeps_every_character_in_its_place(text: str) -> None:
    """A folded text is as long as the text, and folding it again changes nothing."""
    folded = fold(text)
    assert len(text) == len(folded)
    assert folded == fold(folded)


@given(st.text(st.characters()))
def test_any_text_has_a_search_form_that_can_be_stored(text: str) -> None:
    """Not even halves of surrogate pairs stand in the way of a search form."""
    search_form(text).encode("utf-8")
    clean(text).encode("utf-8")


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("二〇二〇年", "2020年"),
        ("二○二○年", "2020年"),
        ("二零二零年", "2020年"),
        ("２０２０年", "2020年"),
        ("2020 年", "2020年"),
        ("一九四九年十月一日", "1949年10月1日"),
        ("百分之十八点六", "18.6%"),
        ("百分之百", "100%"),
        ("百分之３０", "30%"),
        ("千分之三", "3‰"),
        ("18.6％", "18.6%"),
        ("三百五十一件", "351件"),
        ("一千零二十户", "1020户"),
        ("一万零五", "10005"),
        ("一亿二千万元", "120000000元"),
        ("37,000", "37000"),
        ("１，２３４，５６７．８", "1234567.8"),
        ("5663000吨", "5663000吨"),
        ("５６６．３万吨", "5663000吨"),
        ("五百六十六点三万吨", "5663000吨"),
        ("三月五日", "3月5日"),
        ("增加两个百分点", "增加2个百分点"),
        ("第十二条", "第12条"),
        ("廣東省順德區衞生局", "广东省顺德区卫生局"),
        ("法 律\u200b咨 询", "法律咨询"),
    ],
)
def test_one_number_has_one_search_form(written: str, form: str) -> None:
    """However a number or a name is written, it is searched in one form."""
    assert form == search_form(written)


WORDS = """
    一是 一窗通办 三项制度 十九大 二十大 第一 十三五规划 千万不要 万一 九一八 三三制 两万五 一二三产业 二是十分重要
    1,2,3 1,20,300
"""


@pytest.mark.parametrize("words", WORDS.split())
def test_words_with_numerals_stay_words(words: str) -> None:
    """A numeral that counts nothing is left as it is."""
    assert words == search_form(words)
