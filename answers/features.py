"""What is measured of a place that may answer a question, and the learnt weights that turn it into a score."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields
from functools import cache
from operator import attrgetter, mul
from pathlib import Path
from typing import TYPE_CHECKING

from wenbao.answers.asks import Ask
from wenbao.answers.figures import Span
from wenbao.answers.question import Question
from wenbao.answers.reading import Reading, clause_at
from wenbao.answers.terms import Term

if TYPE_CHECKING:
    from wenbao.answers.choosing import Source

WEIGHTS = Path(__file__).with_name("weights.toml")


@dataclass(frozen=True, slots=True)
class Features:
    """A place that may answer, in numbers from 0 to 1.

    `covered` is the share of the question's words that the place meets, `deeply` the same with half-met words
    counting less, `missing` the share that it does not meet at all, `named` how well it meets the very thing that is
    counted, `counted` the share of words that stand right beside the figure, `fit` how well the unit or kind fits,
    `extra` the share of the clause that the question has no words for; `unasked_plan` and `plan_missed` say that one
    speaks of plans and the other does not, `other_change` that one is a rise or fall and the other is not, `superseded`
    that the figure is the one before a change (由103家增加到128家), or is not where that one is asked for, `total` that
    both speak of a total, `searched` is the score of the passage in the search.
    """

    covered: float
    deeply: float
    missing: float
    named: float
    fit: float
    counted: float
    extra: float
    unasked_plan: float
    plan_missed: float
    other_change: float
    superseded: float
    total: float
    searched: float


def score_of(features: Features) -> float:
    """The weighted sum of the features, for ranking."""
    total: float = sum(map(mul, ranking_weights(), values_of(features)))
    return total


values_of = attrgetter(*(field.name for field in fields(Features)))
"""The features as a tuple, in their order."""


@cache
def ranking_weights() -> tuple[float, ...]:
    weights = tomllib.loads(WEIGHTS.read_text(encoding="utf-8"))["ranking"]
    return tuple(float(weights[field.name]) for field in fields(Features))


UNMET = 0.4
"""What supports a term less than this does not meet it: a single character of a word, or one far away."""

PLAN_SIGN = re.compile(
    r"目标|预期|计划|打算|将|准备|力争|争取|希望|要(?!求|点|素|闻)|想|接下来|下一步|明年|来年"
    r"|\bwill\b|\btargets?\b|\bgoals?\b|\bplan|\bto be\b|\baims?\b"
)
DONE_SIGN = re.compile(r"了|过(?!程)|已|\bdid\b|\bwas\b|\bwere\b|\bhas\b|\bhave\b|\bhad\b")


def wants_plan(question: Question) -> bool:
    """Whether the question asks for what is planned."""
    if question.section == "plan" or question.year_word == "plan":
        return True
    return bool(PLAN_SIGN.search(question.plain)) and not DONE_SIGN.search(question.plain)


ASKS_FOR_CHANGE = re.compile(
    r"增长|增加(?!值)|增幅|增速|涨|升了|上升|下降|降了|减少|降低|提高|提升|回落|变化|下滑|掉|跌|多了|少了|降幅|压减|压缩|比.{1,8}(?:多|少|高|低)|缩短"
    r"|\b(?:grow|grew|growth|increas|decreas|fall|fell|drop|declin|rise|rose|risen|up by|down by|chang|reduc)"
    r"|\b(?:higher|lower)\b"
)
CHANGE = re.compile(
    r"(?:增长|增加|新增|上升|提高|提升|下降|减少|降低|回落|下滑|压减|压缩|缩短|高于|低于|多于|少于|上涨|下调|净增|增|降|升)"
    r"(?:了|幅|约|超过?|近|逾|幅度)?(?:为|达)?$"
    r"|(?:比|较)[^,，。;；\d]{1,6}(?:\d{4}年)?(?:多|少|高|低)(?:了|出)?$"
)


def asks_for_change(question: Question, ask: Ask) -> bool:
    """Whether a rise or fall is asked for, near the place in the question that asks."""
    near = question.plain[max(0, ask.at - 14) : ask.at + 14] if not question.is_english else question.plain
    return bool(ASKS_FOR_CHANGE.search(near))


DIFFERENCE_ASKED = re.compile(r"(?:比|较)[^,，。;；]{1,10}?[多少高低增降升涨跌减][^,，。;；到至]{0,2}$")
DIFFERENCE = re.compile("增|降|升|减|高于|低于|[多少高低]|涨|跌|回落|提高|压缩|扩大")


def asks_for_difference(question: Question, ask: Ask) -> bool:
    """Whether a question asks by how much something is more or less than something else: 比上年降了多少."""
    return DIFFERENCE_ASKED.search(question.plain, 0, ask.at) is not None


def says_difference(reading: Reading, start: int) -> bool:
    """Whether the clause of a figure, up to the figure, speaks of more or less; in a table any may."""
    clause = clause_at(reading, start, start + 1)
    return reading.row is not None or DIFFERENCE.search(reading.folded, clause.start, start) is not None


CHANGED = re.compile("增长|增减|增幅|增速|升降|涨幅|降幅|同比|比上年|变化")


def is_change(reading: Reading, start: int) -> bool:
    """Whether the figure at `start` says by how much something rose or fell."""
    column = reading.row.column_at(start) if reading.row else None
    if column is not None:
        return CHANGED.search(column.name) is not None
    match = CHANGE.search(reading.folded, max(0, start - 12), start)
    return bool(match) and "新增" not in (match.group() if match else "")


BEFORE_CHANGE = re.compile(r"(?:由|从|自)[^,，。;；]{0,10}$")
CHANGED_TO = re.compile(r"[^,，。;；]{0,6}?(?:降|升|增|减|压|提|扩|缩|涨|回|调|变)[^,，。;；\d]{0,4}(?:至|到|为)")


MAY_ASK_FOR_BEFORE = re.compile(r"之前|以前|此前|前是|前有|\bbefore\b")
ASKS_FOR_BEFORE = re.compile(
    r"原来|原先|原本|本来|[高低整改革涨降升调变少加减]之?前(?:是|有|的|多少|几)"
    r"|\bpreviously\b|\boriginally\b|\bused to\b"
)
FROM = re.compile(r"(?:从|由)[^,，。;；到至成]{0,6}$|\bfrom (?:\w+ )?$")


def asks_for_before(question: Question, ask: Ask) -> bool:
    """Whether what was before a change is asked for: 原来有多少, 从多少降到多少."""
    return bool(ASKS_FOR_BEFORE.search(ask.part(question.plain)) or FROM.search(question.plain, 0, ask.at))


def may_ask_for_before(question: Question, ask: Ask | None) -> bool:
    """Whether words of the question, or of its part, may as well mean what was before a change."""
    return bool(MAY_ASK_FOR_BEFORE.search(ask.part(question.plain) if ask else question.plain))


def is_superseded(reading: Reading, start: int, end: int) -> bool:
    """Whether the figure is what was before a change: 由103家增加到128家."""
    if not CHANGED_TO.match(reading.folded, end):
        return False
    return bool(BEFORE_CHANGE.search(reading.folded[max(0, start - 14) : start]))


ASKS_FOR_TOTAL = re.compile(
    r"总共|一共|总的|总计|合计|累计|总量|总数|总额|目前|现在|现有|截至|共有|\bin total\b|\baltogether\b|\btotal\b"
)
TOTAL = re.compile(r"累计|合计|截至|目前|现有|(?<!公)共(?![同享建产和青识用])|总(?![书结体工部队站局台理])")


def speaks_of_total(reading: Reading, start: int, end: int) -> bool:
    """Whether the clause of a figure, up to the figure, says that it is a total."""
    clause = clause_at(reading, start, end)
    return bool(TOTAL.search(reading.folded, clause.start, start))


def named_share(question: Question, ask: Ask | None, terms: tuple[Term, ...], supports: tuple[float, ...]) -> float:
    """How well the word is met that names what is counted: the first one behind 多少, else the last one before it."""
    if not terms:
        return 0.0
    if ask is None:
        return max(supports)
    behind = [support for term, support in zip(terms, supports, strict=True) if term.at > ask.at]
    before = [support for term, support in zip(terms, supports, strict=True) if term.at < ask.at]
    return behind[0] if behind else before[-1] if before else supports[0]


def counted_share(source: Source, terms: tuple[Term, ...], start: int, end: int) -> float:
    """The share of the terms' weight that stands in the words right beside a figure, behind it or before it."""
    if source.reading.row:
        return _named_by_row(source, terms, start)
    text = source.reading.folded
    clause = clause_at(source.reading, start, end)
    behind = re.match(r"[^,，。;；、()（）\d]{0,12}", text[end : clause.end])
    left = max(
        (mark + 1 for mark in source.reading.boundaries.enumerations if clause.start <= mark < start),
        default=clause.start,
    )
    beside = [(max(left, start - 14), start), (end, end + (behind.end() if behind else 0))]
    total = sum(term.weight for term in terms)
    met = sum(
        one.term.weight
        * max(
            (
                place.quality
                for place in one.every_place
                for low, high in beside
                if low <= place.start and place.end <= high
            ),
            default=0.0,
        )
        for one in source.found
    )
    return met / total if total else 0.0


