"""Webhooks in the graph: changes of the feed, sent to an address, and the log of deliveries."""

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

import strawberry

from api.kernel.schema.declarations import (
    TYPES,
    Connection,
    graph_enum,
    look_up,
    many,
    node,
    one,
    part,
    queries,
    value,
)
from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.inputs import expected_version_field, input_field, input_type
from api.kernel.schema.mutations import Computed, SecretData, mutation
from api.kernel.schema.verbs import edit_verb, verb
from api.webhook_delivery.payload_query import check_payload_query
from domain import webhooks
from domain.kernel.identity import TenantId
from domain.kernel.unit_of_work import Work
from domain.webhooks import (
    WebhookDeliveryOutcome,
    WebhookPauseReason,
    WebhookStatus,
    derive_secret,
    format_secret,
)
from persistence.reading.read_model import ROOT
from persistence.webhooks import WEBHOOK, WEBHOOK_DELIVERY

if TYPE_CHECKING:
    from api.changes import ChangedType
    from api.members import Member

MAX_TYPES = 50

graph_enum(
    WebhookStatus,
    "Whether a webhook sends messages.",
    active="It sends messages.",
    paused="It sends nothing, and keeps its position in the feed.",
)
graph_enum(
    WebhookPauseReason,
    "Why a webhook is paused.",
    requested="Somebody paused it.",
    failing="A message could not be delivered in ten attempts, over about three days.",
    gone="The receiver answered with status 410.",
    address_refused="The address is not allowed. It needs https, port 443 and a public network.",
    owner_without_rights="Its owner may not sign in, or may not manage webhooks any more.",
    cursor_unusable=(
        "Its position in the feed is older than `Tenant.changesRetentionDays`, or the cursor of"
        " `webhookReplay` is unknown or of other types. `webhookReplay` with a new cursor starts it"
        " again."
    ),
)
graph_enum(
    WebhookDeliveryOutcome,
    "The result of an attempt to deliver a message.",
    delivered="The receiver answered with a status from 200 to 299.",
    refused="The receiver answered with another status. Redirects are not followed.",
    timeout="The receiver did not answer within 10 seconds.",
    unreachable="There was no connection: the name, the network or the certificate is wrong.",
    address_refused="The address is not allowed. It needs https, port 443 and a public network.",
)


@node(
    WEBHOOK,
    where=("id", "name", "status", "created_at"),
    order_by=("name", "created_at", "updated_at"),
)
class Webhook:
    """An address to which the changes of the feed are sent, as far as its owner may see them.

    Its owner is the account that created it, or last changed its address or query, resumed or
    replayed it.
    """

    name: str = value("The name.")
    url: str = value(
        "The address. It needs https, port 443 and a public network, unless the operator allows its"
        " network."
    )
    types: list["ChangedType"] = value(
        "The types of objects whose changes are sent. Empty for all types."
    )
    trigger_fields: list[str] = value(
        "An UPDATED change is sent only if one of these is among its `fieldsChanged`. Empty for all"
        " fields. Other kinds of changes are always sent."
    )
    payload_query: str | None = value(
        "A GraphQL query with the variable `$id: ID!`, such as"
        " `query($id: ID!) { goal(by: { id: $id }) { title } }`. It is read when a message about an"
        " object that was created or updated is sent, with the rights of the owner. `data.result`"
        " of the message is its data, and `data.errors` is what went wrong. It costs at most 200"
        " points. Null for messages without values."
    )
    sends_only_matches: bool = value(
        "Whether messages are sent only if the `payloadQuery` finds something. It is for objects"
        " that were created or updated; other changes are always sent. Nothing is found when the"
        " result has only null, zero, false, empty texts and empty lists. So a query with `where`"
        " filters by values, such as `query($id: ID!) { goals(where: { id: { eq: $id }, status: {"
        " eq: ACTIVE } }) { nodes { title } } }`."
    )
    status: WebhookStatus = value("Whether it sends messages.")
    pause_reason: WebhookPauseReason | None = value("Why it is paused. Null when it is not.")
    former_key_until: datetime | None = value(
        "Until when messages are signed with the former secret, too. Null when the secret was"
        " never rotated."
    )
    owner: "Member | None" = one(
        "The account whose rights say what is sent. Null when the viewer may not see it."
    )


@part(
    WEBHOOK_DELIVERY,
    where=("webhook", "outcome", "message_id", "attempted_at"),
    order_by=("attempted_at",),
)
class WebhookDelivery:
    """An attempt to deliver a message.

    It is kept for 30 days, without the content of the message.
    """

    webhook: Webhook | None = one("The webhook. Never null.")
    message_id: str = value("The id of the message, the same at each attempt (`webhook-id`).")
    message_type: str = value("The type of the message.")
    attempt: int = value("The number of the attempt; 1 for the first.")
    attempted_at: datetime = value("When the attempt began.")
    outcome: WebhookDeliveryOutcome = value("The result.")
    status_code: int | None = value("The HTTP status of the answer. Null when there was none.")
    duration_ms: int = value("How long it took, in milliseconds.")


