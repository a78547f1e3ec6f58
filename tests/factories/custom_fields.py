"""Custom fields for tests."""

from typing import Any

from domain.custom_fields import CustomField, CustomFieldType, CustomObjectType
from domain.kernel.identity import TenantId


def a_custom_field(tenant_id: TenantId, key: str = "size", **details: Any) -> CustomField:
    """Build a field of people, by default of the type TEXT."""
    usual: dict[str, Any] = {
        "object_type": CustomObjectType.PERSON,
        "type": CustomFieldType.TEXT,
        "label": key.title(),
    }
    return CustomField(tenant_id=tenant_id, key=key, **{**usual, **details})


def some_custom_fields(tenant_id: TenantId) -> dict[str, CustomField]:
    """Build a field of people that is active, and one that is archived."""
    fields = {each: a_custom_field(tenant_id, each) for each in ("size", "former")}
    fields["former"].archive()
    fields["former"].events.clear()
    return fields
