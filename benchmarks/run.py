"""Prints what it costs, beside the bars of the design, as a table: `make bench`, or with --large `make bench LARGE=1`.

    python -m benchmarks.run [--large] [--data ../shared/data]

A service is started as `make run` does it and asked over HTTP on loopback. Finding is compared with the raw parts and
indexing is timed where the data sets are there (`benchmarks/parts.py`); --large asks 100,000 paragraphs too.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from urllib.parse import quote

from benchmarks.passages import DATA, law_paragraphs

QUESTIONS = (
    "2020年提供了多少次法律咨询?",
    "出具了多少份法律意见书?",
    "行政复议案件受理了几件?",
    "2020年有哪些问题?",
    "下一步有什么计划?",
    "建成了几个示范性公共法律服务工作站?",
    "調解糾紛的成功率是多少?",
    "幾多個村社區有法律顧問?",
    "How many legal consultations were provided in 2020?",
    "What problems remain?",
    "2019年的财政收入是多少?",
    "How many new schools were opened?",
)
ROUNDS = 40
STARTS = 5
LARGE = 100_000
PARAGRAPHS_OF_A_REPORT = 100
PATIENCE_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table."""

    what: str
    measured: str
    bar: str


@dataclass(frozen=True, slots=True)
class Server:
    """A service in a process of its own."""

    port: int
    process: subprocess.Popen[bytes]

    def milliseconds(self, ask: Callable[[HTTPConnection, str], None], rounds: int) -> list[float]:
        """How long each question took, over one connection, after a round that is not counted."""
        with closing(HTTPConnection("127.0.0.1", self.port)) as connection:
            times = []
            for turn in range(rounds + 1):
                for question in QUESTIONS:
                    began = time.perf_counter()
                    ask(connection, question)
                    if turn:
                        times.append((time.perf_counter() - began) * 1000)
        return times

    def resident_mib(self) -> float:
        """What the process holds in memory."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return int(status.split("VmRSS:")[1].split()[0]) / 1024


def main() -> None:
    arguments = _arguments()
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}\n\n| what | measured | bar |\n|---|---|---|")
    for line in _lines(arguments.data, arguments.large):
        print(f"| {line.what} | {line.measured} | {line.bar} |", flush=True)


def _lines(data: Path, large: bool) -> Iterator[Line]:
    with TemporaryDirectory() as folder:
        yield from _one_report(Path(folder))
    if not data.is_dir():
        yield Line("finding against the raw parts, indexing", f"not measured: {data} is not there", "")
        return
    yield from _parts(data)
    if large:
        with TemporaryDirectory() as folder:
            yield from _large(Path(folder), data)


def _one_report(folder: Path) -> Iterator[Line]:
    _wenbao(folder, "reindex")
    with _serving(folder) as server:
        yield Line(
            "`POST /v1/ask`, one report, median / p95", _summary(server.milliseconds(_ask, ROUNDS)), "8 ms / 20 ms"
        )
        yield Line("`GET /v1/search`, one report, median / p95", _summary(server.milliseconds(_search, ROUNDS)), "")
        yield Line("resident memory serving one report", f"{server.resident_mib():.0f} MiB", "350 MB")
    starts = [_seconds(lambda: _wenbao(folder, "ask", QUESTIONS[0])) for _ in range(STARTS)]
    yield Line("`make ask` once set up", f"{median(starts):.2f} s", "2 s")


def _parts(data: Path) -> Iterator[Line]:
    command = [sys.executable, "-m", "benchmarks.parts", "--data", str(data)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    paragraphs, speed = _found(r"indexing: ([\d,]+) paragraphs .*, ([\d,]+) a second", told)
    ours, raw = _found(r"finding: median ([\d.]+) ms.*raw parts: median ([\d.]+) ms", told)
    yield Line(
        f"finding alone, {paragraphs} paragraphs, against the raw parts",
        f"{ours} ms against {raw} ms, {float(ours) / float(raw):.2f} times",
        "≤ 1.5 times",
    )
    yield Line("indexing with the default model, paragraphs a second", speed, "2,000")


def _large(folder: Path, data: Path) -> Iterator[Line]:
    count = _add_laws(folder, law_paragraphs(data / "laws-zh.jsonl.xz", LARGE))
    seconds = _seconds(lambda: _wenbao(folder, "reindex"))
    yield Line(f"indexing {count:,} paragraphs of laws, as `wenbao reindex`", f"{seconds:.0f} s", "")
    with _serving(folder) as server:
        yield Line(
            f"`POST /v1/ask`, {count:,} paragraphs, median / p95",
            _summary(server.milliseconds(_ask, 10)),
            "20 ms / 50 ms",
        )
        yield Line(f"resident memory, {count:,} paragraphs", f"{server.resident_mib():.0f} MiB", "")


def _add_laws(folder: Path, texts: Sequence[str]) -> int:
    """Put texts into a library as reports; returns how many paragraphs it has then."""
    from wenbao.knowledge.library import Library
    from wenbao.knowledge.parse import parse

    with closing(Library(folder / "library.sqlite3")) as library:
        for number, start in enumerate(range(0, len(texts), PARAGRAPHS_OF_A_REPORT), 1):
            content = "\n".join([f"法规汇编第{number}号", *texts[start : start + PARAGRAPHS_OF_A_REPORT]]).encode()
            name = f"{number}.txt"
            library.add(parse(name, content), name, content)
        return sum(document.paragraphs for document in library.documents())


@contextmanager
def _serving(folder: Path, **settings: str) -> Iterator[Server]:
    """A service over what lies in a folder, with these settings, stopped at the end as Ctrl-C does it."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    with (folder / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "wenbao", "serve"], env=_environment(folder, port) | settings, stdout=log, stderr=log
        )
        try:
            _await_ready(process, port)
            yield Server(port, process)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


def _await_ready(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(PATIENCE_SECONDS * 10):
        if process.poll() is not None:
            raise SystemExit("The service ended before it was ready.")
        try:
            with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)) as connection:
                connection.request("GET", "/readyz")
                if connection.getresponse().status == 200:
                    return
        except OSError:
            pass
        time.sleep(0.1)


def _ask(connection: HTTPConnection, question: str) -> None:
    body = json.dumps({"question": question}).encode()
    connection.request("POST", "/v1/ask", body, {"Content-Type": "application/json"})
    _read(connection)


def _search(connection: HTTPConnection, question: str) -> None:
    connection.request("GET", f"/v1/search?q={quote(question)}")
    _read(connection)


def _read(connection: HTTPConnection) -> None:
    reply = connection.getresponse()
    content = reply.read()
    if reply.status != 200:
        raise SystemExit(f"The service answered {reply.status}: {content.decode(errors='replace')}")


def _wenbao(folder: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "wenbao", *arguments]
    subprocess.run(command, check=True, env=_environment(folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _environment(folder: Path, port: int = 8000) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("WENBAO_")}
    return ours | {"WENBAO_DATA_DIR": str(folder), "WENBAO_PORT": str(port), "WENBAO_LOG_LEVEL": "warning"}


def _seconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _summary(times: Sequence[float]) -> str:
    return f"{median(times):.1f} ms / {quantiles(times, n=20)[-1]:.1f} ms"


def _found(pattern: str, text: str) -> tuple[str, ...]:
    match = re.search(pattern, text, re.DOTALL)
    if match is None:
        raise SystemExit(f"benchmarks/parts.py did not say what was looked for:\n{text}")
    return match.groups()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the data sets")
    parser.add_argument("--large", action="store_true", help="over 100,000 paragraphs too")
    return parser.parse_args()


if __name__ == "__main__":
    main()
