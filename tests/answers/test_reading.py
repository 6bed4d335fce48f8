"""What is read in a passage: figures and what they belong to, points, and the year that a place speaks of."""

from __future__ import annotations

import pytest

from tests.answers.samples import HEKOU_2019, YUNLING_2021, reading_with, readings_of
from wenbao.answers.evidence import coverage, find_terms, weighted_mean
from wenbao.answers.figures import Figure, Span
from wenbao.answers.periods import heading_class, period_at, wanted_years
from wenbao.answers.question import read_question
from wenbao.answers.reading import Reading, clause_at
from wenbao.answers.terms import Term, question_terms


def position(reading: Reading, words: str) -> int:
    return reading.passage.text.index(words)


def words_at(reading: Reading, start: int, end: int) -> str:
    return reading.passage.text[start:end]


def test_all_spans_of_a_reading_lie_in_its_passage() -> None:
    """Figures, names, dates and sentences of every paragraph slice back to words of it."""
    for reading in [one for text in (YUNLING_2021, HEKOU_2019) for one in readings_of(text)]:
        spans: list[Figure | Span] = [
            *reading.figures,
            *reading.names,
            *reading.quoted,
            *reading.dates,
            *reading.sentences,
        ]
        assert all(0 <= span.start < span.end <= len(reading.passage.text) for span in spans)
        assert len(reading.folded) == len(reading.passage.text)


def test_the_clause_around_a_figure_ends_at_its_marks() -> None:
    """A clause reaches from comma to comma."""
    reading = reading_with(YUNLING_2021, "办结率99.2%")
    at = position(reading, "99.2%")
    clause = clause_at(reading, at, at + 5)
    assert words_at(reading, clause.start, clause.end) == "办结率99.2%"


def test_figures_behind_respectively_belong_to_the_things_in_their_order() -> None:
    """城镇 has the first figure and 农村 the second."""
    reading = reading_with("青山县2021年工作报告\n\n城镇、农村居民收入分别增长4.1%和6.4%。\n", "分别")
    own = {words_at(reading, start, start + 4): pair.own for start, pair in reading.partners.items()}
    assert "城镇" in words_at(reading, own["4.1%"].start, own["4.1%"].end)
    assert "农村" in words_at(reading, own["6.4%"].start, own["6.4%"].end)


def test_a_row_of_figures_belongs_to_as_many_things_before_it() -> None:
    """出口 has the first figure and 进口 the second, also without 分别, and beside a figure of another kind."""
    for said in ("出口和进口增长8.4%和11.4%。", "出口、进口分别下降8.4%和11.4%,35个企业停产。"):
        reading = reading_with(f"青山县2021年工作报告\n\n加强外贸,{said}\n", "出口")
        own = [words_at(reading, pair.own.start, pair.own.end) for _, pair in sorted(reading.partners.items())]
        assert ["出口" in own[0], "进口" in own[1], len(own)] == [True, True, 2]


def test_a_part_behind_among_breaks_down_the_clause_before() -> None:
    """From 其中 to the semicolon the figures are parts of the one before."""
    text = "青山县2021年工作报告\n\n修路3条,共有案件80件,其中市级9件、县级31件;新增学校7所。\n"
    reading = reading_with(text, "其中")
    topic = reading.topic_at(position(reading, "31件"))
    assert topic is not None
    assert words_at(reading, topic.start, topic.end) == "共有案件80件"
    assert reading.topic_at(position(reading, "7所")) is None


def test_figures_without_respectively_have_no_partners() -> None:
    """An ordinary row of figures is left as it stands."""
    assert reading_with(YUNLING_2021, "邻里纠纷").partners.keys() & {0} == set()
    assert reading_with("青山县2021年工作报告\n\n新建学校3所、医院2家。\n", "新建").partners == {}


def test_points_inside_a_paragraph_are_found() -> None:
    """一是, 二是, 三是 begin points; a position belongs to the last one begun."""
    reading = reading_with(YUNLING_2021, "一是部分乡镇")
    assert [words_at(reading, start, start + 2) for start in reading.points] == ["一是", "二是", "三是"]


