"""What keeping a library up to date costs: adding, removing and asking where many reports are there already.

    python -m benchmarks.library [--reports 10000] [--folder FOLDER]

The reports are made up, each with one figure that is right for its county alone. A second process asks all the while,
so that what is added is seen to be found there too. With --folder the library is kept for the next run.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from wenbao.answers.model import AskRequest
from wenbao.answers.service import ReportService
from wenbao.config.logs import configure_logs
from wenbao.config.settings import Settings, load_settings
from wenbao.index.building import is_in_many_parts
from wenbao.index.embedding import open_encoder
from wenbao.index.search import Index
from wenbao.knowledge.library import Library
from wenbao.knowledge.parse import parse

_NAMES = (
    "青白金银石玉松柏云龙凤江河湖海山岭泉溪田安平永长福寿康宁和顺兴盛光明文武德仁义礼信昌隆丰庆嘉祥瑞华荣清新古大"
    "东西南北中上下前远高宽厚春夏秋冬梅兰竹菊桃李杏梨枫桂荷莲鹤鹿虎马牛羊燕雁鹰鸿星月日天地阳晴雨雪霜露虹琴棋"
)
_ADDED = 100
_PATIENCE_SECONDS = 600


@dataclass(frozen=True, slots=True)
class MadeUp:
    """A report of a county that does not exist, and a question that only it answers."""

    name: str
    content: bytes
    question: str
    value: str


def made_up(number: int) -> MadeUp:
    """Report number so and so: below the square of the number of names, each is of a county of its own."""
    chance = Random(number)
    county = f"{_NAMES[number // len(_NAMES) % len(_NAMES)]}{_NAMES[number % len(_NAMES)]}县"
    advice = 1_000 + number
    lines = (
        f"{county}2020年法治政府建设工作情况报告",
        f"2020年，{county}深入推进依法行政，现将有关情况报告如下：",
        "一、主要工作情况",
        f"（一）完善公共法律服务。全年提供法律咨询{advice}次，办理法律援助案件{chance.randrange(50, 900)}宗。",
        f"（二）加强行政复议工作。收到行政复议申请{chance.randrange(20, 400)}件，审结{chance.randrange(10, 300)}件。",
        f"（三）规范行政执法。组织执法人员培训{chance.randrange(3, 60)}期，培训{chance.randrange(100, 5_000)}人次。",
        f"（四）化解矛盾纠纷。调解各类纠纷{chance.randrange(100, 9_000)}宗，成功率{chance.randrange(900, 999) / 10}%。",
        "二、存在的主要问题",
        "一是基层执法力量不足；二是普法宣传的针对性有待加强。",
        "三、下一步工作计划",
        f"加快建设{chance.randrange(2, 40)}个示范性公共法律服务工作站，进一步提升服务水平。",
        f"{county}人民政府",
        f"2021年1月{chance.randrange(1, 29)}日",
    )
    content = "\n".join(lines).encode()
    return MadeUp(f"{number}.txt", content, f"{county}2020年提供了多少次法律咨询?", f"{advice}次")


def fill(path: Path, numbers: Sequence[int]) -> None:
    """Put the reports of these numbers into the library in a file."""
    library = Library(path)
    for number in numbers:
        report = made_up(number)
        library.add(parse(report.name, report.content), report.name, report.content)
    library.close()


def main() -> None:
    arguments = _arguments()
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}\n\n| what | measured |\n|---|---|")
    with TemporaryDirectory() as folder:
        for what, measured in _lines(arguments.folder or Path(folder), arguments.reports):
            print(f"| {what} | {measured} |", flush=True)


def _lines(folder: Path, count: int) -> Iterator[tuple[str, str]]:
    settings = load_settings(data_dir=folder, log_level="error")
    configure_logs(settings)
    began = time.perf_counter()
    if not (folder / "library.sqlite3").exists():
        fill(folder / "library.sqlite3", range(count))
        yield f"taking {count:,} reports into the library", f"{time.perf_counter() - began:.0f} s"
    began = time.perf_counter()
    with ReportService.open(settings) as service:
        yield "opening it, the index included", f"{time.perf_counter() - began:.1f} s"
        service.keep_up()
        yield from _measured(service, settings, count)


def _measured(service: ReportService, settings: Settings, count: int) -> Iterator[tuple[str, str]]:
    adds, costs, firsts, others, removes, wrong = [], [], [], [], [], 0
    with _reader(settings) as other, _reader(settings) as asking:
        quiet = [_asked(other, number % count) for number in range(0, 7_000, 70)]
        asking.send(list(range(count)))
        ids = []
        for number in range(count, count + _ADDED):
            report = made_up(number)
            began, began_work = time.perf_counter(), time.process_time()
            ids.append(service.add(report.name, report.content).document.id)
            adds.append(time.perf_counter() - began)
            costs.append(time.process_time() - began_work)
            seconds, value = _answered(service, number)
            found = _asked(other, number)
            firsts.append(seconds)
            others.append(found[0])
            wrong += (value, found[1]) != (report.value, report.value)
        asking.send(None)
        busy, of_them_wrong = asking.recv()
        for number, document_id in enumerate(ids, count):
            began = time.perf_counter()
            service.remove(document_id)
            removes.append(time.perf_counter() - began)
            wrong += made_up(number).value in (_answered(service, number)[1], _asked(other, number)[1])
    yield f"adding one report to {count:,}", _summary(adds)
    yield "the processor time of that, which other programs at work don't change", _summary(costs)
    yield "the first question after, in the same process", _summary(firsts)
    yield "the first question after, in another process", _summary(others)
    yield "removing one report", _summary(removes)
    yield "a question, nothing being added", _summary([seconds for seconds, _ in quiet])
    yield f"a question in a third process, {_ADDED} reports being added", _summary(busy)
    yield "answers that were not right, or out of a report that was removed", str(wrong + of_them_wrong)
    yield from _tended(settings)


def _tended(settings: Settings) -> Iterator[tuple[str, str]]:
    """How long it takes until the parts have been merged beside."""
    library = Library(settings.data_dir / "library.sqlite3")
    index = Index(settings.data_dir / "index", open_encoder(settings))
    began = time.perf_counter()
    index.tend(library)
    library.close()
    assert index.generation is not None
    assert not is_in_many_parts(index.generation)
    yield "merging what is left to merge, beside", f"{time.perf_counter() - began:.1f} s"


@contextmanager
def _reader(settings: Settings) -> Iterator[Connection]:
    """A process that answers questions: one number, one reply; a list of numbers is asked over and over till None."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_read, args=(str(settings.data_dir), theirs))
    process.start()
    try:
        yield ours
    finally:
        process.kill()
        process.join()


