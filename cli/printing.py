"""What the commands print: replies, passages and reports, for people and as JSON for programs."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from wenbao.answers.model import Addition, Citation, DocumentSummary, Reply, SearchHit

if TYPE_CHECKING:
    from pydantic import BaseModel

    from wenbao.cli.adding import Outcome
    from wenbao.cli.evaluation import Evaluation, Verdict
    from wenbao.knowledge.documents import Document

_WORTH_A_BAR = 2
_SHORT = 70
_WIDTH_OF_A_PIPE = 400
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def out(*pieces: str | Text, style: str = "") -> None:
    """Print a line on standard output; what it says is never read as mark-up, and a narrow terminal wraps it."""
    line = Text(style=style)
    for piece in pieces:
        line.append_text(_legible(piece) if isinstance(piece, str) else piece)
    _console().print(line, soft_wrap=True)


def print_json(value: Any) -> None:
    """Print plain data as JSON."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def print_shape(shape: BaseModel) -> None:
    """Print what the API would send."""
    print(shape.model_dump_json(indent=2))


def print_reply(reply: Reply) -> None:
    """The answer with its citations, or the polite line with the nearest passages."""
    if reply.answer is None:
        out(reply.message or "")
        _print_near(reply.related)
        return
    out(reply.answer.text, style="bold")
    for citation in reply.citations:
        out()
        _print_citation(citation)


def print_hits(hits: Sequence[SearchHit]) -> None:
    """Passages, best first."""
    if not hits:
        out("Nothing was found.")
    for number, hit in enumerate(hits, 1):
        out(f"{number:2}. ", _path((hit.title, *hit.section)), Text(f"  {hit.score:.2f}  ¶{hit.paragraph}", "dim"))
        out(f"    {hit.text}")


def print_documents(documents: Sequence[DocumentSummary]) -> None:
    """A table of reports."""
    if not documents:
        out("There are no reports yet. `wenbao add FILE` takes one in.")
        return
    table = Table(box=None, pad_edge=False)
    for name in ("id", "title", "year", "place", "published", "paragraphs"):
        table.add_column(name, overflow="fold")
    for one in documents:
        cells = (one.id, one.title, one.year, one.place, one.published, one.paragraphs)
        table.add_row(*(_legible("" if cell is None else str(cell)) for cell in cells))
    _console().print(table)


def print_document(document: Document) -> None:
    """What is known of a report, and its headings."""
    known = document.metadata
    out(known.title, style="bold")
    for name, value in (
        ("id", document.id),
        ("publisher", known.publisher),
        ("place", known.place),
        ("year", known.year),
        ("published", known.published),
        ("source", known.source_url),
        ("paragraphs", len(document.paragraphs)),
    ):
        out(Text(f"  {name:11}", "dim"), "unknown" if value is None else str(value))
    for section in document.sections:
        if not section.inline:
            out("  " * section.level, section.heading)


def print_additions(outcomes: Iterable[Outcome], total: int, as_json: bool) -> list[Outcome]:
    """Print what becomes of each file, as it happens, beside a progress bar; problems go to standard error."""
    done = []
    with _adding(total) as advance:
        for outcome in outcomes:
            done.append(outcome)
            advance()
            if outcome.addition is None:
                print(f"wenbao: {outcome.problem}", file=sys.stderr)
            elif not as_json:
                _print_addition(outcome.path, outcome.addition)
    if as_json:
        print_json([_plain(outcome) for outcome in done])
    return done


@contextmanager
def _adding(total: int) -> Iterator[Callable[[], None]]:
    from rich.progress import Progress

    is_seen = total >= _WORTH_A_BAR and sys.stderr.isatty()
    with Progress(console=Console(stderr=True), transient=True, disable=not is_seen) as progress:
        task = progress.add_task("Adding", total=total)
        yield lambda: progress.advance(task)


