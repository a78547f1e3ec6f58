"""A company in which everybody stands somewhere else, and a member of another one.

Mara is whom most of it is about. Above her stand `boss` and `chief`; `former` was her manager
until two weeks ago; `peer` has the same manager and was promoted in March; `lead` leads her
team. `hr` looks after everybody, `hr_ops` after her department and `hr_far` after another one.
`admin` runs the tenant, `analyst` counts, `nobody` has no role, and `abroad` is HR elsewhere.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import chain
from typing import Any

import asyncpg

from api.kernel.schema.global_ids import encode_id
from domain import roles
from domain.action_items import ActionItem
from domain.alerts import Alert, AlertRule
from domain.feedback import Feedback, FeedbackRequest
from domain.goals import Confidence, Goal, GoalStatus, Visibility
from domain.issuers import Issuer
from domain.kernel.aggregate import Aggregate, Part
from domain.kernel.identity import PersonId, TenantId
from domain.kernel.permissions import Grant, Permission
from domain.kpi_reviews import KpiReview, KpiReviewSchedule
from domain.kpis import Kpi
from domain.kpis.dimensions import KpiDimension
from domain.kpis.measurements import KpiMeasurement
from domain.members import Member, MemberStatus
from domain.organizations import Organization
from domain.people import Leave, LineKind, Person
from domain.people.jobs import FACTS
from domain.reviews import CompetencyFramework, RatingScale, ReviewCycle, ReviewTemplate, ScoreRule
from domain.reviews.cycles import ReviewParticipant
from domain.roles import Role
from domain.scorecards import Scorecard
from domain.surveys import Survey
from domain.teams import Team, TeamRole
from persistence.unit_of_work import work as unit
from tests.api.calibration_company import CompanyCalibrations, build_calibrations
from tests.api.kpi_company import add_kpis, add_scorecards
from tests.api.program_company import CompanyPrograms, build_programs
from tests.api.review_company import CompanyReviews, add_kpi_reviews, build_reviews
from tests.conftest import SAVE
from tests.factories.access_requests import some_access_requests
from tests.factories.action_items import some_action_items
from tests.factories.actors import NOW, TODAY, an_admin
from tests.factories.alerts import some_alerts
from tests.factories.annotations import some_annotations
from tests.factories.bulk_operations import GIVE_SIZES, CompanyBulk, build_bulk
from tests.factories.custom_fields import some_custom_fields
from tests.factories.feedback import some_feedback
from tests.factories.feedback_requests import some_feedback_requests
from tests.factories.goals import a_goal, add_key_result
from tests.factories.graph import DatabaseGraph
from tests.factories.issuers import some_issuers
from tests.factories.legal_holds import some_legal_holds
from tests.factories.members import a_member, a_role
from tests.factories.organizations import an_organization
from tests.factories.people import a_person, add_reporting_line
from tests.factories.review_cycles import some_review_cycles
from tests.factories.reviews import build_frameworks, build_rating_scales, build_review_templates
from tests.factories.score_rules import build_score_rules
from tests.factories.service_clients import CompanyClients, build_clients
from tests.factories.surveys import some_schedules, some_surveys
from tests.factories.sync_runs import build_sync_runs
from tests.factories.teams import a_team, add_membership
from tests.factories.tenants import a_registered_tenant, a_tenant
from tests.factories.work_calendars import a_work_calendar

MEMBER_NAMES = (
    *("mara", "boss", "chief", "former", "peer", "lead", "hr", "hr_ops", "hr_far"),
    *("admin", "analyst", "nobody", "abroad"),
)

MANAGER_CHANGED_ON, PROMOTED_ON = date(2026, 6, 1), date(2026, 3, 2)


@dataclass
class Company:
    """A company's aggregates by their names."""

    tenant_id: TenantId
    graph: DatabaseGraph
    other_graph: DatabaseGraph | None = None
    units: dict[str, Organization] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    goals: dict[str, Goal] = field(default_factory=dict)
    kpis: dict[str, Kpi] = field(default_factory=dict)
    dimensions: list[KpiDimension] = field(default_factory=list)
    measurements: list[KpiMeasurement] = field(default_factory=list)
    scorecards: dict[str, Scorecard] = field(default_factory=dict)
    work_calendars: dict[str, Aggregate] = field(default_factory=dict)
    action_items: dict[str, ActionItem] = field(default_factory=dict)
    review_schedules: dict[str, KpiReviewSchedule] = field(default_factory=dict)
    reviews: dict[str, KpiReview] = field(default_factory=dict)
    feedback: dict[str, Feedback] = field(default_factory=dict)
    feedback_requests: dict[str, FeedbackRequest] = field(default_factory=dict)
    annotations: dict[str, Aggregate] = field(default_factory=dict)
    alert_rules: dict[str, AlertRule] = field(default_factory=dict)
    alerts: dict[str, Alert] = field(default_factory=dict)
    rating_scales: dict[str, RatingScale] = field(default_factory=dict)
    frameworks: dict[str, CompetencyFramework] = field(default_factory=dict)
    review_templates: dict[str, ReviewTemplate] = field(default_factory=dict)
    score_rules: dict[str, ScoreRule] = field(default_factory=dict)
    review_cycles: dict[str, ReviewCycle] = field(default_factory=dict)
    participants: list[ReviewParticipant] = field(default_factory=list)
    surveys: dict[str, Survey] = field(default_factory=dict)
    further: dict[str, dict[str, Any]] = field(default_factory=dict)  # by the prefix of the ids
    feedback_programs: CompanyPrograms = field(default_factory=CompanyPrograms)
    staff_reviews: CompanyReviews = field(default_factory=CompanyReviews)
    calibrations: CompanyCalibrations = field(default_factory=CompanyCalibrations)
    roles: dict[str, Role] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    sync_runs: dict[str, Aggregate] = field(default_factory=dict)
    clients: CompanyClients = field(default_factory=CompanyClients)
    issuers: dict[str, Issuer] = field(default_factory=dict)
    bulk: CompanyBulk = field(default_factory=CompanyBulk)

    def encode_id(self, kind: str, name: str) -> str:
        """Return the global id of the aggregate of that name."""
        found: dict[str, dict[str, Any]] = {
            "org": self.units,
            "person": self.people,
            "team": self.teams,
            "goal": self.goals,
            "kpi": self.kpis,
            "scorecard": self.scorecards,
            "action": self.action_items,
            "kpischedule": self.review_schedules,
            "kpireview": self.reviews,
            "feedback": self.feedback,
            "feedbackrequest": self.feedback_requests,
            "annotation": self.annotations,
            "alertrule": self.alert_rules,
            "alert": self.alerts,
            "calendar": self.work_calendars,
            "ratingscale": self.rating_scales,
            "framework": self.frameworks,
            "reviewtemplate": self.review_templates,
            "scorerule": self.score_rules,
            "reviewcycle": self.review_cycles | self.calibrations.cycles,
            "survey": self.surveys,
            **self.further,
            "feedbackprogram": self.feedback_programs.programs,
            "role": self.roles,
            "syncrun": self.sync_runs,
            "issuer": self.issuers,
            **self.clients.list_kinds(self.members),
            **self.bulk.list_kinds(),
        }
        found |= self.staff_reviews.by_prefix | self.calibrations.list_kinds()
        found["reviewpacket"] = self.staff_reviews.packets | self.calibrations.packets
        return encode_id(kind, found[kind][name].id)

    def list_records(self) -> list[Any]:
        """Return the parts that their aggregates do not load."""
        found = (self.dimensions, self.measurements, self.participants, self.staff_reviews.answers)
        more = (self.calibrations.adjustments, self.feedback_programs.records)
        return [part for each in (*found, *more) for part in each]

    def encode_part_id(self, prefix: str, parts: Iterable[Any]) -> str:
        """Return the global id of the first of these parts."""
        return encode_id(prefix, next(iter(parts)).id)

    def select_graph(self, who: str) -> DatabaseGraph:
        """Return the graph of the caller's tenant; `abroad` belongs to the other one."""
        return self.other_graph if who == "abroad" and self.other_graph else self.graph

    async def mutate(self, who: str, verb: str, selection: str, **input: Any) -> Any:
        """Execute a mutation; return its payload with the selection of its object."""
        camel = f"{verb[0].upper()}{verb[1:]}Input"
        document = (
            f"mutation($input: {camel}!) {{ {verb}(input: $input) {{ {selection}"
            " errors { code field message } } }"
        )
        return await self.select_graph(who).mutate(who, document, **input)

    async def query(self, who: str, query: str, **variables: Any) -> Any:
        """Execute a query; return the data of a response without errors."""
        return await self.select_graph(who).query(who, query, **variables)


