"""A KPI of a company that a worker evaluates, and what people read of its alerts."""

from datetime import timedelta
from typing import Any

import asyncpg

from tests.api.company import Company
from tests.factories.actors import NOW
from tests.factories.alerts import evaluate

ALERTS = """query($id: ID!) { kpi(by: { id: $id }) { alerts { nodes {
  id version condition status closeReason period firstPeriod badPeriods dueOn sentence
  escalationLevel recipient { name } escalatedTo { name }
  figures { period value status target { value } } } } } }"""
TASKS = """{ viewer { tasks(where: { kind: { eq: ALERT } }) { nodes {
  kind dueOn subject { ... on Alert { kpi { id } } } } } } }"""


class Watched:
    """A company in which a worker evaluates a KPI."""

    def __init__(self, company: Company, writing: asyncpg.Pool, name: str = "shared") -> None:
        self.company, self.writing, self.name = company, writing, name
        self.id = company.encode_id("kpi", name)

    async def record(self, **values: str) -> None:
        rows = [
            {"kpiId": self.id, "period": period.removeprefix("m").replace("_", "-"), "value": value}
            for period, value in values.items()
        ]
        payload = await self.company.mutate("mara", "kpiRecordMeasurements", "outcomes", rows=rows)
        assert payload["errors"] == []

    async def evaluate(self, days: int = 0) -> str | None:
        now = NOW + timedelta(days=days)
        self.company.graph.now = now
        kpi = self.company.kpis[self.name]
        planned = await evaluate(self.writing, self.company.tenant_id, now, kpi)
        return planned and planned.date().isoformat()

    async def list_alerts(self) -> list[Any]:
        found = await self.company.query("mara", ALERTS, id=self.id)
        return found["kpi"]["alerts"]["nodes"]

    async def list_tasks(self, who: str) -> list[str]:
        tasks = (await self.company.query(who, TASKS))["viewer"]["tasks"]["nodes"]
        return [each["dueOn"] for each in tasks if each["subject"]["kpi"] == {"id": self.id}]

    async def answer(self, who: str, alert: Any, reason: str) -> Any:
        selection = "alert { status reason acknowledgedBy { name } }"
        return await self.company.mutate(
            who, "alertAcknowledge", selection, id=alert["id"], reason=reason
        )

    async def snooze(self, who: str, alert: Any, until: str) -> Any:
        return await self.company.mutate(
            who, "alertSnooze", "alert { status }", id=alert["id"], until=until
        )

    async def add_rule(self, condition: str, **more: Any) -> str:
        payload = await self.company.mutate(
            "mara",
            "alertRuleCreate",
            "alertRule { id }",
            kpiId=self.id,
            condition=condition,
            **more,
        )
        assert payload["errors"] == []
        return payload["alertRule"]["id"]
