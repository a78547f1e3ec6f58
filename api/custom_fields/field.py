"""The graph type of a custom field."""

from decimal import Decimal
from uuid import UUID

from api.kernel.schema.declarations import (
    Connection,
    graph_enum,
    list_of,
    look_up,
    many,
    node,
    part,
    queries,
    value,
)
from api.kernel.schema.inputs import input_field, input_type
from domain.custom_fields import (
    MAX_FIELDS,
    MAX_OPTIONS,
    CustomFieldReaders,
    CustomFieldStatus,
    CustomFieldType,
    CustomFieldWriters,
    CustomObjectType,
)
from persistence.custom_fields import CUSTOM_FIELD, CUSTOM_OPTION
from persistence.reading.read_model import ROOT

graph_enum(
    CustomObjectType,
    "A type whose objects have custom fields.",
    person="People.",
    team="Teams.",
    goal="Goals.",
)
graph_enum(
    CustomFieldType,
    "What the values of a custom field are.",
    text="One line of text.",
    number="An exact decimal number.",
    boolean="Yes or no.",
    date="A day.",
    choice="One or more of the options of the field.",
)
graph_enum(
    CustomFieldReaders,
    "Who may read the values of a custom field, among those who see the object.",
    everybody="Everybody who sees the object.",
    managers="Of a person: the person, the managers above, and who reads or manages employment. Of"
    " a team or goal: those who may edit it.",
    hr="Those whose role lets them read or manage employment: `EMPLOYMENT_READ` or"
    " `EMPLOYMENT_MANAGE` over the object.",
)
graph_enum(
    CustomFieldWriters,
    "Who may write the values of a custom field, among those who may edit the object and read the"
    " values.",
    editors="All of them.",
    hr="Those with `EMPLOYMENT_MANAGE` over the object.",
)
graph_enum(
    CustomFieldStatus,
    "Whether a custom field takes new values.",
    active="It takes values.",
    archived="It keeps its values and takes no new ones.",
)


@part(CUSTOM_OPTION)
class CustomOption:
    """An option of a custom field of the type CHOICE."""

    key: str = value("The short name for programs. It never changes.")
    label: str = value("The text to show.")
    is_archived: bool = value(
        "Whether it was removed: old values keep it, new ones cannot have it."
    )


@node(
    CUSTOM_FIELD,
    where=("id", "object_type", "key", "label", "type", "is_required", "status"),
    order_by=("key", "label", "created_at"),
)
class CustomField:
    """A field that the tenant has added to people, teams or goals. Every member may read it."""

    object_type: CustomObjectType = value("The type of the objects that have it.")
    key: str = value("The short name for programs, unique among the fields of the type.")
    label: str = value("The name to show.")
    description: str | None = value("What to enter. Null when there is no text.")
    type: CustomFieldType = value("What the values are. It never changes.")
    readers: CustomFieldReaders = value(
        "Who may read the values. It never changes, because the history keeps former values."
    )
    writers: CustomFieldWriters = value("Who may write the values.")
    is_required: bool = value(
        "Whether an object needs a value: where it is created, and where its custom values are"
        " changed. Rows of upserts and of SCIM without custom values need none."
    )
    max_length: int | None = value(
        "The longest text of a TEXT. Null for 2,000 characters, and for other types."
    )
    least: Decimal | None = value("The least NUMBER. Null for no limit, and for other types.")
    most: Decimal | None = value("The greatest NUMBER. Null for no limit, and for other types.")
    options: list[CustomOption] = list_of(
        f"The options of a CHOICE in their order, {MAX_OPTIONS} at most; archived ones come last."
        " Empty for other types.",
        usual_size=5,
    )
    max_choices: int = value("How many options a value of a CHOICE may have. 1 for other types.")
    status: CustomFieldStatus = value("Whether it takes new values.")


@input_type(one_of=True)
class CustomFieldBy:
    """Identifies a custom field by exactly one of these."""

    id: UUID | None = input_field("The field's id.")


@queries(ROOT)
class CustomFieldQueries:
    """Root fields of custom fields."""

    custom_field: CustomField | None = look_up(
        "A custom field. Null when there is none.", "CustomFieldBy", "How the field is identified."
    )
    custom_fields: Connection[CustomField] = many(
        f"All custom fields, the oldest first. A type has {MAX_FIELDS} at most, archived ones"
        " among them."
    )
