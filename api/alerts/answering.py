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
alert_assign = verb(
    Alert,
    alerts.Alert.ASSIGN,
    "Hand an alert to a person who sees the KPI. It is their task from now on, and they get as many"
    " working days to answer as the rule says.",
    use_case=alerts.assign,
    person_id=input_field("The person.", id_prefix="person"),
)
alert_set_goal = verb(
    Alert,
    alerts.Alert.SET_GOAL,
    "Say which goal people set because of an alert, for example one made of `proposedGoal`.",
    use_case=alerts.set_goal,
    goal_id=input_field("The goal. Null for none.", id_prefix="goal"),
)
