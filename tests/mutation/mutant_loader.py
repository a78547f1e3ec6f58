"""Installation of a mutant into the loaded program, so that unchanged modules are not reloaded."""

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
import types
from collections.abc import Iterable, Iterator, Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from tests.mutation.mutators import Mutant

PYTEST_OPTIONS = (
    "-p", "no:cacheprovider", "-p", "no:tests.leaks.leak_detector",
    "-W", "ignore::pytest.PytestAssertRewriteWarning",
)  # fmt: skip
"""Without the leak detector, which reads every row; some libraries are loaded before pytest."""

OWN_PACKAGES = ("api", "domain", "persistence", "tests")
RELOADED_MODULES = (
    "persistence.kernel.journal",
    "persistence.access.closure_tables",
    "persistence.reading.relations",
    "persistence.people",
    "persistence.teams",
)
"""Modules that build tables or relations when they are loaded."""

PRELOADED_MODULES = (
    "api.schema",
    "api.commands.cli",
    "persistence.registry",
    "persistence.kernel.schema.migrations",
    "persistence.reading.reader",
    "tests.access_equivalence.equivalence",
)


def preload(tests: Iterable[str]) -> None:
    """Load the program and the tests, before the processes fork."""
    for each in PRELOADED_MODULES:
        importlib.import_module(each)
    with redirect_stdout(StringIO()):
        pytest.main(["--collect-only", "-q", *PYTEST_OPTIONS, *tests])


def install_mutant(mutant: Mutant) -> None:
    """Replace a module by its mutant: patch its functions, or reload everything.

    Reloading is needed where the changed code runs while rules and classes are built.
    """
    name = mutant.path.removesuffix(".py").replace("/", ".")
    is_early = mutant.scope[:1].isupper() or mutant.scope.startswith("__")
    if is_early or name in RELOADED_MODULES or not _patch_functions(sys.modules[name], mutant):
        for each in [each for each in sys.modules if each.split(".")[0] in OWN_PACKAGES]:
            if not each.startswith("tests.mutation"):
                del sys.modules[each]
        sys.meta_path.insert(0, MutantImporter(name, mutant))


class MutantImporter(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """An importer that returns the mutant in place of its module."""

    def __init__(self, name: str, mutant: Mutant) -> None:
        self.name = name
        self.mutant = mutant

    def find_spec(
        self, name: str, _: Sequence[str] | None, __: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != self.name:
            return None
        return importlib.util.spec_from_loader(name, self, origin=self.mutant.path)

    def exec_module(self, module: types.ModuleType) -> None:
        module.__file__ = str(Path(self.mutant.path).resolve())
        exec(compile(self.mutant.source, self.mutant.path, "exec"), vars(module))


def _patch_functions(module: types.ModuleType, mutant: Mutant) -> bool:
    """Replace the code of the module's functions; return False where a function does not fit."""
    broken = types.ModuleType(module.__name__)
    broken.__file__ = module.__file__
    exec(compile(mutant.source, mutant.path, "exec"), vars(broken))
    new = dict(_list_functions(broken, module.__name__))
    for name, function in _list_functions(module, module.__name__):
        if name not in new or len(function.__code__.co_freevars) != len(
            new[name].__code__.co_freevars
        ):
            return False
        function.__code__ = new[name].__code__
        function.__defaults__ = new[name].__defaults__
        function.__kwdefaults__ = new[name].__kwdefaults__
    for value in vars(module).values():
        getattr(value, "cache_clear", int)()  # a result of the unchanged function
    for name, value in vars(broken).items():
        if isinstance(value, str | int | tuple | frozenset) and not name.startswith("__"):
            setattr(module, name, value)
    return not _has_other_changes(module, broken)


def _has_other_changes(module: types.ModuleType, broken: types.ModuleType) -> bool:
    """Return whether something besides functions and plain values differs."""
    plain = (types.FunctionType, type, str, int, tuple, frozenset, types.ModuleType)
    return any(
        repr(value) != repr(vars(broken)[name])
        for name, value in vars(module).items()
        if not name.startswith("__")
        and not isinstance(value, plain)
        and " at 0x" not in repr(value)
    )


def _list_functions(
    holder: Any, home: str, path: str = ""
) -> Iterator[tuple[str, types.FunctionType]]:
    """List every function that a module defines, with methods and wrapped ones, by its path."""
    for name, value in list(vars(holder).items()):
        if isinstance(value, type) and value.__module__ == home and not path:
            yield from _list_functions(value, home, f"{name}.")
        ways = (getattr(value, each, None) for each in ("fget", "func", "__func__"))
        inner = next(filter(None, ways), value)
        inner = getattr(inner, "__wrapped__", inner)
        if isinstance(inner, types.FunctionType) and inner.__module__ == home:
            yield path + name, inner
