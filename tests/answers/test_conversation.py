"""Questions that lean on the one before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.answers.samples import open_with
from wenbao.answers.answering import draft_reply
from wenbao.answers.conversation import Memory, Turn, complete, dump, load, topic_of
from wenbao.answers.model import AskRequest, Filters, Reply
from wenbao.answers.question import asks_within, read_question
from wenbao.answers.service import ReportService

Ask = Callable[..., Reply]


def value(reply: Reply) -> str | None:
    return reply.answer.value if reply.answer else None


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("云岭县调解了多少宗纠纷？", "其中邻里的呢？", "643宗"),
        ("云岭县调解了多少宗纠纷？", "劳动的呢？", "218宗"),
        ("雲嶺縣調解咗幾多宗糾紛？", "鄰里嘅呢？", "643宗"),
        ("云岭县受理了多少件事项？", "办结率呢？", "99.2%"),
    ],
)
def test_a_question_that_leans_on_the_last_is_understood_by_it(
    ask: Ask, first: str, second: str, expected: str
) -> None:
    """What the second question leaves out is taken from the first."""
    talk = f"talk about {first}{second}"
    ask(first, talk)
    assert expected == value(ask(second, talk))


def test_a_point_of_the_last_list_can_be_unfolded(ask: Ask) -> None:
    """展开第二点 gives all that the report says of that point."""
    ask("云岭县2022年有什么计划？", "unfold")
    reply = ask("展开第二点", "unfold")
    assert reply.answer is not None
    assert "新聘调解员40名" in reply.answer.text


def test_the_last_point_can_be_unfolded(ask: Ask) -> None:
    """最后一点 is the last of the list, and 第三条 the third."""
    ask("云岭县存在哪些问题？", "last")
    for question in ("最后一点具体说说", "第三条呢"):
        reply = ask(question, "last")
        assert reply.answer is not None
        assert reply.answer.text.startswith("三是普法形式单一")


@pytest.mark.parametrize(
    "question", ["云岭县第二个问题是什么？", "云岭县存在的问题里第二条讲什么", "雲嶺縣第二個問題係乜嘢"]
)
def test_a_point_is_found_by_the_list_that_the_question_names(ask: Ask, question: str) -> None:
    """No list need have been given before."""
    reply = ask(question)
    assert reply.answer is not None
    assert reply.answer.text.startswith("二是数字化平台建设滞后")


def test_numbers_after_a_list_that_count_no_points_are_words(ask: Ask) -> None:
    """看看2021年的办结率 after three problems is a question."""
    ask("云岭县存在哪些问题？", "numbers")
    assert value(ask("看看2021年的办结率", "numbers")) == "99.2%"


def test_a_point_that_the_list_has_not_is_not_found(ask: Ask) -> None:
    """There are three problems, not nine."""
    assert ask("云岭县第九个问题是什么？").status == "not_found"


LONG_POINT = """石桥镇2021年工作总结

一、存在问题

（一）执法质量有待提高。一是程序不规范。{filler}二是文书质量不高。{filler}三是档案不完整。{filler}

（二）队伍力量不足。在编人员只有8名。

石桥镇人民政府
2022年1月5日
"""


def test_a_long_point_is_outlined(tmp_path: Path) -> None:
    """Its heading and how each point below it begins, all of it in the citation."""
    text = LONG_POINT.format(
        filler="部分案件没有按照规定的步骤和期限办理，群众对此有意见，需要在今后的工作中改进。" * 2
    )
    with open_with(tmp_path, {"石桥镇.txt": text}) as service:
        service.ask(AskRequest("存在哪些问题？", "talk"))
        reply = service.ask(AskRequest("展开第一点", "talk"))
    assert reply.answer is not None
    outline = ["（一）执法质量有待提高", "一是程序不规范", "二是文书质量不高", "三是档案不完整"]
    assert reply.answer.text.split("\n") == outline
    assert reply.citations[0].quote.endswith("需要在今后的工作中改进。")


def test_a_figure_within_a_point_is_asked_for_by_itself() -> None:
    """最后一点要建几个 asks for a figure, not for the point."""
    assert asks_within(read_question("最后一点要再建几个示范村"))
    assert not asks_within(read_question("最后一点具体讲讲"))


def test_a_figure_of_the_last_sentence_is_found_without_its_words(ask: Ask) -> None:
    """Where the last answer's sentence has one more figure of the unit, a bare question for it is enough."""
    ask("河湾市新增了多少条公交线路？", "sole")
    assert value(ask("多少公里？", "sole")) == "230公里"


