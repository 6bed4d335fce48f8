"""The names that clauses give for who did something."""

from __future__ import annotations

import pytest

from wenbao.answers.naming import body_in, person_in


@pytest.mark.parametrize(
    ("words", "body"),
    [
        ("由市委审计委员会办公室、市政府督查室联合开展督查", "市委审计委员会办公室"),
        ("并联合市纪委监委约谈4名分管负责人", "市纪委监委"),
        ("委托省社会科学院政务评估中心对53个单位开展评估", "省社会科学院政务评估中心"),
        ("县发展和改革局就城区公交票价调整举行听证会", "县发展和改革局"),
        ("10月1日前由区政府统一行使行政复议职责", "区政府"),
        ("区政务服务数据管理局牵头修订", "区政务服务数据管理局"),
        ("由青山茶叶专业合作社收购", "青山茶叶专业合作社"),
        ("审查村社经济合同699件次", None),
        ("3月起开展政法队伍教育整顿", None),
        ("9个集体、16人次受到市级以上表彰", None),
        ("在全市率先组建专员库", None),
    ],
)
def test_a_body_is_named_whole_or_not_at_all(words: str, body: str | None) -> None:
    """From the first word of its name to the last; what only begins like one is none."""
    found = body_in(words)
    assert (words[found.start : found.end] if found else None) == body


def test_the_body_that_a_question_names_is_not_its_answer() -> None:
    """Of a home that a company runs, the company is asked for."""
    words = "婚姻家庭辅导室由区社会工作服务中心承接"
    found = body_in(words, "婚姻家庭辅导室是谁在承接?")
    assert found is None or "辅导室" not in words[found.start : found.end]


@pytest.mark.parametrize(
    ("words", "office", "name"),
    [
        ("由中科院院士许伯川担任", None, "许伯川"),
        ("区长周绍铭、副区长邓慧敏出席", "区长", "周绍铭"),
        ("区长周绍铭、副区长邓慧敏出席", None, None),
        ("由县长宋秉文担任领导小组组长", "组长", "宋秉文"),
        ("县委书记郝振邦主持会议", "县长", None),
        ("区司法局牵头", None, None),
    ],
)
def test_a_person_is_named_alone_or_by_the_office(words: str, office: str | None, name: str | None) -> None:
    """The only one, or the holder of the office that is asked for; of several, none."""
    found = person_in(words, office)
    assert (words[found.start : found.end] if found else None) == name
