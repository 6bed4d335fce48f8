"""Measures a large library: how it is built, what it takes on disk and in memory, and what a question costs then.

    python -m benchmarks.scale --laws [--data ../shared/data] [--folder FOLDER]
    python -m benchmarks.scale --paragraphs 1000000 [--folder FOLDER]

The first takes in the laws and work reports, the second reports made up from templates (`benchmarks/made_up.py`), each
of its questions with one right place. With --folder the library is kept for the next run.
"""

from __future__ import annotations

import argparse
import json
import lzma
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from multiprocessing import Pool
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

import numpy as np

from benchmarks.made_up import PARAGRAPHS, Question, questions, report
from benchmarks.passages import DATA
from benchmarks.run import QUESTIONS, Server, _environment, _serving, _summary
from wenbao.config.settings import load_settings
from wenbao.index.chunks import Chunk
from wenbao.index.embedding import Encoder, Vectors, open_encoder
from wenbao.index.folding import clean
from wenbao.index.generation import open_current
from wenbao.index.units import UNITS_OF_A_ROW
from wenbao.index.vectors import Positions
from wenbao.knowledge.documents import Document, Passage
from wenbao.knowledge.library import Library
from wenbao.knowledge.parse import parse
from wenbao.knowledge.versions import NOTHING

_ASKED = 200
_NEAREST = 10
_COMPARED = 100
_READ_AT_ONCE = 65_536
_SAME = 1e-5
_MIB = 2**20


@dataclass(frozen=True, slots=True)
class File:
    """A report before it is read."""

    name: str
    content: bytes


def main() -> None:
    arguments = _arguments()
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}\n\n| what | measured | load |\n|---|---|---|")
    with TemporaryDirectory() as folder:
        lines = _laws if arguments.laws else partial(_made_up, arguments.paragraphs)
        for what, measured in lines(arguments.folder or Path(folder), arguments.data):
            print(f"| {what} | {measured} | {os.getloadavg()[0]:.1f} |", flush=True)


def _laws(folder: Path, data: Path) -> Iterator[tuple[str, str]]:
    records = [*_records(data / "laws-zh.jsonl.xz"), *_records(data / "work-reports-zh.jsonl.xz")]
    titles = Random(0).sample([record["title"] for record in records], _ASKED)
    asked = [f"{title}规定了哪些法律责任?" for title in titles]
    yield from _built(folder, (File(f"{number}.txt", _content(record)) for number, record in enumerate(records)))
    yield from recall(folder, asked)
    yield from _served(folder, asked)


