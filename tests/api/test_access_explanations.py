"""Why somebody can or cannot do something, told without what the viewer may not read."""

from typing import Any

from api.kernel.schema.global_ids import encode_id
from domain.kernel.identity import generate_id
from tests.api.company import Company

SELECTION = """
explanation { allowed changes conditions { depth kind sentence holds isHidden fact } }
"""
PLACES = (
    "everyone, or an organization that contains it, or the teams that the person leads, if it"
    " belongs to one, or the reporting chain, if it belongs to somebody below the person"
)
ASKED = """{ auditLog(where: { action: { eq: ACCESS_EXPLAINED } }) { nodes {
  subject { ... on Member { person { name } } } changes { field after } } } }"""


async def _ask(company: Company, who: str, about: str, node_id: str, action: str) -> Any:
    input = {"personId": company.encode_id("person", about), "nodeId": node_id, "action": action}
    return await company.mutate(who, "accessExplain", SELECTION, **input)


def _list_holding(found: Any, *kinds: str) -> list[str]:
    """List the sentences that hold of rules of these kinds."""
    return [
        each["sentence"]
        for each in found["explanation"]["conditions"]
        if each["kind"] in kinds and each["holds"]
    ]


async def test_somebody_learns_why_they_may_edit_and_what_is_missing_to_activate(
    company: Company,
) -> None:
    goal = company.encode_id("goal", "public")
    edit = await _ask(company, "mara", "mara", goal, "EDIT")
    assert edit["explanation"]["allowed"] is True
    assert edit["explanation"]["changes"] == []
    assert "the owner person" in _list_holding(edit, "PERSON")
    activate = await _ask(company, "mara", "mara", goal, "ACTIVATE")
    assert activate["explanation"]["allowed"] is False
    assert activate["explanation"]["changes"] == ["status is draft"]
    assert [
        (each["sentence"], each["fact"])
        for each in activate["explanation"]["conditions"]
        if each["depth"] == 1 and not each["holds"]
    ] == [("status is draft", "active")]
    log = await company.query("admin", ASKED)
    assert log["auditLog"]["nodes"] == []


async def test_an_admin_learns_what_would_let_somebody_edit_and_the_log_keeps_the_question(
    company: Company,
) -> None:
    goal = company.encode_id("goal", "public")
    refused = await _ask(company, "admin", "peer", goal, "EDIT")
    assert refused["explanation"]["allowed"] is False
    assert refused["explanation"]["changes"] == [
        "be the owner person",
        "be a lead of the team or of a team above it",
        "be a manager above the owner person",
        f"hold a role with `goals:manage` over {PLACES}",
    ]
    chief = await _ask(company, "admin", "chief", goal, "EDIT")
    assert chief["explanation"]["allowed"] is True
    assert "a manager above the owner person" in _list_holding(chief, "MANAGER")
    log = await company.query("admin", ASKED)
    asked = [
        (each["subject"]["person"]["name"], {c["field"]: c["after"] for c in each["changes"]})
        for each in log["auditLog"]["nodes"]
    ]
    about = {"askedAction": "edit", "goalId": goal}
    assert asked == [("Chief Okafor", about), ("Peer Okafor", about)]


async def test_hr_of_a_unit_is_told_nothing_that_reporting_lines_elsewhere_decide(
    company: Company,
) -> None:
    """Who does not read the whole directory may not know all lines, so they are hidden."""
    found = await _ask(company, "admin", "boss", company.encode_id("goal", "of_peer"), "EDIT")
    assert found["explanation"]["allowed"] is True
    await company.mutate(
        "admin",
        "roleSetGrants",
        "role { id }",
        id=company.encode_id("role", "tenant_admin"),
        grants=[
            {"permission": each, "population": "EVERYONE"}
            for each in ("MEMBERS_MANAGE", "MEMBERS_READ", "ROLES_MANAGE", "GOALS_READ")
        ]
        + [{"permission": "DIRECTORY_READ", "population": "ORGANIZATION"} | _in_unit(company)],
    )
    await company.mutate(
        "admin",
        "roleSetGrants",
        "role { id }",
        id=company.encode_id("role", "employee"),
        grants=[{"permission": "DIRECTORY_READ", "population": "ORGANIZATION"} | _in_unit(company)],
    )
    found = await _ask(company, "admin", "boss", company.encode_id("goal", "of_peer"), "EDIT")
    assert found["explanation"]["allowed"] is None
    hidden = [each for each in found["explanation"]["conditions"] if each["isHidden"]]
    assert {each["kind"] for each in hidden} >= {"MANAGER", "LEAD"}
    assert {(each["holds"], each["fact"]) for each in hidden} == {(None, None)}


