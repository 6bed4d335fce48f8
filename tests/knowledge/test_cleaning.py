"""What is kept of a page, and what is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.knowledge.samples import BODY_LINES, LAYOUTS, page_of
from wenbao import knowledge
from wenbao.knowledge.parse import parse

CONGHUA = Path(knowledge.__file__).parent / "reports" / "conghua-2020.txt"
SENTENCES = st.lists(
    st.text(alphabet="全区完成投资万元增长治理学校2019.5%，、“”《》（）Aa", min_size=8, max_size=60).map(
        lambda s: f"今年{s.strip()}。"
    ),
    min_size=1,
    max_size=12,
)


def _lines(text: str) -> list[str]:
    return parse("report.txt", text.encode()).text.split("\n")


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout[0])
def test_the_page_around_a_report_is_left_off(layout: tuple[str, ...]) -> None:
    """Of a page there remain title, body, signature and date, to the letter."""
    _, above, below, title, publisher, _, _ = layout
    lines = _lines(page_of(above, below))
    assert [title, *BODY_LINES] == lines[: 1 + len(BODY_LINES)]
    assert set(lines[1 + len(BODY_LINES) :]) <= {publisher, "2022年1月18日", "二〇二二年一月十八日"}


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout[0])
def test_a_page_says_who_published_what_when(layout: tuple[str, ...]) -> None:
    """Title, publisher, place, date and year come from the lines around the body and from its end."""
    _, above, below, title, publisher, place, published = layout
    said = parse("report.txt", page_of(above, below).encode()).metadata
    assert (title, publisher, place, published, 2021) == (
        said.title,
        said.publisher,
        said.place,
        said.published,
        said.year,
    )


def test_the_report_in_the_box_is_read_whole() -> None:
    """The Conghua report keeps its 29 body paragraphs and its closing, without the page around them."""
    document = parse(CONGHUA.name, CONGHUA.read_bytes())
    lines = [line.strip() for line in CONGHUA.read_text(encoding="utf-8").splitlines() if line.strip()]
    body = lines[lines.index("从化区2020年法治政府建设工作情况报告") : lines.index("2021年1月12日") + 1]
    assert [body[0], *body[2:]] == document.text.split("\n")
    assert document.metadata.publisher == "广州市从化区人民政府"
    assert (
        document.metadata.place,
        document.metadata.year,
        document.metadata.published,
    ) == ("广州市从化区", 2020, "2021-01-13")


def test_the_body_of_the_report_in_the_box_is_numbered_as_agreed() -> None:
    """The paragraph with 3373 legal consultations is number 17, under its two headings."""
    document = parse(CONGHUA.name, CONGHUA.read_bytes())
    paragraph = next(p for p in document.paragraphs if "提供法律咨询3373次" in document.text[p.start : p.end])
    assert paragraph.number == 17
    assert paragraph.section == ("一、主要工作情况", "(七)依法有效化解社会矛盾纠纷,确保社会大局和谐稳定")


@settings(max_examples=60, deadline=None)
@given(SENTENCES, st.sampled_from([layout[1:3] for layout in LAYOUTS]))
def test_no_character_of_the_body_is_lost(sentences: list[str], around: tuple[str, str]) -> None:
    """Whatever the body says, all of it is kept, in order, on every page."""
    body = ["各位代表：", *sentences, "以上是全年情况，谢谢大家。"]
    kept = "".join(_lines(f"{around[0]}\n" + "\n".join("　　" + line for line in body) + f"\n{around[1]}"))
    assert "".join("".join(body).split()) in "".join(kept.split())


def test_lines_after_the_date_that_are_no_buttons_are_kept() -> None:
    """In doubt text is kept: a contact and an appendix after the signature are the report's."""
    text = (
        "某县2020年工作报告\n全年完成投资3亿元。\n某县人民政府\n2021年1月5日\n"
        "（联系人：王五，电话：020-12345678）\n附件1\n统计表\n"
    )
    assert _lines(text)[-3:] == ["（联系人：王五，电话：020-12345678）", "附件1", "统计表"]


def test_a_document_without_a_title_begins_with_its_body() -> None:
    """No title is invented: the text begins with the greeting, and the file's name stands for the title."""
    document = parse("work-2016.txt", "各位代表：\n现在，我报告工作。\n一、回顾\n去年增长5%。\n".encode())
    assert document.text.split("\n")[0] == "各位代表："
    assert document.paragraphs[0].kind == "text"
    assert document.metadata.title == "work-2016"


def test_subtitle_and_speaker_stay_below_the_title() -> None:
    """The meeting and the speaker are part of the report, not of its title."""
    text = (
        "政府工作报告\n——2018年1月10日在安北市第十届人民代表大会第三次会议上\n安北市市长　张三\n"
        "各位代表：\n现在报告工作。2017年，全市增长7%。\n"
    )
    document = parse("a.txt", text.encode())
    assert document.text.split("\n")[:3] == [
        "政府工作报告",
        "——2018年1月10日在安北市第十届人民代表大会第三次会议上",
        "安北市市长　张三",
    ]
    assert (
        document.metadata.title,
        document.metadata.place,
        document.metadata.year,
        document.metadata.published,
    ) == ("政府工作报告", "安北市", 2017, "2018-01-10")


def test_a_traditional_page_is_read_like_a_simplified_one() -> None:
    """Menus and footers in Traditional characters go, the text stays Traditional."""
    text = (
        "首頁 > 施政報告\n香港特別行政區政府\n2020年施政報告\n主席、各位議員：\n"
        "一、引言\n過去一年，香港經歷了嚴峻的挑戰。\n"
        "返回頁首\n重要告示 | 私隱政策\n修訂日期：2020年11月25日\n"
    )
    document = parse("a.txt", text.encode())
    assert document.text.split("\n") == [
        "2020年施政報告",
        "主席、各位議員：",
        "一、引言",
        "過去一年，香港經歷了嚴峻的挑戰。",
    ]
    assert (document.metadata.publisher, document.metadata.place) == ("香港特別行政區政府", "香港特別行政區")


def test_an_english_report_is_read() -> None:
    """An English page keeps its sentences and loses its buttons."""
    text = (
        "Home > News > Reports\nReport on the Work of the Government 2016\nSource: Xinhua   Published: March 17, 2017\n"
        "Fellow Deputies,\nGDP grew by 6.7 percent to 74.4 trillion yuan. We created 13.14 million jobs.\n"
        "Back to top | Print | Share\n"
    )
    document = parse("a.txt", text.encode())
    assert len(document.paragraphs) == 3
    assert len(document.paragraphs[2].sentences) == 2
    assert (document.metadata.published, document.metadata.year) == ("2017-03-17", 2016)
