"""Word files: paragraphs with their styles and computed numbers, tables row by row, footnotes, text boxes.

What is deleted, hidden, or in headers and footers is left out; what is inserted under track changes is in.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any

import docx
from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from lxml import etree

from wenbao.config.errors import InvalidDocument
from wenbao.knowledge.readers.lines import BLANK, Line, Reading, collapsed
from wenbao.knowledge.readers.numbering import Numbering, read_numbering
from wenbao.knowledge.readers.tables import TableCell, table_lines

_LARGEST = 300 * 1024 * 1024
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_LEFT_OUT = frozenset(
    {f"{_W}{name}" for name in ("del", "moveFrom", "pPr", "rPr", "rt", "delText", "instrText", "sdtPr", "txbxContent")}
    | {f"{_MC}Fallback"}
)
_SIGNS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_HOLDERS = frozenset({f"{_W}{name}" for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag")})
_OLE = b"\xd0\xcf\x11\xe0"
_LONGEST_CELL = 1_000
_MOST_STYLES = 20
_OFF = ("0", "false", "off", "none")


def read_word(name: str, content: bytes) -> Reading:
    """The paragraphs and table rows of a Word file, in order. Raises InvalidDocument where it is none."""
    if content.startswith(_OLE):
        raise InvalidDocument(f"{name} is locked with a password or an old .doc file. Save it as .docx without one.")
    try:
        _check_size(name, content)
        document = docx.Document(BytesIO(content))
        lines = tuple(_File(document).lines())
        title = (document.core_properties.title or "").strip(BLANK)
    except InvalidDocument:
        raise
    except Exception as problem:  # python-docx passes on whatever zipfile, lxml and its own parts raise
        raise InvalidDocument(f"{name} is broken or not a Word file (.docx). Save it anew in Word.") from problem
    return Reading(lines, (title,) if title else ())


def _check_size(name: str, content: bytes) -> None:
    """A small archive may hold gigabytes."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > _LARGEST:
        raise InvalidDocument(f"{name} is too large once unpacked.")


@dataclass(frozen=True, slots=True)
class _Style:
    """What a style says of its paragraphs: level as a heading (0 for the title), list and depth in it."""

    level: int | None = None
    number: str | None = None
    depth: int | None = None


@dataclass(slots=True)
class _File:
    """A Word file while it is read; `begun` is a paragraph whose end was deleted, so that it goes on in the next."""

    document: WordDocument
    numbering: Numbering = field(init=False)
    styles: dict[str, _Style] = field(init=False)
    notes: dict[tuple[str, str], Any] = field(init=False)
    begun: str = ""

    def __post_init__(self) -> None:
        root = _part(self.document, RELATIONSHIP_TYPE.NUMBERING)
        self.numbering = read_numbering(root)
        self.styles = _styles(self.document, self.numbering)
        self.notes = _notes(self.document)

    def lines(self) -> Iterator[Line]:
        yield from self._blocks(self.document.element.body)
        if self.begun.strip(BLANK):
            yield Line(self.begun)

    def _blocks(self, parent: Any) -> Iterator[Line]:
        for node in parent:
            if node.tag == f"{_W}p":
                yield from self._paragraph(node)
            elif node.tag == f"{_W}tbl":
                yield from self._table(node)
            elif node.tag in _HOLDERS:
                yield from self._blocks(node)

    def _paragraph(self, node: Any) -> Iterator[Line]:
        style = self._style(node)
        text = _text(node)
        if text.strip(BLANK) and style.number is not None:
            text = self.numbering.label(style.number, style.depth or 0) + text.lstrip(BLANK)
        if _mark_deleted(node):
            self.begun += text
        else:
            text, self.begun = self.begun + text, ""
            yield from (Line(line, style.level) for line in text.splitlines() if line.strip(BLANK))
        yield from self._beside(node)

    def _beside(self, node: Any) -> Iterator[Line]:
        """The text boxes and the notes that belong to a paragraph."""
        for box in node.iter(f"{_W}txbxContent"):
            if not any(one.tag in (f"{_MC}Fallback", f"{_W}del") for one in box.iterancestors()):
                yield from self._blocks(box)
        for kind in ("footnote", "endnote"):
            for reference in node.iter(f"{_W}{kind}Reference"):
                note = self.notes.get((kind, reference.get(f"{_W}id") or ""))
                if note is not None and not any(one.tag == f"{_W}del" for one in reference.iterancestors()):
                    yield from self._blocks(note)

    def _style(self, node: Any) -> _Style:
        own = node.find(f"{_W}pPr")
        name = _value(own, "pStyle") if own is not None else None
        return _with(self.styles.get(name or "", self.styles.get("", _Style())), own)

    def _table(self, table: Any) -> Iterator[Line]:
        rows = [row for row in _children(table, "tr") if row.find(f"{_W}trPr/{_W}del") is None]
        cells = [list(_children(row, "tc")) for row in rows]
        if _is_layout(cells):
            for row in cells:
                for cell in row:
                    yield from self._blocks(cell)
            return
        grid: list[list[TableCell]] = []
        for row, parts in zip(rows, cells, strict=True):
            grid.append(self._row(row, parts, grid[-1] if grid else []))
        yield from table_lines(grid)

    def _row(self, row: Any, parts: Sequence[Any], above: Sequence[TableCell]) -> list[TableCell]:
        """The cells of a row in all the places that they cover; one merged upwards is the cell above."""
        head = row.find(f"{_W}trPr/{_W}tblHeader")
        marked = head is not None and head.get(f"{_W}val") not in _OFF
        skipped = row.find(f"{_W}trPr/{_W}gridBefore")
        places = [TableCell("") for _ in range(_number(skipped))]
        for part in parts:
            merge = part.find(f"{_W}tcPr/{_W}vMerge")
            goes_on = merge is not None and merge.get(f"{_W}val", "continue") == "continue" and len(places) < len(above)
            cell = above[len(places)] if goes_on else TableCell(self._cell_text(part), head=marked)
            span = part.find(f"{_W}tcPr/{_W}gridSpan")
            places += [cell] * min(max(1, _number(span, 1)), 200)
        return places

    def _cell_text(self, cell: Any) -> str:
        lines = [line.text.replace("\t", " ") for line in self._blocks(cell)]
        return collapsed("\n".join(lines)).strip(BLANK)


