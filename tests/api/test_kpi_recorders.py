"""Who enters the values of a KPI, without defining it."""

from typing import Any

from api.kernel.schema.global_ids import encode_id
from domain.kernel.identity import generate_id
from domain.service_clients import build_subject
from tests.api.company import Company
from tests.api.test_kpi_measurements import errors, record, stored

EDIT = "kpi { viewerCan recorders { nodes { name } } }"
SEEN = "query($id: ID!) { kpi(by: { id: $id }) { name viewerCan } }"
MARCH = {"period": "2026-03", "value": "0.95"}
RECORDING = ["RECORD_MEASUREMENTS", "RESTATE_MEASUREMENT", "WITHDRAW_MEASUREMENT", "MARK_SEEN"]


async def set_recorders(company: Company, *names: str, kpi: str = "named") -> Any:
    """Let exactly these people enter the values of a KPI."""
    ids = [company.encode_id("person", each) for each in names]
    id = company.encode_id("kpi", kpi)
    return await company.mutate("mara", "kpiEdit", EDIT, id=id, recorderIds=ids)


async def see(company: Company, who: str, kpi: str = "named") -> Any:
    """Return what somebody sees of a KPI."""
    return (await company.query(who, SEEN, id=company.encode_id("kpi", kpi)))["kpi"]


async def let_record(company: Company, who: str, unit: str) -> None:
    """Give somebody the permission to enter values of all KPIs of a unit and those below it."""
    place = company.encode_id("org", unit)
    grants = [{"permission": "KPIS_RECORD", "population": "ORGANIZATION", "organizationId": place}]
    await company.mutate("admin", "tenantEdit", "tenant { id }", allowsGrantingUnheld=True)
    role = {"key": "scribe", "name": "Scribe", "grants": grants}
    made = await company.mutate("admin", "roleCreate", "role { id }", **role)
    member = {"id": company.encode_id("member", who), "roleId": made["role"]["id"]}
    given = await company.mutate("admin", "memberAssignRole", "member { id }", **member)
    assert made["errors"] == given["errors"] == []


async def test_a_recorder_sees_the_kpi_and_enters_its_values_and_nothing_else(
    company: Company,
) -> None:
    assert await see(company, "boss") is None
    edited = await set_recorders(company, "boss")
    assert edited["errors"] == []
    assert edited["kpi"]["recorders"] == {"nodes": [{"name": company.people["boss"].name}]}
    shown = await see(company, "boss")
    assert shown == {"name": "Absence", "viewerCan": RECORDING}
    made = await record(company, MARCH, who="boss", kpi="named")
    assert made["outcomes"] == ["CREATED"]
    assert await stored(company, "named") == [("2026-03", "0.95", 1)]


async def test_who_is_no_recorder_any_more_does_not_see_the_kpi(company: Company) -> None:
    await set_recorders(company, "boss")
    await set_recorders(company)
    refused = await record(company, MARCH, who="boss", kpi="named")
    assert refused["outcomes"] == ["REJECTED"]
    assert [each["code"] for each in refused["errors"]] == ["REFERENCE_NOT_FOUND"]
    assert await see(company, "boss") is None
    assert await stored(company, "named") == []


async def test_only_those_who_edit_a_kpi_choose_its_recorders(company: Company) -> None:
    await set_recorders(company, "boss")
    id = company.encode_id("kpi", "named")
    ids = [company.encode_id("person", "peer")]
    for who in ("boss", "peer"):  # a recorder and a viewer
        refused = await company.mutate(who, "kpiEdit", EDIT, id=id, recorderIds=ids)
        assert [each["code"] for each in refused["errors"]] == ["NOT_PERMITTED"]
    made = await record(company, MARCH, who="peer", kpi="named")
    assert [each["code"] for each in made["errors"]] == ["NOT_PERMITTED"]
    assert await stored(company, "named") == []


async def test_the_permission_covers_the_kpis_of_its_population(company: Company) -> None:
    await let_record(company, "nobody", "ops")
    for kpi in ("named", "shared", "of_team"):
        made = await record(company, MARCH, who="nobody", kpi=kpi)
        assert made["outcomes"] == ["CREATED"], kpi
        assert (await see(company, "nobody", kpi))["viewerCan"] == RECORDING
    elsewhere = await record(company, MARCH, who="nobody", kpi="of_sales")
    assert [each["code"] for each in elsewhere["errors"]] == ["NOT_PERMITTED"]
    assert await stored(company, "of_sales") == []


