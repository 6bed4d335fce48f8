"""Folds Traditional characters inside the tokenizer: a `Precompiled` normalizer made of one character table.

Its format is that of sentencepiece: a double array trie (darts-clone) over UTF-8, then the replacements.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

from tokenizers.normalizers import Precompiled

from wenbao.index.folding import fold

_HAN_BLOCKS = (range(0x3400, 0xA000), range(0xF900, 0xFB00))
_Node = dict[int, "_Node | int"]


def folding_normalizer() -> Precompiled:
    """A normalizer that replaces each Chinese character as `wenbao.index.folding.fold` does."""
    table = {chr(code): fold(chr(code)) for block in _HAN_BLOCKS for code in block}
    return Precompiled(precompile({character: folded for character, folded in table.items() if character != folded}))


def precompile(table: Mapping[str, str]) -> bytes:
    """The bytes of a charsmap for a table of single characters."""
    replacements, offsets = bytearray(), {}
    for folded in table.values():
        if folded not in offsets:
            offsets[folded] = len(replacements)
            replacements += folded.encode() + b"\0"
    trie = _double_array({key.encode(): offsets[folded] for key, folded in table.items()})
    packed = struct.pack(f"<{len(trie)}I", *trie)
    return struct.pack("<I", len(packed)) + packed + bytes(replacements)


def _double_array(values: Mapping[bytes, int]) -> list[int]:
    """A trie as one array: a node's children stand at its base XOR their byte, its value at the base itself."""
    units: dict[int, int] = {}
    used_bases: set[int] = set()
    waiting: list[tuple[int, int, _Node]] = [(0, 0, _tree(values))]
    units[0] = 0
    first_free = 1
    while waiting:
        position, label, node = waiting.pop()
        base = first_free
        while base in used_bases or any(base ^ byte in units for byte in node):
            base += 1
        used_bases.add(base)
        units[position] = label | (0 in node) << 8 | (position ^ base) << 10
        for byte, child in node.items():
            units[base ^ byte] = byte
            if isinstance(child, int):
                units[base] = child | 1 << 31
            else:
                waiting.append((base ^ byte, byte, child))
        while first_free in units and first_free in used_bases:
            first_free += 1
    size = (max(units) | 0xFF) + 1 + 256
    return [units.get(position, 0) for position in range(size)]


def _tree(values: Mapping[bytes, int]) -> _Node:
    """Nested nodes by byte; the value of a key stands under 0."""
    root: _Node = {}
    for key, value in values.items():
        node = root
        for byte in key:
            child = node.setdefault(byte, {})
            assert isinstance(child, dict)  # noqa: S101 - only 0 holds a value, and no key holds a 0
            node = child
        node[0] = value
    return root
