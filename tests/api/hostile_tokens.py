"""Headers whose tokens must be refused, each with the reason that is logged."""

import json
from dataclasses import replace

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.api.signed_tokens import (
    ANOTHER_SIGN_IN,
    EC,
    ED,
    HARBORS,
    PINNED,
    PRIVATE,
    RSA,
    SEALED,
    SHARED,
    SMALL,
    STRANGER,
    TWICE,
    build_authorization,
    build_hmac_authorization,
    build_payload_with,
    build_raw_authorization,
    format_bearer,
    tamper_with_segment,
)
from tests.factories.tokens import (
    HARBOR,
    HARBOR_SIGN_IN,
    NOW,
    SIGN_IN,
    a_token,
    build_claims,
    encode_base64url,
)

PEM = RSA.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


X = encode_base64url(ED.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).encode()


BRACKETS = "[" * 3_000 + "]" * 3_000


HOSTILE_HEADERS: dict[str, tuple[str, str | None]] = {
    # The header
    "no header": ("no_token", None),
    "an empty header": ("malformed_header", ""),
    "another scheme": ("malformed_header", "Basic " + a_token(ED)),
    "no scheme": ("malformed_header", a_token(ED)),
    "a scheme and no token": ("malformed_header", "Bearer "),
    "two spaces": ("malformed_header", "Bearer  " + a_token(ED)),
    "a tab": ("malformed_header", "Bearer\t" + a_token(ED)),
    "space in front": ("malformed_header", " " + build_authorization()),
    "space behind": ("malformed_header", build_authorization() + " "),
    "a line feed behind": ("malformed_header", build_authorization() + "\n"),
    "a second header smuggled in": (
        "malformed_header",
        build_authorization() + "\r\nX-Tenant: harbor",
    ),
    "two headers joined": ("malformed_header", f"{build_authorization()}, {build_authorization()}"),
    "the scheme twice": ("malformed_header", "Bearer " + build_authorization()),
    "a dotless i in no scheme": (
        "malformed_header",
        build_authorization().replace("Bearer", "Bearer\u0131"),
    ),
    "letters beyond ASCII": ("malformed_header", build_authorization() + "\u212a"),
    "a huge token": ("too_long", build_authorization(filler="x" * 9_000)),
    "a megabyte of nothing": ("too_long", "Bearer " + "." * 1_000_000),
    # The form
    "two segments": ("malformed_header", build_authorization().rpartition(".")[0]),
    "no signature": ("malformed_header", build_authorization().rpartition(".")[0] + "."),
    "four segments": ("malformed_header", build_authorization() + ".AAAA"),
    "five segments, an encrypted token": ("malformed_header", "Bearer a.b.c.d.e"),
    "padding": ("malformed_header", tamper_with_segment(1, lambda it: it + "==")),
    "the other base64 alphabet": (
        "malformed_header",
        tamper_with_segment(2, lambda it: it[:-1] + "/"),
    ),
    "base64 with loose bits": (
        "malformed_token",
        build_raw_authorization(b'{"a": 1}').replace("MX0.", "MX1."),
    ),
    "a signature with loose bits": (
        "malformed_token",
        tamper_with_segment(2, lambda it: it[:-1] + chr(ord(it[-1]) + 1)),
    ),
    "base64 of an impossible length": (
        "malformed_token",
        tamper_with_segment(0, lambda it: it + "AAAAA"),
    ),
    "a payload that is no JSON": ("malformed_token", build_raw_authorization("iss=me")),
    "a payload that is a list": ("malformed_token", build_raw_authorization("[]")),
    "a payload that is null": ("malformed_token", build_raw_authorization("null")),
    "a header that is a text": ("malformed_token", build_raw_authorization("{}", header='"EdDSA"')),
    "invalid UTF-8": ("malformed_token", build_raw_authorization(b'{"iss": "\xff"}')),
    "UTF-16": (
        "malformed_token",
        build_raw_authorization(json.dumps(build_claims()).encode("utf-16")),
    ),
    "a byte order mark": (
        "malformed_token",
        build_raw_authorization("\ufeff" + json.dumps(build_claims())),
    ),
    "brackets without end": ("malformed_token", build_raw_authorization(BRACKETS)),
    "a number of 5,000 digits": (
        "malformed_token",
        build_raw_authorization(build_payload_with('"n": ' + "9" * 5_000)),
    ),
    "NaN": ("malformed_token", build_raw_authorization(build_payload_with('"n": NaN'))),
    "duplicate claims": (
        "duplicate_member",
        build_raw_authorization(build_payload_with('"sub": "admin"')),
    ),
    "duplicates further down": (
        "duplicate_member",
        build_raw_authorization(build_payload_with('"n":{"a":1,"a":2}')),
    ),
    "duplicate claims by escapes": (
        "duplicate_member",
        build_raw_authorization(build_payload_with('"s\\u0075b": "x"')),
    ),
    "duplicate algorithms": (
        "duplicate_member",
        build_raw_authorization(
            json.dumps(build_claims()), '{"alg":"none","alg":"EdDSA","kid":"ed","typ":"at+jwt"}'
        ),
    ),
    # The algorithm
    "alg none": ("wrong_algorithm", build_authorization({"alg": "none"})),
    "alg nOnE": ("wrong_algorithm", build_authorization({"alg": "nOnE"})),
    "no alg": ("missing_alg", build_authorization({"alg": ...})),
    "alg is a list": ("malformed_alg", build_authorization({"alg": ["EdDSA"]})),
    "HS256 with the public key as PEM": ("wrong_algorithm", build_hmac_authorization(PEM, "rsa")),
    "HS256 with the public key as in the set": (
        "wrong_algorithm",
        build_hmac_authorization(X, "ed"),
    ),
    "HS256 with a symmetric key of the set": (
        "wrong_algorithm",
        build_hmac_authorization(b"k" * 32, "oct"),
    ),
    "EdDSA with a symmetric key of the set": ("unknown_key", build_authorization({"kid": "oct"})),
    "RS512": ("wrong_algorithm", format_bearer(a_token(replace(RSA, algorithm="RS512")))),
    "an algorithm for another kind of key": (
        "wrong_algorithm",
        build_authorization({"alg": "ES256"}),
    ),
    "a key kept for another algorithm": ("wrong_algorithm", format_bearer(a_token(PINNED))),
    "an algorithm this issuer may not use": (
        "wrong_algorithm",
        build_authorization(iss=ANOTHER_SIGN_IN),
    ),
    # The key
    "no kid": ("missing_kid", build_authorization({"kid": ...})),
    "an empty kid": ("malformed_kid", build_authorization({"kid": ""})),
    "a kid that is a number": ("malformed_kid", build_authorization({"kid": 1})),
    "a kid that is a list": ("malformed_kid", build_authorization({"kid": ["ed"]})),
    "a very long kid": ("malformed_kid", build_authorization({"kid": "k" * 4_000})),
    "a kid with a null byte": ("malformed_kid", build_authorization({"kid": "ed\0"})),
    "a kid with a line feed": ("malformed_kid", build_authorization({"kid": "ed\n"})),
    "a kid that is a path": ("unknown_key", build_authorization({"kid": "../../../dev/null"})),
    "a kid that is a statement": (
        "unknown_key",
        build_authorization({"kid": "x' UNION SELECT 'key' --"}),
    ),
    "a kid that is an address": (
        "unknown_key",
        build_authorization({"kid": "https://evil.example/key"}),
    ),
    "a kid in another case": ("unknown_key", build_authorization({"kid": "ED"})),
    "a key of the same kid at another issuer": ("wrong_signature", format_bearer(a_token(HARBORS))),
    "a published private key": ("unknown_key", format_bearer(a_token(PRIVATE))),
    "two keys of one kid": ("unknown_key", format_bearer(a_token(TWICE))),
    "a key for encryption": ("unknown_key", format_bearer(a_token(SEALED))),
    "an RSA key of 1,024 bits": ("weak_key", format_bearer(a_token(SMALL))),
    "an embedded key": (
        "unwanted_header",
        format_bearer(a_token(STRANGER, {"jwk": STRANGER.to_jwk()})),
    ),
    "a key at an address": (
        "unwanted_header",
        build_authorization({"jku": "https://evil.example/keys"}),
    ),
    "a certificate at an address": (
        "unwanted_header",
        build_authorization({"x5u": "https://evil.example/c"}),
    ),
    "an embedded certificate": ("unwanted_header", build_authorization({"x5c": ["MIIB"]})),
    # What must be understood
    "crit with an unknown word": (
        "unwanted_header",
        build_authorization({"crit": ["exp"], "exp": 1}),
    ),
    "crit that is empty": ("unwanted_header", build_authorization({"crit": []})),
    "an unencoded payload": (
        "unwanted_header",
        build_authorization({"b64": False, "crit": ["b64"]}),
    ),
    "compression": ("unwanted_header", build_authorization({"zip": "DEF"})),
    # The type
    "an ID token": ("wrong_type", build_authorization({"typ": "JWT"})),
    "no type": ("wrong_type", build_authorization({"typ": ...})),
    "a logout token": ("wrong_type", build_authorization({"typ": "logout+jwt"})),
    "a type that is a list": ("wrong_type", build_authorization({"typ": ["at+jwt"]})),
    # The signature
    "another key": ("wrong_signature", format_bearer(a_token(STRANGER))),
    "a truncated signature": ("wrong_signature", tamper_with_segment(2, lambda it: it[:40])),
    "a signature of zeros": ("wrong_signature", tamper_with_segment(2, lambda it: "A" * len(it))),
    "another payload under the signature": (
        "wrong_signature",
        tamper_with_segment(
            1,
            lambda _: encode_base64url(
                json.dumps(build_claims(sub="admin@meridian.example")).encode()
            ),
        ),
    ),
    "an elliptic signature of zeros": (
        "wrong_signature",
        format_bearer(a_token(EC).rpartition(".")[0] + "." + "A" * 86),
    ),
    # The issuer
    "no issuer": ("missing_iss", build_authorization(iss=...)),
    "an issuer nobody knows": ("unknown_issuer", build_authorization(iss="https://evil.example/")),
    "an issuer without its slash": ("unknown_issuer", build_authorization(iss=SIGN_IN.rstrip("/"))),
    "part of an issuer": ("unknown_issuer", build_authorization(iss="https://sign-in")),
    "an issuer in another case": ("unknown_issuer", build_authorization(iss=SIGN_IN.upper())),
    "an issuer with a null byte": ("malformed_iss", build_authorization(iss=SIGN_IN + "\0")),
    "an issuer with half a character": ("malformed_iss", build_authorization(iss="\ud800")),
    "a list of issuers": ("malformed_iss", build_authorization(iss=[SIGN_IN])),
    "a very long issuer": ("malformed_iss", build_authorization(iss="https://" + "i" * 4_000)),
    # The tenant
    "another tenant's issuer, our key": ("unknown_key", build_authorization(iss=HARBOR_SIGN_IN)),
    "another tenant's issuer, a shared kid": (
        "wrong_signature",
        format_bearer(a_token(SHARED, iss=HARBOR_SIGN_IN, aud="trellis-harbor")),
    ),
    "another tenant's slug": ("another_tenant", build_authorization(tenant="harbor")),
    "another tenant's id": ("another_tenant", build_authorization(tenant_id=str(HARBOR))),
    "a tenant that is null": ("another_tenant", build_authorization(tenant=None)),
    "a list of tenants": ("another_tenant", build_authorization(tenant=["meridian", "harbor"])),
    # The audience
    "no audience": ("missing_aud", build_authorization(aud=...)),
    "another audience": ("wrong_aud", build_authorization(aud="trellis-harbor")),
    "part of the audience": ("wrong_aud", build_authorization(aud="trellis")),
    "a list of another audience": ("wrong_aud", build_authorization(aud=["trellis-harbor"])),
    "many other audiences": ("wrong_aud", build_authorization(aud=["trellis-harbor", "wiki"])),
    "a list of no audience": ("missing_aud", build_authorization(aud=[])),
    "an audience that is a number": (
        "malformed_aud",
        build_authorization(aud=["trellis-meridian", 1]),
    ),
    "an empty audience": ("missing_aud", build_authorization(aud="")),
    # The times
    "no expiry": ("missing_exp", build_authorization(exp=...)),
    "an expiry that is null": ("missing_exp", build_authorization(exp=None)),
    "no time of issue": ("missing_iat", build_authorization(iat=...)),
    "the year 9999": ("lifetime", build_authorization(exp=253_402_300_799)),
    "one second too long": ("lifetime", build_authorization(iat=NOW, exp=NOW + 3_601)),
    "a negative lifetime": ("lifetime", build_authorization(iat=NOW, exp=NOW - 10)),
    "no lifetime": ("lifetime", build_authorization(iat=NOW, exp=NOW)),
    "a negative expiry": ("lifetime", build_authorization(exp=-1)),
    "issued in the future": ("issued_in_the_future", build_authorization(iat=NOW + 120)),
    "not valid yet": ("not_yet_valid", build_authorization(nbf=NOW + 120)),
    "an expiry beyond every float": (
        "malformed_exp",
        build_raw_authorization(json.dumps(build_claims()).replace(str(NOW + 600), "1e400")),
    ),
    "an expiry that is a float": ("malformed_exp", build_authorization(exp=NOW + 600.5)),
    "an expiry that is a text": ("malformed_exp", build_authorization(exp=str(NOW + 600))),
    "an expiry that is true": ("malformed_exp", build_authorization(exp=True)),
    "a time of issue that is true": ("malformed_iat", build_authorization(iat=True)),
    "a list of expiries": ("malformed_exp", build_authorization(exp=[NOW + 600])),
    "an nbf that is a text": ("malformed_nbf", build_authorization(nbf="now")),
    "an nbf that is null": ("malformed_nbf", build_authorization(nbf=None)),
    "expired": ("expired", build_authorization(iat=NOW - 700, exp=NOW - 30)),
    "expired long ago": ("expired", build_authorization(iat=1_000_000_000, exp=1_000_003_600)),
    # The subject and the token's id
    "no subject": ("missing_sub", build_authorization(sub=...)),
    "an empty subject": ("malformed_sub", build_authorization(sub="")),
    "a subject of spaces": ("malformed_sub", build_authorization(sub="   ")),
    "a subject with space around it": (
        "malformed_sub",
        build_authorization(sub=" ada@meridian.example"),
    ),
    "a subject that is a number": ("malformed_sub", build_authorization(sub=7)),
    "a subject that is an object": ("malformed_sub", build_authorization(sub={"ada": 1})),
    "null bytes in the subject": (
        "malformed_sub",
        build_authorization(sub="ada@meridian.example\0"),
    ),
    "a right-to-left mark in the subject": (
        "malformed_sub",
        build_authorization(sub="ada\u202e@x.example"),
    ),
    "half a character in the subject": ("malformed_sub", build_authorization(sub="ada\udc00")),
    "a very long subject": ("malformed_sub", build_authorization(sub="a" * 4_000)),
    "no token id": ("missing_jti", build_authorization(jti=...)),
    "an empty token id": ("malformed_jti", build_authorization(jti="")),
    "a token id that is a number": ("malformed_jti", build_authorization(jti=7)),
}
