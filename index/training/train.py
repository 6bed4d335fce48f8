"""Makes the lexicon and the model in the box: `python -m wenbao.index.training.train --data ../shared/data`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding
from tokenizers import Tokenizer

from wenbao.index import lexicon
from wenbao.index.training import build_lexicon, corpora
from wenbao.index.training.contrastive import Course, train
from wenbao.index.training.examples import make_tasks
from wenbao.index.training.vocabulary import make_tokenizer

MODEL = Path(__file__).parent.parent / "model"
PIECES = 21_000


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, then make both."""
    usual = Course()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the training data")
    parser.add_argument("--model", type=Path, default=MODEL, help="folder for the model")
    parser.add_argument("--lexicon", type=Path, default=lexicon.PATH, help="file for the lexicon")
    parser.add_argument("--pieces", type=int, default=PIECES, help="size of the tokenizer")
    parser.add_argument("--steps", type=int, default=usual.steps, help="batches to train on")
    parser.add_argument("--batch", type=int, default=usual.batch, help="examples in a batch")
    parser.add_argument("--dimensions", type=int, default=usual.dimensions, help="length of an embedding")
    options = parser.parse_args(arguments)
    build_lexicon.build(options.data, options.lexicon)
    course = Course(dimensions=options.dimensions, steps=options.steps, batch=options.batch)
    tokenizer = make_tokenizer(chinese_texts(options.data), english_texts(options.data), options.pieces)
    table = train(tokenizer, make_tasks(options.data, options.lexicon, Random(course.seed)), course)  # noqa: S311 - repeatable
    save(tokenizer, table, options.model)


def chinese_texts(data: Path) -> list[str]:
    """What the tokenizer learns Chinese from; the smaller and the livelier texts count more than once."""
    laws = [paragraph for text in corpora.laws(data) for paragraph in text.paragraphs]
    reports = [paragraph for text in corpora.reports(data) for paragraph in text.paragraphs]
    pairs = [pair.chinese for pair in corpora.report_pairs(data) + corpora.everyday_pairs(data)]
    asked = [side for one in corpora.citizens_questions(data) for side in one]
    words = [entry.word for entry in corpora.dictionary(data)]
    return laws + reports * 3 + pairs * 3 + asked * 2 + words


def english_texts(data: Path) -> list[str]:
    """What the tokenizer learns English from."""
    pairs = [pair.english for pair in corpora.report_pairs(data) + corpora.everyday_pairs(data)]
    glosses = [gloss for entry in corpora.dictionary(data) for gloss in entry.glosses]
    return pairs + glosses + [english for _, english in build_lexicon.read_terms()] * 2


def save(tokenizer: Tokenizer, table: NDArray[np.float32], folder: Path) -> None:
    """Write a sentence-transformers folder with weights in half precision; a model card that is there stays."""
    model = SentenceTransformer(
        modules=[StaticEmbedding(tokenizer, embedding_weights=torch.from_numpy(table).half()), Normalize()]
    )
    with TemporaryDirectory() as temporary:
        model.save(temporary, create_model_card=False)
        for file in sorted(Path(temporary).rglob("*")):
            if file.is_file():
                copy = folder / file.relative_to(temporary)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(file.read_bytes())
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)


if __name__ == "__main__":
    main()
