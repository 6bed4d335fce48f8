"""Whether words name the holder of an office that a question asks for."""

from __future__ import annotations

import pytest

from wenbao.answers.persons import asks_for_person, body_asked, names_holder, names_person, office_asked


@pytest.mark.parametrize(
    ("asked", "office"),
    [("县长是谁", "县长"), ("区长叫什么", "区长"), ("镇党委副书记是谁", "副书记"), ("调查组谁当组长", "组长")],
)
def test_the_office_asked_for_is_read(asked: str, office: str) -> None:
    """However it is asked."""
    assert office_asked(asked) == office


@pytest.mark.parametrize(
    "text", ["县长周绍铭主持召开会议", "由周绍铭任县长", "组建由副县长任县长助理、周绍铭为县长的专班"]
)
def test_a_holder_stands_beside_the_office(text: str) -> None:
    """Behind it, or before it with 任 or 为."""
    assert names_holder("县长", text)


@pytest.mark.parametrize(
    "text", ["县长主持召开会议", "副县长周绍铭主持召开会议", "书记周绍铭讲党课,会议学习了县长讲话"]
)
def test_another_office_is_not_the_one_asked_for(text: str) -> None:
    """A deputy's name, or a name elsewhere in the sentence, is not the holder's."""
    assert not names_holder("县长", text)


def test_an_office_may_be_held_by_another() -> None:
    """由县长任组长 says who heads the group."""
    assert names_holder("组长", "组建由县长任组长的招商专班")
    assert names_holder("组长", "成立由副市长尉迟衡任组长的领导小组", "根治欠薪领导小组")


@pytest.mark.parametrize(
    ("asked", "body", "named", "other"),
    [
        ("民二庭的庭长是谁", "民二庭", "民二庭庭长周绍铭获奖", "民一庭庭长周绍铭获奖"),
        ("区政法委书记是谁", "区政法委", "区政法委书记周绍铭主持", "区委书记周绍铭主持"),
        ("县法院院长叫什么", "县法院", "县人民法院院长周绍铭出席", "县医院院长周绍铭出席"),
    ],
)
def test_an_office_is_that_of_its_body(asked: str, body: str, named: str, other: str) -> None:
    """The head of another court or committee is somebody else."""
    office = office_asked(asked)
    assert office is not None
    assert body_asked(asked) == body
    assert names_holder(office, named, body)
    assert not names_holder(office, other, body)


def test_an_office_without_its_body_may_be_the_one_asked_for() -> None:
    """A bureau's own report says only 局长; that of a subdistrict speaks of the head of its office."""
    assert names_holder("局长", "局长周绍铭四次走进直播间", "人社局")
    assert names_holder("主任", "办事处主任苏静怡带头包案", body_asked("街道主任是谁"))


@pytest.mark.parametrize(
    ("asked", "person"), [("被收监的那个人叫什么", True), ("那个平台叫什么名字", False), ("区长是谁", False)]
)
def test_some_questions_only_a_name_answers(asked: str, person: bool) -> None:
    """Those for a person without an office; what is called something may be a thing."""
    assert asks_for_person(asked) == person


def test_a_person_is_named_by_surname_and_name() -> None:
    """Words that only seem to be names have none."""
    assert names_person("调解员周绍铭连续三年获奖")
    assert not names_person("提供法律援助和公证服务")


def test_a_general_secretary_is_no_secretary() -> None:
    """总书记 beside a name does not name the 书记 of a county."""
    assert not names_holder("书记", "县委理论学习中心组学习周绍铭总书记重要讲话")
