"""Scores answers against a file of questions, as the outside check does, but without a server.

A line of the file is `language  kind  question  answers  evidence`, tab-separated; of a conversation file,
`conversation  turn  question  answers  evidence`. Alternatives are joined by `|` inside groups joined by `&`; each
group must be met. Kind `none`, and a turn without answers, is rightly answered by `not_found`. Lines that begin
with # are comments.
"""

from __future__ import annotations

import re
import secrets
import statistics
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from wenbao.answers.model import AskRequest, Reply
from wenbao.answers.service import ReportService
from wenbao.cli.adding import file_content
from wenbao.cli.shares import Risk, Share, auroc, risks, share
from wenbao.config.errors import InvalidQuestion, InvalidRequest
from wenbao.config.settings import Settings
from wenbao.knowledge.library import Library
from wenbao.knowledge.readers.decoding import decode

COLUMNS = ("answered", "right", "exact", "cited", "verbatim", "correct")
LONGEST_ANSWER = {"list": 700, "why": 300, "plan": 300, "what": 250}
LONGEST_OTHER_ANSWER = 200
_LONGEST_UNIT = 4
_SEEN_QUOTES = 3
_FEWEST_CELLS = 3


@dataclass(frozen=True, slots=True)
class Question:
    """A line of the file; `conversation` is None outside a conversation."""

    language: str
    kind: str
    text: str
    answers: str
    evidence: str
    conversation: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A question with its reply, for each column that applies whether it is met, and how long it took."""

    question: Question
    reply: Reply
    met: Mapping[str, bool]
    milliseconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds."""

    median: float
    p95: float
    max: float


@dataclass(frozen=True, slots=True)
class Row:
    """How many questions there were of a kind, the share that met each column, and how long they took."""

    count: int
    shares: Mapping[str, Share]
    latency: Latency


