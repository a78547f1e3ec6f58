"""Ids: a type's prefix and the UUID; opaque by contract, the same in every answer and log."""

from uuid import UUID

from domain.kernel.errors import Code, Invalid
from persistence.reading.parameters import extract_uuid


def encode_id(prefix: str, id: UUID) -> str:
    """The opaque id of a thing."""
    return f"{prefix}_{id}"


def decode_id(text: str, *prefixes: str, field: tuple[str | int, ...] = ()) -> UUID:
    """The UUID inside an opaque id of one of these kinds.

    Raises Invalid (INVALID_FORMAT) for what is no id, and for the id of another kind of thing.
    """
    found = extract_uuid(text, *prefixes)
    if found is not None:
        return found
    expected = " or ".join(f"{each}_…" for each in prefixes)
    message = f"This is not the id of what is asked for; such ids look like {expected}."
    raise Invalid(message, *field, code=Code.INVALID_FORMAT)
