"""Learns `index/ranking.toml`: `python -m wenbao.index.training.learn_ranking --data ../shared/data`.

From the questions of the CMRC 2018 trial set alone: each asked of all whole contexts, which counts twice, and once of
parts of them, so that there are paragraphs of the same text to be told apart. `--check` learns from three quarters of
the contexts at a time and says how often the right one of the other quarter's questions comes first.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from wenbao.config.settings import load_settings
from wenbao.index.finding import Query
from wenbao.index.ranking import DEPTH, WEIGHTS, Features, features
from wenbao.index.search import Index
from wenbao.index.terms import rarity
from wenbao.index.training.corpora import Answered, answered_questions
from wenbao.knowledge.documents import Document, Metadata, Paragraph, Sentence
from wenbao.knowledge.library import Library
from wenbao.knowledge.parse import document_id
from wenbao.knowledge.sentences import sentence_ranges

PART = 200
QUARTERS = 4
HOLD_BACK = 10.0
"""How strongly weights are held to zero, for features that vary by one."""

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """A question with what it found: the features of each paragraph, and the place of the right one (None: nowhere)."""

    context: str
    rows: Matrix
    right: int | None


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, then learn."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with cmrc2018-trial.jsonl.gz")
    parser.add_argument("--check", action="store_true", help="say what is gained on questions held out, write nothing")
    options = parser.parse_args(arguments)
    asked = answered_questions(options.data)
    whole = examples([(one, one.passage) for one in asked])
    parts = examples([(one, part_with_answer(one)) for one in asked], others=[one.passage for one in asked])
    if options.check:
        check(whole, parts)
    else:
        WEIGHTS.write_text(as_toml(learnt([*whole, *whole, *parts])), encoding="utf-8")


def learnt(found: Sequence[Example]) -> Features:
    """The weights under which the right paragraphs are likeliest: a softmax over those found, held to zero."""
    usable = [(one.rows, one.right) for one in found if one.right is not None]
    spread = np.concatenate([rows for rows, _ in usable]).std(axis=0) + 1e-9
    scaled = [(rows / spread, right) for rows, right in usable]
    start = np.zeros(len(spread))
    best = minimize(_loss, start, (scaled,), "L-BFGS-B", jac=True)
    return Features(*(best.x / spread).tolist())


def check(whole: Sequence[Example], parts: Sequence[Example]) -> None:
    """Print how often the right paragraph is first, by the words of the search alone and by what is learnt."""
    quarters = {
        context: number % QUARTERS for number, context in enumerate(dict.fromkeys(one.context for one in whole))
    }
    alone = Features(1.0, 0.0, 0.0, 0.0)
    right: dict[str, list[tuple[bool, bool]]] = {"whole contexts": [], "parts": []}
    for quarter in range(QUARTERS):
        rest = [one for one in (*whole, *whole, *parts) if quarters[one.context] != quarter]
        weights = learnt(rest)
        for name, found in zip(right, (whole, parts), strict=True):
            judged = [one for one in found if quarters[one.context] == quarter]
            right[name] += [(is_first(one, alone), is_first(one, weights)) for one in judged]
    for name, pairs in right.items():
        before, after = np.mean(pairs, axis=0)
        gained, lost = sum(b and not a for a, b in pairs), sum(a and not b for a, b in pairs)
        print(f"{name}: first {before:.1%} by the search, {after:.1%} ranked; {gained} gained, {lost} lost")


def is_first(example: Example, weights: Features) -> bool:
    """Whether the right paragraph has the greatest sum."""
    return int(np.argmax(example.rows @ np.array(astuple(weights)))) == example.right


def as_toml(weights: Features) -> str:
    """The file that `wenbao.index.ranking` reads."""
    lines = [f"{name} = {weight:.2f}" for name, weight in asdict(weights).items()]
    return "\n".join(
        ["# Learnt by `python -m wenbao.index.training.learn_ranking`; not to be set by hand.", *lines, ""]
    )


def examples(asked: Sequence[tuple[Answered, str]], others: Sequence[str] = ()) -> list[Example]:
    """What each question finds among all passages, and the other texts' parts; vectors are left out of the scores."""
    texts = dict.fromkeys([*(text for _, text in asked), *(part for text in others for part in parts_of(text))])
    with TemporaryDirectory(prefix="wenbao-") as folder:
        settings = load_settings(data_dir=Path(folder))
        library = Library(settings.data_dir / "library.sqlite3")
        for text in texts:
            library.add(_document(text), "text.txt", text.encode(), replaces="")
        index = Index.open(settings, library)
        found = [_example(one, text, index, library) for one, text in asked]
        library.close()
    return found


def part_with_answer(asked: Answered) -> str:
    """The part of a passage in which its answer begins."""
    end = 0
    for part in parts_of(asked.passage):
        end += len(part)
        if asked.start < end:
            break
    return part


def parts_of(text: str) -> list[str]:
    """A text cut behind sentences into parts of `PART` characters or a little more; the last may be short."""
    cuts = [0]
    for _, end in sentence_ranges(text):
        if end - cuts[-1] >= PART:
            cuts.append(end)
    return [part for start, end in zip(cuts, [*cuts[1:], len(text)], strict=True) if (part := text[start:end])]


def _example(asked: Answered, text: str, index: Index, library: Library) -> Example:
    query, generation = Query.of(asked.question), index.generation
    hits = index.search(query, DEPTH)
    texts = [passage.text for passage in library.passages([hit.row for hit in hits])]
    if generation is None or not hits:
        return Example(asked.passage, np.zeros((1, len(astuple(Features(0, 0, 0, 0))))), None)
    sentences = generation.sentences
    looked = features(
        query, [hit.terms for hit in hits], texts, lambda form: rarity(sentences.frequency(form), len(sentences))
    )
    return Example(
        asked.passage, np.array([astuple(one) for one in looked]), texts.index(text) if text in texts else None
    )


def _document(text: str) -> Document:
    sentences = tuple(Sentence(number, *ends) for number, ends in enumerate(sentence_ranges(text), 1))
    return Document(document_id(text), Metadata(), text, (Paragraph(1, 0, len(text), "text", (), sentences),), ())


def _loss(weights: Matrix, found: Sequence[tuple[Matrix, int]]) -> tuple[float, Matrix]:
    """How unlikely the right paragraphs are under some weights, and the slope of that."""
    loss, slope = HOLD_BACK / 2 * float(weights @ weights), HOLD_BACK * weights
    for rows, right in found:
        sums = rows @ weights
        powers = np.exp(sums - sums.max())
        chances = powers / powers.sum()
        loss -= float(np.log(chances[right]))
        slope = slope + chances @ rows - rows[right]
    return loss, slope


if __name__ == "__main__":
    main()
