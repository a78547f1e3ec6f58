"""The quality gate of KPIs: each check, its answer, and what the viewer may see of the reasons."""

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from domain.kernel.aggregate import Aggregate
from domain.kpis import Kpi, KpiFrequency, KpiVisibility
from domain.kpis.quality import ANSWERS, MAX_IN_FOCUS, KpiQualityCode
from persistence.unit_of_work import work as unit
from tests.api.company import Company
from tests.conftest import SAVE
from tests.factories.actors import NOW, an_admin
from tests.factories.kpi_measurements import measure
from tests.factories.kpis import a_kpi

pytestmark = pytest.mark.anyio

READ = "query($id: ID!) { kpi(by: { id: $id }) { quality { code passes sentence } } }"
MADE = "kpi { id }"


async def read(company: Company, kpi: str, who: str = "mara") -> list[dict[str, Any]]:
    found = await company.query(who, READ, id=company.encode_id("kpi", kpi))
    checks: list[dict[str, Any]] = found["kpi"]["quality"]
    return checks


async def find_failed(company: Company, kpi: str, who: str = "mara") -> set[str]:
    return {each["code"] for each in await read(company, kpi, who) if not each["passes"]}


async def edit(company: Company, verb: str, kpi: str, **input: Any) -> None:
    id = company.encode_id("kpi", kpi)
    payload = await company.mutate("hr", verb, MADE, id=id, **input)
    assert payload["errors"] == []


async def store(company: Company, pool: asyncpg.Pool, *added: Aggregate) -> None:
    async with unit.work(pool, an_admin(company.tenant_id), now=NOW) as begun:
        for each in added:
            await begun.add(each, to=SAVE)


async def test_a_new_kpi_says_what_is_missing(company: Company) -> None:
    assert await read(company, "in_unit") == [
        {
            "code": "PURPOSE",
            "passes": False,
            "sentence": "No open goal that you may see is its purpose. Name the goal that the KPI"
            " is crucial to.",
        },
        {
            "code": "DEFINED",
            "passes": False,
            "sentence": "The definition does not say how a value is calculated. Describe it, or"
            " enter a formula.",
        },
        {
            "code": "QUANTIFIED",
            "passes": False,
            "sentence": "The KPI has no value yet. Record the first one.",
        },
        {
            "code": "APPLICABLE",
            "passes": True,
            "sentence": "The KPI applies in its newest period, or has no value yet.",
        },
        {
            "code": "TARGET",
            "passes": False,
            "sentence": "The KPI has no target today. Set one.",
        },
        {"code": "OWNER", "passes": True, "sentence": "The owner has not left."},
        {"code": "SHARED", "passes": True, "sentence": "The KPI is shared."},
        {
            "code": "COMMUNICATED",
            "passes": False,
            "sentence": "Few people have looked at the KPI in its last two periods, or in the last"
            " month. Show it to those who can act on it.",
        },
        {
            "code": "MEASURED_ON_TIME",
            "passes": False,
            "sentence": "A value is overdue, or there is none at all. Record it; of a computed"
            " KPI, its inputs.",
        },
        {
            "code": "FOCUS",
            "passes": True,
            "sentence": "Its unit has at most 20 active KPIs that you may see.",
        },
        {
            "code": "REVIEWED",
            "passes": False,
            "sentence": "No review that you may see looked at the KPI lately. Plan reviews of it or"
            " of its scorecard, and hold them.",
        },
        {
            "code": "SLICES_ADD_UP",
            "passes": True,
            "sentence": "No slices that you may see differ from a total that was recorded beside"
            " them.",
        },
    ]


async def test_a_kpi_passes_when_everything_is_done(company: Company, pool: asyncpg.Pool) -> None:
    kpi = company.kpis["shared"]
    await edit(company, "kpiEdit", "shared", purposeId=company.encode_id("goal", "public"))
    await edit(
        company,
        "kpiRedefine",
        "shared",
        startsOn="2026-06-15",
        reason="It was not clear.",
        calculation="parcels in time / parcels",
    )
    failed = {"QUANTIFIED", "MEASURED_ON_TIME", "REVIEWED", "COMMUNICATED"}
    assert await find_failed(company, "shared") == failed
    schedule = company.encode_id("kpischedule", "shared")
    held = await company.mutate("hr", "kpiReviewHold", "kpiReview { id }", scheduleId=schedule)
    assert held["errors"] == []
    await measure(pool, kpi, {"2026-05-01": "0.97"})
    await see(company, "shared", "boss", "chief", "peer", "lead", "hr")
    assert await read(company, "shared") == [
        {"code": code.name, "passes": True, "sentence": answers.passed}
        for code, answers in ANSWERS.items()
    ]