@pytest.mark.parametrize(
    ("words", "year", "planned"),
    [("1275宗", 2021, False), ("262件", 2020, False), ("560万元", 2022, True), ("40名", 2022, True)],
)
def test_a_figure_is_of_the_year_named_for_it_told_or_planned(words: str, year: int, planned: bool) -> None:
    """A year in the sentence goes first, then the part of the report: what is planned is of the next year."""
    reading = reading_with(YUNLING_2021, words)
    period = period_at(reading, position(reading, words), 2021)
    assert (year, planned) == (period.year, period.planned)


def test_words_of_intent_make_a_plan_of_a_sentence() -> None:
    """力争 and the like speak of what is still to come."""
    reading = reading_with("青山县2021年工作报告\n\n力争新建公园5个。\n", "力争")
    assert period_at(reading, position(reading, "5个"), 2021).planned


def test_without_a_year_told_a_place_is_of_no_year() -> None:
    """A report that does not say its year leaves the year open."""
    reading = reading_with("青山县工作报告\n\n新建公园5个。\n", "新建")
    assert period_at(reading, position(reading, "5个"), None).year is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2021年受理多少件", {2021}),
        ("2020年与2021年各受理多少件", {2020, 2021}),
        ("明年有什么计划", {2022, 2023}),
        ("去年受理多少件", {2021}),
        ("受理多少件", set()),
    ],
)
def test_the_years_wanted_follow_from_the_question_and_the_report(text: str, wanted: set[int]) -> None:
    """Words for years count from the year that the report tells of."""
    assert wanted == set(wanted_years(read_question(text), 2021))


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("二、存在问题", "problem"),
        ("三、2022年工作计划", "plan"),
        ("三、存在的困难", "problem"),
        ("二、水环境", None),
        ("一、稳就业保就业,年度目标任务全面完成", "done"),
        ("三、主要目标任务", "plan"),
        ("(三)补齐消防短板", None),
        ("五、优化法律援助,保障困难群众", None),
        ("(一)以更实举措壮大工业经济", None),
    ],
)
def test_headings_announce_what_their_part_is_about(heading: str, kind: str | None) -> None:
    """Problems and plans are told by the words of the heading; 困难群众 are no problem, what is completed no plan."""
    assert kind == heading_class((heading,))


def test_a_word_beside_a_figure_says_more_of_it_than_one_far_away() -> None:
    """Evidence wanes with the marks and figures in between."""
    reading = reading_with(YUNLING_2021, "劳动纠纷")
    found = find_terms(reading, (Term("劳动纠纷", 0, (("劳动纠纷", 1.0),), 1.0),))
    near, far = position(reading, "218宗"), position(reading, "8.3%")
    (beside,) = coverage(reading, found, near, near + 4)
    (away,) = coverage(reading, found, far, far + 4)
    assert beside > 0.8 > away


def test_a_report_is_about_its_own_body() -> None:
    """In the report of a court, of which its title speaks, every case is the court's; not so of another word."""
    reading = reading_with("青山县2021年工作报告\n\n接待来访126人次。\n", "接待")
    terms = (Term("法院", 0, (("法院", 1.0), ("人民法院", 0.8)), 1.0), Term("工作", 2, (("工作", 1.0),), 1.0))
    place = position(reading, "126人次")
    found = find_terms(reading, terms, "青山县人民法院工作报告")
    assert coverage(reading, found, place, place + 5) == (1.0, 0.0)


def test_the_mean_of_no_terms_is_nothing() -> None:
    """A question without words is met by nothing."""
    assert weighted_mean((), ()) == 0.0


@pytest.mark.parametrize(("text", "form"), [("投诉有多少宗", "投诉"), ("How many complaints were received?", "投诉")])
def test_the_words_of_a_question_are_looked_for_in_chinese(text: str, form: str) -> None:
    """English words are looked for by their translations, each with a quality from 0 to 1."""
    terms = question_terms(read_question(text), lambda _: 1.0)
    forms = [one for term in terms for one in term.forms]
    assert form in [text for text, _ in forms]
    assert all(0 < quality <= 1 for _, quality in forms)


