"""Who may change members, roles and settings: the table, and the input of each row."""

from collections.abc import Callable
from typing import Any

from tests.api.company import Company
from tests.api.permission_matrix import Inputs
from tests.api.permissions.inputs import build_input, encode_id_of

TABLE = """
                 mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
memberCreate        -    -     -      -    -    -  -      -      -    ok       -      r      r
memberAssignRole    -    ?     ?      ?    ?    ?  -      -      ?    ok       ?      ?      ?
memberAssignRole hr -    ?     ?      ?    ?    ?  -      -      ?     -       ?      ?      ?
memberAssignRole me ?    ?     ?      ?    ?    ?  -      -      ?     !       ?      ?      ?
memberRevokeRole    -    ?     ?      ?    ?    ?  -      -      ?    ok       ?      ?      ?
memberChangeSubject -    ?     ?      ?    ?    ?  -      -      ?    ok       ?      ?      ?
memberChangeSubject hr ? ?   ?      ?    ?    ?  -      ?      -     !       ?      ?      ?
membersChangeSubjects - -   -      -    -    -  -      -      -    ok       -      -      -
membersChangeSubjects hr - - -     -    -    -  -      -      -     !       -      -      -
memberSuspend       -    ?     ?      ?    ?    ?  -      -      ?    ok       ?      ?      ?
memberActivate      ?    ?     ?      ?    ?    ?  -      -      ?    ok       ?      ?      ?
memberRemove        -    ?     ?      ?    ?    ?  -      -      ?    ok       ?      ?      ?
memberRestore       ?    ?     ?      ?    ?    ?  -      -      ?    ok       ?      ?      ?
accessExplain      ok    r     r      r    r    r ok     ok      r    ok       r      r      r
accessExplain hers ok    r     r      r    r    r  r      r      r     r       r      r      r
accessPreview       -    r     r      r    r    r ok     ok      r    ok       r      r      r
memberInvite        -    -     -      -    -    -  -      -      -    ok       -      r      r
memberInvite hr     -    -     -      -    -    -  -      -      -     !       -      r      r
invitationAccept    -    -     -      -    -    -  -      -      -     -       -      -      -
roleCreate          -    -     -      -    -    -  -      -      -    ok       -      -      -
roleCreate wide     -    -     -      -    -    -  -      -      -     -       -      -      -
roleEdit            ?    ?     ?      ?    ?    ?  -      -      -    ok       ?      ?      ?
roleSetGrants       ?    ?     ?      ?    ?    ?  -      -      -    ok       ?      ?      ?
roleSetGrants wide  ?    ?     ?      ?    ?    ?  -      -      -     -       ?      ?      ?
roleSetGrants mine  ?    ?     ?      ?    ?    ?  -      -      -     !       ?      ?      ?
roleSetGrants kpi   ?    ?     ?      ?    ?    ?  -      -      -     -       ?      ?      ?
roleSetGrants named ?    ?     ?      ?    ?    ?  -      -      -     r       ?      ?      ?
roleDiff            r    r     r      r    r    r  -      -      -    ok       r      r      r
roleDiff assign     r    r     r      r    r    r  -      -      r    ok       r      r      r
roleDiff revokeId   r    r     r      r    r    r  -      -      r    ok       r      r      r
roleDelete          ?    ?     ?      ?    ?    ?  -      -      -    ok       ?      ?      ?
tenantEdit          -    -     -      -    -    -  -      -      -    ok       -      -      -
"""


def _encode_assignment_id(company: Company) -> str:
    return company.encode_part_id("assignment", company.members["mara"].assignments)


def _grant_kpi(name: str) -> Callable[[Company], dict[str, Any]]:
    """Return the input that lets a role record one KPI."""

    def build(company: Company) -> dict[str, Any]:
        kpi_id = company.encode_id("kpi", name)
        grants = [{"permission": "KPIS_RECORD", "population": "KPI", "kpiId": kpi_id}]
        return {"id": company.encode_id("role", "coach"), "grants": grants}

    return build


