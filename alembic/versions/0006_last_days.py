"""The journal's changes show the last day of a period, as the graph does now.

They held the first day that no longer counts, and `left_on` is `last_day` in the graph.
The force of row-level security is taken off for this one transaction (see 0005).
"""

from alembic import op

revision = "0006"
down_revision = "0005"

ATTRIBUTES = (("ends_on", "ends_on"), ("left_on", "last_day"))
"""Ends among an aggregate's own changes: the name before and the name afterwards."""

PART_FIELDS = (("endsOn", "endsOn"), ("leftOn", "lastDay"))
"""Ends of parts: the name before and the name afterwards."""

REWRITE_CHANGES = """
UPDATE journal SET changes = (
    SELECT jsonb_object_agg(
        CASE attribute {attribute_names} ELSE attribute END,
        CASE WHEN attribute IN ({attributes})
             THEN jsonb_build_array(
                 to_jsonb(CAST(images ->> 0 AS date) {shift}),
                 to_jsonb(CAST(images ->> 1 AS date) {shift}))
             WHEN attribute IN ('employments', 'leaves', 'lines', 'memberships')
             THEN (
                 SELECT jsonb_agg(
                     (SELECT coalesce(jsonb_agg(part {removed} {added} ORDER BY place), '[]')
                      FROM jsonb_array_elements(parts) WITH ORDINALITY AS listed (part, place))
                     ORDER BY side)
                 FROM jsonb_array_elements(images) WITH ORDINALITY AS listed (parts, side))
             ELSE images END)
    FROM jsonb_each(changes) AS changed (attribute, images))
WHERE entity IN ('person', 'team', 'organization')
  AND CAST(changes AS text) ~ '"({pattern})"'
"""


def upgrade() -> None:
    """Rewrite the entries that show an end."""
    _rewrite_changes(ATTRIBUTES, PART_FIELDS, "- 1")


def downgrade() -> None:
    """Show the first days that no longer count again."""
    attributes = tuple((old, new) for new, old in ATTRIBUTES)
    _rewrite_changes(attributes, tuple((old, new) for new, old in PART_FIELDS), "+ 1")


def _rewrite_changes(
    attributes: tuple[tuple[str, str], ...], part_fields: tuple[tuple[str, str], ...], shift: str
) -> None:
    op.execute("ALTER TABLE journal NO FORCE ROW LEVEL SECURITY")
    # A journal of millions of entries takes longer than the minute that a statement has.
    op.execute("SET LOCAL statement_timeout = 0")
    old_names = [old for old, _ in (*attributes, *part_fields)]
    op.execute(
        REWRITE_CHANGES.format(
            attribute_names=" ".join(f"WHEN '{old}' THEN '{new}'" for old, new in attributes),
            attributes=", ".join(f"'{old}'" for old, _ in attributes),
            shift=shift,
            removed=" ".join(f"- '{old}'" for old, _ in part_fields),
            added=" ".join(_build_part_field(old, new, shift) for old, new in part_fields),
            pattern="|".join(old_names),
        )
    )
    op.execute("ALTER TABLE journal FORCE ROW LEVEL SECURITY")


def _build_part_field(old: str, new: str, shift: str) -> str:
    day = f"CAST(part ->> '{old}' AS date) {shift}"
    return (
        f"|| CASE WHEN part ? '{old}' THEN jsonb_build_object('{new}', {day})"
        " ELSE CAST('{}' AS jsonb) END"
    )
