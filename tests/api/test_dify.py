"""Dify's external knowledge, held to Dify's own request and response models."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from wenbao.answers.service import ReportService
from wenbao.api.app import create_app
from wenbao.api.conditions import Condition, MetadataCondition, meets
from wenbao.config.settings import Settings
from wenbao.knowledge.documents import Metadata

KEY = {"Authorization": "Bearer a key for dify"}
PLACES = ("东山县", "西河县", "南岭县", "北原县")


class DifyCondition(BaseModel):
    """Dify's own model of a condition (api/core/rag/entities/metadata_entities.py)."""

    name: str
    comparison_operator: Literal[
        "contains", "not contains", "start with", "end with", "is", "is not", "empty", "not empty", "in", "not in",
        "=", "≠", ">", "<", "≥", "≤", "before", "after",
    ]  # fmt: skip
    value: str | Sequence[str] | int | float | None = None


class DifyMetadataCondition(BaseModel):
    """Dify's own model of several conditions."""

    logical_operator: Literal["and", "or"] | None = "and"
    conditions: list[DifyCondition] | None = None


class DifyRecord(BaseModel, strict=True):
    """What Dify reads off a record."""

    content: str
    score: float
    title: str
    metadata: dict[str, Any]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, serving: Any) -> Iterator[httpx.Client]:
    """A client, with a key, of the real service; beside the report in the box there are eight small ones."""
    settings = Settings(
        _env_file=None,
        data_dir=tmp_path_factory.mktemp("data"),
        api_keys=("a key for dify",),
        public_url="https://reports.example.org",
    )
    with ReportService.open(settings) as service:
        for document in service.documents():
            service.remove(document.id)
        for number, place in enumerate(PLACES):
            for year in (2019, 2021):
                _add(service, place, year, published=f"{year + 1}-0{number + 1}-15")
        service.add("loose.txt", "没有日期的报告\n\n全县法律咨询工作有序推进。\n".encode(), Metadata("没有日期的报告"))
        with (
            serving(create_app(settings, service)) as address,
            httpx.Client(base_url=address, headers=KEY, timeout=30) as client,
        ):
            yield client


def _add(service: ReportService, place: str, year: int, published: str) -> None:
    text = (
        f"{place}{year}年法治政府建设报告\n\n一、法律服务\n\n{place}{year}年提供法律咨询{year - 1000}次。\n\n"
        f"二、存在问题\n\n{place}法律咨询人手不足。\n"
    )
    known = Metadata(f"{place}{year}年法治政府建设报告", f"{place}人民政府", place, year, published)
    service.add(f"{place}{year}.txt", text.encode(), known)


def ask(client: httpx.Client, *conditions: dict[str, Any], **more: Any) -> list[DifyRecord]:
    """The records for a question, as Dify reads them."""
    body: dict[str, Any] = {
        "knowledge_id": "reports",
        "query": "法律咨询",
        "retrieval_setting": {"top_k": 100, "score_threshold": 0.0},
    }
    if conditions:
        wanted = DifyMetadataCondition(conditions=[DifyCondition(**one) for one in conditions])
        body["metadata_condition"] = wanted.model_dump()
    response = client.post("/dify/retrieval", json=body | more)
    assert response.status_code == 200, response.text
    return [DifyRecord.model_validate(one) for one in response.json()["records"]]


def titles(records: Sequence[DifyRecord]) -> set[str]:
    """Which reports the records are from, in short: 东山县2019."""
    return {record.title.removesuffix("年法治政府建设报告") for record in records}


def every(*years: int, places: Sequence[str] = PLACES) -> set[str]:
    return {f"{place}{year}" for place in places for year in years or (2019, 2021)}


