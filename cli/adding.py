"""Takes in reports, files and addresses alike, one after the other; one that cannot be read doesn't stop the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import structlog

from wenbao.answers.model import Addition, DocumentSummary, Preview
from wenbao.answers.service import ReportService
from wenbao.config.errors import (
    FetchFailed,
    IndexUnavailable,
    InvalidDocument,
    InvalidRequest,
    ModelUnavailable,
    StorageFailed,
    WenbaoError,
)
from wenbao.config.settings import Settings
from wenbao.knowledge.documents import Metadata
from wenbao.knowledge.readers.kinds import ENDINGS, PAGE_ENDINGS

if TYPE_CHECKING:
    from wenbao.knowledge.fetching import Fetcher
    from wenbao.knowledge.fetching_links import Link
    from wenbao.knowledge.fetching_records import Origin

_INDEXED_TOGETHER = 64
_PARTS = ("_files", ".files")
"""What the folders end in that browsers put the pictures and frames of a saved page into."""

_HOPELESS = (StorageFailed, ModelUnavailable, IndexUnavailable)
_log = structlog.get_logger(__name__)

Status = Literal["added", "changed", "known", "unread", "would add", "would change"]


@dataclass(frozen=True, slots=True)
class Options:
    """How to take in: `metadata` goes before what a file says, `limit` is the number of links followed at most, of
    those whose words or address hold `match`; `replaces` is as for `ReportService.add`."""

    metadata: Metadata = field(default_factory=Metadata)
    follow: bool = False
    limit: int = 100
    match: str = ""
    replaces: str | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file or an address: what was understood of it, or the `problem` with it."""

    source: str
    status: Status
    addition: Addition | None = None
    preview: Preview | None = None
    problem: str | None = None

    @property
    def document(self) -> DocumentSummary | None:
        understood = self.addition or self.preview
        return understood.document if understood else None


@dataclass(frozen=True, slots=True)
class Sources:
    """What there is to take in, and what of that which was named leads nowhere; `cut` where a limit was reached,
    `others` are the files in folders that are left alone because of what their names end in."""

    found: tuple[str, ...]
    problems: tuple[Outcome, ...]
    cut: bool
    others: tuple[Path, ...] = ()


class Adding:
    """Takes in what is named on the command line. Close it at the end: only then is all of it found by questions."""

    def __init__(self, service: ReportService, settings: Settings, options: Options) -> None:
        self._service = service
        self._settings = settings
        self._options = options
        self._stack = ExitStack()
        self._fetcher: Fetcher | None = None

    def __enter__(self) -> Adding:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def sources(self, named: Sequence[str]) -> Sources:
        """The files and addresses themselves, those in folders, and those that lists and sitemaps name."""
        found: dict[str, None] = {}
        others: dict[Path, None] = {}
        problems: list[Outcome] = []
        cut = False
        for name in named:
            others.update(dict.fromkeys(_others_in(Path(name)) if not is_address(name) else ()))
            try:
                inside, more = self._inside(name)
            except (InvalidRequest, FetchFailed) as problem:
                problems.append(_unread(name, problem))
                continue
            found.update(dict.fromkeys(inside))
            cut = cut or more
        return Sources(tuple(found), tuple(problems), cut, tuple(others))

    def outcomes(self, sources: Sequence[str]) -> Iterator[Outcome]:
        """Take them in one after the other.

        Raises InvalidRequest for one title on many, and what would go wrong with the others too (StorageFailed, …).
        """
        said = self._options.metadata
        if len(sources) > 1 and (said.title or self._options.replaces):
            raise InvalidRequest("--title and --replaces are for one report; add the others in a call of their own.")
        try:
            for number, source in enumerate(sources, 1):
                yield self._outcome(source)
                if number % _INDEXED_TOGETHER == 0:
                    self._index()
        finally:
            self._index()

    def _outcome(self, source: str) -> Outcome:
        try:
            return self._fetched(source) if is_address(source) else self._read(source)
        except _HOPELESS:
            raise
        except Exception as problem:
            return _unread(source, problem)

    def _read(self, source: str) -> Outcome:
        path = Path(source)
        return self._taken(
            source, path.name, file_content(path, self._settings.max_document_mb), self._options.metadata
        )

    def _fetched(self, url: str) -> Outcome:
        from wenbao.knowledge.fetching_reports import fetch_report

        known = self._service.fetched(url)
        file = fetch_report(self._fetching(), url, known)
        if file is None:
            assert known is not None  # noqa: S101 (only what is known can be unchanged)
            return Outcome(url, "known", self._service.added(known.document_id))
        said = self._options.metadata
        metadata = replace(said, source_url=said.source_url or file.url)
        return self._taken(url, file.name, file.content, metadata, file.origin)

    def _taken(
        self, source: str, name: str, content: bytes, metadata: Metadata, origin: Origin | None = None
    ) -> Outcome:
        if self._options.dry_run:
            preview = self._service.preview(name, content, metadata)
            status: Status = "known" if preview.known else "would change" if preview.replaces else "would add"
            return Outcome(source, status, preview=preview)
        addition = self._service.keep(name, content, metadata, replaces=self._options.replaces, origin=origin)
        created: Status = "changed" if addition.replaces else "added"
        return Outcome(source, created if addition.created else "known", addition)

    def _index(self) -> None:
        if not self._options.dry_run:
            self._service.catch_up()

    def _inside(self, name: str) -> tuple[list[str], bool]:
        """What a name on the command line stands for, and whether there would be more."""
        if not is_address(name):
            return _files(Path(name)), False
        from wenbao.knowledge.fetching_reports import is_sitemap_address, reports_in

        if not self._options.follow and not is_sitemap_address(name):
            return [name], False
        links = reports_in(self._fetching(), name, self._settings.max_document_mb * 1024 * 1024)
        if links is None:
            return [name], False
        wanted = [link.url for link in islice(filter(self._is_wanted, links), self._options.limit + 1)]
        if not wanted:
            raise FetchFailed(f"{name} leads to no report that can be told by its address.")
        return wanted[: self._options.limit], len(wanted) > self._options.limit

    def _is_wanted(self, link: Link) -> bool:
        return self._options.match in link.words or self._options.match in link.url

    def _fetching(self) -> Fetcher:
        if self._fetcher is None:
            from wenbao.knowledge.fetching import Fetcher

            self._fetcher = self._stack.enter_context(Fetcher(self._settings))
        return self._fetcher


