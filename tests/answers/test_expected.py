"""What a question expects beside words and unit, and whether a place of a report has it."""

from __future__ import annotations

import pytest

from tests.answers.samples import reading_with
from wenbao.answers.expected import (
    asks_for_most,
    asks_for_names,
    asks_for_rest,
    asks_for_sum,
    asks_which_is_most,
    cause_behind,
    distinct_words,
    has_cause,
    has_names,
    is_contrary,
    is_of_rest,
    is_summed,
    says_most,
    whole_end,
)
from wenbao.answers.figures import Span
from wenbao.answers.reading import Reading


def reading_of(sentence: str) -> Reading:
    return reading_with(f"青山县2021年工作报告\n\n{sentence}\n", sentence[:4])


def at(reading: Reading, words: str) -> Span:
    start = reading.folded.index(words)
    return Span(start, start + len(words))


@pytest.mark.parametrize("asked", ["获奖的3家企业叫什么名字", "是哪两个镇没有完成", "得优秀的单位是哪些", "县长叫什么"])
def test_a_question_for_names_is_known(asked: str) -> None:
    """叫什么, 哪两个, 是哪些."""
    assert asks_for_names(asked)


@pytest.mark.parametrize("asked", ["那8条没整改的怎么办", "去年调解了几宗", "为什么没有完成"])
def test_a_question_for_something_else_asks_for_no_names(asked: str) -> None:
    """那 is not 哪."""
    assert not asks_for_names(asked)


def test_things_that_are_only_counted_are_not_named() -> None:
    """Names must stand beside the count that the question has, not elsewhere in the sentence."""
    counted = reading_of("对3家企业予以处罚,并约谈白水镇、石泉镇。")
    named = reading_of("对恒达、永兴和金叶3家企业予以处罚,并约谈白水镇。")
    asked = "被处罚的3家企业叫什么名字"
    assert not has_names(asked, counted, at(counted, "处罚").start)
    assert has_names(asked, named, at(named, "处罚").start)


def test_a_count_in_words_is_the_count_in_digits() -> None:
    """三家 and 哪两家 are counts like 3家 and 2家."""
    counted = reading_of("3家企业虚报产量,吊销2家机构证照,并约谈白水镇、石泉镇。")
    assert not has_names("虚报产量的三家企业叫什么", counted, at(counted, "虚报").start)
    assert not has_names("被吊销证照的是哪两家机构", counted, at(counted, "吊销").start)


def test_names_stand_in_a_row_of_their_own() -> None:
    """What is counted before (3个集体、) and a name of another thing in the sentence are no names of the things."""
    counted = reading_of("3个集体、11名个人受到表彰,其中白水镇获集体奖。")
    named = reading_of("白水镇、石泉镇和柳河镇3个集体受到表彰。")
    assert not has_names("受表彰的那11个人都有谁", counted, at(counted, "11名").start)
    assert has_names("受表彰的3个集体都有谁", named, at(named, "3个").start)


def test_a_place_is_a_name() -> None:
    """Also one that no dictionary knows."""
    named = reading_of("与对口帮扶的朗措县互派教师27人。")
    assert has_names("对口帮扶的是哪个县", named, at(named, "朗措县").start)


@pytest.mark.parametrize("asked", ["纳税最多的企业是哪家", "排第一的是哪个市", "Which town had the most cases?"])
def test_what_is_most_has_to_be_said_to_be(asked: str) -> None:
    """A sentence that ranks nothing tells of no first one."""
    ranked, unranked = reading_of("白水镇立案141宗为最多。"), reading_of("白水镇立案141宗。")
    assert asks_for_most(asked)
    assert asks_which_is_most("投诉最多的是哪家")
    assert not asks_which_is_most("县里第一家上市的是哪个公司")
    assert says_most(ranked, 0)
    assert not says_most(unranked, 0)


@pytest.mark.parametrize("asked", ["最后办结了几件", "最近开了几次会", "at least how many cases", "第一季度办了几件"])
def test_most_is_a_part_of_other_words(asked: str) -> None:
    """最后, 最近, at least, 第一季度."""
    assert not asks_for_most(asked)


