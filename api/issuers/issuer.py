"""Issuers in the graph, and their mutations."""

from typing import Annotated
from uuid import UUID

from api.identity.issuer_services import IssuerServices
from api.kernel.schema.declarations import (
    Connection,
    graph_enum,
    look_up,
    many,
    node,
    queries,
    value,
)
from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.inputs import expected_version_field, input_field, input_type
from api.kernel.schema.mutations import mutation
from api.kernel.schema.verbs import verb
from api.self_appointment import self_appointment_field
from domain import issuers
from domain.issuers import IssuerChoice, IssuerPreset, KeySource
from domain.kernel.unit_of_work import Work
from domain.self_appointment import REASON
from persistence.issuers import ISSUER
from persistence.reading.read_model import ROOT

graph_enum(
    IssuerPreset,
    "What the access tokens of an issuer look like: their type, claims and longest lifetime.",
    strict="As RFC 9068 says: the type `at+jwt`, and an id (`jti`).",
    entra="Microsoft Entra ID, tokens of version 2.",
    entra_v1="Microsoft Entra ID, tokens of version 1.",
    okta="Okta, a custom authorization server.",
    auth0="Auth0.",
    keycloak="Keycloak, a realm.",
    google="Google Workspace, its ID tokens. Only the operator registers it.",
    cognito="Amazon Cognito. Its tokens name no audience, so `clients` must be given.",
    pingone="PingOne.",
)

CONFIRMATION = (
    "Must be true for the issuer of the viewer's own token, because a mistake would lock out"
    " everyone who signs in by it. Default: false."
)
KEY_SET_URI = (
    "The URL of the published keys: https, with a public address. Not together with `keySet`."
    " Default without both: the URL in the issuer's discovery document."
)
KEY_SET = (
    "The public keys, as the JSON text of a JSON Web Key Set (RFC 7517). Not together with"
    " `keySetUri`."
)


@node(
    ISSUER,
    where=("id", "name", "preset", "created_at"),
    order_by=("name", "created_at", "updated_at"),
)
class Issuer:
    """An identity provider whose access tokens the tenant accepts."""

    name: str = value("The issuer, exactly as in the claim `iss` of its tokens.")
    preset: IssuerPreset = value("What its tokens look like.")
    key: str | None = value(
        "Binds members to the issuer. With the key `staff`, the `subject` of a member is `@staff:`"
        " and the value of `subjectClaim`. Null when it is the value alone."
    )
    audiences: list[str] = value("The audiences (`aud`), one of which a token must name.")
    clients: list[str] = value("The clients that may request tokens. Empty for all clients.")
    max_lifetime: int | None = value(
        "The longest lifetime of a token, in seconds. Without one, that of the preset applies. Null"
        " when none is set."
    )
    subject_claim: str = value("The claim of a token that identifies a member.")
    tenant_claim: str | None = value("The claim that names the tenant. Null when there is none.")
    tenant_value: str | None = value("The value that this claim must have. Null without a claim.")
    key_set_uri: str | None = value("The URL of the published keys. Null when `keySet` has them.")
    key_set: str | None = value("The public keys, as JSON text. Null when `keySetUri` has them.")
    is_shared: bool = value(
        "Whether the issuer serves several tenants. If so, only an operator can change it."
    )


@input_type(one_of=True)
class IssuerBy:
    """Identifies an issuer by exactly one of these."""

    id: UUID | None = input_field("The issuer's id.")


@queries(ROOT)
class IssuerQueries:
    """Root fields of issuers."""

    issuer: Issuer | None = look_up(
        "An issuer. Null when there is none, or when the viewer may not see it.",
        "IssuerBy",
        "How the issuer is identified.",
    )
    issuers: Connection[Issuer] = many(
        "The identity providers of the tenant. Empty unless the viewer has `issuers:manage` or"
        " `members:read` over everyone."
    )


@input_type(creates=Issuer)
class IssuerRegisterInput:
    """Input of `issuerRegister`."""

    name: Annotated[str, issuers.NAME] = input_field(
        "The issuer, exactly as in `issuer` of the provider's discovery document, with every slash."
    )
    preset: IssuerPreset = input_field("What its tokens look like.")
    key: str = input_field(
        "A short name, unique in the tenant. With the key `staff`, the `subject` of a member is"
        " `@staff:` and the value of `subjectClaim`. It cannot be changed."
    )
    subject_claim: Annotated[str | None, issuers.CLAIM] = input_field(
        "The claim of a token that identifies a member. Default: that of the preset."
    )
    key_set_uri: Annotated[str | None, issuers.ADDRESS] = input_field(KEY_SET_URI)
    key_set: Annotated[str | None, issuers.KEY_SET] = input_field(KEY_SET)
    self_appointment_reason: Annotated[str | None, REASON] = self_appointment_field()


