"""Changes of one object that are changes of another one, such as those of KPIs on a scorecard.

The journal has no entry for them: a change that many objects follow would be written many times.
The change feed finds those who follow when it sends the change.
"""

from dataclasses import dataclass

from sqlalchemy import Table, and_, case, exists, literal_column, or_, select

from persistence.access.actor_facts import ActorFacts
from persistence.access.rules_to_sql import compile_rule
from persistence.journal_access import is_visible_now
from persistence.kernel.schema.tables import shared_alias
from persistence.kernel.sql_literals import literal_text
from persistence.reading.batched_reads import REQUESTED_SUBJECT_ID
from persistence.reading.read_model import READ_MODELS, One, ReadModel, Row, Sql, Value


@dataclass(frozen=True)
class FollowedChanges:
    """The objects whose changes others follow, and the table that links them.

    `source` and `follower` are names of aggregates.
    """

    source: str
    follower: str
    links: Table
    source_column: str
    follower_column: str

    @property
    def select_followers(self) -> str:
        """The statement that finds who follows some objects of a tenant."""
        return (
            f"SELECT {self.source_column} AS source_id, {self.follower_column} AS follower_id"
            f" FROM {self.links} WHERE tenant_id = $1 AND {self.source_column} = ANY($2::uuid[])"
        )


FOLLOWED: dict[str, FollowedChanges] = {}
"""What each kind of object follows."""


def follow_changes(
    follower: ReadModel,
    source: ReadModel,
    links: Table,
    *,
    source_column: str,
    follower_column: str,
) -> None:
    """Let changes of objects be sent as changes of those that are linked with them.

    They are sent to those who may see both objects.
    """
    followed = FollowedChanges(
        source.entity, follower.entity, links, source_column, follower_column
    )
    FOLLOWED[follower.entity] = followed
    change = READ_MODELS[f"{follower.name}Change"]
    sees_own_change = change.visibility_condition
    assert sees_own_change is not None, "A model of changes has a condition."
    change.visibility_condition = lambda facts, entry: or_(
        sees_own_change(facts, entry),
        and_(
            entry.c.entity == literal_text(source.entity),
            is_visible_now(source, facts, entry),
            _is_linked_with_subject(follower, followed, facts, entry),
        ),
    )
    for name, each in list(change.declared_fields.items()):
        if isinstance(each, One):
            change.one(name, each.target, lambda _, row, __: row.c.id == REQUESTED_SUBJECT_ID)
        elif isinstance(each, Value) and each.prefix == follower.prefix:
            _guard_by_kind(change, name, each, follower.entity)


def _is_linked_with_subject(
    follower: ReadModel, followed: FollowedChanges, facts: ActorFacts, entry: Row
) -> Sql:
    """Return the condition that a change concerns a visible object that it is sent for."""
    assert follower.table is not None, "An aggregate has a table."
    link, row = shared_alias(followed.links), follower.table.alias()
    return exists(
        select(literal_column("1"))
        .where(
            link.c.tenant_id == facts.tenant(),
            link.c[followed.source_column] == entry.c.entity_id,
            link.c[followed.follower_column] == REQUESTED_SUBJECT_ID,
            row.c.tenant_id == facts.tenant(),
            row.c.id == REQUESTED_SUBJECT_ID,
            compile_rule(follower.see, facts, row),
        )
        .correlate_except(link, row)
    )


def _guard_by_kind(change: ReadModel, name: str, value: Value, entity: str) -> None:
    """Let a field about the object of an entry be null for entries of other objects."""
    change.value(
        name,
        lambda entry, context: case(
            (entry.c.entity == literal_text(entity), value.build_sql(entry, context))
        ),
        prefix=value.prefix,
    )
