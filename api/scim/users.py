"""Users of SCIM: people with an account, read by one document and changed by the use cases."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from scim2_models import Meta, Reference, UniquenessException

from api.scim.filters import Where
from api.scim.graph import Graph
from api.scim.resources import Email, EnterpriseUser, FullUser, Manager, Name
from api.scim.user_filters import PERSON, decode, find_ids_by_name
from domain.accounts import SOURCE, Account
from persistence.kernel.wire_format import encode_id

MEMBER = "member"
OPEN: Where = {"member": {"status": {"in": ["ACTIVE", "SUSPENDED"]}}}
"""The people who are users: those with an account that has not been removed."""

FIELDS = """
  id version createdAt updatedAt
  name givenName familyName workEmail jobTitle timeZone employeeNumber lastDay
  references { source externalId }
  manager { id name }
  member { id version status subject createdAt updatedAt }
"""

LIST = f"""
query ScimUsers($first: Int, $after: String, $where: PersonWhere) {{
  people(first: $first, after: $after, where: $where, orderBy: [{{ field: CREATED_AT }}]) {{
    totalCount
    pageInfo {{ endCursor hasNextPage }}
    nodes {{ {FIELDS} }}
  }}
}}
"""

FIND = f"""
query ScimMatch($subject: String!, $source: String!, $externalId: String!, $number: String!,
    $email: String!, $hasExternalId: Boolean!, $hasNumber: Boolean!, $hasEmail: Boolean!) {{
  byName: member(by: {{ subject: $subject }}) {{ person {{ {FIELDS} }} }}
  byExternalId: person(by: {{ external: {{ source: $source, id: $externalId }} }})
    @include(if: $hasExternalId) {{ {FIELDS} }}
  byNumber: person(by: {{ employeeNumber: $number }}) @include(if: $hasNumber) {{ {FIELDS} }}
  byEmail: person(by: {{ workEmail: $email }}) @include(if: $hasEmail) {{ {FIELDS} }}
}}
"""


def build_user(node: Mapping[str, Any]) -> Any:
    """Return the resource of a person with an account."""
    member, manager = node["member"], node["manager"]
    references = {each["source"]: each["externalId"] for each in node["references"] or []}
    user = FullUser(
        id=node["id"],
        external_id=references.get(SOURCE),
        user_name=member["subject"],
        name=Name(
            formatted=node["name"],
            given_name=node["givenName"],
            family_name=node["familyName"] or None,
        ),
        display_name=node["name"],
        title=node["jobTitle"],
        timezone=node["timeZone"],
        active=member["status"] == "ACTIVE",
        emails=[Email(value=node["workEmail"], type="work", primary=True)]
        if node["workEmail"]
        else None,
        meta=Meta(
            resource_type="User",
            created=member["createdAt"],
            last_modified=max(node["updatedAt"], member["updatedAt"]),
            version=f'W/"{node["version"]}.{member["version"]}"',
        ),
    )
    user[EnterpriseUser] = EnterpriseUser(
        employee_number=node["employeeNumber"],
        manager=Manager(
            value=manager["id"],
            ref=Reference(f"Users/{manager['id']}"),
            display_name=manager["name"],
        )
        if manager
        else None,
    )
    return user


def build_account(node: Mapping[str, Any], version: str | None = None) -> Account:
    """Return the account that a change is about, with the versions of an entity tag."""
    versions = version.strip('W/"').split(".") if version else ()
    ids = decode(node["id"], PERSON), decode(node["member"]["id"], MEMBER)
    return Account(*ids, *map(int, versions))


def read_values(user: Any) -> dict[str, Any]:
    """Return what a resource says, by the names of the domain."""
    extension = user[EnterpriseUser] or EnterpriseUser()
    name = user.name or Name()
    return {
        "subject": user.user_name,
        "external_id": user.external_id or None,
        "given_name": name.given_name,
        "family_name": name.family_name or "",
        "name": user.display_name,
        "job_title": user.title or None,
        "time_zone": user.timezone or None,
        "is_active": user.active,
        "work_email": _pick_address(user.emails or []),
        "employee_number": extension.employee_number or None,
        "manager": extension.manager.value if extension.manager else None,
    }


def list_changes(current: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that differ. A name that is composed of its parts follows them."""
    changes = {name: each for name, each in wanted.items() if each != current[name]}
    composed = f"{current['given_name']} {current['family_name']}".strip()
    if changes.get("name", "") is None:
        del changes["name"]
    if current["name"] == composed and wanted["name"] == composed:
        changes.pop("name", None)
    return changes


def _pick_address(emails: list[Email]) -> str | None:
    """Return the address to keep: the primary one, else that for work, else the first."""
    primary = [each for each in emails if each.primary]
    work = [each for each in emails if (each.type or "").lower() == "work"]
    return next((each.value for each in [*primary, *work, *emails] if each.value), None)


def encode(id: UUID) -> str:
    """Return the id of a user."""
    return encode_id(PERSON, id)


async def find_match(graph: Graph, values: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the person whom a new user is about, or None for somebody new.

    That is the person of an account that is not active, by its name or the provider's id, or
    somebody without an account, by employee number or work e-mail. Raises UniquenessException for
    an active account, and where these name different people.
    """
    named = {
        "externalId": values["external_id"],
        "number": values["employee_number"],
        "email": values["work_email"],
    }
    flags = {f"has{name[0].upper()}{name[1:]}": each is not None for name, each in named.items()}
    variables = {name: each or "-" for name, each in named.items()}
    data = await graph.read(
        FIND, {"subject": values["subject"], "source": SOURCE, **variables, **flags}
    )
    by_name = (data["byName"] or {}).get("person")
    if by_name is None and (ids := await find_ids_by_name(graph, values["subject"])):
        listed = await graph.read(LIST, {"first": 1, "where": {"id": {"eq": ids[0]}}})
        by_name = next(iter(listed["people"]["nodes"]), None)
    accounts = _unite([by_name, data.get("byExternalId")])
    if accounts is not None:
        if accounts["member"] and accounts["member"]["status"] == "ACTIVE":
            raise UniquenessException(detail="A user has this userName or externalId already.")
        return accounts
    found = _unite([data.get("byNumber"), _keep_present(data.get("byEmail"))])
    if found is not None and found["member"]:
        raise UniquenessException(
            detail="Another user has this employee number or work e-mail already."
        )
    return found


def _keep_present(node: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return a person unless a departure is recorded: the address may be another person's."""
    return None if node is None or node["lastDay"] else node


def _unite(nodes: list[Mapping[str, Any] | None]) -> Mapping[str, Any] | None:
    """Return the one person of these. Raises UniquenessException if there are two."""
    found = {each["id"]: each for each in nodes if each}
    if len(found) > 1:
        raise UniquenessException(
            detail="The names of this user are those of two people. Correct one of them."
        )
    return next(iter(found.values()), None)
