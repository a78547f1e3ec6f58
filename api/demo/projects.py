"""Projects: teams across departments, with a lead and a fifth of everybody's time."""

from dataclasses import dataclass
from datetime import timedelta
from random import Random

from api.demo.staff import Staff
from api.demo.workers import Project, Worker


@dataclass(frozen=True)
class Undertaking:
    """A project before anybody is in it; `below` names the one that it is a part of."""

    name: str
    unit: str
    description: str
    trades: tuple[str, ...]
    size: int
    below: str | None = None


UNDERTAKINGS = {
    "meridian": (
        Undertaking(
            "Green Corridor Rotterdam–Zaragoza",
            "ROAD",
            "The first lane without diesel: chargers, trucks and timetables over 1,500 km.",
            ("linehaul", "fleet", "site"),
            8,
        ),
        Undertaking(
            "Peak Season Task Force",
            "MER",
            "From September to January: one room, one forecast, one plan for every site.",
            ("warehouse", "linehaul", "last_mile", "care"),
            11,
        ),
        Undertaking(
            "Transport System Replacement",
            "TEC",
            "Retire the transport management system of 2009 before it retires us.",
            ("tech", "linehaul", "finance"),
            9,
        ),
        Undertaking(
            "Transport System: Data Migration",
            "TEC",
            "Fourteen years of lanes, rates and customers, moved and cleaned.",
            ("tech", "buying"),
            6,
            below="Transport System Replacement",
        ),
        Undertaking(
            "Transport System: Training",
            "TEC",
            "Nobody goes live without two days at the simulator.",
            ("people", "linehaul", "care"),
            6,
            below="Transport System Replacement",
        ),
        Undertaking(
            "Pharma Certification",
            "AO",
            "CEIV Pharma for three gateways in one audit season.",
            ("air", "quality", "customs"),
            7,
        ),
    ),
    "harbor": (
        Undertaking(
            "Electronic Chart Go-live",
            "HARBOR",
            "One chart for every patient, and super-users in every room.",
            ("office", "nursing", "front", "medicine"),
            6,
        ),
        Undertaking(
            "Saturday Clinic",
            "CLIN",
            "Volunteers who open the doors on Saturdays until the posts are approved.",
            ("nursing", "medicine", "front"),
            5,
        ),
    ),
}


def undertaken(staff: Staff) -> list[Project]:
    """The projects of a tenant with their people; the employee to be is in the first one."""
    chance = Random(f"{staff.slug} projects")
    free = [each for each in staff.workers if _is_steady(staff, each)]
    projects: dict[str, Project] = {}
    for each in UNDERTAKINGS[staff.slug]:
        fitting = [worker for worker in free if worker.trade in each.trades]
        people = chance.sample(fitting, min(each.size, len(fitting)))
        free = [worker for worker in free if worker not in set(people)]
        lead = max(people, key=lambda worker: worker.level)
        people.remove(lead)
        if not projects:
            people.append(staff.known["employee"])
        day = staff.today - timedelta(days=chance.randint(120, 330))
        projects[each.name] = Project(
            each.name,
            each.unit,
            each.description,
            lead,
            day,
            members=people,
            parent=projects.get(each.below or ""),
        )
    return list(projects.values())


def _is_steady(staff: Staff, worker: Worker) -> bool:
    """Whether somebody is in the same team for the whole year."""
    return (
        worker.crew is not None
        and worker not in staff.known.values()
        and worker.hired_on < staff.today - timedelta(days=500)
        and worker.crew.former_lead is None
        and not (worker.left_on or worker.moved_on or worker.moves_on or worker.promoted_on)
    )
