"""Use cases of issuers: who registers an identity provider decides who can sign in.

A change is published in its transaction: the registry has the rows by which a token finds its
tenant.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from domain.issuers.model import ADDRESS, CLAIM, KEY_SET, MAX_ISSUERS, Issuer
from domain.issuers.presets import PRESETS, IssuerPreset
from domain.issuers.rules import ALGORITHMS, IssuerChoice, build_subject_prefix
from domain.kernel.errors import Code, Invalid, LimitExceeded, StateConflict
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import check_fields
from domain.kernel.unit_of_work import Work
from domain.self_appointment import authorize, check_reason

FIND_TAKEN = "issuers.find_taken"
UNPUBLISH = "issuers.unpublish"
PUBLISH = "issuers.publish"
FIND_OPERATORS = "issuers.find_operators"
COUNT_BOUND = "issuers.count_bound"
"""The names of declared statements."""


@dataclass(frozen=True)
class KeySource:
    """Where the keys of an issuer are: at an address, or in a key set as text."""

    uri: str | None = None
    text: str | None = None


FindKeys = Callable[[Issuer, KeySource], Awaitable[KeySource]]
"""Returns the source of an issuer's keys; without one, that of its discovery document.

It has fetched and parsed them. Raises Invalid and LimitExceeded.
"""


async def register(
    work: Work,
    name: str,
    choice: IssuerChoice,
    source: KeySource,
    find_keys: FindKeys,
    *,
    self_appointment_reason: str | None = None,
) -> Issuer:
    """Register an issuer of the actor's tenant alone, with a key that binds its members to it.

    Raises Invalid, NotPermitted and LimitExceeded.
    """
    issuer = _build(work, name, choice)
    await work.require(issuer, to=Issuer.REGISTER)
    reason = _apply_own_choice(issuer, choice, self_appointment_reason)
    source = _check_source(source)
    await _find_keys(issuer, source, find_keys)
    await work.lock_value("issuers", "")
    await _check_place(work, issuer)
    prefix = build_subject_prefix(choice.key)
    if (await work.run_statement(COUNT_BOUND, prefix=prefix))[0][0]:
        # Who controls the issuer can sign in as these members.
        await authorize(work, issuer, reason, "key")
    return await _add(work, issuer)


async def register_as_operator(
    work: Work, name: str, choice: IssuerChoice, source: KeySource, find_keys: FindKeys
) -> Issuer:
    """Register an issuer, also one of several tenants, or change it. Raises Invalid."""
    issuer = _build(work, name, choice)
    issuer.apply_choice(choice)
    issuer.key = check_fields(Issuer, {"key": choice.key})["key"]
    await _find_keys(issuer, source, find_keys)
    await work.lock_value("issuers", "")
    for each in await work.find_all(Issuer, name=[name]):
        if each.tenant_value == issuer.tenant_value:
            await _require_free(work, each)
            each.preset, each.key = issuer.preset, issuer.key
            each.apply_choice(choice)
            each.set_keys(issuer.key_set_uri, issuer.key_set)
            each.record_event("edited")
            await _publish(work, each)
            return each
        if not (each.is_shared and issuer.is_shared):
            await _withdraw(work, each)
    await _require_free(work, issuer)
    others = await _load_all(work)
    if issuer.key is None and any(each.key is None and each.name != name for each in others):
        message = "Subjects of two issuers could be equal. Give this issuer a key."
        raise Invalid(message, "key", code=Code.REQUIRED)
    return await _add(work, issuer)


async def edit(
    work: Work,
    id: UUID,
    *,
    confirms_own_issuer: bool = False,
    self_appointment_reason: str | None = None,
    expected_version: int | None = None,
    **details: Any,
) -> Issuer:
    """Change the audiences, clients or longest lifetime.

    Who adds an application of their own can sign in as each member of the issuer, so to accept
    further tokens is a self-appointment. Raises what `Work.get` raises, Invalid and NotPermitted.
    """
    issuer = await work.get(Issuer, id, to=Issuer.EDIT, expected_version=expected_version)
    issuer.require_own()
    reason = check_reason(self_appointment_reason)
    _require_confirmation(work, issuer, is_confirmed=confirms_own_issuer)
    audiences, clients = issuer.audiences, issuer.clients
    issuer.edit_attributes("edited", details)
    if not set(issuer.audiences) <= set(audiences):
        await authorize(work, issuer, reason, "audiences")
    elif clients and not (issuer.clients and set(issuer.clients) <= set(clients)):
        # Empty clients allow every application.
        await authorize(work, issuer, reason, "clients")
    await _publish(work, issuer)
    return issuer


async def rotate(
    work: Work,
    id: UUID,
    source: KeySource,
    find_keys: FindKeys,
    *,
    confirms_own_issuer: bool = False,
    self_appointment_reason: str | None = None,
    expected_version: int | None = None,
) -> Issuer:
    """Take the keys from the discovery document again, or from another source.

    Who chooses the source can sign in as each member of the issuer, so it is a self-appointment.
    Raises what `Work.get` raises, Invalid and NotPermitted.
    """
    issuer = await work.get(Issuer, id, to=Issuer.ROTATE, expected_version=expected_version)
    issuer.require_own()
    reason = check_reason(self_appointment_reason)
    _require_confirmation(work, issuer, is_confirmed=confirms_own_issuer)
    source = _check_source(source)
    if source != KeySource():
        await authorize(work, issuer, reason, "keySet" if source.text else "keySetUri")
    await _find_keys(issuer, source, find_keys)
    issuer.record_event("rotated")
    await _publish(work, issuer)
    return issuer


async def remove(
    work: Work,
    id: UUID,
    *,
    confirms_own_issuer: bool = False,
    expected_version: int | None = None,
) -> Issuer:
    """Remove an issuer, so that its tokens are refused. Raises what `Work.get` raises, Invalid.

    Raises StateConflict for the last one.
    """
    issuer = await work.get(Issuer, id, to=Issuer.REMOVE, expected_version=expected_version)
    issuer.require_own()
    await work.lock_value("issuers", "")
    if await work.count(Issuer) <= 1:
        raise StateConflict("This is the last issuer. Register another one first.")
    _require_confirmation(work, issuer, is_confirmed=confirms_own_issuer)
    await _withdraw(work, issuer)
    return issuer


async def remove_as_operator(work: Work, name: str) -> Collection[str]:
    """Remove an issuer with all its values; return its names, none where there is none."""
    found = [each for each in await _load_all(work) if name in each.names]
    for each in found:
        await _withdraw(work, each)
    return {each for issuer in found for each in issuer.names}


async def _load_all(work: Work) -> list[Issuer]:
    return await work.find_all(Issuer, tenant_id=[work.actor.tenant_id])


def _build(work: Work, name: str, choice: IssuerChoice) -> Issuer:
    """Return an issuer without rules and keys. Raises Invalid for an unknown preset."""
    preset = next((each for each in IssuerPreset if each.key == choice.preset), None)
    if preset is None:
        names = ", ".join(each.key for each in IssuerPreset)
        message = f"There is no preset {choice.preset}. Choose one of {names}."
        raise Invalid(message, "preset")
    return Issuer(tenant_id=work.actor.tenant_id, name=name, preset=preset, subject_claim="sub")


def _apply_own_choice(issuer: Issuer, choice: IssuerChoice, reason: str | None) -> str | None:
    """Let an issuer of one tenant take over what was chosen, and return the checked reason.

    Raises Invalid with all faults.
    """
    faults = FaultCollector()
    with faults.collect():
        reason = check_reason(reason)
    with faults.collect():
        issuer.key = check_fields(Issuer, {"key": choice.key})["key"]
        if issuer.key is None:
            message = "The key is missing. Send a short name, with which subjects of members begin."
            raise Invalid(message, "key", code=Code.REQUIRED)
    with faults.collect():
        claim = CLAIM.check(choice.subject_claim, "subjectClaim")
        choice = replace(choice, subject_claim=claim)
    with faults.collect():
        issuer.apply_choice(choice)
        if issuer.is_shared:
            message = "Only the operator registers an issuer that serves several tenants."
            raise Invalid(f"{message} Ask the operator.", "preset")
    faults.raise_all()
    return reason


def _check_source(source: KeySource) -> KeySource:
    """Return the source without surrounding spaces. Raises Invalid."""
    checked = KeySource(
        ADDRESS.check(source.uri, "keySetUri"), KEY_SET.check(source.text, "keySet")
    )
    if checked.uri and checked.text:
        message = "Send `keySetUri` or `keySet`, not both."
        raise Invalid(message, "keySet", code=Code.INCONSISTENT)
    return checked


async def _find_keys(issuer: Issuer, source: KeySource, find_keys: FindKeys) -> None:
    found = await find_keys(issuer, source)
    issuer.set_keys(found.uri, found.text)


async def _check_place(work: Work, issuer: Issuer) -> None:
    """Refuse an issuer or a key that is known already, and one too many."""
    others = await _load_all(work)
    if len(others) >= MAX_ISSUERS:
        message = f"A tenant has at most {MAX_ISSUERS} issuers. Remove one that is not used."
        raise LimitExceeded(message)
    faults = FaultCollector()
    with faults.collect():
        if any(each.name == issuer.name for each in others):
            message = "This issuer is registered. Change it with `issuerEdit`."
            raise Invalid(message, "name", code=Code.NOT_UNIQUE)
        # Tokens for an audience that tenants and the platform share open neither.
        await _require_free(work, issuer, counts_platform=True)
    with faults.collect():
        if any(each.key == issuer.key for each in others):
            message = "Another issuer has this key. Choose another."
            raise Invalid(message, "key", code=Code.NOT_UNIQUE)
    faults.raise_all()


async def _require_free(work: Work, issuer: Issuer, *, counts_platform: bool = False) -> None:
    """Refuse a name that others have, unless each has a value of the tenant's claim.

    The operator may let tenants use an issuer of the platform, with another audience.
    """
    taken = await work.run_statement(
        FIND_TAKEN,
        names=list(issuer.names),
        is_shared=issuer.is_shared,
        tenant_value=issuer.tenant_value or "",
        counts_platform=counts_platform,
    )
    if taken:
        message = f"The issuer {issuer.name!r} belongs to another tenant."
        raise Invalid(f"{message} Ask the operator.", "name", code=Code.NOT_UNIQUE)


async def _add(work: Work, issuer: Issuer) -> Issuer:
    issuer.record_event("registered")
    await work.add(issuer, to=Issuer.REGISTER)
    await _publish(work, issuer)
    return issuer


async def _publish(work: Work, issuer: Issuer) -> None:
    """Write the rows of the registry that token verification reads. Raises Invalid."""
    await _require_unlike_platform(work, issuer)
    await _unpublish(work, issuer)
    rules = issuer.rules
    for name in issuer.names:
        await work.run_statement(
            PUBLISH,
            issuer=name,
            audiences=" ".join(sorted(rules.audiences)),
            algorithms=" ".join(ALGORITHMS),
            key_set_uri=issuer.key_set_uri,
            key_set=issuer.key_set,
            subject_claim=rules.subject_claim,
            preset=rules.preset_name,
            clients=" ".join(sorted(rules.clients)),
            tenant_claim=rules.tenant_claim,
            tenant_value=rules.tenant_value,
            max_lifetime=rules.max_lifetime,
            is_shared=rules.is_shared,
            key=rules.key,
        )


async def _require_unlike_platform(work: Work, issuer: Issuer) -> None:
    """Refuse audiences and clients of operators of the platform: their tokens would be refused."""
    rules = issuer.rules
    found = await work.run_statement(
        FIND_OPERATORS,
        names=list(issuer.names),
        audiences=sorted(rules.audiences),
        clients=sorted(rules.clients),
        # Clients count where the tokens of one of the two name no audience.
        presets=[
            name
            for name, each in PRESETS.items()
            if not (each.has_audience and rules.preset.has_audience)
        ],
    )
    for (is_audience,) in found:
        field, name = ("audiences", "audience") if is_audience else ("clients", "client")
        message = (
            f"Operators of the platform sign in with one of these {field}. Choose another {name}"
            " for the tenant, so that no token opens both."
        )
        raise Invalid(message, field, code=Code.NOT_UNIQUE)


async def _withdraw(work: Work, issuer: Issuer) -> None:
    await _unpublish(work, issuer)
    issuer.record_event("removed")
    await work.remove(issuer)


async def _unpublish(work: Work, issuer: Issuer) -> None:
    value = issuer.tenant_value or ""
    await work.run_statement(UNPUBLISH, names=list(issuer.names), tenant_value=value)


def _require_confirmation(work: Work, issuer: Issuer, *, is_confirmed: bool) -> None:
    """Refuse a change of the issuer of the actor's own token that is not confirmed."""
    if work.issuer in issuer.names and not is_confirmed:
        message = (
            "You signed in by this issuer. A mistake would lock out everyone who signs in by it."
            " Sign in by another issuer, or send true to confirm."
        )
        raise Invalid(message, "confirmsOwnIssuer", code=Code.REQUIRED)
