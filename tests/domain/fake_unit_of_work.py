"""A unit of work over a dictionary, which checks the same access rules."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar, cast
from uuid import UUID

from domain.kernel.access import Actor, Relationships, is_allowed
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate, DomainEvent, Part, evolve
from domain.kernel.background_tasks import BackgroundTask
from domain.kernel.errors import (
    Code,
    Invalid,
    NotFound,
    NotPermitted,
    StateConflict,
    VersionConflict,
)
from domain.kernel.fields import field_specs
from domain.kernel.guarded_values import (
    NoneOrAfter,
    conceal,
    concealed_copy,
    ensure_comparable,
    list_guarded_attributes,
)
from domain.kernel.periods import Period
from domain.kernel.unit_of_work import Occupant
from domain.members import Member, MemberStatus, Term
from domain.organizations import Organization
from domain.people import LineKind, Person, list_placements
from domain.teams import Team
from tests.factories.domain_examples import NOW, SETTINGS

A = TypeVar("A", bound=Aggregate)


@dataclass
class FakeWork:
    """A fake unit of work with the aggregates of one tenant, for one actor."""

    actor: Actor
    aggregates: list[Aggregate] = field(default_factory=list)
    now: datetime = NOW
    locked_trees: list[str] = field(default_factory=list)
    locked_values: list[tuple[str, str]] = field(default_factory=list)
    records: list[Any] = field(default_factory=list)
    replaced_ids: list[tuple[type, UUID, UUID]] = field(default_factory=list)
    tasks: list[BackgroundTask] = field(default_factory=list)
    rows: list[tuple[Any, ...]] = field(default_factory=list)  # of a declared statement
    open_claims: None = None

    async def get(
        self, kind: type[A], id: UUID, *, to: Action, expected_version: int | None = None
    ) -> A:
        found = self._find_visible(kind, id)
        if found is None:
            raise NotFound("There is no such thing.")
        await self.require(found, to=to)
        if not to.may_start(found):
            raise StateConflict("Not from here.")
        if expected_version not in (None, found.version):
            raise VersionConflict("It has changed.")
        attributes = list_guarded_attributes(kind, to.rule)
        conceal(found, self._list_secrets(found, attributes), self.actor.today)
        return found

    async def reference(
        self, kind: type[A], id: UUID | None, *field: str, reading: Collection[str] = ()
    ) -> A | None:
        found = self._find_visible(kind, id) if id else None
        if id and found is None:
            raise Invalid("There is no such thing.", *field, code=Code.REFERENCE_NOT_FOUND)
        if found is None:
            return None
        unread = {*list_guarded_attributes(kind)} - {*reading}
        secret = unread | {*self._list_secrets(found, reading)}
        return concealed_copy(found, secret, self.actor.today)

    def enqueue(self, task: BackgroundTask) -> None:
        self.tasks.append(task)

    async def add(self, aggregate: Aggregate, *, to: Action) -> None:
        await self.require(aggregate, to=to)
        self.aggregates.append(aggregate)

    async def require(self, subject: object, *, to: Action) -> None:
        if not await self.is_permitted(subject, to=to):
            raise NotPermitted(f"You may not {to.name} this.")

    async def is_permitted(self, subject: object, *, to: Action) -> bool:
        return is_allowed(to.rule, self.actor, subject, self.compute_relationships())

    async def is_permitted_below(
        self, person_id: UUID, since: date, until: date | None, *, to: Action, planning: Action
    ) -> bool:
        below = [
            each
            for each in self._filter(Person)
            if person_id in await self._walk_known(each, since, until, planning)
        ]
        return all([await self.is_permitted(each, to=to) for each in below])

    async def is_known_above(
        self, person_id: UUID, since: date, until: date | None, *, planning: Action
    ) -> bool:
        (person,) = self._filter(Person, id=person_id)
        return self.actor.person_id in await self._walk_known(person, since, until, planning)

    async def _walk_known(
        self, person: Person, since: date, until: date | None, planning: Action
    ) -> set[UUID]:
        found: set[UUID] = set()
        may_plan = await self.is_permitted(person, to=planning)
        for line in person.lines:
            if line.kind is not LineKind.PRIMARY or line.is_superseded:
                continue
            starts_on, ends_on = line.starts_on, line.ends_on
            if not may_plan and starts_on > self.actor.today:
                continue
            if not may_plan and ends_on is not None and ends_on > self.actor.today:
                ends_on = None
            if Period(starts_on, ends_on).overlaps(Period(since, until)):
                first = max(since, starts_on)
                last = min((each for each in (until, ends_on) if each), default=None)
                manager = self._filter(Person, id=line.manager_id)[0]
                above = await self._walk_known(manager, first, last, planning)
                found |= {line.manager_id} | above
        return found

    async def remove(self, aggregate: Aggregate) -> None:
        self.aggregates.remove(aggregate)

    async def flush(self) -> None:
        """Do nothing: there is no database."""

    async def replace_in_attributes(
        self,
        kind: type[Aggregate],  # noqa: ARG002 - the protocol's form
        old_id: UUID,
        new_id: UUID,
    ) -> None:
        for each in self.aggregates:
            for name, value in vars(each).items():
                if value == old_id and name != "id":
                    setattr(each, name, new_id)
                elif isinstance(value, set) and old_id in value:
                    setattr(each, name, (value - {old_id}) | {new_id})

    async def replace(self, kind: type[Aggregate], old_id: UUID, new_id: UUID) -> None:
        self.replaced_ids.append((kind, old_id, new_id))

    async def managers_ever(self, person_id: UUID) -> Collection[UUID]:
        return await self.managers_between(person_id, date.min, None)

    async def reveal(self, kind: type[A], id: UUID) -> A:
        return self._filter(kind, id=id)[0]

    async def erase_history(self, kind: type[Aggregate], id: UUID) -> None:
        """Do nothing: there is no journal."""

    async def lock_tree(self, tree: str) -> None:
        self.locked_trees.append(tree)

    async def lock_value(self, attribute: str, value: str) -> None:
        self.locked_values.append((attribute, value))

    async def ancestors(self, kind: type[Aggregate], id: UUID) -> Collection[UUID]:
        return self._walk_ancestors(kind, id)[1:]

    async def managers_between(
        self, person_id: UUID, since: date, until: date | None
    ) -> Collection[UUID]:
        found: set[UUID] = set()
        for line in self._filter(Person, id=person_id)[0].lines:
            if line.kind is LineKind.PRIMARY and not line.is_superseded:
                if not line.period.overlaps(Period(since, until)):
                    continue
                first = max(since, line.starts_on)
                last = min((each for each in (until, line.ends_on) if each), default=None)
                found |= {line.manager_id}
                found |= set(await self.managers_between(line.manager_id, first, last))
        return found

    async def find_with_part(
        self, kind: type[A], part: type[Part], *, runs_on: date | None = None, **attributes: Any
    ) -> list[A]:
        def matches(each: Any) -> bool:
            runs = runs_on is None or each.ends_on is None or each.ends_on > runs_on
            return runs and all(getattr(each, name) == said for name, said in attributes.items())

        return [
            each
            for each in self._filter(kind)
            if any(isinstance(one, part) and matches(one) for one in _list_parts(each))
        ]

    async def find_all(self, kind: type[A], **keys: Sequence[Any]) -> list[A]:
        rows = (dict(zip(keys, each, strict=True)) for each in zip(*keys.values(), strict=True))
        return [one for row in rows for one in self._filter(kind, **row)]

    async def list_occupants(self, unit_id: UUID, day: date) -> list[Occupant]:
        today = self.actor.today
        found = [
            Occupant(
                each.id,
                each.organization_id,
                any(
                    period.ends_on is None or period.ends_on > day
                    for period in list_placements(each, today).get(unit_id, ())
                ),
            )
            for each in self._filter(Person)
            if not each.has_left(today)
        ]
        return [each for each in found if each.stays or each.organization_id == unit_id]

    async def count_holders(self, role_id: UUID) -> int:
        return sum(
            not self._filter(Person, id=member.person_id)[0].has_left(self.actor.today)
            for member in self._filter(Member)
            for each in member.assignments
            if each.role_id == role_id and not each.term.is_over(self.now)
        )

    async def find(self, kind: type[A], **attributes: Any) -> A | None:
        return next(iter(self._filter(kind, **attributes)), None)

    async def find_running_after(self, kind: type[A], day: date, **attributes: Any) -> list[A]:
        found: list[Any] = [
            each
            for each in self._filter(kind, **attributes)
            if (ends_on := each.ends_on) is None or ends_on > max(day, each.starts_on)
        ]
        return sorted(found, key=lambda each: each.ends_on or date.max, reverse=True)

    async def count(self, kind: type[Aggregate] | type[Part], **attributes: Any) -> int:
        if issubclass(kind, Aggregate):
            return len(self._filter(kind, **attributes))
        return len(await self.list_parts(kind, **attributes))

    async def load_all(
        self,
        kind: type[A],
        ids: Collection[UUID],
        *,
        locks: bool = False,  # noqa: ARG002 - nobody else is there
        keeps_state: bool = False,  # noqa: ARG002 - everything is kept
    ) -> list[A]:
        return [each for each in self._filter(kind) if each.id in ids]

    async def lock(self, aggregates: Sequence[Aggregate], *, keeps_state: bool = False) -> None:
        """Nobody else is there."""

    async def find_records(self, kind: type[Any], **keys: Sequence[Any]) -> list[Any]:
        wanted = {*zip(*keys.values(), strict=True)}
        parts = await self.list_parts(kind)
        return [each for each in parts if tuple(getattr(each, key) for key in keys) in wanted]

    async def find_values(
        self, kind: type[Any], names: Sequence[str], **keys: Sequence[Any]
    ) -> Sequence[Sequence[Any]]:
        wanted = {*zip(*keys.values(), strict=True)}
        stored = self._filter(kind) if issubclass(kind, Aggregate) else await self.list_parts(kind)
        return [
            tuple(_store(getattr(each, name)) for name in names)
            for each in stored
            if tuple(getattr(each, key) for key in keys) in wanted
        ]

    async def run_statement(self, name: str, **values: Any) -> Sequence[Sequence[Any]]:  # noqa: ARG002
        return self.rows

    async def record_events(
        self, kind: type[Aggregate], events: Sequence[tuple[DomainEvent, Collection[UUID]]]
    ) -> None:
        for event, ids in events:
            for each in self._filter(kind):
                if each.id in ids:
                    each.events.append(event)

    def write_records(
        self,
        *,
        added: Sequence[Part] = (),
        changed: Sequence[Part] = (),
        removed: Sequence[Part] = (),
    ) -> None:
        gone = {each.id for each in (*changed, *removed)}
        self.records = [each for each in self.records if each.id not in gone]
        self.records += [*added, *changed]

    def keep_records(self, kind: type[Part], kept: Sequence[tuple[Part, Any]]) -> None:
        self.records += [evolve(part, kind, own) for part, own in kept]

    async def list_parts(self, part: type[Any], **attributes: Any) -> list[Any]:
        own = [each for aggregate in self.aggregates for each in _list_parts(aggregate)]
        parts = [*own, *(part for each in own for part in _list_parts(each)), *self.records]
        return [
            each
            for each in parts
            if isinstance(each, part)
            and all(getattr(each, name) == value for name, value in attributes.items())
        ]

    async def role_holders(self, role_id: UUID, *, after: date) -> Collection[UUID]:
        return {
            member.person_id
            for member in self._filter(Member, status=MemberStatus.ACTIVE)
            for each in member.assignments
            if (each.role_id, each.organization_id) == (role_id, None)
            and each.term.contains(Term(), self.now)
            and not self._filter(Person, id=member.person_id)[0].has_left(after)
        }

    def compute_relationships(self) -> Relationships:
        """Compute the relationships of today."""
        unit: dict[UUID, UUID] = {each.id: each.id for each in self._filter(Organization)}
        teams: defaultdict[UUID, set[UUID]] = defaultdict(set)
        for team in self._filter(Team):
            unit[team.id] = team.organization_id
            teams[team.id] |= set(self._walk_ancestors(Team, team.id))
            for membership in team.memberships:
                if membership.period.covers(self.actor.today):
                    teams[membership.person_id] |= set(self._walk_ancestors(Team, team.id))
        people = self._filter(Person)
        unit |= {each.id: each.organization_id for each in people if each.organization_id}
        return Relationships(
            managers={each.id: frozenset(self._walk_managers(each)) for each in people},
            teams={id: frozenset(each) for id, each in teams.items()},
            organizations=unit,
            organization_paths={
                each.id: frozenset(self._walk_ancestors(Organization, each.id))
                for each in self._filter(Organization)
            },
        )

    def _list_secrets(self, found: Aggregate, attributes: Collection[str]) -> list[str]:
        relationships = self.compute_relationships()
        return [
            each
            for each in attributes
            if not is_allowed(found.GUARDED[each], self.actor, found, relationships)
        ]

    def _walk_managers(self, person: Person) -> Iterable[UUID]:
        while (boss := person.get_manager_id(self.actor.today)) is not None:
            if (person := self._filter(Person, id=boss)[0]).has_left(self.actor.today):
                return
            yield boss

    def _walk_ancestors(self, kind: type[Aggregate], id: UUID | None) -> list[UUID]:
        found = list[UUID]()
        while id is not None:
            found.append(id)
            id = getattr(self._filter(kind, id=id)[0], "parent_id", None)
        return found

    def _filter(self, kind: type[A], **having: Any) -> list[A]:
        ensure_comparable(kind, having, today=self.actor.today)
        return [
            each
            for each in self.aggregates
            if isinstance(each, kind)
            and all(
                _matches(_fold(kind, name, getattr(each, name)), _fold(kind, name, value))
                for name, value in having.items()
            )
        ]

    def _find_visible(self, kind: type[A], id: UUID) -> A | None:
        found = self._filter(kind, id=id)
        if not found and kind is type(SETTINGS):  # as most tests need no other ones
            return cast(A, SETTINGS)
        seen = found and is_allowed(kind.SEE, self.actor, found[0], self.compute_relationships())
        return found[0] if seen else None


def _fold(kind: type, name: str, value: Any) -> Any:
    """Return the form in which a value of an attribute is compared."""
    fold = isinstance(value, str) and field_specs(kind)[name].fold
    return fold(value) if fold else value


def _matches(value: Any, wanted: Any) -> bool:
    return wanted.matches(value) if isinstance(wanted, NoneOrAfter) else bool(value == wanted)


def _list_parts(of: Aggregate | Part) -> list[Any]:
    """List the parts of an aggregate or of a part."""
    return [part for each in vars(of).values() if isinstance(each, list) for part in each]


def _store(value: Any) -> Any:
    """Return a value as it is stored: an enum is text."""
    return str(value) if isinstance(value, StrEnum) else value
