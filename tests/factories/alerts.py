"""Alerts and rules for tests, and what a worker does with them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg

from domain import annotations
from domain.alerts import Alert, AlertCloseReason, AlertCondition, AlertRule
from domain.kernel.background_tasks import build_system_actor
from domain.kernel.identity import PersonId, TenantId
from domain.kpis import EVALUATE, Kpi
from domain.kpis.calendar import PeriodCalendar
from domain.people import Person
from domain.task_handlers import TASK_HANDLERS
from persistence.unit_of_work.work import work
from tests.factories.actors import NOW, TODAY
from tests.factories.kpis import BEGUN_ON


def a_rule(kpi: Kpi, condition: AlertCondition = AlertCondition.RED, **more: Any) -> AlertRule:
    """Build a rule of a KPI."""
    rule = AlertRule(tenant_id=kpi.tenant_id, kpi_id=kpi.id, condition=condition, **more)
    rule.attach(kpi)
    return rule


def an_alert(kpi: Kpi, rule: AlertRule, recipient: Person, **more: Any) -> Alert:
    """Build an open alert about the first month of the first definition."""
    period = PeriodCalendar().find(kpi.frequency, BEGUN_ON)
    alert = Alert(
        tenant_id=kpi.tenant_id,
        kpi_id=kpi.id,
        rule_id=rule.id,
        condition=rule.condition,
        first_ordinal=period.ordinal,
        first_starts_on=period.starts_on,
        last_ordinal=period.ordinal,
        last_starts_on=period.starts_on,
        recipient_id=PersonId(recipient.id),
        due_on=TODAY + timedelta(days=3),
        **more,
    )
    alert.attach(kpi)
    return alert


def some_alerts(
    kpis: Mapping[str, Kpi], people: Mapping[str, Person]
) -> tuple[dict[str, AlertRule], dict[str, Alert]]:
    """Build rules and alerts of two KPIs of a company: one that is shared, and one that is not."""
    mara, boss = people["mara"], people["boss"]
    rules = {
        "of_kpi": a_rule(kpis["in_unit"], recipient_id=PersonId(mara.id)),
        "of_named": a_rule(kpis["named"]),
    }
    asked = {"escalated_to_id": PersonId(boss.id), "escalation_level": 1}
    alerts = {
        "open": an_alert(kpis["in_unit"], rules["of_kpi"], mara, **asked),
        "of_named": an_alert(kpis["named"], rules["of_named"], mara),
        "closed": an_alert(kpis["in_unit"], a_rule(kpis["in_unit"]), mara),
    }
    alerts["closed"].close(AlertCloseReason.RECOVERED, at=NOW)
    alerts["closed"].events.clear()
    return rules, alerts


async def evaluate(
    writing: asyncpg.Pool, tenant_id: TenantId, now: datetime, kpi: Kpi
) -> datetime | None:
    """Evaluate a KPI as a worker does at a moment; return when it wants to do it again."""
    handler = TASK_HANDLERS[EVALUATE]
    today = now.astimezone(ZoneInfo("UTC")).date()
    actor = build_system_actor(tenant_id, today, handler)
    async with work(writing, actor, now=now) as begun:
        await handler.run(begun, kpi_id=str(kpi.id))
        planned = [each.not_before for each in begun._tasks]
    return min((each for each in planned if each is not None), default=None)


async def evaluate_annotations(writing: asyncpg.Pool, tenant_id: TenantId) -> list[str]:
    """Follow changed annotations as a worker does; return the KPIs to evaluate because of them."""
    handler = TASK_HANDLERS[annotations.EVALUATE]
    actor = build_system_actor(tenant_id, TODAY, handler)
    async with work(writing, actor, now=NOW) as begun:
        await handler.run(begun)
        return [each.arguments["kpi_id"] for each in begun._tasks]
