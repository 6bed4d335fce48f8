"""Who holds an office: the office that a question asks about, and whether words name its holder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import rjieba

from wenbao.config.language import language_data

_OFFICE = r"副?(?:[\u4e00-\u9fff]长|书记|主任|主席|总理|代表)"
OFFICE = re.compile(
    rf"(?P<office>{_OFFICE})(?:(?:是|叫|姓|由)?(?:谁|哪一?位|什么名|啥名)|[叫姓](?:什么|啥))"
    rf"|谁(?:是|任|当|担任).{{0,8}}?(?P<last>{_OFFICE})\W*$"
)
_NAME = rf"[\s\u3000]*[{language_data('places')['surnames']}](?!务会)[\u4e00-\u9fff]{{1,2}}"
NEAR = 6
"""At most so many characters stand between an office and the name of its holder: 由区长李某某, 李某某任区长."""


def office_asked(plain: str) -> str | None:
    """The office whose holder a question asks for, None where it asks for none."""
    match = OFFICE.search(plain)
    return (match.group("office") or match.group("last")) if match else None


@lru_cache(maxsize=4096)
def names_holder(office: str, text: str) -> bool:
    """Whether a (folded) text names the office with a person beside it, or as held by another (由县长任组长); a deputy
    is another office."""
    whole = re.compile(office if office.startswith("副") else f"(?<!副){office}")
    if re.search(rf"{_OFFICE}(?:兼?任|担任|为){office}", text):
        return True
    persons = list(_persons(text))
    behind = re.compile(_NAME)
    return any(
        behind.match(text, found.end())
        or any(0 <= start - found.end() <= NEAR or 0 <= found.start() - end <= NEAR for start, end in persons)
        for found in whole.finditer(text)
    )


def _persons(text: str) -> Iterator[tuple[int, int]]:
    """Where names of persons stand in a text."""
    position = 0
    for word, tag in rjieba.tag(text):
        if tag.startswith("nr") and len(word) > 1:
            yield position, position + len(word)
        position += len(word)