def _read(data_dir: str, asked: Connection) -> None:
    settings = load_settings(data_dir=data_dir, log_level="error")
    configure_logs(settings)
    with ReportService.open(settings) as service:
        while True:
            wanted = asked.recv()
            if isinstance(wanted, int):
                asked.send(_answered(service, wanted))
            elif wanted is not None:
                asked.send(_asked_over_and_over(service, wanted, asked))


def _asked_over_and_over(service: ReportService, numbers: list[int], stop: Connection) -> tuple[list[float], int]:
    times, wrong, chance = [], 0, Random(0)
    while not stop.poll():
        number = chance.choice(numbers)
        seconds, value = _answered(service, number)
        times.append(seconds)
        wrong += value != made_up(number).value
    return times, wrong


def _asked(reader: Connection, number: int) -> tuple[float, str | None]:
    reader.send(number)
    if not reader.poll(_PATIENCE_SECONDS):
        raise SystemExit("The other process does not answer.")
    found: tuple[float, str | None] = reader.recv()
    return found


def _answered(service: ReportService, number: int) -> tuple[float, str | None]:
    question = AskRequest(made_up(number).question)
    began = time.perf_counter()
    answer = service.ask(question).answer
    return time.perf_counter() - began, answer.value if answer else None


def _summary(seconds: Sequence[float]) -> str:
    times = [1000 * one for one in seconds]
    return f"median {median(times):.0f} ms, p95 {quantiles(times, n=20)[-1]:.0f} ms, most {max(times):.0f} ms"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=10_000, help="how many there are before")
    parser.add_argument("--folder", type=Path, help="data folder to use, and to keep")
    return parser.parse_args()


if __name__ == "__main__":
    main()
