"""How replies, passages and reports look in a chat."""

from __future__ import annotations

import re
from urllib.parse import quote as percent_encoded

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from wenbao.answers.model import Answer, Citation, DocumentSummary, Item, Reply, Surroundings
from wenbao.bot.links import passage_url
from wenbao.bot.spans import Rich, bold, emphasised, joined, link, marked, plain
from wenbao.bot.texts import Texts

REPORTS_ON_A_PAGE = 8
_SUGGESTIONS = 3
_SOURCES = 8
_SOURCES_IN_A_ROW = 4
_RELATED = 3
_RELATED_LENGTH = 160
_LABEL_LENGTH = 60
_TITLE_LENGTH = 200
_CALLBACK_BYTES = 64


def render_reply(reply: Reply, texts: Texts, public_url: str | None, asked: str | None = None) -> Rich:
    """The whole reply as one text; `asked` is shown above it where the chat would not show the question."""
    question = marked("i", plain(texts.asked.format(question=asked))) if asked else ()
    body = _answered(reply, reply.answer, texts, public_url) if reply.answer else _not_found(reply, texts, public_url)
    return joined("\n\n", [question, plain(reply.notice) if reply.notice else (), body])


def render_quote(citation: Citation, texts: Texts, public_url: str | None) -> Rich:
    """A quote by itself, and where it stands."""
    return _evidence(citation, 1, texts, public_url)


def reply_keyboard(reply: Reply, texts: Texts, username: str | None = None) -> InlineKeyboardMarkup | None:
    """原文, 有用, 没用 below an answer; the suggestions below either.

    In a group, where `username` is the bot's, there is also a link to the passage in the private chat.
    """
    rows: list[list[InlineKeyboardButton]] = []
    if reply.answer:
        sources = [
            _button(_source_label(reply, number, texts), f"s:{reply.id}:{number}")
            for number in [citation.number for citation in reply.citations][:_SOURCES]
        ]
        rows += [sources[at : at + _SOURCES_IN_A_ROW] for at in range(0, len(sources), _SOURCES_IN_A_ROW)]
        rows.append([_button(texts.helpful, f"f:{reply.id}:1"), _button(texts.not_helpful, f"f:{reply.id}:0")])
    private = passage_url(reply.citations[0], username) if reply.citations and username else None
    if private:
        rows.append([InlineKeyboardButton(texts.in_private, url=private)])
    for number, suggestion in enumerate(reply.suggestions[:_SUGGESTIONS]):
        rows.append([_button(suggestion, f"q:{reply.id}:{number}")])
    return InlineKeyboardMarkup(rows) if rows else None


def render_surroundings(found: Surroundings, texts: Texts, public_url: str | None) -> Rich:
    """A quote in its place: bold between what stands before and after it, the highlights underlined."""
    quote = emphasised(found.citation.quote, _highlights(found.citation), "u")
    passage = plain(found.before) + marked("b", quote) + plain(found.after)
    return joined("\n\n", [_citation_line(found.citation, texts, public_url), passage])


def render_reports(documents: list[DocumentSummary], start: int, texts: Texts, public_url: str | None) -> Rich:
    """One page of the list of reports, beginning with the report at `start`."""
    if not documents:
        return plain(texts.no_reports)
    page = documents[start : start + REPORTS_ON_A_PAGE]
    lines = [_report_line(number, document, texts, public_url) for number, document in enumerate(page, start=start + 1)]
    return joined("\n\n", [bold(texts.reports.format(count=len(documents))), joined("\n", lines)])


def reports_keyboard(documents: list[DocumentSummary], start: int, texts: Texts) -> InlineKeyboardMarkup | None:
    """A button for each report of the page, and for the pages around it."""
    page = documents[start : start + REPORTS_ON_A_PAGE]
    rows = [
        [_button(f"{number}. {document.title}", f"d:{document.id}")]
        for number, document in enumerate(page, start=start + 1)
        if len(f"d:{document.id}".encode()) <= _CALLBACK_BYTES
    ]
    turns = []
    if start > 0:
        turns.append(_button(texts.previous_page, f"r:{max(0, start - REPORTS_ON_A_PAGE)}"))
    if start + REPORTS_ON_A_PAGE < len(documents):
        turns.append(_button(texts.next_page, f"r:{start + REPORTS_ON_A_PAGE}"))
    rows += [turns] if turns else []
    return InlineKeyboardMarkup(rows) if rows else None


def render_report(document: DocumentSummary, contents: list[str], texts: Texts, public_url: str | None) -> Rich:
    """One report: what it is, its outermost headings, and where to read it."""
    year = texts.year.format(year=document.year) if document.year else None
    facts = [document.publisher, document.place, year, document.published]
    about = " · ".join([*filter(None, facts), texts.paragraphs.format(count=document.paragraphs)])
    headings = joined("\n", [bold(texts.contents), *map(plain, contents)]) if contents else ()
    page_url = _document_url(document.id, public_url)
    page = link(texts.open_report, page_url) if page_url else ()
    links = joined(" · ", [page, _web_source(document.source_url, texts)])
    return joined("\n\n", [bold(texts.title.format(title=document.title)) + plain(f"\n{about}"), headings, links])


