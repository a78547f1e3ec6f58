"""The alerts of a dataset and their rules, from a source of randomness of their own."""

from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from domain.kpis import KpiFrequency
from tests.reads.kpi_dataset import BASE_TIME, build_calendar

if TYPE_CHECKING:
    from tests.reads.dataset import Row, TenantDataset

CONDITIONS = ["red", "red", "amber_or_red", "worse_status", "above", "below", "overdue"]


def add_alerts(world: "TenantDataset", size: int) -> None:
    """Add rules of KPIs, an alert of most, and a task for each that is open."""
    random = Random(f"alerts {world.seed}")  # so the rows of other tables stay as they are
    calendar = build_calendar(world.tables["tenants"][0])
    people = world.tables["people"]
    for n in range(size):
        kpi = random.choice(world.tables["kpis"])
        times = {
            "version": 1 + n % 3,
            "created_at": BASE_TIME + timedelta(hours=n % 5),
            "updated_at": BASE_TIME + timedelta(days=n % 7),
        }
        condition = random.choice(CONDITIONS)
        if condition == "amber_or_red" and n % 2:
            condition = "signal"
        is_signal = condition == "signal"
        threshold = Decimal("7.5") if condition in ("above", "below") else None
        member = None if is_signal else _choose_member(world, kpi["id"], n)
        rule = world.add_row(
            "alert_rules",
            id=UUID(int=random.getrandbits(128)),
            **times,
            kpi_id=kpi["id"],
            dimension_id=member and member["dimension_id"],
            member_id=member["id"] if member and n % 4 else None,
            condition=condition,
            threshold=threshold,
            release_threshold=random.choice([None, threshold]),
            periods=random.choice([1, 1, 3]),
            within_periods=None if n % 3 else 5,
            by_previous_year=is_signal and n % 3 == 0,
            release_periods=random.choice([1, 2]),
            recipient_id=random.choice([None, random.choice(people)["id"]]),
            days_to_answer=random.choice([1, 3]),
            escalation_levels=random.choice([0, 1, 5]),
        )
        first = calendar.find(KpiFrequency(kpi["frequency"]), world.today - timedelta(days=400))
        last = calendar.get(first.frequency, first.ordinal + random.choice([0, 1, 4]))
        status = random.choice(["open", "open", "snoozed", "acknowledged", "closed"])
        is_closed = status == "closed"
        alert = world.add_row(
            "alerts",
            id=UUID(int=random.getrandbits(128)),
            **times,
            kpi_id=kpi["id"],
            rule_id=random.choice([rule["id"], UUID(int=random.getrandbits(128))]),
            member_id=member and member["id"],
            condition=condition,
            threshold=threshold,
            first_ordinal=first.ordinal,
            first_starts_on=first.starts_on,
            last_ordinal=last.ordinal,
            last_starts_on=last.starts_on,
            bad_periods=random.choice([1, 2]),
            signal_rule="eight_on_one_side" if is_signal else None,
            is_signal_provisional=n % 3 > 0 if is_signal else None,
            recipient_id=random.choice(people)["id"],
            escalated_to_id=random.choice([None, random.choice(people)["id"]]),
            escalation_level=random.choice([0, 2]),
            is_assigned=n % 4 == 0,
            goal_id=None if n % 3 else world.tables["goals"][n]["id"],
            due_on=world.today + timedelta(days=random.choice([-9, 0, 3, 3, 30])),
            status=status,
            snoozed_until=world.today if status == "snoozed" else None,
            reason=random.choice([None, "A “strike”"]),
            acknowledged_by_id=random.choice([None, random.choice(people)["id"]]),
            acknowledged_at=random.choice([None, BASE_TIME]),
            closed_at=BASE_TIME if is_closed else None,
            close_reason="recovered" if is_closed else None,
        )
        if n % 3 == 0:  # somebody does something about it
            world.tables["action_items"][n]["alert_id"] = alert["id"]
        if status == "open":
            _add_task(world, alert)


def _choose_member(world: "TenantDataset", kpi_id: UUID, n: int) -> "Row | None":
    """Return a member of a KPI that has some, perhaps a confined one."""
    members = [each for each in world.tables["kpi_dimension_members"] if each["kpi_id"] == kpi_id]
    return members[n % len(members)] if members and n % 3 else None


def _add_task(world: "TenantDataset", alert: "Row") -> None:
    world.add_row(
        "todos",
        id=uuid5(alert["id"], str(alert["recipient_id"])),
        person_id=alert["recipient_id"],
        kind="alert",
        due_on=alert["due_on"],
        entity="alert",
        subject_id=alert["id"],
    )
