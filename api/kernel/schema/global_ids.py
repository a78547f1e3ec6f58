"""Global ids: the prefix of a type and a UUID. Clients treat them as opaque."""

from persistence.kernel.wire_format import decode_id, encode_id

__all__ = ["decode_id", "encode_id"]
