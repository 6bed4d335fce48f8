"""Composes what is sent: the shortest stretch of the report's words that makes sense alone, its value, its citation."""

from __future__ import annotations

import re

from wenbao.answers.choosing import Candidate
from wenbao.answers.features import part_of_clause
from wenbao.answers.figures import Span
from wenbao.answers.listing import MARKER
from wenbao.answers.model import Citation
from wenbao.answers.naming import ASKS_FOR_BODY, body_in, person_in
from wenbao.answers.persons import office_asked
from wenbao.answers.question import Question
from wenbao.answers.reading import Reading, clause_at
from wenbao.answers.tables import cell_text
from wenbao.knowledge.documents import Document, Paragraph

ELISION = "……"
SHORT = 60
LONGEST = {"list": 700, "why": 280, "how": 280, "fact": 200, "document": 200}
LONGEST_OTHER = 180


def longest(question: Question) -> int:
    """How many characters an answer to this kind of question may have."""
    return LONGEST.get(question.kind, LONGEST_OTHER)


def figure_text(candidate: Candidate) -> str:
    """The words around a figure: its sentence where that is short, else its subject and its own clause.

    What stands between the two is left out where it is long, with …… in its place.
    """
    reading, text = candidate.reading, candidate.reading.passage.text
    if reading.row and (column := reading.row.column_at(candidate.start)):
        return cell_text(reading.row, column, text)
    sentence = reading.sentence_at(candidate.start)
    if sentence.end - sentence.start <= SHORT:
        return _tidy(text[sentence.start : sentence.end])
    clause = _own_part(reading, candidate)
    start = _subject_start(candidate, sentence, clause)
    if clause.end - start <= SHORT:
        return _tidy(text[start : clause.end])
    end = min(_first_clause_end(reading, start), clause.start)
    between = text[end : clause.start].strip("，,、；; ")
    return _tidy(text[start:end] + (ELISION if between else "") + text[clause.start : clause.end])


def _own_part(reading: Reading, candidate: Candidate) -> Span:
    """The clause of a figure; of a long one with several, the part between 、 and 、 that is its own."""
    clause = clause_at(reading, candidate.start, candidate.end)
    inside = [one for one in reading.figure_starts if clause.start <= one < clause.end]
    if clause.end - clause.start <= SHORT or len(inside) < 2:
        return clause
    return part_of_clause(reading, candidate.start, candidate.end)


def span_text(question: Question, candidate: Candidate) -> str:
    """The words around the place that answers: its sentences where they are short, else as many clauses as the
    question's kind allows."""
    reading, text = candidate.reading, candidate.reading.passage.text
    sentence = _sentences_of(reading, candidate.start, candidate.end)
    most = longest(question)
    if sentence.end - sentence.start <= most:
        return _tidy(text[sentence.start : sentence.end])
    clause = clause_at(reading, candidate.start, candidate.end)
    start, end = clause.start, clause.end
    for mark in _marks_after(reading, end, sentence.end):
        if mark - start > most * 0.6:
            break
        end = mark
    for mark in reversed(_marks_before(reading, sentence.start, start)):
        if end - mark > most:
            break
        start = mark
    return _tidy(text[start:end][:most])


def figure_value(candidate: Candidate) -> str:
    """The bare figure with its unit, as it is written; in a table the unit may stand in the name of the column."""
    value = candidate.reading.passage.text[candidate.start : candidate.end]
    column = candidate.reading.row.column_at(candidate.start) if candidate.reading.row else None
    return value + column.unit if column and value[-1].isdigit() else value


def span_value(question: Question, candidate: Candidate) -> str | None:
    """The name, the body or the date that a question asks for; None where the answer is a passage."""
    reading, text = candidate.reading, candidate.reading.passage.text
    if question.kind == "when":
        inside = [date for date in reading.dates if candidate.start <= date.start < candidate.end]
        return text[inside[0].start : inside[0].end] if inside else None
    if question.kind == "document":
        inside_names = [name for name in reading.names if candidate.start <= name.start and name.end <= candidate.end]
        return text[inside_names[0].start : inside_names[0].end] if inside_names else None
    if question.kind == "who":
        clause = clause_at(reading, candidate.start, candidate.end)
        sentence = reading.sentence_at(candidate.start)
        span = _named_in(question, reading, clause) or _named_in(question, reading, sentence)
        return text[span.start : span.end] if span else None
    return None


