"""Questions in English and in Chinese about the paragraphs of one work report, among paragraphs of other years.

The questions are in `tests/retrieval`, each with a stretch of the paragraph that answers it. The report is of the year
that nothing is trained on.
"""

from __future__ import annotations

import json
import lzma
import re
from pathlib import Path

from wenbao.cli.passages import Asked, PassageSet
from wenbao.index.training.corpora import HELD_OUT_YEAR

QUESTIONS = Path(__file__).parent.parent / "tests" / "retrieval"
LANGUAGES = {"en": "English", "zh": "Chinese"}
DISTRACTORS = 240
OTHER_YEARS = range(2003, HELD_OUT_YEAR)
SHORTEST = 25
_FOOTER = "本作品是中华人民共和国的"
_HEADING = re.compile(r"[一二三四五六七八九十]+、.{0,30}|[(（][一二三四五六七八九十]+[)）].{0,40}")
_ENDING = tuple("。！？：；”")


def work_report_sets(reports: Path) -> list[PassageSet]:
    """For each language a set of the report alone, and one with paragraphs of other years; none without the reports.

    Other years speak of the same matters, often in the same words: what is first there is not always wrong.
    """
    if not reports.is_file():
        return []
    with lzma.open(reports, "rt", encoding="utf-8") as lines:
        by_year = {record["year"]: paragraphs(record["text"]) for record in map(json.loads, lines)}
    own = by_year[HELD_OUT_YEAR]
    others = [one for year in OTHER_YEARS for one in by_year.get(year, []) if one not in own]
    kinds = {"among other years": (*own, *others[:: len(others) // DISTRACTORS][:DISTRACTORS]), "alone": tuple(own)}
    return [
        PassageSet(f"work report {HELD_OUT_YEAR} in {name}, {kind}", passages, _asked(language, own))
        for language, name in LANGUAGES.items()
        for kind, passages in kinds.items()
    ]


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a report whose lines were broken at the ends of pages and at links."""
    found, open_line = [], ""
    for line in text.partition(_FOOTER)[0].split("\n"):
        open_line += line.replace("\u200b", "").strip()
        if open_line.endswith(_ENDING) or _HEADING.fullmatch(open_line):
            found.append(open_line)
            open_line = ""
    return [one for one in dict.fromkeys((*found, open_line)) if len(one) >= SHORTEST]


def _asked(language: str, own: list[str]) -> tuple[Asked, ...]:
    lines = (QUESTIONS / f"work-report-{HELD_OUT_YEAR}-{language}.tsv").read_text(encoding="utf-8").splitlines()
    cells = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return tuple(Asked(question, _only(stretch, own)) for question, stretch in cells)


def _only(stretch: str, own: list[str]) -> int:
    """The number of the one paragraph that has a stretch."""
    having = [number for number, paragraph in enumerate(own) if stretch in paragraph]
    if len(having) != 1:
        raise SystemExit(f"{len(having)} paragraphs have {stretch!r}: it must be one.")
    return having[0]
