"""Logs: one structured line for each event, on standard error, for people or as JSON; secrets are never in it."""

from __future__ import annotations

import logging
import logging.config
import sys
from collections.abc import Iterator
from typing import Any

import structlog
from pydantic import SecretStr
from structlog.typing import EventDict, Processor, WrappedLogger

from wenbao.config.settings import Settings

# Below warnings these write out addresses with the bot's token in them, or what people wrote.
_INDISCREET = ("httpx", "httpcore", "httpx2", "httpcore2", "telegram", "urllib3", "huggingface_hub")
_SHORTEST_SECRET = 4


def configure_logs(settings: Settings, level: str | None = None) -> None:
    """Send all logs, ours and the libraries', to standard error as the settings say; `level` goes before theirs.

    What is bound with `structlog.contextvars` (the request id) is in each line; a secret's value becomes `***`.
    """
    wanted = (level or settings.log_level).upper()
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _Discretion(settings),
    ]
    structlog.configure(
        processors=[*shared, _renderer(settings)],
        wrapper_class=structlog.make_filtering_bound_logger(wanted),
        logger_factory=_to_standard_error,
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(settings)],
    )
    _configure_libraries(formatter, wanted)


def without_secrets(text: str, settings: Settings) -> str:
    """A text with the value of each secret setting made illegible."""
    for secret in _secrets(settings):
        text = text.replace(secret, "***")
    return text


class _Discretion:
    """A processor that makes secrets illegible wherever they stand in an event."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._secrets = tuple(_secrets(settings))

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {key: self._discreet(value) for key, value in event.items()} if self._secrets else event

    def _discreet(self, value: Any) -> Any:
        if isinstance(value, int | float | None):
            return value
        text = str(value)
        if not any(secret in text for secret in self._secrets):
            return value
        return without_secrets(text, self._settings)


def _secrets(settings: Settings) -> Iterator[str]:
    """The value of each secret setting; one too short to be a secret would black out ordinary words."""
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, SecretStr) and len(one.get_secret_value()) >= _SHORTEST_SECRET:
                yield one.get_secret_value()


def _renderer(settings: Settings) -> Processor:
    if settings.log_format == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    # The plain traceback: the pretty one shows local variables, and with them questions and keys.
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback, pad_event_to=24
    )


def _to_standard_error(*_: object) -> structlog.PrintLogger:
    return structlog.PrintLogger(sys.stderr)


def _configure_libraries(formatter: logging.Formatter, level: str) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=max(logging.getLevelName(level), logging.WARNING), force=True)
    logging.captureWarnings(True)
    for name in _INDISCREET:
        logging.getLogger(name).setLevel(logging.WARNING)
