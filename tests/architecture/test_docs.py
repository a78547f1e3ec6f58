"""The documentation: generated parts are current, links lead somewhere, the README stays short."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from domain.kernel.aggregate import Aggregate
from domain.permission_table import CONCEPTS
from persistence.kernel.mapping.registry import MAPPINGS
from persistence.registry import metadata  # noqa: F401 - registers every concept

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")], key=lambda path: path.as_posix()
)
MAX_README_LINES = 200
MAX_LINE_LENGTH = 120
_PATH = re.compile(
    r"`((?:api|domain|persistence|tests|benchmarks|alembic|docker|openapi)/[\w./-]*)`"
)
DECISION_SECTIONS = ["Context", "Decision", "Consequences"]


def test_generated_parts_are_current() -> None:
    stale = [str(path.relative_to(ROOT)) for path, _ in _load_generator().find_stale_pages()]

    assert stale == [], "Run `make docs`."


def test_the_readme_is_short() -> None:
    lines = (ROOT / "README.md").read_text().splitlines()

    assert len(lines) <= MAX_README_LINES
    assert [line for line in lines if len(line) > MAX_LINE_LENGTH] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    broken = [link for link in _find_links(page) if not _leads_somewhere(page, link)]

    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_path_that_a_page_names_exists(page: Path) -> None:
    missing = [name for name in _PATH.findall(page.read_text()) if not (ROOT / name).exists()]

    assert missing == []


def test_every_decision_is_listed_and_has_its_sections() -> None:
    folder = ROOT / "docs" / "decisions"
    records = sorted(path.name for path in folder.glob("[0-9]*.md"))
    index = (folder / "README.md").read_text()

    assert re.findall(r"\]\(([^)]+)\)", index) == records
    for name in records:
        headings = re.findall(r"^## (.+)$", (folder / name).read_text(), re.MULTILINE)
        assert headings == DECISION_SECTIONS, name


def _find_links(page: Path) -> list[str]:
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(), flags=re.DOTALL)
    links = re.findall(r"\]\(([^)\s]+)\)", text)
    return [link for link in links if "://" not in link]


def _leads_somewhere(page: Path, link: str) -> bool:
    name, _, fragment = link.partition("#")
    target = page.parent / name if name else page
    if not target.exists():
        return False
    return not fragment or fragment in _list_anchors(target)


def _list_anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def _load_generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generator", ROOT / ".ci" / "docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_permission_table_has_every_concept() -> None:
    assert {*CONCEPTS} == {each for each in MAPPINGS if issubclass(each, Aggregate)}
