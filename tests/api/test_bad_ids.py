"""Unknown, foreign and malformed ids, and ids of another type, in every mutation."""

from typing import Any
from uuid import uuid4

import httpx
import pytest
from graphql import get_named_type

from api.kernel.schema.declarations import TYPE_DECLARATIONS
from api.kernel.schema.global_ids import encode_id
from api.schema import get_schema
from tests.api.company import Company
from tests.api.mutation_inputs import (
    InputPath,
    build_input_with_value,
    find_id_prefix,
    find_input_field,
    format_test_id,
    iterate_declared_fields,
    iterate_scalar_fields,
    stringify_path,
)
from tests.api.served_company import ServedCompany, build_mutation

IDS = [pytest.param(*each, id=format_test_id(*each)) for each in iterate_scalar_fields("ID")]
DECLARED_IDS = [
    pytest.param(*each, id=format_test_id(*each)) for each in iterate_declared_fields("ID")
]


def strip_cost(answer: httpx.Response) -> bytes:
    """Return the bytes of an answer up to the charge for its time, which always differs."""
    return answer.content.partition(b'"actualQueryCost"')[0]


def pick_id(company: Company, kind: str) -> str:
    """Pick the id of something that a company has."""
    parts: dict[str, Any] = {
        "keyres": company.goals["public"].key_results,
        "membership": company.teams["dispatch"].memberships,
        "line": company.people["mara"].lines,
        "employment": company.people["mara"].employments,
        "job": company.people["peer"].jobs,
        "leave": company.people["peer"].leaves,
        "assignment": company.members["mara"].assignments,
        "checkin": company.goals["in_chain"].check_ins,
        "clientkey": company.clients.clients["payroll"].keys,
        "kpivalue": company.measurements,
        "surveyquestion": company.surveys["open"].questions,
        "feedbackanswer": company.feedback_programs.records[-1:],
        "feedbackrater": company.feedback_programs.records,
        "surveychoice": company.surveys["open"].questions[1].choices,
    }
    if kind in parts:
        return company.encode_part_id(kind, parts[kind])
    names = {"goal": "public", "kpi": "shared", "org": "sales", "team": "night", "role": "coach"}
    names["scorecard"] = "shared"
    names["action"] = "asked"
    names |= {
        "kpischedule": "shared",
        "kpireview": "shared",
        "feedback": "by_ruler",
        "feedbackrequest": "by_ruler",
    }
    names["annotation"] = "of_kpi"
    names["alertrule"] = "of_kpi"
    names["alert"] = "open"
    names["calendar"], names["reviewcycle"] = "home", "whole"
    names["calendar"] = "home"
    names |= {"calibrationsession": "draft", "calibrationsubject": "shown_mara"}
    names |= {"reviewpacket": "own", "review": "of_ruler", "reviewappeal": "own"}
    names |= {"nominationround": "of_mara", "nomination": "proposed"}
    names["ratingscale"] = names["framework"] = names["reviewtemplate"] = "published"
    names["scorerule"], names["serviceclient"] = "published", "payroll"
    names["syncrun"] = "blocked"
    names |= {
        "webhook": "warehouse",
        "issuer": "staff",
        "legalhold": "boss",
        "accessrequest": "ruler",
    }
    names |= {"upload": "own", "bulk": "own_running"}
    names |= {"fairnessattribute": "age", "customfield": "size"}
    names["survey"] = names["feedbackprogram"] = "open"
    names |= {"bankquestion": "recommend", "surveyschedule": "all", "programschedule": "all"}
    return company.encode_id(kind, names.get(kind, "mara"))


@pytest.mark.parametrize(("verb", "path"), IDS)
def test_a_foreign_id_and_a_random_one_get_the_same_bytes(
    wire: ServedCompany, verb: str, path: InputPath
) -> None:
    kind = find_id_prefix(verb, path)
    answers = [
        wire.post(
            "ruler",
            build_mutation(verb),
            input=build_input_with_value(wire.company, verb, path, id),
        )
        for id in (pick_id(wire.other_company, kind), encode_id(kind, uuid4()))
    ]
    assert strip_cost(answers[0]) == strip_cost(answers[1])
    (error,) = answers[0].json()["data"][verb]["errors"]
    if path in (("id",), ("feedbackId",), ("answerId",)):
        assert (error["code"], error["field"]) == ("NOT_FOUND", stringify_path(path))
    elif path[0] == "requestId":  # the input names the person, too
        assert (error["code"], error["field"]) == ("INVALID", ["requestId"])
    elif path[0] == "viewerIds" and verb == "goalEdit":  # the ruler does not own the goal
        assert (error["code"], error["field"]) == ("NOT_PERMITTED", ["viewerIds"])
    elif path[0] == "keyResultIds":
        assert (error["code"], error["field"]) == ("INVALID", ["keyResultIds"])
    else:
        assert (error["code"], error["field"]) == ("REFERENCE_NOT_FOUND", stringify_path(path))


