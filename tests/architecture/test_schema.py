"""The graph as a whole: described, guarded, complete, and equal to the stored schema."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    get_named_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
)

from api.kernel.execution.selection_builder import get_field_declaration, get_python_name
from api.kernel.schema.declarations import TYPE_DECLARATIONS
from api.kernel.schema.mutations import MUTATIONS
from api.kernel.schema.schema_builder import may_hide
from api.platform.schema import get_platform_schema, render_platform_sdl
from api.schema import get_schema, render_sdl
from domain.kernel.aggregate import Aggregate
from persistence.concept import CONCEPTS
from persistence.kernel.wire_format import to_camel_case
from tests.architecture.short_lists import SHORT_LISTS

SCHEMA = get_schema()._schema
PLATFORM_SCHEMA = get_platform_schema()._schema
SCHEMA_FILE = Path(__file__).resolve().parents[2] / "openapi" / "schema.graphql"
PLATFORM_FILE = SCHEMA_FILE.with_name("platform.graphql")

DEFINED_TYPES = [each for each in SCHEMA.type_map.values() if not each.name.startswith("__")]
BUILT_IN_SCALARS = {"ID", "String", "Int", "Float", "Boolean"}


def iterate_fields(types: Iterable[Any] = DEFINED_TYPES) -> Iterator[tuple[str, GraphQLField]]:
    for type_ in types:
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            for name, field in type_.fields.items():
                yield f"{type_.name}.{name}", field


def test_the_written_schema_is_fresh() -> None:
    assert SCHEMA_FILE.read_text() == render_sdl(), (
        "Run `make schema`, and look at what it changed."
    )


def test_the_written_schema_of_the_platform_is_fresh() -> None:
    assert PLATFORM_FILE.read_text() == render_platform_sdl(), (
        "Run `make schema`, and look at what it changed."
    )


@pytest.mark.parametrize("schema", [SCHEMA, PLATFORM_SCHEMA], ids=["tenants", "platform"])
def test_everything_has_a_description(schema: GraphQLSchema) -> None:
    types = [each for each in schema.type_map.values() if not each.name.startswith("__")]
    bare = [
        each.name for each in types if not each.description and each.name not in BUILT_IN_SCALARS
    ]
    for name, field in iterate_fields(types):
        bare += [name] if not field.description else []
        bare += [f"{name}({each})" for each, its in field.args.items() if not its.description]
    for type_ in types:
        if isinstance(type_, GraphQLInputObjectType):
            inside = type_.fields.items()
            bare += [f"{type_.name}.{each}" for each, its in inside if not its.description]
        if isinstance(type_, GraphQLEnumType):
            values = type_.values.items()
            bare += [f"{type_.name}.{each}" for each, its in values if not its.description]
    assert bare == []


def test_what_may_be_hidden_may_be_null() -> None:
    hidden = set()
    for name, field in iterate_fields():
        type_name = name.partition(".")[0]
        if get_field_declaration(field) is None or type_name not in TYPE_DECLARATIONS:
            continue
        source = TYPE_DECLARATIONS[type_name].read_model.fields.get(get_python_name(field))
        if source is not None and may_hide(source):
            hidden.add(name)
            assert not is_non_null_type(field.type), name
    assert {"Person.hiredOn", "Goal.owner", "Person.manager", "Team.history"} <= hidden


def test_every_list_is_bounded_or_short_by_nature() -> None:
    for name, field in iterate_fields():
        bare = field.type.of_type if is_non_null_type(field.type) else field.type
        if is_list_type(bare) and not name.partition(".")[0].endswith(
            ("BatchPayload", "UpsertPayload")
        ):
            assert name.partition(".")[2] in SHORT_LISTS, name


def test_every_object_with_a_name_can_be_read_as_named() -> None:
    named = {each.name for each in SCHEMA.get_implementations(SCHEMA.type_map["Named"]).objects}  # type: ignore[arg-type]
    assert named == {
        each.name
        for each in DEFINED_TYPES
        if isinstance(each, GraphQLObjectType)
        and "id" in each.fields
        and "name" in each.fields
        and str(each.fields["name"].type) == "String!"
    }
    owners = SCHEMA.type_map["GoalOwner"]
    assert {each.name for each in SCHEMA.get_possible_types(owners)} <= named  # type: ignore[arg-type]


def test_every_mutation_answers_with_a_mutation_payload() -> None:
    assert SCHEMA.mutation_type is not None
    for name, field in SCHEMA.mutation_type.fields.items():
        payload = get_named_type(field.type)
        assert isinstance(payload, GraphQLObjectType)
        assert [each.name for each in payload.interfaces] == ["MutationPayload"], name


def test_every_scalar_of_our_own_names_its_specification() -> None:
    urls = {
        each.name: each.specified_by_url
        for each in DEFINED_TYPES
        if isinstance(each, GraphQLScalarType) and each.name not in BUILT_IN_SCALARS
    }
    assert urls == {
        "Date": "https://scalars.graphql.org/andimarek/local-date.html",
        "DateTime": "https://www.rfc-editor.org/rfc/rfc3339",
        "Decimal": "https://www.w3.org/TR/xmlschema11-2/#decimal",
        "JSON": "https://www.rfc-editor.org/rfc/rfc8259",
    }


DIRECTIVE_LOCATIONS = {
    "QUERY",
    "MUTATION",
    "SUBSCRIPTION",
    "FIELD",
    "FRAGMENT_DEFINITION",
    "FRAGMENT_SPREAD",
    "INLINE_FRAGMENT",
    "VARIABLE_DEFINITION",
    "SCHEMA",
    "SCALAR",
    "OBJECT",
    "FIELD_DEFINITION",
    "ARGUMENT_DEFINITION",
    "INTERFACE",
    "UNION",
    "ENUM",
    "ENUM_VALUE",
    "INPUT_OBJECT",
    "INPUT_FIELD_DEFINITION",
}
"""The locations of the GraphQL specification of October 2021, which all clients know."""


def test_every_client_knows_the_locations_of_the_directives() -> None:
    for directive in SCHEMA.directives:
        assert {each.name for each in directive.locations} <= DIRECTIVE_LOCATIONS, directive.name
    deprecated = SCHEMA.get_directive("deprecated")
    assert deprecated is not None
    assert {each.name for each in deprecated.locations} == {
        "FIELD_DEFINITION",
        "ARGUMENT_DEFINITION",
        "INPUT_FIELD_DEFINITION",
        "ENUM_VALUE",
    }


OTHER_OBJECTS = {("feedbackRevealAuthor", "person"), ("feedbackDecline", "feedbackRequest")}
OTHER_OBJECTS |= {("personExport", "bulkOperation"), ("invitationAccept", "member")}
OTHER_OBJECTS |= {(f"feedbackProgram{each}", "person") for each in ("Propose", "RevealAuthor")}
OTHER_OBJECTS |= {
    (to_camel_case(f"{action.noun}_{action.name}"), to_camel_case(each.aggregate.NAME))
    for each in CONCEPTS.values()
    for action in each.aggregate.ACTIONS
    if action.noun
}
"""Mutations that are not named after the object that they answer with."""


def test_mutations_take_one_input_and_answer_with_an_object_and_errors() -> None:
    assert SCHEMA.mutation_type is not None
    for name, field in SCHEMA.mutation_type.fields.items():
        capital = f"{name[0].upper()}{name[1:]}"
        assert str(field.type) == f"{capital}Payload!"
        if name.endswith("Batch") or MUTATIONS[get_python_name(field)].rows_field:
            continue
        assert [(each, str(its.type)) for each, its in field.args.items()] == [
            ("input", f"{capital}Input!")
        ]
        payload = get_named_type(field.type)
        assert isinstance(payload, GraphQLObjectType)
        mutation = MUTATIONS[get_python_name(field)]
        deleted_id, part = mutation.deleted_id_field, mutation.part_field
        others = {"errors", deleted_id, part, mutation.computed_field}
        (object_,) = payload.fields.keys() - others
        assert not is_non_null_type(payload.fields[object_].type)
        assert str(payload.fields["errors"].type) == "[UserError!]!"
        assert name.startswith(object_) or (name, object_) in OTHER_OBJECTS
        assert deleted_id in (None, f"deleted{object_[0].upper()}{object_[1:]}Id")
        assert deleted_id is None or str(payload.fields[deleted_id].type) == "ID"
        assert part is None or str(payload.fields[part].type) == mutation.returns_part.__name__  # type: ignore[union-attr]


def test_whatever_deletes_an_object_answers_with_its_id() -> None:
    deleting = {each.name for each in MUTATIONS.values() if each.deletes}
    assert deleting == {
        "alert_rule_delete",
        "annotation_delete",
        "competency_framework_discard",
        "feedback_withdraw",
        "goal_discard",
        "issuer_remove",
        "rating_scale_discard",
        "review_template_discard",
        "role_delete",
        "score_rule_discard",
        "staged_upload_delete",
        "webhook_delete",
    }
    for concept in CONCEPTS.values():
        deletions = [each for each in concept.aggregate.ACTIONS if each.deletes]
        assert {f"{concept.aggregate.NAME}_{each.name}" for each in deletions} <= deleting


def test_batches_take_the_inputs_of_a_verb_and_answer_with_as_many_objects() -> None:
    assert SCHEMA.mutation_type is not None
    known = SCHEMA.mutation_type.fields
    batches = {name: field for name, field in known.items() if name.endswith("Batch")}
    assert batches
    for name, field in batches.items():
        verb = known[name.removesuffix("Batch")]
        assert [(each, str(its.type)) for each, its in field.args.items()] == [
            ("inputs", f"[{verb.args['input'].type}]!")
        ]
        one, many = (get_named_type(each.type) for each in (verb, field))
        assert isinstance(one, GraphQLObjectType)
        assert isinstance(many, GraphQLObjectType)
        assert str(many.fields["errors"].type) == "[UserError!]!"
        (object_,) = (str(its.type) for each, its in one.fields.items() if each != "errors")
        (objects,) = (str(its.type) for each, its in many.fields.items() if each != "errors")
        assert objects == f"[{object_}]!"


def list_input_fields(kind: str) -> Iterator[tuple[str, str]]:
    """Yield name and description of every field of this type in the inputs of mutations."""
    assert SCHEMA.mutation_type is not None
    waiting = [
        get_named_type(argument.type)
        for field in SCHEMA.mutation_type.fields.values()
        for argument in field.args.values()
    ]
    seen = set()
    while waiting:
        input_type = waiting.pop()
        if isinstance(input_type, GraphQLInputObjectType) and input_type.name not in seen:
            seen.add(input_type.name)
            for name, field in input_type.fields.items():
                waiting.append(get_named_type(field.type))
                if str(field.type).rstrip("!") == kind and not re.match("expected.*Version$", name):
                    yield f"{input_type.name}.{name}", field.description or ""


@pytest.mark.parametrize(
    ("kind", "limit"),
    [
        ("String", r"At most [\d,]+ characters\."),
        ("Decimal", r"p to \d+ digits(, and \d+ more)? after the decimal point\."),
        ("Int", r"From \d+ to [\d,]+\."),
    ],
)
def test_every_text_and_number_of_an_input_states_its_limit(kind: str, limit: str) -> None:
    found = dict(list_input_fields(kind))
    assert found
    formats = ("timeZone", "locale")  # the format is the limit
    bare = [name for name, text in found.items() if len(re.findall(limit, text)) != 1]
    assert [each for each in bare if not each.endswith(formats)] == []


def test_changes_to_what_exists_can_guard_against_lost_updates() -> None:
    assert SCHEMA.mutation_type is not None
    for name, field in SCHEMA.mutation_type.fields.items():
        (argument,) = field.args.values()
        taken = get_named_type(argument.type)
        assert isinstance(taken, GraphQLInputObjectType)
        if "id" in taken.fields:
            if name == "personExport":  # it changes nobody
                continue
            assert str(taken.fields["expectedVersion"].type) == "Int", name
            assert is_required_input_field(taken.fields["id"])


AGGREGATES = [
    each.aggregate for each in CONCEPTS.values() if each.aggregate.__module__.startswith("domain.")
]


@pytest.mark.parametrize("aggregate", AGGREGATES, ids=lambda each: each.NAME)
def test_every_action_is_a_mutation(aggregate: type[Aggregate]) -> None:
    for action in aggregate.ACTIONS:
        assert f"{action.noun or aggregate.NAME}_{action.name}" in MUTATIONS


def test_what_the_viewer_may_call_is_a_mutation() -> None:
    assert SCHEMA.mutation_type is not None
    named = set(re.findall(r"may call `(\w+)`", render_sdl()))
    assert named - SCHEMA.mutation_type.fields.keys() == set()


def test_every_action_can_be_seen_before_it_is_tried() -> None:
    for declared in TYPE_DECLARATIONS.values():
        if declared.read_model.actions:
            enum = SCHEMA.type_map[f"{declared.name}Action"]
            assert isinstance(enum, GraphQLEnumType)
            names = [action.name.upper() for action in declared.read_model.viewer_actions]
            assert list(enum.values) == names
            verbs = {creation.verb for creation in declared.read_model.creations}
            assert verbs <= MUTATIONS.keys()


def test_whatever_takes_no_version_is_a_creation_that_can_be_seen_on_its_place() -> None:
    shown = {
        creation.verb
        for declared in TYPE_DECLARATIONS.values()
        for creation in declared.read_model.creations
    }
    creating = {
        each.name
        for each in MUTATIONS.values()
        if not each.batch_field and "expected_version" not in each.input_type.__annotations__
    }
    # CREATE_KPI stands for both ways to create a KPI. Respondents create no object.
    others = {"kpi_from_template", "feedback_reveal_author"}
    others |= {"survey_respond", "survey_withdraw_response"}
    others |= {"feedback_program_respond", "feedback_program_withdraw_response"}
    others |= {"feedback_program_reveal_author", "feedback_program_propose"}
    others |= {"access_explain", "access_preview", "role_diff", "issuer_test", "person_export"}
    others |= {"feedback_request", "feedback_request_external"}  # about whom one is or manages
    others |= {"kpi_record_measurements", "kpi_import_benchmarks"}  # rows about several KPIs
    others |= {"organizations_upsert", "people_upsert", "teams_upsert"}  # rows of another system
    others |= {"goals_upsert"}
    others |= {"member_invite", "invitation_accept"}  # an account that may exist already
    others |= {"members_change_subjects"}  # rows about several members
    others |= {"legal_hold_place"}  # apart from the person
    others |= {f"access_request_{each}" for each in ("assign_role", "set_grants", "end_approval")}
    others |= {"retention_policy_set"}  # the one of its kind
    assert creating - others == shown


def test_every_object_that_a_cache_merges_has_an_id() -> None:
    """What has no row of its own is computed, and read whole. A change has the id of its object."""
    stored = {
        name
        for name, each in TYPE_DECLARATIONS.items()
        if each.read_model.table is not None and "id" in each.read_model.table.columns
    } - {f"{each}Change" for each in TYPE_DECLARATIONS}
    without_id = {
        each.name
        for each in DEFINED_TYPES
        if isinstance(each, GraphQLObjectType) and "id" not in each.fields
    }
    parts_of_others = {"ReviewCycleSummary", "ReviewNominee", "ReviewProposal"}
    parts_of_others |= {"SyncRunCounts", "SyncRunIssue"}
    assert stored & without_id == parts_of_others
