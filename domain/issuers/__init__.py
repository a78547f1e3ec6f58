"""Issuers of access tokens: the identity providers of tenants, and what their tokens look like."""

from domain.issuers.presets import PRESETS, STRICT, TokenPreset
from domain.issuers.rules import IssuerChoice, TokenRules, get_preset

__all__ = ["PRESETS", "STRICT", "IssuerChoice", "TokenPreset", "TokenRules", "get_preset"]
