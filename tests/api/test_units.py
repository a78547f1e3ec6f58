"""Units over time: a transfer counts on its day, without a write, for reads and for access."""

from copy import copy
from typing import Any

import pytest

from persistence.kernel.wire_format import extract_uuid
from tests.api.company import Company
from tests.factories.actors import NOW

SEE = """query($id: ID!, $ops: ID!, $sales: ID!, $day: Date) {
    person(by: { id: $id }) { organization { code } job(asOf: $day) { organization { code } } }
    inOps: organization(by: { id: $ops }) { people { totalCount } }
    inSales: organization(by: { id: $sales }) { people { totalCount } }
    filtered: people(where: { id: { eq: $id }, organization: { code: { eq: "SALES" } } }) {
        totalCount }
    byId: people(where: { id: { eq: $id }, organization: { id: { eq: $sales } } }) { totalCount }
}"""


async def transfer(company: Company, who: str = "hr", to: str = "sales", **input: Any) -> Any:
    id, unit = company.encode_id("person", "mara"), company.encode_id("org", to)
    selection = "person { organization { code } } job { startsOn organization { code } }"
    return await company.mutate(
        who, "personChangeJob", selection, **{"id": id, "organizationId": unit} | input
    )


async def see(company: Company, who: str, day: str | None = None) -> Any:
    ids = {each: company.encode_id("org", each) for each in ("ops", "sales")}
    id = company.encode_id("person", "mara")
    return await company.query(who, SEE, id=id, day=day, **ids)


def let_the_day_come(company: Company) -> None:
    """Let the first of September begin."""
    company.graph.now = NOW.replace(month=9, day=1)


def show_codes(payload: Any) -> list[Any]:
    return [(each["code"], each["field"] or []) for each in payload["errors"]]


async def test_a_transfer_today_takes_effect_at_once(company: Company) -> None:
    before = await see(company, "peer")
    made = await transfer(company)
    assert made == {
        "person": {"organization": {"code": "SALES"}},
        "job": {"startsOn": "2026-06-15", "organization": {"code": "SALES"}},
        "errors": [],
    }
    after = await see(company, "peer")
    assert after["person"] == {"organization": {"code": "SALES"}, "job": None}
    for place, difference in (("inOps", -1), ("inSales", 1)):
        counts = [each[place]["people"]["totalCount"] for each in (before, after)]
        assert counts[1] - counts[0] == difference
    assert (after["filtered"], after["byId"]) == ({"totalCount": 1}, {"totalCount": 1})


@pytest.mark.parametrize("who", ["mara", "boss", "peer", "admin", "analyst"])
async def test_a_planned_transfer_changes_nothing_that_others_see(
    company: Company, who: str
) -> None:
    before = await see(company, who, "2026-09-01")
    await transfer(company, effectiveOn="2026-09-01")
    assert await see(company, who, "2026-09-01") == before
    found = await see(company, "hr", "2026-09-01")
    assert found["person"] == {
        "organization": {"code": "OPS"},
        "job": {"organization": {"code": "SALES"}},
    }
    assert found["byId"] == {"totalCount": 0}


async def test_a_planned_transfer_takes_effect_on_its_day_without_a_write(
    company: Company,
) -> None:
    before = await see(company, "peer")
    await transfer(company, effectiveOn="2026-09-01")
    let_the_day_come(company)
    after = await see(company, "peer")
    assert after["person"]["organization"] == {"code": "SALES"}
    assert after["inOps"]["people"]["totalCount"] == before["inOps"]["people"]["totalCount"] - 1
    assert after["inSales"]["people"]["totalCount"] == before["inSales"]["people"]["totalCount"] + 1
    assert (after["filtered"], after["byId"]) == ({"totalCount": 1}, {"totalCount": 1})


async def test_rights_follow_the_person_on_the_day(company: Company) -> None:
    id = company.encode_id("person", "mara")
    query = """query($id: ID!) { person(by: { id: $id }) { viewerCan }
        people(where: { id: { eq: $id }, hiredOn: { isNull: false } }) { totalCount } }"""
    planned = await transfer(company, effectiveOn="2026-09-01")
    assert planned["errors"] == []
    for has_come, (may, may_not) in enumerate((("hr_ops", "hr_far"), ("hr_far", "hr_ops"))):
        if has_come:
            let_the_day_come(company)
        for who, is_permitted in ((may_not, False), (may, True)):
            found = await company.query(who, query, id=id)
            assert ("CHANGE_JOB" in found["person"]["viewerCan"]) is is_permitted, (who, has_come)
            assert found["people"]["totalCount"] == int(is_permitted)
            if has_come or not is_permitted:
                payload = await company.mutate(
                    who, "personChangeJob", "person { id }", id=id, level="L9"
                )
                assert show_codes(payload) == ([] if is_permitted else [("NOT_PERMITTED", [])])