def is_address(source: str) -> bool:
    """Whether a source is an address of the web and not a file."""
    return source.lower().startswith(("http://", "https://"))


def file_content(path: Path, max_megabytes: int) -> bytes:
    """The bytes of a file. Raises InvalidDocument where it is too large or cannot be read."""
    try:
        if path.stat().st_size > max_megabytes * 1024 * 1024:
            raise InvalidDocument(f"{path.name} is larger than {max_megabytes} MB (WENBAO_MAX_DOCUMENT_MB).")
        return path.read_bytes()
    except OSError as problem:
        raise InvalidDocument(f"{path.name} cannot be read: {problem.strerror or problem}.") from problem


def _files(path: Path) -> list[str]:
    """A file itself, or the files in a folder and below that end as reports do, in order; any is tried that is named.

    Raises InvalidRequest for a folder with nothing readable in it.
    """
    if not path.is_dir():
        return [str(path)]
    inside = [one for one in _inside(path) if one.suffix.lower() in ENDINGS]
    if not inside:
        raise InvalidRequest(f"The folder {path} holds no report: {', '.join(sorted(ENDINGS))} can be read.")
    return [str(one) for one in inside]


def _others_in(path: Path) -> list[Path]:
    """The files in a folder that end in something else: a person may think that they have been taken in."""
    return [one for one in _inside(path) if one.suffix.lower() not in ENDINGS] if path.is_dir() else []


def _inside(folder: Path) -> list[Path]:
    """The files in a folder and below, in order, but for hidden ones and what belongs to another file."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    parts = {f"{path.with_suffix('')}{ending}" for path in files for ending in _PARTS if _is_page(path)}
    return [path for path in files if not _is_hidden(path, folder) and parts.isdisjoint(map(str, path.parents))]


def _is_page(path: Path) -> bool:
    return path.suffix.lower() in PAGE_ENDINGS


def _is_hidden(path: Path, folder: Path) -> bool:
    """Whether a file is hidden, or the mark that Word leaves beside a file that is open."""
    return any(part.startswith((".", "~$")) for part in path.relative_to(folder).parts)


def _unread(source: str, problem: Exception) -> Outcome:
    """A file that breaks its reader in a way that nobody foresaw is one line too; the log has the rest."""
    if isinstance(problem, WenbaoError):
        return Outcome(source, "unread", problem=str(problem))
    _log.debug("file.unread", source=source, exc_info=problem)
    return Outcome(source, "unread", problem=f"{source} cannot be read ({type(problem).__name__}: {problem}).")
