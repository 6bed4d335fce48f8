"""A file to its lines, by the kind of file that it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath

from wenbao.config.errors import InvalidDocument
from wenbao.knowledge.readers.decoding import decode
from wenbao.knowledge.readers.lines import Reading
from wenbao.knowledge.readers.tables import captioned
from wenbao.knowledge.readers.wrapping import unwrapped

READABLE = "text (.txt), web pages (.html), Markdown (.md), Word (.docx) and PDF with text (.pdf)"


def read(name: str, content: bytes) -> Reading:
    """The lines of a file named `name`. Raises InvalidDocument where nothing can be read."""
    if not content.strip(b" \t\r\n\x00"):
        raise InvalidDocument(f"{name} is empty. Choose the file with the report's text.")
    reading = _reader(name)(name, content)
    if not any(character.isalnum() for line in reading.lines for character in line.text):
        raise InvalidDocument(f"{name} holds no text. Readable are {READABLE}.")
    if any(line.row for line in reading.lines):
        return replace(reading, lines=tuple(captioned(reading.lines)))
    return reading


def _reader(name: str) -> Callable[[str, bytes], Reading]:
    # Each reader is imported when it is needed: the libraries for Word and PDF take their time.
    match PurePath(name).suffix.lower():
        case ".txt" | ".text":
            return _read_text
        case ".html" | ".htm" | ".xhtml" | ".shtml":
            from wenbao.knowledge.readers.html import read_html

            return read_html
        case ".md" | ".markdown":
            from wenbao.knowledge.readers.markdown import read_markdown

            return read_markdown
        case ".docx":
            from wenbao.knowledge.readers.word import read_word

            return read_word
        case ".pdf":
            from wenbao.knowledge.readers.pdf import read_pdf

            return read_pdf
        case other:
            known = f"Files of the kind {other}" if other else "Files without an ending"
            raise InvalidDocument(f"{name}: {known} cannot be read. Readable are {READABLE}.")


def _read_text(name: str, content: bytes) -> Reading:
    text = decode(content)
    if text is None:
        raise InvalidDocument(f"{name} is not a text file, or its encoding is unknown. Save it as UTF-8 text.")
    return Reading(tuple(unwrapped(text.splitlines())))