async def test_somebody_belongs_to_the_new_unit_on_the_day(company: Company) -> None:
    unit = company.encode_id("org", "sales")
    made = await company.mutate(
        "hr",
        "goalCreate",
        "goal { id }",
        owner={"organizationId": unit},
        title="Sell",
        visibility="ORGANIZATION",
        dueOn="2026-12-31",
    )
    goal = made["goal"]["id"]
    await company.mutate("hr", "goalActivate", "goal { id }", id=goal)
    query = "query($id: ID!) { goal(by: { id: $id }) { title } }"
    await transfer(company, effectiveOn="2026-09-01")
    assert (await company.query("mara", query, id=goal))["goal"] is None
    let_the_day_come(company)
    assert (await company.query("mara", query, id=goal))["goal"] == {"title": "Sell"}


async def test_any_later_change_stores_the_unit_of_the_day(company: Company, owner: Any) -> None:
    await transfer(company, effectiveOn="2026-09-01")
    let_the_day_come(company)
    id = company.encode_id("person", "mara")
    await company.mutate("hr", "personEdit", "person { id }", id=id, familyName="Moved")
    async with owner.transaction():
        await owner.execute(f"SET LOCAL app.tenant_id = '{company.tenant_id}'")
        stored = await owner.fetchrow(
            "SELECT o.code, p.unit_changes_on FROM people p JOIN organizations o"
            " ON o.tenant_id = p.tenant_id AND o.id = p.organization_id WHERE p.id = $1",
            company.people["mara"].id,
        )
    assert tuple(stored) == ("SALES", None)
    assert (await see(company, "peer"))["person"]["organization"] == {"code": "SALES"}


@pytest.mark.parametrize(
    ("who", "input", "code", "field"),
    [
        ("admin", {}, "NOT_PERMITTED", []),
        ("mara", {}, "NOT_PERMITTED", []),
        ("hr_ops", {}, "NOT_PERMITTED", []),
        ("hr_far", {}, "NOT_PERMITTED", []),
        ("hr_ops", {"organizationId": None}, "NOT_PERMITTED", []),
        ("hr_ops", {"effectiveOn": "2026-09-01"}, "NOT_PERMITTED", []),
        ("hr", {"to": "closed"}, "INVALID", ["organizationId"]),
        ("hr", {"effectiveOn": "2019-12-31"}, "OUT_OF_RANGE", ["effectiveOn"]),
        ("hr", {"effectiveOn": "2020-01-01"}, "NOT_UNIQUE", ["effectiveOn"]),
    ],
)
async def test_a_refused_transfer_leaves_no_trace(
    company: Company, who: str, input: dict[str, Any], code: str, field: list[str]
) -> None:
    before = await see(company, "hr")
    payload = await transfer(company, who, **input)
    assert show_codes(payload) == [(code, field)]
    assert await see(company, "hr") == before


async def test_hr_of_one_unit_does_not_take_over_what_others_planned(company: Company) -> None:
    """Mara will be in Sales in autumn; HR of Operations cannot plan to get her back."""
    await transfer(company, effectiveOn="2026-09-01")
    back = await transfer(company, "hr_ops", "dock", effectiveOn="2026-10-01")
    assert show_codes(back) == [("NOT_PERMITTED", [])]
    sooner = await transfer(company, "hr_ops", "dock", effectiveOn="2026-08-01")
    assert show_codes(sooner) == []


async def test_nobody_is_in_a_unit_before_it_starts(company: Company) -> None:
    made = await company.mutate(
        "hr",
        "organizationCreate",
        "organization { id }",
        kind="SITE",
        code="NEW",
        name="New",
        parentId=company.encode_id("org", "ops"),
        startsOn="2026-08-01",
    )
    unit = {"organizationId": made["organization"]["id"]}
    for day, errors in (
        (None, [("OUT_OF_RANGE", ["organizationId"])]),
        ("2026-07-31", [("OUT_OF_RANGE", ["organizationId"])]),
        ("2026-08-01", []),
    ):
        assert show_codes(await transfer(company, **unit, effectiveOn=day)) == errors
    hired = await company.mutate("hr", "personHire", "person { id }", givenName="Nia", **unit)
    assert show_codes(hired) == [("OUT_OF_RANGE", ["organizationId"])]
    earlier = await company.mutate(
        "hr",
        "personHire",
        "person { organization { code } }",
        givenName="Nia",
        hiredOn="2026-08-01",
        **unit,
    )
    assert earlier["person"] == {"organization": {"code": "NEW"}}


