"""What filters of users may name, and how a user is found by the names of the provider."""

from typing import Any
from uuid import UUID

from scim2_models import InvalidValueException
from scim2_models.path import CompareOperator

from api.scim import filters
from api.scim.filters import EQUALITY, EVERYTHING, NOTHING, FilterTranslator, Where
from api.scim.graph import Graph
from domain.accounts import SOURCE
from domain.kernel.text import fold_case
from persistence.kernel.wire_format import extract_uuid

PERSON = "person"
PREFIX_PAGES = 5
"""Pages of accounts that begin with a name; more are not looked at."""

BY_EXTERNAL_ID = """
query ScimExternalId($source: String!, $id: String!) {
  found: person(by: { external: { source: $source, id: $id } }) { id }
}
"""

BY_NAME = """
query ScimUserName($subject: String!, $after: String) {
  exact: member(by: { subject: $subject }) { subject person { id } }
  similar: members(first: 100, after: $after, where: { subject: { startsWith: $subject } }) {
    pageInfo { endCursor hasNextPage }
    nodes { subject person { id } }
  }
}
"""


TEXTS = {
    "displayname": "name",
    "name.formatted": "name",
    "name.givenname": "givenName",
    "name.familyname": "familyName",
    "title": "jobTitle",
    "timezone": "timeZone",
    "emails": "workEmail",
    "emails.value": "workEmail",
    "employeenumber": "employeeNumber",
}
"""The texts that are compared as the graph does, by the attribute of SCIM in lower case."""

ALWAYS_PRESENT = ("id", "username", "active", "displayname", "name", "name.givenname", "meta")
NULLABLE = ("title", "timezone", "emails", "emails.value", "employeenumber")


def build_filters(graph: Graph) -> FilterTranslator:
    """Return the attributes that filters of users may name."""
    attributes = {
        "id": filters.compare_id(PERSON, "id"),
        "externalid": compare_external_id(graph, BY_EXTERNAL_ID),
        "username": _compare_name(graph),
        "active": _compare_active,
        "emails.type": _compare_kind,
        "emails.primary": _compare_kind,
        "manager": filters.compare_id(PERSON, "manager", "id"),
        "manager.value": filters.compare_id(PERSON, "manager", "id"),
        "meta.created": filters.compare_time("member", "createdAt"),
        **{name: filters.compare_text(each) for name, each in TEXTS.items()},
    }
    present: dict[str, Where] = {
        **dict.fromkeys(ALWAYS_PRESENT, EVERYTHING),
        **{name: {TEXTS[name]: {"isNull": False}} for name in NULLABLE},
        "manager": {"manager": {}},
    }
    return FilterTranslator(attributes, present)


def compare_external_id(graph: Graph, document: str) -> filters.Compare:
    """Return the comparison of `externalId`, which has to be equal, by a document of the graph."""

    async def compare(operator: CompareOperator, value: Any) -> Where:
        if operator is not CompareOperator.eq:
            raise filters.refuse("externalId with an operator other than eq")
        data = await graph.read(document, {"source": SOURCE, "id": str(value)})
        return {"id": {"eq": data["found"]["id"]}} if data["found"] else NOTHING

    return compare


def _compare_name(graph: Graph) -> filters.Compare:
    """Return the comparison of `userName`, without regard to case."""

    async def compare(operator: CompareOperator, value: Any) -> Where:
        if operator in EQUALITY:
            found: Where = {"id": {"in": await find_ids_by_name(graph, str(value))}}
            return found if operator is CompareOperator.eq else {"not": found}
        return await filters.compare_text("member", "subject")(operator, value)

    return compare


async def _compare_active(operator: CompareOperator, value: Any) -> Where:
    is_equal = filters.find_operator(EQUALITY, operator) == "eq"
    is_active = str(value).lower() == "true"
    return {"member": {"status": {"eq": "ACTIVE" if is_active == is_equal else "SUSPENDED"}}}


async def _compare_kind(operator: CompareOperator, value: Any) -> Where:
    """Compare the type of an address, or whether it is primary: each is for work and primary."""
    is_equal = filters.find_operator(EQUALITY, operator) == "eq"
    is_kept = str(value).lower() in ("work", "true")
    return {"workEmail": {"isNull": False}} if is_kept is is_equal else NOTHING


def decode(id: str, prefix: str) -> UUID:
    """Return the UUID of an id of the graph."""
    found = extract_uuid(id, prefix)
    assert found is not None, "The graph gives ids with their prefix."
    return found


async def find_ids_by_name(graph: Graph, name: str) -> list[str]:
    """Return the people whose `userName` is equal without regard to case."""
    found, after = set[str](), None
    for _ in range(PREFIX_PAGES):
        data = await graph.read(BY_NAME, {"subject": name, "after": after})
        similar = data["similar"]
        for each in (data["exact"], *similar["nodes"]):
            if each and each["person"] and fold_case(each["subject"]) == fold_case(name):
                found.add(each["person"]["id"])
        if found or not similar["pageInfo"]["hasNextPage"]:
            break
        after = similar["pageInfo"]["endCursor"]
    return sorted(found)


async def find_manager(graph: Graph, named: str | None) -> UUID | None:
    """Return the person whom our id names, or the provider's. Raises SCIMException."""
    if named is None:
        return None
    found = extract_uuid(named, PERSON)
    if found is not None:
        return found
    data = await graph.read(BY_EXTERNAL_ID, {"source": SOURCE, "id": named})
    if data["found"] is None:
        raise InvalidValueException(
            detail="manager: There is no such person. Send the manager first."
        )
    return decode(data["found"]["id"], PERSON)
