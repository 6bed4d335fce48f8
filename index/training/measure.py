"""Measures the model and the lexicon in the box: `python -m wenbao.index.training.measure --data ../shared/data`.

For each question the share whose own passage comes first, and among the first five. Nothing measured here was
trained on.
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wenbao.index import lexicon
from wenbao.index.lexicon import Lexicon
from wenbao.index.static import StaticEncoder
from wenbao.index.tokens import tokens
from wenbao.index.training import corpora
from wenbao.index.training.corpora import Asked, Pair
from wenbao.index.training.train import MODEL

Scores = NDArray[np.float32]
_NUMBER = re.compile(r"\d+(?:\.\d+)?%?")


@dataclass(frozen=True, slots=True)
class Trial:
    """Questions, the passages that they are asked of, and for each question the number of its own passage."""

    name: str
    questions: list[str]
    passages: list[str]
    own: NDArray[np.int64]
    english: bool


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table of what is found, then the speed of encoding."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the training data")
    parser.add_argument("--model", type=Path, default=MODEL, help="folder of the model")
    parser.add_argument("--lexicon", type=Path, default=lexicon.PATH, help="file of the lexicon")
    options = parser.parse_args(arguments)
    encoder, words = StaticEncoder(options.model), Lexicon.load(options.lexicon)
    print("| set | questions | passages | words | embedding | both |\n|---|---|---|---|---|---|")
    for trial in trials(options.data):
        print(row(trial, encoder, words), flush=True)
    print(f"\n{speed(encoder, options.data):,.0f} sentences encoded a second")


def trials(data: Path) -> list[Trial]:
    """The held-out year of the work reports, held-out everyday sentences, and two reading comprehension sets."""
    return [
        _english_trial("work report 2017, English to Chinese", corpora.report_pairs(data, held_out=True)),
        _english_trial("everyday sentences, English to Chinese", corpora.everyday_pairs(data, held_out=True)),
        _chinese_trial("CMRC 2018 dev", corpora.reading_questions(data, "cmrc2018-dev")),
        _chinese_trial("DRCD dev", corpora.reading_questions(data, "drcd-dev")),
    ]


def row(trial: Trial, encoder: StaticEncoder, words: Lexicon) -> str:
    """One line of the table."""
    by_words = word_scores(trial, words)
    by_vectors = encoder.encode_queries(trial.questions) @ encoder.encode_passages(trial.passages).T
    share = 1.0 if trial.english else 0.3
    both = by_words / np.maximum(by_words.max(axis=1, keepdims=True), 1e-9) + share * by_vectors
    found = " | ".join(found_shares(scores, trial.own) for scores in (by_words, by_vectors, both))
    return f"| {trial.name} | {len(trial.questions)} | {len(trial.passages)} | {found} |"


def found_shares(scores: Scores, own: NDArray[np.int64]) -> str:
    """The share of questions with their own passage first, and among the first five; a tie counts against it."""
    mine = scores[np.arange(len(own)), own][:, None]
    better = (scores >= mine).sum(axis=1) - 1
    return f"{(better < 1).mean():.3f} / {(better < 5).mean():.3f}"


def word_scores(trial: Trial, words: Lexicon) -> Scores:
    """BM25 over words, bigrams and characters; English questions through the lexicon."""
    asked = [_carried(text, words) if trial.english else Counter(_terms(text)) for text in trial.questions]
    return _bm25([Counter(_terms(text)) for text in trial.passages], asked)


def speed(encoder: StaticEncoder, data: Path, most: int = 20_000) -> float:
    """Sentences of the work reports that are encoded in a second."""
    texts = (sentence for text in corpora.reports(data) for part in text.paragraphs for sentence in part.split("。"))
    sentences = [sentence for sentence in texts if sentence][:most]
    start = time.perf_counter()
    encoder.encode_passages(sentences)
    return len(sentences) / (time.perf_counter() - start)


def _english_trial(name: str, pairs: list[Pair]) -> Trial:
    pairs = [pair for pair in pairs if len(pair.chinese) >= 6]
    return _trial(name, [pair.english for pair in pairs], [pair.chinese for pair in pairs], english=True)


def _chinese_trial(name: str, asked: list[Asked]) -> Trial:
    return _trial(name, [one.question for one in asked], [one.passage for one in asked], english=False)


def _trial(name: str, questions: list[str], passages: list[str], *, english: bool) -> Trial:
    distinct = list(dict.fromkeys(passages))
    number = {passage: place for place, passage in enumerate(distinct)}
    return Trial(name, questions, distinct, np.array([number[passage] for passage in passages]), english)


def _terms(text: str) -> list[str]:
    cut = tokens(text)
    return [*cut.words, *(f"2{bigram}" for bigram in cut.bigrams), *(f"1{char}" for char in cut.chars), *cut.numbers]


def _carried(question: str, words: Lexicon) -> Mapping[str, float]:
    """The terms of the Chinese words for an English question, each as probable as its word; numbers as they are."""
    weights: Counter[str] = Counter()
    for unit in words.translate(question):
        best: dict[str, float] = {}
        for target, probability in unit.targets:
            for term in _terms(target):
                best[term] = max(probability, best.get(term, 0.0))
        weights.update(best)
    weights.update(dict.fromkeys(_NUMBER.findall(question), 1.0))
    return weights


def _bm25(
    passages: list[Counter[str]], asked: Sequence[Mapping[str, float]], k: float = 1.2, b: float = 0.75
) -> Scores:
    lengths = np.array([passage.total() for passage in passages], np.float32)
    norm = k * (1 - b + b * lengths / lengths.mean())
    places: dict[str, list[tuple[int, int]]] = {}
    for number, passage in enumerate(passages):
        for term, count in passage.items():
            places.setdefault(term, []).append((number, count))
    scores = np.zeros((len(asked), len(passages)), np.float32)
    for question, terms in enumerate(asked):
        for term, weight in terms.items():
            if term in places:
                numbers, counts = np.array(places[term]).T
                rarity = np.log(1 + (len(passages) - len(numbers) + 0.5) / (len(numbers) + 0.5))
                scores[question, numbers] += weight * rarity * counts * (k + 1) / (counts + norm[numbers])
    return scores


if __name__ == "__main__":
    main()
