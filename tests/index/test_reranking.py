"""Reranking: a CrossEncoder puts the first passages in its own order, and says clearly when it cannot be had."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

from wenbao.answers.model import AskRequest, Filters
from wenbao.answers.service import ReportService
from wenbao.config.errors import ModelUnavailable
from wenbao.config.settings import Settings
from wenbao.index.reranking import Reranker, open_reranker

LINES = ("热线受理来电。", "法律顾问提供法律咨询。", "行政复议案件审结。", "普法讲座举办多场。", "公证处办理公证。")


def make_cross_encoder(folder: Path, labels: int = 1) -> Path:
    """A tiny BERT with random weights, the same each time, saved as a CrossEncoder is."""
    folder.mkdir()
    characters = sorted(set("".join(LINES) + "问什么办了多少?"))
    (folder / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *characters]))
    BertTokenizerFast(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(5)
    shape = BertConfig(
        vocab_size=5 + len(characters),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        initializer_range=1.0,
        num_labels=labels,
    )
    BertForSequenceClassification(shape).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_cross_encoder(tmp_path_factory.mktemp("reranker") / "model")


def test_the_texts_come_in_the_order_of_the_models_scores(cross_encoder):
    """The order is that of sentence-transformers' own scores."""
    from sentence_transformers import CrossEncoder

    scores = CrossEncoder(str(cross_encoder)).predict([("法律咨询?", line) for line in LINES])
    expected = sorted(range(len(LINES)), key=lambda at: -scores[at])
    assert expected == Reranker(str(cross_encoder), 20).order("法律咨询?", LINES)
    assert expected != sorted(expected)


def test_only_the_first_are_read(cross_encoder):
    """What stands after the depth stays where it is."""
    order = Reranker(str(cross_encoder), 3).order("法律咨询?", LINES)
    assert (sorted(order[:3]), order[3:]) == ([0, 1, 2], [3, 4])


def test_nothing_found_needs_no_model():
    """The model is loaded only when there is something to read."""
    assert Reranker("no-such-folder/of/a/model", 20).order("?", []) == []


def test_there_is_none_by_default(cross_encoder, tmp_path):
    """Only the setting brings one."""
    assert open_reranker(Settings(data_dir=tmp_path)) is None
    assert open_reranker(Settings(data_dir=tmp_path, reranker_model=str(cross_encoder))) is not None


def test_a_folder_that_is_not_there_is_named_with_the_setting(tmp_path):
    """The message says which setting to change."""
    with pytest.raises(ModelUnavailable, match="WENBAO_RERANKER_MODEL"):
        Reranker(str(tmp_path / "missing"), 20).order("?", LINES)


def test_a_folder_without_a_model_is_refused(tmp_path):
    """An empty folder, and one with a broken model, are told apart from a model."""
    with pytest.raises(ModelUnavailable, match=r"no config\.json"):
        Reranker(str(tmp_path), 20).order("?", LINES)
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert"}))
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        Reranker(str(tmp_path), 20).order("?", LINES)


def test_a_model_that_gives_several_scores_is_no_reranker(tmp_path):
    """A classifier cannot say which passage fits better."""
    with pytest.raises(ModelUnavailable, match="gives a passage 3 scores"):
        Reranker(str(make_cross_encoder(tmp_path / "model", labels=3)), 20).order("?", LINES)


def test_search_gives_the_order_of_the_reranker(cross_encoder, tmp_path):
    """The passages are those that the search found, in the model's order; the scores still fall."""
    report = "青山县2021年工作报告\n" + "\n".join(f"{line}青山县2021年开展工作。" for line in LINES)
    plain, reranking = (
        Settings(data_dir=tmp_path, reranker_model=model, reranker_depth=5) for model in (None, str(cross_encoder))
    )
    with ReportService.open(plain) as service:
        added = service.add("qingshan.txt", report.encode())
        found = service.search("法律咨询 来电", k=5, filters=Filters(document_id=added.document.id)).hits
    with ReportService.open(reranking) as service:
        again = service.search("法律咨询 来电", k=5, filters=Filters(document_id=added.document.id)).hits
        few = service.search("法律咨询 来电", k=2, filters=Filters(document_id=added.document.id)).hits
        answered = service.ask(AskRequest("法律顾问提供了什么?"))
    order = Reranker(str(cross_encoder), 5).order("法律咨询 来电", [hit.text for hit in found])
    assert [hit.text for hit in again] == [found[at].text for at in order]
    assert order != sorted(order)
    assert [hit.score for hit in again] == [hit.score for hit in found]
    assert few == again[:2]
    assert answered.status in ("answered", "not_found")


def test_a_reranker_that_cannot_be_loaded_is_told_to_whoever_asks(tmp_path):
    """A question is not answered in another order than the one that was set."""
    settings = Settings(data_dir=tmp_path, reranker_model=str(tmp_path / "missing"))
    with ReportService.open(settings) as service, pytest.raises(ModelUnavailable, match="WENBAO_RERANKER_MODEL"):
        service.search("法律咨询")
