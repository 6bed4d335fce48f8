"""Makes `config/language/place_names.txt`, the names of places that a dictionary knows: `python -m
wenbao.index.training.place_names --data ../shared/data`."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import rjieba

from wenbao.index.training.corpora import headwords

OUTPUT = Path(__file__).parents[2] / "config" / "language" / "place_names.txt"
NAME = re.compile(r"(?:\(N\) )?[A-Z][A-Za-z'’-]+(?: (?:of |and )?[A-Z][A-Za-z'’-]+){0,5}")
KIND = re.compile(r" ?\(?.*\b(?:city|county|province|district|prefecture|municipality|town|island|capital|country)\b.*")


def place_names(data: Path) -> list[str]:
    """Words that are names in all their glosses, and of places: by the gloss, or as segmentation tags them; sorted."""
    glosses: dict[str, list[str]] = {}
    for word, more in headwords(data):
        glosses.setdefault(word, []).extend(more)
    return sorted(word for word, all_of in glosses.items() if len(word) > 1 and _is_place(word, all_of))


def _is_place(word: str, glosses: list[str]) -> bool:
    if not glosses or not all(NAME.match(gloss) for gloss in glosses):
        return False
    asides = [gloss[match.end() :] for gloss in glosses if (match := NAME.match(gloss))]
    if any(aside and not KIND.fullmatch(aside) for aside in asides):
        return False
    return any(asides) or [tag for _, tag in rjieba.tag(word)] == ["ns"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder with cedict-2007.jsonl.gz")
    names = place_names(parser.parse_args().data)
    OUTPUT.write_text("\n".join(names) + "\n", encoding="utf-8")
    print(f"{len(names)} names of places")


if __name__ == "__main__":
    main()
