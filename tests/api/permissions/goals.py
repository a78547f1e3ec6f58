"""Who may change goals: the table, and the input of each row."""

from typing import Any
from uuid import UUID

from api.kernel.schema.global_ids import encode_id
from tests.api.company import Company
from tests.api.permission_matrix import Input, Inputs
from tests.api.permissions.inputs import REFERENCE, build_input, build_owner, encode_id_of

TABLE = """
                      mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
goalCreate mine         ok   ok    ok      -    -    - ok     ok      -     -       -      r      r
goalCreate team          -    -     -      -    -   ok ok     ok      -     -       -      r      r
goalCreate unit          -    -     -      -    -    - ok     ok      -     -       -      r      r
goalEdit public         ok   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalEdit draft          ok   ok    ok      ?    ?    ? ok     ok      ?     ?       ?      ?      ?
goalEdit in_unit        ok   ok    ok      ?    -    - ok     ok      ?     -       -      ?      ?
goalEdit in_chain       ok   ok    ok      ?    ?    ? ok     ok      ?     ?       ?      ?      ?
goalEdit private        ok    ?     ?      ?    -    ?  ?      ?      ?     ?       ?      ?      ?
goalEdit of_team         -    -     -      -    -   ok ok     ok      -     -       -      ?      ?
goalEdit of_unit         -    -     -      -    -    - ok     ok      -     -       -      ?      ?
goalEdit hiding         ok    -     -      -    -    -  -      -      -     -       -      ?      ?
goalEdit sharing        ok    -     -      ?    ?    ?  -      -      ?     ?       ?      ?      ?
goalEdit naming         ok    -     -      -    -    -  -      -      -     -       -      ?      ?
goalAlign               ok   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalReassign             -   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalReassign mine       ok   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalReassign to_unit     -    -     -      -    -    - ok     ok      -     -       -      ?      ?
goalReassign in_chain    -    -     -      ?    ?    ?  -      -      ?     ?       ?      ?      ?
goalReassign private     -    ?     ?      ?    -    ?  ?      ?      ?     ?       ?      ?      ?
goalReassign of_team     -    -     -      -    -   ok ok     ok      -     -       -      ?      ?
goalReassign abroad      r    r     r      -    -    -  r      r      -     -       -      ?      ?
goalActivate            ok   ok    ok      ?    ?    ? ok     ok      ?     ?       ?      ?      ?
goalDiscard             ok   ok    ok      ?    ?    ? ok     ok      ?     ?       ?      ?      ?
goalAddKeyResult        ok   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalEditKeyResult       ok   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalRemoveKeyResult     ok   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalReorderKeyResults   ok   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalCheckIn             ok   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalCheckIn earlier     ok   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalCheckIn correcting  ok   ok    ok      ?    ?    ? ok     ok      ?     ?       ?      ?      ?
goalAchieve             ok   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalMarkMissed          ok   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalAbandon             ok   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalReopen              ok   ok    ok      -    -    - ok     ok      -     -       -      ?      ?
goalReopen open          s    s     s      -    -    -  s      s      -     -       -      ?      ?
goalAddExternalReference -    -     -      -    -    - ok     ok      -     -       -      ?      ?
goalRemoveExternalReference - -     -      -    -    - ok     ok      -     -       -      ?      ?
goalsUpsert             ok   ok    ok      -    -    - ok     ok      -     -       -      r      r
goalsUpsert private     ok    r     r      r    -    r  r      r      r     r       r      r      r
goalsUpsert new          -    -     -      -    -    - ok     ok      -     -       -      -      r
"""


def _build_goal_input(which: str = "public", /, **more: Any) -> Any:
    return build_input("goal", which, **more)


def _build_goal_create_input(**owner: Any) -> Any:
    def input(company: Company) -> Input:
        return {"owner": build_owner(**owner)(company), "title": "More", "dueOn": "2026-12-31"}

    return input


def _encode_key_result_id(company: Company) -> str:
    return company.encode_part_id("keyres", company.goals["public"].key_results)


