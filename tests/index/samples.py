"""Small reports, and a static model that knows their characters."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Regex, Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Split

from wenbao.knowledge.library import Library
from wenbao.knowledge.parse import parse

ALPHABET = "县年报告完成投资亿元提供法律咨询次医院学校新建公园道路个全平稳有序一二三四五六七八九十0123456789回顾"


def make_static_model(folder: Path, seed: int = 0) -> Path:
    """Write a static model with one random vector of 16 values for each character of a small alphabet."""
    letters = ["[UNK]", *dict.fromkeys(ALPHABET)]
    tokenizer = Tokenizer(WordLevel({letter: number for number, letter in enumerate(letters)}, "[UNK]"))
    tokenizer.pre_tokenizer = Split(Regex(r"\S"), "removed", invert=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    rows = np.random.default_rng(seed).normal(size=(len(letters), 16)).astype(np.float32)
    save_file({"embedding.weight": rows}, folder / "model.safetensors")
    (folder / "1_Normalize").mkdir()
    (folder / "1_Normalize" / "config.json").write_text("{}")
    package = "sentence_transformers.sentence_transformer.modules.static_embedding.StaticEmbedding"
    normalize = "sentence_transformers.base.modules.normalize.Normalize"
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": package},
        {"idx": 1, "name": "1", "path": "1_Normalize", "type": normalize},
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    return folder


def report(number: int) -> bytes:
    """The report of county number so and so, as a text file."""
    return (
        f"第{number}号县2020年工作报告\n各位代表：\n一、回顾\n2020年完成投资{number}00亿元。提供法律咨询{number}37次。\n"
        f"新建学校{number}个，医院{number}5个。\n"
    ).encode()


def add_report(library: Library, number: int) -> str:
    """Take that report into a library; returns the id of the document."""
    document = parse("report.txt", report(number))
    library.add(document, "report.txt", report(number))
    return document.id


def flip_byte(path: Path, at: int) -> None:
    """Change a byte, or change it back; in place, as a file that is cut off while it is mapped ends the process."""
    with path.open("r+b") as file:
        file.seek(at)
        (byte,) = file.read(1)
        file.seek(at)
        file.write(bytes([byte ^ 0xFF]))
