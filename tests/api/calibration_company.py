"""The calibration sessions of a company: two cycles with decided reviews, and their sessions.

The first cycle has a draft of a session. The reviews of the second one are rows of an open session
and of one that shows names. A third cycle is over, and an attribute has groups of people.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from domain.kernel.aggregate import Aggregate
from domain.reviews import (
    CalibrationSession,
    CalibrationSubject,
    FairnessAttribute,
    ReviewCycle,
    ReviewPacket,
)
from domain.reviews.calibration import CalibrationAdjustment, CalibrationStatus
from domain.reviews.cycles import ReviewCycleStatus
from domain.reviews.fairness import FairnessValue
from domain.reviews.packets import ReviewPacketStatus
from tests.api.fairness_company import an_age_group, build_closed_cycle, build_values
from tests.factories.actors import NOW
from tests.factories.calibration import a_row, a_session, an_adjustment
from tests.factories.review_cycles import a_review_cycle
from tests.factories.reviews import a_packet

if TYPE_CHECKING:
    from tests.api.company import Company

COMPARED = ("mara", "peer", "lead")


@dataclass
class CompanyCalibrations:
    """Cycles, packets, sessions and rows by name; the names of rows are those of people."""

    cycles: dict[str, ReviewCycle] = field(default_factory=dict)
    packets: dict[str, ReviewPacket] = field(default_factory=dict)
    sessions: dict[str, CalibrationSession] = field(default_factory=dict)
    rows: dict[str, CalibrationSubject] = field(default_factory=dict)
    adjustments: list[CalibrationAdjustment | FairnessValue] = field(default_factory=list)
    attributes: dict[str, FairnessAttribute] = field(default_factory=dict)

    def list_kinds(self) -> dict[str, dict[str, Any]]:
        """Return sessions and rows by the prefixes of their ids."""
        sessions = {"calibrationsession": self.sessions, "calibrationsubject": self.rows}
        return sessions | {"fairnessattribute": self.attributes}

    def list_layers(self) -> list[list[Aggregate]]:
        """Return what is stored one after the other."""
        calibrated = (self.packets, self.sessions, self.rows)
        made: tuple[dict[str, Any], ...] = (self.attributes, self.cycles, *calibrated)
        return [[*each.values()] for each in made]


def build_calibrations(company: "Company") -> CompanyCalibrations:
    """Build two cycles, each with a decided review of the same people by Boss."""
    people, found = company.people, CompanyCalibrations()
    scale, template = company.rating_scales["published"], company.review_templates["published"]
    for name in ("decided", "compared"):
        running = ReviewCycleStatus.RUNNING
        cycle = a_review_cycle(template, status=running, name=f"The {name} one")
        cycle.scale_id = scale.id
        found.cycles[name] = cycle
        for who in COMPARED:
            packet = a_packet(people[who], people["boss"], ReviewPacketStatus.DECIDED, scale)
            packet.cycle_id, packet.level, packet.decided_at = cycle.id, 2, NOW
            packet.decided_by_id = packet.manager_id
            found.packets[f"{name}_{who}"] = packet
    leaders = [people["ruler"], people["former"]], [people["boss"], people["lead"]]
    opened, cycle = CalibrationStatus.OPEN, found.cycles["compared"]
    found.sessions = {
        "draft": a_session(found.cycles["decided"], *leaders),
        "open": a_session(cycle, *leaders, opened),
        "shown": a_session(cycle, *leaders, opened, names_are_shown=True),
    }
    for name in ("open", "shown"):
        for who in COMPARED:
            row = a_row(found.sessions[name], found.packets[f"compared_{who}"], people[who])
            found.rows[f"{name}_{who}"] = row
    found.attributes = {"age": an_age_group(company.tenant_id)}
    found.cycles["over"] = build_closed_cycle(company)
    found.adjustments = [an_adjustment(found.rows["shown_peer"], people["ruler"])]
    found.adjustments += build_values(found.attributes["age"], people)
    return found


async def adjust_peer(company: "Company", text: str) -> None:
    """Let the ruler change the level of the peer, with this reason."""
    id = company.encode_id("calibrationsubject", "shown_peer")
    given = {"id": id, "level": 3, "reason": text}
    payload = await company.mutate("ruler", "calibrationSessionAdjust", "errors { code }", **given)
    assert payload["errors"] == []
