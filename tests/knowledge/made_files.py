"""Word and PDF files made up after the layouts of real ones, each with the paragraphs that a reader would quote."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from PIL import Image
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Paragraph,
    SimpleDocTemplate,
    Table,
)  # fmt: skip

FONT = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(FONT))

_W = nsdecls("w")


def _saved(file: Any) -> bytes:
    out = BytesIO()
    file.save(out)
    return out.getvalue()


def _level(depth: int, form: str, pattern: str, style: str = "", restart: int | None = None) -> str:
    linked = f'<w:pStyle w:val="{style}"/>' if style else ""
    anew = f'<w:lvlRestart w:val="{restart}"/>' if restart is not None else ""
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{anew}{linked}<w:suff w:val="nothing"/>'
        f'<w:lvlText w:val="{pattern}"/></w:lvl>'
    )


def _add_list(file: Any, number: int, levels: Sequence[str], override: str = "") -> None:
    """A list of its own in numbering.xml, under the number `number`."""
    root = file.part.numbering_part.element
    shared = parse_xml(f'<w:abstractNum {_W} w:abstractNumId="{number}">{"".join(levels)}</w:abstractNum>')
    root.insert(0, shared)
    root.append(parse_xml(f'<w:num {_W} w:numId="{number}"><w:abstractNumId w:val="{number}"/>{override}</w:num>'))


def _numbered(file: Any, text: str, number: int, depth: int, style: str | None = None) -> Any:
    paragraph = file.add_paragraph(text, style=style)
    paragraph._p.get_or_add_pPr().append(
        parse_xml(f'<w:numPr {_W}><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>')
    )
    return paragraph


def numbered_word() -> tuple[bytes, list[str]]:
    """A work report whose numbers are all computed by Word: 一、 (一) 1. by direct lists, and a second list anew."""
    file = docx.Document()
    file.core_properties.title = ""
    _add_list(
        file,
        71,
        [
            _level(0, "chineseCountingThousand", "%1、"),
            _level(1, "chineseCounting", "（%2）"),
            _level(2, "decimal", "%3."),
            _level(3, "decimalEnclosedCircleChinese", "%4"),
        ],
    )
    _add_list(file, 72, [_level(0, "ideographTraditional", "%1、"), _level(1, "decimal", "%1.%2")])
    file.add_paragraph("云溪区2020年工作报告", style="Title")
    file.add_paragraph("2020年，全区经济社会发展取得新成绩。")
    _numbered(file, "经济发展", 71, 0)
    _numbered(file, "工业。规模以上工业增加值增长5.6%。", 71, 1)
    _numbered(file, "农业。粮食产量3.2万吨。", 71, 1)
    _numbered(file, "2020年新建高标准农田1.1万亩。", 71, 2)
    _numbered(file, "改造老旧果园800亩。", 71, 2)
    _numbered(file, "民生保障", 71, 0)
    _numbered(file, "教育。新增学位1,200个。", 71, 1)
    _numbered(file, "联系单位", 72, 0)
    _numbered(file, "区政府办公室负责督办。", 72, 0)
    return _saved(file), [
        "云溪区2020年工作报告",
        "2020年，全区经济社会发展取得新成绩。",
        "一、经济发展",
        "（一）工业。规模以上工业增加值增长5.6%。",
        "（二）农业。粮食产量3.2万吨。",
        "1.2020年新建高标准农田1.1万亩。",
        "2.改造老旧果园800亩。",
        "二、民生保障",
        "（一）教育。新增学位1,200个。",
        "甲、联系单位",
        "乙、区政府办公室负责督办。",
    ]


def styled_word() -> tuple[bytes, list[str]]:
    """Rules whose numbers hang on the heading styles, in a content control, with headers and footers."""
    file = docx.Document()
    _add_list(
        file,
        81,
        [
            _level(0, "japaneseCounting", "第%1章　", "Heading1"),
            _level(1, "chineseCountingThousand", "第%2条　", "Heading2", 0),
        ],
    )
    for style, depth in (("Heading 1", 0), ("Heading 2", 1)):
        file.styles[style].element.get_or_add_pPr().append(
            parse_xml(f'<w:numPr {_W}><w:ilvl w:val="{depth}"/><w:numId w:val="81"/></w:numPr>')
        )
    file.sections[0].header.paragraphs[0].text = "云溪区人民政府文件"
    file.sections[0].footer.paragraphs[0].text = "第1页 共3页"
    file.add_paragraph("云溪区城市绿化管理办法", style="Title")
    file.add_paragraph("总则", style="Heading 1")
    file.add_paragraph("为加强城市绿化管理，制定本办法。", style="Heading 2")
    file.add_paragraph("本办法适用于本区城市规划区。", style="Heading 2")
    file.add_paragraph("保护和管理", style="Heading 1")
    inside = file.add_paragraph("古树名木每年检查不少于2次。", style="Heading 2")
    holder = parse_xml(f"<w:sdt {_W}><w:sdtContent/></w:sdt>")
    inside._p.addprevious(holder)
    holder[0].append(inside._p)
    file.add_paragraph("本办法自2021年1月1日起施行。")
    return _saved(file), [
        "云溪区城市绿化管理办法",
        "第一章　总则",
        "第一条　为加强城市绿化管理，制定本办法。",
        "第二条　本办法适用于本区城市规划区。",
        "第二章　保护和管理",
        "第三条　古树名木每年检查不少于2次。",
        "本办法自2021年1月1日起施行。",
    ]


_NOTES = (
    f'<w:footnotes {_W}><w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:t>---</w:t></w:r></w:p></w:footnote>'
    '<w:footnote w:id="2"><w:p><w:r><w:t>口径含东湖新区。</w:t></w:r></w:p></w:footnote></w:footnotes>'
)
_BOX = (
    f'<w:r {nsdecls("w", "wp", "a")} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><mc:AlternateContent>'
    '<mc:Choice Requires="wps"><w:drawing><wps:txbx><w:txbxContent><w:p><w:r><w:t>专栏：全年办件量居全市第2位。</w:t>'
    "</w:r></w:p></w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent><w:p><w:r>"
    "<w:t>专栏：全年办件量居全市第2位。</w:t></w:r></w:p></w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
)


def marked_word() -> tuple[bytes, list[str]]:
    """A report with tracked changes, hidden words, a footnote, a text box, and a table with merged cells."""
    file = docx.Document()
    file.add_paragraph("东湖区2021年财政决算报告", style="Title")
    first = file.add_paragraph("全年一般公共预算收入完成")
    first._p.append(parse_xml(f'<w:del {_W} w:id="1"><w:r><w:delText>12.8</w:delText></w:r></w:del>'))
    first._p.append(parse_xml(f'<w:ins {_W} w:id="2"><w:r><w:t>13.2</w:t></w:r></w:ins>'))
    first._p.append(parse_xml(f"<w:r {_W}><w:t>亿元</w:t></w:r>"))
    first._p.append(parse_xml(f'<w:r {_W}><w:footnoteReference w:id="2"/></w:r>'))
    first._p.append(parse_xml(f"<w:r {_W}><w:rPr><w:vanish/></w:rPr><w:t>（内部掌握）</w:t></w:r>"))
    first._p.append(parse_xml(f"<w:r {_W}><w:t>，增长4.5%。</w:t></w:r>"))
    _add_notes(file)
    box = file.add_paragraph("政务服务提速增效。")
    box._p.append(parse_xml(_BOX))
    file.add_paragraph("表1 2021年收支情况")
    table = file.add_table(rows=5, cols=4)
    rows = [
        ["科目", "2020年", "2021年", ""],
        ["", "决算数", "预算数", "决算数"],
        ["税收收入", "8.1", "8.4", "8.6"],
        ["", "5.2", "5.5", "5.9"],
        ["非税收入", "2.6", "2.7", "2.7"],
    ]
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    table.cell(0, 0).merge(table.cell(1, 0))
    table.cell(0, 2).merge(table.cell(0, 3))
    table.cell(2, 0).merge(table.cell(3, 0))
    file.add_paragraph("收支相抵，略有结余。")
    return _saved(file), [
        "东湖区2021年财政决算报告",
        "全年一般公共预算收入完成13.2亿元，增长4.5%。",
        "口径含东湖新区。",
        "政务服务提速增效。",
        "专栏：全年办件量居全市第2位。",
        "表1 2021年收支情况",
        "科目\t2020年\t2021年\t2021年",
        "科目\t决算数\t预算数\t决算数",
        "税收收入\t8.1\t8.4\t8.6",
        "税收收入\t5.2\t5.5\t5.9",
        "非税收入\t2.6\t2.7\t2.7",
        "收支相抵，略有结余。",
    ]


def _add_notes(file: Any) -> None:
    from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    part = Part(PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, _NOTES.encode(), file.part.package)
    file.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)


PARAGRAPHS = (
    "2021年，全县上下坚持稳中求进工作总基调，统筹疫情防控和经济社会发展，较好完成了县第十四届人民代表大会第六次会议"
    "确定的各项目标任务。全年实现地区生产总值126.4亿元，同比增长8.1%；固定资产投资增长11.3%，社会消费品零售总额45.2亿元。",
    "新签约项目46个，总投资132亿元；新开工项目38个，竣工投产21个。国家高新技术企业达到57家，规模以上工业企业研发投入"
    "占主营业务收入的比重为2.4%。",
    "全年空气质量优良天数351天，细颗粒物平均浓度为每立方米24微克。完成造林绿化3.6万亩，治理水土流失面积18.5平方公里，"
    "县城生活污水处理率达到95.2%，农村生活垃圾无害化处理率达到100%。",
    "新增城镇就业6,120人，城镇登记失业率控制在2.8%以内。新建中小学校5所，新增学位4,800个；新增养老床位620张，"
    "改造农村危房215户，发放各类救助资金1.36亿元。",
)
HEADINGS = ("一、经济运行稳中向好", "二、发展动能持续增强", "三、生态环境明显改善", "四、民生福祉不断增进")


def _style(**more: Any) -> ParagraphStyle:
    values = {"fontName": FONT, "fontSize": 12, "leading": 22, "wordWrap": "CJK"} | more
    return ParagraphStyle("made", **values)


def government_pdf() -> tuple[bytes, list[str]]:
    """A report over several pages with running head, page numbers, indented paragraphs, and a ruled table over two."""
    indent, centred = _style(firstLineIndent=24, alignment=4), _style(fontSize=18, leading=28, alignment=1)
    story: list[Any] = [Paragraph("白鹭县2021年政府工作报告", centred)]
    expected = ["白鹭县2021年政府工作报告"]
    for heading, text in zip(HEADINGS, PARAGRAPHS, strict=True):
        story += [Paragraph(heading, indent), *(Paragraph(text, indent) for _ in range(3))]
        expected += [heading, text, text, text]
    rows = [["指标", "2020年", "", "2021年", ""], ["", "总量", "增长", "总量", "增长"]]
    rows += [[f"第{n}项指标", f"{n}.{n}", f"{n}%", f"{n * 2}.5", f"{n + 1}%"] for n in range(1, 33)]
    table = Table(rows, colWidths=[110, 80, 80, 80, 80], repeatRows=2)
    merged = [("SPAN", (0, 0), (0, 1)), ("SPAN", (1, 0), (2, 0)), ("SPAN", (3, 0), (4, 0))]
    table.setStyle([("FONTNAME", (0, 0), (-1, -1), FONT), ("GRID", (0, 0), (-1, -1), 0.5, colors.black), *merged])
    story += [
        Paragraph("表1 主要指标完成情况", _style(alignment=1)),
        table,
        Paragraph("各位代表，让我们共同努力。", indent),
    ]
    expected += ["表1 主要指标完成情况", "指标\t2020年\t2020年\t2021年\t2021年", "指标\t总量\t增长\t总量\t增长"]
    expected += ["\t".join(row) for row in rows[2:]] + ["各位代表，让我们共同努力。"]
    out = BytesIO()
    made = SimpleDocTemplate(out, pagesize=A4, topMargin=72, bottomMargin=72, leftMargin=80, rightMargin=80)
    made.build(story, onFirstPage=_edges, onLaterPages=_edges)
    return out.getvalue(), expected


def _edges(canvas: Canvas, made: Any) -> None:
    canvas.setFont(FONT, 9)
    canvas.drawString(80, A4[1] - 45, "白鹭县人民政府公报")
    canvas.drawRightString(A4[0] - 80, A4[1] - 45, "2022年第1期")
    canvas.drawCentredString(A4[0] / 2, 40, f"- {canvas.getPageNumber()} -")


ENGLISH = (
    "In 2021 the municipal government completed the reconstruction of twenty-seven residential compounds and opened"
    " fourteen well-equipped community clinics. The administration received 12,465 applications and settled"
    " 98.6 percent of them within the statutory period.",
    "Environmental protection was strengthened considerably. Wastewater treatment capacity increased by 150,000 cubic"
    " metres a day, and the proportion of days with good air quality reached 96.4 percent, an improvement over the"
    " preceding year.",
    "Infrastructure investment amounted to 8.8 billion yuan. Construction of the northern expressway continued, and"
    " communication networks now cover every administrative village in the prefecture.",
    "Unemployment remained low. The government organised vocational training for 21,300 people and helped 12,800"
    " residents to find employment.",
)


def two_column_pdf() -> tuple[bytes, list[str]]:
    """An English bulletin in two columns with words hyphenated at the ends of lines, below a title across both."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4)
    expected = ["Annual Bulletin of Qingshi 2021"]
    canvas.setFont("Helvetica-Bold", 18)
    canvas.drawCentredString(A4[0] / 2, 770, expected[0])
    lines: list[str] = []
    for text in ENGLISH * 2:
        lines += ["  " + line if n == 0 else line for n, line in enumerate(_hyphenated(text))]
        expected.append(text)
    half = (len(lines) + 1) // 2
    for column, part in enumerate((lines[:half], lines[half:])):
        canvas.setFont("Helvetica", 10)
        for n, line in enumerate(part):
            words, indent = line.strip(), 14 if line.startswith("  ") else 0
            canvas.drawString(60 + column * 250 + indent, 730 - n * 14, words)
    canvas.setFont("Helvetica", 9)
    canvas.drawCentredString(A4[0] / 2, 40, "Page 1 of 1")
    canvas.save()
    return out.getvalue(), expected


