"""Set-up: fetch GraphiQL's files with npm. Says so and goes on where that is not possible."""

import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from api.graphiql.vendor_files import VENDOR_DIRECTORY, VENDOR_FILES, VendorFile, has_vendor_files

_NPM_TIMEOUT = 120


def main() -> int:
    """Fetch what is missing."""
    if has_vendor_files():
        return 0
    npm = shutil.which("npm")
    if npm is None:
        print("npm is not here: GraphiQL will load its files from a pinned address.")
        return 0
    try:
        with tempfile.TemporaryDirectory() as directory:
            for package in dict.fromkeys(file.package for file in VENDOR_FILES):
                archive = _download_package(npm, package, Path(directory))
                _extract_files(archive, [file for file in VENDOR_FILES if file.package == package])
    except (subprocess.SubprocessError, OSError, tarfile.TarError, KeyError, ValueError) as error:
        print(f"npm did not deliver ({type(error).__name__}): a pinned address serves.")
    return 0


def _download_package(npm: str, package: str, directory: Path) -> Path:
    process = subprocess.run(
        [npm, "pack", "--silent", "--pack-destination", str(directory), package],
        check=True,
        capture_output=True,
        text=True,
        timeout=_NPM_TIMEOUT,
    )
    return directory / process.stdout.strip().splitlines()[-1]


def _extract_files(archive: Path, files: list[VendorFile]) -> None:
    VENDOR_DIRECTORY.mkdir(exist_ok=True)
    with tarfile.open(archive) as tar:
        for file in files:
            member = tar.extractfile(f"package/{file.path}")
            content = member.read() if member else b""
            if not file.has_expected_hash(content):
                raise ValueError(f"{file.package} holds another {file.name} than expected.")
            # Written beside and moved: a set-up that is cut short leaves no half a file.
            partial = file.local_path.with_suffix(".part")
            partial.write_bytes(content)
            partial.replace(file.local_path)


if __name__ == "__main__":
    sys.exit(main())
