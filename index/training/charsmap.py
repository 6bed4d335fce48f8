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
    units = {0: 0}
    waiting: list[tuple[int, int, _Node]] = [(0, 0, _tree(values))]
    base = 0
    while waiting:
        position, label, node = waiting.pop()
        base += 1  # no two nodes share a base, or they would share children
        while any(base ^ byte in units for byte in node):
            base += 1
        units[position] = label | (0 in node) << 8 | (position ^ base) << 10
        for byte, child in node.items():
            if isinstance(child, int):
                units[base] = child | 1 << 31
            else:
                units[base ^ byte] = byte
                waiting.append((base ^ byte, byte, child))
    return [units.get(position, 0) for position in range((max(units) | 0xFF) + 1)]


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
