"""Round trips: what a reader of an original would quote is in what the readers give, and nothing of the page around."""

from __future__ import annotations

import zipfile
from base64 import encodebytes
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from tests.knowledge import made_files, page_parts
from wenbao.config.errors import InvalidDocument
from wenbao.knowledge.documents import Document, cells
from wenbao.knowledge.library import Library, range_problems
from wenbao.knowledge.parse import parse
from wenbao.knowledge.previewing import pages_unread
from wenbao.knowledge.readers.pager import join_pages

FIXTURES = Path(__file__).parent / "fixtures"
PAGES = sorted(path.stem for path in FIXTURES.glob("*.txt") if path.with_suffix(".html").exists())
MADE: dict[str, Callable[[], tuple[bytes, list[str]]]] = {
    "numbered.docx": made_files.numbered_word,
    "styled.docx": made_files.styled_word,
    "marked.docx": made_files.marked_word,
    "government.pdf": made_files.government_pdf,
    "two-columns.pdf": made_files.two_column_pdf,
    "statistics.pdf": made_files.statistics_pdf,
}
ENCODINGS = ["declared", "undeclared", "misdeclared", "gbk named gb2312", "utf-8 with mark", "utf-16"]
LEAST_INTACT = 0.98


def _markup(name: str) -> str:
    return (FIXTURES / f"{name}.html").read_text(encoding="utf-8")


def _expected(name: str) -> list[str]:
    return (FIXTURES / f"{name}.txt").read_text(encoding="utf-8").rstrip("\n").split("\n")


def _all_formats() -> Iterator[tuple[str, bytes, list[str]]]:
    for name in PAGES:
        yield f"{name}.html", _markup(name).encode(), _expected(name)
    yield "paged.html", join_pages([_markup(f"paged-{n}") for n in (1, 2, 3)]).encode(), _expected("paged")
    for name, made in MADE.items():
        content, expected = made()
        yield name, content, expected
    text = "\n".join(_expected("zoom"))
    yield "plain.txt", text.encode("gb18030"), _expected("zoom")
    marked = _expected("hongkong")
    yield "marked.md", "\n\n".join(["# " + marked[0], *marked[1:]]).encode("big5hkscs"), marked


@pytest.mark.parametrize(("name", "content", "expected"), list(_all_formats()), ids=lambda value: str(value)[:20])
def test_the_body_is_whole_and_nothing_else_is_quoted(name: str, content: bytes, expected: list[str]) -> None:
    """Of each original at least 98 of 100 paragraphs stand in the text to the letter, and no line of the page does."""
    document = parse(name, content)
    found = document.text.split("\n")
    intact = sum(line in found for line in expected)
    around = [line for line in found if line not in expected]
    print(
        f"{name}: {intact}/{len(expected)} = {intact / len(expected):.1%} of the paragraphs, {len(around)} lines around"
    )
    assert intact >= LEAST_INTACT * len(expected)
    assert around == []
    assert range_problems(document) == []


@pytest.mark.parametrize("above", page_parts.ABOVE)
@pytest.mark.parametrize("below", page_parts.BELOW)
def test_parts_of_pages_put_together_in_any_way_are_told_apart(above: str, below: str) -> None:
    """Any head with any foot around any way of writing the body: the body is whole, nothing else is quoted."""
    expected = [page_parts.TITLE, *page_parts.BODY]
    found = {name: parse("a.html", page.encode()).text.split("\n") for name, page in page_parts.pages(above, below)}
    intact = sum(line in lines for lines in found.values() for line in expected)
    print(f"{above} / {below}: {len(found)} pages, {intact / (len(found) * len(expected)):.1%} of the paragraphs")
    assert {name: lines for name, lines in found.items() if lines != expected} == {}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_reads_the_same_in_any_encoding(name: str, encoding: str) -> None:
    """What a page says of its encoding may be right, wrong or missing."""
    page = _markup(name).replace('<meta charset="utf-8">', "")
    assert parse("a.html", _encoded(page, encoding)).text == "\n".join(_expected(name))


def _encoded(page: str, encoding: str) -> bytes:
    match encoding:
        case "declared":
            return page.replace("<head>", '<head><meta charset="gb18030">').encode("gb18030")
        case "undeclared":
            return page.encode("gb18030")
        case "misdeclared":
            return page.replace("<head>", '<head><meta charset="gb2312">').encode()
        case "gbk named gb2312":
            return page.replace("<head>", '<head><meta charset="gb2312">').encode("gb18030")
        case "utf-8 with mark":
            return page.encode("utf-8-sig")
        case _:
            return page.encode("utf-16")


