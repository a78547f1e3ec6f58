"""Identity: whose request this is, according to a verified access token.

A token is believed because its issuer is in the directory, its signature fits a key of that
issuer, and its claims keep the rules. The tenant comes from the directory, never from the token.
What the person may do, and whether they still may do anything, is looked up in each request's own
transaction.
"""

from api.identity.callers import Caller, TokenVerifier
from api.identity.issuers import IssuerRegistry
from api.identity.refusals import KeysUnavailable, Unauthenticated

__all__ = ["Caller", "IssuerRegistry", "KeysUnavailable", "TokenVerifier", "Unauthenticated"]
