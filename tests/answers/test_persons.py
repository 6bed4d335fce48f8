"""Whether words name the holder of an office that a question asks for."""

from __future__ import annotations

import pytest

from wenbao.answers.persons import names_holder, office_asked


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
