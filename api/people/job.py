"""The graph type of a job."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from api.kernel.schema.declarations import graph_enum, one, part, value
from domain.people import EmploymentType
from persistence.jobs import JOB

if TYPE_CHECKING:
    from api.organizations import Organization

graph_enum(
    EmploymentType,
    "The kind of contract that somebody works under.",
    permanent="Employed without an agreed end.",
    fixed_term="Employed until an agreed day.",
    apprentice="In vocational training.",
    intern="On an internship.",
    agency="Employed by an agency that lends them.",
    contractor="Not employed: works under a contract for services.",
)


@part(JOB, where=("starts_on", "organization", "job_title", "level", "location", "employment_type"))
class Job:
    """What a person works as, from one day until the day before the next job starts."""

    starts_on: date = value("The first day.")
    organization: "Organization | None" = one(
        "The unit. Null when there is none, or when the viewer may not see it."
    )
    job_title: str | None = value("The job title. Null when there is none.")
    level: str | None = value("The job level or grade. Null when there is none.")
    location: str | None = value("The place of work. Null when there is none.")
    employment_type: EmploymentType | None = value(
        "The kind of contract. Null when it is not recorded."
    )
    working_time_share: Decimal | None = value(
        "The agreed share of full working time, such as 0.8. Null when it is not recorded."
    )
    recorded_at: datetime = value(
        "When this was recorded. A change or a correction makes a new job, with another `id`."
    )
