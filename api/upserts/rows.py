"""The inputs that all upserts share, and the rows of the domain that they become."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Protocol
from uuid import UUID

from strawberry.types.maybe import Some

from api.custom_fields import read_given_values
from api.external_references import ExternalReferenceInput
from api.kernel.schema.declarations import graph_enum
from api.kernel.schema.inputs import input_field, input_type
from domain.kernel.errors import Refusal
from domain.kernel.external_references import EXTERNAL_ID, SOURCE
from domain.kernel.rows import RowResults
from domain.kernel.unit_of_work import Work
from domain.kernel.upserts import NamedObject, Row, RowKind, UpsertMode
from domain.sync_runs import apply_rows_in_run
from domain.upserts import apply_rows

graph_enum(
    UpsertMode,
    "What a rejected row of an upsert means for the others.",
    per_row="A rejected row rejects only itself.",
    all_or_nothing="If one row is rejected, nothing is stored.",
)

MODE = "What a rejected row means for the others. Default: PER_ROW."
DRY_RUN = "Whether to check the rows without storing anything. Default: false."
ID = "The id of the object in Trellis. Default: the object is found by `externalReference`."
EXTERNAL_REFERENCE = (
    "The id of the object in your system. If no object has it, the row creates one. Together with"
    " `id`, it is added to the object. Required without `id`."
)
SYNC_RUN_ID = (
    "The sync run of the rows: an OPEN one that you started. Each row then needs an"
    " `externalReference` with the source of the run. Default: none."
)
SOURCE_VERSION_FIELD = (
    "The version of the row in your system, such as a number or a time that grows. A row that is"
    " older than the one applied last is UNCHANGED. Groups of digits are compared as numbers."
    " Default: the row is applied."
)


@input_type()
class RowExternalReferenceInput:
    """The id of an object in another system. An empty id means no object."""

    source: Annotated[str | None, SOURCE] = input_field(
        "The other system. Default: that of the `externalReference` of the row."
    )
    id: Annotated[str | None, EXTERNAL_ID] = input_field(
        "The id in that system. Null or empty means no object."
    )


OUR_ID = "The id in Trellis. Null or empty means that `externalReference` is used."
YOUR_ID = (
    "The id in your system. The row of that object may come later in the same call. Default: `id`"
    " is used."
)


@input_type()
class OrganizationRowReferenceInput:
    """A unit that a row refers to, by one of these. Without either, no unit."""

    id: UUID | None = input_field(OUR_ID, id_prefix="org", empty_is_null=True)
    external_reference: RowExternalReferenceInput | None = input_field(YOUR_ID)


@input_type()
class TeamRowReferenceInput:
    """A team that a row refers to, by one of these. Without either, no team."""

    id: UUID | None = input_field(OUR_ID, id_prefix="team", empty_is_null=True)
    external_reference: RowExternalReferenceInput | None = input_field(YOUR_ID)


@input_type()
class PersonRowReferenceInput:
    """A person whom a row refers to, by one of these. Without either, no person."""

    id: UUID | None = input_field(OUR_ID, id_prefix="person", empty_is_null=True)
    external_reference: RowExternalReferenceInput | None = input_field(YOUR_ID)


@input_type()
class GoalRowReferenceInput:
    """A goal that a row refers to, by one of these. Without either, no goal."""

    id: UUID | None = input_field(OUR_ID, id_prefix="goal", empty_is_null=True)
    external_reference: RowExternalReferenceInput | None = input_field(YOUR_ID)


RowReferenceInput = (
    OrganizationRowReferenceInput
    | TeamRowReferenceInput
    | PersonRowReferenceInput
    | GoalRowReferenceInput
)


class RowInput(Protocol):
    """A row of any upsert. It also has the fields of its concept."""

    id: UUID | None
    external_reference: ExternalReferenceInput | None
    source_version: str | None


class UpsertInput(Protocol):
    """The input of any upsert."""

    rows: Any
    mode: UpsertMode | None
    dry_run: bool | None
    sync_run_id: UUID | None


async def apply_inputs(
    work: Work, kind: RowKind, input: UpsertInput, faults: Mapping[int, Sequence[Refusal]]
) -> RowResults:
    """Apply the rows of an input, and return their outcomes."""
    rows = [
        _build_row(kind, index, each, work.actor.today, faults.get(index, ()))
        for index, each in enumerate(input.rows)
    ]
    mode, is_dry_run = input.mode or UpsertMode.PER_ROW, bool(input.dry_run)
    if input.sync_run_id is None:
        return await apply_rows(work, kind, rows, mode=mode, is_dry_run=is_dry_run)
    run_id = input.sync_run_id
    return await apply_rows_in_run(work, run_id, kind, rows, mode=mode, is_dry_run=is_dry_run)


def _build_row(
    kind: RowKind, index: int, input: RowInput, today: date, faults: Sequence[Refusal]
) -> Row:
    reference: ExternalReferenceInput | None = input.external_reference
    name = NamedObject(
        input.id,
        reference.source.strip() if reference and reference.source else None,
        reference.id.strip() if reference and reference.id else None,
    )
    values = dict[str, Any]()
    for each in kind.fields:
        given = getattr(input, each.name)
        if given is not None:
            value = given.value if isinstance(given, Some) else given
            if each.refers_to is not None and value is not None:
                value = _name(value, name.source)
            values[each.name] = read_given_values(value) if each.is_json else value
    valid_from: date | None = getattr(input, "valid_from", None)
    version = input.source_version
    return Row(index, name, values, today, version, valid_from, faults=faults)


def _name(reference: RowReferenceInput, own_source: str | None) -> NamedObject:
    external = reference.external_reference
    if external is None:
        return NamedObject(reference.id)
    source = (external.source or "").strip() or own_source
    return NamedObject(reference.id, source, (external.id or "").strip())
