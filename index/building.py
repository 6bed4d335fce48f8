"""Writes generations: a whole one, or the next one after an addition or a removal; then makes it the current one.

A generation is written in a folder beside, and takes its name only when all of it is on disk.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from wenbao.config.errors import IndexUnavailable
from wenbao.index.bulk import BulkEncoder
from wenbao.index.chunks import Chunk, chunk_files, merge_chunks, write_chunk
from wenbao.index.embedding import Encoder, Vectors
from wenbao.index.files import files_below, link, replace_text, storing, sync
from wenbao.index.generation import CURRENT, PARAGRAPHS, SENTENCES, Generation, current_name
from wenbao.index.manifest import FORMAT, MANIFEST, FileRecord, Manifest, records
from wenbao.index.static import StaticEncoder
from wenbao.index.terms import TermIndex, TermWriter
from wenbao.index.units import Prepared, batches, prepare
from wenbao.knowledge.documents import Passage

Progress = Callable[[int], None]
"""Called with the number of paragraphs that are done."""

MOST_CHUNKS = 8
_BATCH = 1024
_UNFINISHED = ".unfinished-"
_MEMORY_FOR_ALL = 64_000_000
_MEMORY_FOR_FEW = 15_000_000
_MUTABLE = ("meta.json", ".managed.json")


@dataclass(frozen=True, slots=True)
class Change:
    """What the next generation has more, and what it no longer has; `library` is the library's state with that."""

    library: str
    added: dict[str, int] = field(default_factory=dict)
    passages: Iterable[Passage] = ()
    removed: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the manifest of a new generation says beside what its folder says."""

    encoder: Encoder
    library: str
    documents: dict[str, int]
    removed: frozenset[int]
    chunks: dict[str, int]


def build(root: Path, change: Change, encoder: Encoder, progress: Progress) -> None:
    """Write a generation of all that `change` adds, and make it the current one. The caller holds the lock."""
    with _new_folder(root) as folder:
        (folder / "terms").mkdir()
        chunk = f"vectors-{_next_number(root):06d}"
        count = _write(folder, chunk, change, encoder, progress, _MEMORY_FOR_ALL)
        chunks = {chunk: count} if count else {}
        _finish(root, folder, None, _Parts(encoder, change.library, change.added, frozenset(), chunks))


def extend(root: Path, before: Generation, change: Change, encoder: Encoder) -> None:
    """Write the generation after `before` at a cost that goes by the change, and make it the current one.

    Files that do not change are not written again but get a second name. The caller holds the lock.
    """
    with _new_folder(root) as folder:
        _link_files(before, folder)
        chunk = f"vectors-{_next_number(root):06d}"
        count = _write(folder, chunk, change, encoder, unheard, _MEMORY_FOR_FEW)
        chunks = {**before.manifest.chunks, **({chunk: count} if count else {})}
        removed = before.manifest.removed | change.removed
        chunks = _compacted(folder, f"{chunk}-merged", chunks, removed)
        stay = {name: row for name, row in before.manifest.documents.items() if row not in change.removed}
        _finish(root, folder, before, _Parts(encoder, change.library, {**stay, **change.added}, removed, chunks))


def clear_away(root: Path) -> None:
    """Delete what broken-off builds have left, and generations older than the one before the current."""
    for folder in root.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(folder, ignore_errors=True)
    try:
        current = current_name(root) or ""
    except IndexUnavailable:
        return  # what is old can be told only when something is new
    older = sorted(path for path in root.glob("generation-*") if path.name < current)
    for folder in older[:-1]:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _new_folder(root: Path) -> Iterator[Path]:
    """A folder to write a generation in; gone at the end unless it was given its name."""
    with storing("The index"):
        root.mkdir(parents=True, exist_ok=True)
        folder = root / f"{_UNFINISHED}{os.getpid()}"
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _write(folder: Path, chunk: str, change: Change, encoder: Encoder, progress: Progress, memory: int) -> int:
    """Write the entries and the vectors of the change; returns how many units there are."""
    raw = folder / f"{chunk}.raw"
    units, documents = [], []
    with (
        TermWriter(folder / PARAGRAPHS, memory) as paragraphs,
        TermWriter(folder / SENTENCES, memory) as sentences,
        raw.open("wb") as vectors,
    ):
        for row in change.removed:
            paragraphs.remove(row)
            sentences.remove(row)
        prepared = prepare(change.passages, change.added)
        for batch, rows in _embedded(prepared, encoder, paragraphs, sentences, progress):
            vectors.write(np.ascontiguousarray(rows, np.float32).tobytes())
            units += [unit.number for each in batch for unit in each.units]
            documents += [unit.document for each in batch for unit in each.units]
    if units:
        content = np.memmap(raw, np.float32, "r", shape=(len(units), encoder.dimension))
        write_chunk(folder, chunk, content, np.array(units, np.uint64), np.array(documents, np.int64))
    raw.unlink()
    return len(units)


def _embedded(
    prepared: Iterator[Prepared], encoder: Encoder, paragraphs: TermWriter, sentences: TermWriter, progress: Progress
) -> Iterator[tuple[list[Prepared], Vectors]]:
    """Each batch with its vectors, which are computed while its terms are written."""
    done = 0
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(1))
        bulk: BulkEncoder | None = None
        for batch in batches(prepared, _BATCH):
            if done and bulk is None and isinstance(encoder, StaticEncoder):
                bulk = stack.enter_context(BulkEncoder(encoder))  # worth its start for more than one batch
            passages = bulk if bulk is not None and bulk.is_ready() else encoder
            vectors = pool.submit(passages.encode_passages, [unit.text for each in batch for unit in each.units])
            _write_terms(batch, paragraphs, sentences)
            yield batch, vectors.result()
            done += len(batch)
            progress(done)


def _write_terms(batch: list[Prepared], paragraphs: TermWriter, sentences: TermWriter) -> None:
    for prepared in batch:
        paragraphs.add(prepared.paragraph)
        for entry in prepared.sentences:
            sentences.add(entry)


def _link_files(before: Generation, folder: Path) -> None:
    for name in before.manifest.files:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.name in _MUTABLE:
            shutil.copyfile(before.folder / name, target)
        else:
            link(before.folder / name, target)


def _compacted(folder: Path, name: str, chunks: dict[str, int], removed: frozenset[int]) -> dict[str, int]:
    """The chunks to go on with: the small ones in one where they are many, all in one where half is removed.

    The largest stays as it is until the others have grown to half its size, so that a unit is written a few times only.
    """
    opened = {each: Chunk.open(folder, each) for each in chunks}
    kept = {each: int(np.count_nonzero(chunk.kept(removed))) for each, chunk in opened.items()}
    largest = max(chunks, key=lambda each: chunks[each], default="")
    others = sum(chunks.values()) - chunks.get(largest, 0)
    if 2 * sum(kept.values()) < sum(chunks.values()) or (len(chunks) > MOST_CHUNKS and 2 * others > chunks[largest]):
        merged = list(chunks)
    elif len(chunks) > MOST_CHUNKS:
        merged = [each for each in chunks if each != largest]
    else:
        return chunks
    count = merge_chunks(folder, name, [opened[each] for each in merged], removed)
    for file in (file for each in merged for file in chunk_files(each)):
        (folder / file).unlink()
    rest = {each: size for each, size in chunks.items() if each not in merged}
    return {**rest, **({name: count} if count else {})}


def _finish(root: Path, folder: Path, before: Generation | None, parts: _Parts) -> None:
    """Write the manifest, have the disk keep everything, give the folder its name and make it the current one."""
    known = {} if before is None else before.manifest.files
    known = {name: record for name, record in known.items() if Path(name).name not in _MUTABLE}
    manifest = _manifest(folder, parts, known)
    (folder / MANIFEST).write_text(manifest.model_dump_json(indent=1), encoding="utf-8")
    for path in files_below(folder):
        if path.relative_to(folder).as_posix() not in known:
            sync(path)
    for path in (folder / PARAGRAPHS, folder / SENTENCES, folder / "terms", folder):
        sync(path)
    final = root / f"generation-{_next_number(root):06d}"
    folder.rename(final)
    sync(root)
    replace_text(root / CURRENT, f"{final.name}\n")


def _manifest(folder: Path, parts: _Parts, known: dict[str, FileRecord]) -> Manifest:
    paragraphs, sentences = len(TermIndex(folder / PARAGRAPHS)), len(TermIndex(folder / SENTENCES))
    held = {row for chunk in parts.chunks for row in Chunk.open(folder, chunk).held}
    return Manifest(
        format=FORMAT,
        model=parts.encoder.fingerprint,
        dimension=parts.encoder.dimension,
        library=parts.library,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        documents=parts.documents,
        removed=parts.removed & held,
        chunks=parts.chunks,
        paragraphs=paragraphs,
        sentences=sentences,
        files=records(folder, known),
    )


def _next_number(root: Path) -> int:
    """One above every generation that is there, the current one's damaged successor included."""
    return 1 + max((int(path.name.rpartition("-")[2]) for path in root.glob("generation-??????")), default=0)


def unheard(_: int) -> None:
    """For a change that nobody waits to hear of."""
