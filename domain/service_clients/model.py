"""The aggregate of a service client, and its keys."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from domain.kernel.access import Holds, InheritedFrom
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate, Part
from domain.kernel.errors import Code, Invalid, LimitExceeded
from domain.kernel.fields import DERIVED, EDITABLE, MultiLine, SingleLine, name_rule
from domain.kernel.lifecycle import Lifecycle
from domain.kernel.permissions import Permission
from domain.service_clients.credentials import ClientId
from domain.service_clients.networks import Networks

SEE = Holds(Permission.MEMBERS_READ)
MANAGE = Holds(Permission.MEMBERS_MANAGE)
"""A service client belongs to no organization, so these permissions count over everyone only."""

MAX_KEYS = 10
NETWORKS = Networks("A service client", "networks", 50)
KEY_NAME = SingleLine("The name of the key", max_length=100)
PUBLIC_KEY = MultiLine("The public key", max_length=4_000)


class ServiceClientStatus(StrEnum):
    """Whether a service client may sign in."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


class Lane(StrEnum):
    """The budget of cost points that a service client has."""

    STANDARD = "standard"
    INGEST = "ingest"


class KeyKind(StrEnum):
    """How a service client proves that it has a key."""

    SECRET = "secret"  # noqa: S105 - the name of a kind
    PUBLIC_KEY = "public_key"


LIFECYCLE = Lifecycle[ServiceClientStatus](
    {
        ServiceClientStatus.ACTIVE: frozenset({ServiceClientStatus.SUSPENDED}),
        ServiceClientStatus.SUSPENDED: frozenset({ServiceClientStatus.ACTIVE}),
    }
)


@dataclass(kw_only=True, eq=False)
class ServiceClientKey(Part):
    """A key of a service client: the hash of a secret, or a public key as a JSON Web Key."""

    NAME = "service_client_key"
    SEE = InheritedFrom("service_client_id", "service_client", SEE)

    service_client_id: UUID
    kind: KeyKind
    name: str
    hint: str
    secret_hash: Annotated[str | None, DERIVED] = None
    public_key: Annotated[str | None, DERIVED] = None
    added_at: datetime
    expires_at: datetime


@dataclass(kw_only=True, eq=False)
class ServiceClient(Aggregate):
    """A program that signs in with keys of its own. `member_id` is its account.

    The account has no person. Its roles say what the client may do, as for all members.
    """

    NAME = "service_client"
    LABEL = "service client"
    SEE = SEE
    SEE_HISTORY = Holds(Permission.AUDIT_READ)
    KNOWN_FACTS = frozenset({"status"})
    CREATE: ClassVar = Action("create", MANAGE)
    EDIT: ClassVar = Action("edit", MANAGE)
    SUSPEND: ClassVar = Action("suspend", MANAGE, ServiceClientStatus.ACTIVE)
    ACTIVATE: ClassVar = Action("activate", MANAGE, ServiceClientStatus.SUSPENDED)
    ADD_KEY: ClassVar = Action("add_key", MANAGE)
    REVOKE_KEY: ClassVar = Action("revoke_key", MANAGE)
    ACTIONS = (EDIT, SUSPEND, ACTIVATE, ADD_KEY, REVOKE_KEY)
    EVENTS = (
        *("created", "edited", "suspended", "activated", "key_added", "key_revoked"),
        "self_appointed",
    )
    SEARCH_ATTRIBUTES = ("name",)

    member_id: UUID
    name: Annotated[str, name_rule("The name", 100), EDITABLE]
    description: Annotated[str | None, MultiLine("The description", max_length=1_000), EDITABLE] = (
        None
    )
    lane: Annotated[Lane, EDITABLE] = Lane.STANDARD
    allowed_networks: Annotated[tuple[str, ...], NETWORKS, EDITABLE] = ()
    last_day: Annotated[date | None, EDITABLE] = None
    status: ServiceClientStatus = ServiceClientStatus.ACTIVE
    keys: list[ServiceClientKey] = field(default_factory=list)

    @property
    def client_id(self) -> ClientId:
        """The name that the client states when it signs in."""
        return ClientId(self.tenant_id, self.id)

    def suspend(self) -> None:
        """Refuse the client until it is activated again. Raises StateConflict."""
        self.status = LIFECYCLE.transition(self.status, ServiceClientStatus.SUSPENDED)
        self.record_event("suspended")

    def activate(self) -> None:
        """Let the client sign in again, with its keys and roles. Raises StateConflict."""
        self.status = LIFECYCLE.transition(self.status, ServiceClientStatus.ACTIVE)
        self.record_event("activated")

    def add_key(self, key: ServiceClientKey) -> None:
        """Add a key beside the others, so that it can replace one without a break.

        Raises LimitExceeded.
        """
        if len(self.keys) >= MAX_KEYS:
            message = f"A service client has at most {MAX_KEYS} keys. Revoke one that is not used."
            raise LimitExceeded(message)
        self.keys.append(key)
        self.record_event("key_added", details={"key_name": key.name, "key_hint": key.hint})

    def revoke_key(self, key_id: UUID) -> None:
        """End a key. Raises Invalid where the client has none like it."""
        key = next((each for each in self.keys if each.id == key_id), None)
        if key is None:
            message = "The service client has no such key. Look at its keys again."
            raise Invalid(message, "keyId", code=Code.REFERENCE_NOT_FOUND)
        self.keys.remove(key)
        self.record_event("key_revoked", details={"key_name": key.name, "key_hint": key.hint})
