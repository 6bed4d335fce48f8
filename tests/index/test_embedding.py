"""Encoders: any sentence-transformers model, and the static ones without torch."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from wenbao.config.errors import ModelUnavailable
from wenbao.config.settings import load_settings
from wenbao.index.bulk import BulkEncoder
from wenbao.index.embedding import Prompts, SentenceTransformerEncoder, fingerprint, open_encoder
from wenbao.index.static import StaticEncoder

TEXTS = ["2020年完成投资100亿元。", "", "提供法律咨询", "!?", "新建学校 医院 公园" * 40]


@pytest.fixture
def copied(static_model: Path, tmp_path: Path) -> Path:
    """A copy of the static model that a test may change."""
    return Path(shutil.copytree(static_model, tmp_path / "model"))


@pytest.fixture(scope="module")
def transformer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny BERT with random weights and with prompts of its own."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("bert")
    letters = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *dict.fromkeys("提供法律咨询新建学校找段：0123456789")]
    (folder / "vocab.txt").write_text("\n".join(letters), encoding="utf-8")
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    BertModel(BertConfig(vocab_size=len(letters), **sizes)).save_pretrained(folder / "plain")
    BertTokenizerFast(vocab={letter: number for number, letter in enumerate(letters)}).save_pretrained(folder / "plain")
    module = Transformer(str(folder / "plain"))
    prompts = {"query": "找：", "document": "段："}
    model = SentenceTransformer(modules=[module, Pooling(16, "mean")], prompts=prompts, device="cpu")
    model.save(str(folder / "model"))
    return folder / "model"


def _as_factors(folder: Path) -> None:
    """Keep the weights as whole numbers of eight bits with a factor for each token."""
    rows = load_file(folder / "model.safetensors")["embedding.weight"].astype(np.float32)
    factors = np.abs(rows).max(axis=1) / 127
    whole = np.round(rows / factors[:, None]).astype(np.int8)
    save_file({"embeddings": whole, "weights": factors.astype(np.float32)}, folder / "model.safetensors")


def _as_half(folder: Path) -> None:
    rows = load_file(folder / "model.safetensors")["embedding.weight"]
    save_file({"embedding.weight": rows.astype(np.float16)}, folder / "model.safetensors")


def _unchanged(folder: Path) -> None:
    """32 bits, as it is."""


@pytest.mark.parametrize("stored", [_unchanged, _as_half, _as_factors])
@pytest.mark.parametrize("prompts", [Prompts(), Prompts("法律", "学校")])
def test_a_static_model_gives_the_vectors_of_sentence_transformers(copied: Path, stored, prompts: Prompts) -> None:
    """Without torch the vectors are the same, however the weights are stored and whatever prompts are set."""
    stored(copied)
    without, with_torch = StaticEncoder(copied, prompts), SentenceTransformerEncoder(copied, prompts)
    assert with_torch.dimension == without.dimension
    assert with_torch.fingerprint == without.fingerprint
    assert np.allclose(with_torch.encode_queries(TEXTS), without.encode_queries(TEXTS), atol=1e-5)
    assert np.allclose(with_torch.encode_passages(TEXTS), without.encode_passages(TEXTS), atol=1e-5)


def test_a_static_model_uses_its_own_prompts_as_sentence_transformers_does(copied: Path) -> None:
    """Prompts that are stored with the model count where none are set."""
    config = {"prompts": {"query": "法律", "document": "学校"}, "default_prompt_name": None}
    (copied / "config_sentence_transformers.json").write_text(json.dumps(config), encoding="utf-8")
    without, with_torch = StaticEncoder(copied), SentenceTransformerEncoder(copied)
    assert np.allclose(with_torch.encode_queries(TEXTS), without.encode_queries(TEXTS), atol=1e-5)
    assert np.allclose(with_torch.encode_passages(TEXTS), without.encode_passages(TEXTS), atol=1e-5)
    assert not np.allclose(without.encode_queries(TEXTS), without.encode_passages(TEXTS), atol=1e-2)


def test_many_passages_are_embedded_beside_to_the_same_vectors(static_model: Path) -> None:
    """The process that embeds in bulk with sentence-transformers returns the vectors of the static encoder."""
    encoder = StaticEncoder(static_model)
    with BulkEncoder(encoder) as bulk:
        assert np.allclose(encoder.encode_passages(TEXTS), bulk.encode_passages(TEXTS), atol=1e-5)
        assert np.allclose(encoder.encode_passages(TEXTS[:1]), bulk.encode_passages(TEXTS[:1]), atol=1e-5)


def test_a_bulk_process_that_cannot_load_the_model_says_why(copied: Path) -> None:
    """The message holds the last line that the process wrote."""
    encoder = StaticEncoder(copied)
    (copied / "model.safetensors").write_bytes(b"broken")
    with BulkEncoder(encoder) as bulk, pytest.raises(ModelUnavailable, match="cannot be loaded"):
        bulk.encode_passages(TEXTS)


def test_a_transformer_puts_its_prompts_before_questions_and_passages(transformer: Path) -> None:
    """The same words are another vector as a question than as a passage, and set prompts replace the model's own."""
    own = open_encoder(load_settings(embedding_model=str(transformer)))
    none = open_encoder(
        load_settings(embedding_model=str(transformer)).model_copy(update={"query_prompt": "", "passage_prompt": ""})
    )
    text = ["提供法律咨询"]
    assert isinstance(own, SentenceTransformerEncoder)
    assert np.allclose(own.encode_queries(text), none.encode_queries(["找：提供法律咨询"]), atol=1e-5)
    assert np.allclose(own.encode_passages(text), none.encode_passages(["段：提供法律咨询"]), atol=1e-5)
    assert np.allclose(1.0, np.linalg.norm(own.encode_queries(text), axis=1), atol=1e-5)
    assert own.fingerprint != none.fingerprint


