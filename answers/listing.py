"""Finds every list of a report: the points under a heading, the sentences of a part without headings, or what a
sentence enumerates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import rjieba

from wenbao.answers.asks import fits
from wenbao.answers.figures import Span
from wenbao.answers.question import Question
from wenbao.answers.reading import AMONG, Reading
from wenbao.index.folding import fold
from wenbao.knowledge.documents import Document, Section


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a list: `start` to `end` are its words in the document's text, to `whole_end` all it says."""

    start: int
    end: int
    whole_end: int


@dataclass(frozen=True, slots=True)
class Searched:
    """A paragraph that search found, with how near (0 to 1)."""

    reading: Reading
    nearness: float


@dataclass(frozen=True, slots=True)
class FoundList:
    """A list before it is measured against a question.

    `own` are the words of its heading or those that lead to it, `inside` those of its points (a line each), `lineage`
    the headings above, `around` the paragraph up to the end of an enumeration. `nature` says what its points are: ""
    for headings, "sentences", "clauses", "enumeration" or "counts". `searched` is how near search found it; the rest is
    told in `ListFeatures`.
    """

    points: tuple[Point, ...]
    own: str
    inside: str
    lineage: tuple[str, ...]
    nature: str
    searched: float
    around: str = ""
    of_kind: float = 0.0
    fitting: float = 0.0
    unended: float = 0.0


MARKER = re.compile(
    r"^\s*(?:第[一二三四五六七八九十百\d]+(?:(?:部分|[章节条款编])[、,，.．:：\s]*|[、,，.．:：\s]+)|[一二三四五六七八九十]{1,3}(?:、|是|要(?!求))[,，]?"
    r"|[(（][一二三四五六七八九十\d]{1,3}[)）][、.]?|\d{1,2}(?:\.\d{1,2})*(?:[.、．)）]|\s)(?!\d)|[①-⑳]"
    r"|(?:首先|其次|再次|最后|其[一二三四五六])[,，:：])\s*"
)
LEAD = re.compile(r"[:：]|包括|分别(?:是|为)|主要(?:有|是|为)|(?:具体)?(?:有|是|为)(?=[^,，。;；]{1,12}、)|即|其中")
LONGEST_LEAD = 80
"""So many characters before the first point inside a paragraph may lead to it."""


def point_text(text: str) -> str:
    """The words of a point without its number and closing mark."""
    return MARKER.sub("", text).strip().rstrip("。；;，,：:、")


def lists_in(question: Question, document: Document, searched: Sequence[Searched]) -> Iterator[FoundList]:
    """Every list of a document that may answer a question; enumerations and parts without headings below are looked for
    in the `searched` paragraphs alone."""
    yield from _headed(question, document, searched)
    yield from _enumerated(question, searched)


def _headed(question: Question, document: Document, found: Sequence[Searched]) -> Iterator[FoundList]:
    """The points below each heading; of a part without any that search found, its paragraphs, sentences or clauses."""
    kind = KIND_OF_HEADING.search(question.plain)
    by_number = {section.number: section for section in document.sections}
    below: dict[int, list[Section]] = {}
    for section in document.sections:
        if section.parent is not None:
            below.setdefault(section.parent, []).append(section)
    for section in document.sections:
        rows = _rows_of_points(below.get(section.number, []))
        searched = _nearest(found, section.start, section.end)
        if not rows and not searched:
            continue
        path = tuple(fold(one.heading) for one in _lineage(by_number, section))
        several = len(rows) > 1
        for row in rows if several else ():
            begin = _begin_of_paragraph(document, row[0])
            own = " ".join(filter(None, (_opening(document, begin, row[0]), _lead(document, row)))) or path[-1]
            yield _of_points(document, kind, _points_of(row), own, path, "", _nearest(found, begin, row[-1].end))
        points: tuple[Point, ...] = ()
        nature, own = "", path[-1]
        if rows and not several:
            points, own = _points_of(rows[0]), " ".join(filter(None, (path[-1], _lead(document, rows[0]))))
        if len(points) < 2 and searched > 0:
            points, nature = _plain_points(document, section)
        if len(points) > 1:
            yield _of_points(document, kind, points, own, path[:-1], nature, searched)


