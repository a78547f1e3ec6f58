"""Mutations by which people answer alerts."""

from api.alerts.alert import Alert
from api.kernel.schema.inputs import input_field
from api.kernel.schema.verbs import verb
from domain import alerts

alert_acknowledge = verb(
    Alert,
    alerts.Alert.ACKNOWLEDGE,
    "Answer an alert. It is no task any more and not escalated, and is closed when the KPI"
    " recovers.",
    use_case=alerts.acknowledge,
    reason=input_field("What is known, and what will be done."),
)
alert_snooze = verb(
    Alert,
    alerts.Alert.SNOOZE,
    "Ask again on a later day. Until then, the alert is no task and not escalated.",
    until=input_field("The day, at most 92 days ahead."),
)
