"""Import contracts of pyproject.toml: each holds, notices a breach, and names every concept."""

from copy import deepcopy
from pathlib import Path
from types import ModuleType
from typing import Any

import grimp
import pytest
from importlinter.api import read_configuration
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.layers import LayersContract

import persistence.registry
from api.kernel.schema.declarations import TYPE_DECLARATIONS
from api.schema import get_schema
from persistence.kernel.mapping.registry import MAPPINGS

ROOT = Path(__file__).resolve().parents[2]
CONFIGURATION = read_configuration(str(ROOT / "pyproject.toml"))
CONTRACTS = {each["name"]: each for each in CONFIGURATION["contracts_options"]}
CONTRACT_CLASSES = {"forbidden": ForbiddenContract, "layers": LayersContract}

BREACHES = {
    "The API may import persistence, and persistence the domain": [
        ("domain.goals.model", "persistence.goals"),
        ("persistence.goals", "api.goals.goal"),
    ],
    "The domain imports no framework and no driver": [("domain.people.model", "sqlalchemy")],
    "Persistence imports nothing of GraphQL or HTTP": [("persistence.people", "strawberry")],
    "The API imports neither tables nor SQLAlchemy": [
        ("api.goals.goal", "sqlalchemy"),
        ("api.nodes", "persistence.kernel.schema.tables"),
    ],
    "The embedded PostgreSQL imports nothing that depends on its data": [
        ("persistence.embedded.supervisor", "persistence.kernel.pools"),
    ],
    "The read compiler imports in one direction": [
        ("persistence.reading.compile_context", "persistence.reading.compiler"),
    ],
    "Concepts of the domain import in one direction": [
        ("domain.people.model", "domain.teams"),
        ("domain.kernel.actions", "domain.tenants"),
    ],
    "Concepts of persistence import in one direction": [
        ("persistence.people", "persistence.members"),
        ("persistence.kernel.journal", "persistence.access.actor_query"),
    ],
    "The kernel of the domain imports no concept": [
        ("domain.kernel.access", "domain.people.policy")
    ],
    "The kernel of persistence, its reading and its unit of work import no concept": [
        ("persistence.kernel.journal", "domain.goals.model"),
        ("persistence.reading.compiler", "persistence.goals"),
        ("persistence.unit_of_work.work", "domain.people"),
    ],
    "Access imports tenants, members and service clients, and no other concept": [
        ("persistence.access.actor_query", "domain.roles"),
        ("persistence.access.relationships", "persistence.people"),
    ],
    "The kernel of the API imports no concept": [
        ("api.kernel.execution.engine", "api.goals"),
        ("api.kernel.schema.declarations", "domain.goals.model"),
        ("api.kernel.schema.global_ids", "persistence.registry"),
        ("api.kernel.documents.limits", "api.identity.claims"),
    ],
}
"""For each contract, imports that break it."""

KERNELS = {
    "domain.kernel",
    "persistence.access",
    "persistence.embedded",
    "persistence.kernel",
    "persistence.queue",
    "persistence.reading",
    "persistence.unit_of_work",
}
ALLOWED_IMPORTS = {
    "domain.kernel": {"domain.kernel"},
    "persistence.kernel": KERNELS,
    "persistence.reading": KERNELS,
    "persistence.unit_of_work": KERNELS,
    "persistence.access": KERNELS | {"domain.members", "domain.service_clients", "domain.tenants"},
    "api.kernel": KERNELS
    | {"api.errors", "api.kernel"}
    | {
        f"persistence.{each}"
        for each in ("change_cursors", "change_feed", "changes", "followed_changes")
    },
}
"""What each kernel may import; every other module of its layer and of those below is forbidden.

The order among the kernels themselves is a contract of layers.
"""


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    packages = CONFIGURATION["session_options"]["root_packages"]
    return grimp.build_graph(*packages, include_external_packages=True, cache_dir=None)


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_contract_holds(graph: grimp.ImportGraph, name: str) -> None:
    assert _holds(name, graph)


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_planted_breach_is_noticed(graph: grimp.ImportGraph, name: str) -> None:
    assert BREACHES[name]
    for importer, imported in BREACHES[name]:
        assert not graph.direct_import_exists(importer=importer, imported=imported)
        breached = deepcopy(graph)
        breached.add_import(importer=importer, imported=imported)
        assert not _holds(name, breached), f"{importer} -> {imported}"


@pytest.mark.parametrize("kernel", ALLOWED_IMPORTS)
def test_a_kernel_forbids_by_name_whatever_it_may_not_import(
    graph: grimp.ImportGraph, kernel: str
) -> None:
    expected = _list_modules(graph, kernel) - ALLOWED_IMPORTS[kernel]
    assert _list_forbidden(kernel) == expected, (
        "Name the new module in the contracts of pyproject.toml, or allow it here."
    )


@pytest.mark.parametrize("kernel", ALLOWED_IMPORTS)
def test_a_kernel_forbids_every_concept_of_the_registry(kernel: str) -> None:
    layers = _list_layers_up_to(kernel)
    concepts = {each for each in _list_concepts() if each.partition(".")[0] in layers}

    assert {each.partition(".")[0] for each in concepts} == set(layers)
    assert concepts - ALLOWED_IMPORTS[kernel] <= _list_forbidden(kernel)


def test_a_new_concept_that_no_contract_names_is_noticed(graph: grimp.ImportGraph) -> None:
    extended = deepcopy(graph)
    extended.add_module("persistence.rewards")

    assert "persistence.rewards" in _list_modules(extended, "api.kernel")
    assert "persistence.rewards" not in _list_forbidden("api.kernel")


def _holds(name: str, graph: grimp.ImportGraph) -> bool:
    options: dict[str, Any] = CONTRACTS[name]
    contract = CONTRACT_CLASSES[options["type"]](name, CONFIGURATION["session_options"], options)
    # A contract removes the imports that it ignores from the graph that it checks.
    return bool(contract.check(deepcopy(graph), verbose=False).kept)


def _list_layers_up_to(module: str) -> list[str]:
    layers = ["domain", "persistence", "api"]
    return layers[: layers.index(module.partition(".")[0]) + 1]


def _list_modules(graph: grimp.ImportGraph, kernel: str) -> set[str]:
    """List the top-level modules of the kernel's layer and of the layers below it."""
    return {each for layer in _list_layers_up_to(kernel) for each in graph.find_children(layer)}


def _list_forbidden(kernel: str) -> set[str]:
    """List the project's modules that the contracts on concepts forbid to a kernel."""
    return {
        module
        for name, contract in CONTRACTS.items()
        if "concept" in name and kernel in contract.get("source_modules", ())
        for module in contract["forbidden_modules"]
    }


def _list_concepts() -> set[str]:
    """List the modules that declare an aggregate, its tables or its graph type."""
    get_schema()
    declaring = {each.__module__ for each in MAPPINGS}
    declaring |= {each.cls.__module__ for each in TYPE_DECLARATIONS.values()}
    registered = (vars(persistence.registry)[each] for each in persistence.registry.__all__)
    declaring |= {each.__name__ for each in registered if isinstance(each, ModuleType)}
    modules = {".".join(each.split(".")[:2]) for each in declaring}
    return {each for each in modules if not each.startswith("tests.")} - KERNELS - {"api.kernel"}