async def test_values_that_are_late_or_do_not_apply_are_found(
    company: Company, pool: asyncpg.Pool
) -> None:
    """On June 15, the value of April is enough only while that of May is not due."""
    ops, mara = company.units["ops"], company.people["mara"]
    names = ("late", "due_later", "irregular", "not_applicable", "never_applicable")
    for name in names:
        irregular = KpiFrequency.IRREGULAR if name == "irregular" else KpiFrequency.MONTHLY
        company.kpis[name] = a_kpi(ops, mara, name, frequency=irregular)
    company.kpis["due_later"].due_after_days = 15
    await store(company, pool, *(company.kpis[name] for name in names))
    await measure(pool, company.kpis["late"], {"2026-04-01": "1"})
    await measure(pool, company.kpis["due_later"], {"2026-04-01": "1"})
    await measure(pool, company.kpis["not_applicable"], {"2026-04-01": "1", "2026-05-01": None})
    await measure(pool, company.kpis["never_applicable"], {"2026-05-01": None})
    others = {"PURPOSE", "DEFINED", "TARGET", "REVIEWED", "COMMUNICATED"}
    assert await find_failed(company, "late") == others | {"MEASURED_ON_TIME"}
    assert await find_failed(company, "due_later") == others
    assert await find_failed(company, "irregular") == others | {"QUANTIFIED"}
    assert await find_failed(company, "not_applicable") == others | {"APPLICABLE"}
    assert await find_failed(company, "never_applicable") == others | {"APPLICABLE", "QUANTIFIED"}


async def test_a_formula_defines_a_kpi_as_words_do(company: Company, pool: asyncpg.Pool) -> None:
    ops, mara = company.units["ops"], company.people["mara"]
    company.kpis["computed"] = a_kpi(ops, mara, "Computed", formula="2 + 3")
    await store(company, pool, company.kpis["computed"])
    assert "DEFINED" not in await find_failed(company, "computed")


async def test_a_target_that_has_ended_is_missing(company: Company) -> None:
    assert "TARGET" not in await find_failed(company, "shared")
    await edit(company, "kpiEndTarget", "shared", lastDay="2026-06-15", reason="Agreed.")
    assert "TARGET" not in await find_failed(company, "shared")
    await edit(company, "kpiEndTarget", "shared", lastDay="2026-06-14", reason="Earlier.")
    assert "TARGET" in await find_failed(company, "shared")


@pytest.mark.parametrize(
    ("goal", "who", "passes"),
    [
        ("public", "mara", True),
        ("draft", "mara", True),
        ("achieved", "mara", False),
        ("private", "mara", True),
        ("private", "chief", False),
    ],
)
async def test_a_purpose_counts_when_it_is_open_and_visible(
    company: Company, pool: asyncpg.Pool, goal: str, who: str, *, passes: bool
) -> None:
    kpi = company.kpis["aimed"] = a_kpi(company.units["ops"], company.people["mara"], "Aimed")
    kpi.purpose_id = company.goals[goal].id
    await store(company, pool, kpi)
    assert ("PURPOSE" not in await find_failed(company, "aimed", who)) == passes


async def test_a_hidden_purpose_answers_like_none(company: Company, pool: asyncpg.Pool) -> None:
    ops, mara = company.units["ops"], company.people["mara"]
    kpi = company.kpis["aimed"] = a_kpi(ops, mara, "Aimed")
    kpi.purpose_id = company.goals["private"].id
    company.kpis["aimless"] = a_kpi(ops, mara, "Aimless")
    await store(company, pool, kpi, company.kpis["aimless"])
    hidden = await read(company, "aimed", "chief")
    assert hidden == await read(company, "aimless", "chief")
    assert hidden != await read(company, "aimed", "mara")


async def test_an_owner_who_has_left_cannot_answer(company: Company) -> None:
    assert "OWNER" not in await find_failed(company, "shared", "hr")
    person = company.encode_id("person", "mara")
    select = "person { id }"
    left = await company.mutate("hr", "personDepart", select, id=person, lastDay="2026-06-14")
    assert left["errors"] == []
    assert "OWNER" in await find_failed(company, "shared", "hr")


async def test_a_kpi_for_named_people_is_shared_with_them(
    company: Company, pool: asyncpg.Pool
) -> None:
    assert "SHARED" not in await find_failed(company, "named")
    mara = company.people["mara"]
    company.kpis["alone"] = a_kpi(company.units["ops"], mara, "A", KpiVisibility.NAMED, mara)
    await store(company, pool, company.kpis["alone"])
    assert "SHARED" in await find_failed(company, "alone")


async def test_a_viewer_who_is_hidden_counts_for_nobody(
    company: Company, pool: asyncpg.Pool
) -> None:
    """A member without roles sees the own KPI, but not the colleague it is shared with."""
    ops, owner, peer = company.units["ops"], company.people["nobody"], company.people["peer"]
    company.kpis["own"] = a_kpi(ops, owner, "Own", KpiVisibility.NAMED, peer)
    await store(company, pool, company.kpis["own"])
    assert "SHARED" in await find_failed(company, "own", "nobody")
    assert "SHARED" not in await find_failed(company, "own", "hr")


