"""What a process is doing when it is killed or its disk is full, and how one can tell afterwards that all is well."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from benchmarks.library import MadeUp, fill, made_up
from wenbao.answers.model import AskRequest
from wenbao.answers.service import ReportService
from wenbao.config.errors import WenbaoError
from wenbao.config.settings import Settings, load_settings
from wenbao.index.building import MANY_PARTS, is_in_many_parts
from wenbao.index.embedding import open_encoder
from wenbao.index.search import Index
from wenbao.knowledge import backup
from wenbao.knowledge.library import Library
from wenbao.knowledge.parse import parse

Tell = Callable[[str], None]
"""Told `added 7` or `removed 2` when that has been acknowledged."""

THERE = (1, 2, 3)
NEW = 7
GONE = 2
EDITED = "某县司法局"
LATER = range(10, 14)
MORE = range(14, 10 + MANY_PARTS)


def settings_of(folder: Path, other_model: bool = False) -> Settings:
    return load_settings(data_dir=folder / "data", passage_prompt="报告：" if other_model else None)


def prepare(folder: Path) -> None:
    """A library of three reports with its index in one part."""
    fill(folder / "data" / "library.sqlite3", THERE)
    ReportService.open(settings_of(folder)).close()


def prepare_some_parts(folder: Path) -> None:
    """The same, and reports that were added one by one."""
    prepare(folder)
    _add_each(folder, LATER)


def prepare_many_parts(folder: Path) -> None:
    """The same with so many that they are to be merged."""
    prepare(folder)
    _add_each(folder, (*LATER, *MORE))


def prepare_without_index(folder: Path) -> None:
    fill(folder / "data" / "library.sqlite3", THERE)


def prepare_removed(folder: Path) -> None:
    """The same without one that was removed."""
    prepare_some_parts(folder)
    remove(folder, lambda _: None)


def prepare_backup(folder: Path) -> None:
    prepare_some_parts(folder)
    backup.back_up(folder / "data", folder / "backup.zip")
    with ReportService.open(settings_of(folder)) as service:
        for number in (GONE, *LATER):
            service.remove(_id(made_up(number)))


def add(folder: Path, tell: Tell) -> None:
    with ReportService.open(settings_of(folder)) as service:
        service.add(made_up(NEW).name, made_up(NEW).content)
        tell(f"added {NEW}")


def remove(folder: Path, tell: Tell) -> None:
    with ReportService.open(settings_of(folder)) as service:
        service.remove(_id(made_up(GONE)))
        tell(f"removed {GONE}")


def add_version(folder: Path, tell: Tell) -> None:
    """A report that is there comes again with another figure."""
    with ReportService.open(settings_of(folder)) as service:
        service.add(changed().name, changed().content)
        tell(f"changed {GONE}")


def edit(folder: Path, tell: Tell) -> None:
    with ReportService.open(settings_of(folder)) as service:
        service.edit(_id(made_up(GONE)), publisher=EDITED)
        tell(f"edited {GONE}")


def bring_back(folder: Path, tell: Tell) -> None:
    with ReportService.open(settings_of(folder)) as service:
        service.restore(_id(made_up(GONE)))
        tell(f"added {GONE}")


def add_then_ask(folder: Path, tell: Tell) -> None:
    """An addition and a question in one, so that the journal is written to as well."""
    with ReportService.open(settings_of(folder)) as service:
        service.add(made_up(NEW).name, made_up(NEW).content)
        tell(f"added {NEW}")
        service.ask(AskRequest(made_up(NEW).question))


def first_start(folder: Path, _: Tell) -> None:
    ReportService.open(settings_of(folder)).close()


def compact(folder: Path, _: Tell) -> None:
    with _library_and_index(settings_of(folder)) as (library, index):
        assert index.generation is not None
        assert is_in_many_parts(index.generation)
        index.tend(library)


def rebuild(folder: Path, _: Tell) -> None:
    with _library_and_index(settings_of(folder)) as (library, index):
        index.build(library)


def change_model(folder: Path, _: Tell) -> None:
    with _library_and_index(settings_of(folder, other_model=True)) as (library, index):
        index.tend(library)


def back_up(folder: Path, tell: Tell) -> None:
    backup.back_up(folder / "data", folder / "new.zip")
    tell("backed up")


def restore(folder: Path, tell: Tell) -> None:
    backup.restore(folder / "backup.zip", folder / "data", over=True)
    tell(f"added {GONE}")


SCENARIOS: dict[str, tuple[Callable[[Path], None], Callable[[Path, Tell], None]]] = {
    "first start": (prepare_without_index, first_start),
    "add": (prepare, add),
    "add and ask": (prepare_some_parts, add_then_ask),
    "new version": (prepare_some_parts, add_version),
    "edit": (prepare, edit),
    "remove": (prepare_some_parts, remove),
    "bring back": (prepare_removed, bring_back),
    "compaction": (prepare_many_parts, compact),
    "new index": (prepare, rebuild),
    "model change": (prepare_some_parts, change_model),
    "backup": (prepare, back_up),
    "restore": (prepare_backup, restore),
}


def check(folder: Path, acknowledged: list[str], scenario: str) -> list[str]:
    """What is wrong with what is found in a folder after a fault, by a process that starts then."""
    changed = scenario == "model change"
    problems: list[str] = []
    with ReportService.open(settings_of(folder, changed)) as service:
        problems += _wrong(service, acknowledged)
        with _library_and_index(settings_of(folder, changed)) as (library, index):
            index.tend(library)
        problems += [f"after tending: {problem}" for problem in _wrong(service, acknowledged)]
        problems += [f"verify: {problem}" for problem in service.verify()]
    if left := [path.name for path in (folder / "data" / "index").glob(".unfinished*")]:
        problems.append(f"left lying about: {left}")
    if "backed up" in acknowledged:
        problems += backup.problems_in(folder / "new.zip")
    return problems


def answers(folder: Path) -> Iterator[str]:
    """What comes of asking about each report: `problem …` for a wrong answer, `refused …` for an error."""
    try:
        with ReportService.open(settings_of(folder)) as service:
            for number in (*THERE, NEW, *LATER):
                yield from _told_of(service, number)
    except WenbaoError as problem:
        yield f"refused {problem}"


def _add_each(folder: Path, numbers: Iterable[int]) -> None:
    with ReportService.open(settings_of(folder)) as service:
        for number in numbers:
            service.add(made_up(number).name, made_up(number).content)


def _told_of(service: ReportService, number: int) -> Iterator[str]:
    try:
        value = _answered(service, number)
    except WenbaoError as problem:
        yield f"refused {problem}"
    else:
        if value not in (None, made_up(number).value):
            yield f"problem wrong answer about {number}: {value}"


def _wrong(service: ReportService, acknowledged: list[str]) -> list[str]:
    listed = {document.id: document for document in service.documents()}
    problems = []
    for number in (*THERE, NEW, *LATER):
        value = _answered(service, number)
        there = [report for report in _versions(number) if _id(report) in listed]
        if len(there) > 1:
            problems.append(f"two versions of {number} are listed")
        if value not in (None, *(report.value for report in _versions(number) if report in there or not there)):
            problems.append(f"wrong answer about {number}: {value}")
        if bool(there) != (value is not None):
            problems.append(f"{number} is {'' if there else 'not '}listed, but the answer is {value}")
        if f"added {number}" in acknowledged and not there:
            problems.append(f"lost {number}")
        if f"removed {number}" in acknowledged and there:
            problems.append(f"{number} is back")
    if f"changed {GONE}" in acknowledged and _id(changed()) not in listed:
        problems.append(f"lost the new version of {GONE}")
    if f"edited {GONE}" in acknowledged and listed[_id(made_up(GONE))].publisher != EDITED:
        problems.append(f"lost the correction of {GONE}")
    if lost := [number for number in THERE if number != GONE and _id(made_up(number)) not in listed]:
        problems.append(f"lost {lost}")
    return problems


def changed() -> MadeUp:
    """The new version of a report, which has another figure."""
    report = made_up(GONE)
    value = f"9{report.value}"
    return replace(report, content=report.content.replace(report.value.encode(), value.encode()), value=value)


def _versions(number: int) -> tuple[MadeUp, ...]:
    return (made_up(number), changed()) if number == GONE else (made_up(number),)


def _answered(service: ReportService, number: int) -> str | None:
    answer = service.ask(AskRequest(made_up(number).question)).answer
    return answer.value if answer else None


def _id(report: MadeUp) -> str:
    return parse(report.name, report.content).id


@contextmanager
def _library_and_index(settings: Settings) -> Iterator[tuple[Library, Index]]:
    with closing(Library(settings.data_dir / "library.sqlite3")) as library:
        yield library, Index(settings.data_dir / "index", open_encoder(settings))
