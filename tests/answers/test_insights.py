"""What people ask: questions grouped by likeness, answer rates over time, tables for spreadsheets, deletion."""

from __future__ import annotations

import csv
import io
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.answers.samples import REPORTS, open_with
from wenbao.answers import grouping
from wenbao.answers.exports import TABLE_NAMES, csv_of, documents_table, table_of
from wenbao.answers.grouping import grouped
from wenbao.answers.insights import Insights, insights
from wenbao.answers.journal import Entry
from wenbao.answers.marking import marks
from wenbao.answers.model import AskRequest, Feedback
from wenbao.answers.service import ReportService
from wenbao.config.errors import InvalidRequest, UnknownAnswer

MONDAY = date(2024, 3, 4)
NUMBERS = count()


def entry(question: str, *, day: date = MONDAY, reason: str | None = None, **more: object) -> Entry:
    """A question that was answered, or not for a reason."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp()
    status = "not_found" if reason else "answered"
    known = {"language": "zh-Hans", "helpful": None, "comment": None} | more
    return Entry(f"a{next(NUMBERS)}", noon, question, status, reason=reason, **known)  # type: ignore[arg-type]


def seen(*entries: Entry, since: date = MONDAY, until: date = MONDAY) -> Insights:
    return insights(entries, since, until, UTC)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ReportService, Path]]:
    folder = tmp_path_factory.mktemp("insights")
    with open_with(folder, REPORTS) as service:
        yield service, folder


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2021年提供了多少次法律咨询?", "请问法律咨询提供了多少次"),
        ("2021年提供了多少次法律咨询?", "２０２１年提供了多少次法律諮詢？"),
        ("二〇二一年调解了多少宗纠纷", "2021年纠纷调解有几宗?"),
        ("How many legal consultations were given?", "what was the number of legal consultations"),
    ],
)
def test_questions_about_the_same_are_one_group(one: str, other: str) -> None:
    """Order, script, width, numerals and words of asking make no difference."""
    assert [[one, other]] == grouped({one: 2, other: 1, "新建了几所小学?": 1})[:1]


def test_questions_that_share_only_their_frame_are_apart() -> None:
    """How something is asked does not make two questions alike."""
    questions = [f"2021年{subject}比上一年增加了多少?" for subject in ("法律咨询", "养老床位", "公交线路", "财政收入")]
    assert 4 == len(grouped(dict.fromkeys(questions, 1)))


def test_grouping_does_not_depend_on_the_order_of_questions() -> None:
    """The most frequent wording leads its group, whichever came first."""
    wordings = {"法律咨询有多少次": 1, "提供了多少次法律咨询": 3, "养老床位有多少": 2}
    backwards = dict(reversed(wordings.items()))
    assert [["提供了多少次法律咨询", "法律咨询有多少次"], ["养老床位有多少"]] == grouped(wordings) == grouped(backwards)


@given(st.dictionaries(st.text(max_size=20), st.integers(1, 9), max_size=12))
def test_every_wording_is_in_exactly_one_group(wordings: dict[str, int]) -> None:
    """Whatever people type, nothing is lost or told twice."""
    assert sorted(wordings) == sorted(text for group in grouped(wordings) for text in group)


def test_looking_only_at_shared_telling_words_finds_what_comparing_all_would() -> None:
    """The groups are those of the plain way: each wording beside every leader so far."""
    subjects = ("法律咨询", "法律援助咨询", "人民调解", "人民调解案件", "养老床位", "公交线路", "财政收入", "法治讲座")
    asking = ("{}有多少", "{place}{year}年{}", "{year}年的{}和{other}", "{place}的{}怎么样")
    wordings = {
        form.format(one, year=2015 + number, place=place, other=other): 1 + number
        for number, form in enumerate(asking)
        for place in ("云岭县", "河湾市", "青螺区")
        for one in subjects
        for other in subjects
    }
    assert compared_with_all(wordings) == grouped(wordings)


def compared_with_all(wordings: dict[str, int]) -> list[list[str]]:
    ordered = sorted(wordings, key=lambda text: (-wordings[text], text))
    vectors = grouping._vectors([grouping._features(text) for text in ordered])
    leaders, groups = [], []
    for text, vector in zip(ordered, vectors, strict=True):
        alike = [sum(weight * one.get(token, 0.0) for token, weight in vector.items()) for one in leaders]
        best = max(alike, default=0.0)
        if best >= grouping.ALIKE:
            groups[next(at for at, likeness in enumerate(alike) if likeness >= best - 1e-9)].append(text)
        else:
            leaders.append(vector)
            groups.append([text])
    return groups


def test_groups_tell_what_was_not_answered_and_what_was_not_helpful() -> None:
    """Each list begins with the group that has most of it."""
    found = seen(
        entry("地铁修了几条", reason="absent"),
        entry("地铁修了多少条?", reason="absent"),
        entry("养老床位有多少", reason="year"),
        entry("调解纠纷多少宗", helpful=False),
        entry("调解纠纷多少宗", helpful=True),
        entry("调解纠纷多少宗"),
    )
    assert ["地铁修了几条", "养老床位有多少"] == [one.wordings[0].text for one in found.unanswered]
    assert [2, 1] == [one.counts.unanswered for one in found.unanswered]
    assert ["调解纠纷多少宗"] == [one.wordings[0].text for one in found.unhelpful]
    assert (3, 1, 1) == (found.groups[0].counts.asked, found.groups[0].counts.helpful, found.groups[0].counts.unhelpful)
    assert (("absent", 2), ("year", 1)) == found.reasons
    assert 0.5 == found.counts.rate


def test_a_greeting_is_no_question() -> None:
    """It counts neither as asked nor as not answered, but its reason is told."""
    found = seen(entry("你好", reason="smalltalk"), entry("调解纠纷多少宗"))
    assert (1, 1.0, 1) == (found.counts.asked, found.counts.rate, len(found.groups))
    assert (("smalltalk", 1),) == found.reasons


def test_days_without_a_question_are_told_too() -> None:
    """Every day has its place, so that a drawing is true to time."""
    late = MONDAY + timedelta(days=3)
    found = seen(entry("一"), entry("二", day=late, reason="absent"), until=MONDAY + timedelta(days=4))
    assert not found.by_week
    assert [(1, 1.0), (0, None), (0, None), (1, 0.0), (0, None)] == [
        (one.counts.asked, one.counts.rate) for one in found.periods
    ]


def test_many_days_are_told_by_week_from_monday() -> None:
    """A window that begins in the middle of a week begins with that week's Monday."""
    thursday, until = MONDAY + timedelta(days=3), MONDAY + timedelta(days=41)
    found = seen(entry("一", day=thursday), entry("二", day=until), since=thursday, until=until)
    assert found.by_week
    assert [MONDAY + timedelta(days=7 * number) for number in range(6)] == [one.start for one in found.periods]
    assert [1, 0, 0, 0, 0, 1] == [one.counts.asked for one in found.periods]


