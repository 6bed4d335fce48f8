"""A Milvus server for the tests of this folder, which are skipped where there is none to be had."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.milvus_server import MilvusServer, free_port
from wenbao.config.settings import Settings

for package in ("pymilvus", "milvus_lite"):
    pytest.importorskip(package, reason=f"{package} is not installed: pip install -e '.[test]'")


@pytest.fixture
def milvus(tmp_path: Path) -> Iterator[MilvusServer]:
    """An empty server."""
    server = MilvusServer(tmp_path / "milvus", free_port())
    server.start()
    yield server
    server.stop()


@pytest.fixture
def settings(tmp_path: Path, milvus: MilvusServer) -> Settings:
    """Those of a service with its index in that server, whatever the environment says."""
    return settings_for(tmp_path / "data", milvus)


def settings_for(folder: Path, server: MilvusServer) -> Settings:
    return Settings(_env_file=None, data_dir=folder, store="milvus", milvus_uri=server.uri)
