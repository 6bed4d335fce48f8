"""The model in the box, as sentence-transformers loads it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding

import wenbao.index
from wenbao.index.folding import fold

INDEX = Path(next(iter(wenbao.index.__path__)))
MODEL = INDEX / "model"


@pytest.fixture(scope="module")
def model() -> SentenceTransformer:
    return SentenceTransformer(str(MODEL), device="cpu")


def embed(model: SentenceTransformer, *texts: str) -> NDArray[np.float32]:
    return np.asarray(model.encode(list(texts)), np.float32)


def test_it_is_a_static_embedding_with_normalisation(model: SentenceTransformer) -> None:
    """The folder is a plain sentence-transformers model whose vectors have length 1."""
    assert [StaticEmbedding, Normalize] == [type(module) for module in model]
    assert np.allclose(1.0, np.linalg.norm(embed(model, "法律顾问提供法律咨询", "legal advice"), axis=1), atol=5e-3)


@pytest.mark.parametrize(
    ("question", "own", "other"),
    [
        ("今年打算怎么做?", "下一步工作计划", "全年空气质量优良天数"),
        ("打官司输了几次?", "行政诉讼案件败诉率", "新建公园和绿道"),
        ("有多少老人住养老院?", "养老机构入住老年人", "高速公路通车里程"),
        ("How many legal consultations were provided?", "村法律顾问提供法律咨询", "粮食总产量"),
        ("How much sewage was treated?", "污水处理能力进一步提高", "组织干部培训班"),
        ("unemployment rate in towns", "城镇登记失业率", "义务教育学校建设"),
        ("舊年喺邊度起咗學校?", "新建学校", "农药化肥使用量"),
    ],
)
def test_a_paraphrase_is_nearer_than_something_else(
    model: SentenceTransformer, question: str, own: str, other: str
) -> None:
    """A question in other words, in Cantonese or in English is nearer to its passage than to another."""
    asked, mine, others = embed(model, question, own, other)
    assert asked @ mine > asked @ others


def test_an_english_word_finds_its_chinese_word(model: SentenceTransformer) -> None:
    """Among many words of the genre, the translation of an English word is the nearest."""
    pairs = {
        "hospital": "医院",
        "tax": "税收",
        "farmer": "农民",
        "pollution": "污染",
        "school": "学校",
        "court": "法院",
    }
    english, chinese = embed(model, *pairs), embed(model, *pairs.values())
    assert list(range(len(pairs))) == (english @ chinese.T).argmax(axis=1).tolist()


def test_traditional_and_simplified_are_one(model: SentenceTransformer) -> None:
    """The tokenizer folds Traditional characters, width and case by itself, as `fold` does."""
    text = "２０２０年法律諮詢與ＣＯＶＩＤ"
    traditional, simplified = embed(model, text, fold(text))
    assert np.allclose(traditional, simplified)


def test_a_text_without_known_pieces_is_no_error() -> None:
    """In single precision, an empty text and emoji give zeros (in half precision Normalize divides by nothing)."""
    precise = SentenceTransformer(str(MODEL), device="cpu").float()
    assert not embed(precise, "", "🙂🙂").any()


def test_model_and_lexicon_fit_in_twenty_megabytes() -> None:
    """All files of the model and the lexicon together are at most 20 MB."""
    files = [*MODEL.rglob("*"), INDEX / "lexicon.tsv", INDEX / "english.toml"]
    assert sum(file.stat().st_size for file in files if file.is_file()) <= 20_000_000
