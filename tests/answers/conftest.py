"""A service over three made-up reports, opened once; tests that change something open their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.answers.samples import REPORTS, open_with, quotes_are_verbatim
from wenbao.answers.model import AskRequest, Filters, Language, Reply
from wenbao.answers.service import ReportService

Ask = Callable[..., Reply]


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReportService]:
    with open_with(tmp_path_factory.mktemp("answers"), REPORTS) as service:
        yield service


@pytest.fixture(scope="session")
def ask(service: ReportService) -> Ask:
    """Asks a question; whatever comes back is held to the reports' words."""

    def asked(
        question: str,
        conversation: str | None = None,
        *,
        language: Language | None = None,
        filters: Filters = Filters(),  # noqa: B008 - frozen
    ) -> Reply:
        reply = service.ask(AskRequest(question, conversation, language, filters))
        assert quotes_are_verbatim(service, reply)
        assert (reply.status == "answered") == (reply.answer is not None) == bool(reply.citations)
        return reply

    return asked
