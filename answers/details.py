"""A closer look at the best of the places that may answer a question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from wenbao.answers.asks import Ask, fits
from wenbao.answers.belonging import is_of_several, share_of_parts
from wenbao.answers.choosing import Candidate, Likeness
from wenbao.answers.expected import (
    asks_for_most,
    asks_for_names,
    asks_for_rest,
    asks_for_sum,
    distinct_words,
    has_cause,
    has_names,
    is_contrary,
    is_of_rest,
    is_summed,
    says_most,
    whole_end,
)
from wenbao.answers.features import ASKS_FOR_TOTAL, UNMET, is_change
from wenbao.answers.figures import Figure
from wenbao.answers.labels import (
    Labels,
    Met,
    label_at,
    label_of,
    letters_in,
    met_in,
    own_words,
    share_met,
    share_within,
)
from wenbao.answers.question import Question
from wenbao.answers.reading import Reading, clause_at
from wenbao.answers.terms import Term


@dataclass(frozen=True, slots=True)
class Details:
    """What a closer look at a place finds, each from 0 to 1.

    `alone`: few others could answer by their unit. `same_unit`: the very unit asked for. `counts_noun`: the noun behind
    多少 stands behind the figure. `part`: behind 其中, which the question does not say. `common`: the longest stretch
    that the sentence shares with the question's words. `gap`: how far the last word met lies before the place. `least`:
    how well the two weightiest words are met. `unmet`: the share of words not met. `relative`: how near search found
    the passage, beside the best. `label`: the share of the place's own words that the question has. `only_change`,
    `only_asked`: one speaks of a rise or fall, the other does not. `percent`, `money`, `bare`: the kind of figure where
    the question names no unit. `like_clause`, `like_sentence`: likeness by the model. `before`, `behind`: how well the
    words beside 多少 are met. `own`: the share of the question's words that the figure's own words meet. `rival`: how
    much more those of another figure of the sentence meet. `tail`: the share of the last characters before the figure
    that the question has. `inherited`: as `own`, with the words of the whole where the figure is a part; `outdone`: by
    how much another figure of the sentence has more of these; `outnamed`: the question has every word of another one's
    label (镇街31件), not of this one's. `nouns`: how many nouns the question has, `nouns_met`, `others_met`: the shares
    of the weight of its nouns, and of its other words, that are met. `unfit`, `unfit_why`: a date, name or cause that
    is asked for is not there. `denied`, `denied_asked`: one speaks of what is not, the other does not. `per_missed`,
    `per_unasked`: one speaks of each one (每人每月, 平均), the other does not. `clause`, `passage`: the share of the
    question's words that stand there at all. `added`, `added_only`: what was added, not asked for; asked for a total.
    `early`: how early in the report. `english`, `figure`, `why`, `when`, `who`, `document`, `yes_no`, `keywords`,
    `several` (a list): the kind of question. `context`, `same_passage`, `same_sentence`, `leaning`: how the
    conversation speaks for it; `leaning_context`, `leaning_passage`, `leaning_sentence`: the same of a question that
    leans on the last one; `repeated`, `sole`, `following`, `unlike`: see `Hint`. `nameless`, `unsummed`, `cause_far`:
    names, a sum or a cause that is asked for is not there; `uncaused_count`: but a count is, for a cause asked for.
    `rest_missed`, `rest_unasked`: one speaks of what is left (其余16个), the other does not. `within`, `within_worst`:
    of a part that is asked for (女律师 in 律师里女律师有几名), how well its words are met, all of them and the least.
    `contrary`, `contrary_clause`: the figure's own words, or its clause, say another thing than the one that is asked
    for (一审 for 二审). `most_missed`: what is most or first is asked for, and nothing is said to be.
    `outcounted`: another figure of the sentence counts the noun behind 多少 (几个部门), not this one. `of_several`: it
    is of what is asked about and of others together (人大、政协交办的建议提案358件); `of_parts`: the share of the nouns
    that only parts of something else have (败诉12件 behind 其中镇街31件).
    """

    alone: float
    same_unit: float
    counts_noun: float
    part: float
    common: float
    gap: float
    least: float
    unmet: float
    relative: float
    label: float
    only_change: float
    only_asked: float
    percent: float
    money: float
    bare: float
    like_clause: float
    like_sentence: float
    before: float
    behind: float
    own: float
    rival: float
    tail: float
    inherited: float
    outdone: float
    outnamed: float
    clause: float
    passage: float
    nouns: float
    nouns_met: float
    others_met: float
    unfit: float
    unfit_why: float
    denied: float
    denied_asked: float
    per_missed: float
    per_unasked: float
    added: float
    added_only: float
    early: float
    english: float
    figure: float
    why: float
    when: float
    who: float
    document: float
    yes_no: float
    keywords: float
    several: float
    context: float
    same_passage: float
    same_sentence: float
    leaning: float
    leaning_context: float
    leaning_passage: float
    leaning_sentence: float
    repeated: float
    sole: float
    following: float
    unlike: float
    nameless: float
    unsummed: float
    cause_far: float
    uncaused_count: float
    rest_missed: float
    rest_unasked: float
    within: float
    within_worst: float
    contrary: float
    contrary_clause: float
    most_missed: float
    outcounted: float
    of_several: float
    of_parts: float


LIKED = 8
"""The likeness of so many places to the question is asked of the model."""
KINDS = ("why", "when", "who", "document", "yes_no", "keywords", "list")


def details(
    question: Question, ask: Ask | None, terms: tuple[Term, ...], first: Sequence[Candidate], likeness: Likeness
) -> list[tuple[float, ...]]:
    """The details of each of the candidates."""
    asked = _asked(question, ask, terms, first)
    liked = _liked(question, first[:LIKED], likeness)
    met = {key: met_in(one) for key, one in {id(one.reading): one for one in first}.items()}
    labels: Labels = {}
    return [
        (
            *_of_unit(asked, one),
            *_of_words(asked, one, met[id(one.reading)], labels),
            *_of_change(asked, one),
            *_of_kind(asked, one),
            *(liked[place] if place < len(liked) else (0.0, 0.0)),
            *_beside_ask(asked, one),
            *_of_labels(asked, one, met[id(one.reading)], labels),
            *_of_standing(one),
            *_of_parts(asked, one),
            *_of_fitness(asked, one),
            *_of_addition(asked, one),
            1 / (1 + one.reading.passage.paragraph.number / 10),
            float(question.is_english),
            float(ask is not None),
            *(float(question.kind == kind) for kind in KINDS),
            one.hint.context,
            one.hint.same_passage,
            one.hint.same_sentence,
            one.hint.leaning,
            one.hint.leaning * one.hint.context,
            one.hint.leaning * one.hint.same_passage,
            one.hint.leaning * one.hint.same_sentence,
            one.hint.repeated,
            one.hint.sole,
            one.hint.following,
            one.hint.unlike,
            *_of_expectations(asked, one, met[id(one.reading)]),
        )
        for place, one in enumerate(first)
    ]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What of a question, and of all its candidates together, every look needs."""

    question: Question
    ask: Ask | None
    terms: tuple[Term, ...]
    content: str
    noun: re.Pattern[str] | None
    rivals: int
    nearest: float
    heaviest: tuple[int, ...]
    change: bool
    total: bool
    more: bool
    per: bool
    denied: bool
    names: bool
    sum: bool
    rest: bool
    most: bool
    whole_end: int
    distinct: tuple[frozenset[str], ...]