def shortened(text: str, length: int) -> str:
    """`text` on one line, at most so many characters, with … where something was left out."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def _report_line(number: int, document: DocumentSummary, texts: Texts, public_url: str | None) -> Rich:
    title = texts.title.format(title=shortened(document.title, _TITLE_LENGTH))
    linked = link(title, _document_url(document.id, public_url))
    return plain(f"{number}. ") + linked + plain(_details(document.publisher, document.published))


def _answered(reply: Reply, answer: Answer, texts: Texts, public_url: str | None) -> Rich:
    evidence = [_evidence(citation, len(reply.citations), texts, public_url) for citation in reply.citations]
    return joined("\n\n", [_answer_text(answer, reply.citations), *evidence])


def _not_found(reply: Reply, texts: Texts, public_url: str | None) -> Rich:
    message = plain(reply.message or texts.not_found)
    related = [
        plain(f"• {shortened(citation.quote, _RELATED_LENGTH)}\n") + _citation_line(citation, texts, public_url)
        for citation in reply.related[:_RELATED]
    ]
    return joined("\n\n", [message, plain(texts.nearby) if related else (), *related])


def _answer_text(answer: Answer, citations: tuple[Citation, ...]) -> Rich:
    if answer.items:
        return _numbered(answer, several=len(citations) > 1)
    if not answer.value:
        return plain(answer.text)
    place = _value_place(answer.text, answer.value, citations)
    if place is None:
        return bold(answer.value) + plain("\n" + answer.text)
    return emphasised(answer.text, [place])


def _numbered(answer: Answer, *, several: bool) -> Rich:
    """The points of a list, each with the number of its citation where there is more than one."""
    lead = plain(_lead(answer.text, answer.items[0]))
    points = [
        plain(f"{number}. {item.text}" + (f" [{item.citation}]" if several else ""))
        for number, item in enumerate(answer.items, start=1)
    ]
    return joined("\n", [lead, *points])


def _lead(text: str, first: Item) -> str:
    """What a list says before its first point, without that point's number."""
    before, found, _ = text.partition(first.text)
    return re.sub(r"(^|\n)\s*(?:[-•]|[((]?\d+[.、))])?\s*$", "", before).rstrip() if found else ""


def _value_place(text: str, value: str, citations: tuple[Citation, ...]) -> tuple[int, int] | None:
    """Where the figure stands in the answer: at the citation's highlight, else where it is no part of a longer one."""
    places = [found.span() for found in re.finditer(_standing_alone(value), text)]
    for citation in citations:
        offset = citation.quote.find(text)
        if offset >= 0:
            highlights = [(start - offset, end - offset) for start, end in _highlights(citation)]
            places.sort(key=lambda place: not any(start < place[1] and place[0] < end for start, end in highlights))
            break
    return places[0] if places else None


def _standing_alone(value: str) -> str:
    before = r"(?<![0-9A-Za-z])(?<![0-9][.,,])" if value[0].isascii() and value[0].isalnum() else ""
    after = r"(?![0-9A-Za-z]|[.,,][0-9])" if value[-1].isascii() and value[-1].isalnum() else ""
    return before + re.escape(value) + after


def _evidence(citation: Citation, count: int, texts: Texts, public_url: str | None) -> Rich:
    quote = marked("blockquote expandable", emphasised(citation.quote, _highlights(citation)))
    number = plain(f"[{citation.number}] ") if count > 1 else ()
    return quote + plain("\n") + number + _citation_line(citation, texts, public_url)


def _citation_line(citation: Citation, texts: Texts, public_url: str | None) -> Rich:
    """Title, publisher and date; section path and paragraph; the links."""
    url = f"{public_url}{citation.url}" if public_url else None
    title = link(texts.title.format(title=citation.title), url)
    place = " › ".join([*citation.section, texts.paragraph.format(number=citation.paragraph)])
    return joined(
        "\n",
        [
            title + plain(_details(citation.publisher, citation.published)),
            joined(" · ", [plain(place), _web_source(citation.source_url, texts)]),
        ],
    )


def _web_source(url: str | None, texts: Texts) -> Rich:
    return link(texts.web_source, url) if url and url.startswith(("http://", "https://")) else ()


def _details(*facts: str | None) -> str:
    return "".join(f" · {fact}" for fact in facts if fact)


def _document_url(document_id: str, public_url: str | None) -> str | None:
    return f"{public_url}/documents/{percent_encoded(document_id, safe='')}" if public_url else None


def _highlights(citation: Citation) -> list[tuple[int, int]]:
    """The highlights as places in the quote."""
    return [(start - citation.start, end - citation.start) for start, end in citation.highlights]


def _source_label(reply: Reply, number: int, texts: Texts) -> str:
    return texts.source if len(reply.citations) == 1 else texts.source_number.format(number=number)


def _button(label: str, data: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(shortened(label, _LABEL_LENGTH), callback_data=data)
