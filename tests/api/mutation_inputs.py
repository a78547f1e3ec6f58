"""The input fields of all mutations, derived from the schema, and inputs to vary them in."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from operator import attrgetter
from typing import Any

from graphql import (
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    get_named_type,
)

from api.kernel.schema.input_parsing import list_fields
from api.kernel.schema.mutations import MUTATIONS
from api.schema import get_schema
from persistence.kernel.wire_format import to_snake_case
from tests.api.company import Company
from tests.api.permissions import INPUTS

InputPath = tuple[str | int, ...]

_DECLARED = attrgetter("rule", "prefixes", "max_length", "max_items", "is_maybe", "is_required")


def _strip_non_null(type_: Any) -> Any:
    return type_.of_type if isinstance(type_, GraphQLNonNull) else type_


def iterate_scalar_fields(name: str) -> Iterator[tuple[str, InputPath]]:
    """Iterate over the input fields of a scalar in every mutation, by their paths."""
    known: GraphQLSchema = get_schema()._schema
    assert known.mutation_type is not None
    for verb, field in known.mutation_type.fields.items():
        if "input" not in field.args:  # a batch takes the inputs of its verb
            continue
        input = get_named_type(field.args["input"].type)
        assert isinstance(input, GraphQLInputObjectType)
        yield from ((verb, path) for path in _iterate_paths(input, name))


def _iterate_paths(
    input: GraphQLInputObjectType, name: str, above: InputPath = ()
) -> Iterator[InputPath]:
    for key, field in input.fields.items():
        type_ = _strip_non_null(field.type)
        here: InputPath = (*above, key, 0) if isinstance(type_, GraphQLList) else (*above, key)
        inner = get_named_type(type_)
        if isinstance(inner, GraphQLInputObjectType):
            yield from _iterate_paths(inner, name, here)
        elif inner.name == name:
            yield here


KEY_RESULT = {"title": "Measured", "startValue": "0", "targetValue": "10"}
CHOICES = [{"label": "Here"}, {"label": "Away"}]
REFERENCE = {"source": "workday", "id": "1"}
GRANT = {"permission": "EMPLOYMENT_READ", "population": "ORGANIZATION"}

LATE_PHASE = {"kind": "SELF", "startsOn": "2026-07-08", "lastDay": "2026-07-22"}
LIST_ITEM_BUILDERS: dict[str, Callable[[Company], dict[str, Any]]] = {
    **dict.fromkeys(
        ("fairnessAttributeSetValues.values", "FairnessValueInput"),
        lambda company: {"personId": company.encode_id("person", "lead"), "group": None},
    ),
    **dict.fromkeys(
        ("CustomOptionInput", "customFieldCreate.options", "customFieldEdit.options"),
        lambda _: {"key": "own", "label": "Own"},
    ),
    "customValues": lambda _: {"key": "size"},
    "MemberInviteRoleInput": lambda company: {"roleId": company.encode_id("role", "coach")},
    "memberInvite.roles": lambda company: {"roleId": company.encode_id("role", "coach")},
    **dict.fromkeys(
        ("MemberSubjectChangeInput", "membersChangeSubjects.changes"),
        lambda company: {
            "member": {"id": company.encode_id("member", "mara")},
            "newSubject": "mara.renamed",
        },
    ),
    "columns": lambda _: {"header": "Name", "field": "name"},
    "keyResults": lambda _: dict(KEY_RESULT),
    "externalRaters": lambda _: {"name": "Sam Doe"},
    "competencies": lambda _: {"key": "care", "name": "Care"},
    "tracks": lambda _: {"key": "nursing", "name": "Nursing"},
    "expectations": lambda _: {"competencyKey": "care", "text": "Listens."},
    **dict.fromkeys(
        (
            "CompetencyLevelInput",
            "competencyFrameworkCreate.levels",
            "competencyFrameworkEdit.levels",
        ),
        lambda _: {"key": "one", "name": "N1"},
    ),
    "reviews": lambda company: {
        "direction": "EXTRA",
        "writerId": company.encode_id("person", "peer"),
        "templateId": company.encode_id("reviewtemplate", "published"),
    },
    "levels": lambda _: {"label": "Top", "value": "9"},
    **dict.fromkeys(
        (
            "ReviewCycleDirectionInput",
            "reviewCycleCreate.directions",
            "reviewCycleEdit.directions",
        ),
        lambda company: {
            "direction": "SELF",
            "templateId": company.encode_id("reviewtemplate", "published"),
        },
    ),
    **dict.fromkeys(
        ("ReviewCycleGroupInput", "reviewCycleCreate.groups", "reviewCycleEdit.groups"),
        lambda _: {"name": "Late", "minLeaveDays": 1, "phases": [dict(LATE_PHASE)]},
    ),
    "ReviewCycleGroupPhaseInput": lambda _: LATE_PHASE,
    "phases": lambda _: {"kind": "MANAGER", "startsOn": "2026-08-01", "lastDay": "2026-08-15"},
    "selections": lambda company: {
        "kind": "ADDED",
        "personId": company.encode_id("person", "mara"),
        "reason": "New.",
    },
    "careerGroups": lambda _: {"key": "leaders", "name": "Leaders", "hasReports": True},
    "sections": lambda _: {"key": "results", "title": "Results"},
    "questions": lambda company: {
        "key": "delivery",
        "kind": "COMPETENCY",
        "text": "How well?",
        "scaleId": company.encode_id("ratingscale", "published"),
        "frameworkId": company.encode_id("framework", "published"),
        "competencyKey": "delivery",
    },
    "choices": lambda _: {"key": "yes", "label": "Yes"},
    "steps": lambda _: {"kind": "LEVEL", "level": 1},
    "conditions": lambda _: {"kind": "FACT_HOLDS", "fact": "trained"},
    **dict.fromkeys(
        ("SurveyQuestionInput", "surveyLaunch.questions"),
        lambda _: {"kind": "CHOICE", "text": "Where?", "choices": CHOICES},
    ),
    **dict.fromkeys(
        ("SurveyScheduleQuestionInput", "surveyScheduleCreate.questions"),
        lambda company: {"questionId": company.encode_id("bankquestion", "recommend")},
    ),
    **dict.fromkeys(
        ("SurveyChoiceInput", "surveyLaunch.choices"),
        lambda _: {"label": "Elsewhere"},
    ),
    "raters": lambda company: {"personId": company.encode_id("person", "boss")},
    **dict.fromkeys(
        ("FeedbackProgramAnswerInput", "feedbackProgramRespond.answers"),
        lambda _: {"questionKey": "delivers", "level": 2},
    ),
    "answers": lambda company: {
        "questionId": company.encode_part_id("surveyquestion", company.surveys["open"].questions)
    },
    "references": lambda _: dict(REFERENCE),
    "labels": lambda _: {"key": "GOAL", "text": "Aim"},
    "fieldOwners": lambda _: {"field": "TEAM_NAME", "source": "hris"},
    "values": lambda company: {
        "keyResultId": company.encode_part_id("keyres", company.goals["public"].key_results),
        "value": "1",
    },
    "inputs": lambda company: {"alias": "cost", "kpiId": company.encode_id("kpi", "in_unit")},
    "entries": lambda company: {"kpiId": company.encode_id("kpi", "in_unit")},
    "kpiFromTemplate.inputs": lambda _: {"alias": "on_time"},
    "members": lambda _: {"code": "north", "name": "North"},
    **dict.fromkeys(
        ("kpiImportBenchmarks.rows", "KpiBenchmarkRowInput"),
        lambda company: INPUTS["kpiImportBenchmarks"](company)["rows"][0],
    ),
    **dict.fromkeys(
        ("organizationsUpsert.rows", "OrganizationUpsertRowInput"),
        lambda company: INPUTS["organizationsUpsert"](company)["rows"][0],
    ),
    **dict.fromkeys(
        ("teamsUpsert.rows", "TeamUpsertRowInput"),
        lambda company: INPUTS["teamsUpsert"](company)["rows"][0],
    ),
    **dict.fromkeys(
        ("goalsUpsert.rows", "GoalUpsertRowInput"),
        lambda company: INPUTS["goalsUpsert"](company)["rows"][0],
    ),
    **dict.fromkeys(
        ("peopleUpsert.rows", "PersonUpsertRowInput"),
        lambda company: INPUTS["peopleUpsert"](company)["rows"][0],
    ),
    "rows": lambda company: {
        "kpiId": company.encode_id("kpi", "shared"),
        "day": "2026-03-31",
        "value": "0.95",
    },
    "grants": lambda company: GRANT | {"organizationId": company.encode_id("org", "ops")},
}
"""Builders of the items of list fields, by the field, its type, or the mutation and the field."""

LISTS_WITH_REPETITION = {"keyResults", "levels", "rows", "competencies", "tracks", "expectations"}
LISTS_WITH_REPETITION |= {"careerGroups", "sections", "questions", "choices", "answers", "guidance"}
LISTS_WITH_REPETITION |= {"steps", "conditions", "options"}
"""Lists that may have equal items."""

LISTS_WITHOUT_REPETITION = {"SurveyScheduleQuestionInput"}
"""The types of items of lists that may not, though others with the same name may."""


PREFIX_OF_SEVERAL = "goal"
"""The prefix of the id that a test gives where a mutation takes ids of several kinds."""


def may_repeat(list_name: str, item_type: str) -> bool:
    """Return whether a list of an input may have equal items."""
    return list_name in LISTS_WITH_REPETITION and item_type not in LISTS_WITHOUT_REPETITION


def build_input(company: Company, verb: str) -> dict[str, Any]:
    """Build an input of this mutation that is accepted from HR and admin in one."""
    name = next(row for row in INPUTS if row.split()[0] == verb)
    return dict(INPUTS[name](company))


def build_input_with_value(
    company: Company, verb: str, path: InputPath, value: Any
) -> dict[str, Any]:
    """Build the same input with another value at a path; one for its field where there is one."""
    build_for_field = INPUTS.get(f"{verb} {path[0]}")
    input = dict(build_for_field(company)) if build_for_field else build_input(company, verb)
    if len(path) > 1 and path[0] in (
        "owner",
        "scope",
        "subject",
        "person",
    ):  # exactly one of its fields
        return input | {path[0]: {path[1]: value}}
    at: Any = input
    for step, following in pairwise(path):
        if isinstance(following, int):
            build = LIST_ITEM_BUILDERS.get(f"{verb}.{step}") or LIST_ITEM_BUILDERS.get(str(step))
            at[step] = [build(company) if build and len(path) > 2 else None]
        elif not isinstance(step, int):
            at[step] = {} if step == "member" else dict(at.get(step) or {})  # exactly one field
        at = at[step]
    if path[-1] in ("surveyScheduleId", "surveyQuestionId"):  # a measure of surveys needs both
        at["surveyScheduleId"] = company.encode_id("surveyschedule", "all")
        at["surveyQuestionId"] = company.encode_id("bankquestion", "recommend")
        at["measure"] = "SURVEY_SCORE"
    at[path[-1]] = value
    return input


def get_input_field(input_type: Any, name: str) -> Any:
    """Return what an input type declares of the field with this name in the graph."""
    return next(each for each in list_fields(input_type) if each.graphql_name == name)


def find_input_field(verb: str, path: InputPath) -> Any:
    """Return what the input of a mutation declares at a path."""
    input_type: Any = MUTATIONS[to_snake_case(verb)].input_type
    *above, name = (step for step in path if isinstance(step, str))
    for step in above:
        input_type = get_input_field(input_type, step).input_class
    return get_input_field(input_type, name)


def find_id_prefix(verb: str, path: InputPath) -> str:
    """Return the prefix of the ids that a mutation takes at a path of its input."""
    prefixes = find_input_field(verb, path).prefixes
    (prefix,) = [PREFIX_OF_SEVERAL] if len(prefixes) > 1 else prefixes
    return str(prefix)


def iterate_declared_fields(scalar: str) -> Iterator[tuple[str, InputPath]]:
    """Iterate over the input fields of a scalar, one of those that are declared alike.

    Values are checked as fields are declared, whatever mutation takes them. So one field stands
    for all of the same name and declaration.
    """
    known = set[tuple[Any, ...]]()
    for verb, path in iterate_scalar_fields(scalar):
        field = find_input_field(verb, path)
        declared = (field.graphql_name, *_DECLARED(field))
        if declared not in known:
            known.add(declared)
            yield verb, path


def stringify_path(path: InputPath) -> list[str]:
    """Return a path as errors name it."""
    return [str(step) for step in path]


def format_test_id(verb: str, path: InputPath) -> str:
    """Format the name of a test."""
    return f"{verb}-{'.'.join(stringify_path(path))}"