def _of_points(
    document: Document,
    kind: re.Match[str] | None,
    points: tuple[Point, ...],
    own: str,
    lineage: tuple[str, ...],
    nature: str,
    searched: float,
) -> FoundList:
    inside = "\n".join(fold(document.text[one.start : one.end]) for one in points)
    named = sum(kind.group(1) in one for one in inside.split("\n")) if kind else 0
    return FoundList(points, own, inside, lineage, nature, searched, of_kind=float(2 * named >= len(points) and named))


FIRST = re.compile(r"\s*(?:第?一[是要为、,，:：]|首先|其一|[(（][一1１][)）]|[1１][.．、]|①|[Ff]irst)")


def _rows_of_points(below: Sequence[Section]) -> list[list[Section]]:
    """The points below a heading, those inside paragraphs by the rows that they count (一是…二是…, and again 一是…)."""
    rows: list[list[Section]] = []
    for one in below:
        if not rows or one.inline != rows[-1][-1].inline or (one.inline and FIRST.match(one.heading)):
            rows.append([])
        rows[-1].append(one)
    return [row for row in rows if len(row) > 1]


def _points_of(row: Sequence[Section]) -> tuple[Point, ...]:
    return tuple(Point(one.start, one.heading_end, one.end) for one in row)


def _nearest(found: Sequence[Searched], start: int, end: int) -> float:
    """How near search found the nearest paragraph that begins in a stretch of the text, or that it begins in."""
    return max(
        (
            one.nearness
            for one in found
            if start <= one.reading.passage.paragraph.start < end
            or one.reading.passage.paragraph.start <= start < one.reading.passage.paragraph.end
        ),
        default=0.0,
    )


def _begin_of_paragraph(document: Document, point: Section) -> int:
    """Where the paragraph of a point begins; the point itself where it begins one."""
    return next((one.start for one in document.paragraphs if one.start <= point.start < one.end), point.start)


def _opening(document: Document, begin: int, point: Section) -> str:
    """The first sentence of a paragraph, which says what the points in it are about."""
    return re.split(r"[。；;！？\n]", fold(document.text[begin : point.start]))[0][:LONGEST_LEAD]


def _lead(document: Document, row: Sequence[Section]) -> str:
    """The sentence that leads to points, in their paragraph or at the end of the one before: 必须把握好以下原则:"""
    before = fold(document.text[max(0, row[0].start - LONGEST_LEAD) : row[0].start]).rstrip()
    if not row[0].inline and not before.endswith(":"):
        return ""
    return re.split(r"[。！？\n]", before.rstrip("。:："))[-1]


def _plain_points(document: Document, section: Section) -> tuple[tuple[Point, ...], str]:
    """The paragraphs of a part without headings, each by its first sentence; of a single one, its sentences or clauses.

    A heading that begins its paragraph is none of the points.
    """
    begin = _stated_from(section)
    inside = [one for one in document.paragraphs if one.start < section.end and begin < one.end and one.kind == "text"]
    if len(inside) > 1:
        first = [one.sentences[0] for one in inside if one.sentences and one.start >= begin]
        return tuple(Point(one.start, one.end, one.end) for one in first), "sentences"
    sentences = [
        Point(max(one.start, _behind_marks(document.text, begin)), min(one.end, section.end), min(one.end, section.end))
        for paragraph in inside
        for one in paragraph.sentences
        if one.end > begin + 1 and one.start < section.end
    ]
    sentences = [one for one in sentences if len(point_text(document.text[one.start : one.end])) > 1]
    if len(sentences) > 1:
        return tuple(sentences), "sentences"
    return tuple(_clauses(document.text, sentences[0])) if sentences else (), "clauses"


STATEMENT = re.compile(r"[,，:：](?=.*\d)")