MALFORMED = (
    "",
    " ",
    "nonsense",
    "{kind}",
    "{kind}_",
    "{kind}_nonsense",
    "{kind}_{id}x",
    " {kind}_{id}",
    "{kind}_{{{id}}}",
    "{kind}_{ID}",
    "{KIND}_{id}",
    "{id}",
    "thing_{id}",
    "journal_{id}",  # of a kind that no mutation takes
    "{kind}_" + "0" * 5_000,
    "{kind}_🚢",
    "{kind}_{id}'; DROP TABLE goals; --",
)


@pytest.mark.parametrize(("verb", "path"), DECLARED_IDS)
def test_a_malformed_id_is_told_at_its_place(
    wire: ServedCompany, verb: str, path: InputPath
) -> None:
    kind, id = find_id_prefix(verb, path), str(uuid4())
    is_optional = find_input_field(verb, path).empty_is_null
    for form in MALFORMED[2:] if is_optional else MALFORMED:
        text = form.format(kind=kind, KIND=kind.upper(), id=id, ID=id.upper().replace("0", "A"))
        input = build_input_with_value(wire.company, verb, path, text)
        (error,) = wire.mutate("ruler", verb, **input)["errors"]
        assert (error["code"], error["field"]) == ("INVALID_FORMAT", stringify_path(path)), text[
            :80
        ]


QUERY_TYPE = get_schema()._schema.query_type
assert QUERY_TYPE is not None
ROOTS = {
    f"{name}(by: {{id: $id}})": TYPE_DECLARATIONS[get_named_type(field.type).name].read_model.prefix
    for name, field in QUERY_TYPE.fields.items()
    if "by" in field.args
}
ROOTS |= {"node(id: $id)": "keyres", "nodes(ids: [$id])": "line"}


@pytest.mark.parametrize("root", ROOTS)
def test_queries_know_nothing_of_foreign_ids(wire: ServedCompany, root: str) -> None:
    kind = ROOTS[root]
    document = f"query($id: ID!) {{ found: {root} {{ id }} }}"
    answers = [
        wire.post("ruler", document, id=id)
        for id in (pick_id(wire.other_company, kind), encode_id(kind, uuid4()))
    ]
    assert strip_cost(answers[0]) == strip_cost(answers[1])
    assert answers[0].json()["data"]["found"] in (None, [None])


NONSENSE = ("", "nonsense", "goal_", "goal_nonsense", f"thing_{uuid4()}", "goal_🚢")


def test_a_list_of_nodes_has_null_for_what_is_no_id(wire: ServedCompany) -> None:
    goal = pick_id(wire.company, "goal")
    found = wire.post(
        "ruler", "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=[*NONSENSE, goal]
    ).json()
    assert "errors" not in found, found
    assert found["data"] == {"nodes": [*[None] * len(NONSENSE), {"id": goal}]}
    assert "errors" not in found


@pytest.mark.parametrize("root", [each for each in ROOTS if "ids" not in each])
def test_queries_say_which_ids_are_malformed(wire: ServedCompany, root: str) -> None:
    document = f"query($id: ID!) {{ found: {root} {{ id }} }}"
    for text in NONSENSE:
        found = wire.post("ruler", document, id=text).json()
        (error,) = found["errors"]
        assert error["extensions"]["code"] == "INVALID_FORMAT", text
        assert error["path"] == ["found"]
        assert error["extensions"]["field"] == ["id"]


FILTERS = {
    "goals(where: {id: {eq: $id}})": "goal",
    "goals(where: {id: {in: [$id]}})": "goal",
    "goals(where: {owner: {person: {id: {eq: $id}}}})": "person",
    "people(where: {organization: {id: {eq: $id}}})": "org",
    "people(where: {teams: {some: {id: {eq: $id}}}})": "team",
    "members(where: {person: {id: {in: [$id]}}})": "person",
}


@pytest.mark.parametrize("filter", FILTERS)
def test_filters_find_nothing_foreign_and_refuse_what_is_malformed(
    wire: ServedCompany, filter: str
) -> None:
    document = f"query($id: ID!) {{ found: {filter} {{ totalCount }} }}"
    foreign = pick_id(wire.other_company, FILTERS[filter])
    assert wire.query("ruler", document, id=foreign)["found"] == {"totalCount": 0}
    (error,) = wire.post("ruler", document, id="nonsense").json()["errors"]
    assert error["extensions"]["code"] == "INVALID_FORMAT"
    assert error["extensions"]["field"][0] == "where"