def test_what_follows_an_unfolded_point_is_asked_of_that_point(ask: Ask) -> None:
    """After 展开第二点 a bare question is about the second point."""
    ask("云岭县2022年有什么计划？", "point")
    ask("展开第一点", "point")
    assert value(ask("投入多少钱？", "point")) == "560万元"


def test_an_unfolded_point_is_remembered_with_its_words_and_its_place(service: ReportService) -> None:
    """Where it stands, what it is about, and the other points, which can still be unfolded."""
    (document,) = (one for one in service.documents() if one.place == "云岭县")
    sources = service.answering_sources(Filters(document_id=document.id))
    listed = draft_reply(Turn(read_question("2022年有什么计划？")), None, sources).memory
    point = draft_reply(Turn(read_question("展开第二点")), listed, sources).memory
    assert listed is not None
    assert point is not None
    assert point.points == listed.points
    assert "调解" in "".join(word.text for word in point.question.words)
    assert [one.text for one in sources.passages(point.rows)] == ["（二）加强基层调解队伍建设。新聘调解员40名。"]


def test_another_year_in_a_conversation_is_not_answered_by_the_last(ask: Ask) -> None:
    """A follow-up for a year that no report tells of finds nothing, and the talk goes on."""
    ask("云岭县调解了多少宗纠纷？", "years")
    assert ask("2015年呢？", "years").status == "not_found"
    assert value(ask("邻里纠纷有多少宗？", "years")) == "643宗"


def test_conversations_do_not_know_of_each_other(ask: Ask) -> None:
    """A follow-up in another conversation, or in none, has nothing to lean on."""
    ask("云岭县调解了多少宗纠纷？", "mine")
    assert value(ask("其中呢？", "yours")) is None
    assert value(ask("其中呢？")) is None


def test_a_question_that_stands_alone_is_not_bent_by_the_last(ask: Ask) -> None:
    """A whole question gets the same answer inside a conversation as outside."""
    ask("云岭县调解了多少宗纠纷？", "whole")
    assert value(ask("河湾市新建了多少所小学？", "whole")) == value(ask("河湾市新建了多少所小学？")) == "7所"


def test_a_question_without_memory_stays_as_it_is() -> None:
    """The first question of a conversation is complete."""
    question = read_question("其中邻里的呢？")
    assert complete(question, None).question == question


def test_a_new_thing_may_be_of_another_year_than_the_last(ask: Ask) -> None:
    """The figure of 2020 was asked for; what is asked for next is told of 2021 alone."""
    ask("云岭县2020年法律援助案件有多少件？", "years")
    assert value(ask("那法治讲座办了多少场次？", "years")) == "85场次"


def test_a_follow_up_takes_over_year_and_place() -> None:
    """Year and place hold on until others are named."""
    last = Memory(read_question("2021年云岭县调解了多少宗纠纷？"), "some document")
    completed = complete(read_question("办结率呢？"), last).question
    assert completed.years == (2021,)
    assert "云岭县" in completed.places
    assert complete(read_question("那2019年呢？"), last).question.years == (2019,)


@pytest.mark.parametrize(
    "text", ["2021年云岭县调解了多少宗纠纷？", "存在哪些问题？", "How many cases in Yunling County?"]
)
def test_what_is_remembered_is_the_same_after_being_kept(text: str) -> None:
    """A memory goes to disk and back without loss."""
    memory = Memory(read_question(text), "some document", (3, 4), ((5, 9), (9, 20)))
    assert memory == load(dump(memory))


def test_next_year_alone_leans_on_the_last_question() -> None:
    """明年呢 does; 明年有什么打算 asks for the part of the report."""
    assert read_question("明年呢？").leans_on_last
    assert not read_question("明年有什么打算？").leans_on_last


def test_a_year_with_a_verb_alone_keeps_what_was_asked_about() -> None:
    """2022年打算加多少 after beds asks for beds."""
    first = read_question("敬老院有多少张床位？")
    turn = complete(read_question("2022年打算再加多少？"), Memory(first, "id"))
    assert {"敬老院", "床位"} <= {word.text for word in turn.question.words}


def test_a_year_of_the_question_before_is_told_where_it_has_no_answer(tmp_path: Path) -> None:
    """公证呢 asks of 2020, too, of which a report of 2021 tells only what it compares with."""
    report = "青山县2021年法治政府建设报告\n\n受理政府信息公开申请296件,上年为241件。办理公证8415件。\n"
    with open_with(tmp_path, {"report.txt": report}) as service:
        first = service.ask(AskRequest("2020年受理信息公开申请多少件", "talk"))
        second = service.ask(AskRequest("公证呢？", "talk"))
    assert value(first) == "241件"
    assert second.status == "not_found"
    assert "2020" in (second.message or "")