def _hyphenated(text: str) -> list[str]:
    """Lines as wide as a column, the first indented; a long word that does not fit is parted with a hyphen."""
    lines = [""]
    for word in text.split():
        if _fits(lines, word):
            lines[-1] = f"{lines[-1]} {word}".strip()
            continue
        parts = [n for n in range(3, len(word) - 3) if word.isalpha() and _fits(lines, f"{word[:n]}-")]
        if parts:
            lines[-1] = f"{lines[-1]} {word[: parts[-1]]}-".strip()
        lines.append(word[parts[-1] :] if parts else word)
    return lines


def _fits(lines: Sequence[str], word: str) -> bool:
    return pdfmetrics.stringWidth(f"{lines[-1]} {word}".strip(), "Helvetica", 10) <= 216 - 14 * (len(lines) == 1)


def statistics_pdf() -> tuple[bytes, list[str]]:
    """A page on its side with a table that has only rules across, and a watermark over it."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=landscape(A4))
    expected = ["东湖区2020年主要统计指标", "各项指标如下表所示，数据为快报数。", "表2 人口和就业"]
    canvas.setFont(FONT, 16)
    canvas.drawCentredString(420, 540, expected[0])
    canvas.setFont(FONT, 12)
    canvas.drawString(104, 500, expected[1])
    canvas.drawCentredString(420, 470, expected[2])
    rows = [["指标", "2019年", "2020年"], ["常住人口（万人）", "96.2", "98.7"], ["城镇登记失业率", "2.6%", "2.9%"]]
    rows.append(["新增就业（人）", "5,980", "6,120"])
    for n, row in enumerate(rows):
        for x, text in zip((110, 400, 600), row, strict=True):
            canvas.drawString(x, 440 - n * 22, text)
    for y in (458, 434, 366):
        canvas.line(100, y, 740, y)
    expected += ["\t".join(row) for row in rows]
    canvas.saveState()
    canvas.translate(420, 300)
    canvas.rotate(30)
    canvas.setFillGray(0.9)
    canvas.setFont(FONT, 60)
    canvas.drawCentredString(0, 0, "内部资料")
    canvas.restoreState()
    canvas.drawString(80, 320, "　　资料来源：东湖区统计局。")
    expected.append("资料来源：东湖区统计局。")
    canvas.save()
    return out.getvalue(), expected


def partly_scanned_pdf() -> bytes:
    """A report whose pages 2, 3 and 5 are pictures, and whose page 4 is empty."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.setFont(FONT, 12)
    for n, line in enumerate(
        ("青石县2021年工作报告", "一、农业", "2021年，全县粮食产量12.6万吨。", "改造老旧果园800亩。")
    ):
        canvas.drawString(80, 760 - n * 22, line)
    canvas.showPage()
    for picture in (True, True, False, True):
        if picture:
            canvas.drawInlineImage(Image.new("L", (40, 60), 200), 0, 0, *A4)
        canvas.showPage()
    canvas.save()
    return out.getvalue()
