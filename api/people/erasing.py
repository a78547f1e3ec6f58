"""Erasing the personal values of people who have left."""

from api.kernel.schema.declarations import graph_enum
from api.kernel.schema.inputs import input_field
from api.kernel.schema.verbs import verb
from api.people.person import Person
from domain import erasing, people
from domain.people import ErasureReason

graph_enum(
    ErasureReason,
    "Why a person is erased.",
    requested="The person requested it.",
    retention_ended="The time for which the data may be kept is over.",
    recorded_by_mistake="The data should never have been recorded.",
)

person_erase = verb(
    Person,
    people.Person.ERASE,
    "Erase somebody who has left. Name, e-mail address, employee number, job title, place, external"
    " references, reasons of leaves and departures and the subject of the account are removed, here"
    " and in the audit log. A pseudonym, the days of employment and all counts stay. This cannot be"
    " undone.",
    use_case=erasing.erase,
    confirm_name=input_field("The person's `name`, to confirm who is erased."),
    reason=input_field("Why the person is erased."),
)
