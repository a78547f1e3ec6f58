"""Rounds of nominations for tests."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from domain.kernel.identity import PersonId
from domain.people import Person
from domain.reviews import ReviewCycle, ReviewNomination, ReviewNominationRound, ReviewPacket
from domain.reviews.directions import ReviewDirection
from domain.reviews.nominations import (
    ReviewNominationApprover,
    ReviewNominationStatus,
    ReviewProposal,
)
from domain.reviews.templates import ReviewTemplate


def a_round(
    packet: ReviewPacket, cycle: ReviewCycle, template: ReviewTemplate, *proposed: Person
) -> ReviewNominationRound:
    """Build a round in which everybody nominates peers, and has proposed these."""
    opened = ReviewNominationRound(
        tenant_id=packet.tenant_id,
        cycle_id=cycle.id,
        packet_id=packet.id,
        subject_id=packet.subject_id,
        direction=ReviewDirection.PEER,
        template_id=template.id,
        subject_nominates=True,
        manager_nominates=True,
        hr_nominates=True,
        approver=ReviewNominationApprover.MANAGER,
        least=2,
        most=4,
        shows_nominees=False,
        nominate_by=date(2026, 7, 10),
        due_on=date(2026, 7, 31),
    )
    for each in proposed:
        person_id = PersonId(each.id)
        proposal = ReviewProposal(
            tenant_id=opened.tenant_id, round_id=opened.id, person_id=person_id
        )
        opened.proposals.append(proposal)
    return opened


def a_nomination(
    opened: ReviewNominationRound,
    packet: ReviewPacket,
    nominee: Person,
    status: ReviewNominationStatus = ReviewNominationStatus.PROPOSED,
    **values: Any,
) -> ReviewNomination:
    """Build a nomination that the reviewed person has proposed."""
    return ReviewNomination(
        tenant_id=opened.tenant_id,
        round_id=opened.id,
        packet_id=opened.packet_id,
        subject_id=opened.subject_id,
        manager_id=packet.manager_id,
        direction=opened.direction,
        approver=opened.approver,
        nominee_id=PersonId(nominee.id),
        proposer_id=opened.subject_id,
        decide_by=opened.nominate_by,
        due_on=opened.due_on,
        status=status,
        **values,
    )


def some_nominations(
    packets: Mapping[str, ReviewPacket],
    cycle: ReviewCycle,
    template: ReviewTemplate,
    people: Mapping[str, Person],
) -> tuple[dict[str, ReviewNominationRound], dict[str, ReviewNomination]]:
    """Build rounds about Mara and about the ruler, each with a proposal."""
    rounds = {
        "of_mara": a_round(packets["collecting"], cycle, template, people["peer"]),
        "own_open": a_round(packets["own_open"], cycle, template, people["peer"]),
    }
    return rounds, {
        "proposed": a_nomination(rounds["of_mara"], packets["collecting"], people["peer"]),
        "own": a_nomination(rounds["own_open"], packets["own_open"], people["peer"]),
    }
