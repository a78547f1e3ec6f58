"""Mutations that create, edit and delete alert rules."""

from typing import Annotated
from uuid import UUID

import strawberry

from api.alerts.rule import AlertRule
from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.inputs import (
    expected_version_field,
    input_field,
    input_type,
    provided_fields,
)
from api.kernel.schema.mutations import mutation
from api.kernel.schema.verbs import verb
from domain import alerts
from domain.alerts import AlertCondition
from domain.kernel.unit_of_work import Work
from domain.kpis.dimensions import DIMENSION_KEY, MEMBER_CODE


@input_type(creates=AlertRule)
class AlertRuleCreateInput:
    """Input of `alertRuleCreate`."""

    kpi_id: UUID = input_field("The KPI. It never changes.", id_prefix="kpi")
    condition: AlertCondition = input_field("What raises an alert. It never changes.")
    dimension: Annotated[str | None, DIMENSION_KEY] = input_field(
        "The key of a dimension. The rule then checks its slices instead of the total: each member"
        " that is not archived, also members that are added later. Each slice has alerts of its"
        " own. It never changes. Default: the total."
    )
    member: Annotated[str | None, MEMBER_CODE] = input_field(
        "The code of the only member that it looks at. Default: all members of `dimension`."
    )
    recipient_id: UUID | None = input_field(
        "The person who is asked; choose one who sees the KPI. The owner is asked instead of"
        " somebody who does not see a confined slice. Default: the owner of the KPI.",
        id_prefix="person",
    )


@input_type(edits=AlertRule)
class AlertRuleEditInput:
    """Input of `alertRuleEdit`.

    Fields that are left out stay unchanged; null is allowed only where a field says so.
    """

    id: UUID = input_field("Id of the AlertRule.", id_prefix="alertrule")
    recipient_id: strawberry.Maybe[UUID | None] = input_field(
        "The person who is asked. Null for the owner of the KPI.", id_prefix="person"
    )
    expected_version: int | None = expected_version_field()


@mutation(AlertRule)
async def alert_rule_create(work: Work, input: AlertRuleCreateInput) -> alerts.AlertRule:
    """Let a KPI raise alerts. A worker looks at its values within seconds.

    A KPI has at most 30 rules. It begins with two: RED and OVERDUE.
    """
    return await alerts.create_rule(
        work,
        input.kpi_id,
        input.condition,
        recipient_id=input.recipient_id,
        dimension=input.dimension,
        member=input.member,
        **given_values(input, alerts.AlertRule),
    )


@mutation(AlertRule)
async def alert_rule_edit(work: Work, input: AlertRuleEditInput) -> alerts.AlertRule:
    """Change when a KPI raises alerts, and whom they ask. Alerts without a reason are closed."""
    details = given_values(input, alerts.AlertRule) | provided_fields(input, "recipient_id")
    return await alerts.edit_rule(
        work, input.id, expected_version=input.expected_version, **details
    )


alert_rule_delete = verb(
    AlertRule,
    alerts.AlertRule.DELETE,
    "Delete an alert rule. Its alerts are closed.",
    use_case=alerts.delete_rule,
)
