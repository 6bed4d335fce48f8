"""The reports with questions that answering is learnt on and judged by, each opened in a library of its own."""

from __future__ import annotations

import json
import lzma
import os
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from wenbao.answers.model import Metadata
from wenbao.answers.service import ReportService
from wenbao.cli.evaluation import Question, read_questions
from wenbao.config.settings import Settings
from wenbao.knowledge.library import Library

ROOT = Path(__file__).parent.parent
REPORTS = ROOT / "tests" / "reports"
WORK_REPORTS = ROOT.parent / "shared" / "data" / "work-reports-zh.jsonl.xz"
T = TypeVar("T")
JUDGED = ("2014", "2016")
"""The real reports that nothing is learnt or tuned on."""


@dataclass(frozen=True, slots=True)
class Report:
    """A report with its questions and conversations; `title` is given where the text has none."""

    name: str
    content: bytes
    title: str
    questions: tuple[Question, ...]
    turns: tuple[Question, ...] = ()


def reports_in(folder: Path) -> list[Report]:
    """The reports in a folder, each with the questions and conversations of its name."""
    return [
        Report(
            path.stem,
            path.read_bytes(),
            "",
            tuple(read_questions(path.with_suffix(".tsv"))),
            _turns(path.with_name(f"{path.stem}-conversations.tsv")),
        )
        for path in sorted(folder.glob("*.txt"))
        if path.with_suffix(".tsv").exists()
    ]


def _turns(path: Path) -> tuple[Question, ...]:
    return tuple(read_questions(path)) if path.exists() else ()


def real_reports() -> list[Report]:
    """The work reports that there are questions about, none where the data are not at hand."""
    if not WORK_REPORTS.exists():
        return []
    with lzma.open(WORK_REPORTS, "rt", encoding="utf-8") as lines:
        texts = {record["year"]: record for record in map(json.loads, lines)}
    found = [(int(path.stem.rpartition("-")[2]), path) for path in sorted((REPORTS / "real").glob("*.tsv"))]
    return [
        Report(str(year), texts[year]["text"].encode(), texts[year]["title"], tuple(read_questions(path)))
        for year, path in found
    ]


def judging_sets() -> dict[str, list[Report]]:
    """The reports to judge by, by the names of their sets."""
    made_up = {"second": "judging-2", "third": "judging-3", "fourth": "judging-4"}
    return {f"Made-up reports, {name} set": reports_in(REPORTS / folder) for name, folder in made_up.items()} | {
        "Real work reports": [report for report in real_reports() if report.name in JUDGED]
    }


def tuning_reports() -> list[Report]:
    """The reports to learn from."""
    return [*reports_in(REPORTS / "tuning"), *(one for one in real_reports() if one.name not in JUDGED)]


def open_service(folder: Path, report: Report) -> ReportService:
    """A service over a library in `folder` with just this report."""
    Library(folder / "library.sqlite3").close()  # there is one already, so none is made with the box
    service = ReportService.open(Settings(data_dir=folder))
    service.add(f"{report.name}.txt", report.content, Metadata(title=report.title))
    return service


def text_of(service: ReportService) -> str:
    """The text of the only report of a service, without white space."""
    return re.sub(r"\s+", "", service.document(service.documents()[0].id).text)


def of_each(examples: Callable[[int], list[T]], reports: Sequence[Report]) -> Iterator[T]:
    """What a function makes of each report, by its number, on all cores."""
    with ProcessPoolExecutor(os.cpu_count()) as workers:
        for found in workers.map(examples, range(len(reports))):
            yield from found