MORE = re.compile(r"新|增|多了|加了|\bnew|\badd|\bmore\b")
FITTING = 0.9


def _asked(question: Question, ask: Ask | None, terms: tuple[Term, ...], first: Sequence[Candidate]) -> _Asked:
    order = sorted(range(len(terms)), key=lambda place: -terms[place].weight)
    return _Asked(
        question=question,
        ask=ask,
        terms=terms,
        content="" if question.is_english else "".join(word.text for word in question.words),
        noun=_counted_noun(question, ask, terms),
        rivals=sum(one.features.fit >= FITTING for one in first),
        nearest=max(one.features.searched for one in first) or 1.0,
        heaviest=tuple(order[:2]),
        change=first[0].changing,
        total=bool(ASKS_FOR_TOTAL.search(question.plain)),
        more=bool(MORE.search(question.plain)),
        per=ask is not None and bool(PER_ASKED.search(question.plain)),
        denied=bool(DENIED_ASKED.search(question.plain)),
        names=ask is None and asks_for_names(question.plain),
        sum=ask is not None and asks_for_sum(question.plain),
        rest=asks_for_rest(question.plain),
        most=asks_for_most(question.plain),
        whole_end=whole_end(question.plain) if ask is not None else 0,
        distinct=_distinct(question, terms),
    )


