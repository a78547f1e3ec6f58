"""External references: what other systems call a thing, in questions and in changes."""

from api.kernel.schema.inputs import input_field, input_type


@input_type()
class ExternalReferenceInput:
    """The name that another system knows something by."""

    source: str = input_field("The other system, in small letters, such as workday-eu.")
    id: str = input_field("The id that it uses.")
