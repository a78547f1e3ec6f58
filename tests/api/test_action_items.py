"""Action items in the graph, and the tasks of the viewer that they are."""

from typing import Any

from tests.api.company import Company
from tests.api.test_merging import merge, prepare

TASKS = """{ viewer { tasks(where: { kind: { eq: ACTION_ITEM } }) { totalCount nodes {
    kind dueOn subject { ... on ActionItem { title owner { name } kpi { name } } } } } } }"""


async def read_tasks(company: Company, who: str) -> list[tuple[str, str]]:
    """Return the titles and due days of the viewer's tasks, in their order."""
    tasks = (await company.query(who, TASKS))["viewer"]["tasks"]
    assert tasks["totalCount"] == len(tasks["nodes"])
    assert {each["kind"] for each in tasks["nodes"]} <= {"ACTION_ITEM"}
    return [(each["subject"]["title"], each["dueOn"]) for each in tasks["nodes"]]


async def ask(company: Company, who: str, title: str, due_on: str, **more: Any) -> Any:
    input = {"title": title, "dueOn": due_on, **more}
    selection = "actionItem { id version note status viewerCan }"
    return await company.mutate(who, "actionItemCreate", selection, **input)


async def test_an_open_action_item_is_a_task_of_its_owner(company: Company) -> None:
    peer, mara = company.encode_id("person", "peer"), company.encode_id("person", "mara")
    kpi = company.encode_id("kpi", "shared")
    made = await ask(company, "mara", "Ask the depot", "2026-06-20", ownerId=peer, kpiId=kpi)
    await ask(company, "mara", "Ask the carrier", "2026-06-16", ownerId=peer)
    assert await read_tasks(company, "peer") == [
        ("Ask the carrier", "2026-06-16"),
        ("Ask the depot", "2026-06-20"),
    ]
    assert await read_tasks(company, "mara") == [("Call the carrier", "2026-06-22")]

    id = made["actionItem"]["id"]
    changes = {"id": id, "dueOn": "2026-06-15", "title": "Ask the depot today"}
    await company.mutate("peer", "actionItemEdit", "actionItem { id }", **changes)
    assert (await read_tasks(company, "peer"))[0] == ("Ask the depot today", "2026-06-15")

    await company.mutate("mara", "actionItemEdit", "actionItem { id }", id=id, ownerId=mara)
    assert await read_tasks(company, "peer") == [("Ask the carrier", "2026-06-16")]
    assert ("Ask the depot today", "2026-06-15") in await read_tasks(company, "mara")


async def test_a_closed_action_item_is_no_task_until_it_is_reopened(company: Company) -> None:
    made = await ask(company, "peer", "Count parcels", "2026-06-20")
    id = made["actionItem"]["id"]
    done = await company.mutate("peer", "actionItemComplete", "actionItem { status note }", id=id)
    assert done == {"actionItem": {"status": "COMPLETED", "note": None}, "errors": []}
    assert await read_tasks(company, "peer") == []

    again = await company.mutate("peer", "actionItemComplete", "actionItem { status }", id=id)
    assert [each["code"] for each in again["errors"]] == ["STATE_CONFLICT"]
    await company.mutate("peer", "actionItemReopen", "actionItem { id }", id=id)
    assert await read_tasks(company, "peer") == [("Count parcels", "2026-06-20")]


async def test_an_owner_refuses_an_action_item_with_a_reason(company: Company) -> None:
    id = company.encode_id("action", "asked")
    silent = await company.mutate(
        "mara", "actionItemCancel", "actionItem { status }", id=id, note=" "
    )
    assert [(each["code"], each["field"]) for each in silent["errors"]] == [("REQUIRED", ["note"])]
    assert await read_tasks(company, "mara") == [("Call the carrier", "2026-06-22")]

    refused = await company.mutate(
        "mara", "actionItemCancel", "actionItem { status note }", id=id, note="We have no carrier."
    )
    assert refused["actionItem"] == {"status": "CANCELLED", "note": "We have no carrier."}
    assert await read_tasks(company, "mara") == []


async def test_all_faults_of_a_new_action_item_are_named_at_once(company: Company) -> None:
    hidden = company.encode_id("kpi", "named")
    payload = await ask(company, "boss", "Ask", "2026-06-14", kpiId=hidden)
    assert payload["actionItem"] is None
    assert [(each["code"], each["field"]) for each in payload["errors"]] == [
        ("REFERENCE_NOT_FOUND", ["kpiId"]),
        ("INVALID", ["dueOn"]),
    ]
    assert await read_tasks(company, "boss") == []


async def test_what_an_action_item_is_about_stays_hidden_from_its_owner(company: Company) -> None:
    boss = company.encode_id("person", "boss")
    kpi = company.encode_id("kpi", "named")
    await ask(company, "mara", "Look at absence", "2026-06-20", ownerId=boss, kpiId=kpi)
    tasks = (await company.query("boss", TASKS))["viewer"]["tasks"]["nodes"]
    subject = {"title": "Look at absence", "owner": {"name": "Boss Okafor"}, "kpi": None}
    assert [each["subject"] for each in tasks] == [subject]


async def test_nobody_reads_the_tasks_of_another(company: Company) -> None:
    document = "query($id: ID!) { node(id: $id) { id } }"
    tasks = "{ viewer { tasks(where: { kind: { eq: ACTION_ITEM } }) { nodes { id } } } }"
    (task,) = (await company.query("mara", tasks))["viewer"]["tasks"]["nodes"]
    assert await company.query("mara", document, id=task["id"]) == {"node": task}
    for who in ("boss", "hr", "admin"):
        assert await company.query(who, document, id=task["id"]) == {"node": None}


async def test_the_tasks_of_merged_people_are_those_of_the_one_who_stays(company: Company) -> None:
    await prepare(company)
    assert (await merge(company, "lead", "mara"))["errors"] == []
    tasks = (await company.query("mara", TASKS))["viewer"]["tasks"]["nodes"]
    assert [each["subject"]["owner"] for each in tasks] == [{"name": "Lead Okafor"}]
