"""The training script, from end to end on a data set of a few sentences, and its parts."""

from __future__ import annotations

import gzip
import json
import lzma
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from wenbao.index.folding import fold
from wenbao.index.lexicon import Lexicon
from wenbao.index.training import build_lexicon
from wenbao.index.training.alignment import align
from wenbao.index.training.build_lexicon import read_groups, read_terms
from wenbao.index.training.charsmap import folding_normalizer
from wenbao.index.training.corpora import dictionary, everyday_pairs, report_pairs
from wenbao.index.training.questions import english_question, figure_questions
from wenbao.index.training.train import main

SUBJECTS = {
    "法律咨询": "legal consultation",
    "行政复议": "administrative reconsideration",
    "污水处理": "sewage treatment",
    "干部培训": "cadre training",
    "粮食产量": "grain output",
    "养老床位": "elderly care bed",
}


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    opener = lzma.open if path.suffix == ".xz" else gzip.open
    with opener(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every training file, each of a few lines."""
    folder = tmp_path_factory.mktemp("data")
    said = [
        (f"全年完成{zh}{number}件。", f"In the year {number} cases of {en} were completed.")
        for zh, en in SUBJECTS.items()
        for number in (12, 340)
    ]
    reports = [
        {"year": year, "line": line, "zh": zh, "en": en} for year in (2016, 2017) for line, (zh, en) in enumerate(said)
    ]
    write(folder / "work-reports-zh-en.jsonl.gz", reports)
    write(folder / "tatoeba-zh-en.jsonl.xz", [{"en": en, "zh": zh, "source": ""} for zh, en in said])
    glosses = [{"traditional": zh, "simplified": zh, "english": [f"to {en}", "CL:件"]} for zh, en in SUBJECTS.items()]
    write(folder / "cedict-2007.jsonl.gz", glosses)
    text = "总则\n" + "\n".join(
        f"第{i}条 {zh * 2}由区人民政府负责。{zh}的经费列入预算,{zh}每年不少于{i}次。" for i, (zh, _) in enumerate(said)
    )
    write(folder / "laws-zh.jsonl.xz", [{"title": "某条例", "kind": "", "date": "", "text": text}] * 8)
    write(folder / "work-reports-zh.jsonl.xz", [{"title": "某报告", "year": 2016, "text": text}] * 2)
    asked = [
        {"question": f"{zh}怎麼辦理?", "answer": f"請到區政府辦理{zh},費用全免。", "department": ""} for zh in SUBJECTS
    ]
    write(folder / "taipei-faq.jsonl.xz", asked)
    read = [{"question": f"谁负责{zh}?", "context": f"{zh}由区人民政府负责,每年检查一次。"} for zh in SUBJECTS]
    write(folder / "cmrc2018-trial.jsonl.gz", read)
    return folder


def train(data: Path, folder: Path) -> tuple[Path, Path]:
    folder.mkdir()
    model, lexicon = folder / "model", folder / "lexicon.tsv"
    small = ["--pieces", "900", "--steps", "30", "--batch", "32", "--dimensions", "16"]
    main(["--data", str(data), "--model", str(model), "--lexicon", str(lexicon), *small])
    return model, lexicon


def test_one_command_makes_a_model_and_a_lexicon_the_same_each_time(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a data folder come a model that sentence-transformers loads and a lexicon; a second run gives the same."""
    (tmp_path / "terms-zh-en.tsv").write_text("热线;热线电话\thotline; helpline\n", "utf-8")
    (tmp_path / "synonyms-zh.tsv").write_text("打算 计划 安排\n", "utf-8")
    monkeypatch.setattr(build_lexicon, "HERE", tmp_path)
    model, lexicon = train(data, tmp_path / "first")
    again, lexicon_again = train(data, tmp_path / "second")

    assert lexicon_again.read_bytes() == lexicon.read_bytes()
    assert (again / "tokenizer.json").read_bytes() == (model / "tokenizer.json").read_bytes()
    texts = ["法律咨询", "legal consultation"]
    vectors = SentenceTransformer(str(model), device="cpu").encode(texts)
    assert np.allclose(SentenceTransformer(str(again), device="cpu").encode(texts), vectors, atol=1e-3)
    assert vectors.shape == (2, 16)
    assert "法律咨询" in dict(Lexicon.load(lexicon).translate("legal consultations")[0].targets)


def test_the_held_out_year_is_not_trained_on(data: Path) -> None:
    """Sentences kept for measuring and sentences for training have nothing to do with each other."""
    assert len(SUBJECTS) * 2 == len(report_pairs(data)) == len(report_pairs(data, held_out=True))
    kept = {pair.english for pair in everyday_pairs(data, held_out=True)}
    assert not kept & {pair.english for pair in everyday_pairs(data)}


def test_glosses_lose_what_is_not_the_word(data: Path) -> None:
    """The dictionary's "to" and its notes on grammar are no part of a gloss."""
    assert dictionary(data)[0].glosses == ("legal consultation",)


def test_words_that_meet_again_and_again_become_translations() -> None:
    """The alignment gives each word the partner that explains its sentences best."""
    pairs = [
        (["tax", "cut"], ["税收", "减少"]),
        (["tax", "law"], ["税收", "法律"]),
        (["cut", "law"], ["减少", "法律"]),
    ] * 5
    forward, backward = align(pairs)
    assert max(forward["tax"], key=forward["tax"].__getitem__) == "税收"
    assert max(backward["法律"], key=backward["法律"].__getitem__) == "law"


def test_the_tokenizer_folds_characters_as_the_index_does() -> None:
    """Every Chinese character comes out of the normalizer as `fold` has it."""
    characters = "".join(map(chr, range(0x4E00, 0xA000)))
    assert fold(characters) == folding_normalizer().normalize_str(characters)


def test_a_figure_is_asked_for_in_a_question() -> None:
    """The question keeps what the figure counts and does not give the figure away."""
    questions = figure_questions("2020年共提供法律咨询3373次", Random(1))
    assert questions
    assert all("法律咨询" in question and "3373" not in question for question in questions)


def test_a_clause_becomes_an_english_question() -> None:
    """A clause is carried over word by word, and left alone where its words are unknown."""
    english = {"提供": (("provide", 1.0),), "法律咨询": (("legal consultation", 1.0),)}
    question = english_question("提供法律咨询", english, Random(1))
    assert question is not None
    assert "legal consultation" in question
    assert english_question("植树造林", english, Random(1)) is None


def test_our_own_terms_and_synonyms_are_well_formed() -> None:
    """Every line of the hand-written files has both its sides."""
    assert all(chinese and english and english.isascii() for chinese, english in read_terms())
    assert all(len(set(group)) == len(group) >= 2 for group in read_groups())
