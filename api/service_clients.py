"""Service clients in the graph: programs with keys of their own, and mutations of both."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from api.identity.public_keys import read_public_key
from api.kernel.schema.declarations import (
    TYPES,
    Connection,
    graph_enum,
    list_of,
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
from api.kernel.schema.mutations import Computed, mutation
from api.kernel.schema.verbs import edit_verb, verb
from api.self_appointment import self_appointment_field
from domain import service_clients
from domain.kernel.unit_of_work import Work
from domain.self_appointment import REASON
from domain.service_clients import KeyKind, Lane, ServiceClientStatus
from domain.service_clients.model import KEY_NAME, PUBLIC_KEY
from persistence.kernel.wire_format import encode_id
from persistence.reading.read_model import ROOT
from persistence.service_clients import SERVICE_CLIENT, SERVICE_CLIENT_KEY

if TYPE_CHECKING:
    from api.members import Member

graph_enum(
    ServiceClientStatus,
    "Whether a service client may sign in.",
    active="It may sign in.",
    suspended="It may not sign in. It keeps its keys and its roles.",
)
graph_enum(
    Lane,
    "The budget of cost points of a service client. Each process counts it separately.",
    standard="The same budget as a person.",
    ingest="A larger budget, to send many rows. The budget of the tenant applies, too.",
)
graph_enum(
    KeyKind,
    "How a service client proves that it has a key.",
    secret="It sends the key itself, with each request or to `/oauth/token`.",  # noqa: S106
    public_key="It signs an assertion with its private key and sends that to `/oauth/token`.",
)


@part(SERVICE_CLIENT_KEY, order_by=("added_at",))
class ServiceClientKey:
    """A key with which a service client signs in. Its secret is never shown again."""

    kind: KeyKind = value("How the client proves that it has the key.")
    name: str = value("The name, by which people tell keys apart.")
    hint: str = value(
        "The last four characters of a secret key, or the first eight of the thumbprint of a public"
        " key (RFC 7638)."
    )
    added_at: datetime = value("When the key was added.")
    expires_at: datetime = value("When the key stops working.")
    last_used_at: datetime | None = value(
        "When the key was used last, exact to about five minutes. Null when it was never used."
    )


@node(
    SERVICE_CLIENT,
    where=("id", "name", "status", "lane", "created_at"),
    order_by=("name", "created_at", "updated_at"),
)
class ServiceClient:
    """A program that signs in with keys of its own.

    It is not a person, and no count of people includes it. The roles of its account say what it may
    see and do, as for all members. It cannot be deleted, so that the audit log can name it;
    `serviceClientSuspend` stops it.
    """

    name: str = value("The name.")
    description: str | None = value("What the client is for. Null when nothing was entered.")
    status: ServiceClientStatus = value("Whether the client may sign in.")
    lane: Lane = value("The budget of cost points that the client has.")
    allowed_networks: list[str] = value(
        "The networks from which it may send requests, in CIDR notation. Empty means all networks."
    )
    last_day: date | None = value("The last day on which it may sign in. Null when there is none.")
    client_id: str = value("The `client_id` for `/oauth/token`. It is not secret.")
    keys: list[ServiceClientKey] = list_of("Its keys, the oldest first, also those that expired.")
    member: "Member | None" = one("Its account, to which roles are assigned. Never null.")


@strawberry.type(description="A new key of a service client. It is shown only once.")
class NewServiceClientKey:
    """A key with its secret."""

    id: strawberry.ID = strawberry.field(description="The id of the `ServiceClientKey`.")
    value: str = strawberry.field(
        description="The key. Send it as `Authorization: Bearer …`, or as the `client_secret` of"
        " OAuth 2.0. Trellis keeps only a hash of it."
    )
    expires_at: datetime = strawberry.field(description="When the key stops working.")


TYPES["NewServiceClientKey"] = NewServiceClientKey


@input_type(one_of=True)
class ServiceClientBy:
    """Identifies a service client by exactly one of these."""

    id: UUID | None = input_field("The service client's id.")


@queries(ROOT)
class ServiceClientQueries:
    """Root fields of service clients."""

    service_client: ServiceClient | None = look_up(
        "A service client. Null when there is none, or when the viewer may not see it.",
        "ServiceClientBy",
        "How the service client is identified.",
    )
    service_clients: Connection[ServiceClient] = many(
        "The service clients of the tenant, if the viewer may see all of its members."
    )


@input_type(creates=ServiceClient)
class ServiceClientCreateInput:
    """Input of `serviceClientCreate`."""


@mutation(ServiceClient)
async def service_client_create(
    work: Work, input: ServiceClientCreateInput
) -> service_clients.ServiceClient:
    """Create a service client, without a role and without a key. A tenant has at most 200."""
    return await service_clients.create(work, **given_values(input, service_clients.ServiceClient))


service_client_edit = edit_verb(
    ServiceClient,
    service_clients.ServiceClient.EDIT,
    "Change the name, the lane, the networks or the last day of a service client.",
)
service_client_suspend = verb(
    ServiceClient,
    service_clients.ServiceClient.SUSPEND,
    "Stop a service client. It keeps its keys and its roles.",
)
service_client_activate = verb(
    ServiceClient,
    service_clients.ServiceClient.ACTIVATE,
    "Let a suspended service client sign in again.",
)
service_client_revoke_key = verb(
    ServiceClient,
    service_clients.ServiceClient.REVOKE_KEY,
    "Revoke a key. It stops working within five seconds; tokens that were issued for it expire"
    " within ten minutes.",
    key_id=input_field("The key.", id_prefix="clientkey"),
)


@input_type()
class ServiceClientAddKeyInput:
    """Input of `serviceClientAddKey`."""

    id: UUID = input_field("Id of the ServiceClient.", id_prefix="serviceclient")
    name: Annotated[str, KEY_NAME] = input_field("The name of the key.")
    expires_at: datetime | None = input_field(
        "When the key stops working, in at most 731 days. Default: in 365 days."
    )
    self_appointment_reason: Annotated[str | None, REASON] = self_appointment_field()
    expected_version: int | None = expected_version_field()


@input_type()
class ServiceClientAddPublicKeyInput:
    """Input of `serviceClientAddPublicKey`."""

    id: UUID = input_field("Id of the ServiceClient.", id_prefix="serviceclient")
    name: Annotated[str, KEY_NAME] = input_field("The name of the key.")
    public_key: str = input_field(
        "The public key, as the JSON text of a JSON Web Key (RFC 7517): Ed25519, P-256, or RSA with"
        " 2,048 bits or more.",
        rule=PUBLIC_KEY,
    )
    expires_at: datetime | None = input_field(
        "When the key stops working, in at most 731 days. Default: in 365 days."
    )
    self_appointment_reason: Annotated[str | None, REASON] = self_appointment_field()
    expected_version: int | None = expected_version_field()


@mutation(ServiceClient, computes={"new_key": NewServiceClientKey})
async def service_client_add_key(work: Work, input: ServiceClientAddKeyInput) -> Computed:
    """Add a key to a service client, and show it once.

    A client has at most ten keys. A person who has the key can act as the client. If the client has
    rights that the viewer does not have, the mutation fails with SELF_APPOINTMENT, unless the
    tenant allows that: see `selfAppointmentReason`.
    """
    client, part, key = await service_clients.add_key(
        work,
        input.id,
        input.name,
        expires_at=input.expires_at,
        self_appointment_reason=input.self_appointment_reason,
        expected_version=input.expected_version,
    )
    id = strawberry.ID(encode_id("clientkey", part.id))
    return Computed(
        client.id, NewServiceClientKey(id=id, value=key.text, expires_at=part.expires_at)
    )


@mutation(ServiceClient)
async def service_client_add_public_key(
    work: Work, input: ServiceClientAddPublicKeyInput
) -> service_clients.ServiceClient:
    """Add the public key of a key pair, of which only the service client has the private key.

    As `serviceClientAddKey`, it can fail with SELF_APPOINTMENT.
    """
    return await service_clients.add_public_key(
        work,
        input.id,
        input.name,
        lambda: read_public_key(input.public_key),
        expires_at=input.expires_at,
        self_appointment_reason=input.self_appointment_reason,
        expected_version=input.expected_version,
    )