@dataclass(frozen=True, slots=True)
class Abstention:
    """Whether the bot knows when not to answer; a figure is None where there is nothing to take it from.

    `precision` is the share of the refused that has no answer, `recall` the share of those without an answer that was
    refused. `right_from_wrong` is the AUROC of the confidence among what was answered, `answerable_from_not` among all.
    """

    precision: Share | None
    recall: Share | None
    wrong: Share
    right_from_wrong: float | None
    answerable_from_not: float | None
    risks: tuple[Risk, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All verdicts, and the questions that could not be asked, with the reason."""

    verdicts: tuple[Verdict, ...]
    refused: tuple[tuple[Question, str], ...]

    @property
    def count(self) -> int:
        return len(self.verdicts) + len(self.refused)

    @property
    def correct(self) -> int:
        return sum(verdict.met["correct"] for verdict in self.verdicts)

    @property
    def misses(self) -> list[Verdict]:
        return [verdict for verdict in self.verdicts if not verdict.met["correct"]]

    @property
    def table(self) -> dict[str, Row]:
        groups: dict[str, list[Verdict]] = {}
        for verdict in self.verdicts:
            for name in _groups_of(verdict.question):
                groups.setdefault(name, []).append(verdict)
        return {name: _row(verdicts) for name, verdicts in groups.items()}

    @property
    def latency(self) -> Latency:
        """Over all questions; at least one must have been asked."""
        return _latency(self.verdicts)

    @property
    def abstention(self) -> Abstention:
        """At least one question must have been asked."""
        return _abstention(self.verdicts)


@dataclass(slots=True)
class _Notes:
    verdicts: list[Verdict] = field(default_factory=list)
    refused: list[tuple[Question, str]] = field(default_factory=list)


def read_questions(path: Path) -> list[Question]:
    """The questions of a file. Raises InvalidRequest where it cannot be read or a line is not as it should be."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise InvalidRequest(f"{path} cannot be read as UTF-8 text: {problem}.") from problem
    return [
        _question(path, number, line)
        for number, line in enumerate(lines, 1)
        if line.strip() and not line.startswith("#")
    ]


def evaluate(service: ReportService, questions: Sequence[Question], sources: Sequence[str]) -> Evaluation:
    """Ask all questions; a quote counts as verbatim where it stands in one of the `sources`, but for white space."""
    run, squeezed, notes = secrets.token_hex(8), [_squeezed(source) for source in sources], _Notes()
    for question in questions:
        conversation = f"{run}-{question.conversation}" if question.conversation else None
        began = time.perf_counter()
        try:
            reply = service.ask(AskRequest(question.text, conversation))
        except (InvalidQuestion, InvalidRequest) as problem:
            notes.refused.append((question, str(problem)))
            continue
        took = (time.perf_counter() - began) * 1000
        notes.verdicts.append(Verdict(question, reply, judge(question, reply, squeezed), took))
    return Evaluation(tuple(notes.verdicts), tuple(notes.refused))


def evaluate_library(service: ReportService, questions: Sequence[Question]) -> Evaluation:
    """Ask the library that there is; quotes are held against the texts in it."""
    return evaluate(service, questions, [service.document(one.id).text for one in service.documents()])


def evaluate_reports(settings: Settings, reports: Sequence[Path], questions: Sequence[Question]) -> Evaluation:
    """Ask a passing library of just these files; quotes are held against text files as they are.

    Raises InvalidDocument for a file that cannot be taken in.
    """
    with TemporaryDirectory(prefix="wenbao-") as folder:
        passing = settings.model_copy(update={"data_dir": Path(folder)})
        Library(passing.data_dir / "library.sqlite3").close()  # there is one already, so none is made with the box
        with ReportService.open(passing) as service:
            sources = [_source(service, passing, path) for path in reports]
            return evaluate(service, questions, sources)


def judge(question: Question, reply: Reply, sources: Sequence[str]) -> dict[str, bool]:
    """What of a reply is as the question wants it; `sources` are without white space."""
    if question.kind == "none":
        refused = reply.status == "not_found"
        return {"answered": refused, "correct": refused}
    text = reply.answer.text if reply.answer else ""
    quotes = [citation.quote for citation in reply.citations]
    seen = quotes if question.kind == "list" else quotes[:_SEEN_QUOTES]
    longest = LONGEST_ANSWER.get(question.kind, LONGEST_OTHER_ANSWER)
    answered = reply.status == "answered"
    met = {
        "answered": answered,
        "right": answered and _met(question.answers, text) and len(text) <= longest,
        "cited": bool(quotes) and _met(question.evidence, "\n".join(seen)),
        "verbatim": bool(quotes) and all(any(_squeezed(quote) in source for source in sources) for quote in quotes),
    }
    if question.kind == "number":
        met["exact"] = _is_exact(question.answers, reply.answer.value if reply.answer else None)
    return met | {"correct": met["right"] and met["cited"] and met["verbatim"]}


def _question(path: Path, number: int, line: str) -> Question:
    cells = line.split("\t")
    if len(cells) < _FEWEST_CELLS:
        raise InvalidRequest(f"{path}, line {number}: a question has at least three cells with a tab between them.")
    first, second, text, answers, evidence = [*cells, "", ""][:5]
    if second.isdigit():
        return Question("turn", "turn" if answers else "none", text, answers, evidence, first)
    return Question(first, second, text, answers, evidence, None)


def _source(service: ReportService, settings: Settings, path: Path) -> str:
    addition = service.add(path.name, file_content(path, settings.max_document_mb), replaces="")
    text = decode(path.read_bytes()) if path.suffix.lower() in (".txt", ".text") else None
    return text or service.document(addition.document.id).text


def _groups_of(question: Question) -> Iterator[str]:
    yield f"{question.language} {question.kind}"
    yield "all"
    yield "unanswerable" if question.kind == "none" else "answerable"


def _row(verdicts: Sequence[Verdict]) -> Row:
    shares = {}
    for column in COLUMNS:
        have = [verdict.met[column] for verdict in verdicts if column in verdict.met]
        if have:
            shares[column] = share(have)
    return Row(len(verdicts), shares, _latency(verdicts))


def _latency(verdicts: Sequence[Verdict]) -> Latency:
    times = sorted(verdict.milliseconds for verdict in verdicts)
    p95 = times[min(len(times) - 1, int(len(times) * 0.95))]
    return Latency(statistics.median(times), p95, times[-1])


def _abstention(verdicts: Sequence[Verdict]) -> Abstention:
    answered = [one for one in verdicts if one.reply.status == "answered"]
    refused = [one.question.kind == "none" for one in verdicts if one.reply.status != "answered"]
    unanswerable = [one.reply.status != "answered" for one in verdicts if one.question.kind == "none"]
    return Abstention(
        precision=share(refused) if refused else None,
        recall=share(unanswerable) if unanswerable else None,
        wrong=share([one.reply.status == "answered" and not one.met["correct"] for one in verdicts]),
        right_from_wrong=auroc(*_sure(answered, lambda one: one.met["correct"])),
        answerable_from_not=auroc(*_sure(verdicts, lambda one: one.question.kind != "none")),
        risks=tuple(
            risks([one.reply.confidence for one in answered], [one.met["correct"] for one in answered], len(verdicts))
        ),
    )


def _sure(verdicts: Sequence[Verdict], is_good: Callable[[Verdict], bool]) -> tuple[list[float], list[float]]:
    """The confidences of the good ones and of the others."""
    good = [one.reply.confidence for one in verdicts if is_good(one)]
    return good, [one.reply.confidence for one in verdicts if not is_good(one)]


def _met(cell: str, text: str) -> bool:
    plain = _plain(text)
    return all(any(_plain(one) in plain for one in group) for group in _groups(cell))


def _is_exact(answers: str, value: str | None) -> bool:
    """The figure itself and nothing more than its unit."""
    plain = _plain(value or "")
    figures = [_plain(one) for group in _groups(answers) for one in group]
    return bool(plain) and any(
        (plain in figure or figure in plain) and len(plain) <= len(figure) + _LONGEST_UNIT for figure in figures
    )


def _groups(cell: str) -> list[list[str]]:
    return [group.split("|") for group in cell.split("&")] if cell else []


def _plain(text: str) -> str:
    """Letters, digits, . and % in NFKC and lower case: what two spellings of one text share."""
    return re.sub(r"[^\w.%]", "", unicodedata.normalize("NFKC", text).lower())


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)
