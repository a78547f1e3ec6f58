"""Work e-mail addresses have the Unicode form of their domain, in which they are compared now.

An address stays as it is where another person has the Unicode form already. The force of row-level
security is taken off for this one transaction (see 0005).
"""

import re
import unicodedata

import sqlalchemy as sa

from alembic import context, op

revision = "0009"
down_revision = "0008"

LABEL_PATTERN = re.compile(r"\w([\w-]{0,61}\w)?")

SELECT_ADDRESSES = """
SELECT tenant_id, id, work_email FROM people WHERE work_email LIKE '%@%xn--%'
"""
UPDATE_ADDRESS = """
UPDATE people SET work_email = :new WHERE tenant_id = :tenant_id AND id = :id
AND NOT EXISTS (
    SELECT FROM people other WHERE other.tenant_id = :tenant_id AND other.work_email = :new)
"""


def upgrade() -> None:
    """Decode the domains of addresses."""
    if context.is_offline_mode():
        return
    connection = op.get_bind()
    op.execute("ALTER TABLE people NO FORCE ROW LEVEL SECURITY")
    for row in connection.execute(sa.text(SELECT_ADDRESSES)).all():
        new = _decode_address(row.work_email)
        if new != row.work_email:
            values = {"new": new, "tenant_id": row.tenant_id, "id": row.id}
            connection.execute(sa.text(UPDATE_ADDRESS), values)
    op.execute("ALTER TABLE people FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    """Leave the addresses: which of them were in ASCII is not known."""


def _decode_address(address: str) -> str:
    mailbox, _, domain = address.partition("@")
    return f"{mailbox}@{'.'.join(_decode_label(each) for each in domain.split('.'))}"


def _decode_label(label: str) -> str:
    encoded = label.removeprefix("xn--")
    if encoded == label:
        return label
    try:
        decoded = encoded.encode("ascii").decode("punycode")
        is_exact = decoded.encode("punycode").decode("ascii") == encoded
    except UnicodeError:
        return label
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", decoded).casefold())
    is_valid = not decoded.isascii() and LABEL_PATTERN.fullmatch(folded)
    return folded if is_exact and is_valid else label