def _named_in(question: Question, reading: Reading, stretch: Span) -> Span | None:
    """The person or the body that a stretch names: no person where a body is asked for, and no body where an office."""
    words, office = reading.folded[stretch.start : stretch.end], office_asked(question.plain)
    found = None if ASKS_FOR_BODY.search(question.plain) else person_in(words, office)
    if found is None and office is None:
        found = body_in(words, question.plain)
    return Span(stretch.start + found.start, stretch.start + found.end) if found else None


def cite(
    number: int,
    document: Document,
    paragraph: Paragraph,
    start: int,
    end: int,
    highlights: tuple[tuple[int, int], ...] = (),
) -> Citation:
    """The citation of [start, end) of a document, blanks at its ends left out."""
    words = document.text[start:end]
    start += len(words) - len(words.lstrip())
    end -= len(words) - len(words.rstrip())
    metadata = document.metadata
    return Citation(
        number=number,
        document_id=document.id,
        title=metadata.title,
        publisher=metadata.publisher,
        published=metadata.published,
        year=metadata.year,
        section=paragraph.section,
        paragraph=paragraph.number,
        quote=document.text[start:end],
        start=start,
        end=end,
        highlights=tuple(
            (max(one, start), min(other, end)) for one, other in highlights if one < end and other > start
        ),
        url=f"/documents/{document.id}?start={start}&end={end}#p{paragraph.number}",
        source_url=metadata.source_url,
        page=paragraph.page_at(start),
    )


def quote_span(reading: Reading, start: int, end: int) -> Span:
    """The whole sentence around [start, end), in characters of the document's text."""
    sentences, offset = _sentences_of(reading, start, end), reading.passage.paragraph.start
    return Span(offset + sentences.start, offset + sentences.end)


def _sentences_of(reading: Reading, start: int, end: int) -> Span:
    return Span(reading.sentence_at(start).start, reading.sentence_at(max(start, end - 1)).end)


def _tidy(text: str) -> str:
    """Without the number of a point at the beginning and an open mark at the end."""
    return MARKER.sub("", text.strip()).rstrip("，,；;：:、 ")


CARRIES_ON = re.compile(r"其中|已|共|并|经|另|仍|还|均|各|分别|占|同比|比|较|增长|下降|达|为|约|超|近|有(?!关)|实现")


def _subject_start(candidate: Candidate, sentence: Span, clause: Span) -> int:
    """Where the stretch begins: the earliest clause of the sentence, where that is near enough to the figure."""
    starts = _marks_before(candidate.reading, sentence.start, clause.start)
    if not starts:
        return clause.start
    near = [start for start in starts if clause.end - start <= 2 * SHORT]
    if sentence.start in near:
        return sentence.start
    leans = CARRIES_ON.match(candidate.reading.folded, clause.start)
    return near[0] if leans and near else sentence.start


def _marks_before(reading: Reading, start: int, end: int) -> list[int]:
    """The beginnings of the clauses in [start, end), first to last."""
    marks = sorted(reading.boundaries.commas + reading.boundaries.semicolons)
    return [start, *(mark + 1 for mark in marks if start <= mark < end - 1)] if start < end else []


def _marks_after(reading: Reading, start: int, end: int) -> list[int]:
    marks = sorted(reading.boundaries.commas + reading.boundaries.semicolons)
    return [*(mark for mark in marks if start < mark < end), end]


def _first_clause_end(reading: Reading, start: int) -> int:
    return clause_at(reading, start, start + 1).end


def shortened(text: str, room: int) -> str:
    """The text up to the last mark that leaves it within `room` characters."""
    if len(text) <= room:
        return text
    cut = max(text.rfind(mark, 0, room) for mark in "，,；;。、")
    return text[: cut if cut > room // 3 else room - 1] + "…"
