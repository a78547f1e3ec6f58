"""A small but difficult dataset: plain rows of two tenants, the same in every run."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from tests.reads import sample_values as words
from tests.reads.access_request_dataset import add_access_requests
from tests.reads.action_item_dataset import add_action_items
from tests.reads.alert_dataset import add_alerts
from tests.reads.annotation_dataset import add_annotations
from tests.reads.bulk_operation_dataset import add_bulk_operations
from tests.reads.calibration_dataset import add_calibrations
from tests.reads.custom_field_dataset import add_custom_fields
from tests.reads.fairness_dataset import add_fairness
from tests.reads.feedback_dataset import add_feedback, add_feedback_requests
from tests.reads.feedback_program_dataset import add_feedback_programs
from tests.reads.goal_dataset import add_goal_references, add_goals
from tests.reads.issuer_dataset import add_issuers
from tests.reads.job_dataset import add_jobs
from tests.reads.journal_dataset import add_journal
from tests.reads.known_dataset import add_superseded
from tests.reads.kpi_dataset import add_kpis
from tests.reads.kpi_review_dataset import add_kpi_reviews
from tests.reads.legal_hold_dataset import add_legal_holds
from tests.reads.member_dataset import add_members
from tests.reads.nomination_dataset import add_nominations
from tests.reads.retention_dataset import add_retention_policies
from tests.reads.review_cycle_dataset import add_review_cycles
from tests.reads.review_dataset import add_review_documents, add_reviews
from tests.reads.review_score_dataset import add_score_rules, add_scores
from tests.reads.scorecard_dataset import add_scorecards
from tests.reads.service_client_dataset import add_service_clients
from tests.reads.survey_dataset import add_surveys
from tests.reads.sync_run_dataset import add_sync_runs
from tests.reads.team_dataset import add_team_references, add_teams
from tests.reads.work_calendar_dataset import add_work_calendars

NOW = datetime(2026, 6, 15, 9, 30, tzinfo=UTC)


BASE_TIME = datetime(2025, 11, 3, 8, 15, tzinfo=UTC)


Row = dict[str, Any]


NO_VALUES: dict[str, Any] = {
    "custom_values": {},
    "custom_values_of_managers": {},
    "custom_values_of_hr": {},
}
USUAL_VALUES: dict[str, dict[str, Any]] = {
    "role_assignments": {"starts_at": None, "expires_at": None},
    "members": dict.fromkeys(
        ("invited_until", "invitation_hash", "invited_email", "invited_issuer")
    ),
    "todos": {"reminded_at": None, "reminders_sent": 0},
    **dict.fromkeys(("people", "teams", "goals"), NO_VALUES),
}
"""Values of rows for which a dataset gives no others."""


@dataclass
class TenantDataset:
    """The rows of one tenant by table, and its callers' subjects by their kind."""

    slug: str
    tenant_id: UUID
    today: date
    seed: int
    tables: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    subjects: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)

    def add_row(self, table: str, **values: Any) -> Row:
        row = {"tenant_id": self.tenant_id, **USUAL_VALUES.get(table, {}), **values}
        self.tables[table].append(row)
        return row

    def add_part(self, table: str, **values: Any) -> Row:
        return self.add_row(table, id=UUID(int=self.random.getrandbits(128)), **values)

    def add_root(self, table: str, **values: Any) -> Row:
        created = BASE_TIME + timedelta(hours=self.random.randrange(40), microseconds=500_000)
        changed = created + timedelta(days=self.random.randrange(3))
        version = self.random.randint(1, 9)
        stamps = {"version": version, "created_at": created, "updated_at": changed}
        return self.add_part(table, **stamps, **values)

    def pick_day(self, least: int, most: int) -> date:
        return self.today + timedelta(days=self.random.randint(least, most))

    def draw_optional(self, value: Any, share: float = 0.5) -> Any:
        return value if self.random.random() < share else None

    def pick_row(self, table: str) -> Row:
        return self.random.choice(self.tables[table])


