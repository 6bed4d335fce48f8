"""Puts the first passages that were found in a better order, by a model that reads question and passage together.

Off by default: a model that does better than the search is a hundred times slower on a CPU.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from wenbao.config.errors import ModelUnavailable
from wenbao.index.embedding import model_folder

if TYPE_CHECKING:
    from wenbao.config.settings import Settings


class Reranker:
    """A CrossEncoder of sentence-transformers, loaded when it is first asked. Safe to use from several threads."""

    def __init__(self, name: str, depth: int) -> None:
        """`name` is a folder or a name on the hub; `depth` is how many of the passages found it is to read."""
        self.depth = depth
        self._name = name
        self._loading = Lock()
        self._model: Any = None

    def order(self, question: str, texts: Sequence[str]) -> list[int]:
        """The positions of the texts, the one that fits the question best first; equals stay in their order.

        Only the first `depth` are read, those after them stay where they are. Raises ModelUnavailable.
        """
        first = list(texts[: self.depth])
        if not first:
            return []
        scores = np.asarray(self._loaded().predict([(question, text) for text in first], show_progress_bar=False))
        best = np.argsort(-scores, kind="stable").tolist()
        return [*best, *range(len(first), len(texts))]

    def _loaded(self) -> Any:
        with self._loading:
            if self._model is None:
                self._model = _load(model_folder(self._name, "reranker"))
            return self._model


def open_reranker(settings: Settings) -> Reranker | None:
    """The reranker that the settings ask for; None where they name none."""
    return Reranker(settings.reranker_model, settings.reranker_depth) if settings.reranker_model else None


def _load(folder: Path) -> Any:
    if not (folder / "config.json").is_file():
        raise ModelUnavailable(f"{folder} is not a CrossEncoder: it has no config.json. Check WENBAO_RERANKER_MODEL.")
    try:
        from sentence_transformers import CrossEncoder

        model = CrossEncoder(str(folder), local_files_only=True)
        shape = np.shape(model.predict([("?", "?")], show_progress_bar=False))
    except Exception as problem:  # the library raises whatever a broken model leads to
        raise ModelUnavailable(f"The reranker model in {folder} cannot be loaded: {problem}") from problem
    if shape != (1,):
        raise ModelUnavailable(f"The model in {folder} gives a passage {shape[-1]} scores; a reranker gives it one.")
    return model
