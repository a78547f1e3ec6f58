"""Set-up: fetch GraphiQL's files with npm. Says so and goes on where that is not possible."""

import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from api.graphiql.files import FILES, VENDOR, VendorFile, are_kept

_SECONDS = 120


def main() -> int:
    """Fetch what is missing."""
    if are_kept():
        return 0
    npm = shutil.which("npm")
    if npm is None:
        print("npm is not here: GraphiQL will load its files from a pinned address.")
        return 0
    try:
        with tempfile.TemporaryDirectory() as directory:
            for package in dict.fromkeys(file.package for file in FILES):
                archive = _packed(npm, package, Path(directory))
                _keep(archive, [file for file in FILES if file.package == package])
    except (subprocess.SubprocessError, OSError, tarfile.TarError, KeyError, ValueError) as error:
        print(f"npm did not deliver ({type(error).__name__}): a pinned address serves.")
    return 0


def _packed(npm: str, package: str, directory: Path) -> Path:
    done = subprocess.run(
        [npm, "pack", "--silent", "--pack-destination", str(directory), package],
        check=True,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
    )
    return directory / done.stdout.strip().splitlines()[-1]


def _keep(archive: Path, files: list[VendorFile]) -> None:
    VENDOR.mkdir(exist_ok=True)
    with tarfile.open(archive) as packed:
        for file in files:
            member = packed.extractfile(f"package/{file.path}")
            content = member.read() if member else b""
            if not file.is_genuine(content):
                raise ValueError(f"{file.package} holds another {file.name} than expected.")
            # Written beside and moved: a set-up that is cut short leaves no half a file.
            beside = file.kept.with_suffix(".part")
            beside.write_bytes(content)
            beside.replace(file.kept)


if __name__ == "__main__":
    sys.exit(main())
