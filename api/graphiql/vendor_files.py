"""The third-party files of the page: exact versions with their hashes.

GraphiQL 4 and React 18 are the last versions with a build that works as a plain script.
"""

import base64
from dataclasses import dataclass
from hashlib import sha384
from pathlib import Path

VENDOR_DIRECTORY = Path(__file__).parent / "vendor"
_CDN_URL = "https://cdn.jsdelivr.net/npm"


@dataclass(frozen=True)
class VendorFile:
    """One file of an npm package."""

    package: str
    path: str
    hash: str

    @property
    def name(self) -> str:
        """Return the name under which the file is stored and served."""
        return self.path.rsplit("/", 1)[-1]

    @property
    def local_path(self) -> Path:
        """Return the path at which set-up stores the file."""
        return VENDOR_DIRECTORY / self.name

    @property
    def cdn_url(self) -> str:
        """Return the pinned CDN URL of the same file."""
        return f"{_CDN_URL}/{self.package}/{self.path}"

    @property
    def integrity(self) -> str:
        """Return the hash in the form of the HTML attribute `integrity`."""
        return f"sha384-{self.hash}"

    def has_expected_hash(self, content: bytes) -> bool:
        """Return whether the content has the expected hash."""
        return base64.b64encode(sha384(content).digest()).decode() == self.hash


VENDOR_FILES = (
    VendorFile(
        "react@18.3.1",
        "umd/react.production.min.js",
        "DGyLxAyjq0f9SPpVevD6IgztCFlnMF6oW/XQGmfe+IsZ8TqEiDrcHkMLKI6fiB/Z",
    ),
    VendorFile(
        "react-dom@18.3.1",
        "umd/react-dom.production.min.js",
        "gTGxhz21lVGYNMcdJOyq01Edg0jhn/c22nsx0kyqP0TxaV5WVdsSH1fSDUf5YJj1",
    ),
    VendorFile(
        "graphiql@4.1.2",
        "graphiql.min.js",
        "9XdHu7ajgGJziD4J1zNBKQ842Q/+zZfDv+ib1eMhZWBH6hPAs806x+Jbcf0yNO6B",
    ),
    VendorFile(
        "graphiql@4.1.2",
        "graphiql.min.css",
        "1el1QShFBnnXTx9x/Cprg82hZWKt0ry29OAYIXt05swbi0KcZDFoj0CWguMpopJr",
    ),
)


def has_vendor_files() -> bool:
    """Return whether set-up has stored every file."""
    return all(file.local_path.is_file() for file in VENDOR_FILES)
