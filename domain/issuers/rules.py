"""The rules of one issuer: its preset, and what the operator chose for a tenant."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from domain.issuers.presets import PRESETS, STRICT, TokenPreset
from domain.kernel.errors import Code, Invalid
from domain.kernel.faults import FaultCollector, list_faults
from domain.kernel.text import single_line

MAX_TEXT_LENGTH = 255
MAX_TEXTS = 20
MIN_LIFETIME = 60
MAX_LIFETIME = 7 * 86_400
"""Seconds. A token cannot be revoked, only its member removed."""

ALGORITHMS = ("ES256", "EdDSA", "PS256", "RS256")
"""The algorithms of signatures that are accepted."""

RESERVED_NAMES = "urn:trellis:"
"""Begins the names of issuers of Trellis itself."""

KEYED_SUBJECT = re.compile(r"@[a-z][a-z0-9_]*:", re.ASCII)
"""Begins the subject of a member who is bound to one issuer."""


def build_subject_prefix(key: str) -> str:
    """Return what begins the subjects of those who sign in by the issuer with this key."""
    return f"@{key}:"


@dataclass(frozen=True)
class TokenRules:
    """What the access tokens of one issuer must look like.

    `audiences` and `clients` are two settings: the first says for which API a token was made, and
    the second which applications may ask for it. Empty clients allow every application.
    """

    audiences: frozenset[str]
    preset_name: str = STRICT
    clients: frozenset[str] = frozenset()
    subject_claim: str = "sub"
    tenant_claim: str = ""
    tenant_value: str = ""
    max_lifetime: int | None = None
    """The longest lifetime in seconds; None for that of the preset."""
    other_audiences: frozenset[str] = frozenset()
    """Audiences of the same issuer for the other graph: that of the platform, or of tenants."""
    other_clients: frozenset[str] = frozenset()
    """Clients of the same issuer for the other graph. They count where tokens name no audience."""
    key: str = ""
    """Begins the subjects of the issuer's members; empty where a subject is the claim alone."""

    @property
    def is_shared(self) -> bool:
        """Whether the issuer serves several tenants, each with a value of the tenant's claim."""
        return bool(self.tenant_value) and not self.preset.names_tenant

    def qualify(self, subject: str) -> str:
        """Return the subject of the member that the subject of a token identifies."""
        return build_subject_prefix(self.key) + subject if self.key else subject

    def may_state(self, subject: str) -> bool:
        """Return whether the issuer may name this subject: no other issuer's members have it."""
        return bool(self.key) or KEYED_SUBJECT.match(subject) is None

    @property
    def preset(self) -> TokenPreset:
        """The provider's part of the rules."""
        return PRESETS[self.preset_name]

    def get_max_lifetime(self, usual: int) -> int:
        """Return the longest lifetime in seconds; `usual` is that of the installation."""
        return self.max_lifetime or self.preset.max_lifetime or usual

    def check(self) -> None:
        """Raise Invalid with all faults of the rules."""
        faults = FaultCollector()
        faults.faults += self.find_receiver_faults()
        with faults.collect():
            self._check_tenant()
        with faults.collect():
            if self.max_lifetime is not None and not (
                MIN_LIFETIME <= self.max_lifetime <= MAX_LIFETIME
            ):
                message = f"The longest lifetime is {MIN_LIFETIME} to {MAX_LIFETIME:,} seconds."
                raise Invalid(message, "maxLifetime", code=Code.OUT_OF_RANGE)
        for field, texts in (("audiences", self.audiences), ("clients", self.clients)):
            with faults.collect():
                _check_texts(field, texts)
        faults.raise_all()

    def check_other_graph(self) -> None:
        """Raise Invalid if a token could open both the platform and a tenant."""
        both = self.audiences & self.other_audiences
        field, name = "audiences", "audience"
        if not self.preset.has_audience:
            both, field, name = self.clients & self.other_clients, "clients", "client"
        if both:
            message = (
                f"Tenants and the platform would both accept tokens of this issuer for the {name}"
                f" {min(both)}. Register another {name} for one of them."
            )
            raise Invalid(message, field, code=Code.NOT_UNIQUE)

    def find_receiver_faults(self) -> Iterator[Invalid]:
        """Yield what is wrong with rules that any application of the provider could satisfy."""
        if self.preset.has_audience and not self.audiences:
            message = "Name the audience of Trellis, as the provider writes it into `aud`."
            yield Invalid(message, "audiences", code=Code.REQUIRED)
        if not self.preset.has_audience and not self.clients:
            message = "These tokens name no audience. List the clients that may use Trellis."
            yield Invalid(message, "clients", code=Code.REQUIRED)

    def _check_tenant(self) -> None:
        if bool(self.tenant_claim) != bool(self.tenant_value):
            message = (
                f"Name the value that the claim {self.tenant_claim} must have."
                if self.tenant_claim
                else "Name the claim that must have this value."
            )
            raise Invalid(message, "tenantValue", code=Code.REQUIRED)


