"""The names that only Trellis gives: the issuers and the subjects of service clients."""

from domain.service_clients import SUBJECT_PREFIX

ISSUER_PREFIX = "urn:trellis:service-clients:"


def is_client_issuer(name: str) -> bool:
    """Return whether a name is reserved for these issuers; upper and lower case are equal."""
    return name.casefold().startswith(ISSUER_PREFIX)


def is_client_subject(subject: str) -> bool:
    """Return whether a subject is that of a service client, which no other issuer may state."""
    return subject.casefold().startswith(SUBJECT_PREFIX)
