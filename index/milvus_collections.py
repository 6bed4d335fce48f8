"""Reads and writes the collections in Milvus that an index is kept in; the one place that knows pymilvus.

The collection `wenbao` holds what is true of the index in a single row; the others are written for one build of it and
have its name in theirs.
"""

from __future__ import annotations

import logging
import secrets
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from wenbao.config.errors import IndexUnavailable, InvalidSettings
from wenbao.index.manifest import FORMAT, ModelRecord
from wenbao.index.vectors import FLAT_LIMIT, Vectors

MOST = 16_384
"""So many rows Milvus gives at most in one answer."""

Kind = Literal["paragraphs", "sentences", "vectors", "terms", "documents"]
Row = dict[str, Any]

_STATE = "wenbao"
_KINDS: tuple[Kind, ...] = ("paragraphs", "sentences", "vectors", "terms", "documents")
_SECONDS = 30
_SECONDS_TO_WRITE = 300
_ROWS_AT_ONCE = 1000
_LONGEST = 65_535
_NOTHING = {"nothing": [0.0, 0.0]}  # a collection without a vector cannot be
_NO_SUCH_COLLECTION = 100
_NOT_LOADED = 101
_HNSW = {"M": 16, "efConstruction": 200}
_LEAST_EF = 128


class State(BaseModel):
    """What is true of the index.

    `build` is the name in the names of its collections, `version` goes up with every change, `owner` is the data folder
    that it belongs to. `writing` says that a change was begun and not ended. `paragraphs`, `sentences` and `units` are
    how many there are, `built` how many paragraphs there were when the mean lengths were taken.
    """

    model_config = ConfigDict(frozen=True)

    format: int = FORMAT
    build: str
    before: str | None = None
    version: int = 0
    owner: str
    writing: bool = False
    model: str
    made_with: ModelRecord | None
    dimension: int
    library: str
    paragraphs: int
    sentences: int
    units: int
    built: int
    paragraph_lengths: dict[str, float]
    sentence_lengths: dict[str, float]


