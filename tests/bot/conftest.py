"""A Bot API server, a service and a bot for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest

from tests.bot.bot_api import TOKEN, BotApi, Person
from tests.bot.fake_reports import FakeReports
from wenbao.answers.service import ReportService
from wenbao.bot.running import running
from wenbao.config.settings import Settings


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    api = BotApi()
    await api.start()
    yield api
    await api.stop()


@pytest.fixture
def settings(api: BotApi, tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,
        data_dir=tmp_path,
        public_url="http://127.0.0.1:8000",
        telegram_token=TOKEN,
        telegram_api_url=api.root,
        telegram_webhook_url=None,
        telegram_webhook_secret=None,
        questions_per_minute=20,
    )


@pytest.fixture
def reports() -> FakeReports:
    return FakeReports()


@pytest.fixture
async def bot(settings: Settings, reports: FakeReports) -> AsyncIterator[None]:
    """A bot that polls for as long as the test lasts."""
    async with running(settings, cast(ReportService, reports)):
        yield


@pytest.fixture
def person(api: BotApi) -> Person:
    return Person(api)
