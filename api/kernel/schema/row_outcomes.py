"""Batches with an outcome for each row: what their payload says beside the objects."""

import strawberry

from api.kernel.schema.declarations import TYPES, graph_enum
from api.kernel.schema.filter_inputs import FieldSpec
from api.kernel.schema.scalars import JSON
from api.kernel.schema.user_errors import ErrorCode
from domain.kernel.rows import RowOutcome

graph_enum(
    RowOutcome,
    "The outcome of one row of a batch.",
    created="Something new was stored.",
    updated="What was stored before was changed.",
    unchanged="It was stored like this before.",
    deferred=(
        "It was stored, but an object that it refers to is not known yet. The reference is set when"
        " that object arrives."
    ),
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


@strawberry.type(description="A field that a row changes, or would change.")
class RowDifference:
    """A difference of a payload. A new object has null before."""

    index: int = strawberry.field(description="The position of the row, from 0.")
    field: str = strawberry.field(description="The field of the row, such as `name`.")
    before: JSON | None = strawberry.field(
        description="The value before. Null when there was none, or when the viewer may not see it."
    )
    after: JSON | None = strawberry.field(description="The value after, as the row gives it.")


@strawberry.type(description="A reference of an earlier row, to the object of this row.")
class RowResolvedReference:
    """A reference of an earlier row that was deferred until this row arrived."""

    index: int = strawberry.field(description="The position of the row that arrived, from 0.")
    field: str = strawberry.field(
        description="The field that refers to the object, such as `manager`."
    )
    id: strawberry.ID = strawberry.field(description="The id of the object that has the field.")


TYPES["RowDifference"] = RowDifference
TYPES["RowResolvedReference"] = RowResolvedReference


def build_upsert_fields(objects_field: str, type_name: str) -> dict[str, FieldSpec]:
    """Return the fields of the payload of an upsert."""
    fields = build_row_fields(objects_field, type_name)
    objects = (
        f"The {type_name} of each row, in the order of the rows. Null for a row without one: a new"
        " one that was rejected or not stored, and one that the viewer may not see."
    )
    stored = (
        "Whether the rows that were not rejected were stored. False for a dry run, and in the mode"
        " ALL_OR_NOTHING when a row was rejected; then the outcomes say what would have been"
        " stored."
    )
    differences = "The fields that the rows change, or would change, in the order of the rows."
    resolved = "References of earlier DEFERRED rows that are set now, because these rows arrived."
    return {
        **fields,
        objects_field: FieldSpec(f"list[{type_name} | None]", objects),
        "stored": FieldSpec(bool, stored),
        "differences": FieldSpec(list[RowDifference], differences),
        "resolved": FieldSpec(list[RowResolvedReference], resolved),
    }


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