async def close(company: Company, who: str, unit: str, **input: Any) -> Any:
    id = company.encode_id("org", unit)
    return await company.mutate(
        who, "organizationClose", "organization { endsOn }", id=id, endsOn="2026-08-31", **input
    )


async def create_annex(company: Company) -> None:
    """Create a unit without people or teams."""
    made = await company.mutate(
        "hr",
        "organizationCreate",
        "organization { id }",
        kind="SITE",
        code="ANNEX",
        name="Annex",
        parentId=company.encode_id("org", "hq"),
        startsOn="2020-01-01",
    )
    company.units["annex"] = copy(company.units["sales"])
    company.units["annex"].id = extract_uuid(made["organization"]["id"], "org")


async def test_a_known_plan_keeps_a_unit_open_and_a_hidden_one_becomes_one_without_a_unit(
    company: Company,
) -> None:
    await create_annex(company)
    await transfer(company, to="annex", effectiveOn="2026-09-01")
    assert show_codes(await close(company, "hr", "annex")) == [("STATE_CONFLICT", [])]
    people = "{ people(first: 100) { nodes { id version updatedAt } } }"
    before = await company.query("admin", people)
    closed = await close(company, "admin", "annex")
    assert closed == {"organization": {"endsOn": "2026-08-31"}, "errors": []}
    assert await company.query("admin", people) == before, "Nobody shows that they had a plan."
    found = await see(company, "hr", "2026-09-01")
    assert found["person"] == {"organization": {"code": "OPS"}, "job": {"organization": None}}
    again = await transfer(company, to="annex", effectiveOn="2026-09-01")
    assert show_codes(again) == [("INVALID", ["organizationId"])]


async def test_a_unit_is_closed_when_everybody_is_planned_to_leave_it(company: Company) -> None:
    await create_annex(company)
    await transfer(company, to="annex")
    assert show_codes(await close(company, "hr", "annex")) == [("STATE_CONFLICT", [])]
    await transfer(company, to="sales", effectiveOn="2026-09-01")
    assert show_codes(await close(company, "admin", "annex")) == [("STATE_CONFLICT", [])]
    assert show_codes(await close(company, "hr", "annex")) == []
    id = company.encode_id("person", "mara")
    jobs = await company.query(
        "hr", "query($id: ID!) { person(by: {id: $id}) { jobs { id } } }", id=id
    )
    withdrawn = await company.mutate(
        "hr",
        "personWithdrawJob",
        "person { id }",
        id=id,
        jobId=jobs["person"]["jobs"][-1]["id"],
        reason="Given up.",
    )
    assert show_codes(withdrawn) == [("INVALID", ["jobId"])]


async def test_the_past_unit_is_corrected_and_the_earlier_record_stays_known(
    company: Company,
) -> None:
    id = company.encode_id("person", "mara")
    await transfer(company, effectiveOn="2026-03-01")
    jobs = (
        "query($id: ID!) { person(by: {id: $id}) { jobs { id startsOn organization { code } } } }"
    )
    found = (await company.query("hr", jobs, id=id))["person"]["jobs"]
    assert [(each["startsOn"], each["organization"]["code"]) for each in found] == [
        ("2020-01-01", "OPS"),
        ("2026-03-01", "SALES"),
    ]
    corrected = await company.mutate(
        "hr",
        "personCorrectJob",
        "person { organization { code } } job { organization { code } }",
        id=id,
        jobId=found[1]["id"],
        organizationId=company.encode_id("org", "dock"),
        reason="The wrong unit was entered.",
    )
    assert corrected["person"] == {"organization": {"code": "DOCK"}}
    assert corrected["job"] == {"organization": {"code": "DOCK"}}
    entry = await company.query(
        "hr",
        "query($id: ID!) { person(by: {id: $id}) { history(first: 1) { nodes { action"
        " changes { field before after } } } } }",
        id=id,
    )
    (node,) = entry["person"]["history"]["nodes"]
    shown = {each["field"]: each for each in node["changes"]}
    assert node["action"] == "JOB_CORRECTED"
    assert [
        each[0]["organizationId"] for each in (shown["jobs"]["before"], shown["jobs"]["after"])
    ] == [company.encode_id("org", each) for each in ("sales", "dock")]
