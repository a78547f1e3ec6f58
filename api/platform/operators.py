"""Operators and the audit log in the platform graph."""

from typing import Annotated
from uuid import UUID

import strawberry

from api.kernel.schema.declarations import graph_enum
from api.kernel.schema.inputs import input_field, input_type
from api.platform.mutations import platform_mutation
from api.platform.request import PlatformRequest
from domain import platform
from domain.kernel.fields import SingleLine
from domain.platform import Act, OperatorRole
from domain.platform import Operator as OperatorRecord
from domain.platform.operators import MAX_NAME_LENGTH, MAX_SUBJECT_LENGTH
from persistence.kernel.wire_format import encode_id
from persistence.platform import reading
from persistence.platform.work import DirectoryWork

PREFIX = "operator"

graph_enum(
    OperatorRole,
    "What an operator of the platform may do.",
    reader="Read the tenants, their usage and their operations.",
    operator="Also create, configure, suspend, resume, clone and move tenants, and cancel their"
    " deletions.",
    owner="Also export, import, restore and erase tenants, add, change and remove operators, and"
    " read the audit log.",
)


@strawberry.type(description="A person or program that operates the platform.")
class Operator:
    """An operator."""

    id: strawberry.ID = strawberry.field(description="The id.")
    name: str = strawberry.field(description="The name.")
    role: OperatorRole = strawberry.field(description="What the operator may do.")
    issuer: str = strawberry.field(description="The issuer of their tokens.")
    subject: str = strawberry.field(description="The subject in their tokens, exactly.")


def build_operator(operator: OperatorRecord) -> Operator:
    """Return an operator as the graph shows it."""
    return Operator(
        id=strawberry.ID(encode_id(PREFIX, operator.id)),
        name=operator.name,
        role=operator.role,
        issuer=operator.issuer,
        subject=operator.subject,
    )


async def read_operator(request: PlatformRequest, id: UUID) -> Operator:
    """Return an operator who was changed, also one who was removed."""
    async with request.stores.read() as connection:
        return build_operator(await reading.get_operator(connection, id))


def _read_viewer(info: strawberry.Info[PlatformRequest]) -> Operator:
    return build_operator(info.context.operator)


async def _read_operators(info: strawberry.Info[PlatformRequest]) -> list[Operator] | None:
    request = info.context
    request.require(Act.READ_OPERATORS)
    async with request.stores.read() as connection:
        return [build_operator(each) for each in await reading.list_operators(connection)]


QUERIES = {
    "viewer": strawberry.field(
        resolver=_read_viewer, description="The operator who sent the request."
    ),
    "operators": strawberry.field(
        resolver=_read_operators,
        description="All operators, in the order of names. For others than owners it is null, with"
        " the error NOT_PERMITTED.",
    ),
}


# -- mutations ------------------------------------------------------------------------------------


@input_type()
class OperatorAddInput:
    """Input of `operatorAdd`."""

    issuer: Annotated[str, SingleLine("The issuer", max_length=MAX_SUBJECT_LENGTH)] = input_field(
        "The issuer of their tokens. `trellis platform issuer register` registers it."
    )
    subject: Annotated[str, SingleLine("The subject", max_length=MAX_SUBJECT_LENGTH)] = input_field(
        "The subject, exactly as in their tokens."
    )
    name: Annotated[str, SingleLine("The name", max_length=MAX_NAME_LENGTH)] = input_field(
        "The name."
    )
    role: OperatorRole = input_field("What the operator may do.")


@platform_mutation(Act.OPERATOR_ADD, returns=read_operator)
async def operator_add(_: PlatformRequest, work: DirectoryWork, input: OperatorAddInput) -> UUID:
    """Add an operator, or bring back one who was removed."""
    operator = await platform.add_operator(
        work, issuer=input.issuer, subject=input.subject, name=input.name, role=input.role
    )
    return operator.id


@input_type()
class OperatorSetRoleInput:
    """Input of `operatorSetRole`."""

    id: UUID = input_field("The operator.", id_prefix=PREFIX)
    role: OperatorRole = input_field("What the operator may do from now on.")


@platform_mutation(Act.OPERATOR_SET_ROLE, returns=read_operator)
async def operator_set_role(
    _: PlatformRequest, work: DirectoryWork, input: OperatorSetRoleInput
) -> UUID:
    """Give an operator another role. The last owner keeps the role OWNER."""
    return (await platform.set_operator_role(work, input.id, input.role)).id


@input_type()
class OperatorRemoveInput:
    """Input of `operatorRemove`."""

    id: UUID = input_field("The operator.", id_prefix=PREFIX)


@platform_mutation(Act.OPERATOR_REMOVE, returns=read_operator)
async def operator_remove(
    _: PlatformRequest, work: DirectoryWork, input: OperatorRemoveInput
) -> UUID:
    """Remove an operator: their next request is refused. The last owner cannot be removed."""
    return (await platform.remove_operator(work, input.id)).id
