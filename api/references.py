"""External references: what other systems call a thing, in questions and in changes."""

from api.kernel.inputs import given, takes


@takes()
class ExternalReferenceInput:
    """The name that another system knows something by."""

    source: str = given("The other system, in small letters, such as workday-eu.")
    id: str = given("The id that it uses.")
