"""The wheel, built from a copy of the checkout and installed into an environment of its own."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("corpus", "index", "ingest", "page", "qa")
MODULES = ("cli.py", "ui.py")
UNSHIPPED = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "dist")

IMPORT_WITHOUT_POSIX = """
import importlib, json, sys
for name in ("fcntl", "grp", "pwd", "resource", "termios"):
    sys.modules[name] = None  # an import of it now fails, as on Windows
print(json.dumps({name: importlib.import_module(name).__file__ for name in sys.argv[1:]}))
"""


def shipped_files(root: Path) -> set[str]:
    """Every file of the packages, by its path from the root: code and data, but nothing hidden or compiled."""
    found = {file for package in PACKAGES for file in (root / package).rglob("*") if file.is_file()}
    paths = {file.relative_to(root) for file in found} | {Path(name) for name in MODULES}
    return {path.as_posix() for path in paths if "__pycache__" not in path.parts and path.name[0] != "."}


def run(*command: str | Path, folder: Path, library: Path | None = None) -> str:
    """The standard output of a command that must succeed, run in a folder where nothing of the checkout is."""
    environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME"}}
    if library:
        environment["PINCITE_LIBRARY"] = str(library)
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=environment,
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without a network.

    From a copy, because setuptools builds in the source tree: what an earlier build left in `build/` would get into
    the wheel, and the build would leave its own files in the checkout.
    """
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT, folder / "source", ignore=UNSHIPPED)
    pip_wheel = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-build-isolation", "--no-deps", "--no-index")
    run(*pip_wheel, "--wheel-dir", folder, folder / "source", folder=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def environment(wheel: Path) -> Path:
    """An environment with the wheel in it, as the user's pip installs it.

    The packages that Pincite needs take gigabytes and a minute to install, so this environment borrows those of the
    environment that runs the tests. It does so by a path in a .pth file, through which no other .pth file takes
    effect: the editable install of the checkout does not reach here. That all it imports is declared as a dependency
    is a test of its own.
    """
    folder = wheel.parent / "environment"
    venv.create(folder, symlinks=os.name != "nt")
    python = scripts(folder) / "python"
    # Before anything is borrowed: pip must not find, and remove, the Pincite of the tests' own environment.
    pip_install = (sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index")
    run(*pip_install, wheel, folder=folder)
    (site_packages(folder) / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder


def scripts(environment: Path) -> Path:
    return Path(sysconfig.get_path("scripts", "venv", {"base": str(environment)}))


def site_packages(environment: Path) -> Path:
    return Path(sysconfig.get_path("purelib", "venv", {"base": str(environment)}))


def test_wheel_holds_every_file_of_the_packages_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    metadata = {name for name in names if ".dist-info/" in name}
    assert names - metadata == shipped_files(ROOT)
    assert any(name.endswith("/licenses/LICENSE") for name in metadata)


def test_every_module_is_ours_and_imports_without_modules_that_windows_lacks(environment: Path, tmp_path: Path) -> None:
    sources = sorted(Path(name).with_suffix("") for name in shipped_files(ROOT) if name.endswith(".py"))
    modules = [".".join(path.parts).removesuffix(".__init__") for path in sources if path.name != "__main__"]
    output = run(scripts(environment) / "python", "-c", IMPORT_WITHOUT_POSIX, *modules, folder=tmp_path)
    files = json.loads(output)
    assert set(files) == set(modules)
    assert not [file for file in files.values() if not Path(file).is_relative_to(site_packages(environment))]


def test_installed_command_explains_itself(environment: Path, tmp_path: Path) -> None:
    assert "Usage" in run(scripts(environment) / "pincite", "--help", folder=tmp_path)


def test_installed_command_lists_the_documents_of_an_empty_library(environment: Path, tmp_path: Path) -> None:
    pincite = scripts(environment) / "pincite"
    output = run(pincite, "documents", "--json", folder=tmp_path, library=tmp_path / "library")
    assert isinstance(json.loads(output), list)


def test_installed_command_answers_from_the_starter_documents(environment: Path, tmp_path: Path) -> None:
    question = "What is recommended on compensation in Serbia?"
    pincite = scripts(environment) / "pincite"
    output = run(pincite, "ask", question, "--json", folder=tmp_path, library=tmp_path / "library")
    answer = json.loads(output)
    assert answer["answered"]
    assert {group["country"] for group in answer["groups"]} == {"RS"}


def test_every_imported_package_is_a_declared_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {distribution_name(re.split(r"[^\w.-]", line)[0]) for line in project["dependencies"]}
    trees = [
        ast.parse((ROOT / name).read_text(encoding="utf-8")) for name in shipped_files(ROOT) if name.endswith(".py")
    ]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level}
    ours = {*PACKAGES, *(name.removesuffix(".py") for name in MODULES)}
    foreign = {name.partition(".")[0] for name in imported} - sys.stdlib_module_names - ours
    distributions = importlib.metadata.packages_distributions()
    providers = {name: {distribution_name(each) for each in distributions.get(name, [])} for name in foreign}
    assert not {name: found for name, found in providers.items() if not found & declared}


def distribution_name(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
