"""Merging two records of one human."""

from api.kernel.schema.inputs import input_field
from api.kernel.schema.verbs import verb
from api.people.person import Person
from api.self_appointment import self_appointment_field
from domain import merging, people

person_merge = verb(
    Person,
    people.Person.MERGE,
    "Merge two records of one human. Everything that names the duplicate names the person"
    " afterwards: goals, check-ins, reporting lines, memberships, references, the account and the"
    " audit log. The duplicate is removed, and its id leads to the person. Where both records have"
    " an entry for the same day, that of the person counts. This cannot be undone.",
    use_case=merging.merge,
    duplicate_id=input_field("The record to remove.", id_prefix="person"),
    reason=input_field("How you know that both records are one human."),
    self_appointment_reason=self_appointment_field(),
    expected_duplicate_version=input_field(
        "The version of the duplicate that you read. If it was changed since, nothing is merged."
        " Default: any version."
    ),
)
