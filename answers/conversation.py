"""What is remembered of a conversation, and how a question that leans on the last one is completed from it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pydantic import TypeAdapter

from wenbao.answers.asks import Ask
from wenbao.answers.question import Question, Word


@dataclass(frozen=True, slots=True)
class Memory:
    """The last answered turn: the question as it was understood, and where its answer stands.

    `rows` are the library's rows of the cited paragraphs, `points` the ranges of a list's points, `places` the row and
    the position in its paragraph of what was chosen, `topic` words of turns before that it leaned on, `point` the
    number of the point that was unfolded last, `refused` a question after it that was of a place or year without a
    report. Where nothing was answered yet, there is only that one, and the document has no id.
    """

    question: Question
    document_id: str
    rows: tuple[int, ...] = ()
    points: tuple[tuple[int, int], ...] = ()
    places: tuple[tuple[int, int], ...] = ()
    topic: tuple[Word, ...] = ()
    point: int = 0
    refused: Question | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A question completed from the conversation; `context` is the last one with words that only help to choose.

    `carried` is the figure that was asked for last, where the question asks for none of its own (那许可呢?); `bare`
    says that all its words are the last one's (为什么?). `own` is the question without the year taken from the last
    one, where it asks for a thing of its own (那官司输了几场?), which may be told of another year.
    """

    question: Question
    context: Question | None = None
    rows: tuple[int, ...] = ()
    places: tuple[tuple[int, int], ...] = ()
    leaning: bool = False
    carried: Ask | None = None
    bare: bool = False
    own: Question | None = None


INHERITS_KIND = ("keywords", "fact", "yes_no")


def complete(question: Question, memory: Memory | None) -> Turn:
    """The question with what it leaves out taken from the last answered turn."""
    if memory is not None and memory.refused is not None and _is_of_other_report(question):
        return Turn(_of_other_report(memory.refused, question))
    if memory is None or not memory.document_id:
        return Turn(question)
    last = memory.question
    known = {word.text for word in question.words}
    others = tuple(word for word in last.words if word.text not in known)
    topic = tuple(word for word in memory.topic if word.text not in known)
    context = _with_words(last, (*others, *topic))
    is_bare = question.kind == "number" and len(question.words) <= 1
    if not question.leans_on_last and not is_bare:
        return Turn(question, context, memory.rows, memory.places)
    completed, carried = question, None
    if question.kind in INHERITS_KIND and last.kind in ("number", "when", "who", "list", "document"):
        completed = replace(completed, kind=last.kind, asks=_carried(last.asks) if last.kind == "number" else ())
        carried = last.asks[0] if last.kind == "number" and last.asks else None
    if not question.words:
        completed = replace(completed, words=last.words)
        context = _with_words(last, topic)
    elif (
        question.is_english == last.is_english
        and _is_of_other_year(question)
        and all(word.part != "noun" for word in question.words)
    ):
        completed = replace(completed, words=(*question.words, *others))
        context = _with_words(last, topic)
    if question.year_word == "either" and last.year_word == "told":
        completed = replace(completed, year_word="plan")
    if not question.places:
        completed = replace(completed, places=last.places)
    if question.section is None and not question.words:
        completed = replace(completed, section=last.section)
    own = None
    if not question.years and question.year_word is None:
        is_of_year = bool(last.years) or last.year_word is not None
        asks_for_thing = question.kind not in INHERITS_KIND and any(word.part == "noun" for word in question.words)
        own = completed if is_of_year and asks_for_thing else None
        completed = replace(completed, years=last.years, year_word=last.year_word)
    return Turn(
        completed, context, memory.rows, memory.places, leaning=True, carried=carried, bare=not question.words, own=own
    )


def refused_memory(question: Question, memory: Memory | None) -> Memory:
    """What a conversation keeps of a question that was refused for its place or year."""
    return replace(memory, refused=question) if memory else Memory(question, "", refused=question)


def _is_of_other_report(question: Question) -> bool:
    """Whether a question only names another place or year (那从化呢, 那2020年呢)."""
    names_one = bool(question.places or question.years or question.year_word)
    return names_one and not question.words and question.kind in INHERITS_KIND


def _of_other_report(refused: Question, question: Question) -> Question:
    """The question that was refused, of another place or year."""
    named = replace(refused, places=question.places) if question.places else refused
    if question.years or question.year_word:
        named = replace(named, years=question.years, year_word=question.year_word)
    return named


def topic_of(turn: Turn) -> tuple[Word, ...]:
    """The words of turns before that a turn leaned on, in its own language."""
    if not turn.leaning or turn.context is None or turn.context.is_english != turn.question.is_english:
        return ()
    return turn.context.words


def _with_words(question: Question, words: tuple[Word, ...]) -> Question | None:
    """A question with these words for its own; None where there are none."""
    return replace(question, words=words) if words else None


def _is_of_other_year(question: Question) -> bool:
    """Whether a question names a year or what is planned: with no noun in it, it asks the same of that year."""
    return bool(question.years) or question.year_word is not None or question.section == "plan"


def _carried(asks: tuple[Ask, ...]) -> tuple[Ask, ...]:
    """What was asked for before, without its unit word, which need not fit the new thing; a percentage stays one."""
    return tuple(Ask("", ask.group if ask.group in ("percent",) else "", ask.at) for ask in asks[:1])


MEMORIES = TypeAdapter(Memory)


def dump(memory: Memory) -> str:
    return MEMORIES.dump_json(memory).decode()


def load(text: str) -> Memory:
    """A memory that was kept. Raises ValueError for one of another version."""
    return MEMORIES.validate_json(text)