async def test_all_unknown_recorders_are_told_at_once(company: Company) -> None:
    other = "person_01890000-0000-7000-8000-000000000000"
    id = company.encode_id("kpi", "named")
    known = company.encode_id("person", "peer")
    refused = await company.mutate(
        "mara", "kpiEdit", EDIT, id=id, recorderIds=[other, known], viewerIds=[other]
    )
    assert [(each["code"], each["field"]) for each in refused["errors"]] == [
        ("REFERENCE_NOT_FOUND", ["viewerIds", "0"]),
        ("REFERENCE_NOT_FOUND", ["recorderIds", "0"]),
    ]
    assert await see(company, "peer") == {"name": "Absence", "viewerCan": ["MARK_SEEN"]}


LISTED = "{ kpis { totalCount nodes { name } } people { totalCount } viewer { permissions } }"
GRANTS = "query($id: ID!) { role(by: { id: $id }) { grants { kpi { name } kpiId } } }"
ROLE = "role { id grants { population kpi { name } organization { name } } }"


async def make_role(company: Company, *kpi_ids: str, who: str = "admin", **more: Any) -> Any:
    """Make a role that records the values of these KPIs."""
    grant = {"permission": "KPIS_RECORD", "population": "KPI"} | more
    grants = [grant | {"kpiId": each} for each in kpi_ids]
    return await company.mutate(who, "roleCreate", ROLE, key="feed", name="Feed", grants=grants)


async def connect(company: Company, *kpis: str) -> tuple[str, str]:
    """Let a client record these KPIs; return its subject, and the id of its role."""
    for policy in ("allowsGrantingUnheld", "allowsSelfAppointment"):
        await company.mutate("ruler", "tenantEdit", "tenant { id }", **{policy: True})
    ids = [company.encode_id("kpi", each) for each in kpis]
    made = await make_role(company, *ids, who="ruler")
    member = {"id": company.encode_id("member", "payroll"), "roleId": made["role"]["id"]}
    given = await company.mutate("ruler", "memberAssignRole", "member { id }", **member)
    assert made["errors"] == given["errors"] == []
    return build_subject(company.clients.clients["payroll"].id), made["role"]["id"]


async def test_a_client_enters_the_values_of_the_kpi_that_its_role_names(company: Company) -> None:
    client, _ = await connect(company, "shared")
    assert await company.query(client, LISTED) == {
        "kpis": {"totalCount": 1, "nodes": [{"name": "On-time delivery"}]},
        "people": {"totalCount": 0},
        "viewer": {"permissions": ["KPIS_RECORD"]},
    }
    assert (await see(company, client, "shared"))["viewerCan"] == RECORDING
    assert (await record(company, MARCH, who=client))["outcomes"] == ["CREATED"]
    assert await stored(company) == [("2026-03", "0.95", 1)]

    unknown = encode_id("kpi", generate_id())
    others = ({"kpiId": company.encode_id("kpi", "named")}, {"kpiId": unknown})
    hidden = await record(company, *(MARCH | each for each in others), who=client)
    assert hidden["outcomes"] == ["REJECTED", "REJECTED"]
    first, second = hidden["errors"]
    assert (first["code"], first["field"]) == ("REFERENCE_NOT_FOUND", ["rows", "0", "kpiId"])
    assert second == first | {"index": 1, "field": ["rows", "1", "kpiId"]}
    assert await see(company, client, "named") is None
    assert await stored(company, "named") == []
    edited = await company.mutate(
        client, "kpiEdit", "kpi { name }", id=company.encode_id("kpi", "shared"), name="Mine"
    )
    assert [each["code"] for each in edited["errors"]] == ["NOT_PERMITTED"]


