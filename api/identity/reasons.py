"""What an operator can do about a refused token, by the reason of the refusal."""

from collections.abc import Mapping

ADVICE: Mapping[str, str] = {
    "unknown_issuer": "No issuer is registered under exactly the token's `iss`. Compare every"
    " letter and the slash at the end.",
    "wrong_type": "The type in the token's header is not one of the preset. Check the preset, and"
    " that it is the access token.",
    "wrong_kind": "It is no access token of this provider. Send the access token, and not"
    " the ID token.",
    "wrong_algorithm": "The signature's algorithm is not accepted for this issuer.",
    "unknown_key": "The issuer's key set has no usable key with the token's `kid`.",
    "wrong_signature": "The signature does not fit the issuer's key.",
    "weak_key": "The issuer's key is too short.",
    "keys_unavailable": "The issuer's key set cannot be fetched. Check its address, and that this"
    " machine can reach it.",
    "missing_aud": "Configure the provider so that its access tokens name Trellis as the audience.",
    "wrong_aud": "The token was made for another API. Request it for the audience of Trellis, or"
    " register its audience.",
    "other_graph": "One issuer serves tenants and the platform. Request the token for one audience"
    " that only one of them accepts, and register another one for the other.",
    "missing_client": "The token names no client, but the issuer lists clients.",
    "wrong_client": "Another application requested the token. Add its client id if it may.",
    "another_tenant": "The token belongs to another tenant, or to several.",
    "several_tenants": "Issuers of several tenants fit the token. Register different values.",
    "lifetime": "The token lives longer than allowed. Shorten it at the provider, or register a"
    " longer lifetime.",
    "expired": "The token has expired. Paste a new one.",
    "issued_in_the_future": "The clocks of the provider and of this machine differ.",
    "not_yet_valid": "The clocks of the provider and of this machine differ.",
    "missing_jti": "The strict preset asks for a token id. Choose the preset of the provider.",
    "malformed_header": "The text is no token: three parts of letters, digits, - and _, with dots"
    " between them.",
}

MISSING = "The token has no such claim. Configure the provider to add it."
MALFORMED = "The token has another form than access tokens have."


def get_rule_name(reason: str) -> str:
    """Return the name of a broken rule for metrics: claims have names that tenants choose."""
    if reason in ADVICE:
        return reason
    return "missing_claim" if reason.startswith("missing_") else "malformed"


def describe_reason(reason: str, detail: str) -> str:
    """Return the reason with what was expected and what to do."""
    usual = MISSING if reason.startswith("missing_") else MALFORMED
    advice = ADVICE.get(reason, usual)
    return f"{reason}: {detail}. {advice}" if detail else f"{reason}. {advice}"
