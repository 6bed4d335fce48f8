"""Breaks off what a process does at every operation that changes a file, and looks at what is there afterwards."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Self, cast

from tests.faults.jobs import MODES, Job, Outcome
from tests.faults.scenarios import SCENARIOS

_SHIM = Path(__file__).with_name("shim.c")
_ROOT = Path(__file__).parents[2]
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"), "1")


def compiler() -> str | None:
    """The C compiler that the shim is made with; None where there is none."""
    return shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


@dataclass(frozen=True, slots=True)
class Found:
    """What a fault has led to; `lost` and `wrong` are those of the problems that must never be."""

    scenario: str
    mode: str
    at: int
    refused: list[str]
    problems: list[str]

    @property
    def lost(self) -> int:
        return sum("lost" in problem or "is back" in problem for problem in self.problems)

    @property
    def wrong(self) -> int:
        return sum("wrong answer" in problem for problem in self.problems)


class Worker:
    """The warm process that forks; see `tests.faults.worker`."""

    def __init__(self, shim: Path) -> None:
        ours = {name: value for name, value in os.environ.items() if not name.startswith("WENBAO_")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.worker"],
            cwd=_ROOT,
            env=ours | _ONE_THREAD | {"LD_PRELOAD": str(shim), "TOKENIZERS_PARALLELISM": "false"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def run(self, job: Job) -> Outcome:
        """Have a child do a job, and wait for it."""
        asked, told = cast(IO[str], self._process.stdin), cast(IO[str], self._process.stdout)
        asked.write(json.dumps(asdict(job)) + "\n")
        asked.flush()
        return Outcome(**json.loads(told.readline()))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()


@contextmanager
def faults(folder: Path) -> Iterator[Worker]:
    """A worker below the shim, which is compiled first."""
    shim = folder / "shim.so"
    subprocess.run([compiler() or "cc", "-shared", "-fPIC", "-O1", "-o", shim, _SHIM, "-ldl"], check=True)
    with Worker(shim) as worker:
        yield worker


def prepared(folder: Path, scenario: str) -> Path:
    """What a scenario starts from."""
    base = folder / scenario.replace(" ", "-")
    SCENARIOS[scenario][0](base)
    return base


def operations(worker: Worker, base: Path, scenario: str) -> int:
    """How many operations a scenario has where nothing goes wrong."""
    with _copy(base) as folder:
        outcome = worker.run(Job(str(folder), scenario))
        assert (outcome.code, outcome.problems, outcome.refused) == (0, [], []), outcome
        return outcome.count


def fault(worker: Worker, base: Path, scenario: str, mode: str, at: int) -> Found:
    """Let a fault happen at an operation, then see what a new process finds."""
    with _copy(base) as folder:
        outcome = worker.run(Job(str(folder), scenario, mode, at))
        checked = worker.run(Job(str(folder), scenario, check=True, acknowledged=outcome.acknowledged))
        problems = [*outcome.problems, *checked.problems, *(f"refused afterwards: {one}" for one in checked.refused)]
        return Found(scenario, mode, at, outcome.refused, problems)


def each_fault(worker: Worker, folder: Path, scenario: str, modes: Sequence[str], every: int) -> Iterator[Found]:
    """Faults at every so-manieth operation of a scenario, one after the other."""
    assert set(modes) <= MODES.keys()
    base = prepared(folder, scenario)
    count = operations(worker, base, scenario)
    for mode in modes:
        for at in range(1, count + 1, every):
            yield fault(worker, base, scenario, mode, at)


@contextmanager
def _copy(base: Path) -> Iterator[Path]:
    folder = base.with_name(f"{base.name}-copy")
    shutil.copytree(base, folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
