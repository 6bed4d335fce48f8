"""The one place where settings come from: the environment and `.env`, prefix `WENBAO_`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from wenbao.config.errors import InvalidSettings


class Settings(BaseSettings):
    """All settings with their defaults. Each has its line in `.env.example`; secrets are never printed."""

    model_config = SettingsConfigDict(env_prefix="WENBAO_", env_file=".env", env_file_encoding="utf-8", extra="ignore")

    host: str = Field("127.0.0.1", description="Address that the web pages and the API listen on")
    port: int = Field(8000, ge=1, le=65535, description="Port that the web pages and the API listen on")
    data_dir: Path = Field(Path("data"), description="Folder for everything that the program writes")
    public_url: str | None = Field(None, description="Address under which people reach the web pages; used in links")
    admin_key: SecretStr | None = Field(None, description="Key for adding and removing reports; none: not allowed")
    api_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (), description="Keys for asking over the API, comma-separated; none: no key is asked for"
    )
    embedding_model: str | None = Field(
        None, description="Folder or hub name of a sentence-transformers model; none: the model in the box"
    )
    query_prompt: str | None = Field(None, description="Words put before a question to that model; none: its own")
    passage_prompt: str | None = Field(None, description="Words put before a passage to that model; none: its own")
    max_question_length: int = Field(500, ge=1, le=10_000, description="Longest question, in characters")
    max_document_mb: int = Field(20, ge=1, description="Largest report file, in megabytes")
    conversation_minutes: int = Field(30, ge=1, description="How long a conversation is remembered after its last turn")
    retention_days: int = Field(90, ge=1, description="How long questions and answers are kept")
    telegram_token: SecretStr | None = Field(None, description="Token of the Telegram bot; none: no bot")
    telegram_api_url: str = Field("https://api.telegram.org", description="Root of the Bot API server")
    telegram_webhook_url: str | None = Field(
        None, description="Address under which Telegram reaches this server; none: the bot polls"
    )
    telegram_webhook_secret: SecretStr | None = Field(None, description="Secret that Telegram sends with each update")
    questions_per_minute: int = Field(20, ge=1, description="Questions that one person may ask the bot in a minute")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="How much is logged")
    log_format: Literal["console", "json"] = Field("console", description="How log lines are written")

    @field_validator("api_keys", mode="before")
    @classmethod
    def _split_keys(cls, value: Any) -> Any:
        return tuple(key.strip() for key in value.split(",") if key.strip()) if isinstance(value, str) else value

    @field_validator("*", mode="before")
    @classmethod
    def _empty_is_default(cls, value: Any, info: Any) -> Any:
        """A setting that is present but empty (`WENBAO_ADMIN_KEY=`) counts as not set."""
        if isinstance(value, str) and not value.strip():
            return cls.model_fields[info.field_name].get_default()
        return value

    @field_validator("public_url", "telegram_api_url", "telegram_webhook_url")
    @classmethod
    def _is_web_address(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/") if value else value


def load_settings(**overrides: Any) -> Settings:
    """Settings from the environment and `.env`, with `overrides` on top.

    Raises InvalidSettings with one line for each setting that cannot be used; a secret's value is not in it.
    """
    try:
        return Settings(**overrides)
    except ValidationError as problem:
        lines = [
            f"WENBAO_{'_'.join(str(part) for part in error['loc']).upper()}: {error['msg']}"
            for error in problem.errors()
        ]
        raise InvalidSettings("; ".join(lines)) from None
