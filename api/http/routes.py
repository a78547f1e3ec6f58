"""All routes of the process, and the application around them."""

from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute, Route, Router, WebSocketRoute
from starlette.types import ASGIApp

from api.graphiql.page import graphiql_routes
from api.http.envelope import Envelope, Refusing
from api.http.graphql import GraphQL
from api.http.probes import Probes
from api.http.wire import Wire
from api.streaming.event_stream import EventStream
from api.streaming.websocket import WebSockets


def application(wire: Wire) -> ASGIApp:
    """The whole wire as one ASGI application."""
    app: ASGIApp = Refusing(Router(routes(wire), redirect_slashes=False))
    if wire.settings.allowed_origins:
        app = CORSMiddleware(
            app,
            allow_origins=wire.settings.allowed_origins,
            allow_methods=("GET", "POST"),
            allow_headers=(
                "authorization",
                "content-type",
                "idempotency-key",
                "x-request-id",
                "traceparent",
            ),
            expose_headers=("x-request-id", "retry-after"),
            max_age=7200,
        )
    return Envelope(app, wire)


def routes(wire: Wire) -> list[BaseRoute]:
    """Every path that exists, the busiest first."""
    probes = Probes(wire)
    found: list[BaseRoute] = [
        Route("/graphql", GraphQL(wire)),
        WebSocketRoute("/graphql", WebSockets(wire)),
        Route("/graphql/stream", EventStream(wire)),
        Route("/livez", probes.livez),
        Route("/readyz", probes.readyz),
        Route("/metrics", probes.metrics),
        Route("/openapi.yaml", probes.openapi),
    ]
    if wire.settings.serves_graphiql:
        found += graphiql_routes(wire)
    return found
