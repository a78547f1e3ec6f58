"""Settings of databases: their URLs, and the names of those beside the home database."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, SecretStr, model_validator


def _check_postgresql_url(url: SecretStr | None) -> SecretStr | None:
    if url and not url.get_secret_value().startswith(("postgresql://", "postgres://")):
        raise ValueError("The URL of a database must begin with postgresql://.")
    return url


DatabaseUrl = Annotated[SecretStr | None, AfterValidator(_check_postgresql_url)]


def is_database_name(name: str) -> bool:
    """Return whether a database beside the home database can be named so."""
    return name != "home" and re.fullmatch("[a-z][a-z0-9_]{0,29}", name) is not None


def _check_database_name(name: str) -> str:
    if not is_database_name(name):
        raise ValueError(f"A database cannot be named {name}. Choose small letters, but not home.")
    return name


DatabaseName = Annotated[str, AfterValidator(_check_database_name)]
"""The name of a database beside the home database."""


class DatabaseSettings(BaseModel):
    """The URLs of one database beside the home database, as those of the home database."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    database_url: DatabaseUrl = None
    serving_url: DatabaseUrl = None
    platform_url: DatabaseUrl = None
    read_url: DatabaseUrl = None

    @model_validator(mode="after")
    def _check_complete(self) -> Self:
        if not (self.database_url or self.serving_url):
            raise ValueError("A database needs a DATABASE_URL or a SERVING_URL.")
        return self
