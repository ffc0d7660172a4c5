"""An optional cross-encoder: reads question and statement together, and so judges better, but slowly, how they fit."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.model_files import model_folder
from ingest.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray


class Reranker:
    """A loaded cross-encoder. Threads may share it. The library knows nothing of it: it can be changed at any time.

    Attributes:
        name: The name of its folder, or its name on the hub.
    """

    def __init__(self, name: str, model: Any) -> None:
        """Takes a loaded `CrossEncoder`; callers use `load`."""
        self.name = name
        self._model = model
        self._lock = threading.Lock()  # The tokenizer of a model must not be used by two threads at once.

    @classmethod
    def load(cls, name_or_folder: str) -> Reranker:
        """Loads a cross-encoder.

        Args:
            name_or_folder: A folder with a CrossEncoder of sentence-transformers, or the name of one on the Hugging
                Face hub: taken from the hub's cache on this machine, downloaded only when it is not there.

        Raises:
            ModelError: There is no such model, or it is none that gives one score for two texts.
        """
        name, folder = model_folder(name_or_folder)
        from sentence_transformers import CrossEncoder
        from transformers.utils import logging

        remedy = (
            "Give the folder or name of a CrossEncoder with one score, such as cross-encoder/ms-marco-MiniLM-L6-v2."
        )
        if not _is_cross_encoder(folder):
            # Loaded all the same, it would get a last layer of random numbers.
            raise ModelError(f"The model {name} in {folder} is no cross-encoder. {remedy}")
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        logging.set_verbosity_error()  # type: ignore[no-untyped-call]
        try:
            model = CrossEncoder(str(folder), local_files_only=True)
        except Exception as error:  # Whatever the code of some model's authors raises.
            reason = str(error).rstrip(".")
            raise ModelError(f"The cross-encoder {name} cannot be loaded from {folder}: {reason}. {remedy}") from error
        if model.num_labels != 1:
            raise ModelError(f"The cross-encoder {name} gives {model.num_labels} scores for two texts. {remedy}")
        return cls(name, model)

    def scores(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """How well each text answers a question.

        Returns:
            Shape (n,), float32, in the order of the texts: higher is better; the range is the model's own.
        """
        import numpy as np

        if not texts:
            return np.zeros(0, dtype=np.float32)
        with self._lock:
            scores = self._model.predict([(question, text) for text in texts], show_progress_bar=False)
        return np.asarray(scores, dtype=np.float32)


def _is_cross_encoder(folder: Path) -> bool:
    """Whether the configuration in a folder says that its model scores pairs of texts."""
    own, of_transformers = (_settings(folder / name) for name in ("config_sentence_transformers.json", "config.json"))
    architectures = of_transformers.get("architectures") or []
    return own.get("model_type") == "CrossEncoder" or any("ForSequenceClassification" in each for each in architectures)


def _settings(file: Path) -> dict[str, Any]:
    try:
        settings = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return settings if isinstance(settings, dict) else {}
