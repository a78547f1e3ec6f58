"""Loading of the demo: each tenant in one transaction, so that there is all of it or nothing."""

from datetime import UTC, date, datetime

import asyncpg

from api.commands.database_url import Database
from api.commands.tenants import begin_tenant_creation
from api.demo.calendar import find_start
from api.demo.careers import Careers
from api.demo.company import Company
from api.demo.dataset import Dataset, list_accounts, read_dataset
from api.demo.feedback import Feedback
from api.demo.feedback_programs import TITLE, FeedbackPrograms
from api.demo.goals import Goals
from api.demo.kpis import Kpis
from api.demo.pulse import Pulse
from api.demo.review_schema import DemoReviews
from api.demo.reviews import Reviews
from api.demo.schema import DemoAccount, TenantData
from api.demo.simulation import Report, Simulation
from api.demo.surveys import Surveys
from api.settings import Settings
from domain.provisioning import build_provisioning_actor
from persistence.kernel.pools import create_write_pool
from persistence.unit_of_work.backdated import BackdatedWork, backdated_work

STATEMENT_SECONDS = 120
"""A flush of thousands of rows, and what comes before it, take longer on a busy machine than the
usual 5 and 10 seconds."""


async def load_demo(
    database: Database, settings: Settings, report: Report, *, today: date | None = None
) -> list[DemoAccount]:
    """Create the demo tenants that are missing, and return the accounts in those.

    `report` is called with the name of a tenant, how much is done, and of how much.
    """
    today = today or datetime.now(UTC).date()
    dataset, created = read_dataset(), []
    for tenant in dataset.tenants:
        since = find_start(today, tenant.settings["fiscal_year_start_month"])
        async with begin_tenant_creation(database, settings, tenant.slug) as registration:
            if registration is None:
                continue
            actor = build_provisioning_actor(registration.id, since.date())
            async with (
                await create_write_pool(
                    database.serving_url, max_size=1, command_timeout=STATEMENT_SECONDS
                ) as pool,
                backdated_work(pool, actor, now=since) as work,
            ):
                connection = await work.get_connection()
                for timeout in ("statement_timeout", "idle_in_transaction_session_timeout"):
                    await connection.execute(f"SET LOCAL {timeout} = '{STATEMENT_SECONDS}s'")
                await simulate(work, dataset, tenant, today, report)
            created.append(tenant.slug)
    if created:
        await _analyze(database)
    return [account for account in list_accounts() if account.tenant in created]


async def simulate(
    work: BackdatedWork, dataset: Dataset, tenant: TenantData, today: date, report: Report
) -> None:
    """Let the history of a tenant happen in a unit of work."""
    simulation = Simulation(work, dataset, tenant, today, report)
    await Company(simulation).build()
    await Kpis(simulation, dataset.kpis.get(tenant.slug, ())).build()
    reviews = Reviews(simulation, dataset.reviews.get(tenant.slug, DemoReviews()))
    await reviews.build()
    Careers(simulation).plan()
    Goals(simulation).plan()
    Feedback(simulation).plan()
    if dataset.kpis.get(tenant.slug):
        Pulse(simulation).plan()
    await simulation.run()
    await Surveys(simulation).build()
    if template := reviews.find_template(TITLE):
        await FeedbackPrograms(simulation, template).build()


async def _analyze(database: Database) -> None:
    """Give the planner its statistics at once; autovacuum would do so a minute later."""
    connection = await asyncpg.connect(database.required_owner_url)
    try:
        await connection.execute("ANALYZE")
    finally:
        await connection.close()