def test_the_model_in_the_box_is_used_where_none_is_set() -> None:
    """It is static, so that a question does not wait for torch."""
    encoder = open_encoder(load_settings(embedding_model=None))
    assert isinstance(encoder, StaticEncoder)
    assert encoder.encode_queries(["法律咨询"]).shape == (1, encoder.dimension)


def test_no_texts_give_no_vectors(static_model: Path) -> None:
    """An empty list is no error."""
    assert StaticEncoder(static_model).encode_passages([]).shape == (0, 16)


def test_another_weight_or_prompt_is_another_fingerprint(copied: Path, static_model: Path) -> None:
    """A copy elsewhere is the same model; one with other weights or prompts is not."""
    assert fingerprint(static_model, Prompts()) == fingerprint(copied, Prompts())
    assert fingerprint(static_model, Prompts()) != fingerprint(copied, Prompts("找："))
    _as_half(copied)
    assert fingerprint(static_model, Prompts()) != fingerprint(copied, Prompts())


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    """A path that is no folder is never looked up on the hub."""
    with pytest.raises(ModelUnavailable, match="no model folder"):
        open_encoder(load_settings(embedding_model=str(tmp_path / "nowhere")))


def test_a_folder_that_is_no_model_is_told(tmp_path: Path) -> None:
    """An empty folder is not a model."""
    with pytest.raises(ModelUnavailable, match="not a sentence-transformers model"):
        open_encoder(load_settings(embedding_model=str(tmp_path)))


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
def test_a_broken_model_file_is_told(copied: Path, name: str) -> None:
    """Whatever is wrong with the file, the error is ours."""
    (copied / name).write_bytes(b"broken")
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        StaticEncoder(copied)


def test_a_hub_that_cannot_be_reached_is_told(tmp_path: Path) -> None:
    """The message names the model and says what to do; here the hub is a closed port of this machine."""
    script = (
        "from wenbao.index.embedding import model_folder\n"
        "from wenbao.config.errors import ModelUnavailable\n"
        "try:\n    model_folder('someone/something')\n"
        "except ModelUnavailable as problem:\n    print(problem)\n"
    )
    hub = {"HF_ENDPOINT": "http://127.0.0.1:9", "HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env={**os.environ, **hub}, check=True
    )
    assert "someone/something" in done.stdout
    assert "WENBAO_EMBEDDING_MODEL" in done.stdout
