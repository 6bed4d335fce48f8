"""Moves the segments of one index of terms into another without writing them anew.

A tantivy index is a folder of segments that never change, and a meta.json that lists them (tantivy, ARCHITECTURE.md);
adding through its own writer would merge segments, large ones too, while somebody waits.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

META = "meta.json"
MANAGED = ".managed.json"
MUTABLE = (META, MANAGED)
"""The files that tantivy writes again; all others are written once."""

MERGED_FROM = 8
"""So many small segments are merged when tantivy's own writer commits (its LogMergePolicy)."""

_SMALL = 10_000


def small_segments(folder: Path) -> int:
    """How many segments there are of those that tantivy counts as small."""
    return sum(segment["max_doc"] < _SMALL for segment in _read(folder / META)["segments"])


def take_over(source: Path, target: Path) -> None:
    """Move all segments of an index into another of the same schema; the source is of no use afterwards."""
    if not (target / META).exists():
        raise ValueError(f"{target} is no index of terms")
    for path in list(source.iterdir()):
        if path.name not in MUTABLE and path.suffix != ".lock":
            path.rename(target / path.name)
    managed: list[str] = _read(source / MANAGED)
    _rewrite(target / MANAGED, lambda old: list(dict.fromkeys([*old, *managed])))
    added = _read(source / META)
    _rewrite(
        target / META,
        lambda old: (
            old | {"segments": old["segments"] + added["segments"], "opstamp": max(old["opstamp"], added["opstamp"])}
        ),
    )


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _rewrite(path: Path, change: Callable[[Any], Any]) -> None:
    path.write_text(json.dumps(change(_read(path))), encoding="utf-8")
