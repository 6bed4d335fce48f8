"""A question to the service comes back with the report's own words, or with nothing claimed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.answers.samples import REPORTS, open_with
from wenbao.answers.model import LANGUAGES, AskRequest, Feedback, Filters, Language, Reply
from wenbao.answers.service import ReportService
from wenbao.config.errors import InvalidQuestion, InvalidRequest, UnknownAnswer, UnknownDocument

Ask = Callable[..., Reply]


def value(reply: Reply) -> str | None:
    return reply.answer.value if reply.answer else None


FIGURES = [
    ("2021年政务服务大厅受理了多少件事项？", "48213件"),
    ("办结率是多少？", "99.2%"),
    ("云岭县调解了多少宗纠纷？", "1275宗"),
    ("劳动纠纷有多少宗？", "218宗"),
    ("调解的纠纷里邻里的有几宗？", "643宗"),
    ("云岭县举办了多少场法治讲座？", "85场次"),
    ("企业开办时间要多久？", "0.5个工作日"),
    ("2022年计划投入多少资金？", "560万元"),
    ("河湾市新建了多少所小学？", "7所"),
    ("河湾市改造了多少公里农村公路？", "230公里"),
    ("民生支出的占比是多少？", "百分之七十八点五"),
    ("青螺区优良天数有多少天？", "327天"),
    ("青螺區新建咗幾多公里污水管網？", "88公里"),
    ("雲嶺縣調解了多少宗糾紛？", "1275宗"),
    ("云岭县调解咗几多宗纠纷？", "1275宗"),
    ("二〇二一年云岭县调解了多少宗纠纷？", "1275宗"),
    ("２０２１年云岭县调解了多少宗纠纷？", "1275宗"),
    ("How many disputes were mediated in Yunling County in 2021?", "1275宗"),
]


@pytest.mark.parametrize(("question", "expected"), FIGURES)
def test_a_figure_is_found_and_cited(ask: Ask, question: str, expected: str) -> None:
    """The value is the report's figure, in the answer's text and in a quote, where it is marked."""
    reply = ask(question)
    assert expected == value(reply)
    assert reply.answer is not None
    assert reply.answer.kind == "figure"
    assert expected in reply.answer.text
    (cited,) = reply.citations
    marked = [cited.quote[low - cited.start : high - cited.start] for low, high in cited.highlights]
    assert expected in marked


def test_the_date_of_a_thing_is_found(ask: Ask) -> None:
    """A question for a date gets the date as it is written."""
    reply = ask("《云岭县河道管理办法》什么时候施行？")
    assert value(reply) == "3月1日"
    assert reply.answer is not None
    assert reply.answer.kind == "date"


def test_the_reason_of_a_thing_is_found(ask: Ask) -> None:
    """A question for a reason gets the words that give it."""
    reply = ask("云岭县行政执法人员为什么减少？")
    assert reply.answer is not None
    assert "编制调整" in reply.answer.text


def test_a_level_is_no_change(ask: Ask) -> None:
    """Where a report has the rate alone, by how much it fell is not answered with it."""
    assert ask("云岭县办结率比上年降了多少？").status == "not_found"
    assert value(ask("云岭县办结率是多少？")) == "99.2%"


def test_two_figures_asked_for_at_once_are_both_given(ask: Ask) -> None:
    """Each of them is a point with its citation."""
    reply = ask("云岭县政务服务大厅受理了多少件事项，办结率是多少？")
    assert reply.answer is not None
    assert [item.text for item in reply.answer.items] == ["48213件", "99.2%"]
    assert {item.citation for item in reply.answer.items} <= {citation.number for citation in reply.citations}


def test_traditional_words_are_quoted_as_they_are_written(ask: Ask) -> None:
    """A Simplified question does not turn the report's Traditional characters into others."""
    reply = ask("青螺区整治了多少条黑臭河涌？")
    assert value(reply) == "19條"
    assert "整治黑臭河涌19條" in reply.citations[0].quote


def test_text_holds_no_figure_that_is_not_in_a_quote(ask: Ask) -> None:
    """Each line of an answer stands in the quotes, elisions and numbering aside."""
    for question, _ in FIGURES:
        reply = ask(question)
        assert reply.answer is not None
        quotes = "\n".join(citation.quote for citation in reply.citations)
        assert all(part in quotes for line in reply.answer.text.split("\n") for part in line.split("……"))


