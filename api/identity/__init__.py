"""Authentication: the caller of a request, from a verified access token.

A token is accepted if its issuer is in the registry, its signature fits a key of that issuer and
its claims are valid. The tenant comes from the registry, never from the token. Membership and
permissions are read in each request's own transaction, not here.
"""

from api.identity.errors import KeysUnavailable, Unauthenticated
from api.identity.issuer_registry import IssuerRegistry
from api.identity.token_verifier import Caller, TokenVerifier

__all__ = ["Caller", "IssuerRegistry", "KeysUnavailable", "TokenVerifier", "Unauthenticated"]
