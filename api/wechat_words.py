"""A reply in the words of a chat that shows text and links alone, in pieces where it is too long for one message."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

from wenbao.answers.model import Answer, Citation, Language, Reply
from wenbao.config.errors import InvalidQuestion
from wenbao.config.language import language_data

LONGEST = 2048
"""Bytes of UTF-8 in one text message."""

_RELATED = 2
_RELATED_LENGTH = 120
_SUGGESTIONS = 2
_TITLE_LENGTH = 60
# What must stay in one piece.
_link = re.compile(r'<a href="[^"<>]*">[^<>]*</a>')
# Where to cut, best first: after a paragraph, a line, a sentence (with its closing marks), a clause, a word.
_boundaries = tuple(map(re.compile, (r"\n\n+", r"\n", r"[。！？!?；;…]+[”’」』）)]*|\.\s+", r"[，、]", r"\s+")))


@dataclass(frozen=True, slots=True)
class Texts:
    """All texts in one language."""

    welcome: str
    forgotten: str
    only_text: str
    empty: str
    too_long: str
    illegible: str
    too_many: str
    unavailable: str
    failed: str
    not_found: str
    nearby: str
    suggested: str
    title: str
    paragraph: str
    source: str
    rest: str
    nothing_more: str


def texts_in(language: Language) -> Texts:
    """The texts for a language; someone who reads Cantonese gets the Traditional ones."""
    return _all_texts()["zh-Hant" if language == "yue" else language]


def asks_for_more(text: str) -> bool:
    """Whether someone wants to read on, and asks nothing."""
    return _is_one_of("more", text)


def asks_to_forget(text: str) -> bool:
    """Whether someone wants their questions deleted."""
    return _is_one_of("forget", text)


def explained(problem: InvalidQuestion, longest: int, texts: Texts) -> str:
    """What is wrong with a question."""
    known = {"empty": texts.empty, "too_long": texts.too_long.format(limit=longest), "illegible": texts.illegible}
    return known.get(problem.reason, str(problem))


def render(reply: Reply, texts: Texts, public_url: str | None) -> str:
    """The whole reply as one text; citations are links where `public_url` says whereto."""
    body = _answered(reply.answer, reply, texts, public_url) if reply.answer else _not_found(reply, texts, public_url)
    suggestions = [f"• {one}" for one in reply.suggestions[:_SUGGESTIONS]]
    notice = [reply.notice] if reply.notice else []
    return "\n\n".join([*notice, *body, *(["\n".join([texts.suggested, *suggestions])] if suggestions else [])])


def pieces(text: str, hint: str, limit: int = LONGEST) -> tuple[str, ...]:
    """The text in pieces of at most `limit` bytes, cut at the end of a sentence where there is one.

    All but the last end with `hint`. No link is cut.
    """
    left, cut = text.strip(), []
    ending = f"\n\n{hint}"
    while len(left.encode()) > limit:
        at = _cut(left, limit - len(ending.encode()))
        cut.append(left[:at].rstrip() + ending)
        left = left[at:].lstrip()
    return (*cut, left)


def _is_one_of(words: str, text: str) -> bool:
    return text.strip(" \t\n。.!！").lower() in language_data("wechat")[words]


def _answered(answer: Answer, reply: Reply, texts: Texts, public_url: str | None) -> list[str]:
    several = len(reply.citations) > 1
    cited = [_cited(one, answer, texts, public_url, numbered=several) for one in reply.citations]
    return [_points(answer, numbered=several) if answer.items else answer.text, *cited]


def _points(answer: Answer, *, numbered: bool) -> str:
    """A list with the number of its citation behind each point."""
    if not numbered:
        return answer.text
    text, position = "", 0
    for item in answer.items:
        end = answer.text.find(item.text, position) + len(item.text)
        if end < position + len(item.text):
            continue
        text += f"{answer.text[position:end]} [{item.citation}]"
        position = end
    return text + answer.text[position:]


def _cited(citation: Citation, answer: Answer, texts: Texts, public_url: str | None, *, numbered: bool) -> str:
    """Where the words stand, below the quote where the answer does not say all of it."""
    number = f"[{citation.number}] " if numbered else ""
    place = number + _place(citation, texts, public_url)
    said = _bare(citation.quote) in _bare(answer.text)
    return place if said else f"{texts.source.format(quote=citation.quote)}\n{place}"


def _not_found(reply: Reply, texts: Texts, public_url: str | None) -> list[str]:
    related = [
        f"• {_shortened(one.quote, _RELATED_LENGTH)}\n{_place(one, texts, public_url)}"
        for one in reply.related[:_RELATED]
    ]
    return [reply.message or texts.not_found, *([texts.nearby] if related else []), *related]


def _place(citation: Citation, texts: Texts, public_url: str | None) -> str:
    title = texts.title.format(title=_shortened(citation.title, _TITLE_LENGTH))
    facts = " · ".join(filter(None, [_linked(title, citation, public_url), citation.publisher, citation.published]))
    return f"{facts}\n{' › '.join([*citation.section, texts.paragraph.format(number=citation.paragraph)])}"


def _linked(title: str, citation: Citation, public_url: str | None) -> str:
    if public_url is None:
        return title
    # These clients know the link alone and no entities, so nothing that would end it may stand in it.
    return f'<a href="{quote(public_url + citation.url, safe=_IN_ADDRESSES)}">{title.translate(_NO_MARKUP)}</a>'


def _cut(text: str, limit: int) -> int:
    """Where to cut: the last good place in the second half of what fits, a paragraph's end before a sentence's."""
    fits = len(text.encode()[:limit].decode(errors="ignore"))
    window = text[: max(fits, 1)]
    links = [found.span() for found in _link.finditer(text) if found.start() < len(window)]
    for boundary in _boundaries:
        ends = [found.end() for found in boundary.finditer(window) if not _inside(found.end(), links)]
        if ends and ends[-1] > len(window) // 2:
            return ends[-1]
    return next((start for start, end in links if start < len(window) < end and start > 0), len(window))


def _inside(position: int, links: list[tuple[int, int]]) -> bool:
    return any(start < position < end for start, end in links)


def _bare(text: str) -> str:
    return "".join(text.split())


def _shortened(text: str, length: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


_IN_ADDRESSES = ":/?#[]@!$&'()*+,;=%~"
_NO_MARKUP = str.maketrans({"<": "〈", ">": "〉"})


@cache
def _all_texts() -> dict[str, Texts]:
    data = language_data("wechat")
    return {language: Texts(**table) for language, table in data.items() if isinstance(table, dict)}
