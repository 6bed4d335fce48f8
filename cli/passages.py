"""Questions with the passages that answer them, to measure on: the reading-comprehension sets, or a file like them.

A file is JSON Lines, gzipped or not. A line has a `context`, the `question` that it answers, and for extraction the
right `answers`; a line without a question is one more passage to be told apart from the right ones.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import BaseModel, ValidationError

from wenbao.answers.journal import Journal
from wenbao.answers.service import ReportService
from wenbao.config.errors import InvalidRequest
from wenbao.config.settings import Settings
from wenbao.index.search import Index
from wenbao.knowledge.documents import Document, Metadata, Paragraph, Sentence
from wenbao.knowledge.library import Library
from wenbao.knowledge.parse import document_id
from wenbao.knowledge.sentences import sentence_ranges

DATA = Path("../shared/data")
NAMES = ("cmrc2018-dev", "drcd-dev")
"""The sets that nothing is trained on; the trial set of CMRC 2018 is trained on."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the number of the passage that answers it (from 0), and the right answers where they are known."""

    text: str
    passage: int
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PassageSet:
    """Distinct passages and the questions that are asked of them."""

    name: str
    passages: tuple[str, ...]
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class PassageLibrary:
    """A passing library with each passage as a document; `documents` are their ids, `rows` the passages by row."""

    service: ReportService
    library: Library
    index: Index
    documents: tuple[str, ...]
    rows: dict[int, int]


class _Record(BaseModel):
    context: str
    question: str | None = None
    answers: tuple[str, ...] = ()


def read_set(name: str, data: Path = DATA) -> PassageSet:
    """A set by its name, or a file. Raises InvalidRequest where it is not there or not as it should be."""
    path = data / f"{name}.jsonl.gz" if name in NAMES else Path(name)
    if not path.is_file():
        hint = "--data says in which folder the sets are" if name in NAMES else f"name a file, or {' or '.join(NAMES)}"
        raise InvalidRequest(f"There is no {path}: {hint}.")
    numbers: dict[str, int] = {}
    asked = []
    for record in _records(path):
        number = numbers.setdefault(record.context, len(numbers))
        if record.question is not None:
            asked.append(Asked(record.question, number, record.answers))
    if not asked:
        raise InvalidRequest(f"{path} holds no question.")
    return PassageSet(path.name.removesuffix(".gz").removesuffix(".jsonl"), tuple(numbers), tuple(asked))


@contextmanager
def library_of(passages: Sequence[str], settings: Settings) -> Iterator[PassageLibrary]:
    """A passing library of these passages, with the models that the settings ask for."""
    with TemporaryDirectory(prefix="wenbao-") as folder:
        passing = settings.model_copy(update={"data_dir": Path(folder)})
        library = Library(passing.data_dir / "library.sqlite3")
        documents = [_document(passage) for passage in passages]
        for document in documents:
            library.add(document, f"{document.id}.txt", document.text.encode(), replaces="")
        index = Index.open(passing, library)
        journal = Journal(passing.data_dir / "journal.sqlite3", passing.retention_days, passing.conversation_minutes)
        numbers = {document.id: number for number, document in enumerate(documents)}
        rows = {passage.row: numbers[passage.document_id] for passage in library.each_passage()}
        with ReportService(passing, library, index, journal) as service:
            yield PassageLibrary(service, library, index, tuple(numbers), rows)


def _records(path: Path) -> Iterator[_Record]:
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    yield _Record.model_validate_json(line)
                except ValidationError as problem:
                    raise InvalidRequest(
                        f"{path}, line {number}: a line is a JSON object with `context` and `question`."
                    ) from problem
    except (OSError, EOFError, UnicodeDecodeError) as problem:
        raise InvalidRequest(f"{path} cannot be read: {problem}.") from problem


def _document(text: str) -> Document:
    sentences = tuple(Sentence(number, *ends) for number, ends in enumerate(sentence_ranges(text), 1))
    return Document(document_id(text), Metadata(), text, (Paragraph(1, 0, len(text), "text", (), sentences),), ())
