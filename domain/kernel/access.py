"""Access rules as data: a closed vocabulary, the actor, and the check of a rule for one object.

`persistence.access.rules_to_sql` compiles the same rules for a whole table. If a policy cannot be
expressed, add a kind of rule to both readers.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from uuid import UUID

from domain.kernel.identity import MemberId, OrganizationId, PersonId, TeamId, TenantId
from domain.kernel.permissions import Grant, Permission, Population, Reach


@dataclass(frozen=True)
class OwnerAttributes:
    """The attributes that hold a row's owner: a person, a team or an organization."""

    person: str | None = None
    team: str | None = None
    organization: str | None = None


@dataclass(frozen=True)
class Rule:
    """A condition on an actor and a row."""

    def __or__(self, other: "Rule") -> "AnyOf":
        return AnyOf((self, other))

    def __and__(self, other: "Rule") -> "AllOf":
        return AllOf((self, other))


@dataclass(frozen=True)
class AnyOf(Rule):
    """At least one of these rules holds. Without any rule it never holds."""

    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True)
class AllOf(Rule):
    """Each of these rules holds. Without any rule it always holds."""

    rules: tuple[Rule, ...] = ()


OVER_EVERYONE = Reach(Population.EVERYONE)
NOBODY = AnyOf()
EVERYBODY = AllOf()


@dataclass(frozen=True)
class Is(Rule):
    """The actor is the person named by this attribute."""

    attribute: str


@dataclass(frozen=True)
class IsAccount(Rule):
    """The actor's account is the one named by this attribute."""

    attribute: str


@dataclass(frozen=True)
class IsAnother(Rule):
    """The actor is not the person named by this attribute, which always has a value."""

    attribute: str


@dataclass(frozen=True)
class IsOneOf(Rule):
    """The actor is one of the people in this attribute."""

    attribute: str


@dataclass(frozen=True)
class Manages(Rule):
    """The actor is above the person in this attribute today, by primary reporting lines."""

    attribute: str


@dataclass(frozen=True)
class Leads(Rule):
    """The actor leads the row's team, a team above it, or such a team of the row's person."""

    owner: OwnerAttributes


@dataclass(frozen=True)
class MemberOf(Rule):
    """The actor belongs to the row's organization, or to a unit below it."""

    owner: OwnerAttributes


@dataclass(frozen=True)
class InGrantedSubtree(Rule):
    """The row's organization lies in a subtree that limits such a grant of the actor."""

    owner: OwnerAttributes
    permission: Permission
    population: Population = Population.ORGANIZATION


@dataclass(frozen=True)
class IsNamedByGrant(Rule):
    """A grant of this permission names the row by its id."""

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
class Lacks(Rule):
    """The attribute has no value."""

    attribute: str


@dataclass(frozen=True)
class HasStarted(Rule):
    """The day in this attribute is today or in the past. It does not hold for None."""

    attribute: str


@dataclass(frozen=True)
class Holds(Rule):
    """The actor holds a grant of this permission whose population covers the row.

    `anywhere` is for rows without an owner that are needed wherever the grant applies. `by_id` is
    for rows that a grant may name.
    """

    permission: Permission
    over: OwnerAttributes = OwnerAttributes()
    anywhere: bool = False
    by_id: bool = False


@dataclass(frozen=True)
class InheritedFrom(Rule):
    """A part is visible under the rule of its parent, the object that this attribute refers to."""

    attribute: str
    parent: str
    rule: Rule


