"""A paragraph to its sentences: where each begins and ends."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PAIRS = {
    "（": "）",
    "(": ")",
    "《": "》",
    "〈": "〉",
    "“": "”",
    "‘": "’",
    "「": "」",
    "『": "』",
    "【": "】",
    "〔": "〕",
    "[": "]",
}
_CLOSERS = frozenset(_PAIRS.values())
_TITLE_CLOSERS = "》〉"
_STOPS = frozenset("。！？!?…")
_TOKEN = re.compile(r"[（(《〈“‘「『【〔\[）)》〉”’」』】〕\]]|[。！？!?]+|…+|[.．]")
_TAIL = re.compile(r"[。！？!?…]*[”’」』）)》〉】\"']*")
# What goes on with a sentence after a closed quotation: “……吗？”的问题.
_GOES_ON = re.compile(r"\s*[，,、；;：:。.！？!?的地等这這和与與及是为為之）)》〉」』”]")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:[A-Za-z]|Mr|Mrs|Ms|Dr|St|No|Nos|Art|vs|cf|etc|Co|Ltd|Inc|Fig|Sec|Ch|[ap]\.m|e\.g|i\.e)$"
)
_LONGEST_QUOTATION = 300


def sentence_ranges(text: str) -> list[tuple[int, int]]:
    """Start and end of each sentence: all but the white space around sentences is in exactly one of them."""
    ranges: list[tuple[int, int]] = []
    start = 0
    for end in _ends(text):
        _append(ranges, text, start, end)
        start = end
    _append(ranges, text, start, len(text))
    return ranges


def _append(ranges: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    lead = len(piece) - len(piece.lstrip())
    if lead < len(piece):
        ranges.append((start + lead, start + len(piece.rstrip())))


def _ends(text: str) -> Iterator[int]:
    """Where sentences end; marks inside brackets and quotations do not count, unless the quotation ends with one."""
    partners = _partners(text)
    inside_until, done = -1, 0
    for token in _TOKEN.finditer(text):
        position, mark = token.start(), token[0]
        if position < done:
            continue
        if position in partners and partners[position] > inside_until:
            inside_until = partners[position]
        elif position == inside_until and mark in _CLOSERS:
            inside_until = -1
            if _quotation_ends_sentence(text, position, partners):
                done = _with_tail(text, position + 1)
                yield done
        elif position > inside_until and mark[0] not in _PAIRS and mark not in _CLOSERS and _is_end(text, token):
            done = _with_tail(text, token.end())
            yield done


def _partners(text: str) -> dict[int, int]:
    """Where each opened bracket closes; one that never does, or hundreds of characters later, counts for nothing."""
    open_ones: list[int] = []
    found: dict[int, int] = {}
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in _PAIRS:
            open_ones.append(token.start())
        elif mark in _CLOSERS:
            index = next((i for i in range(len(open_ones) - 1, -1, -1) if _PAIRS[text[open_ones[i]]] == mark), None)
            if index is not None:
                if token.start() - open_ones[index] <= _LONGEST_QUOTATION:
                    found[open_ones[index]] = token.start()
                del open_ones[index:]
    return found


def _quotation_ends_sentence(text: str, close: int, partners: dict[int, int]) -> bool:
    if close == 0 or text[close - 1] not in _STOPS or _GOES_ON.match(text, close + 1):
        return False
    if text[close] in "”’」』":
        return True
    if text[close] in _TITLE_CLOSERS:
        return False
    # A bracket holds a sentence of its own only where it does not stand inside another one.
    opened = next(start for start, end in partners.items() if end == close)
    before = text[:opened].rstrip()
    return not before or before[-1] in _STOPS


def _is_end(text: str, token: re.Match[str]) -> bool:
    mark, end = token[0], token.end()
    before, after = text[: token.start()][-12:], text[end : end + 2]
    if mark[0] == "…":
        return not after or (after[0] in "”’」』" and not _GOES_ON.match(text, end + 1))
    if mark in ".．":
        return _full_stop_ends(before, after)
    if mark[0] in "!?":
        return not (before[-1:].isascii() and after[:1].isascii() and after[:1].isalnum())
    return True


def _full_stop_ends(before: str, after: str) -> bool:
    """An English full stop, or one typed in Chinese text; not a decimal point, a list number or an abbreviation."""
    if not before or not (before[-1].isalnum() or before[-1] in ")\"'%）”"):
        return False
    if before[-1] >= "\u2e80" and before[-1].isalpha():
        return not after or after[0].isspace() or after[0] >= "\u2e80"
    if after[:1] in "\"'”’":
        return not after[1:] or after[1].isspace()
    if not after:
        return True
    if not after[0].isspace() or (
        after[1:] and not (after[1].isupper() or after[1] >= "\u2e80" or after[1] in "\"'“(")
    ):
        return False
    return not (_ABBREVIATION.search(before) or re.fullmatch(r"\s*[\divxIVX]{1,4}", before))


def _with_tail(text: str, end: int) -> int:
    """Take in the marks and closing quotes that follow the end of a sentence."""
    tail = _TAIL.match(text, end)
    return tail.end() if tail else end
