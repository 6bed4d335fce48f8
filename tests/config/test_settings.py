"""Settings: where they come from, what is refused, and that secrets stay secret."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from wenbao.config.errors import InvalidSettings
from wenbao.config.settings import Settings, load_settings

SECRETS = ("admin_key", "api_keys", "telegram_token", "telegram_webhook_secret")


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings but those of the test."""
    for name in [name for name in os.environ if name.startswith("WENBAO_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_every_setting_has_a_default_and_a_description():
    """The program runs with no settings at all."""
    settings = load_settings()
    assert (settings.host, settings.port, settings.data_dir) == ("127.0.0.1", 8000, Path("data"))
    assert all(field.description for field in Settings.model_fields.values())


def test_the_environment_goes_before_the_file(monkeypatch, tmp_path):
    """`.env` in the working folder is read, and the environment overrules it."""
    (tmp_path / ".env").write_text("WENBAO_PORT=9001\nWENBAO_HOST=0.0.0.0\nOTHER=1\n", encoding="utf-8")
    monkeypatch.setenv("WENBAO_PORT", "9002")
    settings = load_settings()
    assert (settings.host, settings.port) == ("0.0.0.0", 9002)


def test_an_empty_setting_counts_as_not_set(monkeypatch):
    """`WENBAO_ADMIN_KEY=` is no key, and an empty port the default one."""
    for name in ("ADMIN_KEY", "API_KEYS", "PORT", "PUBLIC_URL", "TELEGRAM_TOKEN"):
        monkeypatch.setenv(f"WENBAO_{name}", " ")
    settings = load_settings()
    assert (settings.admin_key, settings.api_keys, settings.port, settings.public_url) == (None, (), 8000, None)
    assert settings.telegram_token is None


def test_keys_are_separated_by_commas(monkeypatch):
    """White space around a key is not part of it."""
    monkeypatch.setenv("WENBAO_API_KEYS", "one, two,,")
    assert [key.get_secret_value() for key in load_settings().api_keys] == ["one", "two"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "abc"),
        ("MAX_QUESTION_LENGTH", "0"),
        ("QUESTIONS_PER_MINUTE", "-1"),
        ("LOG_LEVEL", "loud"),
        ("LOG_FORMAT", "xml"),
        ("PUBLIC_URL", "example.org"),
        ("TELEGRAM_API_URL", "ftp://example.org"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(monkeypatch, name, value):
    """The message says which setting it is."""
    monkeypatch.setenv(f"WENBAO_{name}", value)
    with pytest.raises(InvalidSettings, match=f"^WENBAO_{name}: "):
        load_settings()


def test_every_wrong_setting_is_told_at_once(monkeypatch):
    """Nobody has to correct them one run after the other."""
    monkeypatch.setenv("WENBAO_PORT", "abc")
    monkeypatch.setenv("WENBAO_LOG_LEVEL", "loud")
    with pytest.raises(InvalidSettings, match=r"(?s)WENBAO_PORT.*WENBAO_LOG_LEVEL"):
        load_settings()


def test_a_trailing_slash_of_an_address_is_dropped(monkeypatch):
    """Paths are put behind it."""
    monkeypatch.setenv("WENBAO_TELEGRAM_API_URL", "http://127.0.0.1:8081/")
    assert load_settings().telegram_api_url == "http://127.0.0.1:8081"


def test_secrets_are_never_printed():
    """Neither by print, nor as JSON, nor in an error."""
    values = dict.fromkeys(SECRETS, "hush-hush")
    settings = load_settings(**values)
    assert "hush-hush" not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    with pytest.raises(InvalidSettings) as raised:
        load_settings(**values, port="hush")
    assert "hush-hush" not in str(raised.value)
