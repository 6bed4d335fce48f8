"""Language data: words and texts that are data, not code, one TOML file for each purpose."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@cache
def language_data(name: str) -> dict[str, Any]:
    """The tables of `<name>.toml` in this folder; do not change what it returns."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def place_names() -> frozenset[str]:
    """Names of places that a dictionary knows; made by `wenbao.index.training.place_names`."""
    return frozenset((FOLDER / "place_names.txt").read_text(encoding="utf-8").split())


@cache
def ask_words(script: str) -> frozenset[str]:
    """The words of a script ("zh", "zh_list", "en", …) that ask or join and say nothing of what is asked for."""
    return frozenset(language_data("questions")["ask_words"][script])