def _plain(outcome: Outcome) -> dict[str, Any]:
    if outcome.addition is None:
        return {"file": str(outcome.path), "problem": outcome.problem}
    document = asdict(outcome.addition.document)
    return {"file": str(outcome.path), "created": outcome.addition.created, "document": document}


def _print_addition(path: Path, addition: Addition) -> None:
    one = addition.document
    out("added   " if addition.created else "known   ", f"{path.name}  ", Text(one.id, "dim"))
    known = (one.title, one.publisher, one.place, one.year, one.published, f"{one.paragraphs} paragraphs")
    out("        ", " · ".join(str(value) for value in known if value is not None))


def print_evaluation(evaluation: Evaluation, misses: bool) -> None:
    """A table with a row for each kind of question, after the misses where they are wanted."""
    from wenbao.cli.evaluation import COLUMNS

    for verdict in evaluation.misses if misses else ():
        _print_miss(verdict)
    for question, problem in evaluation.refused:
        print(f"wenbao: {question.text}: {problem}", file=sys.stderr)
    out(f"{'':20}{'n':>5}" + "".join(f"{name:>10}" for name in COLUMNS))
    for name, row in evaluation.table.items():
        shares = (row.shares.get(column) for column in COLUMNS)
        cells = "".join(f"{'-':>10}" if share is None else f"{100 * share:9.1f}%" for share in shares)
        out(f"{name:20}{row.count:5}{cells}")
    if evaluation.times:
        out("latency ms: " + ", ".join(f"{name} {value:.1f}" for name, value in evaluation.latency().items()))
    out(f"correct {evaluation.correct} of {evaluation.count}")


def print_evaluation_json(evaluation: Evaluation) -> None:
    """The same for programs, misses included."""
    print_json(
        {
            "questions": evaluation.count,
            "correct": evaluation.correct,
            "table": {name: {"n": row.count, **row.shares} for name, row in evaluation.table.items()},
            "latency_ms": evaluation.latency() if evaluation.times else None,
            "misses": [
                {"question": asdict(one.question), "status": one.reply.status, "answer": _answer_text(one), **one.met}
                for one in evaluation.misses
            ],
            "refused": [{"question": asdict(question), "problem": problem} for question, problem in evaluation.refused],
        }
    )


def _print_miss(verdict: Verdict) -> None:
    question = verdict.question
    off = ",".join(name for name, good in verdict.met.items() if not good and name != "correct")
    short = _answer_text(verdict)[:_SHORT].replace("\n", " ")
    out(f"miss [{question.language} {question.kind}] {question.text} -> {verdict.reply.status}: {short} ({off})")


def _answer_text(verdict: Verdict) -> str:
    return verdict.reply.answer.text if verdict.reply.answer else ""


def _print_near(related: Iterable[Citation]) -> None:
    for position, citation in enumerate(related):
        if position == 0:
            out()
            out("The nearest passages:", style="dim")
        _print_citation(citation)


def _print_citation(citation: Citation) -> None:
    source = [citation.title, *filter(None, (citation.publisher, citation.published))]
    out(f"[{citation.number}] " + " · ".join(source))
    if citation.section:
        out("    ", _path(citation.section))
    out("    “", _highlighted(citation), "”", Text(f"  ¶{citation.paragraph}", "dim"))


def _highlighted(citation: Citation) -> Text:
    quote = _legible(citation.quote.replace("\n", " "))
    for start, end in citation.highlights:
        quote.stylize("bold green", start - citation.start, end - citation.start)
    return quote


def _path(steps: Iterable[str]) -> Text:
    text = _legible(" › ".join(steps))
    text.stylize("dim")
    return text


def _legible(words: str) -> Text:
    """A report's words as they are, but without power over the terminal."""
    return Text(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", words))


def _console() -> Console:
    # A pipe has no width: what a program reads must not be cut to that of a terminal.
    return Console(highlight=False, width=None if sys.stdout.isatty() else _WIDTH_OF_A_PIPE)
