"""Learns to choose the place that answers, and how sure it is: `python -m benchmarks.choosing [--write]`.

Learnt on the questions and conversations of `benchmarks.reports.tuning_reports`: first the weights of the cheap
features (`[ranking]` in `answers/weights.toml`), then the network that looks at the best closely
(`answers/ranking.json`), then the confidence (`answers/confidence.json`), on the choices that the network makes in
reports that were left out of its own learning. Questions without an answer are those of the files, questions about
another report, and every question whose answer is taken out of the report. Printed is how well all of it holds in
reports left out.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from sklearn.metrics import roc_auc_score

from benchmarks.fitting import Flags, boosted, fit, folds_of, left_out, show_thresholds, write_part
from benchmarks.reports import Report, of_each, open_service, text_of, tuning_reports
from wenbao.answers import trees
from wenbao.answers.answering import Sources, asked_candidates, asked_lists, cited_list, remember
from wenbao.answers.choosing import Candidate
from wenbao.answers.composing import cite, figure_text, figure_value, quote_span, span_text
from wenbao.answers.confidence import THRESHOLD, TREES, meets_own_words, sign_names, signs_of
from wenbao.answers.conversation import Memory, Turn, complete
from wenbao.answers.features import Features, ranking_weights
from wenbao.answers.lists import best_first
from wenbao.answers.model import Answer, Filters, Reply
from wenbao.answers.network import Array, Network, load, save
from wenbao.answers.question import OUTSIDE, read_question
from wenbao.answers.question import Question as ReadQuestion
from wenbao.answers.reranking import LOOKED_AT, NETWORK, matrix, names
from wenbao.answers.service import ReportService
from wenbao.answers.terms import Term
from wenbao.cli.evaluation import Question, judge

HIDDEN = 16
ELSEWHERE = 25
"""So many questions about other reports are asked of each."""
OF_FILES, OF_OTHERS, TAKEN_OUT = 2.0, 0.3, 0.3
"""What questions without an answer count for, beside 1 for one that has an answer."""
NOT_ASKED_ELSEWHERE = ("none", "list", "plan", "why", "keywords")


@dataclass(frozen=True, slots=True)
class Example:
    """The candidates of one thing asked for: their features, where each stands, and which of them are right.

    `weight` is 1 where there is an answer. `meets` says which may be given at all.
    """

    report: str
    question: Question
    terms: tuple[Term, ...]
    candidates: tuple[Candidate, ...]
    rows: Array
    right: Flags
    weight: float
    meets: Flags


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the weights")
    options = parser.parse_args()
    some = list(of_each(examples, tuning_reports()))
    placed = [one for one in some if one.weight == 1]
    print(
        f"{len(placed)} things asked for; the right place is there for {np.mean([o.right.any() for o in placed]):.3f}"
    )
    choices = left_out_choices(some)
    print(f"it comes first in reports left out for {np.mean([o.right for o in choices if o.weight == 1]):.3f}")
    show_confidence(choices)
    if options.write:
        write(some, choices)


def examples(number: int) -> list[Example]:
    """The examples of one of the tuning reports."""
    reports = tuning_reports()
    report, chance = reports[number], random.Random(number)
    others = [one for other in reports if other is not report for one in other.questions]
    others = chance.sample([one for one in others if one.kind not in NOT_ASKED_ELSEWHERE], ELSEWHERE)
    return examples_of(report, others)


def judged_examples(report: Report) -> list[Example]:
    """The examples of a report to judge by: its own questions alone."""
    return examples_of(report, ())


def examples_of(report: Report, others: Sequence[Question]) -> list[Example]:
    """The examples of a report: its questions and conversations, and questions about other reports."""
    with TemporaryDirectory(prefix="wenbao-") as folder, open_service(Path(folder), report) as service:
        weighed = [(one, OF_FILES if one.kind == "none" else 1.0) for one in report.questions]
        weighed += [(one, OF_OTHERS) for one in others]
        asked = [(one, Turn(read_question(one.text)), weight) for one, weight in weighed]
        sources, text = service.answering_sources(Filters()), text_of(service)
        found = [*asked, *turns(service, report.turns, sources, text)]
        return [one for asking in found for one in _examples(service, report.name, *asking, sources, text)]


def _examples(
    service: ReportService, report: str, question: Question, turn: Turn, weight: float, sources: Sources, text: str
) -> Iterator[Example]:
    read = turn.question
    if read.kind in (*OUTSIDE, "about") or not read.words or (weight == OF_OTHERS and read.places):
        return
    for number, (ask, terms, ranked) in enumerate(asked_candidates(turn, sources)):
        first = ranked[:LOOKED_AT]
        part = _part(question, number, len(read.asks)) if weight == 1 else question
        if not first or part is None or (number and weight != 1):
            continue
        best = first[0].features
        if weight == OF_OTHERS and best.missing == 0 and best.covered > 0.9:
            continue  # this report may well say so, too
        right = [weight == 1 and answers_question(service, part, read, one, text) for one in first]
        rows = matrix(read, ask, terms, first, sources.likeness)
        meets = [meets_own_words(read, terms, one) for one in first]
        yield Example(report, part, terms, tuple(first), rows, np.array(right, bool), weight, np.array(meets, bool))


def turns(
    service: ReportService, asked: Sequence[Question], sources: Sources, text: str
) -> Iterator[tuple[Question, Turn, float]]:
    """The turns of conversations but the first ones, each after the right answers of those before."""
    conversation, memory = None, None
    for question in asked:
        if question.conversation != conversation:
            conversation, memory = question.conversation, None
        turn = complete(read_question(question.text), memory)
        if memory is not None:
            yield question, turn, OF_FILES if question.kind == "none" else 1.0
        if question.kind != "none":
            memory = _right_memory(service, question, turn, sources, text) or memory


def _right_memory(service: ReportService, question: Question, turn: Turn, sources: Sources, text: str) -> Memory | None:
    """What is kept of a turn that was answered rightly."""
    if turn.question.kind in OUTSIDE or not turn.question.words:
        return None
    if turn.question.kind in ("list", "about"):
        _, found = asked_lists(turn.question, sources)
        document = sources.document(sources.documents[0].id)
        return cited_list(turn.question, best_first(found)[0], document, 1.0).memory if found else None
    _, _, ranked = next(asked_candidates(turn, sources))
    right = (one for one in ranked[:LOOKED_AT] if answers_question(service, question, turn.question, one, text))
    best = next(right, None)
    return remember(turn, best) if best else None


def _part(question: Question, number: int, asks: int) -> Question | None:
    """What one of several figures asked for has to be; None where that is not known."""
    if asks < 2:
        return question
    groups = question.answers.split("&")
    return replace(question, answers=groups[number], kind="several") if len(groups) == asks else None


def answers_question(
    service: ReportService, question: Question, read: ReadQuestion, best: Candidate, text: str
) -> bool:
    """Whether a place answers a question, as the outside check would see it; `text` is without white space."""
    passage = best.reading.passage
    span = quote_span(best.reading, best.start, best.end)
    citation = cite(1, service.document(passage.document_id), passage.paragraph, span.start, span.end)
    is_figure = read.kind == "number"
    words = figure_text(best) if is_figure else span_text(read, best)
    answer = Answer(words, "figure", figure_value(best)) if is_figure else Answer(words, "passage")
    reply = Reply("", "answered", "zh-Hans", answer, None, None, (citation,), (), 1.0, (), 0.0)
    met = judge(question, reply, [text])
    if is_figure and any(char.isdigit() for char in question.answers):
        # a figure of a short sentence is not right for the words around it alone
        return met["correct"] and judge(replace(question, kind="number"), reply, [text])["exact"]
    return met["correct"]


@dataclass(frozen=True, slots=True)
class Choice:
    """The place that was chosen for one thing asked for, as the confidence sees it."""

    report: str
    signs: tuple[float, ...]
    right: bool
    weight: float
    meets: bool


def left_out_choices(some: Sequence[Example]) -> list[Choice]:
    """What the network chooses in reports that were left out of its learning, also where the answer is taken out."""
    folds = folds_of([one.report for one in some])
    found = []
    for fold in sorted(set(folds)):
        network = learnt([one for one, other in zip(some, folds, strict=True) if other != fold])
        for one in (one for one, other in zip(some, folds, strict=True) if other == fold):
            found.append(_choice(one, network, list(range(len(one.candidates))), one.weight))
            rest = _beside_the_answer(one) if one.weight == 1 and one.right.any() else []
            if rest:
                found.append(_choice(one, network, rest, TAKEN_OUT))
    return found


def _beside_the_answer(one: Example) -> list[int]:
    """The candidates that stand in no sentence with the answer."""
    sentences = [_sentence(candidate) for candidate in one.candidates]
    answering = {sentence for sentence, right in zip(sentences, one.right, strict=True) if right}
    return [at for at, sentence in enumerate(sentences) if sentence not in answering]


def _sentence(candidate: Candidate) -> tuple[int, int]:
    return candidate.reading.passage.row, candidate.reading.sentence_at(candidate.start).start


def choice_in_use(one: Example) -> Choice:
    """What the network in the box chooses."""
    return _choice(one, load(NETWORK, names()), list(range(len(one.candidates))), one.weight)


def _choice(one: Example, network: Network, among: list[int], weight: float) -> Choice:
    scores = network.scores(one.rows[among])
    order = [among[place] for place in np.argsort(-scores)]
    sorted_scores = sorted(scores.tolist(), reverse=True)
    ranked = [
        replace(one.candidates[at], score=score, look=tuple(one.rows[at].tolist()))
        for at, score in zip(order, sorted_scores, strict=True)
    ]
    best = order[0]
    return Choice(one.report, signs_of(one.terms, ranked), bool(one.right[best]), weight, bool(one.meets[best]))


def learnt(some: Sequence[Example]) -> Network:
    """The network over closer looks, with scores that spread as those of the cheap features do."""
    placed = [one for one in some if one.weight == 1 and one.right.any()]
    network = fit([(one.rows, one.right) for one in placed], HIDDEN)
    cheap = np.array(ranking_weights())
    wanted = np.mean([np.std(one.rows[:, : len(cheap)] @ cheap) for one in placed])
    return network.scaled(float(wanted / np.mean([np.std(network.scores(one.rows)) for one in placed])))


def show_confidence(choices: Sequence[Choice]) -> None:
    """Print how well right answers are told from others, and what each threshold would do, on the files' questions."""
    signs, right, weights = arrays(choices)
    sure = left_out(signs, right, weights, folds_of([one.report for one in choices]))
    sure *= np.array([one.meets for one in choices])
    own = np.array([one.weight in (1.0, OF_FILES) for one in choices])
    print(f"AUROC {roc_auc_score(right[own], sure[own]):.3f}; the threshold in use is {THRESHOLD}")
    show_thresholds(sure[own], right[own], np.array([one.weight == 1 for one in choices])[own])


def write(some: Sequence[Example], choices: Sequence[Choice]) -> None:
    """Write what is learnt on all reports."""
    placed = [one for one in some if one.weight == 1 and one.right.any()]
    count = len(fields(Features))
    cheap = fit([(one.rows[:, :count], one.right) for one in placed], 1).direct
    scale = np.linalg.norm(ranking_weights()) / np.linalg.norm(cheap)
    write_part("ranking", dict(zip([field.name for field in fields(Features)], cheap * scale, strict=True)))
    ranking_weights.cache_clear()
    save(learnt(some), NETWORK, names())
    trees.save(boosted(*arrays(choices)), TREES, sign_names())


def arrays(choices: Sequence[Choice]) -> tuple[Array, Flags, Array]:
    """The signs, whether each was right, and the weights, of some choices."""
    signs, weights = np.array([one.signs for one in choices]), np.array([one.weight for one in choices])
    return signs, np.array([one.right for one in choices]), weights


if __name__ == "__main__":
    main()
