"""Access rules as data: a closed vocabulary, the actor, and reading a rule for one aggregate.

`persistence.kernel.predicates` reads the same words for a whole table. A policy that these words
cannot say means that the model lacks a word; add it to both readers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from uuid import UUID

from domain.kernel.identity import MemberId, OrganizationId, PersonId, TeamId, TenantId
from domain.kernel.permissions import Grant, Permission, Population


@dataclass(frozen=True)
class Place:
    """The attributes that say whose a row is: a person's, a team's or an organization's."""

    person: str | None = None
    team: str | None = None
    organization: str | None = None


@dataclass(frozen=True)
class Rule:
    """A sentence about an actor and a row."""

    def __or__(self, other: "Rule") -> "AnyOf":
        return AnyOf((self, other))

    def __and__(self, other: "Rule") -> "AllOf":
        return AllOf((self, other))


@dataclass(frozen=True)
class AnyOf(Rule):
    """At least one of these rules holds; of none, nobody passes."""

    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True)
class AllOf(Rule):
    """Each of these rules holds; of none, everybody passes."""

    rules: tuple[Rule, ...] = ()


NOBODY = AnyOf()
EVERYBODY = AllOf()


@dataclass(frozen=True)
class Is(Rule):
    """The actor is the person named by this attribute."""

    attribute: str


@dataclass(frozen=True)
class Among(Rule):
    """The actor is one of the people collected in this attribute."""

    attribute: str


@dataclass(frozen=True)
class Manages(Rule):
    """The actor stands above the person named by this attribute, in the primary line, today."""

    attribute: str


@dataclass(frozen=True)
class Leads(Rule):
    """The actor leads the row's team, a team above it, or such a team of the row's person."""

    place: Place


@dataclass(frozen=True)
class MemberOf(Rule):
    """The actor belongs to the row's organization, or to a unit below it."""

    place: Place


@dataclass(frozen=True)
class Within(Rule):
    """The row's organization lies in a subtree that the actor holds this permission over."""

    place: Place
    permission: Permission


@dataclass(frozen=True)
class Has(Rule):
    """The attribute has one of these values."""

    attribute: str
    values: tuple[str, ...]

    def __init__(self, attribute: str, *values: str) -> None:
        object.__setattr__(self, "attribute", attribute)
        object.__setattr__(self, "values", tuple(str(value) for value in values))


@dataclass(frozen=True)
class HasCome(Rule):
    """The day in this attribute is today or past; a day that is not set never comes."""

    attribute: str


@dataclass(frozen=True)
class Holds(Rule):
    """The actor holds a grant of this permission whose population covers the row.

    `anywhere` is for rows that have no place and that one needs wherever the grant reaches.
    """

    permission: Permission
    over: Place = Place()
    anywhere: bool = False


@dataclass(frozen=True)
class Via(Rule):
    """A part is reached through the whole that this attribute points to, under the whole's rule."""

    attribute: str
    whole: str
    rule: Rule


@dataclass(frozen=True)
class Actor:
    """One member of one tenant at one moment: all that the rules ask about the caller.

    `organizations` are the actor's own unit and every unit above it; `teams_led` are the teams
    led directly; `has_reports` is False only where certainly nobody stands below the actor; `today`
    is the date in the tenant's time zone.
    """

    tenant_id: TenantId
    today: date
    member_id: MemberId | None = None
    person_id: PersonId | None = None
    grants: frozenset[Grant] = frozenset()
    organizations: frozenset[OrganizationId] = frozenset()
    teams_led: frozenset[TeamId] = frozenset()
    has_reports: bool = True

    def populations(self, permission: Permission) -> frozenset[Population]:
        """The kinds of population over which the actor holds this permission."""
        return self._held.get(permission, frozenset())

    @cached_property
    def _held(self) -> Mapping[Permission, frozenset[Population]]:
        held: dict[Permission, frozenset[Population]] = {}
        for grant in self.grants:
            held[grant.permission] = held.get(grant.permission, frozenset()) | {grant.population}
        return held

    def subtrees(self, permission: Permission) -> frozenset[OrganizationId]:
        """The roots of the organization subtrees over which the actor holds this permission."""
        return frozenset(
            grant.organization_id
            for grant in self.grants
            if grant.permission == permission and grant.organization_id is not None
        )


@dataclass(frozen=True)
class Standing:
    """Where the people, teams and organizations that an aggregate names stand today.

    Looked up upwards only, so it stays small however large the tenant: `managers` lists everyone
    above a person; `teams` the teams of a person or team, with every team above those; `unit` the
    organization of a person, team or organization; `path` an organization with all above it.
    """

    managers: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)
    teams: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)
    unit: Mapping[UUID, UUID] = field(default_factory=dict)
    path: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)

    def unit_of(self, subject: object, place: Place) -> UUID | None:
        """The organization in which a row stands, or None where it stands in none."""
        for attribute in (place.organization, place.team, place.person):
            named = getattr(subject, attribute) if attribute else None
            if named is not None:
                return self.unit.get(named)
        return None


def spelled_out(rule: Holds, populations: frozenset[Population]) -> Rule:
    """What holding a permission over these populations comes to, in the simpler words."""
    place = rule.over
    if Population.EVERYONE in populations or (rule.anywhere and populations):
        return EVERYBODY
    words: list[Rule] = []
    if Population.ORGANIZATION in populations and place != Place():
        words.append(Within(place, rule.permission))
    if Population.TEAMS_LED in populations and (place.team or place.person):
        words.append(Leads(place))
    if Population.REPORTING_CHAIN in populations and place.person:
        words.append(Manages(place.person))
    if Population.SELF in populations and place.person:
        words.append(Is(place.person))
    return AnyOf(tuple(words))


def allows(  # noqa: C901, PLR0911, PLR0912 (one case for each word)
    rule: Rule, actor: Actor, subject: object, standing: Standing
) -> bool:
    """Read a rule for one aggregate, whose people, teams and organizations stand as told."""

    def named(attribute: str | None) -> UUID | None:
        return getattr(subject, attribute) if attribute else None

    match rule:
        case AnyOf(rules):
            return any(allows(each, actor, subject, standing) for each in rules)
        case AllOf(rules):
            return all(allows(each, actor, subject, standing) for each in rules)
        case Has(attribute, values):
            return str(getattr(subject, attribute)) in values
        case Holds(permission):
            meaning = spelled_out(rule, actor.populations(permission))
            return allows(meaning, actor, subject, standing)
        case Is(attribute):
            return actor.person_id is not None and named(attribute) == actor.person_id
        case Among(attribute):
            return actor.person_id in getattr(subject, attribute)
        case Manages(attribute):
            person = named(attribute)
            return person is not None and actor.person_id in standing.managers.get(person, ())
        case Leads(place):
            owners = [each for each in (named(place.team), named(place.person)) if each]
            return any(actor.teams_led & standing.teams.get(each, frozenset()) for each in owners)
        case MemberOf(place):
            return standing.unit_of(subject, place) in actor.organizations
        case Within(place, permission):
            unit, roots = standing.unit_of(subject, place), actor.subtrees(permission)
            return unit is not None and bool(roots & standing.path.get(unit, frozenset()))
        case HasCome(attribute):
            return bool((getattr(subject, attribute) or date.max) <= actor.today)
        case Via(_, whole, inner):
            return allows(inner, actor, getattr(subject, whole), standing)
        case _:
            raise TypeError(f"{rule!r} is not a word of the access vocabulary.")
