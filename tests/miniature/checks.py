"""What a concept gets from its registration alone; run with `-p tests.miniature.note_graph`."""

from dataclasses import replace
from typing import Any

import asyncpg
import pytest
from sqlalchemy import literal, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from api.kernel.schema.subscriptions import SUBSCRIPTIONS
from api.schema import get_schema, render_sdl
from domain.kernel.access import Actor, Relationships, is_allowed
from domain.kernel.identity import PersonId, TenantId, generate_id
from domain.kernel.permissions import Grant, Permission
from persistence.access.rules_to_sql import compile_rule
from persistence.change_feed import FeedEntry
from persistence.kernel.schema.row_level_security import protect_table
from tests.access_equivalence.access_questions import collect_rules
from tests.factories.actor_facts import LiteralSqlFacts
from tests.factories.actors import TODAY
from tests.factories.graph import DatabaseGraph
from tests.factories.members import a_member, a_role
from tests.factories.people import a_person, add_reporting_line
from tests.factories.statements import fetch_rows
from tests.factories.tenants import a_tenant
from tests.id_attacks.targets import find_targets
from tests.miniature.note_model import Note
from tests.miniature.note_table import notes

CREATE = "mutation($input: NoteCreateInput!) { noteCreate(input: $input) { note { id version } } }"
ARCHIVE = "mutation($input: NoteArchiveInput!) { noteArchive(input: $input) { errors { code } } }"
NOTES = """query($where: NoteWhere) { notes(first: 1, where: $where, orderBy: [{field: TEXT}]) {
    totalCount pageInfo { hasNextPage }
    nodes { text status viewerCan person { name } history { nodes { changes { field } } } } } }"""


@pytest.fixture(scope="module")
async def table(owner: asyncpg.Connection) -> None:
    dialect = postgresql.dialect()
    statements = [CreateTable(notes), *map(CreateIndex, notes.indexes)]
    for each in (
        *(str(each.compile(dialect=dialect)) for each in statements),
        *protect_table("notes"),
    ):
        await owner.execute(each)


@pytest.fixture
async def graph(table: None, keep: Any, pool: Any, writing: Any, tenant_id: TenantId) -> Any:
    """Build a tenant with an author, a person with a manager, and a stranger."""
    people = {
        each: a_person(tenant_id, each) for each in ("author", "person", "manager", "stranger")
    }
    add_reporting_line(people["person"], people["manager"])
    reader = a_role(tenant_id, "reader", Grant(Permission.DIRECTORY_READ))
    members = [a_member(person, name, reader.id) for name, person in people.items()]
    await keep(a_tenant(tenant_id), *people.values(), reader, *members)
    graph = DatabaseGraph(pool, writing, tenant_id)
    graph.person_id = f"person_{people['person'].id}"  # type: ignore[attr-defined]
    return graph


def test_the_schema_knows_the_concept() -> None:
    sdl = render_sdl()
    for each in ("type Note implements", "input NoteWhere", "enum NoteAction", "noteChanged("):
        assert each in sdl
    assert sdl.count("\n  noteCreate") == 2  # one, and a batch


def test_every_place_that_takes_an_id_of_it_is_attacked() -> None:
    names = {each.name for each in find_targets(get_schema()._schema)}
    assert {"noteArchive.input.id", "noteEdit.input.id", "noteCreate.input.personId"} <= names


async def test_it_is_written_read_filtered_and_paged(graph: Any) -> None:
    for text in ("Second", "First"):
        created = await graph.mutate("author", CREATE, personId=graph.person_id, text=text)
        assert created["note"]["version"] == 1
    found = (await graph.query("author", NOTES))["notes"]
    (first,) = found["nodes"]
    assert (found["totalCount"], found["pageInfo"]["hasNextPage"]) == (2, True)
    assert (first["text"], first["status"], first["viewerCan"]) == (
        "First",
        "OPEN",
        ["EDIT", "ARCHIVE"],
    )
    filtered = await graph.query("author", NOTES, where={"text": {"eq": "Second"}})
    assert [each["text"] for each in filtered["notes"]["nodes"]] == ["Second"]
    assert (await graph.query("stranger", NOTES))["notes"]["totalCount"] == 0


async def test_its_verbs_are_guarded_and_journaled(graph: Any) -> None:
    created = await graph.mutate("author", CREATE, personId=graph.person_id, text="Hello")
    id = created["note"]["id"]
    expected = {"manager": ["NOT_PERMITTED"], "stranger": ["NOT_FOUND"], "author": []}
    for who, codes in expected.items():
        payload = await graph.mutate(who, ARCHIVE, id=id)
        assert [each["code"] for each in payload["errors"]] == codes
    again = await graph.mutate("author", ARCHIVE, id=id)
    assert [each["code"] for each in again["errors"]] == ["STATE_CONFLICT"]
    (note,) = (await graph.query("author", NOTES))["notes"]["nodes"]
    newest = note["history"]["nodes"][0]
    assert [each["field"] for each in newest["changes"]] == ["status"]
    assert (await graph.query("manager", NOTES))["notes"]["nodes"][0]["history"] is None


def test_a_subscription_sends_its_changes() -> None:
    declared, note_id = SUBSCRIPTIONS["note_changed"], generate_id()
    entry = FeedEntry(generate_id(), "note", note_id, "archived", 1)
    assert declared.find_changed_object(entry, {"id": f"note_{note_id}"}) == entry.id
    assert declared.find_changed_object(entry, {"id": f"note_{generate_id()}"}) is None
    assert declared.find_changed_object(replace(entry, entity="goal"), {}) is None


async def test_the_check_and_the_list_agree(table: None, pool: Any, tenant_id: TenantId) -> None:
    people = [PersonId(generate_id()) for _ in range(3)]
    for me in people:
        actor = Actor(tenant_id, TODAY, person_id=me, has_reports=False)
        for author in people:
            note = Note(tenant_id=tenant_id, author_id=author, person_id=people[0], text="x")
            for rule in collect_rules(Note).values():
                row = select(
                    *(
                        literal(getattr(note, name), notes.c[name].type).label(name)
                        for name in ("tenant_id", "author_id", "person_id", "status")
                    )
                ).subquery()
                condition = compile_rule(rule, LiteralSqlFacts(actor), row)
                found = await fetch_rows(pool, select(row.c.author_id).where(condition))
                assert bool(found) == is_allowed(rule, actor, note, Relationships())
