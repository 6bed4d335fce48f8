"""Markdown: rendered to a web page, then read as one; numbers of lists stay as they are written, bullets go."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt

from wenbao.config.errors import InvalidDocument
from wenbao.knowledge.readers.decoding import decode
from wenbao.knowledge.readers.html import read_markup
from wenbao.knowledge.readers.lines import Reading

# Lists would swallow "1." and "2."; indented lines are paragraphs in Chinese, not code; a line over --- is no heading.
_MARKDOWN = MarkdownIt("commonmark", {"breaks": True}).enable("table").disable(["list", "code", "lheading"])
_BULLET = re.compile(r"^([ \t]*)[-*+][ \t]+(?=\S)(?![-*_ \t]+$)", re.MULTILINE)
"""Before a point of a list, where a web page has none either; three of them alone are a rule across the page."""


def read_markdown(name: str, content: bytes) -> Reading:
    text = decode(content)
    if text is None:
        raise InvalidDocument(f"{name} is not a text file, or its encoding is unknown. Save it as UTF-8 text.")
    return read_markup(_MARKDOWN.render(_BULLET.sub(r"\1", text)))
