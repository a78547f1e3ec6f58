"""Operators: the people and programs that run the platform."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from domain.kernel.errors import Code, Invalid, StateConflict
from domain.kernel.faults import FaultCollector
from domain.kernel.identity import generate_id
from domain.kernel.text import single_line
from domain.platform.acts import Act, OperatorRole

if TYPE_CHECKING:
    from domain.platform.work import PlatformWork

MAX_NAME_LENGTH = 100
MAX_SUBJECT_LENGTH = 255


@dataclass(kw_only=True)
class Operator:
    """An operator. A token of the issuer with the subject identifies them."""

    id: UUID
    issuer: str
    subject: str
    name: str
    role: OperatorRole
    removed_at: datetime | None = None


async def add_operator(
    work: "PlatformWork", *, issuer: str, subject: str, name: str, role: OperatorRole
) -> Operator:
    """Add an operator, or bring back a removed one. Raises Invalid."""
    faults = FaultCollector()
    for field, text in (("issuer", issuer), ("subject", subject)):
        with faults.collect():
            _check_identifier(text, field)
    with faults.collect():
        name = single_line("The name", name, "name", max_length=MAX_NAME_LENGTH)
    faults.raise_all()
    operator = Operator(id=generate_id(), issuer=issuer, subject=subject, name=name, role=role)
    await work.add_operator(operator)
    await work.record(Act.OPERATOR_ADD, subject_id=operator.id, role=role)
    return operator


async def set_operator_role(work: "PlatformWork", id: UUID, role: OperatorRole) -> Operator:
    """Give an operator another role. Raises NotFound, and StateConflict for the last owner."""
    owner_count = await work.lock_owners()
    operator = await work.find_operator(id)
    if role != OperatorRole.OWNER:
        _require_another_owner(operator, owner_count)
    before, operator.role = operator.role, role
    await work.save_operator(operator)
    await work.record(Act.OPERATOR_SET_ROLE, subject_id=id, role=[before, role])
    return operator


async def remove_operator(work: "PlatformWork", id: UUID) -> Operator:
    """Remove an operator: their next request is refused. Raises NotFound and StateConflict."""
    owner_count = await work.lock_owners()
    operator = await work.find_operator(id)
    _require_another_owner(operator, owner_count)
    operator.removed_at = work.now
    await work.save_operator(operator)
    await work.record(Act.OPERATOR_REMOVE, subject_id=id)
    return operator


def _require_another_owner(operator: Operator, owner_count: int) -> None:
    if operator.role == OperatorRole.OWNER and owner_count <= 1:
        raise StateConflict("This is the last owner of the platform. Make another owner first.")


def _check_identifier(text: str, field: str) -> None:
    """Check what is compared with a claim of a token, character by character."""
    if not 0 < len(text) <= MAX_SUBJECT_LENGTH or not text.isprintable() or text != text.strip():
        message = (
            f"Write 1 to {MAX_SUBJECT_LENGTH} printable characters, without spaces around them."
        )
        raise Invalid(message, field, code=Code.INVALID_FORMAT)
