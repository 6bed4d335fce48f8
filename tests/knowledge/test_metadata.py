"""Dates, years and places of made-up reports."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from wenbao.knowledge.dates import date_alone, find_years, first_date, number
from wenbao.knowledge.documents import Metadata
from wenbao.knowledge.parse import parse
from wenbao.knowledge.places import find_place
from wenbao.knowledge.years import find_year

REPORTS = tomllib.loads((Path(__file__).parent / "heads.toml").read_text(encoding="utf-8"))["report"]
UNDERSTOOD = ("title", "publisher", "place", "year", "published")
TUNING = Path(__file__).parents[1] / "reports" / "tuning"
BODIES = (
    "住房和城乡建设局", "住房和城鄉建設局", "住房城乡建设局", "住房保障和城乡建设局", "城乡规划局", "规划和城乡管理局",
    "市场监管局", "市场监督管理局", "乡村振兴局", "农业农村局", "农业农村和乡村振兴局", "村镇建设办", "镇村建设办公室",
    "乡镇企业局", "城市管理局", "公园城市建设局", "市容环境卫生局", "县域经济办", "区划地名办",
)  # fmt: skip
TOLD = "2020年，完成投资30亿元，增长5.1%。"


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("发布时间:2021-01-13 11:07", "2021-01-13"),
        ("2021/1/3", "2021-01-03"),
        ("2021.12.31", "2021-12-31"),
        ("2021年1月12日", "2021-01-12"),
        ("２０２１年１月１２日", "2021-01-12"),
        ("二〇二一年一月十二日", "2021-01-12"),
        ("二○二一年十二月三十一日", "2021-12-31"),
        ("中華民國110年3月5日", "2021-03-05"),
        ("January 12, 2021", "2021-01-12"),
        ("12 March 2021", "2021-03-12"),
        ("2021年13月40日", None),
        ("增长2021.5万元", None),
    ],
)
def test_dates_are_read_in_every_common_form(text: str, date: str | None) -> None:
    """A date is found in digits, full-width digits, Chinese numerals, years of the Republic, and English."""
    assert date == first_date(text)


def test_a_line_is_a_date_only_if_it_says_nothing_else() -> None:
    """The date under a signature is told from a sentence with a date."""
    assert date_alone("（2021年1月12日印发）") == "2021-01-12"
    assert date_alone("2021年1月12日召开会议") is None


@pytest.mark.parametrize(
    ("text", "value"), [("二十一", 21), ("十", 10), ("一百零八", 108), ("２０", 20), ("二〇二〇", 2020), ("年", None)]
)
def test_numerals_have_values(text: str, value: int | None) -> None:
    """Whole numbers are read in digits and in Chinese numerals."""
    assert value == number(text)


def test_years_are_found_in_both_scripts_of_numbers() -> None:
    """二〇二〇年 and 2019年 are years, 2500万 is not."""
    assert [year for _, _, year in find_years("二〇二〇年比2019年多2500万元")] == [2020, 2019]


@pytest.mark.parametrize(
    ("title", "body", "signed", "year"),
    [
        ("某县2020年工作情况报告", TOLD, "2021年1月12日", 2020),
        (
            "2021年政府工作报告",
            "一、2020年工作回顾\n" + TOLD + "\n二、2021年工作安排\n2021年，力争投资35亿元，增长6%，新增就业1000人。",
            "2021年2月3日",
            2020,
        ),
        (
            "政府工作报告",
            "过去一年，全县完成投资30亿元。去年增长5.1%。\n今年，计划完成投资40亿元。",
            "2021年2月3日",
            2020,
        ),
        ("某县2021年上半年工作总结", "今年以来，完成投资15亿元。", "2021年7月8日", 2021),
        ("某局2019年度部门决算报告", "2019年收入3亿元，比2018年增长4%。", "2020年9月1日", 2019),
        ("某局2020年工作总结", "今年以来，完成案件30宗，比2019年多5宗。", "2020年12月28日", 2020),
        ("关于2020年预算执行情况和2021年预算草案的报告", TOLD + "\n2021年，安排支出40亿元。", "2021年1月20日", 2020),
        ("某县国民经济和社会发展第十四个五年规划纲要", TOLD, "2021年4月1日", None),
        ("某省环境保护条例", "第一条 为了保护环境，制定本条例。", "2015年1月13日", None),
        ("二〇一九年工作总结", "全年完成投资30亿元。", "二〇二〇年一月八日", 2019),
    ],
)
def test_the_year_is_the_one_that_is_told_of(title: str, body: str, signed: str, year: int | None) -> None:
    """The year reported on is found, not the year of delivery, nor that of the plans."""
    text = f"{title}\n各位代表：\n{body}\n某县人民政府\n{signed}\n"
    assert year == parse("a.txt", text.encode()).metadata.year


@pytest.mark.parametrize(
    ("title", "publisher", "texts", "place"),
    [
        ("从化区2020年报告", None, ["广州市从化区人民政府"], "广州市从化区"),
        ("从化区2020年报告", None, ["今天是,欢迎访问广州市从化区政府网", "在广州市从化区委领导下"], "广州市从化区"),
        ("关于广东省2020年预算的报告", None, [], "广东省"),
        ("内蒙古自治区2020年报告", None, [], "内蒙古自治区"),
        ("凉山彝族自治州2020年统计公报", None, [], "凉山彝族自治州"),
        ("2020年统计公报", "上海市浦东新区人民政府", [], "上海市浦东新区"),
        ("政府工作报告", None, ["——2018年1月10日在南沙区第三届人民代表大会第二次会议上"], "南沙区"),
        ("政府工作报告", "国务院办公厅", [], "中国"),
        ("臺北市2020年施政報告", None, [], "臺北市"),
        ("社区治理工作总结", None, [], None),
        (
            "沐阳镇2019年工作总结",
            None,
            ["您好，欢迎来到青岚县沐阳镇人民政府信息公开平台！", "青岚县沐阳镇人民政府"],
            "青岚县沐阳镇",
        ),
        ("沐阳镇2019年工作总结", None, ["恭喜青岚县沐阳镇获奖", "青岚县沐阳镇人民政府"], "青岚县沐阳镇"),
        ("临港区2022年报告", None, ["澜川市临港区人民政府门户网站"], "澜川市临港区"),
        ("南山区2022年报告", None, ["贫困山区南山区帮扶", "安北市南山区人民政府"], "安北市南山区"),
        ("运城市2022年报告", None, [], "运城市"),
        ("郑州市2022年报告", None, [], "郑州市"),
        ("新乡市2022年报告", None, [], "新乡市"),
        ("青岛市市北区2022年报告", None, [], "青岛市市北区"),
        ("安北市高新区2022年报告", None, [], "安北市"),
        ("市市场监管局2022年报告", None, [], None),
        *((f"银杏川区{body}2022年工作总结", None, [], "银杏川区") for body in BODIES),
        *((f"银杏川市{body}2022年工作总结", None, [], "银杏川市") for body in BODIES),
        *((f"{body}2022年工作总结", None, [], None) for body in BODIES),
        ("2022年工作总结", "云岭市银杏川区住房和城乡建设局", [], "云岭市银杏川区"),
        ("运城市城乡规划局2022年工作总结", None, [], "运城市"),
        ("青岚县古城乡规划建设办公室2022年工作总结", None, [], "青岚县古城乡"),
        ("青岚县望江镇村镇建设办2022年工作总结", None, [], "青岚县望江镇"),
        ("行政区划管理条例", None, [], None),
        ("城市更新情况报告", None, [], None),
    ],
)
def test_a_place_is_named_in_full(title: str, publisher: str | None, texts: list[str], place: str | None) -> None:
    """A place comes from the title, else the publisher or the meeting, in the fullest form that the text has."""
    assert place == find_place(title, publisher, texts)


def test_what_people_say_goes_before_what_the_page_says() -> None:
    """Given metadata is taken over, and the id does not depend on it."""
    content = "某县2020年工作报告\n各位代表：\n2020年增长5%。\n".encode()
    said = Metadata("另一题", "某局", "某省某县", 2018, "2019-01-01", "https://example.org/a")
    document = parse("a.txt", content, said)
    assert said == document.metadata
    assert parse("a.txt", content).id == document.id


@pytest.mark.parametrize(
    ("head", "end", "publisher", "place"),
    [
        (
            "欢迎访问安北市青禾区人民政府网站\n首页 > 公开 > 总结\n青禾区2021年工作总结\n来源：本网 时间：2022-01-20",
            "",
            "安北市青禾区人民政府",
            "安北市青禾区",
        ),
        (
            "首页/公开\n安北市卫生健康局2021年工作总结\n来源: 市卫健局办公室(宣传科)    阅读: 9次",
            "",
            "安北市卫生健康局",
            "安北市",
        ),
        (
            "新湖镇2021年工作总结\n来源：新湖镇人民政府　发布日期：2022-01-20",
            "青禾县新湖镇人民政府\n2022年1月18日",
            "青禾县新湖镇人民政府",
            "青禾县新湖镇",
        ),
        (
            "发布机构：临港区司法局　发布日期：2022-01-20\n临港区人民政府关于2021年法治政府建设情况的报告",
            "临港区人民政府\n2022年1月18日",
            "临港区司法局",
            "临港区",
        ),
        ("2021年工作总结\n来源：局办公室(研究室)　时间：2022-01-20", "", "局办公室(研究室)", None),
        (
            "您現在的位置：首頁 > 公開\n白榆縣環境局2021年工作總結\n發佈日期：2022-01-20",
            "白榆縣環境局",
            "白榆縣環境局",
            "白榆縣",
        ),
    ],
)
def test_a_body_is_named_with_its_place(head: str, end: str, publisher: str, place: str | None) -> None:
    """Of source, signature, title and site the publisher is the one that says where it is, in its full name."""
    text = f"{head}\n　　2021年，完成投资30亿元，增长5.1%，比上年提高2个百分点，各项工作取得新进展。\n{end}\n"
    said = parse("a.txt", text.encode()).metadata
    assert (publisher, place) == (said.publisher, said.place)


@pytest.mark.parametrize(
    ("first", "second"), [("政府工作报", "告"), ("政府工作", "报告"), ("安北市2019年工作总", "结")]
)
def test_a_title_broken_in_its_last_word_is_joined(first: str, second: str) -> None:
    """The two lines of a title are one where only together they end in a word of titles."""
    text = f"{first}\n{second}\n——2019年1月8日在安北市第三届人民代表大会第五次会议上\n各位代表：\n去年增长5%。\n"
    assert first + second == parse("a.txt", text.encode()).metadata.title


@pytest.mark.parametrize("report", REPORTS, ids=[report["name"] for report in REPORTS])
def test_a_report_is_understood_from_its_head_and_its_end(report: dict[str, str | int]) -> None:
    """Title, publisher, place, year and date are right, or unknown, for heads in the shapes that real reports have."""
    said = parse("a.txt", str(report["text"]).encode()).metadata
    assert {field: report.get(field) for field in UNDERSTOOD} == {field: getattr(said, field) for field in UNDERSTOOD}


@pytest.mark.parametrize(
    ("name", "title", "publisher", "place", "year", "published"),
    [
        (
            "baiyu-2019",
            "白榆縣生態環境局2019年工作總結和2020年工作計劃",
            "白榆縣生態環境局",
            "白榆縣",
            2019,
            "2019-12-31",
        ),
        (
            "chengpu-2022",
            "关于澄浦市2022年度市本级预算执行和其他财政收支的审计工作报告",
            "澄浦市审计局",
            "澄浦市",
            2022,
            "2023-08-29",
        ),
        (
            "qihe-2021",
            "栖河县人民政府关于2021年度法治政府建设情况的报告",
            "栖河县人民政府办公室",
            "栖河县",
            2021,
            "2022-02-18",
        ),
        (
            "qingchu-2018",
            "鹤垣县青楮镇人民政府2018年工作总结和2019年工作计划",
            "青楮镇党政办公室",
            "鹤垣县青楮镇",
            2018,
            "2018-12-27",
        ),
        ("qinghe-2023", "2023年青禾区政府工作报告", "青禾区人民政府", "云岭市青禾区", 2022, "2023-01-10"),
        (
            "songyan-2020",
            "沅泽市松雁区2020年度法治政府建设情况报告",
            "松雁区司法局",
            "沅泽市松雁区",
            2020,
            "2021-01-29",
        ),
    ],
)
def test_whole_reports_are_understood(
    name: str, title: str, publisher: str, place: str, year: int, published: str
) -> None:
    """All that is said of the reports for tuning is right."""
    path = TUNING / f"{name}.txt"
    said = parse(path.name, path.read_bytes()).metadata
    assert (title, publisher, place, year, published) == tuple(getattr(said, field) for field in UNDERSTOOD)


@pytest.mark.parametrize(
    ("title", "delivered", "text", "year"),
    [
        ("2023年政府工作报告", "2022-12-20", "2020年完成投资30亿元、新增床位30张。2022年完成投资35亿元。", 2022),
        ("2023年政府工作报告", None, "2020年，完成投资30亿元，增长5%，新增床位30张。过去一年，增长4%。", 2022),
        ("2023年工作计划", "2022-12-30", "2022年，完成投资30亿元。", 2023),
        ("2023年工作计划", "2023-02-01", "2022年，完成投资30亿元，新增床位20张。", 2023),
        ("关于2022年决算和2023年上半年预算执行情况的报告", "2023-08-01", "2023年上半年，收入5亿元。", 2022),
        ("政府工作报告", "2022-01-10", "2017年至2021年，完成投资300亿元。一年来，新增床位200张。", 2021),
        ("某局上半年工作总结", "2022-07-10", "上半年，比2021年上半年增长5%，去年同期为3%。", 2022),
        ("某局下半年工作总结", "2022-01-10", "下半年，办结案件30宗。", 2021),
        ("某县2021—2025年规划", "2021-05-10", "2020年，完成投资3亿元。", None),
        ("某校2021-2022学年度工作总结", "2022-07-01", "本学年，学生300人。", 2021),
        ("某县2019-2020年度工作总结", None, "完成投资3亿元。", 2019),
        ("某县2018-2020年度工作总结", None, "完成投资3亿元。", None),
        ("关于贯彻《发展规划（2021—2025年）》情况的报告", "2023-01-08", "2022年，完成投资3亿元。", 2022),
        ("某县贫困村退出办法", "2019-02-01", "2018年，退出30个村。", None),
        ("", "2023-01-08", "现将我局2022年工作开展情况汇报如下：", 2022),
        ("", None, "第一条 为了保护环境，制定本条例。", None),
    ],
)
def test_a_year_is_told_by_title_date_and_text_together(
    title: str, delivered: str | None, text: str, year: int | None
) -> None:
    """A year outside what the title and the date allow is never taken, however much the text says of it."""
    assert year == find_year(title, delivered, [((), text)])


def test_the_year_in_the_number_of_a_document_stands_in_for_its_date() -> None:
    """去年 in a report numbered 〔2023〕 is 2022."""
    passages = [((), "去年，新建公路120公里。")]
    assert [2022, None] == [find_year("政府工作报告", None, passages, issued) for issued in (2023, None)]