LOOSE = {"没有日期的报告"}
OPERATORS: list[tuple[str, str, Any, set[str]]] = [
    ("title", "contains", "河", every(places=["西河县"])),
    ("title", "not contains", "年法治", LOOSE),
    ("title", "start with", "南岭", every(places=["南岭县"])),
    ("title", "end with", "报告", every() | LOOSE),
    ("publisher", "end with", "原县人民政府", every(places=["北原县"])),
    ("place", "is", "东山县", every(places=["东山县"])),
    ("place", "is", ["东山县", "西河县"], every(places=["东山县", "西河县"])),
    ("place", "is not", "东山县", every(places=PLACES[1:]) | LOOSE),
    ("place", "in", ["东山县", "北原县"], every(places=["东山县", "北原县"])),
    ("place", "in", "东山县, 北原县", every(places=["东山县", "北原县"])),
    ("place", "in", [], set()),
    ("place", "not in", ["东山县", "北原县"], every(places=PLACES[1:3]) | LOOSE),
    ("place", "not in", [], every() | LOOSE),
    ("place", "empty", None, LOOSE),
    ("place", "not empty", None, every()),
    ("year", "=", 2019, every(2019)),
    ("year", "=", "2019", every(2019)),
    ("year", "=", "２０１９", every(2019)),
    ("year", "=", 2019.0, every(2019)),
    ("year", "is", "2021", every(2021)),
    ("year", "≠", 2019, every(2021) | LOOSE),
    ("year", ">", 2019, every(2021)),
    ("year", ">", "2018", every()),
    ("year", "<", 2021, every(2019)),
    ("year", "≥", 2021, every(2021)),
    ("year", "≤", 2019.5, every(2019)),
    ("year", "before", "2020-06-30", every(2019)),
    ("year", "after", "2020-06-30", every(2021)),
    ("published", "before", "2020-03-15", every(2019, places=PLACES[:2])),
    ("published", "before", "2020年3月15日", every(2019, places=PLACES[:2])),
    ("published", "after", "2022-02", every(2021, places=PLACES[2:])),
    ("published", "after", 2020, every(2021)),
    ("published", "before", 1_584_201_600, every(2019, places=PLACES[:2])),
    ("published", "before", "1584201600", every(2019, places=PLACES[:2])),
    ("published", "before", 1_584_201_600_000, every(2019, places=PLACES[:2])),
    ("published", "≥", "2022-04-15", every(2021, places=PLACES[3:])),
    ("published", "≤", "2020-01-15T08:00:00Z", every(2019, places=PLACES[:1])),
    ("published", "=", "2022/1/15", every(2021, places=PLACES[:1])),
    ("published", "start with", "2022-01", every(2021, places=PLACES[:1])),
    ("section", "contains", "存在问题", every()),
    ("section", "is", "一、法律服务", every()),
    ("url", "start with", "https://reports.example.org/documents/", every() | LOOSE),
    ("url", "contains", "nowhere.example", set()),
    ("nobody_knows", "empty", None, every() | LOOSE),
    ("nobody_knows", "not empty", None, set()),
    ("nobody_knows", "is", "something", set()),
    ("nobody_knows", "is not", "something", every() | LOOSE),
    ("title", ">", "甲", set()),
    ("year", "<", "soon", set()),
]


@pytest.mark.parametrize(("name", "operator", "value", "expected"), OPERATORS)
def test_every_operator_leaves_the_reports_that_meet_it(house, name, operator, value, expected):
    """Each of Dify's operators, with each type of value, leaves just the reports that meet it."""
    assert expected == titles(ask(house, {"name": name, "comparison_operator": operator, "value": value}))


@pytest.mark.parametrize("operator", ["contains", "not contains", "is", "is not", "in", "=", "≠", ">", "before"])
@pytest.mark.parametrize("value", [None, ""])
def test_a_comparison_without_its_value_is_met_by_nothing(house, operator, value):
    """A variable that was not set leaves nothing, never everything."""
    assert ask(house, {"name": "place", "comparison_operator": operator, "value": value}) == []


def test_the_walk_has_all_operators_of_dify():
    """No operator of Dify's model was forgotten in the walk through them."""
    theirs = DifyCondition.model_fields["comparison_operator"].annotation.__args__
    assert set(theirs) == {operator for _, operator, _, _ in OPERATORS}


def test_conditions_are_joined_by_and_or_or(house):
    """`and`, which is what null means too, wants all of them met; `or` wants one."""
    conditions = [
        {"name": "place", "comparison_operator": "is", "value": "东山县"},
        {"name": "year", "comparison_operator": "=", "value": 2021},
    ]

    def joined(operator: str | None) -> set[str]:
        return titles(ask(house, metadata_condition={"logical_operator": operator, "conditions": conditions}))

    assert {"东山县2021"} == joined("and") == joined(None)
    assert every(2021) | {"东山县2019"} == joined("or")


