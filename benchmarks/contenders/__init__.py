"""Contenders: the servers that are compared, each in a process of its own."""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.cases import Case
from benchmarks.contenders import node
from benchmarks.personas import Persona
from benchmarks.requests import strip_id_prefixes

POOL_SIZE = 5
"""Database connections of each contender."""

Headers = Mapping[str, str]


@dataclass(frozen=True)
class Contender:
    """A server to compare: the command that starts it, and the headers that identify a persona.

    Without `cases` it takes part in all. `dialect` is the folder of its own documents.
    `explain_absence` returns why it cannot run on this machine. `views_file` creates the views that
    it needs in the database.
    """

    name: str
    title: str
    command: tuple[str, ...]
    path: str
    build_headers: Callable[[Persona], Headers]
    dialect: str = ""
    has_prefixed_ids: bool = False
    cases: tuple[str, ...] = ()
    explain_absence: Callable[[], str | None] = lambda: None
    views_file: Path | None = None

    def supports(self, case: Case) -> bool:
        """Return whether it takes part in the case."""
        return not self.cases or case.name in self.cases

    def build_body(self, case: Case, variables: Mapping[str, Any], persona: Persona) -> bytes:
        """Return the body of a request. A dialect with two-part keys gets the tenant's id too."""
        payload_variables = variables if self.has_prefixed_ids else strip_id_prefixes(variables)
        if self.dialect:
            payload_variables = {**payload_variables, "tenant": persona.tenant_id}
        return json.dumps(
            {"query": case.read_document(self.dialect), "variables": payload_variables}
        ).encode()


def _build_persona_headers(persona: Persona) -> Headers:
    """Return the headers for contenders without authentication, which know each persona's facts."""
    return {"X-Persona": persona.key}


def _build_token_headers(persona: Persona) -> Headers:
    return {"Authorization": f"Bearer {persona.token}"}


def _build_module_command(name: str) -> tuple[str, ...]:
    return (sys.executable, "-m", f"benchmarks.contenders.{name}")


READ_CASES = ("goals-page", "goal", "tree", "dashboard", "people-search")

CONTENDERS = {
    each.name: each
    for each in (
        Contender(
            "floor",
            "SQL by hand, bare ASGI",
            _build_module_command("floor"),
            "/{case}",
            _build_persona_headers,
        ),
        Contender(
            "trellis",
            "Trellis, complete",
            _build_module_command("trellis"),
            "/graphql",
            _build_token_headers,
            has_prefixed_ids=True,
        ),
        Contender(
            "postgraphile",
            "PostGraphile 5",
            node.build_command("postgraphile"),
            "/graphql",
            _build_persona_headers,
            dialect="postgraphile",
            cases=READ_CASES,
            explain_absence=node.install_or_explain,
            views_file=node.DIRECTORY / "views.sql",
        ),
        Contender(
            "mercurius",
            "Mercurius + its loaders + pg",
            node.build_command("mercurius"),
            "/graphql",
            _build_persona_headers,
            cases=READ_CASES,
            explain_absence=node.install_or_explain,
        ),
        Contender(
            "strawberry",
            "Strawberry + SQLAlchemy ORM + DataLoader",
            _build_module_command("strawberry_plain"),
            "/graphql",
            _build_persona_headers,
            cases=(*READ_CASES, "goals-page-employee", "goals-page-manager", "check-in"),
        ),
    )
}
"""The contenders. The responses of the others are compared with those of the first."""
