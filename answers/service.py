"""The one face of the house: every front end calls `ReportService`, and nothing below it."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from wenbao.answers.model import (
    Addition,
    AskRequest,
    DocumentSummary,
    Feedback,
    Filters,
    Reply,
    SearchResult,
    Surroundings,
)
from wenbao.config.settings import Settings
from wenbao.knowledge.documents import Document, Metadata


class ReportService:
    """Asks, searches, and keeps the reports. Safe to call from several threads; close it at the end."""

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Open the library and the index below `settings.data_dir`, with the reports in the box taken in.

        Raises ModelUnavailable, IndexUnavailable or StorageFailed.
        """
        raise NotImplementedError

    def ask(self, request: AskRequest) -> Reply:
        """Answer a question. Raises InvalidQuestion."""
        raise NotImplementedError

    def search(self, text: str, *, k: int = 10, filters: Filters = Filters()) -> SearchResult:
        """The `k` (1 to 100) passages nearest to a text. Raises InvalidQuestion."""
        raise NotImplementedError

    def documents(self) -> list[DocumentSummary]:
        """Every document, newest first."""
        raise NotImplementedError

    def document(self, document_id: str) -> Document:
        """One document, whole. Raises UnknownDocument."""
        raise NotImplementedError

    def add(self, name: str, content: bytes, metadata: Metadata | None = None) -> Addition:
        """Take in a file named `name`; what `metadata` says goes before what the file says.

        When this returns, the document is on disk and the next question finds it. Raises InvalidDocument, StorageFailed.
        """
        raise NotImplementedError

    def remove(self, document_id: str) -> None:
        """Take a document out; the next question does not find it. Raises UnknownDocument."""
        raise NotImplementedError

    def reply(self, answer_id: str) -> Reply:
        """An earlier reply. Raises UnknownAnswer."""
        raise NotImplementedError

    def surroundings(self, answer_id: str, citation: int) -> Surroundings:
        """A citation of an earlier reply, with the paragraphs around it. Raises UnknownAnswer."""
        raise NotImplementedError

    def feedback(self, feedback: Feedback) -> None:
        """Keep what a person thought of an answer; a second thought replaces the first. Raises UnknownAnswer."""
        raise NotImplementedError

    def ready(self) -> bool:
        """Whether questions can be answered now."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go of all files. Calling it twice does no harm."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
