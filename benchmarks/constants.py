"""What each constant of ranking buys: `python -m benchmarks.constants [--write]`; half an hour on two free cores.

Each is halved and doubled (one that can't be more than 1 is raised halfway to it), alone, with everything else as it
is. Constants of answering are judged by all questions of every sixteenth tuning report, those of the search by every
fifth question of CMRC 2018 and DRCD and all about the work report that nothing is learnt from. The networks are those
in the box: what is learnt has settled on the values in use, so the table says what depends on a constant, not what
another value would be worth after learning anew. With --write the tables go into `docs/evaluation.md`.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields
from functools import partial
from importlib import import_module
from inspect import getsource
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FunctionType, ModuleType

from benchmarks.evaluation import put_into_page
from benchmarks.reports import open_service, tuning_reports
from benchmarks.work_reports import work_report_sets
from wenbao.answers.choosing import SPAN_COSTS
from wenbao.answers.costs import COSTS, Costs
from wenbao.cli.evaluation import evaluate
from wenbao.cli.passages import DATA, NAMES, PassageSet, library_of, read_set
from wenbao.cli.retrieval import ranked_first
from wenbao.config.logs import configure_logs
from wenbao.config.settings import load_settings
from wenbao.index.fusion import TERM_WEIGHTS, TermWeights

EVERY_REPORT, EVERY_QUESTION = 16, 5
WORKERS = 2

Right = tuple[bool, ...]
"""Of each question, whether it is answered or found rightly."""

ANSWERING = {
    "answers.answering": ("LISTED", "OTHER_PART", "AMONG_SEVERAL", "CAUSE_OF_LAST", "SENTENCES_BEHIND"),
    "answers.belonging": ("SURE",),
    "answers.choosing": (
        "DESCRIBED", "AS_GOOD", "CONTEXT", "SAME_PASSAGE", "SAME_SENTENCE", "STANDS_ALONE", "WITHOUT_DATE",
        "WITHOUT_NAME", "WITHOUT_CAUSE", "WITHOUT_BODY", "WITHOUT_HOLDER", "OTHER_KIND",
    ),
    "answers.confidence": ("THRESHOLD", "LEAD", "MANY_TERMS", "LEAST_MET", "SAID_OF_PLACE"),
    "answers.details": ("LIKED", "FITTING", "FAR", "TAIL", "NAMED", "MANY_NOUNS"),
    "answers.evidence": ("APART", "PART", "CHARACTER", "SPELT"),
    "answers.features": ("UNMET",),
    "answers.labels": ("MET",),
    "answers.listing": ("NEXT_COUNT",),
    "answers.lists": (
        "ABOVE", "INSIDE", "AROUND", "TITLE", "MANY", "DEEP", "LEAD_OF_ALL", "AHEAD_OF_ALL", "MANY_TERMS",
    ),
    "answers.periods": ("LONGEST_BEFORE",),
    "answers.persons": ("NEAR",),
    "answers.question": ("LEAST_RESPELT",),
    "answers.reading": ("BEGINNING", "TELLING_OF_OTHERS"),
    "answers.reranking": ("LOOKED_AT",),
    "answers.service": ("READ_PASSAGES",),
    "answers.spelling": ("NEIGHBOURS",),
    "answers.terms": (
        "TRANSLATIONS", "OF_PART", "SYNONYM", "KIND_OF_DOCUMENT", "MOST_WORDS", "LONGEST_PHRASE", "SPELT_OTHERWISE",
        "LIGHT_VERB",
    ),
}  # fmt: skip
SEARCH = {
    "index.fusion": ("SENTENCE_SHARE", "DENSE_SHARE"),
    "index.lexicon": ("LONGEST_PHRASE", "OWN_SHARE", "MOST_TARGETS", "NEAR"),
    "index.ranking": ("DEPTH", "SPELT"),
    "index.sounds": ("LEAST_LETTERS",),
    "answers.terms": ("TRANSLATIONS", "OF_PART", "SYNONYM"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """A constant with another value; `holder` is a module of wenbao, or the class of an instance with such fields."""

    holder: str
    name: str
    value: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="put the tables into docs/evaluation.md")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the data sets")
    options = parser.parse_args()
    configure_logs(load_settings(), "error")
    answering = [*changes_of(ANSWERING), *changes_of_fields(COSTS)]
    search = [*changes_of(SEARCH), *changes_of_fields(TERM_WEIGHTS)]
    lines = ["| constant of answering | value | right | halved | raised |", "|---|---|---|---|---|"]
    lines += table(answering, in_parts(partial(answered, answering)))
    lines += ["", "| constant of the search | value | found first | halved | raised |", "|---|---|---|---|---|"]
    lines += table(search, in_parts(partial(found, search, options.data)))
    print("\n".join(lines))
    if options.write:
        put_into_page({"constants": "\n".join(lines)})


def changes_of(names: Mapping[str, Sequence[str]]) -> Iterator[Change]:
    """Each constant of some modules halved, then raised."""
    for module, some in names.items():
        for name in some:
            for value in halved_and_raised(getattr(import_module(f"wenbao.{module}"), name)):
                yield Change(module, name, value)


def changes_of_fields(instance: Costs | TermWeights) -> Iterator[Change]:
    for field in fields(instance):
        for value in halved_and_raised(getattr(instance, field.name)):
            yield Change(type(instance).__name__, field.name, value)


def halved_and_raised(value: float) -> tuple[float, float]:
    """Half of a value and twice as much, whole where it is whole; of one from 0.5 on, but less than 1, halfway to 1."""
    if isinstance(value, int):
        return max(1, value // 2), value * 2
    return value / 2, (1 + value) / 2 if 0.5 <= value < 1 else value * 2


def in_parts(measured: Callable[[int], list[Right]]) -> list[Right]:
    """What each of the workers measures of its part, put together: the state of now, then each change."""
    with ProcessPoolExecutor(WORKERS) as workers:
        parts = list(workers.map(measured, range(WORKERS)))
    return [tuple(right for one in some for right in one) for some in zip(*parts, strict=True)]


def answered(changes: Sequence[Change], part: int) -> list[Right]:
    """Whether the questions of a part of the reports are answered rightly, now and with each change."""
    with ExitStack() as stack:
        asked = []
        for report in tuning_reports()[::EVERY_REPORT][part::WORKERS]:
            folder = stack.enter_context(TemporaryDirectory(prefix="wenbao-"))
            service = stack.enter_context(open_service(Path(folder), report))
            text = service.document(service.documents()[0].id).text
            asked.append((service, [*report.questions, *report.turns], text))

        def right() -> Right:
            verdicts = (one for service, some, text in asked for one in evaluate(service, some, [text]).verdicts)
            return tuple(one.met["correct"] for one in verdicts)

        return with_each(changes, right)


def found(changes: Sequence[Change], data: Path, part: int) -> list[Right]:
    """Whether the questions of a part of the sets find their own passage first, now and with each change."""
    with ExitStack() as stack:
        sets = [
            (one, stack.enter_context(library_of(one.passages, load_settings()))) for one in _sets(data)[part::WORKERS]
        ]

        def right() -> Right:
            return tuple(ranked_first(asked, library) for one, library in sets for asked in one.asked)

        return with_each(changes, right)


def _sets(data: Path) -> list[PassageSet]:
    reading = [read_set(name, data) for name in NAMES if (data / f"{name}.jsonl.gz").is_file()]
    some = [PassageSet(one.name, one.passages, one.asked[::EVERY_QUESTION]) for one in reading]
    return [*some, *(one for one in work_report_sets(data / "work-reports-zh.jsonl.xz") if one.name.endswith("alone"))]


def with_each(changes: Sequence[Change], right: Callable[[], Right]) -> list[Right]:
    """What is right now, and with each change."""
    results = [right()]
    for number, change in enumerate(changes, 1):
        with changed(change):
            results.append(right())
        print(f"{number} of {len(changes)}: {change.name}", file=sys.stderr, flush=True)
    return results


@contextmanager
def changed(change: Change) -> Iterator[None]:
    """Everything that uses a constant uses another value."""
    holders = _holders(change)
    before = [(holder, getattr(holder, change.name)) for holder in holders]
    defaults = [(one, one.__defaults__) for one in _functions() if one.__defaults__]
    for holder, _ in before:
        object.__setattr__(holder, change.name, change.value)
    for function, values in defaults if isinstance(holders[0], ModuleType) else ():
        old = before[0][1]
        function.__defaults__ = tuple(change.value if value is old else value for value in values or ())
    forget()
    try:
        yield
    finally:
        for holder, value in before:
            object.__setattr__(holder, change.name, value)
        for function, values in defaults:
            function.__defaults__ = values
        forget()


def _holders(change: Change) -> list[object]:
    if change.holder == "Costs":
        return [COSTS] if change.name in ("behind", "contested") else [COSTS, SPAN_COSTS]
    if change.holder == "TermWeights":
        return [TERM_WEIGHTS]
    own = import_module(f"wenbao.{change.holder}")
    value = getattr(own, change.name)
    assigned = re.compile(rf"(?m)^(?:[A-Z_]+, )*{change.name}(?:, [A-Z_]+)* = ")
    others = (one for one in _modules() if one is not own and getattr(one, change.name, None) is value)
    return [own, *(one for one in others if not assigned.search(getsource(one)))]


def _modules() -> list[ModuleType]:
    return [module for name, module in list(sys.modules.items()) if name.startswith("wenbao.")]


def _functions() -> list[FunctionType]:
    return [one for module in _modules() for one in vars(module).values() if isinstance(one, FunctionType)]


def forget() -> None:
    """Empty the caches, what is in which may depend on a constant."""
    for module in _modules():
        for one in list(vars(module).values()):
            if hasattr(one, "cache_clear"):
                one.cache_clear()


def table(changes: Sequence[Change], results: Sequence[Right]) -> Iterator[str]:
    """A line for each constant: its value, what is right with it, and what is lost and gained by two others."""
    now, rest = results[0], results[1:]
    for at in range(0, len(changes), 2):
        change = changes[at]
        value = getattr(_holders(change)[0], change.name)
        cells = (
            f"{other.value:g}: {_difference(now, right)}"
            for other, right in zip(changes[at : at + 2], rest[at : at + 2], strict=True)
        )
        name = f"`{change.holder.removeprefix('answers.').removeprefix('index.')}.{change.name}`"
        yield f"| {name} | {value:g} | {sum(now)} of {len(now)} | {' | '.join(cells)} |"


def _difference(now: Right, other: Right) -> str:
    lost = sum(one and not two for one, two in zip(now, other, strict=True))
    gained = sum(two and not one for one, two in zip(now, other, strict=True))
    return f"−{lost} +{gained}" if lost or gained else "the same"


if __name__ == "__main__":
    main()
