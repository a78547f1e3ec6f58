"""Structure of the code: external imports, names of folders, and sizes of files and functions."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[2]
LAYERS = ("api", "domain", "persistence")
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 40


def test_the_domain_imports_the_standard_library_and_one_parser_only() -> None:
    """See docs/decisions/0072-formulas-are-parsed-in-the-domain.md."""
    graph = grimp.build_graph("domain", include_external_packages=True, cache_dir=None)
    outside = {
        each: graph.find_modules_that_directly_import(each)
        for each in graph.modules
        if each.split(".")[0] not in {"domain", *sys.stdlib_module_names}
    }
    assert outside == {
        "dateutil": {"domain.recurrences.rules"},
        "holidays": {"domain.working_days.public_holidays"},
        "lark": {"domain.kpis.formulas.parser"},
    }


def test_no_folder_has_a_catch_all_name() -> None:
    banned = {"services", "repositories", "utils", "common", "helpers", "core", "shared", "misc"}
    names = {each.stem for layer in LAYERS for each in (ROOT / layer).rglob("*")}
    assert names & banned == set()


def test_no_top_level_folder_shadows_a_library() -> None:
    assert not (ROOT / "alembic" / "__init__.py").exists()
    assert not (ROOT / "docker" / "__init__.py").exists()


def test_migrations_import_no_live_code() -> None:
    """Later changes of the code must not alter what an old migration does."""
    imported = {
        name.partition(".")[0]
        for path in (ROOT / "alembic" / "versions").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        for name in _list_imported_modules(node)
    }
    assert imported <= {"alembic", "sqlalchemy", *sys.stdlib_module_names}


def test_every_module_says_what_it_is() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path, tree in _iterate_modules()
        if tree.body and not ast.get_docstring(tree)
    ]
    assert silent == []


def test_no_file_is_too_long() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for folder in (*LAYERS, "tests")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if (lines := len(path.read_text().splitlines())) > MAX_FILE_LINES
    }
    assert long == {}


def test_no_function_is_too_long() -> None:
    long = {
        f"{path.relative_to(ROOT)}:{node.name}": lines
        for path, tree in _iterate_modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > MAX_FUNCTION_LINES
    }
    assert long == {}


def _list_imported_modules(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [each.name for each in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module or "."]
    return []


def _iterate_modules() -> Iterator[tuple[Path, ast.Module]]:
    for layer in LAYERS:
        for path in sorted((ROOT / layer).rglob("*.py")):
            yield path, ast.parse(path.read_text())


def test_decimals_become_floats_in_one_place() -> None:
    """See docs/decisions/0060-decimals-become-floats-once.md."""
    converting = {
        str(path.relative_to(ROOT))
        for layer in ("domain", "persistence")
        for path in (ROOT / layer).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "float")
        or (isinstance(node, ast.Name) and node.id == "Double")
    }
    estimates = "persistence/kpis/estimates.py"  # these are never compared exactly
    assert converting == {"persistence/kernel/wire_format.py", estimates}
