"""Files of every kind to their lines."""

from __future__ import annotations

from io import BytesIO

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wenbao.config.errors import InvalidDocument
from wenbao.knowledge.parse import parse
from wenbao.knowledge.readers import read

SIMPLIFIED = "某县2020年工作报告\n各位代表：\n一、回顾\n2020年，全县完成投资30亿元，增长5.1%，新增学位600个。\n"
TRADITIONAL = "臺北市2020年施政報告\n各位議員：\n一、回顧\n過去一年，本市完成投資30億元，增長5.1%，新增學位600個。\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "big5"])
@pytest.mark.parametrize("text", [SIMPLIFIED, TRADITIONAL], ids=["simplified", "traditional"])
def test_any_chinese_encoding_is_read(text: str, encoding: str) -> None:
    """A report has the same id in whichever encoding it comes."""
    try:
        content = text.encode(encoding)
    except UnicodeEncodeError:
        pytest.skip(f"{encoding} has no Simplified characters")
    assert parse("a.txt", text.encode()).id == parse("a.txt", content).id


def test_one_broken_byte_does_not_cost_the_report() -> None:
    """A file cut off in mid-character is read as far as it goes."""
    assert "2020年，全县完成投资30亿元" in parse("a.txt", (SIMPLIFIED * 20).encode() + b"\xe5\x8d").text


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("空.txt", b""),
        ("空.txt", b" \n\r\n"),
        ("表.xlsx", b"PK\x03\x04"),
        ("无", "某县报告。".encode()),
        ("图.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20),
        ("图.txt", b"%PDF-1.7\n" + bytes(range(128, 256)) * 20),
        ("坏.docx", b"PK\x03\x04 no archive"),
        ("坏.pdf", b"%PDF-1.4 broken"),
        ("坏.html", bytes(range(256)) * 8),
        ("空.html", b"<html><body><script>x()</script></body></html>"),
        ("空.md", b"---\n"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(name: str, content: bytes) -> None:
    """Empty, broken, binary and unknown files are refused with a message that names them."""
    with pytest.raises(InvalidDocument, match=name):
        parse(name, content)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["a.txt", "a.html", "a.md", "a.docx", "a.pdf"]), st.binary(max_size=400))
def test_no_bytes_break_a_reader(name: str, content: bytes) -> None:
    """Whatever a file holds, it is read or refused."""
    try:
        parse(name, content)
    except InvalidDocument as problem:
        assert name in str(problem)


def test_points_of_a_markdown_list_have_no_bullets() -> None:
    """As on a web page; numbers are words of the report and stay, a rule across the page is no point."""
    points = "- 新增学位600个。\n  * **改造**危房20户。\n1. 修路3公里。\n"
    text = f"# 某县2020年工作报告\n\n全年工作如下：\n\n{points}\n- - -\n\n完。\n"
    expected = ["某县2020年工作报告", "全年工作如下：", "新增学位600个。", "改造危房20户。", "1. 修路3公里。", "完。"]
    assert expected == parse("a.md", text.encode()).text.split("\n")


PAGE = """<!DOCTYPE html><html><head><meta charset="gb2312"><title>某县2020年工作报告_某县人民政府门户网站</title>
<meta name="PubDate" content="2021-01-13 11:07"><meta name="ContentSource" content="某县人民政府办公室">
<style>p{color:red}</style></head><body><form>
<div class="nav"><ul><li><a href="/">首页</a></li><li><a href="/a">政务公开</a></li></ul></div>
<div>您的位置：<a>首页</a> &gt; <a>公开</a></div>
<h1>某县2020年<br>工作报告</h1>
<p>　　2020年，全县完成
投资<b>30</b>亿元。<script>count()</script></p>
<p><strong>一、经济</strong><br/>&nbsp;&nbsp;增长5.1%。</p>
<table><tr><td><p>指标</p></td><td><p>完成</p></td></tr><tr><td>产值</td><td>30亿元</td></tr></table>
<table><tr><td><h3>二、民生</h3><p>新增学位600个。</p></td><td></td></tr></table>
<div><a href="/b">2020年财政决算公开</a></div><footer>版权所有</footer></form></body></html>"""