def _text(node: Any) -> str:
    """The text of a paragraph as it reads with all changes accepted."""
    pieces: list[str] = []
    todo = [node]
    while todo:
        one = todo.pop()
        if one is not node and (one.tag in _LEFT_OUT or _is_hidden(one)):
            continue
        if one.tag in (f"{_W}t", f"{_M}t"):
            pieces.append(one.text or "")
        elif one.tag in _SIGNS:
            # A break to the next page or column stands between paragraphs as a rule.
            pieces.append(_SIGNS[one.tag])
        else:
            todo.extend(reversed(one))
    return "".join(pieces)


def _is_hidden(node: Any) -> bool:
    if node.tag != f"{_W}r":
        return False
    hidden = node.find(f"{_W}rPr/{_W}vanish")
    return hidden is not None and hidden.get(f"{_W}val") not in _OFF


def _mark_deleted(node: Any) -> bool:
    return node.find(f"{_W}pPr/{_W}rPr/{_W}del") is not None


def _children(node: Any, name: str) -> Iterator[Any]:
    """Rows of a table or cells of a row, also those inside content controls and insertions."""
    for child in node:
        if child.tag == f"{_W}{name}":
            yield child
        elif child.tag in _HOLDERS:
            yield from _children(child, name)


def _is_layout(rows: Sequence[Sequence[Any]]) -> bool:
    """Whether a table only lays out the page: one cell, or cells with whole pages or tables in them."""
    if max(map(len, rows), default=0) < 2:
        return True
    cells = [cell for row in rows for cell in row]
    return any(cell.find(f".//{_W}tbl") is not None or len(_text(cell)) > _LONGEST_CELL for cell in cells)


def _styles(document: WordDocument, numbering: Numbering) -> dict[str, _Style]:
    """What each style says, with what it takes from the styles that it is based on; "" is the default style."""
    nodes = {node.get(f"{_W}styleId") or "": node for node in document.styles.element.iterchildren(f"{_W}style")}
    found = {name: _inherited(name, nodes, numbering) for name in nodes}
    default = next(
        (n for n, e in nodes.items() if e.get(f"{_W}default") == "1" and e.get(f"{_W}type") == "paragraph"), ""
    )
    return {"": found.get(default, _Style()), **found}


def _inherited(name: str | None, nodes: dict[str, Any], numbering: Numbering) -> _Style:
    chain: list[str] = []
    while name is not None and name in nodes and name not in chain and len(chain) < _MOST_STYLES:
        chain.append(name)
        name = _value(nodes[name], "basedOn")
    style = _Style()
    for one in reversed(chain):
        style = _with(style, nodes[one].find(f"{_W}pPr"))
        if one in numbering.by_style:
            style = replace(style, depth=numbering.by_style[one][1], number=style.number or numbering.by_style[one][0])
        if (level := _named_level(_value(nodes[one], "name"))) is not None:
            style = replace(style, level=level)
    return style


def _named_level(name: str | None) -> int | None:
    if name in ("Title", "标题", "標題"):
        return 0
    found = re.fullmatch(r"(?:heading|标题|標題) ?([1-6])", name or "", re.IGNORECASE)
    return int(found[1]) if found else None


def _with(style: _Style, properties: Any | None) -> _Style:
    """A style with what the properties of a paragraph or of another style say beside it."""
    if properties is None:
        return style
    outline = _value(properties, "outlineLvl")
    if outline is not None and outline.isdigit():
        style = replace(style, level=int(outline) + 1 if int(outline) < 6 else None)
    numbered = properties.find(f"{_W}numPr")
    if numbered is not None:
        number, depth = _value(numbered, "numId"), _value(numbered, "ilvl")
        style = replace(style, depth=int(depth) if depth else style.depth, number=number or style.number)
        style = replace(style, number=None) if number == "0" else style
    return style


def _notes(document: WordDocument) -> dict[tuple[str, str], Any]:
    """Footnotes and endnotes by kind and id, without the lines that part them from the text."""
    found = {}
    for kind, relation in (("footnote", RELATIONSHIP_TYPE.FOOTNOTES), ("endnote", RELATIONSHIP_TYPE.ENDNOTES)):
        root = _part(document, relation)
        for note in root.iterchildren(f"{_W}{kind}") if root is not None else ():
            if note.get(f"{_W}type") in (None, "normal"):
                found[kind, note.get(f"{_W}id") or ""] = note
    return found


def _part(document: WordDocument, relation: str) -> Any | None:
    """The root element of a part that the document refers to."""
    for one in document.part.rels.values():
        if one.reltype == relation and not one.is_external:
            return etree.fromstring(one.target_part.blob, etree.XMLParser(resolve_entities=False, no_network=True))
    return None


def _value(node: Any, name: str) -> str | None:
    child = node.find(f"{_W}{name}")
    value: str | None = child.get(f"{_W}val") if child is not None else None
    return value


def _number(node: Any | None, otherwise: int = 0) -> int:
    value = node.get(f"{_W}val") if node is not None else None
    return int(value) if value and value.isdigit() else otherwise
