"""The one place where settings come from: the environment and `.env`, prefix `WENBAO_`."""

from __future__ import annotations

import re
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
    admin_key: SecretStr | None = Field(None, description="Key for adding and removing reports; see also `wenbao key`")
    api_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (), description="Keys for asking over the API, comma-separated; see also `wenbao key`"
    )
    requests_per_minute: int = Field(60, ge=1, description="API requests a minute that one person may send by web chat")
    key_requests_per_minute: int = Field(1200, ge=1, description="API requests a minute that may be sent with one key")
    address_requests_per_minute: int = Field(
        300, ge=1, description="API requests a minute without a key from one address, such as that of an office"
    )
    trusted_proxies: str = Field(
        "127.0.0.1,::1", description="Addresses of proxies that are believed who a request is from, comma-separated"
    )
    widget_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Web sites that may show the chat as a widget, as https://www.example.gov, comma-separated"
    )
    privacy_contact: str | None = Field(None, description="Whom to write to about privacy; shown on /privacy")
    embedding_model: str | None = Field(
        None, description="Folder or hub name of a sentence-transformers model; none: the model in the box"
    )
    store: Literal["disk", "milvus"] = Field("disk", description="Where the index is kept; see docs/cluster.md")
    milvus_uri: str | None = Field(None, description="Address of a Milvus server, as http://milvus:19530/DATABASE")
    milvus_token: SecretStr | None = Field(None, description="User and password of that server, as user:password")
    query_prompt: str | None = Field(None, description="Words put before a question to that model; none: its own")
    passage_prompt: str | None = Field(None, description="Words put before a passage to that model; none: its own")
    reranker_model: str | None = Field(
        None, description="Folder or hub name of a CrossEncoder that reorders the first passages found; none: no such"
    )
    reranker_depth: int = Field(20, ge=2, le=100, description="How many of the passages found that model reads")
    max_question_length: int = Field(500, ge=1, le=10_000, description="Longest question, in characters")
    max_document_mb: int = Field(20, ge=1, description="Largest report file, in megabytes")
    conversation_minutes: int = Field(30, ge=1, description="How long a conversation is remembered after its last turn")
    removed_days: int = Field(
        30, ge=0, description="How long a removed report can be brought back, in days; 0: it is deleted at once"
    )
    fetch_delay: float = Field(
        1.0, ge=0, le=60, description="Seconds between two requests to one site when reports are fetched"
    )
    fetch_private: bool = Field(
        False, description="Whether reports may be fetched from private addresses, such as those of an intranet"
    )
    retention_days: int = Field(90, ge=1, description="How long questions and answers are kept")
    telegram_token: SecretStr | None = Field(None, description="Token of the Telegram bot; none: no bot")
    telegram_api_url: str = Field("https://api.telegram.org", description="Root of the Bot API server")
    telegram_webhook_url: str | None = Field(
        None, description="Address under which Telegram reaches this server; none: the bot polls"
    )
    telegram_webhook_secret: SecretStr | None = Field(None, description="Secret that Telegram sends with each update")
    wechat_token: SecretStr | None = Field(
        None, description="Token of the WeChat Official Account, as entered there; none: no /wechat"
    )
    wechat_aes_key: SecretStr | None = Field(
        None, description="EncodingAESKey of the account, for its safe or compatible mode; none: plain mode"
    )
    wechat_app_id: str | None = Field(None, description="AppID of the account; needed with its AES key")
    wecom_token: SecretStr | None = Field(None, description="Token of the WeCom app's callback; none: no /wecom")
    wecom_aes_key: SecretStr | None = Field(None, description="EncodingAESKey of the WeCom app's callback")
    wecom_corp_id: str | None = Field(None, description="Id of the corporation in WeCom (企业ID)")
    questions_per_minute: int = Field(20, ge=1, description="Questions a minute that one person may ask in a messenger")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="How much is logged")
    log_format: Literal["console", "json"] = Field("console", description="How log lines are written")

    @field_validator("api_keys", mode="before")
    @classmethod
    def _split_keys(cls, value: Any) -> Any:
        return tuple(key.strip() for key in value.split(",") if key.strip()) if isinstance(value, str) else value

    @field_validator("widget_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: Any) -> Any:
        return tuple(one.strip() for one in value.split(",") if one.strip()) if isinstance(value, str) else value

    @field_validator("widget_origins")
    @classmethod
    def _are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """They go into a header as they are, so nothing but a scheme, a host and a port may be in them."""
        for one in value:
            if not re.fullmatch(r"https?://(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:\d{1,5})?", one):
                raise ValueError(f"{one!r} is no origin: write https://www.example.gov, without a path")
        return value

    @field_validator("*", mode="before")
    @classmethod
    def _empty_is_default(cls, value: Any, info: Any) -> Any:
        """A setting that is present but empty (`WENBAO_ADMIN_KEY=`) counts as not set."""
        if isinstance(value, str) and not value.strip():
            return cls.model_fields[info.field_name].get_default()
        return value

    @field_validator("public_url", "telegram_api_url", "telegram_webhook_url", "milvus_uri")
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
