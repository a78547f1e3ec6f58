"""GraphiQL's pages, their files, and the demo's users to choose from."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from http import HTTPStatus
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Scope, Send

from api.graphiql.vendor_files import VENDOR_FILES, VendorFile, has_vendor_files
from api.http import content_negotiation
from api.http.cacheable import compute_version, respond_cacheable
from api.http.server_context import DemoUserSource, ServerContext

_DIRECTORY = Path(__file__).parent
_OWN_FILES = {
    "operations.js": "text/javascript",
    "page.js": "text/javascript",
    "page.css": "text/css",
    "first.graphql": "application/graphql",
    "platform.graphql": "application/graphql",
}


@dataclass(frozen=True)
class Page:
    """A page, and where it finds the rest: addresses relative to its own."""

    name: str
    first_query: str
    files: str = "graphiql"
    users: str = ""
    """Empty for a page whose reader enters a token."""


TENANT_PAGE = Page("Trellis", "first.graphql", users="graphiql/people")
PLATFORM_PAGE = Page("Trellis platform", "platform.graphql", files="../graphiql")
_NOT_LOCAL = (
    "The demo's tokens are only for pages of this machine. Open GraphiQL at localhost or 127.0.0.1,"
    " or enter a token"
)
_HOST_PATTERN = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::[0-9]+)?")
_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; connect-src 'self'; img-src 'self' data:; font-src 'self' data:; "
    "script-src 'self'{cdn_source}; style-src 'self' 'unsafe-inline'{cdn_source}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def is_page_requested(scope: Scope, headers: Mapping[str, str]) -> bool:
    """Return whether a browser requests the page, and not the response to a query."""
    if scope["method"] != "GET" or not content_negotiation.is_media_type_named(
        headers.get("accept"), content_negotiation.HTML
    ):
        return False
    parameters = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return not any(name == "query" for name, _ in parameters)


async def send_page(send: Send, page: Page) -> None:
    """Send a page with GraphiQL."""
    is_local = has_vendor_files()
    body = _render_page(page, is_local=is_local)
    policy = _CONTENT_SECURITY_POLICY.format(
        cdn_source="" if is_local else " https://cdn.jsdelivr.net"
    )
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", b"%d" % len(body)),
        (b"content-security-policy", policy.encode()),
        (b"vary", b"accept"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def build_graphiql_routes(context: ServerContext) -> list[BaseRoute]:
    """List the routes of the page's files and, outside production, of the demo's users."""
    result: list[BaseRoute] = []
    if context.list_demo_users is not None and not context.settings.production:
        result.append(
            Route("/graphiql/people", _create_demo_users_endpoint(context.list_demo_users))
        )
    result.append(Route("/graphiql/{file}", _serve_file))
    return result


def _create_demo_users_endpoint(
    list_demo_users: DemoUserSource,
) -> Callable[[Request], Awaitable[Response]]:
    async def serve_demo_users(request: Request) -> Response:
        """Respond with the demo's users and valid tokens. Raises HTTPException for other sites."""
        if not _is_local_page(request.headers.get("host"), request.headers.get("origin")):
            raise HTTPException(HTTPStatus.FORBIDDEN, _NOT_LOCAL)
        return JSONResponse([asdict(each) for each in await list_demo_users()])

    return serve_demo_users


def _is_local_page(host: str | None, origin: str | None) -> bool:
    """Return whether a page of this machine asks, or a program without an origin.

    The name in `Host` must be a loopback name: a foreign site can point a name of its own to this
    machine (DNS rebinding), and the browser then takes our answers for the site's own.
    """
    match = _HOST_PATTERN.fullmatch(host or "")
    if match is None or not _is_loopback(match[1].strip("[]").lower()):
        return False
    return origin is None or origin.partition("://")[2] == host


def _is_loopback(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


async def _serve_file(request: Request) -> Response:
    """Respond with a file of the page."""
    name = request.path_params["file"]
    if name in _OWN_FILES:
        return respond_cacheable(request, _read_own_file(name), _OWN_FILES[name])
    available = {file.name: file for file in VENDOR_FILES if file.local_path.is_file()}
    if name not in available:
        raise HTTPException(404, "There is no such file")
    media_type = "text/css" if name.endswith(".css") else "text/javascript"
    return respond_cacheable(request, _read_vendor_file(available[name]), media_type)


def _read_own_file(name: str) -> bytes:
    return (_DIRECTORY / name).read_bytes()


@cache
def _read_vendor_file(file: VendorFile) -> bytes:
    return file.local_path.read_bytes()


@cache
def _render_page(page: Page, *, is_local: bool) -> bytes:
    """Render a page. The addresses of its files are relative, and name their versions."""
    tags = "\n    ".join(_render_tag(page, file, is_local=is_local) for file in VENDOR_FILES)
    text = _read_own_file("page.html").decode().replace("<!-- files -->", tags)
    first_query = f"{page.files}/{page.first_query}"
    values = {"name": page.name, "users": page.users, "first query": first_query}
    values |= {file: _build_address(page, file, _read_own_file(file)) for file in _OWN_FILES}
    for name, value in values.items():
        text = text.replace(f"{{{{ {name} }}}}", value)
    return text.encode()


def _render_tag(page: Page, file: VendorFile, *, is_local: bool) -> str:
    address = file.cdn_url
    if is_local:
        address = _build_address(page, file.name, _read_vendor_file(file))
    integrity = f'integrity="{file.integrity}" crossorigin="anonymous"'
    if file.name.endswith(".css"):
        return f'<link rel="stylesheet" href="{address}" {integrity}>'
    return f'<script src="{address}" {integrity}></script>'


def _build_address(page: Page, name: str, content: bytes) -> str:
    return f"{page.files}/{name}?v={compute_version(content)}"
