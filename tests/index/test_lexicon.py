"""The lexicon: what English questions become in Chinese, and other words for the same thing."""

from __future__ import annotations

from pathlib import Path

import pytest

from wenbao.index.lexicon import Lexicon, forms


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.load()


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("hotline", "热线"),
        ("litigation", "诉讼"),
        ("penalties", "处罚"),
        ("licences", "许可证"),
        ("licenses", "许可证"),
        ("arbitration", "仲裁"),
        ("subsidies", "补贴"),
        ("veterans", "退役军人"),
        ("sewage", "污水"),
        ("township", "乡镇"),
        ("auditing", "审计"),
        ("procurement", "采购"),
        ("inspections", "检查"),
        ("vaccinated", "接种"),
        ("patents", "专利"),
        ("kindergartens", "幼儿园"),
        ("trained", "培训"),
        ("demolished", "拆除"),
        ("grain", "粮食"),
        ("unemployment", "失业"),
        ("controversial", "争议"),
        ("indictment", "起诉书"),
        ("Thompson", "汤普森"),
        ("deciduous", "落叶"),
        ("subsequently", "随后"),
    ],
)
def test_a_general_word_is_carried_into_chinese(lexicon: Lexicon, english: str, chinese: str) -> None:
    """An English word of the genre or in common use, in any form or spelling, has its Chinese word among its
    translations."""
    (unit,) = lexicon.translate(english)
    assert chinese in [word for word, _ in unit.targets]


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("legal consultations", "法律咨询"),
        ("administrative reconsideration", "行政复议"),
        ("work orders", "工单"),
        ("government procurement", "政府采购"),
        ("poverty alleviation", "扶贫"),
        ("social security", "社会保障"),
    ],
)
def test_a_phrase_is_one_unit(lexicon: Lexicon, english: str, chinese: str) -> None:
    """A known phrase is translated as a whole, not word by word."""
    units = lexicon.translate(f"How many {english} were there?")
    assert english == units[0].source
    assert chinese in [word for word, _ in units[0].targets]


def test_a_unit_knows_its_place(lexicon: Lexicon) -> None:
    """The range of a unit cuts its words out of the question as they were written."""
    question = "How many Legal Consultations did the Hotline give?"
    for unit in lexicon.translate(question):
        assert unit.source == question[unit.start : unit.end]


def test_function_words_and_unknown_words_have_no_translation(lexicon: Lexicon) -> None:
    """Words without a subject, names nobody knows and figures are passed over."""
    assert lexicon.translate("How many of the Qwxyzzy were there in 2020?") == []
    assert lexicon.translate("") == []


def test_translations_are_probabilities_best_first(lexicon: Lexicon) -> None:
    """The weights of a unit fall, are above 0, and come to no more than 1."""
    for unit in lexicon.translate("inspections of sewage treatment, fines and vehicles; buildings trained"):
        weights = [weight for _, weight in unit.targets]
        assert sorted(weights, reverse=True) == weights
        assert weights[-1] > 0
        assert sum(weights) <= 1.05


@pytest.mark.parametrize(("word", "other"), [("问题", "短板"), ("打算", "计划"), ("电话", "热线"), ("官司", "诉讼")])
def test_other_words_for_the_same_thing(lexicon: Lexicon, word: str, other: str) -> None:
    """A Chinese word leads to others for the same thing, both ways, always with less weight than itself."""
    assert other in dict(lexicon.similar(word))
    assert word in dict(lexicon.similar(other))
    assert all(0 < weight < 1 for _, weight in lexicon.similar(word))


def test_a_word_without_others_has_none(lexicon: Lexicon) -> None:
    """An unknown Chinese word has no other words."""
    assert lexicon.similar("从化区温泉镇") == ()


def test_every_line_is_found(tmp_path: Path) -> None:
    """The search in the file finds the first line, the last one, and nothing between them that is not there."""
    path = tmp_path / "lexicon.tsv"
    path.write_text("air\t空气 90\nbus\t公交车 80 公交 20\nwater\t水 70\n计划\t打算 60\n", "utf-8")
    lexicon = Lexicon.load(path)
    assert [tuple(word for word, _ in unit.targets) for unit in lexicon.translate("air bus water vapour ai")] == [
        ("空气",),
        ("公交车", "公交"),
        ("水",),
    ]
    assert lexicon.similar("计划") == (("打算", 0.6),)


def test_forms_begin_with_the_word_itself() -> None:
    """A word is looked up as it is before its base form and its other spelling."""
    assert next(forms("programmes")) == "programmes"
    assert {"licence", "license"} <= set(forms("licences"))
    assert "plan" in forms("planned")
    assert "new" not in forms("news")


def test_words_that_the_lexicon_does_not_hold(lexicon: Lexicon) -> None:
    """Names are left over; known words, phrases and function words are not."""
    assert lexicon.unknown("How many legal consultations were held among villages of Aotou since 2019?") == ["aotou"]


@pytest.mark.parametrize(
    ("english", "units"),
    [
        ("cases carried over", ["cases", "carried over"]),
        ("the local people's congress", ["local", "people's congress"]),
        ("towns and sub-districts", ["towns", "sub-districts"]),
        ("orders to rectify within a deadline", ["orders", "rectify within a deadline"]),
        ("how many cases", ["cases"]),
    ],
)
def test_english_is_cut_where_its_phrases_end(lexicon: Lexicon, english: str, units: list[str]) -> None:
    """A verb with its particle is one unit, a possessive goes with what follows it, and the longer phrase wins."""
    assert units == [unit.source for unit in lexicon.translate(english)]


def test_a_misspelt_word_is_mended_by_one_that_is_near(lexicon: Lexicon) -> None:
    """Letters left out, added or turned; what is like no word stays unknown."""
    assert [lexicon.nearest(word) for word in ("adminstrative", "recieve", "hotlien")] == [
        "administrative", "receive", "hotline",
    ]  # fmt: skip
    assert lexicon.nearest("zzyzxqq") is None
