"""The packets and forms of a company: about Mara, by her manager Boss, and about the ruler."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from domain.kernel.aggregate import Aggregate
from domain.reviews import (
    Review,
    ReviewAppeal,
    ReviewNomination,
    ReviewNominationRound,
    ReviewPacket,
)
from domain.reviews.directions import ReviewDirection
from domain.reviews.packets import ReviewPacketStatus
from domain.reviews.writing import ReviewAnswer, ReviewStatus
from tests.factories.kpi_reviews import a_review, a_review_schedule
from tests.factories.nominations import some_nominations
from tests.factories.reviews import a_form, a_packet, an_appeal, answer_all

if TYPE_CHECKING:
    from tests.api.company import Company


@dataclass
class CompanyReviews:
    """Packets, forms and nominations by name, and the answers of the forms."""

    packets: dict[str, ReviewPacket] = field(default_factory=dict)
    forms: dict[str, Review] = field(default_factory=dict)
    answers: list[ReviewAnswer] = field(default_factory=list)
    appeals: dict[str, ReviewAppeal] = field(default_factory=dict)
    rounds: dict[str, ReviewNominationRound] = field(default_factory=dict)
    nominations: dict[str, ReviewNomination] = field(default_factory=dict)

    @property
    def by_prefix(self) -> dict[str, dict[str, Any]]:
        """All objects by the prefix of their ids."""
        return {
            "reviewpacket": self.packets,
            "review": self.forms,
            "reviewappeal": self.appeals,
            "nominationround": self.rounds,
            "nomination": self.nominations,
        }

    def list_layers(self) -> list[list[Aggregate]]:
        """Return what is stored one after the other."""
        return [[*each.values()] for each in self.by_prefix.values()]


def build_reviews(company: "Company") -> CompanyReviews:
    """Build a packet in each status that a verb begins from, and forms of the first one."""
    people, found = company.people, CompanyReviews()
    scale, template = company.rating_scales["published"], company.review_templates["published"]
    mara, boss = people["mara"], people["boss"]
    for status in ("collecting", "decided", "shared", "disputed"):
        found.packets[status] = a_packet(mara, boss, ReviewPacketStatus(status), scale)
    shared = ReviewPacketStatus.SHARED
    found.packets["own"] = a_packet(people["ruler"], boss, shared, scale)
    found.packets["scored"] = a_packet(mara, boss, scale=scale)
    found.packets["scored"].score_rule_id = company.score_rules["published"].id
    found.packets["appealed"] = a_packet(mara, boss, shared, scale)
    found.packets["own_appealed"] = a_packet(people["ruler"], boss, shared, scale)
    found.appeals = {
        "filed": an_appeal(found.packets["appealed"]),
        "of_analyst": an_appeal(found.packets["appealed"], people["analyst"]),
        "of_ruler": an_appeal(found.packets["appealed"], people["ruler"]),
        "own": an_appeal(found.packets["own_appealed"]),
    }
    found.packets["own_open"] = a_packet(people["ruler"], boss)
    packet, submitted = found.packets["collecting"], ReviewStatus.SUBMITTED
    found.forms = {
        "of_mara": a_form(packet, mara, template, direction=ReviewDirection.SELF),
        "of_boss": a_form(packet, boss, template, submitted, ReviewDirection.MANAGER),
        "of_ruler": a_form(packet, people["ruler"], template),
        "complete": a_form(packet, people["ruler"], template, ReviewStatus.DRAFT),
        "shown": a_form(
            found.packets["shared"], boss, template, submitted, ReviewDirection.MANAGER
        ),
    }
    for name in ("of_boss", "complete", "shown"):
        found.answers += answer_all(found.forms[name], template)
    of = (company.review_cycles["begun"], template, people)
    found.rounds, found.nominations = some_nominations(found.packets, *of)
    return found


async def write_review(company: "Company", text: str) -> None:
    """Let Boss write this text about the peer, and the peer about the review."""
    template = company.encode_id("reviewtemplate", "published")
    order = {"direction": "MANAGER", "writerId": company.encode_id("person", "boss")}
    days = {"startsOn": "2026-01-01", "lastDay": "2026-06-30", "dueOn": "2026-08-15"}
    packet = "reviewPacket { id reviews { nodes { id } } }"
    about = {"subjectId": company.encode_id("person", "peer"), **days}
    given = about | {"reviews": [order | {"templateId": template}]}
    made = (await company.mutate("boss", "reviewPacketCreate", packet, **given))["reviewPacket"]
    query = 'query { reviews(where: {dueOn: {eq: "2026-08-15"}}) { nodes { id } } }'
    (form,) = (await company.query("boss", query))["reviews"]["nodes"]
    for key, answer in (("went_well", {"text": text}), ("stays", {"choiceKey": "yes"})):
        values = {"id": form["id"], "questionKey": key, **answer}
        await company.mutate("boss", "reviewSaveAnswer", "errors { code }", **values)
    absent = {"personId": company.encode_id("person", "lead"), "reason": f"{text} is away"}
    await company.mutate("hr", "reviewSetStandIn", "review { id }", id=form["id"], **absent)
    for who, verb, id, input in (
        ("boss", "reviewSubmit", form["id"], {}),
        ("boss", "reviewDecide", made["id"], {"reason": text}),
        ("boss", "reviewShare", made["id"], {}),
        ("peer", "reviewDispute", made["id"], {"statement": text}),
        ("hr", "reviewResolve", made["id"], {"resolution": text}),
    ):
        payload = await company.mutate(who, verb, "errors { code }", id=id, **input)
        assert payload["errors"] == [], verb
    given = {"packetId": made["id"], "statement": text}
    filed = await company.mutate("peer", "reviewAppealFile", "reviewAppeal { id }", **given)
    appeal = {"id": filed["reviewAppeal"]["id"]}
    decider = {"personId": company.encode_id("person", "mara")}
    await company.mutate("hr", "reviewAppealAssign", "reviewAppeal { id }", **appeal, **decider)
    decided = await company.mutate(
        "mara", "reviewAppealDecide", "errors { code }", **appeal, answer=text
    )
    assert decided["errors"] == []


def add_kpi_reviews(company: "Company") -> None:
    """Add schedules of KPI reviews, and a review that was held."""
    former, scorecards = company.people["former"], company.scorecards
    company.review_schedules = {
        "shared": a_review_schedule(scorecards["shared"], former),
        "of_kpi": a_review_schedule(company.kpis["of_sales"], former),
        "of_named": a_review_schedule(scorecards["named"], former, company.people["lead"]),
        "ended": a_review_schedule(scorecards["in_unit"], former),
    }
    company.review_schedules["ended"].end()
    company.review_schedules["ended"].events.clear()
    company.reviews = {"shared": a_review(company.review_schedules["shared"], former)}
