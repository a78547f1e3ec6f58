"""Issuers in the graph: the identity providers whose access tokens a tenant accepts."""

from api.issuers.issuer import Issuer, IssuerBy
from api.issuers.testing import IssuerTest

__all__ = ["Issuer", "IssuerBy", "IssuerTest"]
