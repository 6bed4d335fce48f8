"""The words on the web pages, in the languages that the pages speak."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

PageLanguage = Literal["zh-Hans", "zh-Hant", "en"]
PAGE_LANGUAGES: tuple[PageLanguage, ...] = get_args(PageLanguage)

# What browsers ask for, by how it begins; the first that fits counts.
_BEGINNINGS: tuple[tuple[str, PageLanguage], ...] = (
    ("zh-hant", "zh-Hant"),
    ("zh-tw", "zh-Hant"),
    ("zh-hk", "zh-Hant"),
    ("zh-mo", "zh-Hant"),
    ("yue-hans", "zh-Hans"),
    ("yue", "zh-Hant"),
    ("zh", "zh-Hans"),
    ("en", "en"),
)


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts in one language: `page` and `staff` for the templates, `chat` for the script of the chat page."""

    language: PageLanguage
    page: dict[str, str]
    chat: dict[str, str | list[str]]
    staff: dict[str, str]


@cache
def texts_in(language: PageLanguage) -> Texts:
    """All texts in a language."""
    data = tomllib.loads(files("wenbao.config.language").joinpath("web.toml").read_text(encoding="utf-8"))
    return Texts(language, data["page"][language], data["chat"][language], data["staff"][language])


def page_language(wanted: str | None) -> PageLanguage | None:
    """The language of that name, if the pages speak it."""
    return next((language for language in PAGE_LANGUAGES if language == wanted), None)


def accepted_language(header: str) -> PageLanguage:
    """The best of what an Accept-Language header asks for; Simplified Chinese where it asks for nothing we have."""
    for tag in sorted(header.lower().split(","), key=_weight, reverse=True):
        for beginning, language in _BEGINNINGS:
            if tag.strip().startswith(beginning):
                return language
    return "zh-Hans"


def _weight(tag: str) -> float:
    _, _, quality = tag.partition("q=")
    try:
        return float(quality or 1)
    except ValueError:
        return 0