@dataclass(frozen=True)
class Actor:
    """One member of one tenant at one moment, with all facts that rules compare.

    `organizations` are the actor's own unit and every unit above it. `teams_led` are the teams that
    the actor leads directly. `has_reports` is False only if nobody reports to the actor for
    certain, and `has_moves` only if no planned change of anybody's unit has come for certain that
    is not written yet. `today` is the tenant's date. `temporary_grants` of `grants` have an end.
    """

    tenant_id: TenantId
    today: date
    member_id: MemberId | None = None
    person_id: PersonId | None = None
    grants: frozenset[Grant] = frozenset()
    organizations: frozenset[OrganizationId] = frozenset()
    teams_led: frozenset[TeamId] = frozenset()
    has_reports: bool = True
    has_moves: bool = True
    temporary_grants: frozenset[Grant] = frozenset()

    @property
    def author_id(self) -> UUID | None:
        """The id under which the journal records the actor: of the person, or of the account.

        A service client has no person, so it is that of its account.
        """
        return self.person_id or self.member_id

    def get_reaches(self, permission: Permission) -> frozenset[Reach]:
        """Return whom the actor's grants of this permission cover, without the subtrees."""
        return self._reaches_by_permission.get(permission, frozenset())

    @cached_property
    def _reaches_by_permission(self) -> Mapping[Permission, frozenset[Reach]]:
        return _map_reaches(self.grants)

    def get_subtrees(
        self, permission: Permission, population: Population = Population.ORGANIZATION
    ) -> frozenset[OrganizationId]:
        """Return the roots of the subtrees that limit the actor's grants over the population."""
        return frozenset(
            grant.organization_id
            for grant in self.grants
            if (grant.permission, grant.population) == (permission, population)
            and grant.organization_id is not None
        )

    def get_named(self, permission: Permission) -> frozenset[UUID]:
        """Return the ids that the actor's grants of this permission name."""
        return frozenset(
            grant.kpi_id
            for grant in self.grants
            if grant.permission is permission
            and grant.reach == Reach(Population.KPI)
            and grant.kpi_id is not None
        )


@lru_cache(maxsize=1_000)
def _map_reaches(grants: frozenset[Grant]) -> Mapping[Permission, frozenset[Reach]]:
    """Return the reaches by permission. Actors with the same grants share one mapping."""
    reaches: dict[Permission, frozenset[Reach]] = {}
    for grant in grants:
        reaches[grant.permission] = reaches.get(grant.permission, frozenset()) | {grant.reach}
    return reaches


@dataclass(frozen=True)
class Relationships:
    """The hierarchies above the people, teams and organizations that an aggregate refers to, today.

    Only ancestors are loaded, so it stays small in a large tenant. `managers` maps a person to all
    managers above. `teams` maps a person or a team to its teams and all teams above them.
    `organizations` maps a person, team or organization to its unit. `organization_paths` maps a
    unit to itself and all units above it.
    """

    managers: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)
    teams: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)
    organizations: Mapping[UUID, UUID] = field(default_factory=dict)
    organization_paths: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)

    def find_organization_id(self, subject: object, owner: OwnerAttributes) -> UUID | None:
        """Return the organization of a row's owner, or None if it has none."""
        for attribute in (owner.organization, owner.team, owner.person):
            owner_id = getattr(subject, attribute) if attribute else None
            if owner_id is not None:
                return self.organizations.get(owner_id)
        return None

    def find_organization_path(self, subject: object, owner: OwnerAttributes) -> frozenset[UUID]:
        """Return the organization of a row's owner with all units above it; empty if none."""
        unit = self.find_organization_id(subject, owner)
        return self.organization_paths.get(unit, frozenset()) if unit else frozenset()


def expand_grant(rule: Holds, reaches: frozenset[Reach]) -> Rule:
    """Return the simpler rule that equals holding a permission with these reaches."""
    if OVER_EVERYONE in reaches or (rule.anywhere and reaches):
        return EVERYBODY
    alternatives: list[Rule] = []
    if rule.by_id and Reach(Population.KPI) in reaches:
        alternatives.append(IsNamedByGrant(rule.permission))
    for population, covered in _list_coverable(rule.over):
        if Reach(population) in reaches:
            alternatives.append(covered)
        elif Reach(population, is_limited=True) in reaches:
            within = InGrantedSubtree(rule.over, rule.permission, population)
            alternatives.append(within if covered == EVERYBODY else AllOf((within, covered)))
    return AnyOf(tuple(alternatives))


def _list_coverable(owner: OwnerAttributes) -> Iterator[tuple[Population, Rule]]:
    """List the populations that rows with such owners can be in, with the rule of each."""
    if owner != OwnerAttributes():
        yield Population.ORGANIZATION, EVERYBODY
    if owner.team or owner.person:
        yield Population.TEAMS_LED, Leads(owner)
    if owner.person:
        yield Population.REPORTING_CHAIN, Manages(owner.person)
        yield Population.SELF, Is(owner.person)


