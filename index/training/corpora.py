"""Reads the training data: every file of the data folder becomes plain tuples of text, folded to Simplified.

The work report of `HELD_OUT_YEAR` and every `HELD_OUT_NTH` everyday pair are never trained on: measuring uses them.
"""

from __future__ import annotations

import gzip
import json
import lzma
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

from wenbao.index.folding import fold

HELD_OUT_YEAR = 2017
HELD_OUT_NTH = 30


class Pair(NamedTuple):
    """The same thing said in English and in Chinese."""

    english: str
    chinese: str


class Entry(NamedTuple):
    """A word of the dictionary with its cleaned glosses."""

    word: str
    glosses: tuple[str, ...]


class Text(NamedTuple):
    """A law or a report: its title and its paragraphs."""

    title: str
    paragraphs: tuple[str, ...]


class Asked(NamedTuple):
    """A question with the passage that answers it."""

    question: str
    passage: str


class Answered(NamedTuple):
    """A question with the passage that answers it, and where in it the answer starts."""

    question: str
    passage: str
    start: int


def report_pairs(data: Path, *, held_out: bool = False) -> list[Pair]:
    """Sentences of work reports; `held_out` gives the year that is kept for measuring, else all the others."""
    rows = _records(data / "work-reports-zh-en.jsonl.gz")
    return [
        Pair(row["en"], fold(row["zh"]))
        for row in rows
        if (row["year"] == HELD_OUT_YEAR) == held_out and row["en"] and row["zh"]
    ]


def everyday_pairs(data: Path, *, held_out: bool = False) -> list[Pair]:
    """Everyday sentences; a sentence with several translations stays on one side of the split."""
    rows = _records(data / "tatoeba-zh-en.jsonl.xz")
    return [Pair(row["en"], fold(row["zh"])) for row in rows if _is_held_out(row["en"]) == held_out]


def dictionary(data: Path) -> list[Entry]:
    """The dictionary, without entries that have no usable gloss."""
    rows = _records(data / "cedict-2007.jsonl.gz")
    entries = (Entry(fold(row["simplified"]), _clean_glosses(row["english"])) for row in rows)
    return [entry for entry in entries if entry.glosses]


def headwords(data: Path) -> list[tuple[str, list[str]]]:
    """The words of the dictionary, simplified, with their glosses as they stand there; a word may come twice."""
    return [(fold(row["simplified"]), row["english"]) for row in _records(data / "cedict-2007.jsonl.gz")]


def laws(data: Path) -> list[Text]:
    """Laws, regulations and rules."""
    return [_text(row) for row in _records(data / "laws-zh.jsonl.xz")]


def reports(data: Path) -> list[Text]:
    """Work reports, whole, without the year that is kept for measuring."""
    return [_text(row) for row in _records(data / "work-reports-zh.jsonl.xz") if row["year"] != HELD_OUT_YEAR]


def citizens_questions(data: Path) -> list[Asked]:
    """Questions that citizens put to a city, with its answers."""
    rows = _records(data / "taipei-faq.jsonl.xz")
    return [Asked(fold(row["question"]), fold(row["answer"])) for row in rows if row["question"] and row["answer"]]


def reading_questions(data: Path, name: str = "cmrc2018-trial") -> list[Asked]:
    """Reading comprehension questions with their contexts. Only the trial set is for training."""
    return [Asked(fold(row["question"]), fold(row["context"])) for row in _records(data / f"{name}.jsonl.gz")]


def answered_questions(data: Path) -> list[Answered]:
    """The questions of the trial set of CMRC 2018, which is for training, with the places of their answers."""
    rows = _records(data / "cmrc2018-trial.jsonl.gz")
    return [Answered(fold(row["question"]), fold(row["context"]), row["start"]) for row in rows]


def _records(path: Path) -> Iterator[dict[str, Any]]:
    opener = lzma.open if path.suffix == ".xz" else gzip.open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _is_held_out(english: str) -> bool:
    return crc32(english.encode()) % HELD_OUT_NTH == 0


def _text(row: dict[str, Any]) -> Text:
    paragraphs = (paragraph.strip() for paragraph in fold(row["text"]).split("\n"))
    return Text(fold(row["title"]), tuple(paragraph for paragraph in paragraphs if len(paragraph) >= 4))


_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_OPENING = re.compile(r"^(?:to be|to|a|an|the|be)\s+")
_NO_GLOSS = re.compile(r"\b(?:surname|classifier|particle|radical|variant of|see also|cl:|place in|abbr\.)")


def _clean_glosses(glosses: list[str]) -> tuple[str, ...]:
    """Glosses in lower case without asides and opening words: "(v) to handle; to deal with" gives two."""
    parts = (part for gloss in glosses if not _NO_GLOSS.search(gloss.lower()) for part in re.split(r"[;/]", gloss))
    cleaned = (_OPENING.sub("", " ".join(_ASIDE.sub(" ", part).lower().split())).strip(" ,.!?") for part in parts)
    return tuple(dict.fromkeys(gloss for gloss in cleaned if re.search("[a-z]", gloss)))