def _stated_from(section: Section) -> int:
    """Where what a part says begins: behind its heading, or in the heading of a point that goes on with figures
    (一要守住粮食安全,总产达到19万吨)."""
    goes_on = STATEMENT.search(section.heading) if section.inline else None
    return section.start + goes_on.end() if goes_on else section.heading_end


def _behind_marks(text: str, position: int) -> int:
    """The position of the first character that is no mark or blank."""
    match = re.compile(r"[\s。.:：,，;；、]*").match(text, position)
    return match.end() if match else position


def _clauses(text: str, sentence: Point) -> Iterator[Point]:
    words = text[sentence.start : sentence.end]
    quiet = _without_quotations(words)
    parted = _split(quiet, 0, len(quiet), "[;；]")
    for start, end in parted if len(parted) > 1 else _split(quiet, 0, len(quiet), "[,，]"):
        yield Point(sentence.start + start, sentence.start + end, sentence.start + end)


def _lineage(by_number: dict[int, Section], section: Section) -> tuple[Section, ...]:
    """The sections around a section, outermost first, itself last."""
    path = [section]
    while path[0].parent is not None:
        path.insert(0, by_number[path[0].parent])
    return tuple(path)


@dataclass(frozen=True, slots=True)
class _Row:
    """An enumeration in a sentence: the words that lead to it, and its parts; `counts` where they only count one thing
    after the other (受理18342件,按时办结18027件)."""

    lead: str
    parts: tuple[tuple[int, int], ...]
    counts: bool = False


def _enumerated(question: Question, found: Sequence[Searched]) -> Iterator[FoundList]:
    for one in found:
        reading, offset = one.reading, one.reading.passage.paragraph.start
        if reading.passage.paragraph.kind == "closing":
            continue
        for sentence in reading.sentences:
            text = reading.folded[sentence.start : sentence.end]
            for row in _rows(text):
                yield FoundList(
                    points=_points(row, offset + sentence.start),
                    own=row.lead,
                    inside="\n".join(text[start:end] for start, end in row.parts),
                    lineage=reading.topics,
                    nature="counts" if row.counts else "enumeration",
                    searched=one.nearness,
                    around=reading.folded[: sentence.end],
                    of_kind=float(_is_of_kind(question, text, row)),
                    fitting=_fitting(question, reading, sentence.start, row),
                    unended=float(_goes_on(reading, sentence.start + row.parts[-1][0], sentence)),
                )


def _fitting(question: Question, reading: Reading, offset: int, row: _Row) -> float:
    """The share of parts with a figure of the unit that is asked for; 0 where none is."""
    if not question.asks:
        return 0.0
    starts = [
        figure.start - offset for figure in reading.figures if fits(question.asks[0], figure.unit, figure.group) > 0
    ]
    return sum(any(start <= at < end for at in starts) for start, end in row.parts) / len(row.parts)


NEXT_COUNT = 16


def _goes_on(reading: Reading, last: int, sentence: Span) -> bool:
    """Whether a count in the unit of the last part's stands right behind that, in its sentence."""
    counts = [one for one in reading.figures if last <= one.start < sentence.end]
    if len(counts) < 2 or counts[0].unit != counts[1].unit:
        return False
    between = reading.folded[counts[0].end : counts[1].start]
    return len(between) < NEXT_COUNT and re.match("[、,，;；]", between) is not None


KIND_OF_HEADING = re.compile(
    r"(?:[哪那](?:些|几|[一二两三四五六七八九十]{1,2})|什么)(?:大|个|项|类|种|条|件|块|样)?([\u4e00-\u9fff]{2})"
)
KIND = re.compile(r"[哪那](?:些|几|[一二两三四五六七八九十])(?:大|个)?([\u4e00-\u9fff])")


def _is_of_kind(question: Question, text: str, row: _Row) -> bool:
    """Whether parts have the word for what is listed in them (哪几类: 咨询类、投诉类)."""
    match = KIND.search(question.plain)
    if not match:
        return False
    if match.group(1) in "类种" and "其中" in text[: row.parts[0][0]]:
        return True
    return 2 * sum(match.group(1) in text[start:end] for start, end in row.parts) >= len(row.parts)