SURE = 0.85
"""Other words for a word of the question that are at least so good say the same thing."""


def _distinct(question: Question, terms: tuple[Term, ...]) -> tuple[frozenset[str], ...]:
    """The things of a kind that are asked for, each with other words for the same."""
    sure = (" ".join((term.text, *(form for form, quality in term.forms if quality >= SURE))) for term in terms)
    found = [words for words in map(distinct_words, sure) if words]
    known = frozenset[str]().union(*found)
    return (*found, *(frozenset((word,)) for word in distinct_words(question.plain) - known))


COUNTING_EN = re.compile(r"how many |(?:what )?number of ")


def _counted_noun(question: Question, ask: Ask | None, terms: tuple[Term, ...]) -> re.Pattern[str] | None:
    """The noun right behind 多少 and its unit or "how many", as it stands behind a figure (23个政府部门)."""
    if ask is None:
        return None
    if question.is_english:
        match = COUNTING_EN.match(question.plain, ask.at)
        counted = next((term for term in terms if term.at > ask.at), None) if match else None
        nouns = [form for form, quality in counted.forms if quality >= SURE] if counted else []
    else:
        match = re.compile(rf"(?:多少|几)[万亿千百]?{re.escape(ask.unit)}").match(question.plain, ask.at)
        nouns = [word.text for word in question.words if match and word.start == match.end()][:1]
    options = "|".join(map(re.escape, nouns))
    return re.compile(rf"[^,，。;；、()（）\d]{{0,4}}?(?:{options})") if nouns else None


def _liked(question: Question, first: Sequence[Candidate], likeness: Likeness) -> list[tuple[float, float]]:
    """How like the question the model finds the clause and the sentence of each place."""
    stretches: dict[tuple[int, int, int], str] = {}
    keys = []
    for one in first:
        spans = (clause_at(one.reading, one.said.start, one.said.end), one.reading.sentence_at(one.start))
        pair = [(id(one.reading), span.start, span.end) for span in spans]
        stretches |= {key: one.reading.folded[key[1] : key[2]] for key in pair}
        keys.append(pair)
    words = (" " if question.is_english else "").join(word.text for word in question.words)
    found = dict(zip(stretches, likeness(words, list(stretches.values())), strict=True))
    return [(found[clause], found[sentence]) for clause, sentence in keys]


def _whole(one: Candidate) -> str:
    """The words that were counted before, where a place breaks them down; else none."""
    topic = one.reading.topic_at(one.said.start)
    return one.reading.folded[topic.start : topic.end] if topic else ""


def _of_unit(asked: _Asked, one: Candidate) -> tuple[float, float, float]:
    ask = asked.ask
    if ask is None:
        return 0.0, 0.0, 0.0
    specific = ask.group not in ("", "countable", "thing") and one.features.fit >= FITTING
    figure = one.figure
    return (
        1 / asked.rivals**0.5 if specific and asked.rivals else 0.0,
        float(bool(ask.unit) and figure is not None and figure.unit == ask.unit),
        float(_counts(asked, one.reading, one.end)),
    )


def _counts(asked: _Asked, reading: Reading, end: int) -> bool:
    """Whether the noun that is asked for stands behind the end of a figure."""
    return asked.noun is not None and asked.noun.match(reading.folded, end) is not None


def _is_outcounted(asked: _Asked, one: Candidate) -> bool:
    sentence = one.reading.sentence_at(one.start)
    inside = (figure for figure in one.reading.figures if sentence.start <= figure.start < sentence.end)
    return any(_counts(asked, one.reading, figure.end) for figure in inside)


FAR = 20


def _of_words(asked: _Asked, one: Candidate, met: Met, labels: Labels) -> tuple[float, ...]:
    text, sentence = one.reading.folded, one.reading.sentence_at(one.start)
    before = text[sentence.start : one.said.start]
    last = max((span.end for span in met.spans if sentence.start <= span.end <= one.said.start), default=sentence.start)
    heaviest = [one.supports[place] for place in asked.heaviest]
    return (
        float("其中" in before and "其中" not in asked.question.plain),
        _common(asked.content, text[sentence.start : sentence.end]),
        min(1.0, (one.said.start - last) / FAR),
        min(heaviest, default=0.0),
        sum(support < UNMET for support in one.supports) / max(1, len(one.supports)),
        one.features.searched / asked.nearest,
        label_at(labels, one, one.start, one.end, met).named,
    )


