"""Rows of files as inputs of a mutation: each is coerced alone, so that it refuses only itself."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from graphql import GraphQLInputObjectType, get_named_type
from graphql.execution.values import VariableValues

from api.bulk_processing.lines import FileRow
from api.kernel.documents.document_cache import DocumentCache
from api.kernel.documents.limits import Limits
from api.kernel.execution.selection_builder import Operation
from api.kernel.execution.variables import coerce_variables
from api.kernel.schema.global_ids import encode_id
from api.kernel.schema.input_parsing import ParsedInput, parse_input
from api.kernel.schema.mutations import MUTATIONS, Mutation
from api.kernel.schema.value_faults import find_value_faults
from domain.bulk_operations import BulkOperation, BulkOperationKind
from domain.kernel.errors import Code, Invalid, Refusal
from domain.kernel.fields import to_camel_case
from domain.kernel.identity import TenantId

KINDS: Mapping[BulkOperationKind, tuple[str, int]] = {
    BulkOperationKind.UPSERT_PEOPLE: ("people_upsert", 250),
    BulkOperationKind.UPSERT_ORGANIZATIONS: ("organizations_upsert", 250),
    BulkOperationKind.UPSERT_TEAMS: ("teams_upsert", 250),
    BulkOperationKind.UPSERT_GOALS: ("goals_upsert", 250),
    BulkOperationKind.RECORD_MEASUREMENTS: ("kpi_record_measurements", 1_000),
}
"""The mutation that the rows of each kind are for, and how many it takes at once."""

REFERENCE = "externalReference"

MAX_ROW_FAULTS = 10
"""Faults in the structure of a row that its result has; a row of junk has no more of them."""


@dataclass(frozen=True)
class CoercedRow:
    """A row of a file as the input of the mutation. `input` is None where faults say why."""

    row: FileRow
    input: Any
    faults: Sequence[Refusal] = ()


@dataclass(frozen=True)
class RowReader:
    """Turns the rows of files to those of one mutation."""

    mutation: Mutation
    operation: Operation
    row_type: GraphQLInputObjectType
    batch_size: int

    @classmethod
    async def create(cls, kind: BulkOperationKind, tenant_id: TenantId) -> "RowReader":
        """Create the reader of a kind of operation."""
        from api.schema import get_schema  # noqa: PLC0415 - it has the mutations of this package

        schema = get_schema()._schema  # noqa: SLF001
        name, batch_size = KINDS[kind]
        mutation = MUTATIONS[name]
        input_name = mutation.input_type.__name__
        field = f"{to_camel_case(name)}(input: $input) {{ outcomes }}"
        text = f"mutation Bulk($input: {input_name}!) {{ {field} }}"
        document = await DocumentCache(schema, Limits()).load(text, tenant_id)
        input_type = schema.type_map[input_name]
        assert isinstance(input_type, GraphQLInputObjectType), "It is the type of an input."
        row_type = get_named_type(input_type.fields["rows"].type)
        assert isinstance(row_type, GraphQLInputObjectType), "A row is an input."
        return cls(mutation, document.get_operation(None), row_type, batch_size)

    def coerce(self, row: FileRow, source: str | None) -> CoercedRow:
        """Return a row as an input, or what is wrong with its structure."""
        if row.faults:
            return CoercedRow(row, None, row.faults)
        reference = row.value.get(REFERENCE)
        if source is not None and isinstance(reference, dict):
            reference.setdefault("source", source)
        found = coerce_variables(self.operation, {"input": {"rows": [row.value]}})
        if isinstance(found, VariableValues):
            return CoercedRow(row, found.coerced["input"]["rows"][0])
        found_faults = self._find_faults(row.value)
        return CoercedRow(row, None, [*islice(found_faults, MAX_ROW_FAULTS)])

    def _find_faults(self, value: Mapping[str, Any]) -> Iterator[Refusal]:
        message = "A row has no field of this name. Correct the name, or leave it out."
        for name in value:
            if name not in self.row_type.fields:
                yield Invalid(message, name, code=Code.INVALID_FORMAT)
        known = {name: each for name, each in value.items() if name in self.row_type.fields}
        for fault in find_value_faults(known, self.row_type):
            yield Invalid(fault.message, *fault.path, code=Code.INVALID_FORMAT)

    def parse(self, operation: BulkOperation, inputs: Sequence[Any]) -> ParsedInput:
        """Return the input of the mutation with these rows."""
        given: dict[str, Any] = {"rows": list(inputs), "dry_run": operation.is_dry_run}
        if operation.sync_run_id is not None and not operation.is_dry_run:
            given["sync_run_id"] = encode_id("syncrun", operation.sync_run_id)
        return parse_input(self.mutation.input_type, given)
