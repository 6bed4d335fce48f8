"""The command `wenbao insights`: what people ask, what was not answered, and how to delete it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from wenbao.config.errors import InvalidRequest

if TYPE_CHECKING:
    from wenbao.answers.insights import Counts, Group, Insights

_SHOWN_GROUPS = 10
_BAR = 20


def insights(
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="From this day on; else the last 30 days"),
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write a table for a spreadsheet to this file")
    ] = None,
    table: Annotated[
        Literal["questions", "rate", "comments"], typer.Option(help="Which table --csv writes")
    ] = "questions",
    forget: Annotated[
        str | None, typer.Option(metavar="GROUP", help="Delete this group of questions for good, with their answers")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs")] = False,
) -> None:
    """Show what people ask: unanswered and unhelpful questions grouped, popular ones, and the answer rate over time.

    Nobody who asked is in it, and nothing older than WENBAO_RETENTION_DAYS.
    """
    from wenbao.answers.exports import csv_of, table_of
    from wenbao.cli.opening import open_service
    from wenbao.cli.printing import out, print_json
    from wenbao.config.logs import configure_logs
    from wenbao.config.settings import load_settings

    settings = load_settings()
    configure_logs(settings, "warning")
    day = since.date() if since else None
    with open_service(settings) as service:
        if forget is not None:
            count = service.forget_group(forget, day)
            out(f"Deleted {count} {'question' if count == 1 else 'questions'}.")
            return
        found = service.insights(day)
    if csv is not None:
        _write(csv, csv_of(table_of(found, table)))
    if as_json:
        print_json(_plain(found))
    elif csv is None:
        _tell(found)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as problem:
        raise InvalidRequest(f"{path} cannot be written: {problem.strerror}.") from None


def _tell(found: Insights) -> None:
    from wenbao.cli.printing import out

    out(f"{found.since} to {found.until}: {_counted(found.counts)}", style="bold")
    if not found.counts.asked:
        return
    out()
    for period in found.periods:
        rate = period.counts.rate
        if rate is not None:
            out(f"{period.start}  {'█' * round(rate * _BAR):{_BAR}}  {rate:4.0%} of {period.counts.asked} answered")
    _tell_groups("Not answered", found.unanswered)
    _tell_groups("Found unhelpful", found.unhelpful)
    _tell_groups("Asked most", found.groups)
    out()
    out("By language: ", ", ".join(f"{name} {counts.asked}" for name, counts in found.languages))
    if found.reasons:
        out("Why not answered: ", ", ".join(f"{name} {count}" for name, count in found.reasons))


def _tell_groups(title: str, groups: tuple[Group, ...]) -> None:
    from rich.text import Text

    from wenbao.cli.printing import out

    if not groups:
        return
    out()
    out(title, style="bold")
    for group in groups[:_SHOWN_GROUPS]:
        more = len(group.wordings) - 1
        others = f" and {more} more {'wording' if more == 1 else 'wordings'}" if more else ""
        out(Text(f"{group.id}  ", "dim"), group.wordings[0].text, Text(others, "dim"))
        out(" " * 18, Text(_counted(group.counts), "dim"))
    if len(groups) > _SHOWN_GROUPS:
        out(f"… and {len(groups) - _SHOWN_GROUPS} more: --json or --csv FILE has all.", style="dim")


def _counted(counts: Counts) -> str:
    told = f"{counts.asked} asked, {counts.unanswered} not answered"
    judged = counts.helpful + counts.unhelpful
    return told + (f", {counts.unhelpful} of {judged} judged found unhelpful" if judged else "")


def _plain(found: Insights) -> dict[str, Any]:
    """The same as plain data; the ids of answers are left out, as a group is deleted by its own."""
    return {
        "since": found.since.isoformat(),
        "until": found.until.isoformat(),
        "counts": _plain_counts(found.counts),
        "groups": [_plain_group(one) for one in found.groups],
        "periods": [
            {"start": one.start.isoformat(), "days": 7 if found.by_week else 1, **_plain_counts(one.counts)}
            for one in found.periods
        ],
        "languages": {name: _plain_counts(counts) for name, counts in found.languages},
        "reasons": dict(found.reasons),
        "comments": [{**asdict(one), "day": one.day.isoformat()} for one in found.comments],
    }


def _plain_group(group: Group) -> dict[str, Any]:
    wordings = [{"text": one.text, "last": one.last.isoformat(), **_plain_counts(one.counts)} for one in group.wordings]
    names = {"languages": dict(group.languages), "reasons": dict(group.reasons)}
    return {"id": group.id, **_plain_counts(group.counts), **names, "wordings": wordings}


def _plain_counts(counts: Counts) -> dict[str, Any]:
    return {**asdict(counts), "unanswered": counts.unanswered, "answer_rate": counts.rate}