def _common(content: str, sentence: str) -> float:
    """The length of the longest stretch that both have, beside that of the question's words."""
    best = 0
    for start in range(len(content)):
        while start + best < len(content) and content[start : start + best + 1] in sentence:
            best += 1
    return best / len(content) if content else 0.0


def _of_change(asked: _Asked, one: Candidate) -> tuple[float, float]:
    change = asked.ask is not None and is_change(one.reading, one.start)
    return float(change and not asked.change), float(asked.change and not change)


def _of_kind(asked: _Asked, one: Candidate) -> tuple[float, float, float]:
    group = one.figure.group if one.figure else ""
    unnamed = asked.ask is not None and asked.ask.group == ""
    return (
        float(unnamed and group == "percent"),
        float(unnamed and group == "money"),
        float(asked.ask is not None and group == ""),
    )


def _beside_ask(asked: _Asked, one: Candidate) -> tuple[float, float]:
    if asked.ask is None:
        return 0.5, 0.5
    met = list(zip(asked.terms, one.supports, strict=True))
    before = [support for term, support in met if term.at < asked.ask.at]
    behind = [support for term, support in met if term.at > asked.ask.at]
    return before[-1] if before else 0.5, behind[0] if behind else 0.5


TAIL = 4
"""So many of the last characters before a figure are looked at by themselves."""
NAMED = 0.98
"""A label is named where this share of it is met."""


def _of_labels(asked: _Asked, one: Candidate, met: Met, labels: Labels) -> tuple[float, ...]:
    """How well the figure's own words meet the question, how much better those of a rival do, and its last words;
    then the first two where a part has the words of its whole as well, and whether a rival alone is named."""
    sentence = one.reading.sentence_at(one.start)
    own = label_at(labels, one, one.start, one.end, met)
    rivals = [
        label_at(labels, one, figure.start, figure.end, met)
        for figure in one.reading.figures
        if sentence.start <= figure.start < sentence.end
        and figure.start not in (one.start, one.said.start)
        and _is_rival(asked, figure)
    ]
    last = letters_in(one.reading, label_of(one.reading, one.said.start, one.said.end))[-TAIL:]
    tail = share_met(one.reading, last, met)
    rival = max((other.own for other in rivals), default=0.0)
    heir = max((other.inherited for other in rivals), default=0.0)
    outnamed = own.named < NAMED and any(other.named >= NAMED for other in rivals)
    return own.own, max(0.0, rival - own.own), tail, own.inherited, heir - own.inherited, float(outnamed)


def _is_rival(asked: _Asked, figure: Figure) -> bool:
    return asked.ask is None or fits(asked.ask, figure.unit, figure.group) > 0


def _of_standing(one: Candidate) -> tuple[float, float]:
    """The shares of the question's words that stand in the clause, and in the passage or its headings."""
    clauses = {clause_at(one.reading, place.start, place.end) for place in one.places}
    in_clause = share_within(one, *clauses)
    total = sum(found.term.weight for found in one.found)
    anywhere = sum(
        found.term.weight * max([found.in_heading, *(place.quality for place in found.every_place)])
        for found in one.found
    )
    return in_clause, anywhere / total if total else 0.0


MANY_NOUNS = 4


def _of_parts(asked: _Asked, one: Candidate) -> tuple[float, float, float]:
    met = list(zip(asked.terms, one.supports, strict=True))
    nouns = [(term, support) for term, support in met if term.part == "noun"]
    others = [(term, support) for term, support in met if term.part != "noun"]
    return min(1.0, len(nouns) / MANY_NOUNS), _share_of_weight(nouns), _share_of_weight(others)


def _share_of_weight(met: list[tuple[Term, float]]) -> float:
    total = sum(term.weight for term, _ in met)
    return sum(term.weight * support for term, support in met) / total if total else 0.5


