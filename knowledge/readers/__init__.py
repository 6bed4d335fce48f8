"""A file to its lines, by the kind of file that it is, whatever its name says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from wenbao.config.errors import InvalidDocument
from wenbao.knowledge.readers.decoding import decode
from wenbao.knowledge.readers.kinds import READABLE, ending_of
from wenbao.knowledge.readers.lines import Reading
from wenbao.knowledge.readers.tabbed import text_lines
from wenbao.knowledge.readers.tables import captioned


def read(name: str, content: bytes) -> Reading:
    """The lines of a file named `name`. Raises InvalidDocument where nothing can be read."""
    if not content.strip(b" \t\r\n\x00"):
        raise InvalidDocument(f"{name} is empty. Choose the file with the report's text.")
    reading = _reader(name, content)(name, content)
    if not any(character.isalnum() for line in reading.lines for character in line.text):
        raise InvalidDocument(f"{name} holds no text. Readable are {READABLE}.")
    if any(line.row for line in reading.lines):
        return replace(reading, lines=tuple(captioned(reading.lines)))
    return reading


def _reader(name: str, content: bytes) -> Callable[[str, bytes], Reading]:
    # Each reader is imported when it is needed: the libraries for Word and PDF take their time.
    match ending_of(name, content):
        case ".txt" | ".text":
            return _read_text
        case ".md" | ".markdown":
            from wenbao.knowledge.readers.markdown import read_markdown

            return read_markdown
        case ".mhtml" | ".mht":
            from wenbao.knowledge.readers.mhtml import read_mhtml

            return read_mhtml
        case ".docx":
            from wenbao.knowledge.readers.word import read_word

            return read_word
        case ".pdf":
            from wenbao.knowledge.readers.pdf import read_pdf

            return read_pdf
        case _:
            from wenbao.knowledge.readers.html import read_html

            return read_html


def _read_text(name: str, content: bytes) -> Reading:
    text = decode(content)
    if text is None:
        raise InvalidDocument(f"{name} is not a text file, or its encoding is unknown. Save it as UTF-8 text.")
    return Reading(tuple(text_lines(text.splitlines())))
