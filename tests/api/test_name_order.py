"""Lists of names follow the language of the tenant, also right after it was changed."""

import pytest

from tests.api.company import Company

NAMES = ["adam", "Adam", "Åkeri", "Ärla", "Öre", "Zebra"]
SWEDISH = ["adam", "Adam", "Zebra", "Åkeri", "Ärla", "Öre"]
PAGE = """query($names: [String!], $first: Int, $after: String, $last: Int, $before: String) {
  teams(first: $first, after: $after, last: $last, before: $before,
        where: { name: { in: $names } }, orderBy: [{ field: NAME }]) {
    nodes { name } pageInfo { startCursor endCursor } } }"""


async def read_forwards(company: Company, names: list[str]) -> list[str]:
    found, after = list[str](), None
    while len(found) < len(names):
        page = (await company.query("hr", PAGE, names=names, first=2, after=after))["teams"]
        found += [each["name"] for each in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    return found


async def read_backwards(company: Company, names: list[str]) -> list[str]:
    found, before = list[str](), None
    while len(found) < len(names):
        page = (await company.query("hr", PAGE, names=names, last=2, before=before))["teams"]
        found = [each["name"] for each in page["nodes"]] + found
        before = page["pageInfo"]["startCursor"]
    return found


async def test_names_sort_in_the_language_of_the_tenant(company: Company) -> None:
    pytest.importorskip("icu")
    unit = company.encode_id("org", "ops")
    for name in reversed(NAMES):
        await company.mutate("hr", "teamCreate", "team { id }", organizationId=unit, name=name)
    assert await read_forwards(company, NAMES) == NAMES
    await company.mutate("admin", "tenantEdit", "tenant { locale }", locale="sv")
    assert await read_forwards(company, NAMES) == SWEDISH
    assert await read_backwards(company, NAMES) == SWEDISH
    await company.mutate("hr", "teamCreate", "team { id }", organizationId=unit, name="Äpple")
    expected = [*SWEDISH[:4], "Äpple", *SWEDISH[4:]]
    assert await read_forwards(company, [*NAMES, "Äpple"]) == expected
