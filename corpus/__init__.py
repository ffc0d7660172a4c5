"""Data that comes with Pincite: the starter library and the catalogue of official reports.

The starter library is digests, written for this project, of the ICMPD non-paper of 2018. A digest restates a document
in other words and says so at its head; it is never the wording of a report.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["starter_files"]

# In the order of the non-paper's chapters.
_DIGESTS = (
    "introduction-and-accession.md",
    "albania.md",
    "bosnia-and-herzegovina.md",
    "kosovo.md",
    "north-macedonia.md",
    "montenegro.md",
    "serbia.md",
    "regional-co-operation.md",
    "eu-and-member-states.md",
    "survey-findings.md",
    "next-steps.md",
)


def starter_files() -> tuple[Path, ...]:
    """Returns the paths of the digests of the starter library, in the order of the document that they restate."""
    folder = Path(__file__).parent / "starter"
    return tuple(folder / name for name in _DIGESTS)