def _made_up(paragraphs: int, folder: Path, _: Path) -> Iterator[tuple[str, str]]:
    reports = -(-paragraphs // PARAGRAPHS)
    asked = list(questions(reports, _ASKED))
    yield from _built(folder, (File(f"{number}.txt", report(number)) for number in range(reports)))
    yield from recall(folder, [one.text for one in asked])
    yield from _served(folder, [one.text for one in asked], asked)


def _records(path: Path) -> list[dict[str, str]]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _content(record: dict[str, str]) -> bytes:
    title, text = record["title"], record["text"]
    return (text if text.startswith(title) else f"{title}\n{text}").encode()


def _built(folder: Path, files: Iterable[File]) -> Iterator[tuple[str, str]]:
    """Take the files into a library and index it, where that has not been done in this folder."""
    path = folder / "library.sqlite3"
    if not path.exists():
        began = time.perf_counter()
        count = _filled(path, files)
        seconds = time.perf_counter() - began
        yield f"reading {count:,} paragraphs into the library", f"{seconds:.0f} s, {count / seconds:,.0f} a second"
        began = time.perf_counter()
        peak = _reindexed(folder)
        seconds = time.perf_counter() - began
        yield "indexing them, as `wenbao reindex`", f"{seconds:.0f} s, {count / seconds:,.0f} paragraphs a second"
        yield "resident memory at most meanwhile", f"{peak / _MIB:,.0f} MiB"
    yield "library on disk", f"{_size([path]) / _MIB:,.0f} MiB"
    yield "index on disk", f"{_size((folder / 'index').rglob('*')) / _MIB:,.0f} MiB"


def _filled(path: Path, files: Iterable[File]) -> int:
    """Read the files in processes of their own and put them into the library; returns how many paragraphs it has."""
    with closing(Library(path)) as library, Pool() as pool:
        for file, document in pool.imap(_read, files, chunksize=16):
            library.add(document, file.name, file.content, replaces=NOTHING)
        return sum(document.paragraphs for document in library.documents())


def _read(file: File) -> tuple[File, Document]:
    return file, parse(file.name, file.content)


def _reindexed(folder: Path) -> int:
    """Index what is in the library in a process of its own; returns the bytes that it held at most."""
    command = [sys.executable, "-m", "wenbao", "reindex"]
    process = subprocess.Popen(command, env=_environment(folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"`wenbao reindex` ended with {process.returncode}.")
    return usage.ru_maxrss * 1024


def _size(paths: Iterable[Path]) -> int:
    return sum(path.stat().st_size for path in paths if path.is_file())


def recall(folder: Path, asked: Sequence[str]) -> Iterator[tuple[str, str]]:
    """How many of the ten nearest units are found, judged by vectors that were not rounded to eight bits."""
    encoder = open_encoder(load_settings(data_dir=folder))
    generation = open_current(folder / "index")
    if generation is None:
        raise SystemExit(f"There is no index in {folder}.")
    queries = encoder.encode_queries(asked)
    with closing(Library(folder / "library.sqlite3")) as library:
        for chunk in generation.chunks:
            yield f"recall@10 of {len(chunk):,} vectors", f"{_recall_of(chunk, queries, library, encoder):.3f}"


def _recall_of(chunk: Chunk, queries: Vectors, library: Library, encoder: Encoder) -> float:
    shares = []
    for query, near in zip(queries, _nearest_of_all(chunk, queries), strict=True):
        found = chunk.vectors.search(query, _NEAREST, None)[0]
        scores = _true_scores(chunk, np.concatenate([found, near]), query, library, encoder)
        tenth = np.partition(scores[len(found) :], -_NEAREST)[-_NEAREST]
        shares.append(np.count_nonzero(scores[: len(found)] >= tenth - _SAME) / _NEAREST)
    return float(np.mean(shares))


def _nearest_of_all(chunk: Chunk, queries: Vectors) -> Positions:
    """For each query a hundred positions that hold its ten nearest for certain: all are compared, as they are kept."""
    scores = np.full((len(queries), 0), 0, np.float32)
    positions = np.full((len(queries), 0), 0, np.int64)
    for start in range(0, len(chunk), _READ_AT_ONCE):
        some = np.arange(start, min(start + _READ_AT_ONCE, len(chunk)))
        scores = np.hstack([scores, queries @ chunk.vectors.read(some).T])
        positions = np.hstack([positions, np.broadcast_to(some, (len(queries), len(some)))])
        best = np.argpartition(-scores, min(_COMPARED, scores.shape[1]) - 1)[:, :_COMPARED]
        scores, positions = (np.take_along_axis(each, best, axis=1) for each in (scores, positions))
    return positions


def _true_scores(chunk: Chunk, positions: Positions, query: Vectors, library: Library, encoder: Encoder) -> Vectors:
    """The inner products with the vectors of the texts, embedded anew."""
    numbers = [divmod(unit, UNITS_OF_A_ROW) for unit in chunk.units[positions].tolist()]
    passages = {one.row: one for one in library.passages(list({row for row, _ in numbers}))}
    texts = [clean(_text(passages[row], sentence)) for row, sentence in numbers]
    scores: Vectors = encoder.encode_passages(texts) @ query
    return scores


def _text(passage: Passage, sentence: int) -> str:
    if not sentence:
        return passage.text
    ends = passage.paragraph.sentences[sentence - 1]
    return passage.text[ends.start - passage.paragraph.start : ends.end - passage.paragraph.start]


def _served(folder: Path, asked: Sequence[str], right: Sequence[Question] = ()) -> Iterator[tuple[str, str]]:
    """What a service over the folder costs, and how often it is right."""
    began = time.perf_counter()
    with _serving(folder) as server, closing(HTTPConnection("127.0.0.1", server.port)) as connection:
        yield "start until it is ready", f"{time.perf_counter() - began:.1f} s"
        yield "resident memory then: its own, and pages of files", _memory(server)
        yield "the first question", f"{_milliseconds(_ask, connection, asked[:1])[0]:.0f} ms"
        for name, ask in (("`POST /v1/ask`", _ask), ("`GET /v1/search`", _search)):
            _milliseconds(ask, connection, asked)
            yield f"{name}, median / p95", _summary(_milliseconds(ask, connection, asked))
        yield "`POST /v1/ask` of what `make bench` asks", _summary(_milliseconds(_ask, connection, QUESTIONS * 5))
        yield "resident memory after all that", _memory(server)
        yield from _rightness(connection, right)


def _memory(server: Server) -> str:
    status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="utf-8")
    own, mapped = (int(status.split(f"{name}:")[1].split()[0]) // 1024 for name in ("RssAnon", "RssFile"))
    return f"{own:,} MiB, {mapped:,} MiB"


def _milliseconds(
    ask: Callable[[HTTPConnection, str], Any], server: HTTPConnection, asked: Sequence[str]
) -> list[float]:
    times = []
    for question in asked:
        began = time.perf_counter()
        ask(server, question)
        times.append((time.perf_counter() - began) * 1000)
    return times


def _rightness(server: HTTPConnection, asked: Sequence[Question]) -> Iterator[tuple[str, str]]:
    """How often the one right place is found, and the right figure answered."""
    if not asked:
        return
    ranks = [_rank(_search(server, one.text), one) for one in asked]
    first, near = ranks.count(0), len(ranks) - ranks.count(None)
    yield "search: the one right place is first / in the first ten", f"{first} / {near} of {len(asked)}"
    answers = [_ask(server, one.text)["answer"] for one in asked]
    values = [answer and answer["value"] for answer in answers]
    right = sum(value == one.value for value, one in zip(values, asked, strict=True))
    wrong = len(answers) - answers.count(None) - right
    yield "ask: right / wrong / not answered", f"{right} / {wrong} / {answers.count(None)} of {len(asked)}"


def _rank(found: dict[str, Any], one: Question) -> int | None:
    hits = enumerate(found["hits"])
    return next((rank for rank, hit in hits if one.place in hit["text"] and one.title == hit["title"]), None)


def _ask(server: HTTPConnection, question: str) -> Any:
    body = json.dumps({"question": question}).encode()
    server.request("POST", "/v1/ask", body, {"Content-Type": "application/json"})
    return _reply(server)


def _search(server: HTTPConnection, question: str) -> Any:
    server.request("GET", f"/v1/search?q={quote(question)}")
    return _reply(server)


def _reply(server: HTTPConnection) -> Any:
    reply = server.getresponse()
    content = reply.read()
    if reply.status != 200:
        raise SystemExit(f"The service answered {reply.status}: {content.decode(errors='replace')}")
    return json.loads(content)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--laws", action="store_true", help="the laws and work reports")
    what.add_argument("--paragraphs", type=int, help="so many paragraphs of made-up reports")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the data sets")
    parser.add_argument("--folder", type=Path, help="data folder to use, and to keep")
    return parser.parse_args()


if __name__ == "__main__":
    main()
