"""Writes generations in a folder beside: a whole one, the next one after a change, or the same in fewer parts.

When a function here returns, all of the generation is on disk; `wenbao.index.publishing` then gives it its name.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import numpy as np

from wenbao.index.bulk import BulkEncoder
from wenbao.index.chunks import Chunk, chunk_files, merge_chunks, write_chunk
from wenbao.index.embedding import Encoder, Vectors
from wenbao.index.files import files_below, link, sync
from wenbao.index.generation import PARAGRAPHS, SENTENCES, Generation
from wenbao.index.manifest import FORMAT, MANIFEST, FileRecord, Manifest, ModelRecord, records
from wenbao.index.segments import MERGED_FROM, MUTABLE, small_segments, take_over
from wenbao.index.static import StaticEncoder
from wenbao.index.terms import TermIndex, TermWriter
from wenbao.index.units import Prepared, batches, prepare
from wenbao.knowledge.documents import Passage

Progress = Callable[[int], None]
"""Called with the number of paragraphs that are done."""

MANY_PARTS = 2 * MERGED_FROM
"""With more chunks, or with so many small segments, a generation is to be written in fewer parts (beside)."""

MOST_PARTS = 4 * MANY_PARTS
"""So many are merged by whoever adds, where nobody has done it beside."""

_BATCH = 1024
_MEMORY_FOR_ALL = 64_000_000
_MEMORY_FOR_FEW = 15_000_000


@dataclass(frozen=True, slots=True)
class Change:
    """What the next generation has more, and what it no longer has; `library` is the library's state with that."""

    library: str
    added: dict[str, int] = field(default_factory=dict)
    passages: Iterable[Passage] = ()
    removed: frozenset[int] = frozenset()


def write_whole(folder: Path, change: Change, encoder: Encoder, progress: Progress) -> None:
    """Write a generation of all that `change` adds."""
    (folder / "terms").mkdir()
    chunks = _write(folder, folder, change, encoder, progress, _MEMORY_FOR_ALL)
    _complete(
        folder,
        {},
        Manifest(
            format=FORMAT,
            model=encoder.fingerprint,
            made_with=model_record(encoder),
            dimension=encoder.dimension,
            library=change.library,
            created=_now(),
            documents=change.added,
            removed=frozenset(),
            chunks=chunks,
            paragraphs=0,
            sentences=0,
            files={},
        ),
    )


def write_next(folder: Path, before: Generation, change: Change, encoder: Encoder) -> None:
    """Write the generation after `before`, at a cost that goes by the change.

    Files that do not change are not written again but get a second name. `encoder` is the one of `before`.
    """
    link_files(before, folder)
    added = _write_beside(folder, change, encoder)
    _take_out(folder, change.removed)
    manifest = before.manifest
    stay = {name: row for name, row in manifest.documents.items() if row not in change.removed}
    after = manifest.model_copy(
        update={
            "model": encoder.fingerprint,
            "made_with": model_record(encoder),
            "library": change.library,
            "created": _now(),
            "documents": {**stay, **change.added},
            "removed": manifest.removed | change.removed,
            "chunks": {**manifest.chunks, **added},
        }
    )
    after = _merged(folder, after) if len(after.chunks) > MOST_PARTS else after
    _complete(folder, manifest.files, after, before.chunk_by_name())


def write_compacted(folder: Path, before: Generation) -> None:
    """Write what `before` holds in fewer parts, without what was removed; its files are linked there already."""
    for terms in (PARAGRAPHS, SENTENCES):
        if small_segments(folder / terms) >= MERGED_FROM:
            _merge_segments(folder / terms)
    _complete(folder, before.manifest.files, _merged(folder, before.manifest.model_copy(update={"created": _now()})))


def is_in_many_parts(generation: Generation) -> bool:
    """Whether it is worth while to write a generation in fewer parts."""
    segments = max(generation.paragraphs.small_segments, generation.sentences.small_segments)
    return segments >= MANY_PARTS or bool(_to_merge(generation.manifest, _kept(generation)))


def link_files(before: Generation, folder: Path) -> None:
    """Give the files of a generation a second name in a folder; those that tantivy writes again are copied."""
    for name in before.manifest.files:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.name in MUTABLE:
            shutil.copyfile(before.folder / name, target)
        else:
            link(before.folder / name, target)


def _write(
    folder: Path, terms: Path, change: Change, encoder: Encoder, progress: Progress, memory: int
) -> dict[str, int]:
    """Write the entries of the change below `terms`, and its vectors; returns the chunk, if there is any."""
    name = _new_name()
    raw = folder / f"{name}.raw"
    units, documents = [], []
    with (
        TermWriter(terms / PARAGRAPHS, memory) as paragraphs,
        TermWriter(terms / SENTENCES, memory) as sentences,
        raw.open("wb") as vectors,
    ):
        prepared = prepare(change.passages, change.added)
        for batch, rows in _embedded(prepared, encoder, paragraphs, sentences, progress):
            vectors.write(np.ascontiguousarray(rows, np.float32).tobytes())
            units += [unit.number for each in batch for unit in each.units]
            documents += [unit.document for each in batch for unit in each.units]
    if units:
        content = np.memmap(raw, np.float32, "r", shape=(len(units), encoder.dimension))
        write_chunk(folder, name, content, np.array(units, np.uint64), np.array(documents, np.int64))
    raw.unlink()
    return {name: len(units)} if units else {}


