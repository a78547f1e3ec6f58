"""The resources of SCIM: what Trellis keeps of a user and of a group, and what it can do."""

from typing import Annotated, Any, ClassVar

from pydantic import Field
from scim2_models import (
    URN,
    AnyExtension,
    AuthenticationScheme,
    Bulk,
    CaseExact,
    ChangePassword,
    ComplexAttribute,
    ETag,
    Extension,
    Filter,
    Mutability,
    Pagination,
    Patch,
    Reference,
    Required,
    Resource,
    ResourceType,
    Returned,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    Uniqueness,
)

PAGE_SIZE = 100
"""The resources of a page at most, and by default: the largest page of the graph."""

MAX_BULK_OPERATIONS = 50
"""Of a bulk request, which has to end in the time of any request."""

MAX_BULK_SIZE = 1_000_000
CURSOR_SECONDS = 24 * 60 * 60

CORE_USER = "urn:ietf:params:scim:schemas:core:2.0:User"
CORE_GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


class Name(ComplexAttribute):
    """The components of the name of a person."""

    formatted: Annotated[str | None, Mutability.read_only, Returned.request] = None
    """The name to show, the same as `displayName`. Only where `attributes` names it."""

    family_name: str | None = None
    """The family name."""

    given_name: Annotated[str | None, Required.true] = None
    """The given name."""


class Email(ComplexAttribute):
    """The work e-mail address. Trellis keeps one."""

    value: Annotated[str | None, Required.true] = None
    """The address."""

    type: str | None = Field(None, examples=["work"])
    """Always `work`."""

    primary: Annotated[bool | None, Mutability.read_only, Returned.request] = None
    """Always true. Only where `attributes` names it."""


class User(Resource[AnyExtension]):
    """The account of a person."""

    __schema__ = URN(CORE_USER)

    user_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    """The name by which the person signs in: the `sub` claim of their tokens, or the claim that is
    configured instead."""

    name: Annotated[Name | None, Required.true] = None
    """The components of the name."""

    Name: ClassVar[type[ComplexAttribute]] = Name

    display_name: Annotated[str | None, Required.true] = None
    """The name to show. By default the given and the family name."""

    title: str | None = None
    """The job title, from today."""

    timezone: str | None = Field(None, examples=["UTC", "Europe/Berlin"])
    """The IANA time zone."""

    active: Annotated[bool | None, Required.true] = None
    """Whether the person may sign in. False suspends the account; the employment goes on."""

    emails: list[Email] | None = None
    """The work e-mail address."""

    Emails: ClassVar[type[ComplexAttribute]] = Email


class Manager(ComplexAttribute):
    """The primary manager of a person."""

    value: Annotated[str | None, Required.true, CaseExact.true] = None
    """The id of the manager."""

    ref: Reference[User[Any]] | None = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    """The URI of the manager."""

    display_name: Annotated[str | None, Mutability.read_only, Returned.request] = None
    """The name of the manager. Only where `attributes` names it."""


class EnterpriseUser(Extension):
    """What Trellis keeps of the enterprise extension."""

    __schema__ = URN(ENTERPRISE)

    employee_number: str | None = None
    """The employee number, unique in the tenant."""

    manager: Manager | None = None
    """The primary manager, from today."""


class GroupMember(ComplexAttribute):
    """A person in a team."""

    value: Annotated[str | None, Mutability.immutable, CaseExact.true] = None
    """The id of the user."""

    ref: Annotated[Reference[User[Any]] | None, Mutability.immutable] = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    """The URI of the user."""

    type: Annotated[str | None, Mutability.immutable] = Field(None, examples=["User"])
    """Always `User`."""

    display: Annotated[str | None, Mutability.read_only, Returned.request] = None
    """The name of the person. Only where `attributes` names it."""


class Group(Resource[Any]):
    """A team."""

    __schema__ = URN(CORE_GROUP)

    display_name: Annotated[str | None, Required.true] = None
    """The name of the team."""

    members: list[GroupMember] | None = None
    """The people in the team today."""

    Members: ClassVar[type[ComplexAttribute]] = GroupMember


POLICY = ScimPolicy(
    remove_value_as_filter=ScimPolicy.RemoveValue.apply,
    unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
)
"""Two habits of Microsoft Entra. `habits.py` has the others."""

CONFIG = ServiceProviderConfig(
    patch=Patch(supported=True),
    bulk=Bulk(supported=True, max_operations=MAX_BULK_OPERATIONS, max_payload_size=MAX_BULK_SIZE),
    filter=Filter(supported=True, max_results=PAGE_SIZE),
    change_password=ChangePassword(supported=False),
    sort=Sort(supported=False),
    etag=ETag(supported=True),
    pagination=Pagination(
        cursor=True,
        index=True,
        default_pagination_method=Pagination.DefaultPaginationMethod.index,
        default_page_size=PAGE_SIZE,
        max_page_size=PAGE_SIZE,
        cursor_timeout=CURSOR_SECONDS,
    ),
    authentication_schemes=[
        AuthenticationScheme(
            type=AuthenticationScheme.Type.oauthbearertoken,
            name="Bearer token",
            description="A key of a service client, or an access token.",
            primary=True,
        )
    ],
)

FullUser: Any = User[EnterpriseUser]

PROVIDER = ScimProvider(
    models=[User, EnterpriseUser, Group],
    resource_types=[ResourceType.from_resource(FullUser), ResourceType.from_resource(Group)],
    config=CONFIG,
    policy=POLICY,
)