async def a_company(owner: Any, pool: Any, writing: asyncpg.Pool, *, alone: bool = False) -> Any:
    """Build and store the company; `alone` leaves out the other tenant."""
    tenant_id = await a_registered_tenant(owner)
    company = Company(tenant_id, DatabaseGraph(pool, writing, tenant_id))
    company.roles = {each.key: each for each in roles.create_built_in_roles(tenant_id)}
    company.roles["coach"] = a_role(tenant_id, "coach", Grant(Permission.GOALS_READ))
    for add in (_add_units, _add_people, _add_teams, _add_goals, add_kpis, add_scorecards):
        add(company)
    mara = company.people["mara"]
    company.action_items = some_action_items(mara, company.people["ruler"])
    company.annotations = some_annotations(mara, company.kpis, company.units, company.teams)
    company.alert_rules, company.alerts = some_alerts(company.kpis, company.people)
    company.rating_scales = build_rating_scales(tenant_id)
    company.frameworks = build_frameworks(tenant_id)
    company.review_templates = build_review_templates(tenant_id)
    company.score_rules = build_score_rules(company.rating_scales["published"])
    company.surveys, invitations = some_surveys(tenant_id, company.units, company.people)
    company.further = some_schedules(tenant_id, company.units)
    company.further["customfield"] = {**some_custom_fields(tenant_id)}
    company.further["legalhold"] = some_legal_holds(company.people)
    company.further["accessrequest"] = some_access_requests(
        company.people, company.members, company.roles
    )
    company.review_cycles, company.participants = some_review_cycles(company)
    company.staff_reviews = build_reviews(company)
    company.calibrations = build_calibrations(company)
    company.feedback_programs = build_programs(company)
    add_kpi_reviews(company)
    company.feedback = some_feedback(company.people)
    company.feedback_requests = some_feedback_requests(company.people)
    company.clients = build_clients(tenant_id, company.roles)
    company.issuers = some_issuers(tenant_id)
    company.sync_runs = build_sync_runs(company.members)
    company.bulk = build_bulk(company.members)
    company.work_calendars, people = {"home": a_work_calendar(tenant_id)}, company.people.values()
    first = [a_tenant(tenant_id), *company.roles.values(), *company.units.values(), *people]
    others = [
        [*company.teams.values(), *company.members.values(), *company.goals.values()],
        [*company.kpis.values(), *company.scorecards.values()],
        *([*each.values()] for each in (company.review_schedules, company.reviews)),
        [*company.action_items.values(), *company.annotations.values()],
        [
            *company.feedback.values(),
            *company.feedback_requests.values(),
            *company.clients.rows,
            *company.issuers.values(),
        ],
        [*company.rating_scales.values(), *company.frameworks.values()],
        [*company.review_templates.values()],
        [*company.score_rules.values(), *company.review_cycles.values()],
        *([*each.values()] for each in company.further.values()),
        *[*company.staff_reviews.list_layers(), *company.calibrations.list_layers()],
        [*company.work_calendars.values(), *company.alert_rules.values(), *company.alerts.values()],
        [*company.surveys.values(), *company.feedback_programs.programs.values()],
        [*company.sync_runs.values(), *company.bulk.rows],
    ]
    # Each step compares all objects that it has seen, so two of them take a third of the time.
    records = [*company.list_records(), *invitations]
    await _save(writing, tenant_id, first, [*chain.from_iterable(others)], records=records)
    async with owner.transaction():
        await owner.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
        await owner.execute(GIVE_SIZES, tenant_id)
    if not alone:
        company.other_graph = await _create_other_tenant(owner, pool, writing)
    return company