async def test_a_client_whose_role_names_the_kpi_no_more_is_refused(company: Company) -> None:
    client, role_id = await connect(company, "shared", "archived", "of_sales")
    rows = [MARCH | {"kpiId": company.encode_id("kpi", each)} for each in ("archived", "of_sales")]
    made = await record(company, MARCH, *rows, who=client)
    assert made["outcomes"] == ["CREATED", "REJECTED", "CREATED"]
    assert errors(made) == [(1, ["rows", "1", "kpiId"], "STATE_CONFLICT")]
    kept = [{"permission": "KPIS_RECORD", "population": "KPI", "kpiId": rows[1]["kpiId"]}]
    less = await company.mutate("ruler", "roleSetGrants", ROLE, id=role_id, grants=kept)
    assert [each["kpi"]["name"] for each in less["role"]["grants"]] == ["Revenue"]
    later = await record(company, MARCH | {"value": "1"}, rows[1] | {"value": "2"}, who=client)
    assert later["outcomes"] == ["REJECTED", "UPDATED"]
    assert errors(later) == [(0, ["rows", "0", "kpiId"], "REFERENCE_NOT_FOUND")]
    assert await stored(company) == [("2026-03", "0.95", 1)]
    assert await stored(company, "of_sales") == [("2026-03", "2", 2)]


async def test_who_gives_a_client_a_kpi_that_they_do_not_record_appoints_themselves(
    company: Company,
) -> None:
    await company.mutate("ruler", "tenantEdit", "tenant { id }", allowsGrantingUnheld=True)
    made = await make_role(company, company.encode_id("kpi", "shared"))
    member = {"id": company.encode_id("member", "payroll"), "roleId": made["role"]["id"]}
    refused = await company.mutate("admin", "memberAssignRole", "member { id }", **member)
    assert [each["code"] for each in refused["errors"]] == ["SELF_APPOINTMENT"]
    await company.mutate("ruler", "tenantEdit", "tenant { id }", allowsSelfAppointment=True)
    again = await company.mutate("admin", "memberAssignRole", "member { id }", **member)
    assert [(each["code"], each["field"]) for each in again["errors"]] == [
        ("REQUIRED", ["selfAppointmentReason"])
    ]  # the admin may have its key, and does not record this KPI
    assert (await see(company, build_subject(company.clients.clients["payroll"].id))) is None


async def test_who_does_not_see_the_kpi_of_a_grant_keeps_it_by_its_id(company: Company) -> None:
    _, role_id = await connect(company, "named")
    (grant,) = (await company.query("admin", GRANTS, id=role_id))["role"]["grants"]
    assert grant == {"kpi": None, "kpiId": company.encode_id("kpi", "named")}
    given = {"permission": "KPIS_RECORD", "population": "KPI", "kpiId": grant["kpiId"]}
    more = [given, {"permission": "DIRECTORY_READ"}]
    changed = await company.mutate("admin", "roleSetGrants", ROLE, id=role_id, grants=more)
    assert changed["errors"] == []
    found = await company.query("ruler", GRANTS, id=role_id)
    assert found["role"]["grants"] == [
        {"kpi": None, "kpiId": None},
        {"kpi": {"name": "Absence"}, "kpiId": grant["kpiId"]},
    ]


async def test_a_role_names_only_kpis_that_its_maker_may_record(company: Company) -> None:
    unknown = encode_id("kpi", generate_id())
    refused = await make_role(company, company.encode_id("kpi", "shared"))
    assert [(each["code"], each["field"]) for each in refused["errors"]] == [
        ("NOT_PERMITTED", ["grants"])
    ]
    await company.mutate("admin", "tenantEdit", "tenant { id }", allowsGrantingUnheld=True)
    refused = await make_role(company, company.encode_id("kpi", "named"), unknown)
    assert [(each["code"], each["field"]) for each in refused["errors"]] == [
        ("REFERENCE_NOT_FOUND", ["grants", "0", "kpiId"]),  # hidden from the admin
        ("REFERENCE_NOT_FOUND", ["grants", "1", "kpiId"]),
    ]
    wrong = await make_role(company, company.encode_id("kpi", "shared"), permission="KPIS_READ")
    assert [(each["code"], each["field"]) for each in wrong["errors"]] == [
        ("INVALID", ["grants", "0", "population"])
    ]
    found = await company.query("admin", '{ role(by: { key: "feed" }) { id } }')
    assert found["role"] is None