def _encode_key_result_ids(company: Company) -> list[str]:
    ids = [company.encode_part_id("keyres", [each]) for each in company.goals["public"].key_results]
    return ids[::-1]


def _encode_peer_ids(company: Company) -> list[str]:
    return [company.encode_id("person", "peer")]


INPUTS: Inputs = {
    "goalCreate mine": _build_goal_create_input(personId=encode_id_of("person", "mara")),
    "goalCreate team": _build_goal_create_input(teamId=encode_id_of("team", "dispatch")),
    "goalCreate unit": _build_goal_create_input(organizationId=encode_id_of("org", "ops")),
    **{
        f"goalEdit {name}": _build_goal_input(name, title="Even fewer")
        for name in ("public", "draft", "in_unit", "in_chain", "private", "of_team", "of_unit")
    },
    "goalEdit hiding": _build_goal_input(visibility="PRIVATE"),
    "goalEdit sharing": _build_goal_input("in_chain", visibility="PUBLIC"),
    "goalEdit naming": _build_goal_input(viewerIds=_encode_peer_ids),
    "goalAlign": _build_goal_input(parentId=encode_id_of("goal", "of_unit")),
    "goalReassign": _build_goal_input(owner=build_owner(personId=encode_id_of("person", "peer"))),
    "goalReassign mine": _build_goal_input(
        owner=build_owner(personId=encode_id_of("person", "mara"))
    ),
    "goalReassign to_unit": _build_goal_input(
        owner=build_owner(organizationId=encode_id_of("org", "ops"))
    ),
    **{
        f"goalReassign {name}": _build_goal_input(
            name, owner=build_owner(personId=encode_id_of("person", "peer"))
        )
        for name in ("in_chain", "private")
    },
    "goalReassign of_team": _build_goal_input(
        "of_team", owner=build_owner(personId=encode_id_of("person", "lead"))
    ),
    "goalReassign abroad": _build_goal_input(
        owner=lambda _: {"personId": encode_id("person", UUID(int=1))}
    ),
    "goalActivate": _build_goal_input("draft"),
    "goalDiscard": _build_goal_input("draft"),
    "goalAddKeyResult": _build_goal_input(
        keyResult={"title": "M", "startValue": "0", "targetValue": "1"}
    ),
    "goalEditKeyResult": _build_goal_input(keyResultId=_encode_key_result_id, title="Late"),
    "goalRemoveKeyResult": _build_goal_input(keyResultId=_encode_key_result_id),
    "goalReorderKeyResults": _build_goal_input(keyResultIds=_encode_key_result_ids),
    "goalCheckIn": _build_goal_input(confidence="AT_RISK"),
    "goalCheckIn earlier": _build_goal_input(confidence="AT_RISK", effectiveOn="2026-06-01"),
    "goalCheckIn correcting": _build_goal_input(
        "in_chain",
        confidence="AT_RISK",
        corrects=lambda company: company.encode_part_id(
            "checkin", company.goals["in_chain"].check_ins
        ),
        reason="Typed wrong.",
    ),
    "goalAchieve": _build_goal_input(),
    "goalMarkMissed": _build_goal_input(note="Rain."),
    "goalAbandon": _build_goal_input(note="Rain."),
    "goalReopen": _build_goal_input("achieved"),
    "goalReopen open": _build_goal_input(),
    "goalAddExternalReference": _build_goal_input(reference=REFERENCE),
    "goalRemoveExternalReference": _build_goal_input(source="workday"),
    "goalsUpsert": lambda company: {
        "rows": [{"id": company.encode_id("goal", "public"), "title": "Even fewer"}]
    },
    "goalsUpsert private": lambda company: {
        "rows": [{"id": company.encode_id("goal", "private"), "title": "Even fewer"}]
    },
    "goalsUpsert new": lambda company: {
        "rows": [
            {
                "externalReference": {"source": "hris", "id": "4715"},
                "title": "More",
                "dueOn": "2026-12-31",
                "ownerPerson": {"id": company.encode_id("person", "mara")},
            }
        ]
    },
}
