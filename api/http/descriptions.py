"""The descriptions of the interface: the OpenAPI document and the GraphQL schema as SDL."""

from functools import cache, cached_property
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from api.http.cacheable import respond_cacheable
from api.http.server_context import ServerContext

_OPENAPI_PATH = Path(__file__).parents[2] / "openapi" / "openapi.yaml"


class DescriptionRoutes:
    """The routes that describe the interface. They need no token, for the source is public."""

    def __init__(self, context: ServerContext) -> None:
        self.context = context

    async def openapi(self, request: Request) -> Response:
        """Respond with the description of the HTTP routes."""
        return respond_cacheable(request, _read_openapi(), "application/yaml")

    async def sdl(self, request: Request) -> Response:
        """Respond with the GraphQL schema, as `trellis schema` prints it."""
        return respond_cacheable(request, self._sdl, "text/plain")

    async def platform_sdl(self, request: Request) -> Response:
        """Respond with the schema of the platform, as `trellis platform schema` prints it."""
        return respond_cacheable(request, self._platform_sdl, "text/plain")

    @cached_property
    def _platform_sdl(self) -> bytes:
        return self.context.render_platform_sdl().encode()

    @cached_property
    def _sdl(self) -> bytes:
        # Rendered by the first request: it takes about 80 ms, and most processes never need it.
        return self.context.render_sdl().encode()


@cache
def _read_openapi() -> bytes:
    return _OPENAPI_PATH.read_bytes()
