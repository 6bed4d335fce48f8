"""A warm process below the shim, which forks a child for each job that it reads: a line of JSON, answered by another.

Started by `tests.faults.harness` with the shim preloaded; a fork costs a few milliseconds where a start costs a second.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import sys
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.library import made_up
from tests.faults import scenarios
from tests.faults.jobs import ENOUGH_SECONDS, MODES, Job, Outcome
from wenbao.answers import service as answering
from wenbao.answers.question import read_question
from wenbao.config.errors import WenbaoError
from wenbao.config.logs import configure_logs
from wenbao.config.settings import Settings, load_settings
from wenbao.index import embedding, search

_SHIM: Any = ctypes.CDLL(None)


def main() -> None:
    _warm_up()
    for line in sys.stdin:
        print(json.dumps(asdict(_forked(Job(**json.loads(line))))), flush=True)


def _forked(job: Job) -> Outcome:
    told, tells = os.pipe()
    child = os.fork()
    if not child:
        os.close(told)
        signal.alarm(ENOUGH_SECONDS)
        with suppress(BrokenPipeError):
            _work(job, lambda line: os.write(tells, f"{line}\n".encode()))
        os._exit(0)
    os.close(tells)
    with os.fdopen(told, encoding="utf-8") as pipe:
        lines = pipe.read().splitlines()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    count = next((int(line.split()[1]) for line in lines if line.startswith("count ")), 0)
    return Outcome(status, [line for line in lines if not line.startswith("count ")], count)


def _work(job: Job, tell: Any) -> None:
    """What the child does; all that goes wrong is told, as it has no other way to."""
    folder = Path(job.folder)
    try:
        if job.check:
            for problem in scenarios.check(folder, job.acknowledged, job.scenario):
                tell(f"problem {problem}")
        elif job.ask:
            for line in scenarios.answers(folder):
                tell(line)
        else:
            _run_below_the_shim(job, folder, tell)
    except WenbaoError as problem:
        tell(f"refused {problem}")
    except BaseException as problem:  # tantivy's panics are no Exception
        tell(f"problem {type(problem).__name__}: {problem}")


def _run_below_the_shim(job: Job, folder: Path, tell: Any) -> None:
    run = scenarios.SCENARIOS[job.scenario][1]
    _SHIM.faults_arm(MODES[job.mode], job.at)
    try:
        run(folder, tell)
    except WenbaoError as problem:
        tell(f"refused {problem}")
    finally:
        count = _SHIM.faults_count()
        if job.mode == "full":
            for line in scenarios.answers(folder):
                tell(line)
        _SHIM.faults_arm(0, 0)
        tell(f"count {count}")


def _warm_up() -> None:
    """Import, load and cache what each child would; the model is opened once and shared."""
    _SHIM.faults_arm.argtypes = [ctypes.c_int, ctypes.c_long]
    _SHIM.faults_count.restype = ctypes.c_long
    configure_logs(load_settings(), "error")
    opened = cache(lambda name, query, passage: embedding.open_model(Path(name), embedding.Prompts(query, passage)))

    def open_encoder(settings: Settings) -> embedding.Encoder:
        return opened(str(embedding.DEFAULT_MODEL), settings.query_prompt, settings.passage_prompt)

    search.open_encoder = scenarios.open_encoder = open_encoder
    search.open_model = lambda folder, prompts: opened(str(embedding.DEFAULT_MODEL), prompts.query, prompts.passage)
    for other in (False, True):
        open_encoder(scenarios.settings_of(Path("nowhere"), other))
    read_question(made_up(1).question, 100)
    _ = answering.ReportService, shutil


if __name__ == "__main__":
    main()
