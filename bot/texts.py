"""What the bot says: `config/language/bot.toml`, one table for each language of its own texts."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from wenbao.answers.model import Language

LANGUAGE_NAMES: dict[Language, str] = {"zh-Hans": "简体中文", "zh-Hant": "繁體中文", "yue": "粵語", "en": "English"}


@dataclass(frozen=True, slots=True)
class Texts:
    """All texts in one language; `start` and `help` are HTML, the rest is plain."""

    start: str
    help: str
    command_start: str
    command_help: str
    command_reports: str
    command_language: str
    command_ask: str
    command_forget: str
    forgotten: str
    ask_what: str
    unknown_command: str
    choose_language: str
    language_set: str
    language_automatic: str
    automatic: str
    no_reports: str
    reports: str
    previous_page: str
    next_page: str
    report_gone: str
    contents: str
    paragraphs: str
    year: str
    open_report: str
    web_source: str
    title: str
    paragraph: str
    source: str
    source_number: str
    helpful: str
    not_helpful: str
    thanks_helpful: str
    thanks_not_helpful: str
    answer_gone: str
    button_gone: str
    asked: str
    not_found: str
    nearby: str
    empty: str
    too_long: str
    illegible: str
    too_many: str
    only_text: str
    link_gone: str
    in_private: str
    inline_help: str
    unavailable: str
    failed: str


def texts_in(language: Language) -> Texts:
    """The texts for a language; someone who reads Cantonese gets the Traditional ones."""
    return _all_texts()["zh-Hant" if language == "yue" else language]


def language_of_code(code: str | None) -> Language:
    """The language for a Telegram `language_code`; where Telegram does not say, the district's own."""
    tag = (code or "zh").lower().replace("_", "-")
    if tag.startswith("yue") or tag in {"zh-tw", "zh-hk", "zh-mo"} or "hant" in tag.split("-"):
        return "zh-Hant"
    return "zh-Hans" if tag.split("-")[0] == "zh" else "en"


@cache
def _all_texts() -> dict[str, Texts]:
    source = files("wenbao.config").joinpath("language/bot.toml").read_text(encoding="utf-8")
    return {language: Texts(**table) for language, table in tomllib.loads(source).items()}
