"""Loading: the demo tenants, each told in one transaction, so that half of one is never kept."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

import asyncpg

from api.commands.database_url import Database
from api.commands.tenants import begin_tenant_creation
from api.demo.calendar import last_moment, quarters
from api.demo.careers import live
from api.demo.goal_story import GoalStory
from api.demo.goals import Plan, Setting
from api.demo.known import DemoPerson, people_to_be
from api.demo.people_story import PeopleStory
from api.demo.progress import Course
from api.demo.projects import undertaken
from api.demo.staff import Staff, staffed
from api.demo.story import Cast, Story
from api.demo.team_story import TeamStory
from api.demo.tenant_story import TenantStory
from api.demo.units import HARBOR, MERIDIAN, Unit
from api.settings import Settings
from domain import tenants
from domain.kernel.identity import TenantId
from domain.provisioning import build_provisioning_actor
from domain.tenants import WeekStart
from persistence.kernel.pools import create_write_pool
from persistence.unit_of_work.backdated import backdated_work

Report = Callable[[str, int, int], None]


@dataclass(frozen=True)
class DemoTenant:
    """One of the made-up tenants."""

    slug: str
    company: Unit
    settings: tenants.TenantSettings


TENANTS = (
    DemoTenant(
        "meridian",
        MERIDIAN,
        {
            "name": "Meridian Logistics",
            "fiscal_year_start_month": 1,
            "week_start": WeekStart.MONDAY,
            "time_zone": "Europe/Amsterdam",
            "locale": "en-GB",
        },
    ),
    DemoTenant(
        "harbor",
        HARBOR,
        {
            "name": "Harbor Clinic",
            "fiscal_year_start_month": 4,
            "week_start": WeekStart.SUNDAY,
            "time_zone": "America/Halifax",
            "locale": "en-CA",
            "labels": {
                "goal": "Objective",
                "key_result": "Measure",
                "check_in": "Progress note",
                "team": "Care team",
                "organization": "Unit",
            },
        },
    ),
)


async def load_demo(
    database: Database, settings: Settings, report: Report, *, today: date | None = None
) -> list[DemoPerson]:
    """Found the demo tenants that are missing; says who may be somebody in the new ones."""
    day = today or datetime.now(UTC).date()
    loaded = []
    for tenant in TENANTS:
        async with begin_tenant_creation(database, settings, tenant.slug) as registered:
            if registered is not None:
                await _tell(database, tenant, registered.id, day, report)
                loaded.append(tenant.slug)
    if loaded:
        await _take_stock(database)
    return [each for each in people_to_be() if each.tenant in loaded]


async def _take_stock(database: Database) -> None:
    """Let the planner know at once what is there: its own round would come a minute later."""
    connection = await asyncpg.connect(database.required_owner_url)
    try:
        await connection.execute("ANALYZE")
    finally:
        await connection.close()


async def _tell(
    database: Database, tenant: DemoTenant, id: TenantId, today: date, report: Report
) -> None:
    story, since = written(tenant, id, today)
    name = tenant.company.name
    async with (
        await create_write_pool(database.serving_url, max_size=1) as pool,
        backdated_work(pool, build_provisioning_actor(id, since.date()), now=since) as work,
    ):
        await story.tell(work, lambda done, of: report(name, done, of))


def written(tenant: DemoTenant, id: TenantId, today: date) -> tuple[Story, datetime]:
    """The story of a tenant, and when it begins."""
    staff, plans, since = planned(tenant, today)
    story = Story(Cast(id), last_moment(today))
    beginning = TenantStory(story, staff, tenant.company, since)
    beginning.write(**tenant.settings)
    people = PeopleStory(story, staff, since)
    people.write()
    TeamStory(story, staff, undertaken(staff), since).write(people.told_at)
    beginning.let_in(people.told_at)
    GoalStory(story).write(plans)
    return story, since


def planned(tenant: DemoTenant, today: date) -> tuple[Staff, list[Plan], datetime]:
    """Everybody and all that they aim at, and the morning on which it is first written down."""
    first_month = tenant.settings["fiscal_year_start_month"]
    begins_on = quarters(today, first_month)[0].starts_on - timedelta(days=20)
    staff = staffed(tenant.company, tenant.slug, today)
    live(staff, begins_on)
    plans = Setting(staff, tenant.company, begins_on, first_month).set_all()
    chance = Random(f"{tenant.slug} progress")
    for plan in plans:
        Course(plan, staff, chance).run()
    return staff, plans, datetime.combine(begins_on, time(7), UTC)
