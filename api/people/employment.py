"""Employment: long leaves, departure and rehiring."""

from api.kernel.schema.inputs import input_field, last_day_field, today_field
from api.kernel.schema.verbs import verb
from api.people.person import Employment, Leave, Person
from api.self_appointment import self_appointment_field
from domain import people, staffing

person_start_leave = verb(
    Person,
    people.Person.START_LEAVE,
    "Record that a person begins a long leave.",
    returns_part=Leave,
    starts_on=today_field("The first day away."),
    ends_on=input_field("The last day away. Default: not known yet.", is_period_end=True),
    reason=input_field("Why the person is away."),
)
person_return_from_leave = verb(
    Person,
    people.Person.RETURN_FROM_LEAVE,
    "End a person's leave. A return on its first day cancels the leave.",
    returns_on=today_field("The first day back."),
)
person_depart = verb(
    Person,
    people.Person.DEPART,
    "Record the last day of a person's employment, or correct the day, the reason and the kind.",
    use_case=staffing.depart,
    left_on=last_day_field("The last day of the employment.", graph_name="lastDay"),
    reason=input_field("Why the person leaves."),
    kind=input_field(
        "How the employment ends. Default: the kind that an earlier `personDepart` gave; otherwise"
        " it is unknown."
    ),
    successor_id=input_field(
        "Who takes over the direct reports from the day after the last day. Default: the successor"
        " of an earlier `personDepart`. Without one, the reports have no manager from that day on.",
        id_prefix="person",
    ),
    self_appointment_reason=self_appointment_field(),
)
person_cancel_departure = verb(
    Person,
    people.Person.CANCEL_DEPARTURE,
    "Cancel a recorded departure. The employment continues, and so does everything that the"
    " departure ended.",
    use_case=staffing.cancel_departure,
)
person_rehire = verb(
    Person,
    people.Person.REHIRE,
    "Begin a new employment of a person who has left, without the earlier managers, reports, teams"
    " and roles.",
    use_case=staffing.rehire,
    returns_part=Employment,
    hired_on=today_field("The first day of the new employment."),
)
