"""Access rules of calibration sessions. Nobody sees the row about themselves, in any role.

See the table in docs/decisions/0126-calibration-hides-the-own-row.md.
"""

from domain.kernel.access import (
    Has,
    InheritedFrom,
    Is,
    IsAnother,
    IsOneOf,
    Lacks,
    Manages,
    Rule,
)
from domain.kernel.actions import Action
from domain.reviews.calibration.attributes import AxisAudience, list_attributes
from domain.reviews.cycles import policy as cycles

OWNER_ATTRIBUTES = cycles.OWNER_ATTRIBUTES
MANAGE = cycles.MANAGE
FACILITATE = IsOneOf("facilitator_ids")
LEAD = MANAGE | FACILITATE
ATTEND = IsOneOf("member_ids")
ATTEND_OPEN = ATTEND & Has("status", "open")

SEE = LEAD | ATTEND & Has("status", "draft", "open")
SEE_SUBJECTS = LEAD | ATTEND_OPEN
SHOWN = Has("names_are_shown", "True")
SEE_NAMES = SHOWN | LEAD
"""Of rows that the actor sees, which is asked before."""


def _see_axis(axis: str) -> Rule:
    """Return who of those that see rows reads an axis: it depends on what the axis shows."""
    name = f"{axis}_attribute"
    of_rows, of_names = map(list_attributes, (AxisAudience.ROWS, AxisAudience.NAMES))
    return MANAGE | Lacks(name) | Has(name, *of_rows) | Has(name, *of_names) & SEE_NAMES


SEE_HORIZONTAL, SEE_VERTICAL = _see_axis("horizontal"), _see_axis("vertical")

SEE_QUOTAS = Has("quota_group", "session") | SEE_NAMES
"""Of a session whose rows the actor sees: groups of units and managers tell whom rows are about."""

ADJUST_SUBJECTS = FACILITATE | ATTEND_OPEN & SHOWN

ABOUT_ANOTHER = IsAnother("person_id")


def _of_session(rule: Rule) -> Rule:
    return ABOUT_ANOTHER & InheritedFrom("session_id", "calibration_session", rule)


SEE_SUBJECT = _of_session(SEE_SUBJECTS)
SEE_NAME = _of_session(SEE_NAMES)
SEE_RATINGS = {
    "horizontal_rating": _of_session(SEE_HORIZONTAL),
    "vertical_rating": _of_session(SEE_VERTICAL),
}
SEE_SUBJECT_HISTORY = _of_session(LEAD)
ADJUST = _of_session(ADJUST_SUBJECTS)
ABSTAIN = Action("abstain", Is("manager_id") | Manages("person_id"))
"""Who abstains from adjusting: the manager who decides, and everybody above the person today."""
