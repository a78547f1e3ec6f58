"""A preview shows what both the person and the reader see, and nothing else."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import asyncpg
import orjson
import pytest
from graphql import GraphQLNonNull, GraphQLObjectType, get_named_type, is_leaf_type

from api.kernel.execution.engine import Engine, Request
from api.kernel.execution.previews import LIFETIME, Preview, sign_preview
from api.schema import get_schema
from domain.goals import Goal
from persistence.access import rules_to_sql
from persistence.reading.previews import PreviewContext
from tests.reads.dataset import NOW, TenantDataset
from tests.reads.engine_fixture import SECRET, a_caller, an_engine, execute_document

PAIRS = [("employee", "admin"), ("manager", "hr"), ("lead", "hr"), ("hr-narrow", "admin")]
"""Whose graph is previewed, and by whom."""

EXACT = ("goals", "people", "teams", "organizations", "kpis", "roles", "members")
"""The lists whose rules compare nothing that is hidden from those who see a row."""

HIDDEN = ("feedbacks", "feedbackRequests", "reviews", "reviewPackets")
"""The lists of which a preview shows no row: their rules name who wrote, or who was asked."""

SHOWN = ("goals", "people", "teams", "organizations", "kpis")
"""The lists of which each preview shows rows."""

NOT_PART = re.compile(r"`(\w+)` of \w+ is not part of a preview")


def _list_roots() -> dict[str, GraphQLObjectType]:
    """Return the lists at the root that need no argument, each with the type of its nodes."""
    query = get_schema()._schema.query_type
    assert query is not None
    found = {}
    for name, field in query.fields.items():
        nodes = getattr(get_named_type(field.type), "fields", {}).get("nodes")
        needs = any(isinstance(each.type, GraphQLNonNull) for each in field.args.values())
        node: Any = nodes and get_named_type(nodes.type)
        if node is not None and not needs and "id" in getattr(node, "fields", {}):
            found[name] = node
    return found


ROOTS = _list_roots()


def _write(root: str, fields: str = "id") -> str:
    page = f"nodes {{ {fields} }} totalCount pageInfo {{ hasNextPage }}"
    return f"{{ {root}(first: 100) {{ {page} }} }}"


async def _preview(
    engine: Engine, world: TenantDataset, reader: str, person: str, document: str
) -> Any:
    members = {each["subject"]: each for each in world.tables["members"]}
    preview = Preview(
        world.tenant_id, members[reader]["id"], members[person]["person_id"], NOW + LIFETIME
    )
    request = Request(document, {}, preview=sign_preview(preview, SECRET))
    answer = await engine.execute(request, a_caller(world, reader), request_id="a-test")
    return orjson.loads(answer.body)


def _list_nodes(answer: Mapping[str, Any], root: str) -> dict[str, Any]:
    """Return the nodes of a list by their ids; none for a list that is refused."""
    page = (answer.get("data") or {}).get(root)
    if page is None:
        assert answer["errors"], answer
        return {}
    found = {each["id"]: each for each in page["nodes"]}
    assert page["totalCount"] == len(found) or page["pageInfo"]["hasNextPage"]
    return found


async def _compare_rows(
    engine: Engine, world: TenantDataset, reader: str, person: str, roots: Iterable[str]
) -> list[str]:
    """Return the lists whose preview has other rows than it should have."""
    apart = []
    for root in roots:
        document = _write(root)
        asked = (
            await _preview(engine, world, reader, person, document),
            await execute_document(engine, world, reader, document),
            await execute_document(engine, world, person, document),
        )
        seen, by_reader, by_person = (_list_nodes(each, root).keys() for each in asked)
        common = by_reader & by_person
        is_right = seen == common if root in EXACT else seen <= common
        if not is_right or (root in HIDDEN and seen) or (root in SHOWN and not seen):
            apart.append(root)
    return apart


@pytest.mark.anyio
@pytest.mark.parametrize(("person", "reader"), PAIRS)
async def test_a_preview_has_the_rows_that_both_see(
    person: str, reader: str, engine: Engine, tenants: dict[str, TenantDataset]
) -> None:
    assert not await _compare_rows(engine, tenants["northwind"], reader, person, ROOTS)


async def _find_previewable(engine: Engine, world: TenantDataset, root: str) -> str:
    """Return the fields of the nodes that need no selection and that a preview shows."""
    names = [
        name
        for name, field in ROOTS[root].fields.items()
        if is_leaf_type(get_named_type(field.type))
        and not any(isinstance(each.type, GraphQLNonNull) for each in field.args.values())
    ]
    while True:
        document = _write(root, " ".join(names))
        answer = await _preview(engine, world, "admin", "employee", document)
        if "errors" not in answer:
            return " ".join(names)
        refused = NOT_PART.match(answer["errors"][0]["message"])
        if refused is None or refused[1] not in names:
            return "id"  # the whole list is no part of a preview
        names.remove(refused[1])


def _is_within(shown: Any, by_reader: Any, by_person: Any) -> bool:
    """Return whether a value is hidden, or known to both; of lists, whether each item is."""
    if isinstance(shown, list) and isinstance(by_reader, list) and isinstance(by_person, list):
        return all(each in by_reader and each in by_person for each in shown)
    return shown in (None, by_reader) and shown in (None, by_person)


@pytest.mark.anyio
async def test_a_value_of_a_preview_is_known_to_both(
    engine: Engine, tenants: dict[str, TenantDataset]
) -> None:
    world, person = tenants["northwind"], "manager"
    compared = set()
    for root in ROOTS:
        document = _write(root, await _find_previewable(engine, world, root))
        nodes, by_reader, by_person = (
            _list_nodes(each, root)
            for each in (
                await _preview(engine, world, "hr", person, document),
                await execute_document(engine, world, "hr", document),
                await execute_document(engine, world, person, document),
            )
        )
        for id, node in nodes.items():
            for name, value in node.items():
                if id in by_reader and id in by_person:  # others are on another page
                    assert _is_within(value, by_reader[id][name], by_person[id][name]), (root, name)
                    compared.add((root, name))
    assert {("people", "name"), ("goals", "viewerCan"), ("goals", "title")} <= compared


@pytest.mark.anyio
async def test_what_depends_on_its_viewer_without_a_rule_is_refused_by_name(
    engine: Engine, tenants: dict[str, TenantDataset]
) -> None:
    world = tenants["northwind"]
    for document, name in (
        ("{ viewer { id tasks { totalCount } } }", "`tasks` of Viewer"),
        ("{ goals { nodes { id viewerMay { action } } } }", "`viewerMay` of Goal"),
        ("{ goals { nodes { id history { totalCount } } } }", "`history` of Goal"),
        ("{ auditLog { totalCount } }", "`auditLog` of Query"),
    ):
        answer = await _preview(engine, world, "admin", "employee", document)
        assert [each["message"] for each in answer["errors"]] == [
            f"{name} is not part of a preview. Leave it out."
        ]
        assert not any((answer["data"] or {}).values())


@pytest.mark.anyio
async def test_the_viewer_of_a_preview_is_the_person(
    engine: Engine, tenants: dict[str, TenantDataset]
) -> None:
    world = tenants["northwind"]
    document = "{ viewer { id permissions person { id } } }"
    previewed = await _preview(engine, world, "admin", "employee", document)
    assert (
        previewed["data"] == (await execute_document(engine, world, "employee", document))["data"]
    )


def _forget_the_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    create = PreviewContext.__init__

    def init(self: PreviewContext, builder: Any) -> None:
        create(self, builder)
        facts: Any = self.facts
        self.facts = replace(facts, reader_facts=facts.person_facts)

    monkeypatch.setattr(PreviewContext, "__init__", init)


def _forget_the_person(monkeypatch: pytest.MonkeyPatch) -> None:
    create = PreviewContext.__init__

    def init(self: PreviewContext, builder: Any) -> None:
        create(self, builder)
        facts: Any = self.facts
        self.facts = replace(facts, person_facts=facts.reader_facts)

    monkeypatch.setattr(PreviewContext, "__init__", init)


def _know_every_fact(monkeypatch: pytest.MonkeyPatch) -> None:
    known = rules_to_sql._KnownRuleCompiler
    monkeypatch.setattr(known, "build_condition", rules_to_sql._RuleCompiler.build_condition)


def _hide_a_fact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Goal, "KNOWN_FACTS", frozenset({"status"}))


@pytest.mark.anyio
@pytest.mark.parametrize(
    "broken", [_forget_the_reader, _forget_the_person, _know_every_fact, _hide_a_fact]
)
async def test_the_comparison_notices_a_preview_that_is_broken(
    broken: Any,
    monkeypatch: pytest.MonkeyPatch,
    pool: asyncpg.Pool,
    tenants: dict[str, TenantDataset],
) -> None:
    broken(monkeypatch)
    engine, world = an_engine(pool), tenants["northwind"]
    roots = ("goals", "members", "feedbacks")
    apart = [await _compare_rows(engine, world, each, "manager", roots) for each in ("admin", "hr")]
    assert any(apart)
