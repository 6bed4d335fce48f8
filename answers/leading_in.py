"""Sentences that lead in numbered points as a heading would: 明年，我市将做好以下工作：, and behind it 1. …, 2. …"""

from __future__ import annotations

import re

from wenbao.knowledge.documents import Document, Paragraph
from wenbao.knowledge.headings import find_marker

COLON = re.compile("[:：]$")


def path_with_lead(document: Document, number: int) -> tuple[str, ...]:
    """The headings that the paragraph with this number stands under, outermost first, and where it is a numbered point
    that a sentence leads in, or stands in one, that sentence between them."""
    paragraph = document.paragraphs[number - 1]
    found = _leading_in(document, paragraph) if paragraph.kind == "text" else None
    if found is None:
        return paragraph.section
    depth, words = len(found.section), found.sentences[-1]
    sentence = document.text[words.start : words.end].rstrip(":：")
    return (*paragraph.section[:depth], sentence, *paragraph.section[depth:])


def _leading_in(document: Document, point: Paragraph) -> Paragraph | None:
    """The nearest running text before a point, in the part around it, where it leads in the points from the first."""
    following = point
    for one in reversed(document.paragraphs[: point.number - 1]):
        if _stands_around(document, one, point):
            first = find_marker(_text(document, following))
            leads_in = one.kind == "text" and COLON.search(_text(document, one))
            return one if leads_in and first is not None and first.number == 1 else None
        following = one
    return None


def _stands_around(document: Document, one: Paragraph, point: Paragraph) -> bool:
    """Whether an earlier paragraph is of the part that a point, or the words in it, belong to: a heading, or running
    text that is no point itself."""
    if one.kind in ("heading", "title"):
        return True
    if find_marker(_text(document, one)) is not None or point.section[: len(one.section)] != one.section:
        return False
    return len(one.section) < len(point.section) or find_marker(_text(document, point)) is not None


def _text(document: Document, paragraph: Paragraph) -> str:
    return document.text[paragraph.start : paragraph.end]
