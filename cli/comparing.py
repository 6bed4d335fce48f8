"""Keeps a run question by question, and says what has changed since an earlier one."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from wenbao.cli.shares import chance_of_change
from wenbao.config.errors import InvalidRequest, StorageFailed

RunKind = Literal["answers", "retrieval", "extraction"]


class Outcome(BaseModel, frozen=True):
    """A question of a run and whether all was right; `group` is its set, its conversation, or its language and kind.

    `details` is whatever else there is to be said of it.
    """

    group: str
    text: str
    correct: bool
    details: dict[str, Any]


class Run(BaseModel, frozen=True):
    """All that a run has measured: its summary as it is printed in JSON, and every question."""

    kind: RunKind
    made: datetime
    wenbao: str
    summary: dict[str, Any]
    each: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became right and wrong since an earlier run; `chance` is how probable that is if nothing has changed."""

    earlier: datetime
    became_right: tuple[Outcome, ...]
    became_wrong: tuple[Outcome, ...]
    same: int
    only_now: int
    only_earlier: int
    chance: float


def run_of(kind: RunKind, summary: Mapping[str, Any], each: Sequence[Outcome]) -> Run:
    """A run that was made just now."""
    from importlib.metadata import version

    now = datetime.now().astimezone().replace(microsecond=0)
    return Run(kind=kind, made=now, wenbao=version("wenbao"), summary=dict(summary), each=tuple(each))


def save(run: Run, path: Path) -> None:
    """Write a run to a file. Raises StorageFailed."""
    try:
        path.write_text(json.dumps(run.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as problem:
        raise StorageFailed(f"{path} cannot be written: {problem.strerror}.") from problem


def read_run(path: Path, kind: RunKind) -> Run:
    """An earlier run of the same kind. Raises InvalidRequest."""
    try:
        run = Run.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        raise InvalidRequest(f"{path} cannot be read: {problem}.") from problem
    except ValidationError as problem:
        raise InvalidRequest(f"{path} holds no run: name a file that `wenbao evaluate --save` wrote.") from problem
    if run.kind != kind:
        raise InvalidRequest(f"{path} holds a run over {run.kind}, which says nothing of {kind}.")
    return run


def compare(run: Run, earlier: Run) -> Comparison:
    """What has changed, question by question; the questions that only one of the two has do not count."""
    now, then = _by_key(run), _by_key(earlier)
    both = [(now[key], then[key]) for key in now if key in then]
    became_right = tuple(one for one, other in both if one.correct and not other.correct)
    became_wrong = tuple(one for one, other in both if other.correct and not one.correct)
    return Comparison(
        earlier=earlier.made,
        became_right=became_right,
        became_wrong=became_wrong,
        same=len(both) - len(became_right) - len(became_wrong),
        only_now=len(now) - len(both),
        only_earlier=len(then) - len(both),
        chance=chance_of_change(len(became_right), len(became_wrong)),
    )


def _by_key(run: Run) -> dict[tuple[str, str, int], Outcome]:
    """A question asked several times is told apart by which time it is."""
    times: Counter[tuple[str, str]] = Counter()
    found = {}
    for one in run.each:
        times[one.group, one.text] += 1
        found[one.group, one.text, times[one.group, one.text]] = one
    return found