def test_or_may_join_a_report_with_a_passage(house):
    """A passage is left if its report meets one condition or it meets the other itself."""
    conditions = [
        {"name": "place", "comparison_operator": "is", "value": "东山县"},
        {"name": "section", "comparison_operator": "contains", "value": "存在问题"},
    ]
    records = ask(house, metadata_condition={"logical_operator": "or", "conditions": conditions})

    assert titles(records) == every()
    assert all(
        record.metadata["place"] == "东山县" or "二、存在问题" in record.metadata["section"] for record in records
    )


def test_a_name_may_be_a_list(house):
    """Any of the fields may meet the condition; to deny it all of them have to."""
    names = ["place", "publisher"]
    met = {"name": names, "comparison_operator": "contains", "value": "西河县"}
    denied = {"name": names, "comparison_operator": "not contains", "value": "西河县"}

    assert every(places=["西河县"]) == titles(ask(house, metadata_condition={"conditions": [met]}))
    assert every(places=["东山县", "南岭县", "北原县"]) | LOOSE == titles(
        ask(house, metadata_condition={"conditions": [denied]})
    )


@pytest.mark.parametrize("condition", [None, {}, {"conditions": None}, {"logical_operator": None, "conditions": []}])
def test_no_conditions_leave_everything(house, condition):
    """A metadata_condition may be null or empty."""
    assert every() | LOOSE == titles(ask(house, metadata_condition=condition))


def test_a_condition_may_leave_out_its_value(house):
    """`empty` and `not empty` need no value, not even null."""
    condition = {"conditions": [{"name": "year", "comparison_operator": "empty"}]}
    assert titles(ask(house, metadata_condition=condition)) == LOOSE


def test_the_filter_comes_before_the_top_k(house):
    """A filter that few passages meet still finds as many as are wanted, however far behind they are."""
    setting = {"top_k": 2, "score_threshold": 0}
    best = ask(house, retrieval_setting=setting)
    last = ask(house)[-1]
    report = {"name": "document_id", "comparison_operator": "is", "value": last.metadata["document_id"]}
    passage = {"name": "url", "comparison_operator": "is", "value": last.metadata["url"]}

    assert len(best) == 2
    assert len(ask(house, report, retrieval_setting=setting)) == 2
    assert [last.metadata] == [one.metadata for one in ask(house, passage, retrieval_setting=setting)]