@mutation(Issuer)
async def issuer_register(work: Work, input: IssuerRegisterInput) -> issuers.Issuer:
    """Accept the access tokens of an identity provider. A tenant has at most 20.

    Its discovery document and its keys are fetched. Only an operator registers an issuer of several
    tenants. NOT_UNIQUE for `name` means that another tenant has the issuer: ask the operator. If
    members are still bound to the `key` by a former issuer, it fails with SELF_APPOINTMENT, unless
    the tenant allows that: see `selfAppointmentReason`.
    """
    details = given_values(input, issuers.Issuer)
    choice = IssuerChoice(
        input.preset.key,
        details.get("audiences") or (),
        details.get("clients") or (),
        input.subject_claim,
        max_lifetime=details.get("max_lifetime"),
        key=input.key,
    )
    return await issuers.register(
        work,
        input.name,
        choice,
        KeySource(input.key_set_uri, input.key_set),
        IssuerServices.current.find_keys,
        self_appointment_reason=input.self_appointment_reason,
    )


@input_type(edits=Issuer)
class IssuerEditInput:
    """Input of `issuerEdit`."""

    id: UUID = input_field("Id of the Issuer.", id_prefix="issuer")
    confirms_own_issuer: bool | None = input_field(CONFIRMATION)
    self_appointment_reason: Annotated[str | None, REASON] = self_appointment_field()
    expected_version: int | None = expected_version_field()


@mutation(Issuer)
async def issuer_edit(work: Work, input: IssuerEditInput) -> issuers.Issuer:
    """Change which tokens of an issuer are accepted. It takes effect within five seconds.

    With an application of their own at the provider, the viewer could sign in as each member of the
    issuer. So to add `audiences` or `clients`, and to allow all clients, fails with
    SELF_APPOINTMENT, unless the tenant allows it: see `selfAppointmentReason`. NOT_UNIQUE means
    that operators of the platform sign in with the audience or client: choose another one.
    """
    await IssuerServices.current.require_home(work.actor.tenant_id)
    return await issuers.edit(
        work,
        input.id,
        confirms_own_issuer=bool(input.confirms_own_issuer),
        self_appointment_reason=input.self_appointment_reason,
        expected_version=input.expected_version,
        **given_values(input, issuers.Issuer),
    )


async def _remove(
    work: Work,
    id: UUID,
    *,
    confirms_own_issuer: bool = False,
    expected_version: int | None = None,
) -> issuers.Issuer:
    """Remove an issuer of a tenant whose registry is here. Raises StateConflict, as `remove`."""
    await IssuerServices.current.require_home(work.actor.tenant_id)
    return await issuers.remove(
        work, id, confirms_own_issuer=confirms_own_issuer, expected_version=expected_version
    )


issuer_remove = verb(
    Issuer,
    issuers.Issuer.REMOVE,
    "Remove an issuer. Within five seconds, its tokens are refused. The last issuer cannot be"
    " removed. Members keep their accounts and roles.",
    use_case=_remove,
    confirms_own_issuer=input_field(CONFIRMATION),
)


@input_type()
class IssuerRotateInput:
    """Input of `issuerRotate`."""

    id: UUID = input_field("Id of the Issuer.", id_prefix="issuer")
    key_set_uri: Annotated[str | None, issuers.ADDRESS] = input_field(KEY_SET_URI)
    key_set: Annotated[str | None, issuers.KEY_SET] = input_field(KEY_SET)
    confirms_own_issuer: bool | None = input_field(CONFIRMATION)
    self_appointment_reason: Annotated[str | None, REASON] = self_appointment_field()
    expected_version: int | None = expected_version_field()


@mutation(Issuer)
async def issuer_rotate(work: Work, input: IssuerRotateInput) -> issuers.Issuer:
    """Take the keys of an issuer from its discovery document again, or from another source.

    New keys at the same URL need no rotation: they are fetched within minutes. With keys of their
    own, the viewer could sign in as each member of the issuer. So `keySetUri` and `keySet` fail
    with SELF_APPOINTMENT, unless the tenant allows it: see `selfAppointmentReason`.
    """
    return await issuers.rotate(
        work,
        input.id,
        KeySource(input.key_set_uri, input.key_set),
        IssuerServices.current.find_keys,
        confirms_own_issuer=bool(input.confirms_own_issuer),
        self_appointment_reason=input.self_appointment_reason,
        expected_version=input.expected_version,
    )