TALK = """青山县2021年民政工作总结

一、主要工作情况

全县有城镇低保148户237人，发放低保金114.6万元；农村低保673户1321人，发放低保金389.2万元。办理结婚登记2150对，平均用时19分钟。

二、存在的问题

（一）养老服务供给不足。受场地限制，全县只建成养老驿站6个，为老人供餐1.2万份。

（二）基层力量薄弱。工作人员待遇偏低，全年离职53人。
"""


def test_a_figure_of_the_same_kind_is_meant_where_none_is_named(tmp_path: Path) -> None:
    """城镇的呢 after money asks for money, not for households."""
    with open_with(tmp_path, {"report.txt": TALK}) as service:
        service.ask(AskRequest("农村低保金发放了多少钱？", "talk"))
        assert value(service.ask(AskRequest("城镇的呢？", "talk"))) == "114.6万元"


def test_why_alone_is_answered_by_the_cause_beside_the_last_answer(tmp_path: Path) -> None:
    """Of an unfolded point, in its next sentence; where a point gives none, nothing is made of it."""
    with open_with(tmp_path, {"report.txt": TALK}) as service:
        service.ask(AskRequest("存在哪些问题？", "talk"))
        service.ask(AskRequest("展开第一点", "talk"))
        why = service.ask(AskRequest("为什么会这样？", "talk"))
        assert why.answer is not None
        assert "受场地限制" in why.answer.text
        service.ask(AskRequest("展开第二点", "talk"))
        assert service.ask(AskRequest("为什么会这样？", "talk")).status == "not_found"


def test_the_topic_of_turns_before_is_remembered() -> None:
    """A third turn knows what the first was about, as words that help to choose."""
    first = Memory(read_question("专利质押融资登记了多少笔？"), "id")
    second = complete(read_question("中小企业的呢？"), first)
    third = complete(read_question("比上年多多少？"), Memory(second.question, "id", topic=topic_of(second)))
    assert third.context is not None
    assert "专利" in "".join(word.text for word in third.context.words)


def test_a_topic_in_another_language_is_let_go() -> None:
    """The words of an English question say nothing beside those of a Chinese one."""
    first = Memory(read_question("How many patents were pledged?"), "id")
    assert topic_of(complete(read_question("那许可呢？"), first)) == ()


def test_another_year_or_place_is_asked_for_after_a_refusal(ask: Ask) -> None:
    """那2021年呢, 那云岭县呢 ask the question again that was refused for its year or place; else nothing is kept."""
    assert ask("云岭县2016年调解了多少宗纠纷？", "years").status == "not_found"
    assert "1275宗" == value(ask("那2021年呢？", "years"))
    assert ask("花都区去年调解了多少宗纠纷？", "places").status == "not_found"
    assert "1275宗" == value(ask("那云岭县呢？", "places"))
    assert ask("云岭县有几家咖啡馆？", "absent").status == "not_found"
    assert ask("那2021年呢？", "absent").status == "not_found"


def test_a_refused_question_does_not_stand_in_for_the_last_answer(ask: Ask) -> None:
    """What leaves out its subject still leans on the last answered turn."""
    ask("云岭县调解了多少宗纠纷？", "between")
    ask("花都区去年有多少人？", "between")
    assert "643宗" == value(ask("其中邻里的呢？", "between"))


def test_the_next_point_is_given_where_more_is_asked_for(ask: Ask) -> None:
    """还有吗 goes on with the list until it ends."""
    for question, begins in (("云岭县头一个问题是什么？", "一是"), ("还有吗", "二是"), ("还有别的吗？", "三是")):
        reply = ask(question, "more")
        assert reply.answer is not None
        assert reply.answer.text.startswith(begins)
    assert ask("还有吗", "more").status == "not_found"


def test_a_sum_that_is_not_stated_is_not_computed(ask: Ask) -> None:
    """Nor is one of the figures given for it."""
    assert ask("云岭县邻里纠纷和劳动纠纷加起来多少宗？").status == "not_found"


def test_one_thing_of_a_point_is_asked_within_it(ask: Ask) -> None:
    """A question that names a point of the last list and asks for one thing is answered from that point."""
    ask("云岭县2022年有什么计划？", "within")
    assert "40名" == value(ask("第二点里要聘多少名？", "within"))
    assert "560万元" == value(ask("第一点要投多少钱？", "within"))
