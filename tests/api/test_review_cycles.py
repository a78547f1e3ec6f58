"""Review cycles: written down as data, and planned before they are launched."""

from datetime import date
from typing import Any

from domain.kernel.identity import PersonId
from tests.api.company import Company
from tests.api.permissions.review_cycles import INPUTS

PLAN = """
reviewCycle { status version }
plan {
  participantCount ratableCount reviewCount conflictCount canLaunch
  participants { personId managerId days isRatable reviews { direction writerId templateId dueOn } }
  conflicts { code isBlocking personId phase found limit }
  writerLoads { writerId reviews }
  phases { kind startsOn lastDay endsAt }
}
"""


async def plan(company: Company, name: str, who: str = "hr", **input: Any) -> Any:
    """Plan a cycle, and return the payload."""
    id = company.encode_id("reviewcycle", name)
    return await company.mutate(who, "reviewCyclePlan", PLAN, id=id, **input)


def name_people(company: Company) -> dict[str, str]:
    return {company.encode_id("person", each): each for each in company.people}


async def test_a_plan_names_who_writes_and_every_conflict(company: Company) -> None:
    names = name_people(company)
    payload = await plan(company, "whole")
    assert payload["errors"] == []
    assert payload["reviewCycle"] == {"status": "DRAFT", "version": 1}
    found = payload["plan"]
    by_person = {names[each["personId"]]: each for each in found["participants"]}
    assert by_person.keys() == company.people.keys() - {"chief", "alumna"}
    mara = by_person["mara"]
    assert (names[mara["managerId"]], mara["isRatable"]) == ("boss", True)
    assert [
        (each["direction"], names[each["writerId"]], each["dueOn"]) for each in mara["reviews"]
    ] == [
        ("SELF", "mara", "2026-07-15"),
        ("MANAGER", "boss", "2026-08-15"),
    ]
    lonely = by_person.keys() - {"mara", "peer", "boss"}
    assert {(each["code"], names[each["personId"]]) for each in found["conflicts"]} == {
        ("NO_MANAGER", each) for each in lonely
    }
    assert (found["participantCount"], found["conflictCount"]) == (len(by_person), len(lonely))
    assert (found["canLaunch"], found["reviewCount"]) == (False, len(by_person) + 3)
    loads = {names[each["writerId"]]: each["reviews"] for each in found["writerLoads"]}
    assert loads == {"boss": 2, "chief": 1}
    assert found["phases"][0] == {
        "kind": "SELF",
        "startsOn": "2026-07-01",
        "lastDay": "2026-07-15",
        "endsAt": "2026-07-16T12:00:00+00:00",
    }


async def test_a_plan_of_a_unit_has_its_people_page_by_page(company: Company) -> None:
    names, ops = name_people(company), company.units["ops"].id
    first = (await plan(company, "ops", "hr_ops", first=2))["plan"]
    last = first["participants"][-1]["personId"]
    rest = (await plan(company, "ops", "hr_ops", afterId=last))["plan"]
    listed = [names[each["personId"]] for each in first["participants"] + rest["participants"]]
    here = {name for name, each in company.people.items() if each.organization_id == ops}
    assert set(listed) == here - {"alumna"}
    assert first["participantCount"] == len(listed) == len(set(listed))
    refused = await plan(company, "ops", "hr_ops", first=1_001)
    assert refused["plan"] is None
    assert [(each["code"], each["field"]) for each in refused["errors"]] == [
        ("OUT_OF_RANGE", ["first"])
    ]


async def test_what_a_cycle_refers_to_is_checked_with_all_faults(company: Company) -> None:
    draft = company.encode_id("reviewtemplate", "draft")
    given = dict(INPUTS["reviewCycleCreate ops"](company))
    given["directions"] = [
        {"direction": "SELF", "templateId": draft},
        {
            "direction": "PEER",
            "templateId": company.encode_id("reviewtemplate", "published"),
        },
    ]
    given["unitIds"] = [company.encode_id("org", "sales")]
    chief = company.encode_id("person", "chief")
    given["selections"] = [{"kind": "ADDED", "personId": chief, "reason": "Asked for it."}]
    before = await company.query("hr", "{ reviewCycles { totalCount } }")
    refused = await company.mutate("hr_ops", "reviewCycleCreate", "reviewCycle { id }", **given)
    assert [(each["code"], ".".join(each["field"])) for each in refused["errors"]] == [
        ("INVALID", "unitIds.0"),
        ("REFERENCE_NOT_FOUND", "directions.0.templateId"),
        ("INVALID", "directions.1.templateId"),
        ("INVALID", "selections.0.personId"),
        ("INVALID", "directions.1.direction"),
    ]
    assert await company.query("hr", "{ reviewCycles { totalCount } }") == before


async def test_a_draft_is_changed_part_by_part(company: Company) -> None:
    cycle, mara = company.encode_id("reviewcycle", "whole"), company.encode_id("person", "mara")
    selection = (
        "reviewCycle { version minDays employmentTypes units { nodes { name } }"
        " selections { kind person { name } reason } phases { kind } }"
    )
    changed = await company.mutate(
        "hr",
        "reviewCycleEdit",
        selection,
        id=cycle,
        minDays=90,
        employmentTypes=["FIXED_TERM", "PERMANENT"],
        unitIds=[company.encode_id("org", "ops")],
        selections=[{"kind": "EXCLUDED", "personId": mara, "reason": "On trial."}],
    )
    assert changed["errors"] == []
    assert changed["reviewCycle"] == {
        "version": 2,
        "minDays": 90,
        "employmentTypes": ["PERMANENT", "FIXED_TERM"],
        "units": {"nodes": [{"name": "Operations"}]},
        "selections": [
            {"kind": "EXCLUDED", "person": {"name": "Mara Okafor"}, "reason": "On trial."}
        ],
        "phases": [{"kind": "SELF"}, {"kind": "MANAGER"}],
    }


async def test_days_and_managers_of_a_plan_follow_from_dated_facts(company: Company) -> None:
    newcomer = company.people["newcomer"]
    edited = await company.mutate(
        "hr",
        "reviewCycleEdit",
        "reviewCycle { id }",
        id=company.encode_id("reviewcycle", "whole"),
        minDays=100,
        cutOffOn="2026-05-31",
    )
    assert edited["errors"] == []
    departed = await company.mutate(
        "hr",
        "personDepart",
        "person { id }",
        id=company.encode_id("person", "lead"),
        lastDay="2026-06-29",
    )
    assert departed["errors"] == []
    names = name_people(company)
    found = (await plan(company, "whole"))["plan"]
    by_person = {names[each["personId"]]: each for each in found["participants"]}
    assert "lead" not in by_person
    assert names[by_person["mara"]["managerId"]] == "former"
    assert by_person["peer"]["days"] == (date(2026, 6, 1) - date(2026, 1, 1)).days
    assert PersonId(newcomer.id) == newcomer.id