PER_ASKED = re.compile(
    r"平均|人均|户均|[日月年]均|每|一个?(?:月|天|日|小时|台|亩|户|人|斤|部|次|件|家|平方米?|平米|公里|吨|桌)(?=[^,，。;；的]{0,4}(?:多少|几))"
    r"|\bper\b|\beach\b|\baverage\b|\bevery\b"
)
PER = re.compile("每|均|单价|日(?=[^,，。;；]{0,6}$)")
PER_TIME = r"[日月年周]均|每一?个?(?:[日天月年周季]|小时|季度)"
OF_TIME, OF_OTHERS = re.compile(PER_TIME), re.compile(rf"(?!{PER_TIME})(?:每|均)")


def _is_otherwise_per(asked: str, said: str) -> bool:
    """Whether one speaks of each day or year, the other of each person or thing."""
    of_time, of_others = OF_TIME.search(asked) is not None, OF_OTHERS.search(OF_TIME.sub("", asked)) is not None
    said_of_time, said_of_others = OF_TIME.search(said) is not None, OF_OTHERS.search(OF_TIME.sub("", said)) is not None
    return (of_others and said_of_time and not said_of_others) or (of_time and said_of_others and not said_of_time)


DENIED = re.compile("未(?!来|成年)|没有|尚无|不(?:满意|合格|达标|予|服|足)|无人")
DENIED_ASKED = re.compile(r"[没未不]|无(?!障碍|线|偿|人机)|\bnot?\b|\bnever\b|\bfailed\b|\bwithout\b|\bun\w+ed\b")


def _of_fitness(asked: _Asked, one: Candidate) -> tuple[float, ...]:
    unfit = 1 - one.features.fit if asked.ask is None else 0.0
    why = float(asked.question.kind == "why" and unfit > 0)
    clause = clause_at(one.reading, one.said.start, one.said.end)
    before = _whole(one) + one.reading.folded[clause.start : one.said.start]
    per = PER.search(before) is not None
    denied = DENIED.search(one.reading.folded, clause.start, clause.end) is not None
    return (
        unfit,
        why,
        float(denied and not asked.denied),
        float(asked.denied and not denied),
        float(asked.per and (not per or _is_otherwise_per(asked.question.plain, before))),
        float(per and not asked.per),
    )


def _of_expectations(asked: _Asked, one: Candidate, met: Met) -> tuple[float, ...]:
    reading = one.reading
    rest = is_of_rest(reading, one.start, one.end)
    uncaused = asked.question.kind == "why" and not has_cause(reading, one.start, one.end, met.spans)
    return (
        float(asked.names and not has_names(asked.question.plain, reading, one.start)),
        float(asked.sum and not is_summed(reading, one.start)),
        float(uncaused),
        float(uncaused and any(one.start <= figure.start < one.end for figure in reading.figures)),
        float(asked.rest and not rest),
        float(rest and not asked.rest),
        *_of_part(asked, one),
        *_of_contrast(asked, one),
        float(asked.most and not says_most(reading, one.start)),
        float(not _counts(asked, one.reading, one.end) and _is_outcounted(asked, one)),
        float(asked.ask is not None and not asked.sum and is_of_several(one)),
        share_of_parts(one) if asked.ask is not None else 0.0,
    )


def _of_contrast(asked: _Asked, one: Candidate) -> tuple[float, float]:
    if not asked.distinct:
        return 0.0, 0.0
    own = [own_words(one.reading, place.start, place.end) for place in one.places]
    clauses = [clause_at(one.reading, place.start, place.end) for place in one.places]
    said = (" ".join(one.reading.folded[span.start : span.end] for span in spans) for spans in (own, clauses))
    in_own, in_clause = (is_contrary(asked.distinct, distinct_words(words)) for words in said)
    return float(in_own), float(in_clause)


def _of_part(asked: _Asked, one: Candidate) -> tuple[float, float]:
    part = [
        (term, support)
        for term, support in zip(asked.terms, one.supports, strict=True)
        if 0 < asked.whole_end <= term.at
    ]
    return _share_of_weight(part), min((support for _, support in part), default=0.5)


ADDED = re.compile(r"新增|新建|净增|增加|新设|新引进")


def _of_addition(asked: _Asked, one: Candidate) -> tuple[float, float]:
    label = label_of(one.reading, one.start, one.end)
    added = bool(ADDED.search(one.reading.folded, label.start, label.end))
    return float(added and not asked.more), float(added and asked.total)
