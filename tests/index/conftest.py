"""A tiny static model, a library and an index of small reports for the tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.index.samples import add_report, make_static_model
from wenbao.index.search import Index
from wenbao.index.static import StaticEncoder
from wenbao.knowledge.library import Library


@pytest.fixture(scope="session")
def static_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a static model with one vector for each character of a small alphabet."""
    return make_static_model(tmp_path_factory.mktemp("static"))


@pytest.fixture
def encoder(static_model: Path) -> StaticEncoder:
    return StaticEncoder(static_model)


@pytest.fixture
def other_encoder(tmp_path_factory: pytest.TempPathFactory) -> StaticEncoder:
    """Another model over the same alphabet."""
    return StaticEncoder(make_static_model(tmp_path_factory.mktemp("other"), seed=1))


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """Three short reports: of a first, a second and a third county."""
    library = Library(tmp_path / "library.sqlite3")
    for number in (1, 2, 3):
        add_report(library, number)
    return library


@pytest.fixture
def index(tmp_path: Path, encoder: StaticEncoder, library: Library) -> Index:
    index = Index(tmp_path / "index", encoder)
    index.follow(library)
    return index
