"""The KPIs of a dataset, from a source of randomness of their own."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from domain.kpis import KpiFrequency
from domain.kpis.calendar import PeriodCalendar
from domain.tenants import FiscalYearName, WeekStart

if TYPE_CHECKING:
    from tests.reads.dataset import TenantDataset

BASE_TIME = datetime(2025, 11, 3, 8, 15, tzinfo=UTC)
NAMES = ["On-time delivery", "on-time DELIVERY", "Margin 100%", "Öl je Paket", "eNPS", "Turnover"]
INFLUENCES = ("leading", None, "lagging")
GROUPS = ("Finance", "Öl & Energie", "Network")
UNITS = [("number", None, None), ("money", "EUR per parcel", "EUR"), ("share", None, None)]
VISIBILITIES = ("tenant", "tenant", "organization", "named")
FIGURES: list[dict[str, Any]] = [
    {
        "state": "measured",
        "value": Decimal("0.5"),
        "numerator": Decimal(1),
        "denominator": Decimal(2),
    },
    {"state": "measured", "value": Decimal("-1200.50"), "numerator": None, "denominator": None},
    {"state": "measured", "value": Decimal(0), "numerator": None, "denominator": None},
    {"state": "not_applicable", "value": None, "numerator": None, "denominator": None},
    {"state": "suppressed", "value": None, "numerator": None, "denominator": None},
]
ALIASES = ("night", "day")
UPWARD, DOWNWARD = ("at_least", "increase_to"), ("at_most", "decrease_to")
FREQUENCIES = ("daily", "weekly", "monthly", "monthly", "quarterly", "annual", "irregular")

Row = dict[str, Any]


def add_kpis(world: "TenantDataset", size: int) -> None:
    """Add KPIs of organizations and teams, half of them with a second, planned or past definition.

    Purposes are goals that have begun.
    """
    random = Random(f"kpis {world.seed}")  # so the rows of other tables stay as they are
    goals = [each for each in world.tables["goals"] if each["status"] != "draft"]
    for n in range(size):
        kind = random.choice(["organization", "organization", "team"])
        owners = {"organization_id": None, "team_id": None}
        unit = random.choice(world.tables[f"{kind}s"])["id"]
        kpi = world.add_row(
            "kpis",
            id=UUID(int=random.getrandbits(128)),
            version=1 + n % 3,
            created_at=BASE_TIME + timedelta(hours=n % 5),
            updated_at=BASE_TIME + timedelta(days=n % 7),
            scope_kind=kind,
            **owners | {f"{kind}_id": unit},
            name=random.choice(NAMES),
            description=random.choice([None, "Per depot, “as agreed”"]),
            parent_id=world.tables["kpis"][n // 2]["id"] if n % 3 == 2 else None,
            influence=INFLUENCES[n % 3],
            groups=list(GROUPS[: n % 4]),
            purpose_id=random.choice([None, random.choice(goals)["id"]]),
            owner_id=random.choice(world.tables["people"])["id"],
            visibility=random.choice(VISIBILITIES),
            frequency=random.choice(FREQUENCIES),
            due_after_days=random.choice([0, 7, 7, 30]),
            due_in_working_days=n % 3 == 1,
            describes_people=n % 4 == 1,
            state=random.choice(["active", "active", "active", "archived"]),
        )
        for person in random.sample(world.tables["people"], random.choice([0, 0, 1, 3])):
            world.add_row("kpi_viewers", kpi_id=kpi["id"], person_id=person["id"])
        _ask_for_value(world, kpi, n)
        days = [-300, random.choice([-30, 0, 30])]
        for number, day in enumerate(days[: 1 + n % 2]):
            _add_definition(world, random, kpi, number, day)
    _add_recorders(world)
    _grant_kpis(world)
    _add_formulas(world)
    _add_measurements(world)
    _add_targets(world)
    _add_slices(world)
    _link_key_results(world)


def _link_key_results(world: "TenantDataset") -> None:
    """Let a third of the key results follow a KPI."""
    kpis = world.tables["kpis"]
    for n, each in enumerate(world.tables["key_results"][::3]):
        each["kpi_id"] = kpis[n % len(kpis)]["id"]
        each["kpi_basis"] = "sum" if n % 4 == 0 else "latest"
        each["is_published"] = n % 5 == 0
    _add_baselines(world)
    _add_benchmarks(world)


def _add_targets(world: "TenantDataset") -> None:
    """Give two thirds of the KPIs targets from two days, some of them ended."""
    random = Random(f"targets {world.seed}")
    for n, kpi in enumerate(world.tables["kpis"]):
        for number, day in enumerate((-400, random.choice([-20, 20]))[: n % 3]):
            kind = random.choice(["at_least", "at_most", "between", "increase_to", "decrease_to"])
            starts_on, is_range = world.today + timedelta(days=day), kind == "between"
            is_upward, is_downward = kind in UPWARD, kind in DOWNWARD
            world.add_row(
                "kpi_targets",
                id=UUID(int=random.getrandbits(128)),
                kpi_id=kpi["id"],
                member_id=None,
                starts_on=starts_on,
                ends_on=random.choice([None, starts_on + timedelta(days=90)]),
                kind=kind,
                span="period",
                value=100,
                upper_value=120 if is_range else None,
                start_value=100 if kind.endswith("_to") else None,
                green_from=None if is_downward else 100,
                green_to=None if is_upward else 120,
                amber_from=None if is_downward else Decimal("92.5"),
                amber_to=None if is_upward else Decimal(130),
                reason=random.choice([None, "Agreed with the board"]),
                recorded_at=BASE_TIME + timedelta(days=number),
            )


def _ask_for_value(world: "TenantDataset", kpi: Row, n: int) -> None:
    """Let some to-dos be about KPIs, also of people who may not see them."""
    if n % 3 == 0:
        people = world.tables["people"]
        person_id = people[n % len(people)]["id"]
        world.add_row(
            "todos",
            id=uuid5(kpi["id"], str(person_id)),
            person_id=person_id,
            kind="kpi_value",
            due_on=world.today + timedelta(days=n % 5),
            entity="kpi",
            subject_id=kpi["id"],
        )


def _grant_kpis(world: "TenantDataset") -> None:
    """Let the custom roles name some KPIs, of any unit and visibility."""
    for place, role in enumerate(world.tables["roles"]):
        named = [] if role["is_built_in"] else world.tables["kpis"][place % 3 :: 7]
        for kpi in named:
            world.add_row(
                "role_grants",
                id=uuid5(role["id"], str(kpi["id"])),
                role_id=role["id"],
                permission="kpis:record",
                population="kpi",
                organization_id=None,
                kpi_id=kpi["id"],
            )


def _add_recorders(world: "TenantDataset") -> None:
    """Let some people enter values of KPIs that they do not own."""
    random = Random(f"recorders {world.seed}")
    for kpi in world.tables["kpis"]:
        for person in random.sample(world.tables["people"], random.choice([0, 0, 1, 2])):
            world.add_row("kpi_recorders", kpi_id=kpi["id"], person_id=person["id"])


def _add_slices(world: "TenantDataset") -> None:
    """Give two thirds of the KPIs dimensions, with members that may be confined, and values."""
    random = Random(f"slices {world.seed}")
    totals = {each["kpi_id"]: each for each in world.tables["kpi_measurements"]}
    for n, kpi in enumerate(world.tables["kpis"]):
        for position, key in enumerate(("region", "product")[: n % 3]):
            dimension = world.add_row(
                "kpi_dimensions",
                id=UUID(int=random.getrandbits(128)),
                kpi_id=kpi["id"],
                key=key,
                name=key.title(),
                position=position,
                unknown_members="refuse",
                is_complete=random.choice([True, False]),
                members_from=("list", "units", "confined_units")[n % 4 % 3],
            )
            for place, code in enumerate(("North", "Öst", "far")):
                units = world.tables["organizations"]
                unit = random.choice(units)["id"]
                member = world.add_row(
                    "kpi_dimension_members",
                    id=UUID(int=random.getrandbits(128)),
                    kpi_id=kpi["id"],
                    dimension_id=dimension["id"],
                    code=code,
                    name=f"{code} 100%",
                    position=place,
                    organization_id=random.choice([None, unit, unit]),
                    unit_id=units[n % len(units)]["id"] if place else None,
                    is_archived=place == 2,
                )
                _add_value_of(world, random, member, totals[kpi["id"]])
                _add_target_of(world, random, member)


def _add_target_of(world: "TenantDataset", random: Random, member: Row) -> None:
    """Repeat the first target of a KPI for one of its members."""
    found = [each for each in world.tables["kpi_targets"] if each["kpi_id"] == member["kpi_id"]]
    if found:
        id = UUID(int=random.getrandbits(128))
        world.add_row("kpi_targets", **found[0] | {"id": id, "member_id": member["id"]})


def _add_value_of(world: "TenantDataset", random: Random, member: Row, total: Row) -> None:
    """Add the value of a slice, and the one that it replaced, beside the total."""
    value = {
        **total,
        **random.choice(FIGURES),
        "member_id": member["id"],
        "external_reference": None,
    }
    row = world.add_row("kpi_measurements", **value | {"id": UUID(int=random.getrandbits(128))})
    world.add_row(
        "kpi_measurement_revisions",
        **row
        | {
            "id": UUID(int=random.getrandbits(128)),
            "measurement_id": row["id"],
            "revision": 1,
            "replaced_by_id": row["recorded_by_id"],
            "replaced_at": row["recorded_at"],
            "reason": None,
        },
    )


def _add_baselines(world: "TenantDataset") -> None:
    """Reset the limits of half of the KPIs, those of some of them twice."""
    random = Random(f"baselines {world.seed}")
    for n, kpi in enumerate(world.tables["kpis"]):
        for day in (-200, -100)[: n % 4 // 2 * (1 + n % 2)]:
            world.add_row(
                "kpi_baselines",
                id=UUID(int=random.getrandbits(128)),
                kpi_id=kpi["id"],
                starts_on=world.today + timedelta(days=day),
                reason="A new depot, “for good”",
                recorded_at=BASE_TIME + timedelta(days=n % 5),
            )


def _add_benchmarks(world: "TenantDataset") -> None:
    """Give a third of the KPIs the figures of one study, some of them of two years."""
    random = Random(f"benchmarks {world.seed}")
    for n, kpi in enumerate(world.tables["kpis"]):
        for year in (2024, 2025)[: n % 3 * (1 + n % 2)]:
            world.add_row(
                "kpi_benchmarks",
                id=UUID(int=random.getrandbits(128)),
                kpi_id=kpi["id"],
                source="A “study”",
                cohort=random.choice(["Carriers", "Ärzte"]),
                starts_on=date(year, 1, 1),
                last_day=date(year, 12, 31),
                sample_size=random.choice([None, 41]),
                lower_quartile=Decimal("1.5"),
                median=Decimal(2),
                upper_quartile=Decimal("3.25"),
                mean=random.choice([None, Decimal("2.1")]),
                imported_at=BASE_TIME + timedelta(days=n % 5),
            )


def _add_formulas(world: "TenantDataset") -> None:
    """Let a third of the definitions read KPIs that were made before theirs."""
    random = Random(f"formulas {world.seed}")
    ids = [each["id"] for each in world.tables["kpis"]]
    for definition in world.tables["kpi_definitions"]:
        earlier = ids[: ids.index(definition["kpi_id"])]
        if len(earlier) < len(ALIASES) or random.randrange(3):
            continue
        definition["formula"] = " + ".join(ALIASES)
        inputs = random.sample(earlier, len(ALIASES))
        for alias, input_id in zip(ALIASES, inputs, strict=True):
            world.add_row(
                "kpi_formula_inputs",
                id=UUID(int=random.getrandbits(128)),
                kpi_id=definition["kpi_id"],
                definition_id=definition["id"],
                alias=alias,
                input_id=input_id,
            )


def build_calendar(tenant: Row) -> PeriodCalendar:
    """Build the calendar of a tenant from its row."""
    return PeriodCalendar(
        WeekStart(tenant["week_start"]),
        tenant["fiscal_year_start_month"],
        FiscalYearName(tenant["fiscal_year_named_by"]),
    )


def _add_measurements(world: "TenantDataset") -> None:
    """Add the values of two periods to each KPI, the first of them a corrected one."""
    random = Random(f"measurements {world.seed}")
    calendar = build_calendar(world.tables["tenants"][0])
    for number, kpi in enumerate(world.tables["kpis"]):
        frequency = KpiFrequency(kpi["frequency"])
        last = calendar.find(frequency, world.today - timedelta(days=30 * (number % 12)))
        for back in range(2):
            period = calendar.get(frequency, last.ordinal - back)
            row = {
                "id": UUID(int=random.getrandbits(128)),
                "kpi_id": kpi["id"],
                "member_id": None,
                "period_ordinal": period.ordinal,
                "starts_on": period.starts_on,
                **random.choice(FIGURES),
                "item_count": random.choice([None, 3, 40]),
                "withheld_value": None,
                "withheld_numerator": None,
                "withheld_denominator": None,
                "withheld_item_count": None,
                "source": random.choice(["entered", "imported"]),
                "external_reference": random.choice([None, f"ledger-{number}-{back}"]),
                "comment": random.choice([None, "Without the strike, “as agreed”"]),
                "recorded_by_id": random.choice(world.tables["people"])["id"],
                "recorded_at": BASE_TIME + timedelta(hours=number % 9),
                "revision": 2 - back,
            }
            if row["state"] == "suppressed":
                row |= {"item_count": None, "withheld_value": 7, "withheld_item_count": 3}
            is_missing = row["state"] == "not_applicable"
            row["gap"] = "division_by_zero" if is_missing else None
            row["explanation"] = "Division by zero: day." if is_missing else None
            world.add_row("kpi_measurements", **row)
            if back == 0:
                world.add_row(
                    "kpi_measurement_revisions",
                    **row
                    | {
                        "id": UUID(int=random.getrandbits(128)),
                        "measurement_id": row["id"],
                        "revision": 1,
                        "replaced_by_id": row["recorded_by_id"],
                        "replaced_at": row["recorded_at"],
                        "reason": random.choice([None, "A late invoice"]),
                    },
                )


def _add_definition(
    world: "TenantDataset", random: Random, kpi: Row, number: int, day: int
) -> None:
    unit, name, currency = random.choice(UNITS)
    is_ratio = unit == "share"
    world.add_row(
        "kpi_definitions",
        id=UUID(int=random.getrandbits(128)),
        kpi_id=kpi["id"],
        starts_on=world.today + timedelta(days=day),
        calculation=random.choice([None, "delivered in time / delivered"]),
        formula=None,
        measure="joiners" if number and not is_ratio else None,
        survey_schedule_id=None,
        survey_question_id=None,
        unit=unit,
        unit_name=name,
        currency=currency,
        decimals=random.choice([0, 1, 2]),
        direction=random.choice(["up", "down", "band"]),
        form="ratio" if is_ratio else "simple",
        time_aggregation=random.choice(["sum", "mean", "last"]),
        denominator_time_aggregation="sum" if is_ratio else None,
        slice_aggregation=random.choice(["sum", "none"]),
        reason="Finance asked for it" if number else None,
        template_key="turnover" if is_ratio else None,
        template_version=2 if is_ratio else None,
        template_variant="by_hours" if is_ratio else None,
        recorded_at=BASE_TIME + timedelta(days=number),
    )
