"""Contenders: the ways of answering that are measured, each a process of its own."""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.cases import Case
from benchmarks.contenders import node
from benchmarks.personas import Persona
from benchmarks.questions import bare

POOL = 5
"""Database connections of each contender."""

Headers = Mapping[str, str]


@dataclass(frozen=True)
class Contender:
    """One way of answering: how its process is started, and how it is told who asks.

    Without `cases` it answers all; `dialect` says in which folder its own documents are, `missing`
    why it cannot take part on this machine, and `views` what it wants of the database beforehand.
    """

    name: str
    title: str
    command: tuple[str, ...]
    path: str
    headers: Callable[[Persona], Headers]
    dialect: str = ""
    prefixed: bool = False
    cases: tuple[str, ...] = ()
    missing: Callable[[], str | None] = lambda: None
    views: Path | None = None

    def takes_part(self, case: Case) -> bool:
        """Whether the case is put to it."""
        return not self.cases or case.name in self.cases

    def body(self, case: Case, variables: Mapping[str, Any], persona: Persona) -> bytes:
        """The question as it is sent; whose dialect has keys of two parts is told both."""
        given = variables if self.prefixed else bare(variables)
        if self.dialect:
            given = {**given, "tenant": persona.tenant_id}
        return json.dumps({"query": case.worded(self.dialect), "variables": given}).encode()


def _by_name(persona: Persona) -> Headers:
    """For contenders without authentication: the facts of each persona are known to them."""
    return {"X-Persona": persona.key}


def _by_token(persona: Persona) -> Headers:
    return {"Authorization": f"Bearer {persona.token}"}


def _module(name: str) -> tuple[str, ...]:
    return (sys.executable, "-m", f"benchmarks.contenders.{name}")


READS = ("goals-page", "goal", "tree", "dashboard", "people-search")

CONTENDERS = {
    each.name: each
    for each in (
        Contender("floor", "SQL by hand, bare ASGI", _module("floor"), "/{case}", _by_name),
        Contender(
            "trellis",
            "Trellis, complete",
            _module("trellis"),
            "/graphql",
            _by_token,
            prefixed=True,
        ),
        Contender(
            "postgraphile",
            "PostGraphile 5",
            node.command("postgraphile"),
            "/graphql",
            _by_name,
            dialect="postgraphile",
            cases=READS,
            missing=node.missing,
            views=node.FOLDER / "views.sql",
        ),
        Contender(
            "mercurius",
            "Mercurius + its loaders + pg",
            node.command("mercurius"),
            "/graphql",
            _by_name,
            cases=READS,
            missing=node.missing,
        ),
        Contender(
            "strawberry",
            "Strawberry + SQLAlchemy ORM + DataLoader",
            _module("strawberry_plain"),
            "/graphql",
            _by_name,
            cases=(*READS, "goals-page-employee", "goals-page-manager", "check-in"),
        ),
    )
}
"""The first is what the others are held against."""