def _named_by_row(source: Source, terms: tuple[Term, ...], start: int) -> float:
    """The share of the terms' weight that the names of the row and of the column of a cell hold."""
    row = source.reading.row
    column = row.column_at(start) if row else None
    names = source.reading.folded[: row.label.end] + column.name if row and column else ""
    total = sum(term.weight for term in terms)
    met = sum(
        term.weight * max((quality for form, quality in term.forms if form in names), default=0.0) for term in terms
    )
    return met / total if total else 0.0


def part_of_clause(reading: Reading, start: int, end: int) -> Span:
    """The part of the clause around a place that no 、 parts from it; in a table the name of the row."""
    if reading.row:
        return reading.row.label
    clause = clause_at(reading, start, end)
    marks = reading.boundaries.enumerations
    left = max((mark + 1 for mark in marks if clause.start <= mark < start), default=clause.start)
    right = min((mark for mark in marks if end <= mark < clause.end), default=clause.end)
    return Span(left, right)


def extra_share(source: Source, start: int, end: int) -> float:
    """The share of the clause around a place, figures aside, that the question has no words for."""
    clause = part_of_clause(source.reading, start, end)
    telling = source.reading.telling
    own = sum(telling[at] for at in range(clause.start, clause.end) if not start <= at < end)
    if not own:
        return 0.0
    met = {
        at
        for one in source.found
        for place in one.every_place
        if clause.start <= place.start < clause.end and place.quality >= 0.5
        for at in range(place.start, min(place.end, clause.end))
        if not start <= at < end
    }
    return 1 - min(1.0, sum(telling[at] for at in met) / own)
