"""Service clients: programs that sign in with keys of their own. They are no people."""

from domain.service_clients.credentials import (
    CLIENT_ID_PREFIX,
    ClientId,
    ClientKey,
    parse_client_id,
    parse_client_key,
)
from domain.service_clients.model import (
    MAX_KEYS,
    KeyKind,
    Lane,
    ServiceClient,
    ServiceClientKey,
    ServiceClientStatus,
)
from domain.service_clients.networks import Address, Network, is_address_allowed, parse_networks
from domain.service_clients.use_cases import (
    MAX_CLIENTS,
    SUBJECT_PREFIX,
    PublicKey,
    add_key,
    add_public_key,
    build_subject,
    create,
)

__all__ = [
    "CLIENT_ID_PREFIX",
    "MAX_CLIENTS",
    "MAX_KEYS",
    "SUBJECT_PREFIX",
    "Address",
    "ClientId",
    "ClientKey",
    "KeyKind",
    "Lane",
    "Network",
    "PublicKey",
    "ServiceClient",
    "ServiceClientKey",
    "ServiceClientStatus",
    "add_key",
    "add_public_key",
    "build_subject",
    "create",
    "is_address_allowed",
    "parse_client_id",
    "parse_client_key",
    "parse_networks",
]
