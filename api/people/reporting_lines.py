"""Reporting lines: who reports to whom, from today or a later day on."""

from api.kernel.schema.inputs import input_field, last_day_field, today_field
from api.kernel.schema.verbs import verb
from api.people.person import Person, ReportingLine
from api.self_appointment import self_appointment_field
from domain import people

person_assign_manager = verb(
    Person,
    people.Person.ASSIGN_MANAGER,
    "Assign a manager to a person, from today or a later day. The new line replaces an earlier"
    " primary manager.",
    use_case=people.assign_manager,
    returns_part=ReportingLine,
    manager_id=input_field("The manager.", id_prefix="person"),
    kind=input_field("The kind of reporting line. Default: PRIMARY."),
    starts_on=today_field("The first day."),
    self_appointment_reason=self_appointment_field(),
)
person_end_line = verb(
    Person,
    people.Person.END_REPORTING_LINE,
    "End a reporting line, at once or on a later day. No other manager takes its place.",
    use_case=people.end_reporting_line,
    line_id=input_field("The reporting line.", id_prefix="line"),
    ends_on=last_day_field("The last day of the line."),
)