def _add_units(company: Company) -> None:
    headquarters = an_organization(company.tenant_id, "HQ")
    ops = an_organization(company.tenant_id, "OPS", headquarters, "Operations")
    company.units = {"hq": headquarters, "ops": ops} | {
        "dock": an_organization(company.tenant_id, "DOCK", ops, "Dock"),
        "sales": an_organization(company.tenant_id, "SALES", headquarters, "Sales"),
        "closed": an_organization(company.tenant_id, "OLD", ops, "Old dock"),
    }
    for each in company.units.values():
        each.starts_on = date(2019, 1, 1)
    company.units["closed"].ends_on = MANAGER_CHANGED_ON


ROLES = {
    "hr": ("employee", "hr"),
    "admin": ("employee", "tenant_admin"),
    "ruler": ("employee", "hr", "tenant_admin"),
    "analyst": ("analyst",),
    "nobody": (),
}
UNIT_OF_SCOPED_HR = {"hr_ops": "ops", "hr_far": "sales"}
IN_SALES = ("chief", "former", "hr", "hr_far", "nobody", "newcomer")
PEOPLE_WITHOUT_MEMBER = ("newcomer", "alumna")
CLOSED_ACCOUNTS = ("removed", "suspended")
"""The people whose accounts are in the state of that name."""


