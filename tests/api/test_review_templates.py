"""Review templates in the graph: sections, questions of every kind, and their faults."""

from typing import Any

import pytest

from tests.api.company import Company
from tests.factories.row_hashes import hash_tables

SHOWN = (
    "reviewTemplate { id name revision status directions viewerCan sections { key title weight"
    " questions { key kind text audience isRequired isCritical weight scale { name }"
    " framework { name } competency { key } minimum maximum decimals"
    " conditionKey conditionComparison conditionValue choices { key label } } } }"
)


def question(key: str, kind: str = "TEXT", **values: Any) -> dict[str, Any]:
    return {"key": key, "kind": kind, "text": f"About {key}?"} | values


def section(*questions: dict[str, Any], key: str = "results") -> dict[str, Any]:
    return {"key": key, "title": key.title(), "questions": list(questions)}


async def create(company: Company, *sections: dict[str, Any], who: str = "hr", **input: Any) -> Any:
    given = {"name": "Year", "sections": list(sections)} | input
    return await company.mutate(who, "reviewTemplateCreate", SHOWN, **given)


async def do(company: Company, verb: str, id: str, **input: Any) -> Any:
    return await company.mutate("hr", f"reviewTemplate{verb}", SHOWN, id=id, **input)


def list_faults(payload: Any) -> list[tuple[str, str]]:
    assert payload["reviewTemplate"] is None
    return [(each["code"], ".".join(each["field"])) for each in payload["errors"]]


async def test_a_template_has_questions_of_every_kind(company: Company) -> None:
    scale = company.encode_id("ratingscale", "published")
    framework = company.encode_id("framework", "published")
    payload = await create(
        company,
        section(
            question("stays", "BOOLEAN", audience="HR_ONLY"),
            question(
                "why", conditionKey="stays", conditionComparison="EQUALS", conditionValue="true"
            ),
            question("result", "RATING", scaleId=scale, isCritical=True, weight=3),
            question(
                "below",
                audience="MANAGER",
                isRequired=False,
                conditionKey="result",
                conditionComparison="AT_MOST",
                conditionValue="1",
            ),
        ),
        section(
            question("days", "NUMBER", minimum="0", maximum="10", decimals=1),
            question(
                "next", "CHOICE", choices=[{"key": "a", "label": "A"}, {"key": "b", "label": "B"}]
            ),
            question(
                "delivery",
                "COMPETENCY",
                scaleId=scale,
                frameworkId=framework,
                competencyKey="delivery",
            ),
            question("goals", "GOALS", scaleId=scale),
            question("kpis", "KPIS"),
            key="further",
        ),
        directions=["PEER", "SELF"],
    )
    assert payload["errors"] == []
    template = payload["reviewTemplate"]
    assert template["directions"] == ["SELF", "PEER"]
    (first, second) = (each["questions"] for each in template["sections"])
    assert [(each["kind"], each["audience"]) for each in first] == [
        ("BOOLEAN", "HR_ONLY"),
        ("TEXT", "REVIEWEE"),
        ("RATING", "REVIEWEE"),
        ("TEXT", "MANAGER"),
    ]
    assert first[2]["scale"] == {"name": "published points"}
    assert first[2] | {"isCritical": True, "weight": 3} == first[2]
    assert [each["conditionKey"] for each in first] == [None, "stays", None, "result"]
    assert second[0] | {"minimum": "0", "maximum": "10", "decimals": 1} == second[0]
    assert [each["key"] for each in second[1]["choices"]] == ["a", "b"]
    assert second[2]["framework"] == {"name": "published craft"}
    assert second[2]["competency"] == {"key": "delivery"}


async def test_a_revision_keeps_keys_and_everyone_sees_what_is_published(company: Company) -> None:
    first = (await create(company, section(question("well"))))["reviewTemplate"]
    assert first["viewerCan"] == ["EDIT", "PUBLISH", "DISCARD"]
    seen = "query($id: ID!) { reviewTemplate(by: {id: $id}) { name } }"
    assert await company.query("mara", seen, id=first["id"]) == {"reviewTemplate": None}
    await do(company, "Publish", first["id"])
    assert await company.query("mara", seen, id=first["id"]) == {"reviewTemplate": {"name": "Year"}}
    draft = (await do(company, "Revise", first["id"]))["reviewTemplate"]
    assert draft["id"] != first["id"]
    assert draft["sections"] == first["sections"]
    changed = await do(company, "Edit", draft["id"], directions=["MANAGER"], sections=[section()])
    assert changed["reviewTemplate"]["directions"] == ["MANAGER"]
    assert changed["reviewTemplate"]["sections"][0]["questions"] == []
    old = await do(company, "Edit", first["id"], name="Other")
    assert [each["code"] for each in old["errors"]] == ["STATE_CONFLICT"]


