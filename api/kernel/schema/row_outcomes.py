"""Batches with an outcome for each row: what their payload says beside the objects."""

import strawberry

from api.kernel.schema.declarations import TYPES, graph_enum
from api.kernel.schema.filter_inputs import FieldSpec
from api.kernel.schema.user_errors import ErrorCode
from domain.kernel.rows import RowOutcome

graph_enum(
    RowOutcome,
    "The outcome of one row of a batch.",
    created="Something new was stored.",
    updated="What was stored before was changed.",
    unchanged="It was stored like this before.",
    rejected="Nothing was stored for the row. `errors` says why.",
)

ROW_ERRORS_DESCRIPTION = (
    "What is wrong with rows that were rejected, each with the `index` of its row. An error without"
    " an index refused the whole batch. After COMMITTED_NOT_READ all is saved."
)


@strawberry.type(description="What looks wrong in a row that was stored nevertheless.")
class RowWarning:
    """A warning of a payload."""

    code: ErrorCode = strawberry.field(description="The code of the warning, for programs.")
    message: str = strawberry.field(description="What looks wrong, as text to show.")
    field: list[str] = strawberry.field(
        description='The path of the row or of its field: ["rows", "3", "value"].'
    )
    index: int = strawberry.field(description="The position of the row, from 0.")


TYPES["RowWarning"] = RowWarning


def build_row_fields(objects_field: str, type_name: str) -> dict[str, FieldSpec]:
    """Return the fields of a payload with the outcome of each row."""
    objects = (
        f"Each {type_name} of the rows once, in the order of the rows; null where the viewer may"
        " not see it. Empty when the whole batch was refused."
    )
    outcomes = (
        "The outcome of each row, in the order of the rows. Of a dry run, the outcome it would"
        " have. Empty when the whole batch was refused."
    )
    warnings = "What looks wrong in rows that were stored nevertheless."
    return {
        "outcomes": FieldSpec(list[RowOutcome], outcomes),
        objects_field: FieldSpec(f"list[{type_name} | None]", objects),
        "warnings": FieldSpec(list[RowWarning], warnings),
    }