def test_the_threshold_is_obeyed_and_scores_are_from_0_to_1(house):
    """What scores below the threshold is left out; null is no threshold."""
    scores = [record.score for record in ask(house)]
    middle = scores[len(scores) // 2]
    setting = {"top_k": 100, "score_threshold": middle}

    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert [one for one in scores if one >= middle] == [one.score for one in ask(house, retrieval_setting=setting)]
    assert scores == [one.score for one in ask(house, retrieval_setting={"top_k": 100, "score_threshold": None})]
    assert ask(house, retrieval_setting={"top_k": 5, "score_threshold": 1.01}) == []


def test_a_record_says_where_it_stands(house):
    """The metadata of a record lead to the very words, and are never null."""
    record = ask(house, {"name": "place", "comparison_operator": "is", "value": "东山县"})[0]
    known = record.metadata
    text = house.get(f"/v1/documents/{known['document_id']}/text").text

    assert record.content == text[known["start"] : known["end"]]
    assert known["url"].startswith("https://reports.example.org/documents/" + known["document_id"])
    assert {"document_id", "url", "section", "paragraph", "start", "end", "year"} <= set(known)


def test_a_report_may_be_the_knowledge(house):
    """Under the id of a report there is that report alone."""
    wanted = ask(house)[0]
    assert {wanted.title} == {one.title for one in ask(house, knowledge_id=wanted.metadata["document_id"])}


@pytest.mark.parametrize("knowledge", ["0123456789abcdef", "", "  "])
def test_knowledge_that_does_not_exist_is_2001(house, knowledge):
    """The id of no report, or none at all, is told as Dify has it."""
    response = house.post("/dify/retrieval", json={"knowledge_id": knowledge, "query": "法律咨询"})
    assert (response.status_code, response.json()["error_code"]) == (404, 2001)


@pytest.mark.parametrize(
    ("header", "code"),
    [(None, 1001), ("", 1001), ("a key for dify", 1001), ("Bearer", 1001), ("Basic YTpi", 1001), ("Bearer no", 1002)],
)
def test_who_has_no_key_is_told_so_in_the_form_of_dify(house, header, code):
    """1001 for a header that is missing or malformed, 1002 for a wrong key; both are 403."""
    with httpx.Client(base_url=house.base_url) as stranger:
        headers = {} if header is None else {"Authorization": header}
        response = stranger.post("/dify/retrieval", headers=headers, json={"knowledge_id": "a", "query": "b"})

    assert (response.status_code, response.json()["error_code"]) == (403, code)
    assert set(response.json()) == {"error_code", "error_msg"}
    assert response.headers["content-type"] == "application/json"


def test_dify_can_register(house):
    """Dify registers with a POST that has a key and no body; 403, 404 and 502 would make it give up."""
    response = house.post("/dify/retrieval")
    assert response.status_code == 400
    assert set(response.json()) == {"error_code", "error_msg"}


@pytest.mark.parametrize(
    "body",
    [
        {"query": "法律咨询"},
        {"knowledge_id": "a", "query": ""},
        {"knowledge_id": "a", "query": "问" * 501},
        {"knowledge_id": "a", "query": "b", "retrieval_setting": {"top_k": 0}},
        {
            "knowledge_id": "a",
            "query": "b",
            "metadata_condition": {"conditions": [{"name": "a", "comparison_operator": "~"}]},
        },
    ],
)
def test_what_cannot_be_read_is_told_in_the_form_of_dify(house, body):
    """A wrong request gets a 4xx with a code and a message."""
    response = house.post("/dify/retrieval", json=body)
    assert response.status_code in (400, 422)
    assert isinstance(response.json()["error_code"], int)
    assert response.json()["error_msg"]


VALUES = st.one_of(
    st.text(max_size=8),
    st.integers(),
    st.floats(),
    st.sampled_from(["2021-01-13", "2021-99-99", "1e999", "nan"]),
    st.lists(st.one_of(st.none(), st.text(max_size=4)), max_size=3),
    st.none(),
)
KNOWN = {"title": "报告", "year": 2021, "published": "2022-01-05", "section": ["一、工作", "(一)咨询"], "place": None}


@given(name=st.sampled_from([*KNOWN, "other"]), value=VALUES)
@pytest.mark.parametrize(
    ("operator", "opposite"), [("contains", "not contains"), ("is", "is not"), ("in", "not in"), ("=", "≠")]
)
def test_an_operator_and_its_opposite_never_agree(operator, opposite, name, value):
    """Whatever is compared, just one of the two is met; without a value neither is."""

    def met(one: str) -> bool:
        return meets(
            MetadataCondition(conditions=[Condition(name=name, comparison_operator=one, value=value)]),  # type: ignore[arg-type]
            KNOWN,
        )

    without_value = value is None or (isinstance(value, str) and not value.strip() and operator not in ("in", "not in"))
    without_value |= isinstance(value, list) and operator != "in" and not any(one and one.strip() for one in value)
    assert met(operator) + met(opposite) == (0 if without_value else 1)


@given(name=st.sampled_from([*KNOWN, "other"]), value=VALUES)
@pytest.mark.parametrize(("less", "more"), [("<", "≥"), (">", "≤"), ("before", "after")])
def test_nothing_is_both_before_and_after(less, more, name, value):
    """Of two orders that exclude each other at most one is met, and no value makes the comparison fail."""

    def met(one: str) -> bool:
        known = {field: value for field, value in KNOWN.items() if field != "section"}
        return meets(
            MetadataCondition(conditions=[Condition(name=name, comparison_operator=one, value=value)]),  # type: ignore[arg-type]
            known,
        )

    if not isinstance(value, list):
        assert not (met(less) and met(more))