def test_a_web_page_becomes_its_paragraphs() -> None:
    """Blocks and <br> part lines, tables of figures stay rows, menus, scripts and links are gone; <meta> is heard."""
    document = parse("a.html", PAGE.encode("gb18030"))
    assert document.text.split("\n") == [
        "某县2020年工作报告",
        "2020年，全县完成投资30亿元。",
        "一、经济",
        "增长5.1%。",
        "指标\t完成",
        "产值\t30亿元",
        "二、民生",
        "新增学位600个。",
    ]
    assert (
        document.metadata.published,
        document.metadata.publisher,
        document.metadata.place,
    ) == ("2021-01-13", "某县人民政府办公室", "某县")


def test_a_page_nested_very_deep_is_read() -> None:
    """Depth does not matter."""
    page = "<div>" * 3000 + "<p>某县报告。全年增长5%。</p>" + "</div>" * 3000
    assert "某县报告。全年增长5%。" in parse("a.html", page.encode()).text


def test_a_page_that_lies_about_its_encoding_is_read() -> None:
    """The bytes decide where the <meta> is wrong."""
    page = '<html><head><meta charset="gb2312"></head><body><p>' + SIMPLIFIED + "</p></body></html>"
    assert "全县完成投资30亿元" in parse("a.html", page.encode()).text


def test_markdown_keeps_numbers_and_levels() -> None:
    """Marks of Markdown go, numbers stay, and # gives levels."""
    text = (
        "# 某县2020年工作报告\n\n## 回顾\n\n1. 投资**30**亿元。\n2. 增长5%。\n\n### 民生\n\n"
        "　　新增[学位](http://a)600个。\n\n## 打算\n\n|指标|值|\n|-|-|\n|投资|35亿元|\n"
    )
    document = parse("a.md", text.encode())
    assert document.text.split("\n") == [
        "某县2020年工作报告",
        "回顾",
        "1. 投资30亿元。",
        "2. 增长5%。",
        "民生",
        "新增学位600个。",
        "打算",
        "指标\t值",
        "投资\t35亿元",
    ]
    own = [(s.level, s.heading) for s in document.sections if not s.heading[0].isdigit()]
    assert own == [(1, "回顾"), (2, "民生"), (1, "打算")]


def test_a_word_file_becomes_paragraphs_and_rows() -> None:
    """Styles give title and levels; table rows are lines."""
    made = docx.Document()
    made.add_paragraph("某县2020年工作报告", style="Title")
    made.add_paragraph("回顾", style="Heading 1")
    made.add_paragraph("全县完成投资30亿元。")
    table = made.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "产值", "30亿元"
    made.add_paragraph("全年平稳。")
    file = BytesIO()
    made.save(file)
    document = parse("a.docx", file.getvalue())
    assert document.text.split("\n") == [
        "某县2020年工作报告",
        "回顾",
        "全县完成投资30亿元。",
        "产值\t30亿元",
        "全年平稳。",
    ]
    assert (
        document.metadata.title,
        [(s.level, s.heading) for s in document.sections],
    ) == ("某县2020年工作报告", [(1, "回顾")])


def test_a_pdf_becomes_paragraphs_without_page_numbers() -> None:
    """Lines that the page parted are joined, page numbers are dropped."""
    first = [
        "Annual Report 2020",
        "In the year 2020 the county finished many projects and",
        "spent 30 million yuan. It was a good year.",
        "- 1 -",
    ]
    second = ["The plans for next year are large.", "- 2 -"]
    lines = [line.text for line in read("a.pdf", _pdf(first, second)).lines]
    assert "In the year 2020 the county finished many projects and spent 30 million yuan. It was a good year." in lines
    assert not [line for line in lines if "- 1" in line or "- 2" in line]


def test_a_scanned_pdf_is_refused() -> None:
    """A PDF without text asks for text recognition."""
    with pytest.raises(InvalidDocument, match="OCR"):
        parse("scan.pdf", _pdf([]))


def _pdf(*pages: list[str]) -> bytes:
    """The smallest PDF with these lines of Latin text."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for lines in pages:
        shown = " ".join(f"({line}) Tj 0 -20 Td" for line in lines)
        stream = f"BT /F1 12 Tf 50 700 Td {shown} ET"
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {len(objects)} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    tail = (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\n"
    )
    return out + f"{tail}startxref\n{len(out)}\n%%EOF\n".encode()
