"""Who holds an office: the office that a question asks about, and whether words name its holder."""

from __future__ import annotations

import re
from functools import lru_cache

import rjieba

from wenbao.config.language import language_data

_OFFICE = r"副?(?:[\u4e00-\u9fff]长|书记|主任|主席|总理|代表)"
OFFICE = re.compile(
    rf"(?P<office>{_OFFICE})(?:是|叫|姓|由)?(?:谁|哪一?位|什么名|啥名)|谁是.{{0,8}}?(?P<last>{_OFFICE})\W*$"
)
HOLDER = re.compile(rf"{_OFFICE}[\s\u3000]*[{language_data('places')['surnames']}](?!务会)[\u4e00-\u9fff]{{1,2}}")


def office_asked(plain: str) -> str | None:
    """The office whose holder a question asks for, None where it asks for none."""
    match = OFFICE.search(plain)
    return (match.group("office") or match.group("last")) if match else None


@lru_cache(maxsize=4096)
def names_holder(office: str, text: str) -> bool:
    """Whether a (folded) text names the office and a person; a deputy is another office."""
    whole = office if office.startswith("副") else f"(?<!副){office}"
    if not re.search(whole, text):
        return False
    named = any(tag.startswith("nr") and len(word) > 1 for word, tag in rjieba.tag(text))
    return named or HOLDER.search(text) is not None
