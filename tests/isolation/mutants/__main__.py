"""Break what keeps people apart in every small way: python -m tests.isolation.mutants [path ...].

A test has to notice each. Ends with 1 where fewer than nine in ten are noticed, or where the loss
of one predicate is not. What changes nothing is told in tolerated.yaml, with the reason.
"""

import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest  # noqa: F401
import sqlalchemy.ext.asyncio  # noqa: F401
import strawberry  # noqa: F401
import yaml

import alembic  # noqa: F401 - libraries are loaded once, before the processes part
from persistence.embedded import EmbeddedPostgres
from tests.isolation.mutants.breaking import DROP, Mutant, mutants
from tests.isolation.mutants.grafting import warm_up
from tests.isolation.mutants.running import made_anew, outcomes, passes
from tests.isolation.mutants.selection import NOTICED_BY

SHARE = 0.9
TOLERATED: dict[str, str] = (
    yaml.safe_load(Path(__file__).with_name("tolerated.yaml").read_text(encoding="utf-8")) or {}
)


def main() -> int:
    """Make the mutants, have them tested, and say what became of them."""
    warm_up()
    asked = sys.argv[1:]
    paths = [path for path in NOTICED_BY if not asked or any(each in path for each in asked)]
    found = [each for path in paths for each in mutants(path, Path(path).read_text("utf-8"))]
    with (
        tempfile.TemporaryDirectory(prefix="trellis-mutants-") as home,
        EmbeddedPostgres(Path(home) / "postgres", lasting=False) as at,
    ):
        jobs = range(os.cpu_count() or 1)
        databases = [at.owner.replace("/trellis?", f"/mutants_{each}?") for each in jobs]
        log = Path(home) / "log"
        _rehearse(paths, databases, log)
        return _report(list(_run(found, databases, log)))


def _rehearse(paths: list[str], databases: list[str], log: Path) -> None:
    """Make the databases, and see that the tests pass while nothing is broken."""
    tests = tuple(dict.fromkeys(each for path in paths for each in NOTICED_BY[path]))
    for each in databases:
        made_anew(each)
        if not passes(tests, each, log):
            print(log.with_suffix(".rehearsal").read_text()[-3000:])
            raise SystemExit("The tests fail before anything is broken.")


def _run(found: list[Mutant], databases: list[str], log: Path) -> Iterator[tuple[Mutant, bool]]:
    started = time.monotonic()
    for number, (mutant, noticed) in enumerate(outcomes(found, databases, log), 1):
        if not noticed and mutant.name not in TOLERATED:
            print(f"SURVIVED at line {mutant.line}: {mutant.name}", flush=True)
        if number % 25 == 0:
            print(f"{number} of {len(found)} in {time.monotonic() - started:,.0f} s", flush=True)
        yield mutant, noticed


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
    known = {mutant.name for mutant, _ in results}
    stale = [name for name in TOLERATED if name.split()[0] in total and name not in known]
    for name in stale:
        print(f"STALE in tolerated.yaml: {name}")
    return bool(open_) or bool(stale) or share < SHARE


if __name__ == "__main__":
    sys.exit(main())
