"""Competency frameworks in the graph: tracks, levels, competencies and expectations."""

from typing import Any

from tests.api.company import Company

COMPETENCIES = [
    {"key": "delivery", "name": "Delivery", "theme": "Results"},
    {"key": "coaching", "name": "Coaching", "description": "Helps others to grow."},
]
EXPECTED = [
    {"competencyKey": "delivery", "text": "Finishes small tasks."},
    {"competencyKey": "coaching", "text": "Asks for feedback."},
]
LEVELS = [
    {"key": "junior", "name": "L1", "expectations": EXPECTED},
    {"key": "senior", "name": "L2", "expectations": EXPECTED[:1]},
]
TRACKS = [{"key": "engineering", "name": "Engineering", "levels": LEVELS}]
SHOWN = (
    "competencyFramework { id name revision status viewerCan competencies { key name theme }"
    " tracks { key levels { position key name"
    " expectations { text competency { key } level { key track { key } } } } } }"
)


async def create(company: Company, who: str = "hr", **input: Any) -> Any:
    given = {"name": "Skills of engineers", "competencies": COMPETENCIES, "tracks": TRACKS} | input
    return await company.mutate(who, "competencyFrameworkCreate", SHOWN, **given)


async def do(company: Company, verb: str, id: str, **input: Any) -> Any:
    return await company.mutate("hr", f"competencyFramework{verb}", SHOWN, id=id, **input)


async def find(company: Company, who: str, text: str) -> list[str]:
    query = "query($t: String) { competencyFrameworks(search: $t) { totalCount nodes { name } } }"
    found = (await company.query(who, query, t=text))["competencyFrameworks"]
    assert found["totalCount"] == len(found["nodes"])
    return [each["name"] for each in found["nodes"]]


def list_faults(payload: Any) -> list[tuple[str, str]]:
    assert payload["competencyFramework"] is None
    return [(each["code"], ".".join(each["field"])) for each in payload["errors"]]


async def test_a_framework_says_what_is_expected_at_each_level(company: Company) -> None:
    payload = await create(company)
    assert payload["errors"] == []
    framework = payload["competencyFramework"]
    assert framework["competencies"] == [
        {"key": "delivery", "name": "Delivery", "theme": "Results"},
        {"key": "coaching", "name": "Coaching", "theme": None},
    ]
    ((junior, senior),) = [each["levels"] for each in framework["tracks"]]
    assert junior == {
        "position": 1,
        "key": "junior",
        "name": "L1",
        "expectations": [
            {
                "text": each["text"],
                "competency": {"key": each["competencyKey"]},
                "level": {"key": "junior", "track": {"key": "engineering"}},
            }
            for each in EXPECTED
        ],
    }
    assert [each["competency"]["key"] for each in senior["expectations"]] == ["delivery"]


async def test_a_published_framework_is_found_by_name(company: Company) -> None:
    id = (await create(company))["competencyFramework"]["id"]
    assert await find(company, "hr", "skil") == ["Skills of engineers"]
    for who in ("mara", "admin", "analyst"):
        assert await find(company, who, "skills") == []
    await do(company, "Publish", id)
    for who in ("mara", "admin", "analyst"):
        assert await find(company, who, "skills") == ["Skills of engineers"]


async def test_a_revision_keeps_the_keys_and_the_earlier_one_its_content(company: Company) -> None:
    first = (await create(company))["competencyFramework"]
    await do(company, "Publish", first["id"])
    draft = (await do(company, "Revise", first["id"]))["competencyFramework"]
    assert draft["id"] != first["id"]
    for name in ("competencies", "tracks"):
        assert draft[name] == first[name]
    changed = await do(company, "Edit", draft["id"], tracks=[TRACKS[0] | {"levels": LEVELS[:1]}])
    assert [len(each["levels"]) for each in changed["competencyFramework"]["tracks"]] == [1]
    assert changed["competencyFramework"]["competencies"] == first["competencies"]
    old = await do(company, "Edit", first["id"], name="Other")
    assert [each["code"] for each in old["errors"]] == ["STATE_CONFLICT"]


async def test_all_faults_of_a_framework_are_reported_at_once(company: Company) -> None:
    levels = [
        {"key": "junior", "name": "L1", "expectations": [*EXPECTED, EXPECTED[0]]},
        {"key": "junior", "name": "l1"},
    ]
    tracks = [{"key": "engineering", "name": "Engineering", "levels": levels}]
    twice = [COMPETENCIES[0], COMPETENCIES[1] | {"name": "DELIVERY"}]
    assert list_faults(await create(company, competencies=twice, tracks=tracks)) == [
        ("NOT_UNIQUE", "competencies.1.name"),
        ("NOT_UNIQUE", "tracks.0.levels.0.expectations.2.competencyKey"),
        ("NOT_UNIQUE", "tracks.0.levels.1.key"),
        ("NOT_UNIQUE", "tracks.0.levels.1.name"),
    ]
    assert list_faults(await create(company, competencies=[])) == [("OUT_OF_RANGE", "competencies")]


async def test_expectations_are_of_competencies_of_the_framework(company: Company) -> None:
    unknown = [("REFERENCE_NOT_FOUND", "tracks.0.levels.0.expectations.1.competencyKey")]
    assert list_faults(await create(company, competencies=COMPETENCIES[:1])) == unknown
    id = (await create(company))["competencyFramework"]["id"]
    assert list_faults(await do(company, "Edit", id, competencies=COMPETENCIES[:1])) == unknown