def test_citations_are_numbered_and_lead_to_their_place(service: ReportService, ask: Ask) -> None:
    """Numbers count from 1; the address names document, place and paragraph."""
    reply = ask("云岭县存在哪些问题？")
    assert [cited.number for cited in reply.citations] == list(range(1, len(reply.citations) + 1))
    for cited in reply.citations:
        assert cited.url.startswith(f"/documents/{cited.document_id}")
        assert cited.url.endswith(f"#p{cited.paragraph}")
        paragraph = next(one for one in service.document(cited.document_id).paragraphs if one.number == cited.paragraph)
        assert paragraph.start <= cited.start < cited.end <= paragraph.end
        assert cited.section == paragraph.section


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("2015年云岭县调解了多少宗纠纷？", "year"),
        ("二〇一五年調解咗幾多宗糾紛？", "year"),
        ("How many disputes were mediated in 2015?", "year"),
        ("北京市调解了多少宗纠纷？", "place"),
        ("云岭县石桥镇调解了多少宗纠纷？", "place"),
        ("北京市調解咗幾多宗糾紛？", "place"),
        ("How many disputes were mediated in Beijing?", "place"),
        ("火星上住着几只企鹅？", "absent"),
        ("你好！", "smalltalk"),
        ("你觉得云岭县长怎么样？", "opinion"),
        ("明天会下雨吗，天气怎么样？", "prediction"),
        ("给我写一首诗", "order"),
        ("我的低保怎么办理？", "own_case"),
    ],
)
def test_what_the_reports_do_not_say_is_not_answered(ask: Ask, question: str, reason: str) -> None:
    """Nothing is claimed, nothing cited; the person is told why."""
    reply = ask(question)
    assert ("not_found", reason) == (reply.status, reply.reason)
    assert reply.message


@pytest.mark.parametrize("filters", [Filters(year=1990), Filters(place="火星市"), Filters(document_id="nobody")])
def test_a_filter_that_no_report_meets_leaves_nothing(service: ReportService, ask: Ask, filters: Filters) -> None:
    """It is not ignored: no answer, no passage, no hit."""
    reply = ask("办结率是多少？", filters=filters)
    assert (reply.status, reply.reason, reply.related) == ("not_found", "filter", ())
    assert service.search("办结率", filters=filters).hits == ()