async def test_too_many_active_kpis_of_a_unit_are_counted_as_the_viewer_sees_them(
    company: Company, pool: asyncpg.Pool
) -> None:
    """Mara sees 3 active KPIs of Operations from the start, and not the hidden one of her peer."""
    ops, mara = company.units["ops"], company.people["mara"]

    def build(count: int, **options: Any) -> list[Kpi]:
        return [a_kpi(ops, mara, f"KPI {number}", **options) for number in range(count)]

    hidden = a_kpi(ops, company.people["peer"], "Hidden", KpiVisibility.NAMED)
    archived = build(2)
    for each in archived:
        each.archive()
    await store(company, pool, hidden, *archived, *build(MAX_IN_FOCUS - 3))
    assert "FOCUS" not in await find_failed(company, "shared", "mara")
    assert "FOCUS" in await find_failed(company, "shared", "hr")
    await store(company, pool, *build(1))
    assert "FOCUS" in await find_failed(company, "shared", "mara")
    assert "FOCUS" not in await find_failed(company, "of_team", "mara")


def test_every_check_has_its_answers() -> None:
    assert list(ANSWERS) == list(KpiQualityCode)


async def test_the_payload_of_a_change_has_the_checks(company: Company) -> None:
    """Its statement enters the tenant itself, before anything of it may be read."""
    id = company.encode_id("kpi", "shared")
    selection = "kpi { quality { code passes } }"
    edited = await company.mutate("hr", "kpiEdit", selection, id=id, name="Newer")
    assert edited["errors"] == []
    assert {"code": "SLICES_ADD_UP", "passes": True} in edited["kpi"]["quality"]


AUDIENCE = "query($id: ID!) { kpi(by: { id: $id }) { audience { people seenBy seenSince } } }"


async def see(company: Company, kpi: str, *names: str) -> None:
    for each in names:
        payload = await company.mutate(
            each, "kpiMarkSeen", "kpi { id }", id=company.encode_id("kpi", kpi)
        )
        assert payload["errors"] == []


async def read_audience(company: Company, kpi: str, who: str = "mara") -> dict[str, Any]:
    found = await company.query(who, AUDIENCE, id=company.encode_id("kpi", kpi))
    return found["kpi"]["audience"]


async def test_a_kpi_is_communicated_when_enough_people_have_looked(company: Company) -> None:
    people = (await read_audience(company, "shared"))["people"]
    assert people > 5
    await see(company, "shared", "boss", "chief", "peer", "lead", "mara", "boss")
    assert "COMMUNICATED" in await find_failed(company, "shared")
    assert (await read_audience(company, "shared"))["seenBy"] is None  # four, and the owner
    await see(company, "shared", "hr")
    for who in ("mara", "boss", "admin"):
        assert "COMMUNICATED" not in await find_failed(company, "shared", who)
        assert (await read_audience(company, "shared", who)) == {
            "people": people,
            "seenBy": 5,
            "seenSince": "2026-04-14",
        }


async def test_nobody_asks_whether_a_few_people_have_looked(company: Company) -> None:
    assert (await read_audience(company, "named"))["people"] < 5
    assert "COMMUNICATED" not in await find_failed(company, "named")
    await see(company, "named", "hr")
    assert (await read_audience(company, "named"))["seenBy"] is None


async def test_who_has_looked_twice_counts_once_and_only_for_a_time(company: Company) -> None:
    await see(company, "shared", "boss", "chief", "peer", "lead", "hr")
    company.graph.now = NOW + timedelta(days=62)
    await see(company, "shared", "boss")
    assert (await read_audience(company, "shared"))["seenBy"] == 5
    company.graph.now = NOW + timedelta(days=63)
    assert (await read_audience(company, "shared"))["seenBy"] is None
    await see(company, "shared", "chief", "peer", "lead", "hr")
    assert (await read_audience(company, "shared"))["seenBy"] == 5


async def test_two_devices_of_a_person_count_once(company: Company) -> None:
    await asyncio.gather(*(see(company, "shared", "boss") for _ in range(5)))
    await see(company, "shared", "chief", "peer", "lead")
    assert (await read_audience(company, "shared"))["seenBy"] is None


async def test_a_look_is_not_in_the_history(company: Company) -> None:
    query = "query($id: ID!) { kpi(by: { id: $id }) { version history { totalCount } } }"
    id = company.encode_id("kpi", "shared")
    before = await company.query("mara", query, id=id)
    await see(company, "shared", "boss")
    assert await company.query("mara", query, id=id) == before


async def test_failed_checks_are_warnings_in_the_answer_of_a_mutation(company: Company) -> None:
    input = {"id": company.encode_id("kpi", "shared"), "purposeId": None}
    payload = await company.mutate(
        "mara", "kpiEdit", "kpi { warnings { code sentence } quality { code passes } }", **input
    )
    kpi = payload["kpi"]
    assert payload["errors"] == []
    assert [each["code"] for each in kpi["warnings"]] == [
        each["code"] for each in kpi["quality"] if not each["passes"]
    ]
    assert kpi["warnings"][0] == {
        "code": "PURPOSE",
        "sentence": "No open goal that you may see is its purpose. Name the goal that the KPI is"
        " crucial to.",
    }
