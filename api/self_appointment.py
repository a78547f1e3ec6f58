"""The reason for a self-appointment, in the inputs of all mutations that can be one."""

from typing import Any

from api.kernel.schema.inputs import input_field


def self_appointment_field() -> Any:
    """Declare the reason for a change that gives the viewer rights that they do not hold."""
    return input_field(
        "Why the viewer takes rights that they do not hold; the audit log shows it. Required for"
        " such a change, which also needs `Tenant.allowsSelfAppointment`. Ignored for other"
        " changes."
    )