def test_a_group_is_another_once_a_question_comes() -> None:
    """Its id names just its questions, so that nothing is deleted that was not shown."""
    first = entry("调解纠纷多少宗")
    before, after = seen(first), seen(first, entry("调解纠纷多少宗"))
    assert before.groups[0].id == seen(first).groups[0].id != after.groups[0].id


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", " =1", "\t=1", "\ufeff=1", "\r=1"])
def test_no_text_becomes_a_formula(text: str) -> None:
    """What a spreadsheet would run has an apostrophe before it; what is asked is still legible."""
    told = csv_of((("question",), [(text,)]))
    assert [["\ufeffquestion"], [f"'{text}"]] == list(csv.reader(io.StringIO(told, newline="")))


@given(
    st.lists(
        st.tuples(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0")), st.integers())
    )
)
def test_a_table_is_read_back_as_it_was(rows: list[tuple[str, int]]) -> None:
    """Commas, quotes and line ends in a question stay in its cell; figures stay figures."""
    told = list(csv.reader(io.StringIO(csv_of((("text", "count"), rows)), newline="")))[1:]
    assert [(text, str(number)) for text, number in rows] == [
        (one.removeprefix("'") if not text.startswith("'") else one, number)
        for (one, number), (text, _) in zip(told, rows, strict=True)
    ]


def test_tables_say_nothing_of_who_asked() -> None:
    """The columns are the question and figures; an answer's id stands only beside a comment, to delete it by."""
    found = seen(entry("调解纠纷多少宗", helpful=False, comment="不对"))
    columns = {name: list(table_of(found, name)[0]) for name in TABLE_NAMES}
    assert [
        "group",
        "question",
        "asked",
        "answered",
        "unanswered",
        "helpful",
        "unhelpful",
        "last_asked",
        "reasons_of_group",
    ] == columns["questions"]
    assert ["day", "asked", "answered", "unanswered", "helpful", "unhelpful", "answer_rate"] == columns["rate"]
    assert ["answer_id", "day", "question", "answered", "helpful", "comment"] == columns["comments"]


def test_the_service_groups_what_was_asked_and_deletes_it(asked: tuple[ReportService, Path]) -> None:
    """A deleted group is gone from the insights, from the replies and from the file; the rest stays."""
    service, folder = asked
    for question in ("火星上有多少居民?", "火星居民有多少", "2021年调解纠纷多少宗?"):
        last = service.ask(AskRequest(question))
    service.feedback(Feedback(last.id, False, "不是我想问的"))
    found = service.insights()
    mars = next(one for one in found.unanswered if "火星" in one.wordings[0].text)

    assert (2, ["不是我想问的"]) == (mars.counts.asked, [one.text for one in found.comments])
    assert 2 == service.forget_group(mars.id)
    assert not any("火星" in one.text for group in service.insights().groups for one in group.wordings)
    assert service.reply(last.id) == last
    with pytest.raises(UnknownAnswer):
        service.reply(mars.answer_ids[0])
    assert all("火星".encode() not in path.read_bytes() for path in folder.glob("journal.sqlite3*"))
    with pytest.raises(UnknownAnswer):
        service.forget_group(mars.id)


def test_what_may_not_be_kept_any_more_is_not_told(asked: tuple[ReportService, Path]) -> None:
    """A question that is older than its time is in no insight, even before it is swept away."""
    service, folder = asked
    old = service.ask(AskRequest("木星上有多少居民?"))
    with sqlite3.connect(folder / "journal.sqlite3") as raw:
        raw.execute("UPDATE replies SET asked_at = ? WHERE id = ?", (time.time() - 91 * 86400, old.id))
    found = service.insights(date(2000, 1, 1))
    assert date.today() - timedelta(days=90) <= found.since
    assert not any("木星" in one.text for group in found.groups for one in group.wordings)


def test_a_day_to_come_is_refused(asked: tuple[ReportService, Path]) -> None:
    """With a message that says so."""
    with pytest.raises(InvalidRequest, match="still to come"):
        asked[0].insights(date.today() + timedelta(days=2))


def test_documents_have_a_table(asked: tuple[ReportService, Path]) -> None:
    """A line for each report."""
    rows = list(csv.reader(io.StringIO(csv_of(documents_table(asked[0].documents())), newline="")))
    assert 1 + len(REPORTS) == len(rows)


@pytest.mark.parametrize(
    ("query", "marked", "has_all"),
    [
        ("纠纷", ["纠纷", "纠纷"], True),
        ("糾紛 １２７５", ["纠纷1275", "纠纷"], True),
        ("纠纷 地铁", ["纠纷", "纠纷"], False),
        ("调解纠纷数量", ["调解纠纷"], False),
        ("ABC", [], False),
        (" ", [], False),
    ],
)
def test_the_words_of_a_search_are_marked(query: str, marked: list[str], has_all: bool) -> None:
    """Whatever their script and width; a word that is not there is marked in its parts and counts as missing."""
    text = "全年调解纠纷1275宗，其中邻里纠纷643宗。"
    found = marks(query, text)
    assert (marked, has_all) == ([text[start:end] for start, end in found.spans], found.has_all)


@given(st.text(max_size=30), st.text(max_size=60))
def test_marks_are_in_order_and_apart(query: str, text: str) -> None:
    """Every span lies inside the text, behind the one before."""
    edges = [edge for span in marks(query, text).spans for edge in span]
    assert sorted(set(edges)) == edges
    assert all(0 <= edge <= len(text) for edge in edges)
