"""Issuers of access tokens: the identity providers of tenants, and what their tokens look like."""

from domain.issuers.model import ADDRESS, CLAIM, KEY, KEY_SET, MAX_ISSUERS, NAME, Issuer
from domain.issuers.presets import PRESETS, STRICT, IssuerPreset, TokenPreset
from domain.issuers.rules import (
    RESERVED_NAMES,
    IssuerChoice,
    TokenRules,
    build_subject_prefix,
    get_preset,
)
from domain.issuers.use_cases import (
    COUNT_BOUND,
    FIND_OPERATORS,
    FIND_TAKEN,
    PUBLISH,
    UNPUBLISH,
    FindKeys,
    KeySource,
    edit,
    register,
    register_as_operator,
    remove,
    remove_as_operator,
    rotate,
)

__all__ = [
    "ADDRESS",
    "CLAIM",
    "COUNT_BOUND",
    "FIND_OPERATORS",
    "FIND_TAKEN",
    "KEY",
    "KEY_SET",
    "MAX_ISSUERS",
    "NAME",
    "PRESETS",
    "PUBLISH",
    "RESERVED_NAMES",
    "STRICT",
    "UNPUBLISH",
    "FindKeys",
    "Issuer",
    "IssuerChoice",
    "IssuerPreset",
    "KeySource",
    "TokenPreset",
    "TokenRules",
    "build_subject_prefix",
    "edit",
    "get_preset",
    "register",
    "register_as_operator",
    "remove",
    "remove_as_operator",
    "rotate",
]
