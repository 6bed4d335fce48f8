"""Opens the index where the settings say that it is kept: on disk, or in Milvus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wenbao.config.errors import InvalidSettings
from wenbao.config.settings import Settings
from wenbao.index.building import Progress
from wenbao.index.embedding import open_encoder
from wenbao.index.search import Index
from wenbao.knowledge.library import Library

if TYPE_CHECKING:
    from wenbao.index.milvus import MilvusIndex


def index_at(settings: Settings) -> Index | MilvusIndex:
    """The index as it is. Raises ModelUnavailable; InvalidSettings or IndexUnavailable where it is in Milvus."""
    root = settings.data_dir / "index"
    if settings.store == "disk":
        return Index(root, open_encoder(settings))
    if settings.milvus_uri is None:
        raise InvalidSettings("WENBAO_STORE=milvus needs an address: set WENBAO_MILVUS_URI=http://…:19530.")
    from wenbao.index.milvus import MilvusIndex

    token = settings.milvus_token.get_secret_value() if settings.milvus_token else None
    return MilvusIndex(root, settings.milvus_uri, token, open_encoder(settings))


def open_index(settings: Settings, library: Library, progress: Progress | None = None) -> Index | MilvusIndex:
    """The index, up to date with the library: it is extended or built where it is not.

    Raises ModelUnavailable, IndexUnavailable or StorageFailed.
    """
    if settings.store == "disk":
        return Index.open(settings, library, progress)
    index = index_at(settings)
    index.follow(library, progress)
    return index
