"""Fetch GraphiQL's files with npm. If that fails, print why and exit with 0."""

import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from api.graphiql.vendor_files import VENDOR_DIRECTORY, VENDOR_FILES, VendorFile, has_vendor_files

_NPM_TIMEOUT = 120


def main() -> int:
    """Fetch the missing files."""
    if has_vendor_files():
        return 0
    npm = shutil.which("npm")
    if npm is None:
        print("npm was not found. GraphiQL loads its files from a pinned CDN URL.")
        return 0
    try:
        with tempfile.TemporaryDirectory() as directory:
            for package in dict.fromkeys(file.package for file in VENDOR_FILES):
                archive = _download_package(npm, package, Path(directory))
                _extract_files(archive, [file for file in VENDOR_FILES if file.package == package])
    except (subprocess.SubprocessError, OSError, tarfile.TarError, KeyError, ValueError) as error:
        print(
            f"npm failed ({type(error).__name__}). GraphiQL loads its files from a pinned CDN URL."
        )
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
                raise ValueError(f"{file.package} contains an unexpected {file.name}.")
            # Written to a temporary file and moved, so that an interruption leaves no partial file.
            partial = file.local_path.with_suffix(".part")
            partial.write_bytes(content)
            partial.replace(file.local_path)


if __name__ == "__main__":
    sys.exit(main())
