"""The language data can be read, and every pattern in it is one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from wenbao.config.language import FOLDER, language_data

NAMES = sorted(path.stem for path in Path(FOLDER).glob("*.toml"))
LANGUAGES = {"zh-Hans", "zh-Hant", "en"}


def tables(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    if isinstance(value, dict):
        yield path, value
        for name, inside in value.items():
            yield from tables(inside, (*path, name))


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inside in value.values() if isinstance(value, dict) else value:
            yield from strings(inside)


@pytest.mark.parametrize("name", NAMES)
def test_every_file_can_be_read_and_says_what_it_is_for(name):
    """Each begins with a comment, and holds something."""
    assert (FOLDER / f"{name}.toml").read_text(encoding="utf-8").startswith("#")
    assert language_data(name)


@pytest.mark.parametrize("name", NAMES)
def test_a_text_in_one_language_is_there_in_all(name):
    """Whoever reads Traditional characters or English is not left with a gap."""
    for path, table in tables(language_data(name)):
        if {"zh-Hans", "zh-Hant"} & table.keys():
            assert table.keys() >= LANGUAGES, f"{name}: {'.'.join(path)}"


def test_every_pattern_of_questions_compiles():
    """The file of questions holds regular expressions, at any depth."""
    patterns = list(strings(language_data("questions")))
    assert len(patterns) > 100
    for pattern in patterns:
        re.compile(pattern)