def _points(row: _Row, offset: int) -> tuple[Point, ...]:
    return tuple(Point(offset + start, offset + end, offset + end) for start, end in row.parts)


def _without_quotations(sentence: str) -> str:
    """The sentence with x in the place of names, quotations, brackets and grouped digits, whose marks part nothing."""
    return re.sub(
        r"《[^》]*》|“[^”]*”|[(（][^)）]*[)）]|\d,(?=\d{3})", lambda match: "x" * len(match.group()), sentence
    )


@lru_cache(maxsize=20_000)
def _rows(sentence: str) -> tuple[_Row, ...]:
    """The enumerations in a sentence: by semicolons, by commas behind a colon or between counts, by 、 in a clause."""
    return tuple(_enumerations(sentence))


def _enumerations(sentence: str) -> Iterator[_Row]:
    quiet = _without_quotations(sentence)
    colon = re.search(r"[:：]", quiet)
    begin = colon.end() if colon else 0
    lead = sentence[:begin]
    by_semicolon = _split(quiet, begin, len(quiet), "[;；]")
    if len(by_semicolon) >= 3 or (colon and len(by_semicolon) == 2):
        yield _Row(lead, tuple(by_semicolon))
    clauses = _split(quiet, begin, len(quiet), "[,，;；]")
    if colon and len(clauses) >= 3:
        yield _Row(lead, tuple(clauses))
    for start, end in clauses:
        yield from _row_in_clause(sentence, quiet, start, end)
    yield from _row_of_counts(sentence, quiet, clauses)
    yield from _row_of_counts(sentence, quiet, _split(quiet, begin, len(quiet), "[,，;；、]"))


def _row_of_counts(sentence: str, quiet: str, parts: Sequence[tuple[int, int]]) -> Iterator[_Row]:
    """Counts one after the other, all of a sentence and those behind 其中."""
    counted = [(_behind_among(quiet, start), end) for start, end in parts if re.search(r"\d", quiet[start:end])]
    among = sentence.find("其中")
    inner = [(start, end) for start, end in counted if start > among >= 0]
    if inner and len(inner) < len(counted) and len(inner) > 1:
        yield _Row(sentence[:among], tuple(inner), counts=True)
    if len(counted) >= 3:
        yield _Row(sentence[: counted[0][0]] or sentence[: counted[0][1]], tuple(counted), counts=True)
        yield _Row(sentence[: counted[0][1]], tuple(counted[1:]), counts=True)


def _behind_among(quiet: str, start: int) -> int:
    """The position of a part without the 其中 that it begins with."""
    among = AMONG.match(quiet, start)
    return among.end() if among else start


def _row_in_clause(sentence: str, quiet: str, start: int, end: int) -> Iterator[_Row]:
    lead_end = max((match.end() for match in LEAD.finditer(quiet, start, end) if match.end() < end), default=start)
    parts = _split(_joints(quiet, lead_end, end), lead_end, end, "[、\ue000]")
    if len(parts) >= 3:
        yield _Row(sentence[start : parts[0][1]], tuple(parts))


def _joints(quiet: str, start: int, end: int) -> str:
    """The text with 和, 及, 与 and 以及 behind the last 、 marked, where they are words by themselves (和谐 is not)."""
    last = quiet.rfind("、", start, end)
    if last < 0:
        return quiet
    marked = "".join(
        "\ue000" * len(word) if word in ("和", "及", "与", "以及") else word
        for word in rjieba.cut(quiet[last:end], False)
    )
    return quiet[:last] + marked + quiet[end:]


def _split(text: str, start: int, end: int, pattern: str) -> list[tuple[int, int]]:
    bounds = [start]
    for match in re.finditer(pattern, text[start:end]):
        bounds += [start + match.start(), start + match.end()]
    bounds.append(len(text[:end].rstrip("。;；,， ")))
    return [(a, b) for a, b in zip(bounds[::2], bounds[1::2], strict=True) if b - a > 1]