def test_what_is_called_one_of_its_kind_is_not_named() -> None:
    """某镇 and 一食品厂 stand for a name that is not told, though a place is named before."""
    anonymous = reading_of("3月,白水镇一食品厂厂房坍塌。")
    assert not has_names("塌的那家食品厂叫什么名字", anonymous, at(anonymous, "坍塌").start)


def test_a_sum_is_said_to_be_one() -> None:
    """合计 or several things named before the figure; a part of a row is none."""
    parts = reading_of("从类型看,咨询类915件、投诉类508件。")
    whole = reading_of("从类型看,咨询、投诉合计1423件。")
    assert asks_for_sum("咨询和投诉加起来多少件")
    assert not asks_for_sum("咨询和投诉各多少件")
    assert not is_summed(parts, at(parts, "508件").start)
    assert is_summed(whole, at(whole, "1423件").start)


def test_a_cause_stands_near_and_an_effect_is_none() -> None:
    """造成3人受伤 says nothing of why the plant collapsed; it does of why people were hurt."""
    caused = reading_of("因连日暴雨,厂房于3月坍塌,全县排查厂房。")
    effect = reading_of("3月,一厂房坍塌,造成3人受伤。")
    place = at(effect, "一厂房坍塌")
    assert has_cause(caused, *_ends(at(caused, "厂房于3月坍塌")), met=[])
    assert not has_cause(effect, place.start, place.end, met=[at(effect, "坍塌")])
    assert has_cause(effect, place.start, place.end, met=[at(effect, "受伤")])


def test_the_cause_of_a_statement_may_stand_in_the_sentence_behind_it() -> None:
    """Where the statement gives none itself."""
    reading = reading_of("数字平台建设滞后。标准不一、资金不足是症结所在。人员偏少,因编制未落实。")
    first, second, third = reading.sentences
    assert cause_behind(reading, first) == second
    assert cause_behind(reading, third) is None
    assert has_cause(reading, first.start, second.end, met=[])


def test_what_is_left_is_told_from_what_is_done() -> None:
    """其余5处 is what a question for the rest asks for."""
    reading = reading_of("排查隐患307处,已整改302处,其余5处挂牌督办。")
    assert asks_for_rest("还剩几处没整改")
    assert is_of_rest(reading, *_ends(at(reading, "5处挂牌")))
    assert not is_of_rest(reading, *_ends(at(reading, "302处")))


@pytest.mark.parametrize(
    ("asked", "part"), [("律师里女律师有几名", "女律师有几名"), ("一审案件中区政府有几件", "区政府有几件")]
)
def test_the_part_of_a_whole_is_what_is_asked_for(asked: str, part: str) -> None:
    """Behind 里 and 中 stands the part."""
    assert asked[whole_end(asked) :] == part


@pytest.mark.parametrize("asked", ["区里有多少律师", "修了多少公里", "公共法律服务中心建了几个"])
def test_what_only_looks_like_a_whole_is_none(asked: str) -> None:
    """区里 is where, 公里 a unit, 中心 a word."""
    assert whole_end(asked) == 0


def test_another_thing_of_a_kind_is_not_the_one_asked_for() -> None:
    """一审 where 二审 is asked for; a sentence that has both, or neither, says nothing against it."""
    asked = [distinct_words("二审的案子有几件")]
    assert is_contrary(asked, distinct_words("一审案件57件"))
    assert not is_contrary(asked, distinct_words("一审、二审案件57件"))
    assert not is_contrary(asked, distinct_words("办理案件57件"))


def test_one_of_several_words_for_a_thing_is_enough() -> None:
    """Where 规章 may be asked for in two words, either will do, and a third thing will not."""
    asked = [frozenset(("政府规章", "规范性文件"))]
    assert not is_contrary(asked, distinct_words("规范性文件37件"))
    assert is_contrary(asked, distinct_words("地方性法规3件"))


def test_the_longer_word_is_the_thing() -> None:
    """非税收入 is not 税收."""
    assert "税收" not in distinct_words("非税收入9.5亿元")


def _ends(span: Span) -> tuple[int, int]:
    return span.start, span.end
