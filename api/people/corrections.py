"""Corrections of the past: facts that were recorded wrongly, or too late."""

from api.kernel.schema.inputs import input_field
from api.kernel.schema.verbs import verb
from api.people.person import Person
from domain import corrections, people

REASON = "Why the record is corrected. The history shows it."

person_correct_employment = verb(
    Person,
    people.Person.CORRECT_EMPLOYMENT,
    "Correct the first or the last day of an employment, also of an earlier one. Leaves, reporting"
    " lines and memberships may not start before a later first day. On an earlier last day they"
    " end.",
    use_case=corrections.correct_employment,
    employment_id=input_field("The employment.", id_prefix="employment"),
    hired_on=input_field("The first day. Default: unchanged."),
    left_on=input_field(
        "The last day. Default: unchanged. Only for an employment that has one; `personDepart`"
        " records it.",
        is_period_end=True,
        graph_name="lastDay",
    ),
    reason=input_field(REASON),
)
