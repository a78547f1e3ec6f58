"""The aggregate of an issuer: an identity provider whose access tokens a tenant accepts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from domain.issuers.presets import IssuerPreset
from domain.issuers.rules import (
    MAX_LIFETIME,
    MAX_TEXT_LENGTH,
    MAX_TEXTS,
    MIN_LIFETIME,
    IssuerChoice,
    TokenRules,
    check_text,
)
from domain.kernel.access import Holds
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.errors import Invalid, StateConflict
from domain.kernel.fields import EDITABLE, Formatted, MultiLine, SingleLine, WholeNumber, key_rule
from domain.kernel.labels import UniqueTexts
from domain.kernel.permissions import Permission

MANAGE = Holds(Permission.ISSUERS_MANAGE)
"""An issuer belongs to no organization, so the permission counts over everyone only."""

MAX_ISSUERS = 20
"""In a tenant."""

NAME = SingleLine("The issuer", MAX_TEXT_LENGTH)
KEY = key_rule("The key")
CLAIM = SingleLine("The claim", MAX_TEXT_LENGTH)
ADDRESS = SingleLine("The address of the key set", 2_000)
KEY_SET = MultiLine("The key set", 16_000)
SHARED = "Only the operator changes an issuer that serves several tenants. Ask the operator."


@dataclass(frozen=True)
class ClaimTexts(UniqueTexts):
    """At most `maximum` values of a claim, each once, without spaces."""

    label: str = "The value"
    max_length: int = MAX_TEXT_LENGTH

    @property
    def item(self) -> Formatted:
        """The rule of one value."""
        return Formatted(self.label, check_text, self.max_length)


AUDIENCES = ClaimTexts("An issuer", "audiences", MAX_TEXTS, "The audience")
CLIENTS = ClaimTexts("An issuer", "clients", MAX_TEXTS, "The client")
LIFETIME = WholeNumber("The longest lifetime", MIN_LIFETIME, MAX_LIFETIME)


@dataclass(kw_only=True, eq=False)
class Issuer(Aggregate):
    """An identity provider of a tenant, and what its access tokens look like.

    `key` binds members to the issuer: it begins their subjects. The operator may register one
    issuer without a key. The keys are at `key_set_uri`, or in `key_set`.
    """

    NAME = "issuer"
    SEE = MANAGE | Holds(Permission.MEMBERS_READ)
    SEE_HISTORY = Holds(Permission.AUDIT_READ)
    REGISTER: ClassVar = Action("register", MANAGE)
    EDIT: ClassVar = Action("edit", MANAGE)
    ROTATE: ClassVar = Action("rotate", MANAGE)
    REMOVE: ClassVar = Action("remove", MANAGE, deletes=True)
    ACTIONS = (EDIT, ROTATE, REMOVE)
    EVENTS = ("registered", "edited", "rotated", "removed", "self_appointed")

    name: str
    preset: IssuerPreset
    key: Annotated[str | None, KEY] = None
    audiences: Annotated[tuple[str, ...], AUDIENCES, EDITABLE] = ()
    clients: Annotated[tuple[str, ...], CLIENTS, EDITABLE] = ()
    max_lifetime: Annotated[int | None, LIFETIME, EDITABLE] = None
    subject_claim: str
    tenant_claim: str | None = None
    tenant_value: str | None = None
    key_set_uri: str | None = None
    key_set: str | None = None
    is_shared: bool = False

    @property
    def rules(self) -> TokenRules:
        """The rules that its tokens must keep."""
        return TokenRules(
            audiences=frozenset(self.audiences),
            preset_name=self.preset.key,
            clients=frozenset(self.clients),
            subject_claim=self.subject_claim,
            tenant_claim=self.tenant_claim or "",
            tenant_value=self.tenant_value or "",
            max_lifetime=self.max_lifetime,
            key=self.key or "",
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The name and its aliases, each of which tokens may state."""
        return (self.name, *self.rules.preset.aliases)

    @classmethod
    def find_value_conflicts(cls, values: Mapping[str, Any]) -> Iterator[Invalid]:
        """Yield what is wrong between values that are registered or edited."""
        if "preset" not in values or "name" not in values:
            return
        choice = IssuerChoice(
            values["preset"].key,
            values.get("audiences") or (),
            values.get("clients") or (),
            tenant_claim=values.get("tenant_claim"),
            tenant_value=values.get("tenant_value"),
        )
        for each in choice.find_faults(values["name"]):
            if each.field[0] in values:  # others are not given, or are wrong alone
                yield each

    def apply_choice(self, choice: IssuerChoice) -> None:
        """Take over what was chosen for the tokens. Raises Invalid with all faults."""
        rules = choice.build_rules(self.name)
        self.audiences, self.clients = tuple(choice.audiences), tuple(choice.clients)
        self.subject_claim, self.max_lifetime = rules.subject_claim, rules.max_lifetime
        self.tenant_claim = rules.tenant_claim or None
        self.tenant_value = rules.tenant_value or None
        self.is_shared = rules.is_shared

    def set_keys(self, key_set_uri: str | None, key_set: str | None) -> None:
        """Take the keys from an address, or from a key set."""
        self.key_set_uri, self.key_set = key_set_uri, key_set

    def require_own(self) -> None:
        """Raise StateConflict for an issuer that serves several tenants."""
        if self.is_shared:
            raise StateConflict(SHARED)
