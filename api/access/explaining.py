"""The mutation that explains a decision, and keeps the question in the audit log."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import strawberry

from api.access.actions import AccessAction, AccessRuleKind, find_action, list_nodes
from api.kernel.schema.declarations import TYPES
from api.kernel.schema.global_ids import NodeId
from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.mutations import Computed, mutation
from api.members import Member
from domain import explaining
from domain.kernel import explanations
from domain.kernel.unit_of_work import Work

_HIDDEN = "Null where it is hidden: it compares something that the viewer may not read."


@strawberry.type(description="A rule that was asked, and whether it holds for the person.")
class AccessCondition:
    """A rule that was asked."""

    depth: int = strawberry.field(
        description="0 for the whole. Those inside a rule follow it and have one more than it has."
    )
    kind: AccessRuleKind = strawberry.field(description="The kind of the rule.")
    sentence: str = strawberry.field(description="The rule in words.")
    holds: bool | None = strawberry.field(description=f"Whether it holds. {_HIDDEN}")
    is_hidden: bool = strawberry.field(description="Whether `holds` is hidden from the viewer.")
    fact: str | None = strawberry.field(
        description="What was compared, such as the present value or the populations of grants."
        " Null where it is hidden, and where `holds` says it all."
    )


@strawberry.type(description="Why a person can or cannot do something with an object.")
class AccessExplanation:
    """Why a person can or cannot do something."""

    allowed: bool | None = strawberry.field(
        description="Whether the person sees the object, the rule allows the action, and its state"
        " does. `viewerCan` also leaves out actions that related objects block. Null where it"
        " depends on something that the viewer may not read."
    )
    conditions: list[AccessCondition] = strawberry.field(
        description="All rules that were asked, each followed by those inside it."
    )
    changes: list[str] = strawberry.field(
        description="What would allow it: each item is enough, and those with the fewest"
        f" conditions come first, {explanations.MAX_CHANGES} at most. Empty where it is allowed,"
        " and where nothing would allow it."
    )


for each in (AccessCondition, AccessExplanation):
    TYPES[each.__name__] = each


@input_type()
class AccessExplainInput:
    """Input of `accessExplain`."""

    person_id: UUID = input_field("The person who wants to do it.", id_prefix="person")
    node_id: NodeId = input_field(
        "The object, which the viewer must see.", id_prefix=tuple(list_nodes()), keeps_kind=True
    )
    action: AccessAction = input_field("What the person wants to do.")


@mutation(Member, computes={"explanation": AccessExplanation})
async def access_explain(work: Work, input: AccessExplainInput) -> Computed:
    """Explain why a person can or cannot do something with an object.

    Everyone may ask about themselves, and who holds `MEMBERS_MANAGE` or `AUDIT_READ` over a person
    whose account they see also about that person: the audit log keeps the question. The answer
    has nothing that the viewer may not read, and nothing that follows from it.
    """
    model = list_nodes()[input.node_id.prefix]
    kind = model.aggregate
    assert kind is not None, "Only aggregates are listed."
    action = find_action(kind, model, input.action.value)
    account, found = await explaining.explain_access(
        work, input.person_id, kind, input.node_id.id, action
    )
    return Computed(account.id, _build_explanation(found))


def _build_explanation(found: explanations.AccessExplanation) -> AccessExplanation:
    return AccessExplanation(
        allowed=found.is_allowed,
        conditions=list(_list_conditions(found.explanation, 0)),
        changes=found.list_changes(),
    )


def _list_conditions(found: explanations.Explanation, depth: int) -> Iterator[Any]:
    """Yield a rule, then those inside it."""
    yield AccessCondition(
        depth=depth,
        kind=found.kind,
        sentence=found.sentence,
        holds=found.holds,
        is_hidden=found.holds is None,
        fact=found.fact,
    )
    for each in found.parts:
        yield from _list_conditions(each, depth + 1)