CASES = {
    "two questions with one key": (
        [section(question("one")), section(question("one"), key="two")],
        [("NOT_UNIQUE", "sections.1.questions.0.key")],
    ),
    "what a kind needs, and does not take": (
        [
            section(
                question("rate", "RATING", minimum="1"),
                question("skill", "COMPETENCY"),
                question("pick", "CHOICE", choices=[{"key": "a", "label": "A"}]),
                question("say", choices=[{"key": "a", "label": "A"}]),
            )
        ],
        [
            ("REQUIRED", "sections.0.questions.0.scaleId"),
            ("INVALID", "sections.0.questions.0.minimum"),
            ("REQUIRED", "sections.0.questions.1.scaleId"),
            ("REQUIRED", "sections.0.questions.1.frameworkId"),
            ("REQUIRED", "sections.0.questions.1.competencyKey"),
            ("OUT_OF_RANGE", "sections.0.questions.2.choices"),
            ("INVALID", "sections.0.questions.3.choices"),
        ],
    ),
    "bounds in the wrong order": (
        [section(question("days", "NUMBER", minimum="2", maximum="1"))],
        [("OUT_OF_RANGE", "sections.0.questions.0.maximum")],
    ),
    "half a condition, and one about a later question": (
        [
            section(
                question("one", conditionKey="two"),
                question(
                    "two",
                    "BOOLEAN",
                    conditionKey="later",
                    conditionComparison="EQUALS",
                    conditionValue="true",
                ),
                question("later", "BOOLEAN"),
            )
        ],
        [
            ("REQUIRED", "sections.0.questions.0.conditionComparison"),
            ("REQUIRED", "sections.0.questions.0.conditionValue"),
            ("REFERENCE_NOT_FOUND", "sections.0.questions.1.conditionKey"),
        ],
    ),
    "comparisons that no answer can fit": (
        [
            section(
                question("say"),
                question("is", "BOOLEAN"),
                *(
                    question(
                        f"q{n}", conditionKey=key, conditionComparison=how, conditionValue=value
                    )
                    for n, (key, how, value) in enumerate(
                        [("say", "EQUALS", "x"), ("is", "AT_MOST", "true"), ("is", "EQUALS", "1")]
                    )
                ),
            )
        ],
        [
            ("INVALID", "sections.0.questions.2.conditionKey"),
            ("INVALID", "sections.0.questions.3.conditionComparison"),
            ("INVALID", "sections.0.questions.4.conditionValue"),
        ],
    ),
    "no section": ([], [("OUT_OF_RANGE", "sections")]),
}


@pytest.mark.parametrize("case", CASES)
async def test_all_faults_of_a_template_are_reported_at_once(company: Company, case: str) -> None:
    sections, expected = CASES[case]
    assert list_faults(await create(company, *sections)) == expected


async def test_questions_name_what_is_published(company: Company, owner: Any) -> None:
    draft = company.encode_id("ratingscale", "draft")
    framework = company.encode_id("framework", "published")
    scale = company.encode_id("ratingscale", "published")
    names = {"scaleId": scale, "frameworkId": framework, "competencyKey": "unknown"}
    sections = [
        section(question("a", "RATING", scaleId=draft), question("b", "COMPETENCY", **names))
    ]
    expected = [
        ("INVALID", "sections.0.questions.0.scaleId"),
        ("REFERENCE_NOT_FOUND", "sections.0.questions.1.competencyKey"),
    ]
    assert list_faults(await create(company, *sections)) == expected
    id = company.encode_id("reviewtemplate", "draft")
    async with owner.transaction(readonly=True):
        before = await hash_tables(owner, company.tenant_id)
    assert list_faults(await do(company, "Edit", id, name="Other", sections=sections)) == expected
    async with owner.transaction(readonly=True):
        assert await hash_tables(owner, company.tenant_id) == before


async def test_a_draft_keeps_a_scale_that_was_archived_since(company: Company) -> None:
    scale = company.encode_id("ratingscale", "published")
    sections = [section(question("rate", "RATING", scaleId=scale))]
    template = (await create(company, *sections))["reviewTemplate"]
    await company.mutate("hr", "ratingScaleArchive", "ratingScale { id }", id=scale)
    assert (await do(company, "Edit", template["id"], sections=sections))["errors"] == []
    assert list_faults(await create(company, *sections)) == [
        ("INVALID", "sections.0.questions.0.scaleId")
    ]
