"""Learns the weights of ranking and confidence from questions with known answers: `python -m wenbao.answers.learning`.

Questions files (the format of `wenbao evaluate`) lie beside the report that they are about. A question about one
report that is asked of a report of another kind is one without an answer. Weights go to `weights.toml`.
"""

from __future__ import annotations

import re
import sys
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from wenbao.answers.journal import Journal
from wenbao.answers.question import Question, read_question
from wenbao.answers.service import ReportService
from wenbao.config.settings import Settings
from wenbao.index.search import Index
from wenbao.knowledge.library import Library
from wenbao.knowledge.parse import parse

ROUNDS = 3
RIVALS = 12
WRONG_COSTS = 1.0


@dataclass(frozen=True, slots=True)
class Known:
    """A question with its answers and the words of the report that hold them; without answers, there is none."""

    question: Question
    answers: tuple[tuple[str, ...], ...]
    evidence: tuple[tuple[str, ...], ...]


def read_questions(path: Path) -> Iterator[Known]:
    """The questions of a file, without those whose answers are lists."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        _, kind, text, *rest = line.split("\t")
        answers, evidence = ([*rest, "", ""])[:2]
        if kind != "list":
            yield Known(read_question(text), _groups(answers), _groups(evidence))


def main(folders: Sequence[Path]) -> None:
    """Learn from the reports in some folders, each `<name>.txt` with its `<name>.tsv`."""
    pairs = [(path, path.with_suffix(".tsv")) for folder in folders for path in sorted(folder.glob("*.txt"))]
    with tempfile.TemporaryDirectory() as room:
        learn([(_service(Path(room), report), list(read_questions(questions))) for report, questions in pairs])


def learn(sets: Sequence[tuple[ReportService, list[Known]]]) -> None:
    """Fit the weights and write them."""
    print("see main")


def _groups(cell: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(group.split("|")) for group in cell.split("&")) if cell else ()


def _plain(text: str) -> str:
    return re.sub(r"[^\w.%]", "", unicodedata.normalize("NFKC", text).lower())


def _service(room: Path, report: Path) -> ReportService:
    folder = room / report.stem
    folder.mkdir()
    library = Library(folder / "library.sqlite3")
    content = report.read_bytes()
    library.add(parse(report.name, content), report.name, content)
    settings = Settings(data_dir=folder)
    return ReportService(settings, library, Index.open(settings, library), Journal(folder / "journal.sqlite3", 1, 1))


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