def is_allowed(  # noqa: C901, PLR0911, PLR0912 (one case for each kind of rule)
    rule: Rule, actor: Actor, subject: object, relationships: Relationships
) -> bool:
    """Return whether a rule holds, given the relationships of all that the subject names."""
    match rule:
        case AnyOf(rules) | AllOf(rules):
            decisive = isinstance(rule, AnyOf)
            for each in rules:  # A generator would double the calls.
                if is_allowed(each, actor, subject, relationships) is decisive:
                    return decisive
            return not decisive
        case Has(attribute, values):
            return str(getattr(subject, attribute)) in values
        case Holds(permission):
            reaches = actor.get_reaches(permission)
            if OVER_EVERYONE in reaches:
                return True
            return is_allowed(expand_grant(rule, reaches), actor, subject, relationships)
        case Is(attribute) | IsAnother(attribute):
            return _is_named(actor, subject, attribute) is isinstance(rule, Is)
        case IsOneOf(attribute):
            return actor.person_id in getattr(subject, attribute)
        case Manages(attribute):
            return actor.person_id in relationships.managers.get(getattr(subject, attribute), ())
        case Leads(owner):
            owners = [getattr(subject, each) for each in (owner.team, owner.person) if each]
            return any(actor.teams_led & relationships.teams.get(each, set()) for each in owners)
        case MemberOf(owner):
            return relationships.find_organization_id(subject, owner) in actor.organizations
        case InGrantedSubtree(owner, permission, population):
            subtrees = actor.get_subtrees(permission, population)
            return bool(subtrees & relationships.find_organization_path(subject, owner))
        case Lacks() | HasStarted() | IsNamedByGrant() | IsAccount():
            return _is_row_of(rule, actor, subject)
        case InheritedFrom(_, parent, inner):
            found = getattr(subject, parent)
            return found is not None and is_allowed(inner, actor, found, relationships)
        case _:
            raise TypeError(f"{rule!r} is not an access rule.")


def _is_row_of(rule: Rule, actor: Actor, subject: object) -> bool:
    """Return whether a rule holds that looks at nothing but one attribute of the row."""
    match rule:
        case IsNamedByGrant(permission):
            return getattr(subject, "id", None) in actor.get_named(permission)
        case HasStarted(attribute):
            return bool((getattr(subject, attribute) or date.max) <= actor.today)
        case IsAccount(attribute):
            return actor.member_id is not None and getattr(subject, attribute) == actor.member_id
    return isinstance(rule, Lacks) and getattr(subject, rule.attribute) is None


def _is_named(actor: Actor, subject: object, attribute: str) -> bool:
    return actor.person_id is not None and getattr(subject, attribute) == actor.person_id


def assume(rule: Rule, attribute: str, value: object) -> Rule:
    """Return the rule as it will be once this attribute of a row, and of its parents, has a value.

    What a row says about the attribute today does not matter.
    """
    match rule:
        case AnyOf(rules) | AllOf(rules):
            return type(rule)(tuple(assume(each, attribute, value) for each in rules))
        case Has(name, values) if name == attribute:
            return EVERYBODY if str(value) in values else NOBODY
        case InheritedFrom(name, parent, inner):
            return InheritedFrom(name, parent, assume(inner, attribute, value))
        case _:
            return rule


def list_inherited(rule: Rule) -> list[InheritedFrom]:
    """Return the parts of a rule that hold where the rule of another object does."""
    match rule:
        case AnyOf(rules) | AllOf(rules):
            return [found for each in rules for found in list_inherited(each)]
        case InheritedFrom():
            return [rule]
        case _:
            return []


def list_attributes(rule: Rule) -> frozenset[str]:
    """Return the attributes of a row that a rule looks at."""
    match rule:
        case AnyOf(rules) | AllOf(rules):
            return frozenset[str]().union(*map(list_attributes, rules))
        case Leads(owner) | MemberOf(owner) | InGrantedSubtree(owner) | Holds(_, owner):
            return frozenset(filter(None, (owner.person, owner.team, owner.organization)))
        case IsNamedByGrant():
            return frozenset()  # each row has an id
        case (
            Is(attribute)
            | IsAccount(attribute)
            | IsAnother(attribute)
            | IsOneOf(attribute)
            | Manages(attribute)
            | Has(attribute)
            | Lacks(attribute)
            | HasStarted(attribute)
            | InheritedFrom(attribute)
        ):
            return frozenset({attribute})
        case _:
            raise TypeError(f"{rule!r} is not an access rule.")
