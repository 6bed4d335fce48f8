"""A report file to a Document: the one entry to reading, cleaning and structure."""

from __future__ import annotations

from hashlib import sha256

from wenbao.config.errors import InvalidDocument
from wenbao.knowledge.cleaning import Page, take_apart
from wenbao.knowledge.documents import Document, Metadata, ParagraphKind
from wenbao.knowledge.metadata import describe
from wenbao.knowledge.readers import read
from wenbao.knowledge.readers.lines import Line
from wenbao.knowledge.structure import Block, structured


def parse(name: str, content: bytes, hints: Metadata | None = None) -> Document:
    """The document in a file named `name`; what `hints` says goes before what the file says.

    The text that is kept is the report's own: title, then one line for each paragraph. Raises InvalidDocument.
    """
    said = hints or Metadata()
    reading = read(name, content)
    page = take_apart(reading, said.title)
    blocks = _blocks(page)
    if not blocks:
        raise InvalidDocument(f"{name} holds no report: nothing but page navigation was found in it.")
    text, paragraphs, sections = structured(blocks)
    metadata = describe(name, page, text, paragraphs, said, reading.said)
    return Document(document_id(text), metadata, text, paragraphs, sections)


def document_id(text: str) -> str:
    """The id of a text: the first 16 hexadecimal digits of its SHA-256."""
    return sha256(text.encode()).hexdigest()[:16]


def _blocks(page: Page) -> list[Block]:
    title = [Block(page.title, "title", page=page.title_page)] if page.title else []
    return title + [_block(line, index in page.closing) for index, line in enumerate(page.body)]


def _block(line: Line, closing: bool) -> Block:
    kind: ParagraphKind = "closing" if closing else "row" if line.row else "text"
    return Block(line.words, kind, line.level, line.context, line.page, line.page_breaks)