def _add_people(company: Company) -> None:
    for who in (*MEMBER_NAMES[:-1], "ruler", *CLOSED_ACCOUNTS, *PEOPLE_WITHOUT_MEMBER):
        unit = company.units["sales" if who in IN_SALES else "ops"]
        person = a_person(
            company.tenant_id,
            who.title(),
            organization=unit,
            work_email=f"{who}@meridian.example",
            left_on=date(2025, 1, 1) if who == "alumna" else None,
        )
        company.people[who] = person
    people = company.people
    add_reporting_line(people["mara"], people["former"], ends_on=MANAGER_CHANGED_ON)
    add_reporting_line(people["mara"], people["boss"], starts_on=MANAGER_CHANGED_ON)
    add_reporting_line(people["mara"], people["analyst"], kind=LineKind.DOTTED)
    add_reporting_line(people["peer"], people["boss"])
    add_reporting_line(people["boss"], people["chief"])
    peer = people["peer"]
    away = Leave(tenant_id=peer.tenant_id, person_id=peer.id, starts_on=MANAGER_CHANGED_ON)
    peer.leaves.append(away)
    first = dict.fromkeys(FACTS) | {"organization_id": peer.organization_id}
    recorded = {peer.hired_on: first, PROMOTED_ON: {"level": "L1"}}
    peer.rebuild_jobs(recorded, today=TODAY, at=NOW)
    for who, person in people.items():
        if who in CLOSED_ACCOUNTS:
            company.members[who] = a_member(person, who)
            company.members[who].status = MemberStatus(who)
        elif who not in PEOPLE_WITHOUT_MEMBER:
            held = ROLES.get(who, ("employee",))
            member = a_member(person, who, *(company.roles[each].id for each in held))
            if who in UNIT_OF_SCOPED_HR:
                within = company.units[UNIT_OF_SCOPED_HR[who]]
                hr = company.roles["hr"].id
                member.assignments += a_member(person, who, hr, within=within).assignments
                member.assignments[-1].member_id = member.id
            company.members[who] = member


def _add_teams(company: Company) -> None:
    dispatch = a_team(company.units["ops"])
    add_membership(company.people["mara"], dispatch)
    add_membership(company.people["lead"], dispatch, TeamRole.LEAD)
    company.teams = {
        "dispatch": dispatch,
        "night": a_team(company.units["ops"], "Night", dispatch),
        "closers": a_team(company.units["sales"], "Closers"),
        "closed": a_team(company.units["ops"], "Early"),
    }
    company.teams["closed"].ends_on = MANAGER_CHANGED_ON


def _add_goals(company: Company) -> None:
    mara, active = company.people["mara"], GoalStatus.ACTIVE
    made = {
        "public": a_goal(mara),
        "draft": a_goal(mara, "A draft", status=GoalStatus.DRAFT),
        "achieved": a_goal(mara, "Done", status=GoalStatus.ACHIEVED),
        "in_unit": a_goal(mara, "In the unit", Visibility.ORGANIZATION),
        "in_chain": a_goal(mara, "In the chain", Visibility.REPORTING_CHAIN),
        "private": a_goal(mara, "Hers", Visibility.PRIVATE, active, company.people["peer"]),
        "of_team": a_goal(company.teams["dispatch"], "The team's"),
        "of_unit": a_goal(company.units["ops"], "The unit's"),
        "of_peer": a_goal(company.people["peer"], "Another's"),
    }
    for each in made.values():
        add_key_result(each)
    add_key_result(made["public"], "Complaints")
    reported = {"confidence": Confidence.ON_TRACK, "values": {}, "at": NOW - timedelta(days=1)}
    made["in_chain"].check_in(PersonId(mara.id), **reported)
    made["in_chain"].events.clear()
    company.goals = made


async def _create_other_tenant(owner: Any, pool: Any, writing: asyncpg.Pool) -> DatabaseGraph:
    tenant_id = await a_registered_tenant(owner)
    known = {each.key: each for each in roles.create_built_in_roles(tenant_id)}
    someone = a_person(tenant_id, "Abroad")
    member = a_member(someone, "abroad", known["hr"].id)
    first = [a_tenant(tenant_id, "Harbor"), *known.values(), someone]
    await _save(writing, tenant_id, first, [member])
    return DatabaseGraph(pool, writing, tenant_id)


async def _save(
    writing: asyncpg.Pool, tenant_id: TenantId, *steps: list[Any], records: Sequence[Part] = ()
) -> None:
    async with unit.work(writing, an_admin(tenant_id), now=NOW) as begun:
        for step in steps:
            for each in step:
                await begun.add(each, to=SAVE)
            await begun.flush()
        begun.write_records(added=records)
