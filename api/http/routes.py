"""All routes of the process, and the ASGI application around them."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route, Router, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from api.bulk_processing.route import BulkRoutes
from api.graphiql.page import build_graphiql_routes
from api.http.charts import ChartRoutes
from api.http.cross_origin import CrossOriginMiddleware
from api.http.descriptions import DescriptionRoutes
from api.http.endpoint import GraphQLEndpoint, PlatformEndpoint
from api.http.health import OperationalRoutes
from api.http.middleware import ErrorMiddleware, RequestMiddleware
from api.http.path_prefix import REDIRECT_BASE
from api.http.server_context import LOCAL_ORIGIN, ServerContext
from api.oauth.route import TokenRoute
from api.platform.route import FileRoute
from api.respond.endpoint import RespondRoute
from api.scim.route import ScimRoutes
from api.streaming.event_stream import EventStreamEndpoint
from api.streaming.websocket import WebSocketEndpoint

ALLOWED_HEADERS = (
    "authorization",
    "content-type",
    "content-digest",
    "idempotency-key",
    "trellis-preview",
    "x-request-id",
    # of OpenTelemetry and Sentry
    "traceparent",
    "tracestate",
    "baggage",
    "sentry-trace",
    # of Apollo's clients
    "apollo-require-preflight",
    "apollographql-client-name",
    "apollographql-client-version",
    "x-apollo-operation-id",
    "x-apollo-operation-name",
)
"""The request headers that browsers may send from other origins."""


def build_application(context: ServerContext) -> ASGIApp:
    """Build the ASGI application: the routes inside their middleware."""
    graphql = Route("/graphql", GraphQLEndpoint(context))
    router = Router([graphql, *build_routes(context)], redirect_slashes=False)
    app: ASGIApp = ErrorMiddleware(_find_first(graphql, router))
    settings = context.settings
    if settings.is_cors_enabled:
        app = CrossOriginMiddleware(
            app,
            allow_origins=settings.allowed_origins,
            allow_origin_regex=None if settings.production else LOCAL_ORIGIN.pattern,
            allow_methods=("GET", "POST", "PUT"),
            allow_headers=ALLOWED_HEADERS,
            expose_headers=("x-request-id", "x-client-request-id", "retry-after"),
            max_age=7200,
        )
    return RequestMiddleware(app, context)


def build_routes(context: ServerContext) -> list[BaseRoute]:
    """List every route but that of GraphQL over HTTP."""
    operational = OperationalRoutes(context)
    descriptions = DescriptionRoutes(context)
    charts = ChartRoutes(context)
    result: list[BaseRoute] = [
        WebSocketRoute("/graphql", WebSocketEndpoint(context)),
        Route("/graphql/", _redirect_to("../graphql")),
        Route("/graphql/stream", EventStreamEndpoint(context)),
        Route("/platform/graphql", PlatformEndpoint(context)),
        FileRoute(context).build(),
        Route("/kpis/{id}/chart.svg", charts.show),
        Route("/kpis/{id}/chart-links", charts.make_link, methods=["POST"]),
        Route("/respond/{token}", RespondRoute(context).handle, methods=["GET", "POST"]),
        Route("/oauth/token", TokenRoute(context).handle, methods=["GET", "POST"]),
        *ScimRoutes(context).build(),
        *BulkRoutes(context).build(),
        Route("/livez", operational.livez),
        Route("/readyz", operational.readyz),
        Route("/metrics", operational.metrics),
        Route("/openapi.yaml", descriptions.openapi),
        Route("/graphql/schema.graphql", descriptions.sdl),
        Route("/platform/graphql/schema.graphql", descriptions.platform_sdl),
    ]
    if context.settings.is_graphiql_enabled:
        result += [Route("/", _redirect_to("graphql")), *build_graphiql_routes(context)]
    return result


def _find_first(first: Route, router: Router) -> ASGIApp:
    """Return an application that finds one route without the router, which tries them in order."""

    def application(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == "http" and scope["path"] == first.path:
            scope["route"] = first
            return first.app(scope, receive, send)
        return router(scope, receive, send)

    return application


def _redirect_to(path: str) -> Callable[[Request], Response]:
    """Return an endpoint that leads to a relative path, which also holds below a prefix."""

    def redirect(request: Request) -> Response:
        query = f"?{request.url.query}" if request.url.query else ""
        target = f"{request.scope.get(REDIRECT_BASE, '')}{path}{query}"
        return RedirectResponse(target, int(HTTPStatus.PERMANENT_REDIRECT))

    return redirect
