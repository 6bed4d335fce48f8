"""Reads a passage for evidence: its figures, names, dates and boundaries, at positions of the passage's own text."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from operator import add

import rjieba

from wenbao.answers.asks import COUNTABLE
from wenbao.answers.costs import COSTS
from wenbao.answers.figures import Figure, Span, dates, figures, names, quoted
from wenbao.answers.tables import Row, row_figures, row_of
from wenbao.index.folding import fold
from wenbao.knowledge.documents import Passage


@dataclass(frozen=True, slots=True)
class Boundaries:
    """Sorted positions of the marks that part one statement from the next, from the weakest to the strongest.

    `carried` are those of the `sentences` after which the next one leaves out its subject (审结56件), which is that of
    the sentence before; `stops` are those that end a clause.
    """

    brackets: tuple[int, ...]
    enumerations: tuple[int, ...]
    commas: tuple[int, ...]
    semicolons: tuple[int, ...]
    sentences: tuple[int, ...]
    carried: tuple[int, ...]
    stops: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Partners:
    """Of a figure in a row (城镇、农村收入分别增长4%和6%): the words that it belongs to, and those it does not."""

    own: Span
    others: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A sentence, or the end of one, that breaks down its `topic`, which was counted before: 按区域分,东区15户."""

    parts: Span
    topic: Span


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A passage with all that answers are made of. Positions count from the passage's first character.

    `points` are the beginnings of 一是 / 二是 / 1. … inside the passage, `topics` the folded headings above it,
    outermost first, `partners` what each figure of a row belongs to, `attributes` what a figure counts that
    stands right behind it (34个执法部门) or behind 的 (总投资3亿元、占地50亩的新城),
    `bases` the figure that one behind it changes (1268宗 before 同比增长15.3%), all by where the figure starts.
    `price` is the cost of all marks and figures before a position, `mark_price` that of the marks alone: what lies
    between two positions costs the difference. `opening` is where the first clause ends, which says what the passage is
    about. `row` is the row of a table that the passage is: its cells cost nothing. `telling` is how much each character
    says of what is counted: that of a noun 1, of a verb less, of digits, years, marks and 全区 nothing.
    """

    passage: Passage
    folded: str
    figures: tuple[Figure, ...]
    figure_starts: tuple[int, ...]
    names: tuple[Span, ...]
    quoted: tuple[Span, ...]
    dates: tuple[Span, ...]
    boundaries: Boundaries
    sentences: tuple[Span, ...]
    points: tuple[int, ...]
    topics: tuple[str, ...]
    partners: dict[int, Partners]
    attributes: dict[int, Span]
    bases: dict[int, Span]
    breakdowns: tuple[Breakdown, ...]
    mark_price: tuple[float, ...]
    price: tuple[float, ...]
    opening: int = 0
    row: Row | None = None
    telling: tuple[float, ...] = ()

    def topic_at(self, position: int) -> Span | None:
        """What is broken down where a position stands; None where nothing is."""
        for one in self.breakdowns:
            if one.parts.start <= position < one.parts.end:
                return one.topic
        return None

    def sentence_at(self, position: int) -> Span:
        """The sentence that holds a position."""
        for sentence in self.sentences:
            if position < sentence.end:
                return sentence
        return self.sentences[-1]


POINT = re.compile(
    r"(?<![\u4e00-\u9fff])(?:[一二三四五六七八九十]{1,3}(?:是|要|、)|第[一二三四五六七八九十]{1,2}[,，、]|[(（][一二三四五六七八九十\d]{1,2}[)）]"
    r"|\d{1,2}[.、．](?!\d)|其[一二三四五六][,，、]|首先[,，]|其次[,，]|再次[,，]|最后[,，])"
)


@lru_cache(maxsize=20_000)
def read_passage(passage: Passage, path: tuple[str, ...] | None = None) -> Reading:
    """Read a passage; `path` are the headings above it where more than those of its section are known.

    What was read is kept in memory for the passages that are asked for most.
    """
    above = passage.paragraph.section if path is None else path
    folded = fold(passage.text)
    row = row_of(passage)
    found = row_figures(row, folded) if row else figures(folded)
    start = passage.paragraph.start
    boundaries, points = _boundaries(folded), tuple(match.start() for match in POINT.finditer(folded))
    mark_price = _prices(len(folded), boundaries, points)
    if row:
        mark_price = (0.0,) * (len(folded) + 1)
    figure_price = _prefix_sums(len(folded), ((figure.start, 0.0 if row else COSTS.figure) for figure in found))
    sentences = tuple(Span(one.start - start, one.end - start) for one in passage.paragraph.sentences)
    return Reading(
        passage=passage,
        folded=folded,
        figures=found,
        figure_starts=tuple(figure.start for figure in found),
        names=names(folded),
        quoted=quoted(folded),
        dates=dates(folded),
        boundaries=boundaries,
        sentences=sentences,
        points=points,
        topics=tuple(fold(heading) for heading in above[: -1 if row else None]),
        mark_price=mark_price,
        price=tuple(map(add, mark_price, figure_price)),
        breakdowns=tuple(_breakdowns(folded, sentences, found)),
        partners={start: pair for sentence in sentences for start, pair in _partners(folded, sentence, found)},
        attributes=dict(_attributes(folded, found)),
        bases={} if row else _bases(folded, sentences, found),
        opening=boundaries.stops[0] if boundaries.stops else 0,
        row=row,
        telling=tuple(_telling(folded)),
    )


TELLING = {"n": 1.0, "j": 1.0, "i": 1.0, "l": 1.0, "e": 1.0, "x": 1.0, "b": 0.8, "v": 0.6, "a": 0.6, "m": 0.0}
TELLING_OF_OTHERS = 0.3
"""How much a character tells by the part of speech of its word."""
WHOLE_PLACE = re.compile("[全本我][省市区县镇乡村街]|年[底末初]")


def _telling(folded: str) -> Iterator[float]:
    for word, tag in rjieba.tag(folded, False):
        tells = TELLING["n"] if tag == "vn" else TELLING.get(tag[:1], TELLING_OF_OTHERS)
        yield from [0.0 if WHOLE_PLACE.fullmatch(word) or not word[0].isalnum() else tells] * len(word)


@lru_cache(maxsize=20_000)
def clause_at(reading: Reading, start: int, end: int) -> Span:
    """The clause around [start, end): from one comma, semicolon or sentence mark to the next."""
    sentence = reading.sentence_at(start)
    stops = reading.boundaries.stops
    before, behind = bisect_left(stops, start), bisect_left(stops, end)
    left = stops[before - 1] + 1 if before and stops[before - 1] >= sentence.start else sentence.start
    right = stops[behind] if behind < len(stops) and stops[behind] < sentence.end else sentence.end
    return Span(left, right)


def statement_at(reading: Reading, position: int) -> Span:
    """The part of its sentence that a position stands in, from one semicolon to the next."""
    sentence = reading.sentence_at(position)
    marks = reading.boundaries.semicolons
    left = max((mark + 1 for mark in marks if sentence.start <= mark < position), default=sentence.start)
    right = min((mark for mark in marks if position <= mark < sentence.end), default=sentence.end)
    return Span(left, right)


BROKEN_DOWN = re.compile(r"\s*(?:其中|(?:按|从|分)[^,，。;；\d]{1,10}[分看计算来划])[,，:：]?")


def _breakdowns(folded: str, sentences: tuple[Span, ...], found: tuple[Figure, ...]) -> Iterator[Breakdown]:
    topic: Span | None = None
    for sentence in sentences:
        yield from _breakdowns_within(folded, sentence, found)
        if topic is not None and BROKEN_DOWN.match(folded, sentence.start):
            yield Breakdown(sentence, topic)
        else:
            first = next((one.end for one in found if sentence.start <= one.start < sentence.end), sentence.end)
            topic = Span(sentence.start, first)


AMONG = re.compile("其中[:：]?")


def _breakdowns_within(folded: str, sentence: Span, found: tuple[Figure, ...]) -> Iterator[Breakdown]:
    """From each 其中 to the next semicolon; the topic is the clause of the figure before: 案件80件,其中区政府9件."""
    for among in AMONG.finditer(folded, sentence.start, sentence.end):
        whole = next((one for one in reversed(found) if sentence.start <= one.start < one.end <= among.start()), None)
        if whole is not None:
            stop = SEMICOLON.search(folded, among.end(), sentence.end)
            parts = Span(among.start(), stop.start() if stop else sentence.end)
            yield Breakdown(parts, Span(_behind_last(",，;；", folded, sentence.start, whole.start), whole.end))


SEMICOLON = re.compile("[;；]")


def _behind_last(marks: str, folded: str, start: int, end: int) -> int:
    """The position behind the last of some marks from `start` to `end`; `start` where there is none."""
    return max(start, *(folded.rfind(mark, start, end) + 1 for mark in marks))


_YEAR = r"(?:上一?年度?|去年|前一?年|上年|同期|年初|\d{4}年)(?:同期|年?末|年?底|初)?"
CHANGED_BY = re.compile(
    rf"[,，、(（]?(?:同比|环比|[比较与]{_YEAR}(?:的?[\d.]+[万亿千百]*[^,，。;；\d]{{1,4}})?(?:相比)?)?[,，]?(?:分别|净|又|再|共)?"
    r"(?:增长|增加|上升|提高|提升|下降|减少|降低|回落|下滑|压减|上涨|下跌|净增|增|降|升|多|少|高|低)"
    r"(?:了|约|超过?|近|逾|出|幅度?|达到?|为)*"
)
COMPARED_WITH = re.compile(rf"{_YEAR}的?$")


def _bases(folded: str, sentences: tuple[Span, ...], found: tuple[Figure, ...]) -> dict[int, Span]:
    """For each figure that says by how much one before it changed, that one; what it was before the change is none."""
    bases: dict[int, Span] = {}
    for sentence in sentences:
        inside = [figure for figure in found if sentence.start <= figure.start < sentence.end]
        for at, figure in enumerate(inside):
            near = reversed(inside[max(0, at - 2) : at])
            changing = (one for one in near if not COMPARED_WITH.search(folded, sentence.start, one.start))
            base = next((one for one in changing if CHANGED_BY.fullmatch(folded, one.end, figure.start)), None)
            if base is not None:
                bases[figure.start] = bases.get(base.start) or Span(base.start, base.end)
    return bases


ATTRIBUTE = re.compile(r"[、和][^,，。;；:：、\d]{1,10}$")
DESCRIBED = re.compile(r"的([^,，。;；:：、\d]{2,20})")


COUNTED_NOUN = re.compile(r"[^,，。;；:：、\d]{2,24}")
OF_NOUN = ("n", "b", "a", "j", "l", "x", "z")


def _attributes(folded: str, found: tuple[Figure, ...]) -> Iterator[tuple[int, Span]]:
    """What a figure counts that stands right behind it (34个执法部门), and what stands behind the 的 that ends a row of
    figures each with its own words."""
    for figure in found:
        behind = COUNTED_NOUN.match(folded, figure.end) if figure.group in COUNTABLE else None
        length = _noun_length(behind.group()) if behind else 0
        if length > 1:
            yield figure.start, Span(figure.end, figure.end + length)
    for number, figure in enumerate(found):
        described = DESCRIBED.match(folded, figure.end)
        if not described:
            continue
        for at in range(number, 0, -1):
            if not ATTRIBUTE.match(folded[found[at - 1].end : found[at].start]):
                break
            yield found[at - 1].start, Span(*described.span(1))


@lru_cache(maxsize=20_000)
def _noun_length(words: str) -> int:
    """How many characters of a text the nouns take that it begins with, such as end in one character behind a verb
    (乡镇执法队) too; a verb may be first (执法部门)."""
    tagged = [*rjieba.tag(words, False), ("", "")]
    length = named = 0
    for (word, tag), (following, _) in pairwise(tagged):
        is_noun = tag == "vn" or tag.startswith(OF_NOUN)
        ends = len(word) == 1 and length > 0 and word not in JOINING
        if not (is_noun or ends or (tag == "v" and (length == 0 or len(following) == 1) and following not in JOINING)):
            break
        length += len(word)
        named = length if ends or tag.startswith(("n", "vn", "l", "j")) else named
    return named


JOINING = frozenset("和与及或并已均共为由被在对等了的向从到按经较比将把给让于、")
"""Characters that no noun ends in."""
CONNECTED = re.compile(r"[、和与及,，以\s]*")


def _partners(folded: str, sentence: Span, found: tuple[Figure, ...]) -> Iterator[tuple[int, Partners]]:
    """What the figures of a row belong to, the first to the first; with 分别 (respectively) before them or without."""
    respectively = folded.find("分别", sentence.start, sentence.end)
    for row in _rows_of_figures(folded, [figure for figure in found if sentence.start <= figure.start < sentence.end]):
        if 0 <= respectively < row[0].start:
            items = _items_before(folded, sentence.start, respectively, len(row), found)
        else:
            items = _items_of_clause(folded, sentence.start, row, found)
        for number, figure in enumerate(row if items else ()):
            yield figure.start, Partners(items[number], tuple(item for item in items if item is not items[number]))


def _items_of_clause(folded: str, start: int, row: list[Figure], found: tuple[Figure, ...]) -> list[Span]:
    """The things named before a row in its clause, where they are as many as its figures: 出口和进口增长2%、3%."""
    if any(mark in folded[row[0].end : row[-1].start] for mark in ",，"):
        return []
    behind_mark = _behind_last(",，;；:：", folded, start, row[0].start)
    begin = max([behind_mark, *(one.end for one in found if one.end <= row[0].start)])
    items = _parts(folded, begin, row[0].start)
    return items if len(items) == len(row) else []


def _rows_of_figures(folded: str, inside: list[Figure]) -> list[list[Figure]]:
    """Figures of one kind with nothing but 、 or 和 between them."""
    rows: list[list[Figure]] = []
    for figure in inside:
        last = rows[-1][-1] if rows else figure
        if last.group == figure.group and last is not figure and CONNECTED.fullmatch(folded, last.end, figure.start):
            rows[-1].append(figure)
        else:
            rows.append([figure])
    return [row for row in rows if len(row) > 1]


def _items_before(folded: str, start: int, end: int, count: int, found: tuple[Figure, ...]) -> list[Span]:
    """The last `count` things named before 分别: parts of the sentence that have figures, else its last parts."""
    parts = _parts(folded, start, end)
    counted = [part for part in parts if any(part.start <= figure.start < part.end for figure in found)]
    if len(counted) >= count:
        return counted[-count:]
    return parts[-count:] if len(parts) >= count else []


def _parts(folded: str, start: int, end: int) -> list[Span]:
    """A stretch parted at its marks and at 和, 与 and 及."""
    cuts = [match.start() for match in re.finditer("[、,，;；]|和|与|及", folded[start:end])]
    bounds = [start, *(start + cut + 1 for cut in cuts), end + 1]
    return [Span(a, b - 1) for a, b in pairwise(bounds) if b - a > 1]


def _boundaries(folded: str) -> Boundaries:
    """Marks in names and quotations part nothing; a comma inside a number is none."""
    quiet = re.compile(r"《[^》]*》|“[^”]*”|「[^」]*」|\d,(?=\d{3})")
    masked = quiet.sub(lambda match: "x" * len(match.group()), folded)
    commas, semicolons = _positions(r"[,，]", masked), _positions(r"[;；:：—]", masked)
    sentences = _positions(r"[。！？!?…\n]", masked)
    return Boundaries(
        brackets=_positions(r"[()（）]", masked),
        enumerations=_positions(r"、|和(?=[^,，。;；、]{0,12}\d)", masked),
        commas=commas,
        semicolons=semicolons,
        sentences=sentences,
        carried=tuple(at for at in sentences if _leaves_out_subject(masked, at + 1)),
        stops=tuple(sorted(commas + semicolons + sentences)),
    )


BEGINNING = 8
WITHOUT_SUBJECT = ("v", "d", "p", "r")


def _leaves_out_subject(text: str, start: int) -> bool:
    """Whether a sentence begins with a verb, an adverb or 其中."""
    beginning = text[start : start + BEGINNING].strip()
    return bool(beginning) and rjieba.tag(beginning, False)[0][1][:1] in WITHOUT_SUBJECT


def _prices(length: int, marks: Boundaries, points: tuple[int, ...]) -> tuple[float, ...]:
    """The cost of the marks before each position; a point costs what stands before its own beginning."""
    kinds = (
        (marks.brackets, COSTS.bracket),
        (marks.enumerations, COSTS.enumeration),
        (marks.commas, COSTS.comma),
        (marks.semicolons, COSTS.semicolon),
        (tuple(at for at in marks.sentences if at not in marks.carried), COSTS.sentence),
        (marks.carried, COSTS.carried),
        (tuple(max(0, point - 1) for point in points), COSTS.point),
    )
    return _prefix_sums(length, ((at, cost) for positions, cost in kinds for at in positions))


def _prefix_sums(length: int, costs: Iterable[tuple[int, float]]) -> tuple[float, ...]:
    at_position = [0.0] * (length + 1)
    for position, cost in costs:
        at_position[position + 1] += cost
    return tuple(accumulate(at_position))


def _positions(pattern: str, text: str) -> tuple[int, ...]:
    return tuple(match.start() for match in re.finditer(pattern, text))
