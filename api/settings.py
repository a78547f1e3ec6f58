"""Settings: everything that the environment decides, typed, read once and documented here."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AliasChoices, Field, SecretStr, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ENV_PREFIX = "TRELLIS_"
MIN_SECRET_LENGTH = 32


class Settings(BaseSettings):
    """What this process was told. A variable is `TRELLIS_` and the attribute, or its alias."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX,
        frozen=True,
        extra="forbid",
        validate_by_name=True,
        validate_by_alias=True,
        # An error must not repeat the database's password to whoever reads the terminal.
        hide_input_in_errors=True,
    )

    production: bool = Field(
        default=False,
        description="Whether real people are served. Refuses the built-in issuer and its tokens, "
        "fetches key sets over https from public addresses only, turns GraphiQL off, "
        "and makes TRELLIS_SECRET and the address of a database mandatory.",
    )
    database_url: SecretStr | None = Field(
        default=None,
        validation_alias="DATABASE_URL",
        description="The PostgreSQL (15 or newer) to use, as the role that owns the schema. "
        "Without it, Trellis starts a PostgreSQL of its own in TRELLIS_DIRECTORY.",
    )
    serving_url: SecretStr | None = Field(
        default=None,
        description="The same database as the role that serves requests. "
        "Derived from DATABASE_URL where it is not given.",
    )
    read_url: SecretStr | None = Field(
        default=None,
        validation_alias="READ_DATABASE_URL",
        description="A replica of the database, as the role that serves requests. Queries are "
        "answered from it where it has seen all that their tenant wrote, else from the primary.",
    )
    directory: Path = Field(
        default=Path(".trellis"),
        description="Where Trellis keeps what it makes for itself: the embedded database, "
        "the signing key of the built-in issuer, the sealing secret.",
    )
    host: str = Field(default="127.0.0.1", description="The address to listen on.")
    port: int = Field(
        default=8000,
        ge=0,
        le=65_535,
        validation_alias="PORT",
        description="The port to listen on; 0 lets the system choose.",
    )
    secret: SecretStr | None = Field(
        default=None,
        description="At least 32 characters that seal cursors; the same in every process. "
        "Outside production it is made and kept in TRELLIS_DIRECTORY.",
    )
    pool_size: int = Field(
        default=10, ge=2, le=200, description="Database connections of one process for reading."
    )
    body_limit: int = Field(
        default=100_000, ge=1_000, description="The largest request body, in bytes."
    )
    in_flight: int = Field(
        default=32,
        ge=1,
        description="Requests that one process works on at once. As many more wait for a tenth of "
        "a second at most; the rest are answered 503. One tenant gets three quarters at most.",
    )
    caller_budget: int = Field(
        default=20_000,
        ge=0,
        description="Points that one caller may spend at once, in one process; a twentieth of them "
        "comes back every second. 0 sets no limit.",
    )
    tenant_budget: int = Field(
        default=400_000,
        ge=0,
        description="Points that all callers of one tenant may spend at once, in the same way.",
    )
    request_timeout: float = Field(
        default=10.0, gt=0, le=300, description="Seconds until a request is given up."
    )
    shutdown_grace: float = Field(
        default=20.0, ge=0, le=300, description="Seconds that running requests get to finish."
    )
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Origins of browser applications that may call, separated by spaces; "
        "`*` for any. The server's own origin always may.",
    )
    graphiql: bool | None = Field(
        default=None, description="Whether GraphiQL is served. Not set: outside production only."
    )
    token_lifetime: int = Field(
        default=3_600,
        ge=60,
        le=86_400,
        description="The longest lifetime, in seconds, of an access token that is accepted.",
    )
    token_leeway: int = Field(
        default=30, ge=0, le=60, description="Seconds by which an issuer's clock may be wrong."
    )
    built_in_token_lifetime: int = Field(
        default=43_200,
        ge=60,
        le=604_800,
        description="The longest lifetime, in seconds, of a token of the built-in issuer.",
    )
    audience: str = Field(
        default="trellis",
        min_length=1,
        description="The audience of the built-in issuer's tokens. "
        "Other issuers name theirs in the registry.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least important line that is logged."
    )
    log_form: Literal["console", "json"] | None = Field(
        default=None, description="How lines are logged. Not set: `json` in production."
    )
    traces_url: str | None = Field(
        default=None,
        description="The OTLP/HTTP endpoint to send traces to. Not set: traces go nowhere.",
    )

    @property
    def is_graphiql_enabled(self) -> bool:
        """Whether GraphiQL is served."""
        return not self.production if self.graphiql is None else self.graphiql

    @property
    def is_logging_json(self) -> bool:
        """Whether log lines are JSON."""
        return self.production if self.log_form is None else self.log_form == "json"

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: object) -> object:
        return tuple(value.split()) if isinstance(value, str) else value

    @field_validator(
        "database_url", "serving_url", "read_url", "secret", "traces_url", mode="before"
    )
    @classmethod
    def _convert_empty_to_none(cls, value: object) -> object:
        # `DATABASE_URL=` in a compose file means that there is none.
        return None if value == "" else value

    @field_validator("database_url", "serving_url", "read_url")
    @classmethod
    def _check_postgresql_url(cls, url: SecretStr | None) -> SecretStr | None:
        if url and not url.get_secret_value().startswith(("postgresql://", "postgres://")):
            raise ValueError("A database's address begins with postgresql://.")
        return url

    @field_validator("secret")
    @classmethod
    def _check_secret_length(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret and len(secret.get_secret_value()) < MIN_SECRET_LENGTH:
            raise ValueError(f"A secret needs at least {MIN_SECRET_LENGTH} characters.")
        return secret

    @model_validator(mode="after")
    def _check_production(self) -> Self:
        if self.production:
            for variable, value in (
                ("DATABASE_URL or TRELLIS_SERVING_URL", self.database_url or self.serving_url),
                ("TRELLIS_SECRET", self.secret),
            ):
                if value is None:
                    raise ValueError(f"Production needs {variable}. Set it in the environment.")
        return self


@dataclass(frozen=True)
class SettingDescription:
    """One environment variable, as the README's table shows it."""

    variable: str
    type_name: str
    default: str
    description: str


def list_settings() -> tuple[SettingDescription, ...]:
    """Every environment variable that Trellis reads, in the order of their declaration."""
    return tuple(
        SettingDescription(
            variable=_get_variable_name(name, field),
            type_name=_format_type(field),
            default="" if field.default in (None, ()) else str(field.default),
            description=field.description or "",
        )
        for name, field in Settings.model_fields.items()
    )


def render_settings_table() -> str:
    """The settings as a Markdown table."""
    rows = (
        f"| `{it.variable}` | {it.default and f'`{it.default}`'} | {it.description} |"
        for it in list_settings()
    )
    return "\n".join(("| variable | default | meaning |", "| --- | --- | --- |", *rows))


def _get_variable_name(name: str, field: FieldInfo) -> str:
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        raise TypeError(f"{name} has several names. Give it one.")
    return str(alias) if alias else ENV_PREFIX + name.upper()


def _format_type(field: FieldInfo) -> str:
    kind = field.annotation
    return kind.__name__ if isinstance(kind, type) else str(kind).replace("typing.", "")