def test_a_traditional_page_is_read_in_big5() -> None:
    """A page from Hong Kong in Big5, declared or not, reads as in UTF-8."""
    page = _markup("hongkong")
    declared = page.replace("<head>", '<head><meta http-equiv="Content-Type" content="text/html; charset=big5">')
    for one in (page, declared):
        content = one.encode("big5hkscs", errors="xmlcharrefreplace")
        assert parse("a.html", content).text == "\n".join(_expected("hongkong"))


@pytest.mark.parametrize(
    ("name", "publisher", "published", "year"),
    [
        ("trs", "青石市云溪区司法局", "2022-01-19", 2021),
        ("bulletin", "青石市统计局", "2021-03-30", 2020),
        ("zoom", "白鹭县人民政府办公室", "2020-01-20", 2019),
        ("vsb", "青石市水务局", "2023-01-06", 2022),
        ("tables2006", "白鹭县统计局", "2007-03-12", 2006),
        ("ucap", "青石市人民政府", "2021-02-03", 2020),
        ("divs", "松口镇人民政府", "2020-12-30", 2020),
        ("english", "Qingshi Municipal People's Government", "2022-02-03", 2021),
    ],
)
def test_the_tables_and_lines_of_facts_are_heard(name: str, publisher: str, published: str, year: int) -> None:
    """The table of facts (索引号, 发布机构), the line of the source and the page's title feed the metadata."""
    said = parse("a.html", _markup(name).encode()).metadata
    assert (publisher, published, year) == (said.publisher, said.published, said.year)


def test_a_page_that_only_frames_others_says_which() -> None:
    """Of a frameset the message names the pages in the frames."""
    with pytest.raises(InvalidDocument, match=r"top\.html, /gongbao/2008/3\.html"):
        parse("frameset.html", _markup("frameset").encode())


def _row(document: Document, words: str) -> tuple[tuple[str, ...], dict[str, str]]:
    """The path of a row, and its cells by the names of their columns."""
    found = next(p for p in document.paragraphs if words in document.text[p.start : p.end] and p.kind == "row")
    text = document.text[found.start : found.end]
    return found.section, {cell.column: text[cell.start : cell.end] for cell in cells(found, text)}


def test_a_figure_in_a_table_stands_under_its_own_year() -> None:
    """Merged heads name all columns below them, and caption and unit stand over every row."""
    path, row = _row(parse("a.html", _markup("bulletin").encode()), "第二产业")
    assert path[:3] == ("一、综合", "表1 2019—2020年地区生产总值", "单位：亿元")
    assert {
        "指标": "第二产业",
        "2019年 总量": "188.7",
        "2019年 增长（%）": "6.1",
        "2020年 总量": "190.3",
        "2020年 增长（%）": "2.2",
    } == row


def test_a_merged_cell_stands_with_each_of_its_rows() -> None:
    """The rate and the name that several rows share are said in each of them."""
    document = parse("a.html", _markup("bulletin").encode())
    assert {"地区": "东湖区", "类别": "乡村", "常住人口（万人）": "21.7", "城镇化率": "58.8%"} == _row(
        document, "21.7"
    )[1]


@pytest.mark.parametrize(
    ("made", "words", "column", "figure"),
    [
        (made_files.marked_word, "5.9", "2021年 决算数", "5.9"),
        (made_files.government_pdf, "第32项指标", "2021年 总量", "64.5"),
        (made_files.statistics_pdf, "新增就业", "2020年", "6,120"),
    ],
)
def test_tables_of_files_know_their_columns(
    made: Callable[[], tuple[bytes, list[str]]], words: str, column: str, figure: str
) -> None:
    """In Word and PDF too a cell knows its column: merged heads, a table over two pages, a table without rules down."""
    name = next(name for name, other in MADE.items() if other is made)
    assert figure == _row(parse(name, made()[0]), words)[1][column]


def test_a_quote_from_a_pdf_knows_its_page(tmp_path: Path) -> None:
    """A paragraph has the page it begins on, and after the end of that page the next, also when read back."""
    content, _ = made_files.government_pdf()
    library = Library(tmp_path / "library.sqlite3")
    parsed = parse("government.pdf", content)
    library.add(parsed, "government.pdf", content)
    document = library.document(parsed.id)
    assert parsed == document
    parted = [paragraph for paragraph in document.paragraphs if paragraph.page_breaks]
    assert len(parted) == 1
    assert (1, 2) == (parted[0].page_at(parted[0].start), parted[0].page_at(parted[0].end - 1))
    assert (1, 3) == (document.paragraphs[0].page, document.paragraphs[-1].page)


def test_a_file_without_pages_has_none() -> None:
    """Web pages, Word files and plain text name no page."""
    assert all(paragraph.page_at(0) is None for paragraph in parse("a.docx", made_files.marked_word()[0]).paragraphs)


