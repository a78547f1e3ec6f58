"""The relations of webhooks."""

from tests.reads.oracle.relations.relation import Relation, Relations, list_history, to_one

RELATIONS: Relations = {
    "Webhook": {
        "owner": to_one("Member", "owner_id"),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
    "WebhookDelivery": {"webhook": to_one("Webhook", "webhook_id")},
}
