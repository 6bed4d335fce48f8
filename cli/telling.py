"""What `wenbao add` tells: of each report what was understood and what was not, and a summary at the end."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from wenbao.answers.keeping import missing, spans
from wenbao.cli.adding import Outcome
from wenbao.cli.printing import legible, out, print_json

_WORTH_A_BAR = 2
_SHOWN_LINES = 3
_OLD_WORD = frozenset((".doc", ".wps", ".rtf"))
_COLOURS = {"added": "green", "changed": "yellow", "known": "dim", "would add": "green", "would change": "yellow"}
_COUNTED = {
    "added": "added",
    "changed": "changed",
    "known": "there already",
    "would add": "would be added",
    "would change": "would replace one that is there",
    "unread": "could not be taken in",
}


def tell_outcomes(outcomes: Iterable[Outcome], total: int) -> list[Outcome]:
    """Print what becomes of each, as it happens, beside a progress bar; problems go to standard error."""
    done = []
    with _progress(total) as advance:
        for outcome in outcomes:
            done.append(outcome)
            if outcome.problem:
                tell_problem(outcome)
            else:
                _tell(outcome)
            advance()
    return done


def outcomes_told_later(outcomes: Iterable[Outcome], total: int) -> list[Outcome]:
    """The same, but only problems are printed: the rest is for `print_outcomes`."""
    done = []
    with _progress(total) as advance:
        for outcome in outcomes:
            done.append(outcome)
            if outcome.problem:
                tell_problem(outcome)
            advance()
    return done


def print_outcomes(outcomes: Iterable[Outcome]) -> None:
    """All outcomes as JSON, for programs."""
    print_json([_plain(outcome) for outcome in outcomes])


def tell_problem(outcome: Outcome) -> None:
    """One line on standard error."""
    print(f"wenbao: {outcome.problem}", file=sys.stderr)


def tell_others(paths: Sequence[Path]) -> None:
    """One line on standard error for the files that were left alone, by their kinds."""
    kinds = Counter(path.suffix.lower() or "without an ending" for path in paths)
    counted = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    hint = " Old Word files are read once they are saved as .docx." if kinds.keys() & _OLD_WORD else ""
    print(f"wenbao: files of other kinds in folders were left alone: {legible(counted)}.{hint}", file=sys.stderr)


def tell_summary(outcomes: Iterable[Outcome]) -> None:
    """How many were added, were there already, and could not be taken in."""
    counts = Counter[str](outcome.status for outcome in outcomes)
    out(", ".join(f"{counts[status]} {words}" for status, words in _COUNTED.items() if counts[status]) + ".")


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    from rich.progress import Progress

    is_seen = total >= _WORTH_A_BAR and sys.stderr.isatty()
    with Progress(console=Console(stderr=True), transient=True, disable=not is_seen) as progress:
        task = progress.add_task("Adding", total=total)
        yield lambda: progress.advance(task)


def _tell(outcome: Outcome) -> None:
    one = outcome.document
    if one is None:
        return
    out(Text(f"{outcome.status:13}", _COLOURS.get(outcome.status, "")), f"{outcome.source}  ", Text(one.id, "dim"))
    counts = f"{_headings(outcome)} headings", f"{one.paragraphs} paragraphs"
    known = (one.title, one.publisher, one.place, one.year, one.published, *counts)
    out(" " * 13, " · ".join(str(value) for value in known if value is not None))
    if fields := missing(one):
        out(" " * 13, Text(f"not understood: {', '.join(fields)}", "yellow"))
    if pages := _pages_unread(outcome):
        which = f"page{'s' if len(pages) > 1 else ''} {', '.join(spans(pages))}"
        what = f"not read, scanned without text: {which}. Run text recognition (OCR) on the file."
        out(" " * 13, Text(what, "yellow"))
    if outcome.addition and outcome.addition.replaces:
        out(" " * 13, Text(f"version {outcome.addition.version}, in place of {outcome.addition.replaces}", "dim"))
    _tell_preview(outcome)


def _tell_preview(outcome: Outcome) -> None:
    preview = outcome.preview
    if preview is None:
        return
    if preview.replaces:
        out(" " * 13, Text(f"in place of {preview.replaces.id}", "dim"))
    for where, lines in (("above", preview.left_out_above), ("below", preview.left_out_below)):
        if lines:
            shown = legible(" / ".join(lines[:_SHOWN_LINES])) + (" / …" if len(lines) > _SHOWN_LINES else "")
            out(" " * 13, Text(f"left out {where} ({len(lines)} lines): ", "dim"), shown)


def _headings(outcome: Outcome) -> int:
    if outcome.addition:
        return outcome.addition.headings
    return len(outcome.preview.sections) if outcome.preview else 0


def _pages_unread(outcome: Outcome) -> tuple[int, ...]:
    understood = outcome.addition or outcome.preview
    return understood.pages_unread if understood else ()


def _plain(outcome: Outcome) -> dict[str, Any]:
    one = outcome.document
    if one is None:
        return {"file": outcome.source, "status": outcome.status, "problem": outcome.problem}
    told = {"file": outcome.source, "status": outcome.status, "document": asdict(one), "headings": _headings(outcome)}
    told["not_understood"] = list(missing(one))
    told["pages_unread"] = list(_pages_unread(outcome))
    if addition := outcome.addition:
        return {**told, "created": addition.created, "version": addition.version, "replaces": addition.replaces}
    assert outcome.preview is not None  # noqa: S101 (there is a document, so something was understood)
    before = outcome.preview.replaces
    left_out = {"above": outcome.preview.left_out_above, "below": outcome.preview.left_out_below}
    return {**told, "created": False, "replaces": before.id if before else None, "left_out": left_out}
