"""Ids: a type's prefix and the UUID; opaque by contract, the same in every answer and log."""

from uuid import UUID

from domain.kernel.errors import Code, Invalid


def encode(prefix: str, id: UUID) -> str:
    """The opaque id of a thing."""
    return f"{prefix}_{id}"


def decode(text: str, *prefixes: str, field: tuple[str | int, ...] = ()) -> UUID:
    """The UUID inside an opaque id of one of these kinds.

    Raises Invalid (INVALID_FORMAT) for what is no id, and for the id of another kind of thing.
    """
    prefix, _, rest = text.partition("_")
    if prefix in prefixes and (found := _uuid(rest)) is not None:
        return found
    expected = " or ".join(f"{each}_…" for each in prefixes)
    message = f"This is not the id of what is asked for; such ids look like {expected}."
    raise Invalid(message, *field, code=Code.INVALID_FORMAT)


def _uuid(text: str) -> UUID | None:
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text else None
