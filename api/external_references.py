"""The input type of an external reference, for look-ups and for mutations."""

from api.kernel.schema.inputs import input_field, input_type


@input_type()
class ExternalReferenceInput:
    """The id that another system uses for an object."""

    source: str = input_field(
        "The other system, such as `workday-eu`: lower-case letters, digits, `-` and `_`."
    )
    id: str = input_field("The id in that system.")