def _write_beside(folder: Path, change: Change, encoder: Encoder) -> dict[str, int]:
    """Write the entries of the change as segments of their own, which are taken over; returns the chunk."""
    if not change.added:
        return {}
    beside = folder / "added"
    (beside / "terms").mkdir(parents=True)
    chunks = _write(folder, beside, change, encoder, unheard, _MEMORY_FOR_FEW)
    for terms in (PARAGRAPHS, SENTENCES):
        take_over(beside / terms, folder / terms)
    shutil.rmtree(beside)
    return chunks


def _take_out(folder: Path, removed: frozenset[int]) -> None:
    """Take documents out of the indexes of terms; where there are very many small segments they are merged too."""
    for terms in (PARAGRAPHS, SENTENCES):
        if removed or small_segments(folder / terms) > MOST_PARTS:
            with TermWriter(folder / terms, _MEMORY_FOR_FEW) as writer:
                for row in removed:
                    writer.remove(row)


def _merge_segments(folder: Path) -> None:
    with TermWriter(folder, _MEMORY_FOR_FEW):
        pass  # what its policy merges, it merges when it commits


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


def _merged(folder: Path, manifest: Manifest) -> Manifest:
    """Write the chunks that are worth merging as one; returns what the manifest is then."""
    opened = {name: Chunk.open(folder, name) for name in manifest.chunks}
    kept = {name: int(np.count_nonzero(chunk.kept(manifest.removed))) for name, chunk in opened.items()}
    merged = _to_merge(manifest, kept)
    if not merged:
        return manifest
    name = _new_name()
    count = merge_chunks(folder, name, [opened[each] for each in merged], manifest.removed)
    for file in (file for each in merged for file in chunk_files(each)):
        (folder / file).unlink()
    rest = {each: size for each, size in manifest.chunks.items() if each not in merged}
    return manifest.model_copy(update={"chunks": {**rest, **({name: count} if count else {})}})


def _kept(generation: Generation) -> dict[str, int]:
    removed = generation.manifest.removed
    counts = (int(np.count_nonzero(chunk.kept(removed))) for chunk in generation.chunks)
    return dict(zip(generation.manifest.chunks, counts, strict=True))


def _to_merge(manifest: Manifest, kept: dict[str, int]) -> list[str]:
    """The chunks to be merged: the small ones where they are many, all of them where half of all is removed.

    The largest stays as it is until the others have grown to half its size, so that a unit is written a few times only.
    """
    chunks = manifest.chunks
    largest = max(chunks, key=lambda name: chunks[name], default="")
    others = sum(chunks.values()) - chunks.get(largest, 0)
    if 2 * sum(kept.values()) < sum(chunks.values()) or (len(chunks) > MANY_PARTS and 2 * others > chunks[largest]):
        return list(chunks)
    return [name for name in chunks if name != largest] if len(chunks) > MANY_PARTS else []


def _complete(
    folder: Path, known: dict[str, FileRecord], manifest: Manifest, chunks: Mapping[str, Chunk] = MappingProxyType({})
) -> None:
    """Write the manifest with what the folder holds, and have the disk keep all that is not `known` from before.

    `chunks` are those that are open already.
    """
    known = {name: record for name, record in known.items() if Path(name).name not in MUTABLE}
    opened = [chunks.get(name) or Chunk.open(folder, name) for name in manifest.chunks]
    held = set().union(*(chunk.held for chunk in opened))
    whole = manifest.model_copy(
        update={
            "removed": manifest.removed & held,
            "paragraphs": len(TermIndex(folder / PARAGRAPHS)),
            "sentences": len(TermIndex(folder / SENTENCES)),
            "files": records(folder, known),
        }
    )
    (folder / MANIFEST).write_text(whole.model_dump_json(indent=1), encoding="utf-8")
    for path in files_below(folder):
        if path.relative_to(folder).as_posix() not in known:
            sync(path)
    for path in (folder / PARAGRAPHS, folder / SENTENCES, folder / "terms", folder):
        sync(path)


def model_record(encoder: Encoder) -> ModelRecord | None:
    if encoder.folder is None:
        return None
    return ModelRecord(
        folder=str(encoder.folder.absolute()),
        query_prompt=encoder.prompts.query,
        passage_prompt=encoder.prompts.passage,
    )


def _new_name() -> str:
    """A name for a chunk that no other has, in whichever generation it was written."""
    return f"vectors-{secrets.token_hex(4)}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def unheard(_: int) -> None:
    """For a change that nobody waits to hear of."""
