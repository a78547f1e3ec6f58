"""Settings: every environment variable with its type, default and description."""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    Field,
    SecretStr,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from api.database_settings import DatabaseName, DatabaseSettings, DatabaseUrl

ENV_PREFIX = "TRELLIS_"
MIN_SECRET_LENGTH = 32


class Settings(BaseSettings):
    """The settings of the process. A variable is `TRELLIS_` and the attribute, or its alias."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX,
        env_nested_delimiter="__",
        frozen=True,
        extra="forbid",
        validate_by_name=True,
        validate_by_alias=True,
        # An error must not print the database's password.
        hide_input_in_errors=True,
    )

    production: bool = Field(
        default=False,
        description="Set it for real users. It disables the built-in issuer and its tokens, "
        "fetches key sets only over https and from public addresses, turns GraphiQL "
        "off, and requires TRELLIS_SECRET and the URL of a database.",
    )
    database_url: DatabaseUrl = Field(
        default=None,
        validation_alias="DATABASE_URL",
        description="The URL of the PostgreSQL database (15 or newer), with the role that owns "
        "the schema. Without it, Trellis starts an embedded PostgreSQL in "
        "TRELLIS_DIRECTORY.",
    )
    serving_url: DatabaseUrl = Field(
        default=None,
        description="The URL of the same database, with the role that serves requests. Default: "
        "derived from DATABASE_URL.",
    )
    platform_url: DatabaseUrl = Field(
        default=None,
        description="The URL of the same database, with the role that writes the directory of "
        "tenants for `/platform/graphql`. Default: derived from DATABASE_URL. A process without "
        "both does not serve that path.",
    )
    read_url: DatabaseUrl = Field(
        default=None,
        validation_alias="READ_DATABASE_URL",
        description="The URL of a replica, with the role that serves requests. Queries read from "
        "it if it has replayed all writes of their tenant, else from the primary.",
    )
    databases: dict[DatabaseName, DatabaseSettings] = Field(
        default_factory=dict,
        description="Further databases for tenants, by name (small letters, digits, `_`). For a "
        "database `north`: TRELLIS_DATABASES__NORTH__SERVING_URL, and for commands "
        "TRELLIS_DATABASES__NORTH__DATABASE_URL with the owner of its schema, from which the "
        "first is derived by default; READ_URL is its replica. The other variables name the home "
        "database, which has the directory of all tenants.",
    )
    directory: Path = Field(
        default=Path(".trellis"),
        description="The directory of the embedded database, the built-in issuer's signing key "
        "and the generated sealing secret.",
    )
    ballot_keys: Path | None = Field(
        default=None,
        description="The directory of the keys of secret ballots. It is in no backup, and with"
        " several machines they share it. Default: `ballot-keys` in TRELLIS_DIRECTORY.",
    )
    tenant_files: Path | None = Field(
        default=None,
        description="The directory of the files of `tenantExport` and of those that operators "
        "send. Each is kept for seven days, and contains all data of a tenant: protect it like "
        "the database. With several machines they share it. Default: `tenant-files` in "
        "TRELLIS_DIRECTORY.",
    )
    receipt_key: Path | None = Field(
        default=None,
        description="The file with the key that signs receipts of erasures. Keep it as long as "
        "receipts may be verified. Default: `receipt-key.pem` in TRELLIS_DIRECTORY, generated on "
        "first use.",
    )
    host: str = Field(default="127.0.0.1", description="The address to listen on.")
    port: int = Field(
        default=8000,
        ge=0,
        le=65_535,
        validation_alias="PORT",
        description="The port to listen on; 0 lets the operating system choose.",
    )
    root_path: str = Field(
        default="",
        pattern=r"^(/[A-Za-z0-9._~-]+)*$",
        description="The path prefix that a proxy passes on, such as `/trellis`. A proxy that "
        "removes its prefix needs no setting. Requests without the prefix are served, too.",
    )
    secret: SecretStr | None = Field(
        default=None,
        description="The secret that seals cursors and batches of ballots: at least 32 "
        "characters, the same in every process. Outside production it is generated in "
        "TRELLIS_DIRECTORY.",
    )
    former_secret: SecretStr | None = Field(
        default=None,
        description="The value of TRELLIS_SECRET before it was changed. Set it until all surveys "
        "and feedback programs that were open then are counted, 91 days at most: without it their "
        "ballots cannot be opened.",
    )
    pool_size: int = Field(
        default=10,
        ge=2,
        le=200,
        description="Maximum read connections to the database, per process.",
    )
    background_slots: int = Field(
        default=4,
        ge=0,
        le=64,
        description="Background tasks that a process runs at once, per database. With 0, a "
        "serving process runs none, and others must be started with `trellis worker`.",
    )
    body_limit: int = Field(
        default=100_000, ge=1_000, description="Maximum size of a request body, in bytes."
    )
    batch_body_limit: int = Field(
        default=1_500_000,
        ge=1_000,
        description="Maximum size of the body of a mutation for many inputs (`…Batch`, "
        "`…Upsert` and `kpiRecordMeasurements`), in bytes. The request must announce its length. "
        "A tenant sends two such bodies at once.",
    )
    body_timeout: float = Field(
        default=8.0,
        gt=0,
        le=300,
        description="Seconds that the body of a request may take to arrive; then the answer is "
        "408 and the connection is closed.",
    )
    body_min_rate: int = Field(
        default=1_000,
        ge=0,
        description="Minimum bytes per second of a body, from its fourth second on. 0 means no "
        "minimum.",
    )
    in_flight: int = Field(
        default=32,
        ge=1,
        description="Maximum concurrent operations of one process. The same number may wait for "
        "at most 0.1 seconds; others are rejected with 503. One tenant gets at most three "
        "quarters. It is also the maximum of incomplete bodies of one caller; a tenant may have "
        "twice as many. Others are rejected with 429.",
    )
    document_characters: int = Field(
        default=15_000, ge=1_000, description="Maximum characters of a GraphQL document."
    )
    document_tokens: int = Field(
        default=1_500, ge=100, description="Maximum tokens of a GraphQL document."
    )
    document_definitions: int = Field(
        default=60, ge=1, description="Maximum operations and fragments of a GraphQL document."
    )
    document_depth: int = Field(
        default=12,
        ge=3,
        le=50,
        description="Maximum levels of a GraphQL document. A connection counts as one level.",
    )
    document_aliases: int = Field(
        default=30, ge=0, description="Maximum aliases of an operation, with its fragments."
    )
    document_fields: int = Field(
        default=1_000, ge=10, description="Maximum fields of an operation, with its fragments."
    )
    document_root_fields: int = Field(
        default=10, ge=1, description="Maximum root fields of an operation."
    )
    operation_cost: int = Field(
        default=5_000, ge=100, description="Maximum cost of an operation, in points."
    )
    caller_budget: int = Field(
        default=20_000,
        ge=0,
        description="Cost points that one caller may spend at once, per process. A twentieth of "
        "them is refilled every second. 0 means no limit, and no late refusals.",
    )
    ingest_budget: int = Field(
        default=200_000,
        ge=0,
        description="Cost points that a service client in the lane INGEST may spend at once, per "
        "process. A twentieth of them is refilled every second. Other service clients have "
        "TRELLIS_CALLER_BUDGET. 0 means no limit.",
    )
    tenant_budget: int = Field(
        default=400_000,
        ge=0,
        description="Cost points that all callers of one tenant may spend at once, with the same "
        "refill.",
    )
    database_price: float = Field(
        default=4.0,
        ge=0,
        description="Cost points for each millisecond of database time; connections in use at "
        "once count their share. Time that costs more than the operation is charged after "
        "the request; the first 200 points of time are free.",
    )
    cpu_price: float = Field(
        default=20.0,
        ge=0,
        description="Cost points for each millisecond of CPU time in this process, charged in the "
        "same way.",
    )
    request_timeout: float = Field(
        default=10.0, gt=0, le=300, description="Seconds after which a request is cancelled."
    )
    shutdown_grace: float = Field(
        default=20.0,
        ge=0,
        le=300,
        description="Seconds that running requests have to finish at shutdown.",
    )
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Origins of browser applications that may call the API, separated by spaces; "
        "`*` allows any. The server's own origin is always allowed.",
    )
    graphiql: bool | None = Field(
        default=None, description="Whether GraphiQL is served. Default: only outside production."
    )
    token_lifetime: int = Field(
        default=3_600,
        ge=60,
        le=86_400,
        description="Maximum lifetime of an accepted access token, in seconds.",
    )
    token_leeway: int = Field(
        default=30,
        ge=0,
        le=60,
        description="Tolerated difference of an issuer's clock, in seconds.",
    )
    built_in_token_lifetime: int = Field(
        default=43_200,
        ge=60,
        le=604_800,
        description="Maximum lifetime of the built-in issuer's tokens, in seconds.",
    )
    audience: str = Field(
        default="trellis",
        min_length=1,
        description="The audience (`aud`) of the built-in issuer's tokens. For other issuers it "
        "is in the registry.",
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Networks of the proxies in front of Trellis, in CIDR notation, separated by "
        "spaces. For requests from these, the address of the client is read from "
        "`X-Forwarded-For`. The address is checked against the `allowedNetworks` of service "
        "clients. Empty: the address of the connection counts.",
    )
    webhook_networks: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Private networks to which webhooks may be sent, in CIDR notation, separated "
        "by spaces. To these, http and other ports than 443 are allowed, too. Other webhooks need "
        "https, port 443 and a public address.",
    )
    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s?#]+[^\s?#/]$",
        description="The address by which clients reach Trellis, such as "
        "`https://trellis.example`. A signed assertion for `/oauth/token` may have it, or "
        "the address of that endpoint, as its audience (`aud`), instead of TRELLIS_AUDIENCE. The "
        "addresses in answers of SCIM begin with it; by default, with the host of the request.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Minimum level of log lines."
    )
    log_form: Literal["console", "json"] | None = Field(
        default=None,
        description="Format of log lines. Default: `json` in production, else `console`.",
    )
    traces_url: str | None = Field(
        default=None,
        description="The OTLP/HTTP endpoint for traces. Default: no traces are sent.",
    )

    @property
    def ballot_key_folder(self) -> Path:
        """Return the directory of the keys of secret ballots."""
        return self.ballot_keys or self.directory / "ballot-keys"

    @property
    def tenant_file_folder(self) -> Path:
        """Return the directory of files with all data of a tenant."""
        return self.tenant_files or self.directory / "tenant-files"

    @property
    def is_graphiql_enabled(self) -> bool:
        """Return whether GraphiQL is served."""
        return not self.production if self.graphiql is None else self.graphiql

    @property
    def is_cors_enabled(self) -> bool:
        """Return whether pages of other origins may call the API."""
        return bool(self.allowed_origins) or not self.production

    @property
    def is_logging_json(self) -> bool:
        """Return whether log lines are JSON."""
        return self.production if self.log_form is None else self.log_form == "json"

    @field_validator("trusted_proxies", "webhook_networks")
    @classmethod
    def _check_networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        for each in networks:
            ip_network(each)
        return networks

    @field_validator("allowed_origins", "trusted_proxies", "webhook_networks", mode="before")
    @classmethod
    def _split_words(cls, value: object) -> object:
        return tuple(value.split()) if isinstance(value, str) else value

    @field_validator(
        "database_url",
        "serving_url",
        "platform_url",
        "read_url",
        "secret",
        "former_secret",
        "traces_url",
        "public_url",
        mode="before",
    )
    @classmethod
    def _convert_empty_to_none(cls, value: object) -> object:
        # A compose file passes an unset variable as `DATABASE_URL=`.
        return None if value == "" else value

    @field_validator("secret", "former_secret")
    @classmethod
    def _check_secret_length(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret and len(secret.get_secret_value()) < MIN_SECRET_LENGTH:
            raise ValueError(f"The secret must have at least {MIN_SECRET_LENGTH} characters.")
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
