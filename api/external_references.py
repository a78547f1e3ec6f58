"""The input type of an external reference, for look-ups and for mutations."""

from typing import Annotated

from api.kernel.schema.inputs import input_field, input_type
from domain.kernel.external_references import EXTERNAL_ID, SOURCE


@input_type()
class ExternalReferenceInput:
    """The id that another system uses for an object."""

    source: Annotated[str, SOURCE] = input_field(
        "The other system, such as `workday-eu`: lower-case letters, digits, `-` and `_`."
    )
    id: Annotated[str, EXTERNAL_ID] = input_field("The id in that system.")