@strawberry.type(description="The secret of a webhook. It is shown only once.")
class WebhookSecret:
    """A secret, as verifiers of Standard Webhooks take it."""

    value: str = strawberry.field(
        description="The secret: `whsec_` and the key in Base64. Receivers verify messages with it."
    )


TYPES["WebhookSecret"] = WebhookSecret


@input_type(one_of=True)
class WebhookBy:
    """Identifies a webhook by exactly one of these."""

    id: UUID | None = input_field("The webhook's id.")


@queries(ROOT)
class WebhookQueries:
    """Root fields of webhooks."""

    webhook: Webhook | None = look_up(
        "A webhook. Null when there is none, or when the viewer may not see it.",
        "WebhookBy",
        "How the webhook is identified.",
    )
    webhooks: Connection[Webhook] = many(
        "The webhooks of the tenant, if the viewer may manage all of its members."
    )
    webhook_deliveries: Connection[WebhookDelivery] = many(
        "Attempts to deliver messages of the last 30 days, the newest first."
    )


@input_type(creates=Webhook)
class WebhookCreateInput:
    """Input of `webhookCreate`."""

    types: "list[ChangedType] | None" = input_field(
        "The types of objects whose changes are sent. They cannot be changed. Default: all types.",
        max_items=MAX_TYPES,
    )


@mutation(Webhook, computes={"secret": WebhookSecret})
async def webhook_create(work: Work, input: WebhookCreateInput) -> Computed:
    """Create a webhook that sends changes from now on.

    Its secret is shown once, in this result. A tenant has at most 20 webhooks. The first message is
    `types.read_again` and names the types whose objects to read, so that a copy begins without a
    gap.
    """
    details = given_values(input, webhooks.Webhook)
    types = [str(each) for each in input.types or ()]
    check = partial(check_payload_query, work.actor.tenant_id)
    return _show_secret(await webhooks.create(work, types, check, **details))


@input_type()
class WebhookRotateSecretInput:
    """Input of `webhookRotateSecret`."""

    id: UUID = input_field("Id of the Webhook.", id_prefix="webhook")
    expected_version: int | None = expected_version_field()


@mutation(Webhook, computes={"secret": WebhookSecret})
async def webhook_rotate_secret(work: Work, input: WebhookRotateSecretInput) -> Computed:
    """Replace the secret; the new one is shown once, in this result.

    For 24 hours messages are signed with the former secret, too.
    """
    kind = webhooks.Webhook
    webhook = await work.get(
        kind, input.id, to=kind.ROTATE_SECRET, expected_version=input.expected_version
    )
    webhook.rotate_secret(work.now)
    return _show_secret(webhook)


def _show_secret(webhook: webhooks.Webhook) -> Computed:
    """Return the webhook with its present secret."""
    tenant_id, key_id = TenantId(webhook.tenant_id), webhook.key_id

    def build(master: str) -> WebhookSecret:
        return WebhookSecret(value=format_secret(derive_secret(master, tenant_id, key_id)))

    return Computed(webhook.id, SecretData(build))


async def _edit(
    work: Work,
    id: UUID,
    *,
    expected_version: int | None,
    **details: Any,  # noqa: ANN401 - the values of the editable fields
) -> webhooks.Webhook:
    check = partial(check_payload_query, work.actor.tenant_id)
    return await webhooks.edit(work, id, check, expected_version=expected_version, **details)


webhook_edit = edit_verb(
    Webhook,
    webhooks.Webhook.EDIT,
    "Change a webhook. Who changes `url` or `payloadQuery` becomes its owner. A query is read with"
    " the rights of the owner and sent to the address, so with a query both are sent together.",
    use_case=_edit,
)
webhook_pause = verb(
    Webhook,
    webhooks.Webhook.PAUSE,
    "Stop sending. The webhook keeps its position in the feed; `webhookResume` goes on from there.",
)
webhook_resume = verb(
    Webhook,
    webhooks.Webhook.RESUME,
    "Go on where a paused webhook stopped, without a gap. The viewer becomes its owner; only the"
    " owner may resume one with a payload query.",
    use_case=webhooks.resume,
)
webhook_test = verb(
    Webhook,
    webhooks.Webhook.TEST,
    "Send a message of the type `webhook.test`, once, also while the webhook is paused. The"
    " result is in `webhookDeliveries`.",
    use_case=webhooks.request_test,
)
webhook_replay = verb(
    Webhook,
    webhooks.Webhook.REPLAY,
    "Move a webhook to another cursor of the feed: it sends all changes after this cursor, also"
    " those that it has sent before. Messages that are sent again have the same ids. A paused"
    " webhook is active again, and the viewer becomes its owner; only the owner may replay one with"
    " a payload query.",
    use_case=webhooks.replay,
    after=input_field(
        "A cursor of `changesSnapshot` or `changes` of the webhook's types. If it cannot be used,"
        " the webhook is paused with the reason CURSOR_UNUSABLE."
    ),
)
webhook_delete = verb(
    Webhook,
    webhooks.Webhook.DELETE,
    "Delete a webhook, with its position in the feed and its log of deliveries.",
    use_case=webhooks.delete,
)
