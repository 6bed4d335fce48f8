"""Turns the training texts into pairs that should lie near each other, by task."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

from wenbao.index.training import corpora
from wenbao.index.training.build_lexicon import read_groups, read_terms
from wenbao.index.training.corpora import Text
from wenbao.index.training.questions import (
    Weighted,
    chinese_question,
    english_question,
    figure_questions,
    reversed_lexicon,
)

Example = tuple[str, str]
LONGEST_PASSAGE = 500
_CLAUSE = re.compile(r"[^,，。;；:：!！?？、\n]+")
_SENTENCE = re.compile(r"[^。!！?？;；\n]+")
_HEADING = re.compile(r"^第[一二三四五六七八九十百零]+[章节编条]\s*")
_CHAPTER = re.compile(r"^第[一二三四五六七八九十百零]+[章节编]\s*\S{2,20}$")


@dataclass(frozen=True, slots=True)
class Task:
    """Examples of one kind; `share` of all batches are of this kind."""

    name: str
    share: float
    examples: list[Example]


def make_tasks(data: Path, lexicon: Path, random: Random) -> list[Task]:
    """All tasks, from a data folder and the lexicon made before."""
    english = reversed_lexicon(lexicon.read_text("utf-8").splitlines())
    texts = corpora.laws(data) + corpora.reports(data) * 3
    passages = [(text.title, passage) for text in texts for passage in _passages(text)]
    asked = _asked(data)
    tasks = [
        Task("sentences", 0.2, _sentences(data)),
        Task("glosses", 0.16, _glosses(data)),
        Task("passages", 0.2, _cloze(passages, random)),
        Task("titles", 0.06, _titles(texts)),
        Task("asked", 0.05, asked),
        Task("questions", 0.12, _questions(passages, random)),
        Task("english", 0.25, _english(passages, english, random) + _asked_in_english(asked, english, random)),
    ]
    return [task for task in tasks if len(task.examples) > 1]


def _sentences(data: Path) -> list[Example]:
    return [(pair.english, pair.chinese) for pair in corpora.report_pairs(data) * 2 + corpora.everyday_pairs(data)]


def _glosses(data: Path) -> list[Example]:
    entries = corpora.dictionary(data)
    glosses = [(gloss, entry.word) for entry in entries for gloss in entry.glosses]
    synonyms = [(group[0], other) for group in read_groups() for other in group[1:]]
    return glosses + [(english, chinese) for chinese, english in read_terms()] * 4 + synonyms * 4


def _asked(data: Path) -> list[Example]:
    asked = corpora.citizens_questions(data) + corpora.reading_questions(data)
    return [(one.question, one.passage[:LONGEST_PASSAGE]) for one in asked]


def _passages(text: Text) -> Iterable[str]:
    """Paragraphs that say something, without their article number."""
    for paragraph in text.paragraphs:
        passage = _HEADING.sub("", paragraph)[:LONGEST_PASSAGE]
        if len(passage) >= 25:
            yield passage


def _titles(texts: list[Text]) -> list[Example]:
    """The title with the chapter's heading, for what stands under it."""
    examples = []
    for text in texts:
        chapter = ""
        for paragraph in text.paragraphs:
            if _CHAPTER.match(paragraph):
                chapter = _HEADING.sub("", paragraph)
            elif len(paragraph) >= 25:
                examples.append((f"{text.title} {chapter}", paragraph[:LONGEST_PASSAGE]))
    return examples


def _cloze(passages: list[tuple[str, str]], random: Random) -> list[Example]:
    """Some clauses of a passage for the rest of it, or for the whole."""
    examples = []
    for _, passage in passages:
        parts = _SENTENCE.findall(passage)
        if len(parts) < 2:
            parts = _CLAUSE.findall(passage)
        if len(parts) < 2:
            continue
        part = random.choice(parts)
        rest = passage if random.random() < 0.4 else passage.replace(part, "")
        examples.append((part, rest))
    return examples


def _questions(passages: list[tuple[str, str]], random: Random) -> list[Example]:
    """Questions for the figures of a passage; for one without figures, a clause of it as a question."""
    examples = []
    for _, passage in passages:
        asked = figure_questions(passage, random)
        if not asked:
            asked = [chinese_question(_clause(passage, random), random)]
        examples.append((random.choice(asked), passage))
    return examples


def _english(passages: list[tuple[str, str]], english: Mapping[str, Weighted], random: Random) -> list[Example]:
    """Clauses carried into English word by word, for the passage and for the clause itself."""
    examples = []
    for _, passage in passages:
        clause = _clause(passage, random)
        question = english_question(clause, english, random)
        if question:
            examples.append((question, passage if random.random() < 0.7 else clause))
    return examples


def _asked_in_english(asked: list[Example], english: Mapping[str, Weighted], random: Random) -> list[Example]:
    """The questions of people, and clauses of their passages, carried into English word by word."""
    examples = []
    for question, passage in asked:
        for text in (question, question, _clause(passage, random), _clause(passage, random)):
            carried = english_question(text, english, random)
            if carried:
                examples.append((carried, passage))
    return examples


def _clause(passage: str, random: Random) -> str:
    clauses = [clause for clause in _CLAUSE.findall(passage) if len(clause) >= 4]
    clause: str = random.choice(clauses or [passage])
    return clause[:40]
