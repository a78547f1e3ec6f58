"""Break what keeps people apart in every small way: python -m tests.mutation [path ...].

A test has to notice each. Ends with 1 where fewer than nine in ten are noticed, or where the loss
of one predicate is not. What changes nothing is told in equivalent_mutants.yaml, with the reason. What was
noticed once is not tried again while its module stays the same: a run that was broken off goes on.
`--few` tries one lost predicate of each module, and `--anew` everything.
"""

import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from itertools import groupby
from pathlib import Path

import pytest  # noqa: F401
import sqlalchemy.ext.asyncio  # noqa: F401
import strawberry  # noqa: F401
import yaml

import alembic  # noqa: F401 - libraries are loaded once, before the processes part
from persistence.embedded import EmbeddedPostgres
from tests.mutation.mutant_loader import warm_up
from tests.mutation.mutators import DROP, Mutant, mutants
from tests.mutation.runner import made_anew, outcomes, passes
from tests.mutation.selection import HOMES, NOTICED_BY, TABLES

SHARE = 0.9
JOBS = min(2, os.cpu_count() or 1)
FEW, ANEW = "--few", "--anew"
KEPT = Path(".pytest_cache/mutants")
"""The hashes of the mutants that were noticed, a line each."""
TOLERATED: dict[str, str] = (
    yaml.safe_load(Path(__file__).with_name("equivalent_mutants.yaml").read_text(encoding="utf-8"))
    or {}
)


def main() -> int:
    """Make the mutants, have them tested, and say what became of them."""
    asked = [each for each in sys.argv[1:] if not each.startswith("--")]
    paths = [path for path in NOTICED_BY if not asked or any(each in path for each in asked)]
    found = [each for path in paths for each in _mutants(path)]
    if FEW in sys.argv:
        found = [_telling(list(each)) for _, each in groupby(found, lambda each: each.path)]
    warm_up(_tests(found))
    known = set() if {FEW, ANEW} & set(sys.argv) else _kept()
    with (
        tempfile.TemporaryDirectory(prefix="trellis-mutants-") as home,
        EmbeddedPostgres(Path(home) / "postgres", is_durable=False) as at,
    ):
        databases = [at.owner.replace("/trellis?", f"/mutants_{each}?") for each in range(JOBS)]
        log = Path(home) / "log"
        _rehearse(found, databases, log)
        return _report(list(_run(found, known, databases, log)))


def _mutants(path: str) -> Iterator[Mutant]:
    for each in mutants(path, Path(path).read_text("utf-8")):
        if path not in HOMES or each.home in HOMES[path]:
            yield each


def _telling(found: list[Mutant]) -> Mutant:
    """The first that has lost a predicate on the tenant, or at least a predicate."""
    found = [each for each in found if each.name not in TOLERATED]
    return min(found, key=lambda each: (each.kind != DROP, "tenant" not in each.was))


def _rehearse(found: list[Mutant], databases: list[str], log: Path) -> None:
    """Make the databases, and see that the tests pass while nothing is broken.

    A few are tried by a run of all tests, which sees that by itself.
    """
    for each in databases:
        made_anew(each)
        is_first = each == databases[0] and FEW not in sys.argv
        tests = _tests(found) if is_first else [TABLES]
        if not passes(tests, each, log):
            print(log.with_suffix(".rehearsal").read_text()[-3000:])
            raise SystemExit("The tests fail before anything is broken.")


def _tests(found: list[Mutant]) -> list[str]:
    return list(dict.fromkeys(test for each in found for test in NOTICED_BY[each.path]))


def _run(
    found: list[Mutant], known: set[str], databases: list[str], log: Path
) -> Iterator[tuple[Mutant, bool]]:
    started = time.monotonic()
    old = [each for each in found if _hash(each) in known]
    new = [each for each in found if _hash(each) not in known]
    new.sort(key=lambda each: each.kind != DROP)  # what matters most comes first
    print(f"{len(old)} of {len(found)} were noticed before", flush=True)
    yield from ((each, True) for each in old)
    for number, (mutant, noticed) in enumerate(outcomes(new, databases, log), 1):
        if noticed:
            _keep(mutant)
        elif mutant.name not in TOLERATED:
            print(f"SURVIVED at line {mutant.line}: {mutant.name}", flush=True)
        if number % 25 == 0:
            print(f"{number} of {len(new)} in {time.monotonic() - started:,.0f} s", flush=True)
        yield mutant, noticed


def _kept() -> set[str]:
    return set(KEPT.read_text().split()) if KEPT.exists() else set()


def _keep(mutant: Mutant) -> None:
    KEPT.parent.mkdir(exist_ok=True)
    with KEPT.open("a") as file:
        file.write(f"{_hash(mutant)}\n")


def _hash(mutant: Mutant) -> str:
    return sha256(f"{mutant.path}\n{mutant.source}".encode()).hexdigest()


def _report(results: list[tuple[Mutant, bool]]) -> int:
    """Say the shares; 1 where they are too small."""
    survivors = [each for each, noticed in results if not noticed]
    equal = [each for each in survivors if each.name in TOLERATED]
    missed = [each for each in survivors if each.name not in TOLERATED]
    total = Counter(mutant.path for mutant, _ in results)
    lost = Counter(mutant.path for mutant in missed)
    same = Counter(mutant.path for mutant in equal)
    for path, count in total.items():
        noticed = count - lost[path] - same[path]
        print(f"{path}: {noticed} of {count - same[path]} noticed, {same[path]} change nothing")
    dropped = [mutant for mutant, _ in results if mutant.kind == DROP and mutant not in equal]
    open_ = [mutant for mutant in missed if mutant.kind == DROP]
    share = 1 - len(missed) / max(len(results) - len(equal), 1)
    print(f"{share:.1%} of {len(results) - len(equal)} mutants noticed")
    print(f"{len(dropped) - len(open_)} of {len(dropped)} lost predicates noticed")
    stale = [] if FEW in sys.argv else _stale(results)
    for name in stale:
        print(f"STALE in equivalent_mutants.yaml: {name}")
    return bool(open_) or bool(stale) or share < SHARE


def _stale(results: list[tuple[Mutant, bool]]) -> list[str]:
    """What is tolerated of these modules, and does not exist or was noticed."""
    paths = {mutant.path for mutant, _ in results}
    survived = {mutant.name for mutant, noticed in results if not noticed}
    return [name for name in TOLERATED if name.split()[0] in paths and name not in survived]


if __name__ == "__main__":
    sys.exit(main())