@dataclass(frozen=True)
class IssuerChoice:
    """What an operator chooses for an issuer. What is None comes from the preset."""

    preset: str = STRICT
    audiences: Collection[str] = ()
    clients: Collection[str] = ()
    subject_claim: str | None = None
    tenant_claim: str | None = None
    """Empty for none, although the preset has one."""
    tenant_value: str | None = None
    max_lifetime: int | None = None
    key: str = ""

    def build_rules(self, issuer: str) -> TokenRules:
        """Return the rules for an issuer. Raises Invalid with all faults."""
        preset = get_preset(self.preset)
        # A wrong name of a customer's own issuer is one fault: it names no tenant.
        faults, own_tenant = FaultCollector(), "unknown" if preset.names_tenant else None
        with faults.collect():
            own_tenant = self._match_name(preset, issuer)
        rules = TokenRules(
            audiences=frozenset(self.audiences),
            preset_name=self.preset,
            clients=frozenset(self.clients),
            subject_claim=self.subject_claim or preset.subject_claim,
            tenant_claim=preset.tenant_claim if self.tenant_claim is None else self.tenant_claim,
            tenant_value=own_tenant or self.tenant_value or "",
            max_lifetime=self.max_lifetime,
            key=self.key,
        )
        with faults.collect():
            rules.check()
        faults.raise_all()
        return rules

    def find_faults(self, issuer: str) -> Iterator[Invalid]:
        """Yield what is wrong with the choice for an issuer."""
        try:
            self.build_rules(issuer)
        except Invalid as refused:
            yield from list_faults(refused)  # type: ignore[misc]

    def _match_name(self, preset: TokenPreset, issuer: str) -> str | None:
        """Return the tenant that the issuer names, if any. Raises Invalid."""
        if issuer.casefold().startswith(RESERVED_NAMES):
            raise Invalid("This name belongs to an issuer of Trellis itself.", "name")
        found = re.fullmatch(preset.issuer_pattern, issuer)
        if found is None or len(issuer) > MAX_TEXT_LENGTH:
            raise Invalid(
                f"An issuer of {self.preset} looks like {preset.issuer_pattern}. Copy it from"
                " `issuer` in the provider's discovery document, with every slash.",
                "name",
                code=Code.INVALID_FORMAT,
            )
        return found.groupdict().get("tenant")


def get_preset(name: str) -> TokenPreset:
    """Return a preset. Raises Invalid."""
    if name not in PRESETS:
        names = ", ".join(PRESETS)
        raise Invalid(f"There is no preset {name}. Choose one of {names}.", "preset")
    return PRESETS[name]


def check_text(label: str, value: str, *path: str | int) -> str:
    """Return a value of a claim; they are stored with spaces between them. Raises Invalid."""
    found = single_line(label, value, *path, max_length=MAX_TEXT_LENGTH)
    if not re.fullmatch(r"\S+", found):
        message = f"{label} has no spaces. Write it as the provider does, not {found!r}."
        raise Invalid(message, *path, code=Code.INVALID_FORMAT)
    return found


def _check_texts(field: str, texts: Collection[str]) -> None:
    if len(texts) > MAX_TEXTS:
        raise Invalid(f"At most {MAX_TEXTS} are possible.", field, code=Code.OUT_OF_RANGE)
    for each in texts:
        check_text("Each value", each, field)