def _in_unit(company: Company) -> dict[str, Any]:
    return {"organizationId": company.encode_id("org", "ops")}


async def test_a_hidden_object_is_answered_like_one_that_does_not_exist(company: Company) -> None:
    unseen = company.encode_id("goal", "private")
    hidden = await _ask(company, "hr", "mara", unseen, "SEE")
    random = await _ask(company, "hr", "mara", encode_id("goal", generate_id()), "SEE")
    assert hidden == random
    assert hidden["explanation"] is None
    assert [(each["code"], each["field"]) for each in hidden["errors"]] == [
        ("REFERENCE_NOT_FOUND", ["nodeId"])
    ]
    both = await _ask(company, "hr", "mara", unseen, "CHANGE_SUBJECT")
    assert [(each["code"], each["field"]) for each in both["errors"]] == [
        ("REFERENCE_NOT_FOUND", ["nodeId"]),
        ("INVALID", ["action"]),
    ]
    log = await company.query("admin", ASKED)
    assert log["auditLog"]["nodes"] == []


async def test_nobody_finds_out_who_wrote_feedback_by_asking_about_each_person(
    company: Company,
) -> None:
    """Who reads it and not its author gets the same answer about the author and about others."""
    await company.mutate(
        "admin",
        "memberAssignRole",
        "member { id }",
        id=company.encode_id("member", "mara"),
        roleId=company.encode_id("role", "tenant_admin"),
    )
    author = "query($id: ID!) { feedback(by: {id: $id}) { author { name } } }"
    secret = list[str]()
    for name in company.feedback:
        node = company.encode_id("feedback", name)
        seen = (await company.query("mara", author, id=node))["feedback"]
        secret += [node] if seen is not None and seen["author"] is None else []
    assert secret
    for node in secret:
        told = [
            (await _ask(company, "mara", who, node, "WITHDRAW"))["explanation"]
            for who in ("peer", "boss", "former", "lead")
        ]
        assert told == [told[0]] * len(told)
        assert told[0]["allowed"] is None


async def test_somebody_without_an_active_account_can_do_nothing(company: Company) -> None:
    found = await _ask(company, "admin", "suspended", company.encode_id("goal", "public"), "SEE")
    assert found["explanation"] == {
        "allowed": False,
        "changes": ["an active account of a person who has not left"],
        "conditions": [
            {
                "depth": 0,
                "kind": "ACCOUNT",
                "sentence": "an active account of a person who has not left",
                "holds": False,
                "isHidden": False,
                "fact": None,
            }
        ],
    }
    nobody = await _ask(company, "admin", "newcomer", company.encode_id("goal", "public"), "SEE")
    assert [(each["code"], each["field"]) for each in nobody["errors"]] == [
        ("REFERENCE_NOT_FOUND", ["personId"])
    ]


MATRIX = """query ($entity: JournalEntity) { permissionMatrix(entity: $entity) {
  entity right name who states permissions conditions { depth kind sentence permission }
  grants { permission population role { key } } } }"""


async def test_the_matrix_has_the_rules_of_roles_with_the_roles_that_grant_them(
    company: Company,
) -> None:
    found = (await company.query("admin", MATRIX, entity="ROLE"))["permissionMatrix"]
    see, history, create, *_ = found
    assert (see["right"], see["name"], see["who"], see["permissions"]) == (
        *("SEE", None, ["`members:read`"], ["MEMBERS_READ"]),
    )
    assert sorted(each["role"]["key"] for each in see["grants"]) == ["hr", "tenant_admin"]
    assert history["right"] == "SEE_HISTORY"
    assert (create["right"], create["name"], create["states"]) == ("ACT", "CREATE", [])
    assert create["conditions"] == [
        {
            "depth": 0,
            "kind": "PERMISSION",
            "sentence": "`roles:manage`",
            "permission": "ROLES_MANAGE",
        }
    ]
    unseen = (await company.query("mara", MATRIX, entity="ROLE"))["permissionMatrix"]
    assert [each["grants"] for each in unseen] == [[] for _ in found]
    whole = (await company.query("mara", MATRIX))["permissionMatrix"]
    assert len({each["entity"] for each in whole}) > 30
