"""Use cases of alert rules and alerts: what people decide about them."""

from typing import Annotated, Any
from uuid import UUID

from domain.alerts.enums import AlertCondition
from domain.alerts.model import ALERT_REASON, Alert
from domain.alerts.people import choose_due_day
from domain.alerts.rules import MAX_RULES, AlertRule
from domain.goals import Goal
from domain.kernel.actions import Action
from domain.kernel.errors import Code, Invalid, LimitExceeded
from domain.kernel.faults import FaultCollector, raise_faults
from domain.kernel.fields import new_values
from domain.kernel.identity import PersonId
from domain.kernel.unit_of_work import Work
from domain.kpis import Kpi
from domain.kpis.dimensions import DIMENSION_KEY, MEMBER_CODE
from domain.kpis.dimensions.slices import load_slices
from domain.kpis.use_cases import adds_to_new_kpis
from domain.people import Person

USUAL_CONDITIONS = (AlertCondition.RED, AlertCondition.OVERDUE)
"""What raises alerts about a new KPI until somebody changes its rules."""


@adds_to_new_kpis
async def watch(work: Work, kpi: Kpi) -> None:
    """Give a new KPI the usual rules. Raises NotPermitted."""
    for condition in USUAL_CONDITIONS:
        rule = AlertRule(tenant_id=kpi.tenant_id, kpi_id=kpi.id, condition=condition)
        rule.attach(kpi)
        rule.record_event("created")
        await work.add(rule, to=AlertRule.CREATE)


async def create_rule(
    work: Work,
    kpi_id: UUID,
    condition: AlertCondition,
    *,
    recipient_id: UUID | None = None,
    dimension: str | None = None,
    member: str | None = None,
    **details: Any,
) -> AlertRule:
    """Add a rule to a KPI. Raises NotPermitted, Invalid and LimitExceeded.

    With the key of a dimension it looks at all its members, or at the one with this code.
    """
    kpi = await work.reference(Kpi, kpi_id, "kpiId")
    assert kpi is not None, "A rule names its KPI."
    rule = AlertRule(tenant_id=work.actor.tenant_id, kpi_id=kpi_id, condition=condition)
    rule.attach(kpi)
    await work.require(rule, to=AlertRule.CREATE)
    faults = FaultCollector()
    with faults.collect():
        await _reference_recipient(work, recipient_id)
    with faults.collect():
        await _choose_slices(work, kpi, rule, dimension, member)
    with faults.collect():
        for name, value in new_values(AlertRule, details).items():
            setattr(rule, name, value)
        raise_faults(AlertRule.find_value_conflicts(vars(rule)))
    faults.raise_all()
    rule.recipient_id = None if recipient_id is None else PersonId(recipient_id)
    await work.lock_value("alert_rules.kpi_id", str(kpi_id))
    if await work.count(AlertRule, kpi_id=kpi_id) >= MAX_RULES:
        raise LimitExceeded(f"A KPI has at most {MAX_RULES} alert rules. Delete one.", "kpiId")
    rule.record_event("created")
    await work.add(rule, to=AlertRule.CREATE)
    return rule


async def edit_rule(
    work: Work, id: UUID, *, expected_version: int | None = None, **details: Any
) -> AlertRule:
    """Change a rule but for its KPI and its condition. Raises what `Work.get` raises, and Invalid.

    Alerts that it no longer raises are closed.
    """
    rule = await work.get(AlertRule, id, to=AlertRule.EDIT, expected_version=expected_version)
    recipient_id = details.get("recipient_id", rule.recipient_id)
    faults = FaultCollector()
    with faults.collect():
        if recipient_id != rule.recipient_id:
            await _reference_recipient(work, recipient_id)
    with faults.collect():
        rule.edit(**details)
    faults.raise_all()
    return rule


async def delete_rule(work: Work, id: UUID, *, expected_version: int | None = None) -> AlertRule:
    """Delete a rule; a worker closes its alerts. Raises what `Work.get` raises."""
    rule = await work.get(AlertRule, id, to=AlertRule.DELETE, expected_version=expected_version)
    rule.record_event("deleted")
    await work.remove(rule)
    return rule


async def acknowledge(
    work: Work,
    id: UUID,
    *,
    reason: Annotated[str, ALERT_REASON],
    expected_version: int | None = None,
) -> Alert:
    """Answer an alert, with what is known or done. Raises what `Work.get` raises, and Invalid."""
    alert = await work.get(Alert, id, to=Alert.ACKNOWLEDGE, expected_version=expected_version)
    alert.acknowledge(reason, by=work.actor.person_id, at=work.now)
    return alert


async def assign(
    work: Work, id: UUID, *, person_id: UUID, expected_version: int | None = None
) -> Alert:
    """Hand an alert to a person who sees the KPI. Raises what `Work.get` raises, and Invalid."""
    alert = await work.get(Alert, id, to=Alert.ASSIGN, expected_version=expected_version)
    await work.reference(Person, person_id, "personId")
    if not await work.is_permitted_to(person_id, alert, to=Action("see", Alert.SEE)):
        message = "This person cannot see the KPI, or cannot sign in. Choose another person."
        raise Invalid(message, "personId")
    rule = await work.find(AlertRule, id=alert.rule_id)
    days = AlertRule.days_to_answer if rule is None else rule.days_to_answer
    alert.assign(PersonId(person_id), await choose_due_day(work, person_id, days))
    return alert


async def set_goal(
    work: Work, id: UUID, *, goal_id: UUID | None, expected_version: int | None = None
) -> Alert:
    """Say which goal people set because of an alert. Raises what `Work.get` raises, and Invalid."""
    alert = await work.get(Alert, id, to=Alert.SET_GOAL, expected_version=expected_version)
    await work.reference(Goal, goal_id, "goalId")
    alert.set_goal(goal_id)
    return alert


async def _choose_slices(
    work: Work, kpi: Kpi, rule: AlertRule, dimension: str | None, member: str | None
) -> None:
    """Let a new rule look at slices. Raises Invalid.

    Who adds a rule may edit the KPI, and so sees all its members.
    """
    key, code = DIMENSION_KEY.check(dimension, "dimension"), MEMBER_CODE.check(member, "member")
    if key is None:
        if code is not None:
            message = "A member belongs to a dimension. Fill it in, too."
            raise Invalid(message, "dimension", code=Code.REQUIRED)
        return
    slices = await load_slices(work, [kpi])
    rule.dimension_id = slices.find_dimension(kpi, key).id
    if code is not None:
        found = slices.find(kpi, key, code, may_create=False)
        rule.member_id = found.id
        rule.attach(kpi, found)


async def _reference_recipient(work: Work, recipient_id: UUID | None) -> None:
    """Check the recipient of a rule. Raises Invalid."""
    person = await work.reference(Person, recipient_id, "recipientId")
    if person is not None and person.has_left(work.actor.today):
        raise Invalid("This person has left. Choose another recipient.", "recipientId")
