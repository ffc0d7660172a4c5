"""What import-linter cannot check: its graph knows packages, and ui.py and cli.py are single files."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = [
    ROOT / "cli.py",
    ROOT / "ui.py",
    *(
        file
        for package in ("corpus", "index", "ingest", "page", "qa")
        for file in sorted((ROOT / package).rglob("*.py"))
    ),
]
POSIX_ONLY = {"fcntl", "grp", "pwd", "resource", "termios"}


def imported_modules(node: ast.AST) -> set[str]:
    """The top-level modules that this one statement imports; empty for any other node."""
    if isinstance(node, ast.Import):
        return {alias.name.partition(".")[0] for alias in node.names}
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return {node.module.partition(".")[0]}
    return set()


def unguarded_imports(node: ast.AST) -> set[str]:
    """The modules imported at or below a node, but for those under `except ImportError` or a test of the platform."""
    guards: list[ast.AST] = []
    if isinstance(node, ast.Try):
        guards = [handler.type for handler in node.handlers if handler.type]
    elif isinstance(node, ast.If):
        guards = [node.test]
    if any(re.search("ImportError|ModuleNotFoundError|platform", ast.unparse(guard)) for guard in guards):
        return set()
    return imported_modules(node).union(*(unguarded_imports(child) for child in ast.iter_child_nodes(node)))


def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("file", "forbidden"),
    [("cli.py", {"faiss", "gradio", "pypdf", "sqlite3"}), ("ui.py", {"cli", "faiss", "pypdf", "sqlite3"})],
)
def test_interfaces_leave_storage_and_reading_to_the_packages(file: str, forbidden: set[str]) -> None:
    imported = set().union(*(imported_modules(node) for node in ast.walk(parsed(ROOT / file))))
    assert not imported & forbidden


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_modules_that_windows_lacks_are_imported_under_a_guard(file: Path) -> None:
    assert not unguarded_imports(parsed(file)) & POSIX_ONLY


@pytest.mark.parametrize(
    ("code", "unguarded"),
    [
        ("import resource", {"resource"}),
        ("def limit():\n    from resource import setrlimit", {"resource"}),
        ("try:\n    import resource\nexcept ImportError:\n    resource = None", set()),
        ("if sys.platform != 'win32':\n    import resource", set()),
    ],
)
def test_an_import_counts_as_guarded_only_inside_a_guard(code: str, unguarded: set[str]) -> None:
    assert unguarded_imports(ast.parse(code)) == unguarded
