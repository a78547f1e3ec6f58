"""What `trellis migrate` derives again: search words, folded codes and sort keys of one tenant."""

from typing import Any

import pytest

from domain.kernel.identity import TenantId
from persistence.kernel.collation import build_sort_key
from persistence.text_refresh import DUPLICATE_MARK, refresh_tenant
from tests.conftest import SaveAggregates
from tests.factories.organizations import an_organization
from tests.factories.people import a_person

FORGET = (
    "UPDATE people SET name_sort_key = '', work_email_folded = NULL WHERE tenant_id = $1",
    "UPDATE organizations SET name_sort_key = 'x', code_folded = NULL WHERE tenant_id = $1",
    "DELETE FROM words WHERE tenant_id = $1 AND entity = 'person'",
    "UPDATE words SET word = word || '-stale' WHERE tenant_id = $1 AND entity = 'organization'",
)
RENAME = "UPDATE organizations SET code = 'Same' WHERE tenant_id = $1"
READ = """
SELECT ARRAY(SELECT name_sort_key || '|' || work_email_folded FROM people WHERE tenant_id = $1),
       ARRAY(SELECT code_folded FROM organizations WHERE tenant_id = $1 ORDER BY id),
       ARRAY(SELECT name_sort_key FROM organizations WHERE tenant_id = $1 ORDER BY id),
       ARRAY(SELECT DISTINCT word FROM words WHERE tenant_id = $1 ORDER BY word)
"""


@pytest.mark.anyio
async def test_missing_and_stale_texts_are_derived_again(
    keep: SaveAggregates, tenant_id: TenantId, owner: Any
) -> None:
    mara = a_person(tenant_id, "Øyvind", "O'Neill", work_email="Mara@Bücher.example")
    first, second = an_organization(tenant_id, "ONE"), an_organization(tenant_id, "TWO")
    await keep(mara, first, second)

    async def enter(*statements: str) -> list[list[str]]:
        async with owner.transaction():
            await owner.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
            for each in statements:
                await owner.execute(each, tenant_id)
            return list(await owner.fetchrow(READ, tenant_id))

    before = await enter()
    assert before[0] == [f"{build_sort_key(mara.name, 'en')}|mara@bücher.example"]
    gone, codes, keys, words = await enter(*FORGET)
    assert (gone, codes, keys) == ([None], [None, None], ["x", "x"])
    assert all(each.endswith("-stale") for each in words)
    await refresh_tenant(owner, tenant_id)
    assert await enter() == before

    await enter(*FORGET, RENAME)
    for _ in range(2):
        await refresh_tenant(owner, tenant_id)
        _, codes, _, words = await enter()
        assert codes == ["same", f"same{DUPLICATE_MARK}{second.id}"]
        assert {"same", "oyvind", "oneill"} <= {*words}
