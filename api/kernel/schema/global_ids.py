"""Global ids: the prefix of a type and a UUID; opaque by contract, the same in answers and logs."""

from persistence.kernel.wire_format import decode_id, encode_id

__all__ = ["decode_id", "encode_id"]
