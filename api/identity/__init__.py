"""Identity: whose request this is, according to a verified access token.

A token is believed because its issuer is in the directory, its signature fits a key of that
issuer, and its claims keep the rules. The tenant comes from the directory, never from the token.
What the person may do, and whether they still may do anything, is looked up in each request's own
transaction.
"""

from api.identity.errors import KeysUnavailable, Unauthenticated
from api.identity.issuer_registry import IssuerRegistry
from api.identity.token_verifier import Caller, TokenVerifier

__all__ = ["Caller", "IssuerRegistry", "KeysUnavailable", "TokenVerifier", "Unauthenticated"]
