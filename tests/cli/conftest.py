"""The command line as a person runs it: in a process of its own, or in this one where that is enough."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog

from wenbao.cli.main import main

REPORT = """青山县2021年工作报告
一、主要工作
(一)热心服务群众。全年受理来电4821宗,办结率98.6%。
(二)化解纠纷。调解纠纷312宗。
二、存在问题
部分镇街人手不足。
青山县人民政府
2022年1月5日
"""


@dataclass(frozen=True, slots=True)
class Told:
    """What a command told, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that has its index; commands that change nothing share it."""
    folder = tmp_path_factory.mktemp("filled")
    assert run_process(folder, "reindex").code == 0
    return folder


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "qingshan.txt"
    path.write_text(REPORT, encoding="utf-8")
    return path


@pytest.fixture
def wenbao(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., Told]]:
    """Runs a command in this process, in an empty working folder, on `data` (an empty data folder if none is given)."""
    for name in [name for name in os.environ if name.startswith("WENBAO_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, data: Path = tmp_path / "data") -> Told:
        monkeypatch.setenv("WENBAO_DATA_DIR", str(data))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        return Told(int(ended.value.code or 0), *capsys.readouterr())

    yield run
    structlog.reset_defaults()
    logging.basicConfig(handlers=[logging.NullHandler()], force=True)
    logging.captureWarnings(False)


def run_process(data: Path, *arguments: str, **settings: str) -> Told:
    """Run a command in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "wenbao", *arguments],
        env=environment(data, **settings),
        cwd=data,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    return Told(done.returncode, done.stdout, done.stderr)


def environment(data: Path, **settings: str) -> dict[str, str]:
    """This process's environment with these settings and no others."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("WENBAO_")}
    return ours | {"WENBAO_DATA_DIR": str(data), "PYTHONIOENCODING": "utf-8"} | settings