@pytest.mark.parametrize(
    ("said", "change", "base"),
    [
        ("设立公职律师39人,较上年净增16人。", "16人", "39人"),
        ("收到申请43件,比2020年多15件,增长53%。", "53%", "43件"),
        ("接收投诉14.26万件,比2020年的11.83万件增长20.5%。", "20.5%", "14.26万件"),
    ],
)
def test_a_change_is_said_of_the_figure_that_changes(said: str, change: str, base: str) -> None:
    """Not of the figure of the year before, which is only compared with."""
    reading = reading_with(f"青山县2021年工作报告\n\n{said}\n", said[:4])
    found = reading.bases[position(reading, change)]
    assert words_at(reading, found.start, found.end) == base


def test_figures_in_front_of_a_noun_belong_to_it() -> None:
    """总投资2870万元、建筑面积3260平方米的储备中心: both are said of the centre."""
    said = "总投资2870万元、建筑面积3260平方米的储备中心投入使用,新配无人机9架。"
    reading = reading_with(f"青山县2021年工作报告\n\n{said}\n", said[:4])
    found = reading.attributes[position(reading, "2870万元")]
    assert "储备中心" in words_at(reading, found.start, found.end)


def test_a_figure_of_last_year_is_of_the_year_before() -> None:
    """由上年的48.6%提高到53.2%: the first figure is of 2020, the second of 2021."""
    said = "公办园在园幼儿占比由上年的48.6%提高到53.2%。"
    reading = reading_with(f"青山县2021年工作报告\n\n{said}\n", said[:4])
    years = [period_at(reading, position(reading, figure), 2021).year for figure in ("48.6%", "53.2%")]
    assert years == [2020, 2021]


@pytest.mark.parametrize(
    ("said", "figure", "year", "planned"),
    [
        ("将14支队伍整合为6支,下沉人员96名。", "96名", 2021, False),
        ("明确3项重点,将新建公园5个。", "5个", 2022, True),
        ("争取专项资金1350万元,建成水窖28口。", "1350万元", 2021, False),
        ("力争年底前建成12个。", "12个", 2022, True),
        ("制定抽查计划46项,抽查企业2763户。", "2763户", 2021, False),
        ("参加考试人数恢复到2019年的87.3%,收入29.4亿元。", "29.4亿元", 2021, False),
        ("对2012年以来的87件文件集中清理,废止23件。", "23件", 2021, False),
        ("负责人出庭率91.5%,上年仅为72.4%。", "72.4%", 2020, False),
        ("竣工电梯29台,上年竣工数仅为17台。", "17台", 2020, False),
        ("竣工电梯29台,比上年增加12台。", "12台", 2021, False),
        ("码头主体完工,计划2023年投产;港口吞吐量234万吨。", "234万吨", 2021, False),
    ],
)
def test_what_was_done_is_told_from_what_is_intended(said: str, figure: str, year: int, planned: bool) -> None:
    """将 and 计划 do not always intend something, and a year that is only compared with is not the figure's."""
    reading = reading_with(f"青山县2021年工作报告\n\n{said}\n", said[:4])
    period = period_at(reading, position(reading, figure), 2021)
    assert (period.year, period.planned) == (year, planned)


def test_what_is_intended_in_part_was_intended_then() -> None:
    """In a part on what was done, 计划招聘1410人 was the plan of that year; where no part is known, any year may be."""
    said = "计划招聘1410人,38652人报名。"
    done = reading_with(f"青山县2021年工作报告\n\n一、主要工作成效\n\n{said}\n", said[:4])
    unknown = reading_with(f"青山县2021年工作报告\n\n一、公开招聘\n\n{said}\n", said[:4])
    assert period_at(done, position(done, "1410人"), 2021).year == 2021
    assert period_at(unknown, position(unknown, "1410人"), 2021).year is None
    assert period_at(unknown, position(unknown, "38652人"), 2021).year == 2021
