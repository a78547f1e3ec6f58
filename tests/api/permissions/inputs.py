"""Builders of the inputs of mutations about people and things of a company."""

from typing import Any

from tests.api.company import Company
from tests.api.permission_matrix import Input


def build_input(kind: str, which: str, /, **more: Any) -> Any:
    def input(company: Company) -> Input:
        found = {key: each(company) if callable(each) else each for key, each in more.items()}
        return {"id": company.encode_id(kind, which), **found}

    return input


def encode_id_of(kind: str, name: str) -> Any:
    return lambda company: company.encode_id(kind, name)


def build_owner(**owner: Any) -> Any:
    return lambda company: {key: each(company) for key, each in owner.items()}


REFERENCE = {"source": "workday", "id": "4711"}
