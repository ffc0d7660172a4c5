"""What does each ingredient of an answer bring? Leaves one out at a time and measures what is shown then.

python benchmarks/ingredients.py --library DIR QUESTIONS.jsonl [--document ID]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import index.search
from index.embedder import Embedder
from index.library import Library
from qa.answer import Answerer
from qa.evaluating.evaluation import evaluate
from qa.evaluating.expectations import read_questions, read_truth
from qa.evidence import retrieval
from qa.question import concepts
from qa.question.scope import Scope


def _none(*_: object) -> NDArray[np.int64]:
    """No rows, whatever the scores."""
    return np.zeros(0, dtype=np.int64)


# Name, and what is set where to leave the ingredient out.
LEFT_OUT: tuple[tuple[str, tuple[tuple[Any, str, Any], ...]], ...] = (
    ("nothing", ()),
    ("what the words say beside the meaning (coverage of concepts)", ((retrieval, "_COVERAGE_WEIGHT", 0.0),)),
    ("the meaning beside the words (cosine counts a hundredth)", ((retrieval, "_COVERAGE_WEIGHT", 50.0),)),
    ("other wordings of the same thing (thesaurus)", ((concepts, "_SYNONYM_WEIGHT", 0.0),)),
    ("candidates by full text", ((index.search, "_highest", _none),)),
    ("the sentence beside gains from its neighbour", ((retrieval, "_NEIGHBOUR_WEIGHT", 0.0),)),
    ("newest edition first", ((retrieval, "_NEWEST", 0.0),)),
    ("years in periods", ((retrieval, "_OF_THE_YEAR", 0.0), (retrieval, "_NEAR_THE_YEAR", 0.0))),
    ("summary and appendix count less", ((retrieval, "_SUMMARY", 0.0), (retrieval, "_APPENDIX", 0.0))),
    ("silence of an own report", ((retrieval, "_NEAR_THE_MATTER", 0.0), (retrieval, "_LEAST_FIT", 0.0))),
)


@contextmanager
def without(settings: tuple[tuple[Any, str, Any], ...]) -> Iterator[None]:
    """Sets names of modules for a while."""
    before = [(module, name, getattr(module, name)) for module, name, _ in settings]
    for module, name, value in settings:
        setattr(module, name, value)
    try:
        yield
    finally:
        for module, name, value in before:
            setattr(module, name, value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--document", help="Id of the one document to ask.")
    arguments = parser.parse_args()
    posed = read_questions(arguments.questions)
    folder = arguments.questions.parent / "truth"
    truth = read_truth(folder) if folder.is_dir() else ()
    answerer = Answerer(Library.open(arguments.library), Embedder.load())
    documents = (arguments.document,) if arguments.document else ()
    scope = Scope(documents=documents)
    run = partial(evaluate, posed, answerer, truth=truth)
    show("left out", None)
    for name, settings in LEFT_OUT:
        with without(settings):
            show(name, run(scope=scope))
    show("only what is on trafficking", run(scope=Scope(documents=documents, anywhere=True)))
    answerer.ask = partial(answerer.ask, lifted={field.name for field in fields(Scope)})  # type: ignore[method-assign]
    show("the scope read from the question", run(scope=scope))


def show(name: str, evaluation: Any) -> None:
    """One line of the table."""
    columns = ("first 3", "recall in 200 words", "answerable refused", "refused", "attribution errors")
    if evaluation is None:
        print(f"{name:62}", *(f"{column:>20}" for column in columns))
        return
    measures = {measure.name: measure.value for measure in evaluation.measures() if measure.kind == "all"}
    values = (measures.get(column) for column in columns)
    print(f"{name:62}", *(f"{'-' if value is None else f'{value:.3f}':>20}" for value in values), flush=True)


if __name__ == "__main__":
    sys.exit(main())
