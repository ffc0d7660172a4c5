"""Exact search by cosine similarity among the vectors of all statements, with FAISS."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

from index.stamped import read_stamped, write_stamped


class Vectors:
    """The vectors of a library's statements, by row number. Immutable, so that threads may share it.

    Rows are kept at unit length and queries are brought to unit length here, so that the inner product that FAISS
    computes is the cosine similarity, from -1 to 1, whatever the length of the vectors that come in.
    """

    def __init__(self, faiss_index: Any) -> None:
        """Takes a flat inner-product index of unit vectors; callers use `build` and `load`."""
        import faiss

        self._faiss_index = faiss_index
        # A view into the memory of FAISS, no copy: shape (n, d), float32.
        self._rows: NDArray[np.float32] = faiss.rev_swig_ptr(
            faiss_index.get_xb(), faiss_index.ntotal * faiss_index.d
        ).reshape(faiss_index.ntotal, faiss_index.d)

    @classmethod
    def build(cls, matrix: NDArray[np.float32]) -> Vectors:
        """Vectors from an array of shape (n, d), float32, rows of any length but zero."""
        faiss = _faiss()
        unit = matrix / np.linalg.norm(matrix, axis=1, keepdims=True)
        faiss_index = faiss.IndexFlatIP(unit.shape[1])
        faiss_index.add(unit.astype(np.float32, copy=False))
        return cls(faiss_index)

    @classmethod
    def load(cls, path: Path, stamp: dict[str, str | int]) -> Vectors | None:
        """Vectors from a file written by `save` with the same stamp; None when missing, stale or damaged."""
        content = read_stamped(path, stamp)
        if content is None:
            return None
        faiss = _faiss()
        position = 0

        def read(n_bytes: int) -> bytes:  # In pieces: a copy of everything would cost hundreds of megabytes.
            nonlocal position
            position += n_bytes
            return bytes(content[position - n_bytes : position])

        return cls(faiss.read_index(faiss.PyCallbackIOReader(read)))

    def save(self, path: Path, stamp: dict[str, str | int]) -> bool:
        """Writes the file that `load` reads; False when it could not be written."""
        return write_stamped(path, stamp, memoryview(_faiss().serialize_index(self._faiss_index)))

    def __len__(self) -> int:
        """Number of rows."""
        return len(self._rows)

    def nearest(
        self, query: NDArray[np.float32], *, selection: NDArray[np.bool_] | None = None, limit: int
    ) -> NDArray[np.int64]:
        """The rows most similar to a query, best first.

        Args:
            query: Shape (d,), any length but zero.
            selection: Shape (n,): the rows to look at; None for all.
            limit: The greatest number of rows wanted.

        Returns:
            Row numbers, at most `limit`; fewer when fewer are selected.

        Raises:
            ValueError: The query has another dimension than the rows, or no direction.
        """
        unit = self._unit(query)
        faiss = _faiss()
        # Without a selector FAISS takes another way, for many queries at once: half as long again for one, and twenty
        # times as long when other programs keep the cores busy.
        if selection is None:
            selector = faiss.IDSelectorAll()
        else:
            selector = faiss.IDSelectorBitmap(np.packbits(selection, bitorder="little"))
        _, rows = self._faiss_index.search(
            unit[np.newaxis], min(limit, len(self)), params=faiss.SearchParameters(sel=selector)
        )
        found: NDArray[np.int64] = rows[0][rows[0] >= 0]  # FAISS fills up with -1.
        return found

    def cosines(self, query: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Cosine similarity of a query, shape (d,), any length but zero, with each of these rows."""
        similarities: NDArray[np.float32] = self._rows[rows] @ self._unit(query)
        return similarities

    def of(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """The vectors of these rows: shape (number of rows, d), unit length."""
        vectors: NDArray[np.float32] = self._rows[rows]
        return vectors

    def _unit(self, query: NDArray[np.float32]) -> NDArray[np.float32]:
        if query.shape != (self._faiss_index.d,):
            raise ValueError(f"The query has shape {query.shape}; the library's vectors have ({self._faiss_index.d},).")
        length = float(np.linalg.norm(query))
        if not 0 < length < np.inf:
            raise ValueError(f"The query vector has length {length}: it has no direction to compare.")
        return np.asarray(query / length, dtype=np.float32)


def _faiss() -> Any:
    if sys.platform == "darwin" and "faiss" not in sys.modules:
        # The wheels of torch and FAISS for macOS each bring an OpenMP runtime of their own; the second one to start
        # aborts the program without this. Source: https://github.com/faiss-wheels/faiss-wheels/issues/73. Both then
        # run, and FAISS starts no threads here: it searches for one query at a time. (Telling FAISS to use one thread
        # would slow torch down: where they share a runtime, they share the number.)
        os.environ.setdefault("KMP_DUPLICATE_LIB_OK", "TRUE")
    import faiss

    return faiss