def _invite(role: str) -> Callable[[Company], dict[str, Any]]:
    """Return the input that invites somebody without an account, with one role."""
    return lambda company: {
        "person": {"id": company.encode_id("person", "newcomer")},
        "roles": [{"roleId": company.encode_id("role", role)}],
    }


def _rename(who: str) -> Callable[[Company], dict[str, Any]]:
    """Return the input that gives one member another subject."""
    return lambda company: {
        "changes": [
            {"member": {"id": company.encode_id("member", who)}, "newSubject": f"{who}.renamed"}
        ]
    }


def _ask_about_goal(name: str) -> Callable[[Company], dict[str, Any]]:
    """Return the question whether Mara may edit one of her goals."""
    return lambda company: {
        "personId": company.encode_id("person", "mara"),
        "nodeId": company.encode_id("goal", name),
        "action": "EDIT",
    }


EMPLOYMENT = [{"permission": "EMPLOYMENT_READ"}]


INPUTS: Inputs = {
    "memberCreate": lambda company: {
        "personId": company.encode_id("person", "newcomer"),
        "subject": "newcomer",
    },
    "memberAssignRole": build_input("member", "mara", roleId=encode_id_of("role", "coach")),
    "memberAssignRole hr": build_input("member", "mara", roleId=encode_id_of("role", "hr")),
    "memberAssignRole me": build_input("member", "admin", roleId=encode_id_of("role", "hr")),
    "memberRevokeRole": build_input("member", "mara", assignmentId=_encode_assignment_id),
    "memberChangeSubject": build_input("member", "mara", subject="mara.renamed"),
    "memberChangeSubject hr": build_input("member", "hr", subject="hr.renamed"),
    "membersChangeSubjects": _rename("mara"),
    "membersChangeSubjects hr": _rename("hr"),
    "memberSuspend": build_input("member", "mara"),
    "memberActivate": build_input("member", "suspended"),
    "memberRemove": build_input("member", "mara"),
    "memberRestore": build_input("member", "removed"),
    "accessExplain": _ask_about_goal("public"),
    "accessExplain hers": _ask_about_goal("private"),
    "accessPreview": lambda company: {"personId": company.encode_id("person", "mara")},
    "memberInvite": _invite("employee"),
    "memberInvite hr": _invite("hr"),
    "invitationAccept": lambda _: {"code": "trellis_invitation_unknown"},
    "roleCreate": lambda _: {"key": "mentor", "name": "Mentor"},
    "roleCreate wide": lambda _: {"key": "mentor", "name": "Mentor", "grants": EMPLOYMENT},
    "roleEdit": build_input("role", "coach", name="Trainer"),
    "roleSetGrants": build_input("role", "coach", grants=[{"permission": "DIRECTORY_READ"}]),
    "roleSetGrants wide": build_input("role", "coach", grants=EMPLOYMENT),
    "roleSetGrants kpi": _grant_kpi("shared"),
    "roleSetGrants named": _grant_kpi("named"),
    "roleSetGrants mine": lambda company: {
        "id": company.encode_id("role", "tenant_admin"),
        "grants": [
            *(
                {"permission": each.permission.name, "population": each.population.name}
                for each in company.roles["tenant_admin"].grants
            ),
            *EMPLOYMENT,
        ],
    },
    "roleDiff": lambda company: {
        "roleId": company.encode_id("role", "coach"),
        "grants": [{"permission": "DIRECTORY_READ"}],
    },
    "roleDiff assign": lambda company: {
        "roleId": company.encode_id("role", "coach"),
        "assign": {"memberId": company.encode_id("member", "mara")},
    },
    "roleDiff revokeId": lambda company: {
        "roleId": company.encode_id("role", "employee"),
        "revokeId": _encode_assignment_id(company),
    },
    "roleDelete": build_input("role", "coach"),
    "tenantEdit": lambda _: {"name": "Meridian Group"},
}
