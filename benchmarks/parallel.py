"""Questions about encyclopedia passages in English and in Chinese: a part of DRCD dev, put into English by hand.

`tests/retrieval/drcd-dev-en.tsv` has the English questions by their ids, in two halves that share no article; choices
were made by the first half only. The passages and the Chinese questions are those of the set.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from wenbao.cli.passages import Asked, PassageSet

QUESTIONS = Path(__file__).parent.parent / "tests" / "retrieval" / "drcd-dev-en.tsv"
ENGLISH, CHINESE = "encyclopedia in English", "encyclopedia in Chinese"
JUDGING = "the half that nothing was chosen by"


def parallel_sets(drcd: Path) -> list[PassageSet]:
    """All English questions, those that nothing was chosen by, and the same ones in Chinese, each over all passages
    that any of them is about; none without DRCD dev."""
    if not drcd.is_file():
        return []
    with gzip.open(drcd, "rt", encoding="utf-8") as lines:
        records = {record["id"]: record for record in map(json.loads, lines)}
    english = {id: (half, text) for half, id, text in _cells()}
    passages = tuple(dict.fromkeys(records[id]["context"] for id in english))
    numbers = {passage: number for number, passage in enumerate(passages)}
    number_of = {id: numbers[records[id]["context"]] for id in english}
    in_english = {id: Asked(text, number_of[id]) for id, (_, text) in english.items()}
    in_chinese = {id: Asked(records[id]["question"], number_of[id]) for id in english}
    judging = [id for id, (half, _) in english.items() if half == "judging"]
    return [
        PassageSet(ENGLISH, passages, tuple(in_english.values())),
        PassageSet(f"{ENGLISH}, {JUDGING}", passages, tuple(in_english[id] for id in judging)),
        PassageSet(CHINESE, passages, tuple(in_chinese.values())),
    ]


def _cells() -> list[list[str]]:
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]
