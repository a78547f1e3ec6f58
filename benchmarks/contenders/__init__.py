"""Contenders: the ways of answering that are measured, each a process of its own."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from benchmarks.personas import Persona

POOL = 5
"""Database connections of each contender."""

Headers = Mapping[str, str]


@dataclass(frozen=True)
class Contender:
    """One way of answering: how its process is started, and how it is told who asks."""

    name: str
    title: str
    command: tuple[str, ...]
    path: str
    headers: Callable[[Persona], Headers]
    environment: Mapping[str, str] = field(default_factory=dict)


def _by_name(persona: Persona) -> Headers:
    """For contenders without authentication: the facts of each persona are known to them."""
    return {"X-Persona": persona.key}


def _by_token(persona: Persona) -> Headers:
    return {"Authorization": f"Bearer {persona.token}"}


def _module(name: str) -> tuple[str, ...]:
    return (sys.executable, "-m", f"benchmarks.contenders.{name}")


CONTENDERS = {
    each.name: each
    for each in (
        Contender("floor", "SQL by hand, bare ASGI", _module("floor"), "/{case}", _by_name),
        Contender("trellis", "Trellis, complete", _module("trellis"), "/graphql", _by_token),
        Contender(
            "strawberry",
            "Strawberry + SQLAlchemy ORM + DataLoader",
            _module("strawberry_plain"),
            "/graphql",
            _by_name,
        ),
    )
}
"""The first is what the others are held against."""