def test_a_filter_keeps_to_the_reports_that_meet_it(service: ReportService, ask: Ask) -> None:
    """Year, place and document each narrow the evidence."""
    by_year = {one.year: one.id for one in service.documents()}
    assert value(ask("办结率是多少？", filters=Filters(year=2021))) == "99.2%"
    assert value(ask("办结率是多少？", filters=Filters(place="云岭"))) == "99.2%"
    assert value(ask("办结率是多少？", filters=Filters(document_id=by_year[2021]))) == "99.2%"
    elsewhere = ask("办结率是多少？", filters=Filters(document_id=by_year[2019]))
    assert elsewhere.status == "not_found"
    assert {cited.document_id for cited in elsewhere.related} <= {by_year[2019]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_can_be_chosen(ask: Ask, language: Language) -> None:
    """Words around the answer follow the choice, the report's words do not."""
    refused = ask("2015年调解了多少宗纠纷？", language=language)
    answered = ask("云岭县调解了多少宗纠纷？", language=language)
    assert refused.language == answered.language == language
    assert value(answered) == "1275宗"


def test_confidence_is_a_probability(ask: Ask) -> None:
    """From 0 to 1, higher where there is an answer."""
    sure, unsure = ask("云岭县调解了多少宗纠纷？"), ask("火星上住着几只企鹅？")
    assert 0 <= unsure.confidence < sure.confidence <= 1
    assert sure.took_ms > 0


@pytest.mark.parametrize(
    ("text", "reason"), [("", "empty"), ("\u200b", "empty"), ("😀", "illegible"), ("问" * 501, "too_long")]
)
def test_what_cannot_be_asked_is_refused(service: ReportService, text: str, reason: str) -> None:
    """Asking and searching refuse the same texts."""
    with pytest.raises(InvalidQuestion) as asked:
        service.ask(AskRequest(text))
    with pytest.raises(InvalidQuestion) as searched:
        service.search(text)
    assert reason == asked.value.reason == searched.value.reason


def test_a_conversation_id_has_a_limit(service: ReportService) -> None:
    """128 characters are allowed, one more is not."""
    assert service.ask(AskRequest("办结率是多少？", "x" * 128)).status == "answered"
    with pytest.raises(InvalidRequest):
        service.ask(AskRequest("办结率是多少？", "x" * 129))


def test_search_finds_the_passage_first(service: ReportService) -> None:
    """Hits are paragraphs to the letter, best first, with scores from 0 to 1."""
    hits = service.search("调解纠纷", k=3).hits
    assert "调解纠纷1275宗" in hits[0].text
    assert len(hits) <= 3
    for hit in hits:
        assert hit.text == service.document(hit.document_id).text[hit.start : hit.end]
        assert 0 <= hit.score <= 1
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_an_english_search_finds_what_its_chinese_words_find(service):
    """A search in English also looks for the Chinese words of what was typed, with or without conditions."""
    chinese = service.search("调解纠纷", k=1).hits[0]
    assert service.search("mediation of disputes", k=1).hits[0].url == chinese.url
    found = service.search_where("mediation of disputes", k=1, document=lambda one: True).hits
    assert found[0].url == chinese.url


def test_the_scores_of_a_search_fall_with_its_order(service):
    """However the paragraphs are put in order, none has a higher score than the one before it."""
    scores = [hit.score for hit in service.search("今年办理的公证和法律援助案件", k=10).hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


@pytest.mark.parametrize("k", [0, -1, 101])
def test_search_refuses_an_impossible_number_of_hits(service: ReportService, k: int) -> None:
    """From 1 to 100 hits can be asked for."""
    with pytest.raises(InvalidRequest):
        service.search("办结率", k=k)


def test_a_reply_is_kept_and_comes_back_equal(service: ReportService, ask: Ask) -> None:
    """Answers and refusals can be shown again by their id."""
    for question in ("云岭县调解了多少宗纠纷？", "云岭县存在哪些问题？", "2015年调解了多少宗纠纷？"):
        reply = ask(question)
        assert reply == service.reply(reply.id)


def test_feedback_is_taken_for_known_answers_only(service: ReportService, ask: Ask) -> None:
    """A second thought is as welcome as the first."""
    reply = ask("办结率是多少？")
    service.feedback(Feedback(reply.id, True))
    service.feedback(Feedback(reply.id, False, "不对"))
    with pytest.raises(UnknownAnswer):
        service.feedback(Feedback("nobody", True))


def test_a_citation_is_shown_in_its_surroundings(service: ReportService, ask: Ask) -> None:
    """What stands before and after is the document's own text."""
    reply = ask("云岭县调解了多少宗纠纷？")
    (cited,) = reply.citations
    around = service.surroundings(reply.id, 1)
    text = service.document(cited.document_id).text
    assert around.citation == cited
    assert text[: cited.start].rstrip().endswith(around.before)
    assert text[cited.end :].lstrip().startswith(around.after)
    assert around.before
    assert around.after


def test_unknown_ids_are_told_apart(service: ReportService, ask: Ask) -> None:
    """Documents, answers and citations that are not there have each their own error."""
    reply = ask("云岭县调解了多少宗纠纷？")
    with pytest.raises(UnknownDocument):
        service.document("nobody")
    with pytest.raises(UnknownDocument):
        service.remove("nobody")
    with pytest.raises(UnknownAnswer):
        service.reply("nobody")
    with pytest.raises(UnknownAnswer):
        service.surroundings("nobody", 1)
    with pytest.raises(InvalidRequest):
        service.surroundings(reply.id, 99)


def test_documents_are_listed_the_newest_first(service: ReportService) -> None:
    """With what each report says of itself."""
    listed = service.documents()
    assert [one.published for one in listed] == ["2022-01-18", "2021-01-30", "2020-02-09"]
    assert (listed[0].publisher, listed[0].place, listed[0].year) == ("云岭县人民政府", "云岭县", 2021)
    assert len(listed) == len(REPORTS)


def test_a_service_in_use_is_well(service: ReportService) -> None:
    """It is ready, and finds nothing wrong on disk."""
    assert service.ready()
    assert service.verify() == []


COUNTS = """柳河区2021年法治工作报告

2021年，全区办理案件86件。审查文件草案29件，准予出台24件，不予通过的5件。56个乡镇执法队配备巡查车312辆。新建9个街道便民服务站、47个村级便民服务点。

柳河区人民政府
2022年1月5日
"""


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("有几个执法队配了巡查车？", "56个"),
        ("巡查车配了多少？", "312辆"),
        ("新建了几个便民服务站？", "9个"),
        ("新建了几个便民服务点？", "47个"),
        ("全区办了多少案件？", "86件"),
        ("没通过的草案有几件？", "5件"),
        ("全市办了多少案件？", None),
    ],
)
def test_a_count_goes_with_its_own_noun(tmp_path: Path, question: str, expected: str | None) -> None:
    """What is asked for stands behind its figure or before it; what is said of 全区 is not said of 全市."""
    with open_with(tmp_path, {"柳河区.txt": COUNTS}) as service:
        assert value(service.ask(AskRequest(question))) == expected
