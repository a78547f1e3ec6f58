"""Mutation testing of the access code: python -m tests.mutation [path ...].

Breaks each module in every small way; a test has to fail for each mutant. Ends with 1 where fewer
than nine in ten mutants are noticed, or where a lost predicate is not. Mutants that change nothing
are listed in equivalent_mutants.yaml, with the reason. Mutants that were noticed are cached until
their module changes, so an interrupted run continues where it stopped.
`--few` tries one lost predicate in every eighth module, and `--rerun` ignores the cache.
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
from tests.mutation.mutant_loader import preload
from tests.mutation.mutators import DROP_PREDICATE, Mutant, generate_mutants
from tests.mutation.runner import recreate_database, run_baseline, run_mutants
from tests.mutation.selection import MIGRATED_SCHEMA, MUTATED_SCOPES, TESTS_BY_MODULE

MIN_MUTATION_SCORE = 0.9
JOBS = min(2, os.cpu_count() or 1)
FEW_FLAG, RERUN_FLAG = "--few", "--rerun"
CACHE_FILE = Path(".pytest_cache/mutants")
"""The hashes of the mutants that were noticed, a line each."""
EQUIVALENT_MUTANTS: dict[str, str] = (
    yaml.safe_load(Path(__file__).with_name("equivalent_mutants.yaml").read_text(encoding="utf-8"))
    or {}
)


def main() -> int:
    """Generate the mutants, test them, and report; return the exit status."""
    filters = [each for each in sys.argv[1:] if not each.startswith("--")]
    paths = [
        path for path in TESTS_BY_MODULE if not filters or any(each in path for each in filters)
    ]
    found = [each for path in paths for each in _select_mutants(path)]
    if unmatched := _find_unmatched(found):
        print("\n".join(f"UNMATCHED in equivalent_mutants.yaml: {each}" for each in unmatched))
        return 1
    if FEW_FLAG in sys.argv:
        found = _pick_eighth(
            [_pick_representative(list(each)) for _, each in groupby(found, lambda each: each.path)]
        )
    preload(_collect_tests(found))
    known = set() if {FEW_FLAG, RERUN_FLAG} & set(sys.argv) else _load_cached_hashes()
    with (
        tempfile.TemporaryDirectory(prefix="trellis-mutants-") as home,
        EmbeddedPostgres(Path(home) / "postgres", is_durable=False) as at,
    ):
        databases = [at.owner.replace("/trellis?", f"/mutants_{each}?") for each in range(JOBS)]
        log = Path(home) / "log"
        _prepare_databases(found, databases, log)
        return _report_results(list(_run_mutants(found, known, databases, log)))


def _select_mutants(path: str) -> Iterator[Mutant]:
    for each in generate_mutants(path, Path(path).read_text("utf-8")):
        if path not in MUTATED_SCOPES or each.scope in MUTATED_SCOPES[path]:
            yield each


def _pick_representative(found: list[Mutant]) -> Mutant:
    """Pick the first mutant that lost a predicate on the tenant, or else any predicate."""
    found = [each for each in found if each.name not in EQUIVALENT_MUTANTS]
    return min(found, key=lambda each: (each.kind != DROP_PREDICATE, "tenant" not in each.before))


def _pick_eighth(found: list[Mutant]) -> list[Mutant]:
    """Pick every eighth mutant. A change of any module decides anew which eighth it is."""
    digest = sha256("".join(map(_hash_mutant, found)).encode()).digest()
    return found[digest[0] % 8 :: 8]


def _prepare_databases(found: list[Mutant], databases: list[str], log: Path) -> None:
    """Create the databases, and check that the tests pass on unchanged code.

    With --few the tests are not run first: the suite that calls it has run them.
    """
    for each in databases:
        recreate_database(each)
        is_first = each == databases[0] and FEW_FLAG not in sys.argv
        tests = _collect_tests(found) if is_first else [MIGRATED_SCHEMA]
        if not run_baseline(tests, each, log):
            print(log.with_suffix(".rehearsal").read_text()[-3000:])
            raise SystemExit("The tests fail on unchanged code.")


def _collect_tests(found: list[Mutant]) -> list[str]:
    return list(dict.fromkeys(test for each in found for test in TESTS_BY_MODULE[each.path]))


def _run_mutants(
    found: list[Mutant], known: set[str], databases: list[str], log: Path
) -> Iterator[tuple[Mutant, bool]]:
    started = time.monotonic()
    cached = [each for each in found if _hash_mutant(each) in known]
    new = [each for each in found if _hash_mutant(each) not in known]
    new.sort(key=lambda each: each.kind != DROP_PREDICATE)  # what matters most comes first
    print(f"{len(cached)} of {len(found)} were noticed before", flush=True)
    yield from ((each, True) for each in cached)
    for number, (mutant, noticed) in enumerate(run_mutants(new, databases, log), 1):
        if noticed:
            _cache_mutant(mutant)
        elif mutant.name not in EQUIVALENT_MUTANTS:
            print(f"SURVIVED at line {mutant.line}: {mutant.name}", flush=True)
        if number % 25 == 0:
            print(f"{number} of {len(new)} in {time.monotonic() - started:,.0f} s", flush=True)
        yield mutant, noticed


def _load_cached_hashes() -> set[str]:
    return set(CACHE_FILE.read_text().split()) if CACHE_FILE.exists() else set()


def _cache_mutant(mutant: Mutant) -> None:
    CACHE_FILE.parent.mkdir(exist_ok=True)
    with CACHE_FILE.open("a") as file:
        file.write(f"{_hash_mutant(mutant)}\n")


def _hash_mutant(mutant: Mutant) -> str:
    return sha256(f"{mutant.path}\n{mutant.source}".encode()).hexdigest()


def _report_results(results: list[tuple[Mutant, bool]]) -> int:
    """Print the scores; return 1 where they are too low."""
    survivors = [each for each, noticed in results if not noticed]
    equal = [each for each in survivors if each.name in EQUIVALENT_MUTANTS]
    missed = [each for each in survivors if each.name not in EQUIVALENT_MUTANTS]
    total = Counter(mutant.path for mutant, _ in results)
    lost = Counter(mutant.path for mutant in missed)
    same = Counter(mutant.path for mutant in equal)
    for path, count in total.items():
        noticed = count - lost[path] - same[path]
        print(f"{path}: {noticed} of {count - same[path]} noticed, {same[path]} change nothing")
    dropped = [
        mutant for mutant, _ in results if mutant.kind == DROP_PREDICATE and mutant not in equal
    ]
    open_predicates = [mutant for mutant in missed if mutant.kind == DROP_PREDICATE]
    share = 1 - len(missed) / max(len(results) - len(equal), 1)
    print(f"{share:.1%} of {len(results) - len(equal)} mutants noticed")
    print(f"{len(dropped) - len(open_predicates)} of {len(dropped)} lost predicates noticed")
    stale = [] if FEW_FLAG in sys.argv else _find_stale(results)
    for name in stale:
        print(f"STALE in equivalent_mutants.yaml: {name}")
    return bool(open_predicates) or bool(stale) or share < MIN_MUTATION_SCORE


def _find_unmatched(mutants: list[Mutant]) -> list[str]:
    """List the equivalent mutants of these modules that no mutant matches: the code has changed."""
    paths = {each.path for each in mutants}
    names = {each.name for each in mutants}
    return [each for each in EQUIVALENT_MUTANTS if each.split()[0] in paths and each not in names]


def _find_stale(results: list[tuple[Mutant, bool]]) -> list[str]:
    """List the equivalent mutants of these modules that a test noticed after all."""
    paths = {mutant.path for mutant, _ in results}
    survived = {mutant.name for mutant, noticed in results if not noticed}
    return [
        name for name in EQUIVALENT_MUTANTS if name.split()[0] in paths and name not in survived
    ]


if __name__ == "__main__":
    sys.exit(main())