class Collections:
    """The collections of one Milvus database. Raises IndexUnavailable where it does not answer."""

    def __init__(self, uri: str, token: str | None) -> None:
        """Connect. Raises InvalidSettings where pymilvus is not installed."""
        try:
            import pymilvus
        except ImportError as problem:
            raise InvalidSettings(
                "WENBAO_STORE=milvus needs pymilvus, which is not installed: `pip install 'wenbao[milvus]'`."
            ) from problem
        logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # what it logs, it raises as well
        self._uri = uri
        self._pymilvus = pymilvus
        with self._talking():
            self._client = pymilvus.MilvusClient(uri=uri, token=token or "", timeout=_SECONDS)

    @property
    def uri(self) -> str:
        return self._uri

    def state(self) -> State | None:
        """What is true of the index now; None where there is none yet, or none that this program can read."""
        try:
            found = self._query(_STATE, "id == 1", ["state"])
        except IndexUnavailable as problem:
            code = getattr(problem.__cause__, "code", None)
            if code == _NO_SUCH_COLLECTION:
                return None
            if code != _NOT_LOADED:
                raise
            self._load()  # a server that was started anew may have its collections on disk alone
            found = self._query(_STATE, "id == 1", ["state"])
        try:
            state = State.model_validate_json(found[0]["state"]) if found else None
        except ValidationError:
            return None
        return state if state is not None and state.format == FORMAT else None

    def put_state(self, state: State) -> None:
        """Make this true of the index, in one step."""
        with self._talking():
            if not self._client.has_collection(_STATE, timeout=_SECONDS):
                text = {"state": self._pymilvus.DataType.VARCHAR}
                self._create(_STATE, "id", text, max_length=_LONGEST)
            row = {"id": 1, "state": state.model_dump_json(), **_NOTHING}
            self._client.upsert(_STATE, [row], timeout=_SECONDS)

    def create(self, dimension: int, units: int) -> str:
        """Make the empty collections of a new build for so many vectors; returns its name."""
        build = secrets.token_hex(4)
        integer = self._pymilvus.DataType.INT64
        vectors = self._index_of_vectors(units)
        with self._talking():
            for kind in ("paragraphs", "sentences"):
                self._create(name_of(build, kind), "unit", {"document": integer}, sparse="terms")
            rows = {"document": integer, "row": integer}
            self._create(name_of(build, "vectors"), "unit", rows, dense=("vector", dimension, vectors))
            self._create(name_of(build, "terms"), "number", {"paragraphs": integer, "sentences": integer})
            sizes = {"paragraphs": integer, "sentences": integer, "units": integer}
            text = {"id": self._pymilvus.DataType.VARCHAR}
            self._create(name_of(build, "documents"), "row", sizes | text, max_length=128)
        return build

    def drop_all_but(self, builds: Collection[str | None]) -> None:
        """Drop the collections of every other build."""
        kept = {_STATE, *(name_of(build, kind) for build in builds if build for kind in _KINDS)}
        with self._talking():
            for name in self._client.list_collections():
                if name.startswith(f"{_STATE}_") and name not in kept:
                    self._client.drop_collection(name, timeout=_SECONDS)

    def write(self, build: str, kind: Kind, rows: Iterable[Row]) -> None:
        """Write rows; one that has the key of another takes its place."""
        extra = _NOTHING if kind in ("terms", "documents") else {}
        listed = [row | extra for row in rows]
        with self._talking():
            for start in range(0, len(listed), _ROWS_AT_ONCE):
                some = listed[start : start + _ROWS_AT_ONCE]
                self._client.upsert(name_of(build, kind), some, timeout=_SECONDS_TO_WRITE)

    def seal(self, build: str) -> None:
        """Have everything of a build indexed now, and not when Milvus comes to it."""
        with self._talking():
            for kind in _KINDS:
                self._client.flush(name_of(build, kind), timeout=_SECONDS_TO_WRITE)

    def delete(self, build: str, document: int) -> None:
        """Take a document out."""
        with self._talking():
            for kind in ("paragraphs", "sentences", "vectors"):
                name = name_of(build, kind)
                self._client.delete(name, filter=f"document == {document}", timeout=_SECONDS_TO_WRITE)
            self._client.delete(name_of(build, "documents"), ids=[document], timeout=_SECONDS)

    def nearest(
        self,
        build: str,
        kind: Kind,
        query: dict[int, float] | Vectors,
        k: int,
        documents: Collection[int] | None,
    ) -> list[tuple[int, float]]:
        """The units with the greatest inner products, and these, best first; only of these documents where given."""
        dense = kind == "vectors"
        where = "" if documents is None else f"document in {sorted(map(int, documents))}"
        with self._talking():
            found = self._client.search(
                name_of(build, kind),
                data=[query],
                anns_field="vector" if dense else "terms",
                limit=min(k, MOST),
                filter=where,
                output_fields=["unit"],
                search_params={"metric_type": "IP", "params": {"ef": max(_LEAST_EF, min(k, MOST))} if dense else {}},
                timeout=_SECONDS,
            )
        return [(hit["unit"], hit["distance"]) for hit in found[0]]

    def among(self, build: str, kind: Kind, column: str, values: Sequence[int], columns: list[str]) -> list[Row]:
        """The rows with one of these values in a column, with these columns."""
        return self._query(name_of(build, kind), f"{column} in {list(map(int, values))}", columns)

    def each(self, build: str, kind: Kind, columns: list[str], where: str = "") -> Iterator[Row]:
        """Every row, however many there are."""
        with self._talking():
            rows = self._client.query_iterator(
                name_of(build, kind), filter=where, batch_size=_ROWS_AT_ONCE, output_fields=columns, timeout=_SECONDS
            )
            while some := rows.next():
                yield from some
            rows.close()

    def count(self, build: str, kind: Kind) -> int:
        """How many rows there are."""
        return int(self._query(name_of(build, kind), "", ["count(*)"])[0]["count(*)"])

    def _load(self) -> None:
        with self._talking():
            for name in self._client.list_collections():
                if name == _STATE or name.startswith(f"{_STATE}_"):
                    self._client.load_collection(name, timeout=_SECONDS_TO_WRITE)

    def _query(self, name: str, where: str, columns: list[str]) -> list[Row]:
        with self._talking():
            found = self._client.query(name, filter=where, output_fields=columns, timeout=_SECONDS)
            return list(found)

    def _create(
        self,
        name: str,
        key: str,
        columns: dict[str, Any],
        *,
        sparse: str | None = None,
        dense: tuple[str, int, tuple[str, Row]] | None = None,
        **options: int,
    ) -> None:
        """Make a collection that is read as it was last written, by whomever: "Strong" in Milvus."""
        kinds = self._pymilvus.DataType
        schema = self._client.create_schema(auto_id=False, enable_dynamic_field=False)
        indexes = self._client.prepare_index_params()
        schema.add_field(key, kinds.INT64, is_primary=True)
        for column, kind in columns.items():
            schema.add_field(column, kind, **(options if kind == kinds.VARCHAR else {}))
            if column in ("document", "row"):
                indexes.add_index(column, index_type="INVERTED")
        if sparse is not None:
            schema.add_field(sparse, kinds.SPARSE_FLOAT_VECTOR)
            indexes.add_index(sparse, index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
        else:
            vector, dimension, (index_type, parameters) = dense or ("nothing", 2, ("FLAT", {}))
            schema.add_field(vector, kinds.FLOAT_VECTOR, dim=dimension)
            indexes.add_index(vector, index_type=index_type, metric_type="IP", params=parameters)
        self._client.create_collection(name, schema=schema, consistency_level="Strong", timeout=_SECONDS)
        self._client.create_index(name, indexes, timeout=_SECONDS, sync=False)  # else it sleeps half a second
        self._client.load_collection(name, timeout=_SECONDS)

    def _index_of_vectors(self, units: int) -> tuple[str, Row]:
        return ("FLAT", {}) if units <= FLAT_LIMIT else ("HNSW", _HNSW)

    @contextmanager
    def _talking(self) -> Iterator[None]:
        try:
            yield
        except self._pymilvus.MilvusException as problem:
            raise IndexUnavailable(
                f"Milvus at {self._uri} does not answer as it should ({problem.message}). "
                "Check WENBAO_MILVUS_URI and WENBAO_MILVUS_TOKEN, and that the server runs."
            ) from problem


def name_of(build: str, kind: Kind) -> str:
    """The name of a collection."""
    return f"{_STATE}_{build}_{kind}"


def documents_of(rows: Iterable[Row]) -> dict[str, int]:
    """The ids of documents with their rows in the library."""
    return {row["id"]: row["row"] for row in rows}


def terms_in(rows: Iterable[Row]) -> Counter[int]:
    """In how many of some entries each term stands."""
    return Counter(int(number) for row in rows for number in row["terms"])
