"""The page, its files, and the people one may choose to be."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Scope, Send

from api.graphiql.files import FILES, VendorFile, are_kept
from api.http import media
from api.http.wire import People, Wire

_HERE = Path(__file__).parent
_OWN = {
    "page.js": "text/javascript",
    "page.css": "text/css",
    "first.graphql": "application/graphql",
}
_POLICY = (
    "default-src 'none'; connect-src 'self'; img-src 'self' data:; font-src 'self' data:; "
    "script-src 'self'{elsewhere}; style-src 'self' 'unsafe-inline'{elsewhere}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def is_wanted(scope: Scope, headers: Mapping[str, str]) -> bool:
    """Whether a browser asks for the page, rather than a program for an answer."""
    if scope["method"] != "GET" or not media.takes(headers.get("accept"), media.HTML):
        return False
    asked = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return not any(name == "query" for name, _ in asked)


async def send_page(send: Send) -> None:
    """Send the page."""
    is_local = are_kept()
    body = _page(is_local=is_local)
    policy = _POLICY.format(elsewhere="" if is_local else " https://cdn.jsdelivr.net")
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", b"%d" % len(body)),
        (b"content-security-policy", policy.encode()),
        (b"vary", b"accept"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def graphiql_routes(wire: Wire) -> list[BaseRoute]:
    """The page's files and, outside production, the people to be."""
    found: list[BaseRoute] = []
    if wire.people is not None and not wire.settings.production:
        found.append(Route("/graphiql/people", _listing(wire.people)))
    found.append(Route("/graphiql/{file}", _file))
    return found


def _listing(people: People) -> Callable[[Request], Awaitable[Response]]:
    async def listed(_: Request) -> Response:
        """People of the demo with tokens that are ready."""
        return JSONResponse([asdict(each) for each in await people()])

    return listed


async def _file(request: Request) -> Response:
    """A file of the page."""
    name = request.path_params["file"]
    if name in _OWN:
        return Response((_HERE / name).read_bytes(), media_type=_OWN[name])
    return _vendored(name)


def _vendored(name: str) -> Response:
    vendored = {file.name: file for file in FILES if file.kept.is_file()}
    if name not in vendored:
        raise HTTPException(404, "There is no such file")
    media_type = "text/css" if name.endswith(".css") else "text/javascript"
    # The address does not carry the version, the page's integrity hash does.
    return Response(vendored[name].kept.read_bytes(), media_type=media_type)


@cache
def _page(*, is_local: bool) -> bytes:
    tags = "\n    ".join(_tag(file, is_local=is_local) for file in FILES)
    return (_HERE / "page.html").read_text().replace("<!-- files -->", tags).encode()


def _tag(file: VendorFile, *, is_local: bool) -> str:
    address = f"/graphiql/{file.name}" if is_local else file.elsewhere
    held = f'integrity="{file.integrity}" crossorigin="anonymous"'
    if file.name.endswith(".css"):
        return f'<link rel="stylesheet" href="{address}" {held}>'
    return f'<script src="{address}" {held}></script>'