def a_world(slug: str, tenant_id: UUID, seed: int, today: date, size: int = 36) -> TenantDataset:
    """Build a tenant with every case that is hard to read."""
    world = TenantDataset(slug, tenant_id, today, seed)
    _add_tenant(world)
    _add_organizations(world)
    _add_people(world, size)
    _add_reporting_lines(world)
    add_teams(world)
    add_members(world)
    add_goals(world, size * 2)
    add_kpis(world, size)
    add_scorecards(world, size // 2)
    add_kpi_reviews(world, size)
    add_action_items(world, size)
    add_feedback_requests(world, size)
    add_feedback(world, size)
    add_annotations(world, size)
    add_alerts(world, size)
    add_work_calendars(world)
    add_service_clients(world)
    add_issuers(world)
    add_sync_runs(world)
    add_bulk_operations(world)
    add_review_documents(world)
    add_review_cycles(world, 8)
    add_surveys(world)
    add_feedback_programs(world, 15)
    add_reviews(world, size // 2)
    add_calibrations(world, 10)
    add_score_rules(world)
    add_scores(world)
    add_nominations(world)
    add_fairness(world)
    add_journal(world, size * 5)
    add_jobs(world)
    add_superseded(world)
    add_team_references(world)
    add_goal_references(world)
    add_custom_fields(world)
    add_legal_holds(world)
    add_access_requests(world)
    add_retention_policies(world)
    return world


def _add_tenant(world: TenantDataset) -> None:
    row = world.add_root(
        "tenants",
        name=world.slug.title(),
        fiscal_year_start_month=4,
        fiscal_year_named_by="last_year",
        week_start="monday",
        time_zone="UTC" if world.slug == "northwind" else "Pacific/Pago_Pago",
        locale="en",
        labels={"goal": "Objective", "key_result": "Measure", "member": "Mäß"},
        field_owners={"person_job_title": "hris", "team_name": "payroll"},
        allows_self_appointment=False,
        allows_granting_unheld=False,
        requires_second_admin=False,
        check_in_backdating_days=31,
        kpi_tolerance_percent=10,
        suppression_threshold=5,
        appeal_days=14,
        changes_retention_days=90,
    )
    row["id"] = world.tenant_id


def _add_organizations(world: TenantDataset) -> None:
    units = world.tables["organizations"]
    for n, (kind, name, parent) in enumerate(words.UNITS):
        unit = world.add_root(
            "organizations",
            kind=kind,
            code=f"U{n % 3}-{n}",
            name=name,
            parent_id=None if parent is None else units[parent]["id"],
            starts_on=world.pick_day(-900, -800),
            ends_on=world.pick_day(-20, 20) if n == 7 else None,
        )
        for source in world.random.sample(["payroll", "ledger"], n % 3):
            world.add_part(
                "organization_references",
                organization_id=unit["id"],
                source=source,
                external_id=f"{source}-{n}",
            )


def _add_people(world: TenantDataset, size: int) -> None:
    for n in range(size):
        given, family = (
            world.random.choice(words.GIVEN_NAMES),
            world.random.choice(words.FAMILY_NAMES),
        )
        hired_on = world.pick_day(-1500, -100)
        left_on = world.pick_day(-60, 0) if n % 9 == 7 else None
        if n % 11 == 5:
            hired_on, left_on = world.today + timedelta(days=n % 3), None
        if n == 20:
            left_on = world.today + timedelta(days=30)
        person = world.add_root(
            "people",
            given_name=given,
            family_name=family,
            name=f"{given} {family}".strip(),
            work_email=world.draw_optional(f"p{n}@{world.slug}.example", 0.85),
            employee_number=world.draw_optional(f"E{n:03}", 0.8),
            job_title=world.draw_optional(world.random.choice(words.JOB_TITLES), 0.8),
            level=world.draw_optional(world.random.choice(["L1", "L2", "l2", "L10"]), 0.6),
            location=world.draw_optional(
                world.random.choice(["Łódź", "Lima", "oslo", "Oslo"]), 0.7
            ),
            time_zone=world.draw_optional("Europe/Oslo", 0.3),
            organization_id=world.draw_optional(world.pick_row("organizations")["id"], 0.9),
            hired_on=hired_on,
            left_on=left_on,
            job_changes_on=None,
            unit_changes_on=None,
            record_status="erased" if _was_erased(world, left_on, n) else "current",
        )
        _add_employment(world, person, n)


def _was_erased(world: TenantDataset, left_on: date | None, n: int) -> bool:
    return left_on is not None and left_on <= world.today and n % 3 == 0


def _add_employment(world: TenantDataset, person: Row, n: int) -> None:
    mine = {"person_id": person["id"]}
    if n % 6 == 2:
        world.add_part(
            "employments",
            **mine,
            hired_on=person["hired_on"] - timedelta(days=400),
            left_on=person["hired_on"] - timedelta(days=90),
            leaving_reason="Moved",
            leaving_kind="voluntary",
            successor_id=None,
        )
    reason = "Retired" if person["left_on"] else None
    world.add_part(
        "employments",
        **mine,
        hired_on=person["hired_on"],
        left_on=person["left_on"],
        leaving_reason=reason,
        leaving_kind="retirement" if reason and n % 2 else None,
        successor_id=world.tables["people"][0]["id"] if person["left_on"] else None,
    )
    for least, most in ((-30, 30), (-90, -1), (5, 10), (-8, 0), (-3, -3), (0, None)):
        if world.random.random() < 0.12:
            starts_on = world.today + timedelta(days=least)
            ends_on = None if most is None else world.today + timedelta(days=most)
            world.add_part("leaves", **mine, starts_on=starts_on, ends_on=ends_on, reason=None)
    for source in world.random.sample(["payroll", "badges", "crm"], n % 4):
        world.add_part("person_references", **mine, source=source, external_id=f"{source}/{n}")


def _add_reporting_lines(world: TenantDataset) -> None:
    """Add lines: managers come earlier in the list, so that no day has a cycle."""
    people = world.tables["people"]
    for n, person in enumerate(people[1:], start=1):
        above = [people[world.random.randrange(max(0, n - 12), n)] for _ in range(4)]
        past, coming = world.pick_day(-300, -1), world.pick_day(1, 90)
        start = person["hired_on"] - timedelta(days=200)
        spans = [(start, None)]
        if n % 3 == 1:
            spans = [(start - timedelta(days=200), past), (past, None)]
        if n % 5 == 2:
            spans = [*spans[:-1], (spans[-1][0], coming), (coming, None)]
        if n % 8 == 4:
            spans = [(start, world.today), (world.today, world.today), (world.today, None)]
        if n % 13 == 6:
            spans = [(start, past)]
        for manager, (starts_on, ends_on) in zip(above, spans, strict=False):
            _add_reporting_line(world, person, manager, "primary", starts_on, ends_on)
        if n % 4 == 0:
            dotted = world.random.sample(people, 2)
            for manager in dotted:
                _add_reporting_line(
                    world, person, manager, "dotted", past, world.draw_optional(coming)
                )


def _add_reporting_line(
    world: TenantDataset,
    person: Row,
    manager: Row,
    kind: str,
    starts_on: date,
    ends_on: date | None,
) -> None:
    world.add_part(
        "reporting_lines",
        person_id=person["id"],
        manager_id=manager["id"],
        kind=kind,
        starts_on=starts_on,
        ends_on=ends_on,
    )


NORTHWIND_ID = UUID("0197a000-0000-7000-8000-00000000000a")


BIG_ID = UUID("0197a000-0000-7000-8000-0000000000b1")


LAGOON_ID = UUID("0197a000-0000-7000-8000-00000000000b")


WALKER_ID = UUID("0197a000-0000-7000-8000-00000000000c")


def build_datasets() -> dict[str, TenantDataset]:
    """Build two tenants to read, and one that grows. In lagoon it is still the day before."""
    return {
        "northwind": a_world("northwind", NORTHWIND_ID, 11, date(2026, 6, 15)),
        "lagoon": a_world("lagoon", LAGOON_ID, 12, date(2026, 6, 14), size=22),
        "walker": a_world("walker", WALKER_ID, 13, date(2026, 6, 15), size=12),
    }
