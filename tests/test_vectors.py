"""Search by vector gives what NumPy gives by trying every row."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.vectors import Vectors

N_ROWS, DIMENSION = 500, 48
STAMP: dict[str, str | int] = {"revision": 7, "state": "abc"}


def random_vectors(n: int, seed: int) -> np.ndarray:
    """Vectors of lengths from 0.01 to 100, in clusters, so that some are near each other."""
    random = np.random.default_rng(seed)
    centres = np.random.default_rng(0).normal(size=(20, DIMENSION))
    directions = centres[random.integers(20, size=n)] + 0.5 * random.normal(size=(n, DIMENSION))
    return (directions * 10 ** random.uniform(-2, 2, size=(n, 1))).astype(np.float32)


MATRIX = random_vectors(N_ROWS, 1)
QUERIES = random_vectors(20, 2)


def cosines_by_definition(query: np.ndarray) -> np.ndarray:
    query, matrix = query.astype(np.float64), MATRIX.astype(np.float64)
    return matrix @ query / (np.linalg.norm(matrix, axis=1) * np.linalg.norm(query))


def best(query: np.ndarray, limit: int, among: np.ndarray | None = None) -> list[int]:
    cosines = cosines_by_definition(query)
    if among is not None:
        cosines[~among] = -np.inf
    return np.argsort(-cosines, kind="stable")[:limit].tolist()


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    return Vectors.build(MATRIX)


@pytest.mark.parametrize("query", QUERIES)
def test_nearest_rows_are_those_with_the_highest_cosine(vectors: Vectors, query: np.ndarray) -> None:
    assert vectors.nearest(query, limit=10).tolist() == best(query, 10)


@pytest.mark.parametrize("query", QUERIES)
def test_cosines_are_cosines_whatever_the_length_of_the_query(vectors: Vectors, query: np.ndarray) -> None:
    rows = np.arange(N_ROWS)
    expected = cosines_by_definition(query)
    np.testing.assert_allclose(vectors.cosines(query, rows), expected, atol=1e-5)
    np.testing.assert_allclose(vectors.cosines(query * 1000, rows), expected, atol=1e-5)
    assert vectors.cosines(query, np.array([3, 1])).tolist() == pytest.approx(expected[[3, 1]].tolist(), abs=1e-5)


@pytest.mark.parametrize("share", [0.9, 0.1, 0.01])
def test_selection_limits_the_search_exactly(vectors: Vectors, share: float) -> None:
    selection = np.random.default_rng(3).random(N_ROWS) < share
    for query in QUERIES:
        expected = best(query, min(10, int(selection.sum())), selection)
        assert vectors.nearest(query, selection=selection, limit=10).tolist() == expected


def test_selection_of_nothing_finds_nothing(vectors: Vectors) -> None:
    assert vectors.nearest(QUERIES[0], selection=np.zeros(N_ROWS, dtype=bool), limit=10).tolist() == []


def test_limit_above_the_number_of_rows_gives_all_rows(vectors: Vectors) -> None:
    assert sorted(vectors.nearest(QUERIES[0], limit=N_ROWS * 2).tolist()) == list(range(N_ROWS))


@pytest.mark.parametrize("query", [np.zeros(DIMENSION), np.full(DIMENSION, np.nan), np.ones(DIMENSION + 1)])
def test_query_without_direction_or_of_another_dimension_is_refused(vectors: Vectors, query: np.ndarray) -> None:
    with pytest.raises(ValueError, match="query"):
        vectors.nearest(query.astype(np.float32), limit=1)


def test_building_leaves_the_matrix_as_it_was() -> None:
    matrix = MATRIX.copy()
    Vectors.build(matrix)
    np.testing.assert_array_equal(matrix, MATRIX)


def test_saved_vectors_are_loaded_with_the_same_stamp_only(vectors: Vectors, tmp_path: Path) -> None:
    path = tmp_path / "vectors.faiss"
    assert vectors.save(path, STAMP)
    loaded = Vectors.load(path, STAMP)
    assert loaded is not None
    assert len(loaded) == N_ROWS
    np.testing.assert_array_equal(
        loaded.cosines(QUERIES[0], np.arange(N_ROWS)), vectors.cosines(QUERIES[0], np.arange(N_ROWS))
    )
    assert loaded.nearest(QUERIES[0], limit=5).tolist() == best(QUERIES[0], 5)
    assert Vectors.load(path, {**STAMP, "revision": 8}) is None
    assert Vectors.load(path, {**STAMP, "state": "abd"}) is None
    assert Vectors.load(tmp_path / "missing", STAMP) is None


@pytest.mark.parametrize("damage", ["cut", "one bit", "empty", "no stamp", "other bytes"])
def test_damaged_file_is_not_loaded(vectors: Vectors, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "vectors.faiss"
    vectors.save(path, STAMP)
    data = bytearray(path.read_bytes())
    if damage == "one bit":
        data[len(data) // 2] ^= 1
    path.write_bytes(
        {
            "cut": data[: len(data) // 2],
            "one bit": data,
            "empty": b"",
            "no stamp": data.partition(b"\n")[2],
            "other bytes": b"\x00\xff" * 1000,
        }[damage]
    )
    assert Vectors.load(path, STAMP) is None


def test_file_is_replaced_at_once_and_leaves_nothing_beside_it(vectors: Vectors, tmp_path: Path) -> None:
    path = tmp_path / "vectors.faiss"
    vectors.save(path, STAMP)
    vectors.save(path, {"revision": 8})
    assert [file.name for file in tmp_path.iterdir()] == ["vectors.faiss"]
    assert Vectors.load(path, {"revision": 8}) is not None


def test_file_that_cannot_be_written_is_left_out(vectors: Vectors, tmp_path: Path) -> None:
    path = tmp_path / "vectors.faiss"
    path.mkdir()
    assert not vectors.save(path, STAMP)
    assert [file.name for file in tmp_path.iterdir()] == ["vectors.faiss"]
    assert not vectors.save(tmp_path / "no such folder" / "vectors.faiss", STAMP)
