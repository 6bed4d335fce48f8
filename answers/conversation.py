"""What is remembered of a conversation, and how a question that leans on the last one is completed from it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

from wenbao.answers.asks import Ask
from wenbao.answers.question import Question, Word


@dataclass(frozen=True, slots=True)
class Memory:
    """The last answered turn: the question as it was understood, and where its answer stands.

    `rows` are the library's rows of the cited paragraphs, `points` the ranges of a list's points, `places` the row and
    the position in its paragraph of what was chosen.
    """

    question: Question
    document_id: str
    rows: tuple[int, ...] = ()
    points: tuple[tuple[int, int], ...] = ()
    places: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """A question completed from the conversation; `context` is the last one with words that only help to choose."""

    question: Question
    context: Question | None = None
    rows: tuple[int, ...] = ()
    places: tuple[tuple[int, int], ...] = ()
    leaning: bool = False


INHERITS_KIND = ("keywords", "fact", "yes_no")


def complete(question: Question, memory: Memory | None) -> Turn:
    """The question with what it leaves out taken from the last answered turn."""
    if memory is None:
        return Turn(question)
    last = memory.question
    known = {word.text for word in question.words}
    others = tuple(word for word in last.words if word.text not in known)
    context = replace(last, words=others) if others else None
    is_bare = question.kind == "number" and len(question.words) <= 1
    if not question.leans_on_last and not is_bare:
        return Turn(question, context, memory.rows, memory.places)
    completed = question
    if question.kind in INHERITS_KIND and last.kind in ("number", "when", "who", "list", "document"):
        completed = replace(completed, kind=last.kind, asks=_carried(last.asks) if last.kind == "number" else ())
    if not question.words:
        completed = replace(completed, words=last.words)
        context = None
    elif (
        question.is_english == last.is_english
        and _is_of_other_year(question)
        and all(word.part != "noun" for word in question.words)
    ):
        completed = replace(completed, words=(*question.words, *others))
        context = None
    if question.year_word == "either" and last.year_word == "told":
        completed = replace(completed, year_word="plan")
    if not question.years and question.year_word is None:
        completed = replace(completed, years=last.years, year_word=last.year_word)
    if not question.places:
        completed = replace(completed, places=last.places)
    if question.section is None and not question.words:
        completed = replace(completed, section=last.section)
    return Turn(completed, context, memory.rows, memory.places, leaning=True)


def _is_of_other_year(question: Question) -> bool:
    """Whether a question names a year or what is planned: with no noun in it, it asks the same of that year."""
    return bool(question.years) or question.year_word is not None or question.section == "plan"


def _carried(asks: tuple[Ask, ...]) -> tuple[Ask, ...]:
    """What was asked for before, without its unit word, which need not fit the new thing; a percentage stays one."""
    return tuple(Ask("", ask.group if ask.group in ("percent",) else "", ask.at) for ask in asks[:1])


def dump(memory: Memory) -> str:
    return json.dumps(asdict(memory), ensure_ascii=False)


def load(text: str) -> Memory:
    data = json.loads(text)
    question = data["question"]
    question["asks"] = tuple(Ask(**ask) for ask in question["asks"])
    question["words"] = tuple(Word(**word) for word in question["words"])
    question["years"], question["places"] = tuple(question["years"]), tuple(question["places"])
    points = tuple((start, end) for start, end in data["points"])
    places = tuple((row, start) for row, start in data["places"])
    return Memory(Question(**question), data["document_id"], tuple(data["rows"]), points, places)
