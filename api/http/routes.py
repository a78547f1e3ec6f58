"""All routes of the process, and the ASGI application around them."""

from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute, Route, Router, WebSocketRoute
from starlette.types import ASGIApp

from api.graphiql.page import build_graphiql_routes
from api.http.descriptions import DescriptionRoutes
from api.http.endpoint import GraphQLEndpoint
from api.http.health import OperationalRoutes
from api.http.middleware import ErrorMiddleware, RequestMiddleware
from api.http.server_context import ServerContext
from api.streaming.event_stream import EventStreamEndpoint
from api.streaming.websocket import WebSocketEndpoint


def build_application(context: ServerContext) -> ASGIApp:
    """Build the ASGI application: the routes inside their middleware."""
    app: ASGIApp = ErrorMiddleware(Router(build_routes(context), redirect_slashes=False))
    if context.settings.allowed_origins:
        app = CORSMiddleware(
            app,
            allow_origins=context.settings.allowed_origins,
            allow_methods=("GET", "POST"),
            allow_headers=(
                "authorization",
                "content-type",
                "idempotency-key",
                "x-request-id",
                "traceparent",
            ),
            expose_headers=("x-request-id", "x-client-request-id", "retry-after"),
            max_age=7200,
        )
    return RequestMiddleware(app, context)


def build_routes(context: ServerContext) -> list[BaseRoute]:
    """List every route. Starlette tries them in order, so the busiest come first."""
    operational = OperationalRoutes(context)
    descriptions = DescriptionRoutes(context)
    result: list[BaseRoute] = [
        Route("/graphql", GraphQLEndpoint(context)),
        WebSocketRoute("/graphql", WebSocketEndpoint(context)),
        Route("/graphql/stream", EventStreamEndpoint(context)),
        Route("/livez", operational.livez),
        Route("/readyz", operational.readyz),
        Route("/metrics", operational.metrics),
        Route("/openapi.yaml", descriptions.openapi),
        Route("/graphql/schema.graphql", descriptions.sdl),
    ]
    if context.settings.is_graphiql_enabled:
        result += build_graphiql_routes(context)
    return result
