"""The wheel holds every module and every data file, so an installed Trellis can serve."""

import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = "import sys; from setuptools.build_meta import build_wheel; build_wheel(sys.argv[1])"
PACKAGES = ("api", "domain", "persistence", "openapi")
FOLDERS = (*PACKAGES, "alembic")
IGNORED = ("__pycache__", "vendor", ".gitignore", "*.graphql")
"""Files that the wheel need not hold: caches, GraphiQL's fetched files, and the generated SDL."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy, because setuptools writes beside the sources."""
    source = tmp_path_factory.mktemp("source")
    for each in FOLDERS:
        shutil.copytree(ROOT / each, source / each, ignore=shutil.ignore_patterns(*IGNORED))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    target = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-c", BUILD, str(target)],
        cwd=source,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return next(target.glob("trellis-*.whl"))


def is_ignored(path: Path) -> bool:
    return any(fnmatch(part, each) for part in path.parts for each in IGNORED)


def test_the_wheel_contains_every_file(wheel: Path) -> None:
    names = (each for each in ZipFile(wheel).namelist() if ".dist-info/" not in each)
    packed = {re.sub(r"^trellis-.*\.data/data/share/trellis/", "", each) for each in names}
    assert packed == {
        str(path.relative_to(ROOT))
        for each in FOLDERS
        for path in (ROOT / each).rglob("*")
        if path.is_file() and not is_ignored(path.relative_to(ROOT))
    }


def test_an_unpacked_wheel_prints_its_schema(wheel: Path, tmp_path: Path) -> None:
    ZipFile(wheel).extractall(tmp_path)
    printed = subprocess.run(
        [sys.executable, "-m", "api.commands.cli", "schema"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert printed.returncode == 0, printed.stderr
    assert printed.stdout == (ROOT / "openapi" / "schema.graphql").read_text()
