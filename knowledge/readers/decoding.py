"""Bytes to text: which of the encodings that Chinese files come in."""

from __future__ import annotations

import codecs
import re
from functools import cache

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PLAUSIBLE = 0.9
_LEAST_BEYOND = 0.01
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a]")


def decode(content: bytes, declared: str | None = None) -> str | None:
    """The text of a file, `declared` being the encoding that it claims; None where it is no text."""
    text = _decoded(content, declared)
    if text is None or len(_CONTROL.findall(text)) > len(text) // 1000:
        return None
    return _CONTROL.sub("", text)


def _decoded(content: bytes, declared: str | None) -> str | None:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    if b"\x00" in content:
        return _best(content, ("utf-16-le", "utf-16-be"))
    for encoding in filter(None, (_canonical(declared), "utf-8")):
        text = _strict(content, encoding)
        if text is not None and (encoding == "utf-8" or _plausibility(text) >= _PLAUSIBLE):
            return text
    # UTF-16 without Latin letters or line ends has no zero bytes, but then hardly any file is like that.
    return _best(content, ("gb18030", "big5hkscs", "utf-8", "utf-16-le", "utf-16-be"))


def _canonical(declared: str | None) -> str | None:
    """The encoding to use for a declared one: pages that say gb2312 or big5 use the larger sets."""
    if declared is None:
        return None
    name = declared.strip().lower()
    if name.startswith("gb"):
        return "gb18030"
    if name.startswith("big5") or name == "cp950":
        return "big5hkscs"
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None


def _strict(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _best(content: bytes, encodings: tuple[str, ...]) -> str | None:
    """The reading with the most everyday characters, so that one broken byte does not cost a whole report."""
    readings = [content.decode(encoding, errors="replace") for encoding in encodings]
    best = max(readings, key=_plausibility)
    return best if _plausibility(best) >= _PLAUSIBLE else None


def _plausibility(text: str) -> float:
    """The share of everyday characters: of those beyond ASCII, or of all where an English text has but a few others."""
    beyond = [character for character in text[:20_000] if character > "\x7f"]
    sample = beyond if len(beyond) > len(text[:20_000]) * _LEAST_BEYOND else list(text[:20_000])
    everyday = _everyday()
    return sum(character in everyday for character in sample) / max(1, len(sample))


@cache
def _everyday() -> frozenset[str]:
    """ASCII, punctuation, and the first levels of GB 2312 and Big5: the characters that running text is made of."""
    first = (bytes((lead, trail)) for lead in range(0xB0, 0xD8) for trail in range(0xA1, 0xFF))
    second = (bytes((lead, trail)) for lead in range(0xA4, 0xC7) for trail in (*range(0x40, 0x7F), *range(0xA1, 0xFF)))
    found = {raw.decode("gb2312", errors="ignore") for raw in first}
    found |= {raw.decode("big5", errors="ignore") for raw in second}
    found |= {
        chr(code) for span in ((9, 127), (0x2010, 0x2040), (0x3000, 0x3020), (0xFF01, 0xFF5F)) for code in range(*span)
    }
    return frozenset(found - {""}) | frozenset("\xa0·×°—…①②③④⑤⑥⑦⑧⑨⑩㎡℃")