def test_a_locked_pdf_is_refused_by_name(tmp_path: Path) -> None:
    """A PDF with a password is told apart from a broken one."""
    path = tmp_path / "locked.pdf"
    canvas = Canvas(str(path), encrypt="secret")
    canvas.drawString(100, 700, "Report of the year 2020.")
    canvas.save()
    with pytest.raises(InvalidDocument, match=r"locked\.pdf is locked with a password"):
        parse("locked.pdf", path.read_bytes())


def test_a_pdf_cut_off_is_refused_by_name() -> None:
    """Half of a PDF is broken, not empty."""
    content, _ = made_files.statistics_pdf()
    with pytest.raises(InvalidDocument, match=r"half\.pdf is broken"):
        parse("half.pdf", content[: len(content) // 5])


@pytest.mark.parametrize("name", ["a.txt", "a.doc", "a.docx", "a.pdf", "a.jsp", "a", "a.md"])
def test_a_page_is_read_as_one_whatever_it_is_called(name: str) -> None:
    """Systems hand out web pages as .doc, and people save them as text: no markup is ever quoted."""
    page = _markup("trs").replace('<meta charset="utf-8">', '<meta charset="gb2312">')
    for content in (page.encode("gb18030"), page.encode("utf-16"), ("<!-- saved -->\n" + page).encode("gb18030")):
        assert "\n".join(_expected("trs")) == parse(name, content).text


def test_word_and_pdf_files_are_read_whatever_they_are_called() -> None:
    """A Word file named .pdf, a PDF named .txt, and both without an ending."""
    word, pdf = made_files.numbered_word(), made_files.statistics_pdf()
    for (content, expected), names in ((word, ("a.pdf", "a.zip", "a")), (pdf, ("a.txt", "a.docx", "a"))):
        assert {"\n".join(expected)} == {parse(name, content).text for name in names}


@pytest.mark.parametrize("name", ["a.mhtml", "a.mht", "a.html"])
def test_a_page_that_a_browser_saved_as_one_file_is_read_with_its_address(name: str) -> None:
    """Of an archive (.mhtml) the page is read; where it was saved from becomes its source."""
    page = _markup("trs").encode("gb18030").replace(b'charset="utf-8"', b'charset="gb2312"')
    head = (
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://www.example.gov.cn/2022/1.html\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="--B"\r\n\r\n\r\n'
        "----B\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    )
    picture = (
        "\r\n----B\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n----B--\r\n"
    )
    document = parse(name, head.encode() + encodebytes(page) + picture.encode())
    assert "\n".join(_expected("trs")) == document.text
    assert "https://www.example.gov.cn/2022/1.html" == document.metadata.source_url


def test_a_saved_page_says_where_it_was_saved_from() -> None:
    """Browsers write the address at its head; a file of this computer is no source."""
    for address, source in (
        ("https://www.example.gov.cn/1.html", "https://www.example.gov.cn/1.html"),
        ("file:///a", None),
    ):
        page = _markup("trs").replace("<head>", f"<!-- saved from url=({len(address):04}){address} -->\n<head>")
        assert source == parse("a.html", page.encode()).metadata.source_url


@pytest.mark.parametrize(
    ("inside", "what"),
    [("a.txt", "Unpack it"), ("xl/workbook.xml", "Excel"), ("ppt/presentation.xml", "PDF"), ("content.xml", "docx")],
)
def test_an_archive_that_is_no_word_file_says_what_to_do(inside: str, what: str) -> None:
    """A ZIP file that was renamed to .docx, a workbook, slides."""
    with BytesIO() as file:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr(inside, "text")
        content = file.getvalue()
    for name in ("renamed.docx", "renamed.zip"):
        with pytest.raises(InvalidDocument, match=rf"renamed\.\w+ is .*{what}"):
            parse(name, content)


def test_a_pdf_that_is_partly_scanned_names_the_pages_that_are_not_read() -> None:
    """What can be read is taken in; pages that are pictures without text are told of, empty ones are not."""
    content = made_files.partly_scanned_pdf()
    assert (2, 3, 5) == pages_unread("a.pdf", content)
    assert "2021年，全县粮食产量12.6万吨。" in parse("a.pdf", content).text
    assert () == pages_unread("a.pdf", made_files.government_pdf()[0])
    assert () == pages_unread("a.txt", "2021年，全县粮食产量12.6万吨。".encode())


def test_an_old_or_locked_word_file_is_refused_by_name() -> None:
    """What is no .docx inside says how to save it."""
    with pytest.raises(InvalidDocument, match=r"old\.docx is locked with a password or an old \.doc file"):
        parse("old.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    with pytest.raises(InvalidDocument, match=r"Save it as \.docx"):
        parse("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    with pytest.raises(InvalidDocument, match=r"rich text file .*save it as \.docx"):
        parse("rich.doc", rb"{\rtf1\ansi 2021}")
