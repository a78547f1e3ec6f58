"""Score rules with a formula: checked whole, fitted to the forms, computed, and kept."""

from typing import Any

from tests.api.company import Company
from tests.api.review_scoring import FIVE, Scoring, at_level, of_value

WEIGHTED = "0.6 * section.what + 0.4 * coalesce(section.how, section.what)"
QUESTIONS = (
    {"key": "first", "weight": 2},
    {"key": "second"},
    {"key": "manners", "section": "how", "isRequired": False},
    {"key": "risk", "section": "secret", "audience": "HR_ONLY"},
    {"key": "mood", "section": "unused"},
)
SECTIONS = {"what": 1, "how": 1, "secret": 1, "unused": 0}
RULE = "scoreRule { id version formula status revision }"


async def edit(company: Company, id: str, **values: Any) -> Any:
    return await company.mutate("hr", "scoreRuleEdit", RULE, id=id, **values)


async def test_a_formula_is_checked_whole_fits_the_forms_and_is_kept(company: Company) -> None:
    scoring = Scoring(company)
    five = await scoring.publish_scale("Summary", FIVE)
    form = await scoring.publish_form(five, *QUESTIONS, **SECTIONS)
    steps = [at_level(4, of_value("3.5")), at_level(1)]
    given: Any = {"name": "Mix", "scaleId": five, "validFrom": "2026-01-01", "steps": steps}

    wrong = given | {"formula": "what + direction.peer / round(3 EUR)", "steps": []}
    refused = await company.mutate("hr", "scoreRuleCreate", RULE, **wrong)
    assert [each["field"] for each in refused["errors"]] == [["steps"], *[["formula"]] * 4]
    assert "Line 1, column 1: There is no component what." in refused["errors"][3]["message"]

    made = (await company.mutate("hr", "scoreRuleCreate", RULE, **given, formula=WEIGHTED))[
        "scoreRule"
    ]
    assert made["formula"] == WEIGHTED
    for values, fields in (
        ({"formula": "section."}, [["formula"]]),
        ({"method": "NONE"}, [["formula"], ["steps", "0", "conditions", "0", "kind"]]),
        ({"formula": "direction.manager", "directions": ["PEER"]}, [["formula"]]),
    ):
        refused = await edit(company, made["id"], **values)
        assert sorted(each["field"] for each in refused["errors"]) == fields, values
    draft = "query($id: ID!) { scoreRule(by: {id: $id}) { version formula } }"
    kept = (await company.query("hr", draft, id=made["id"]))["scoreRule"]
    assert kept == {"version": made["version"], "formula": WEIGHTED}

    foreign = "section.secret + question.mood + question.first + section.what"
    id = await scoring.publish("scoreRule", **given, formula=foreign)
    refused = await scoring.open(id, five, form)
    assert [each["message"].split(", and no")[0] for each in refused["errors"]] == [
        "The formula names section.secret",
        "The formula names question.mood",
    ]

    await company.mutate("hr", "scoreRulePublish", RULE, id=made["id"])
    assert (await scoring.open(made["id"], five, form))["errors"] == []
    await scoring.write("boss", {"first": 5, "second": 4, "manners": 2, "risk": 1, "mood": 1})
    first = await scoring.see_score()
    assert (first["value"], first["exact"], first["level"]) == ("3.60", "18/5", 4)
    assert first["formula"] == "0.6 * (14/3) + 0.4 * coalesce(2, (14/3)) = 3.60"
    assert first["explain"] == (
        f"The value is 3.60. It is {WEIGHTED}."
        " section.what: (2 * 5 + 1 * 4) / 3 = 14/3. section.how: 2."
        " Superior: a value of 3.5 or more."
    )
    assert [each["question"]["key"] for each in first["components"]] == [
        *("first", "second", "manners")
    ]

    # Another revision has another formula. The packet keeps the one that it was opened with.
    revised = await company.mutate("hr", "scoreRuleRevise", RULE, id=made["id"])
    again = revised["scoreRule"]
    assert (again["formula"], again["revision"]) == (WEIGHTED, 2)
    zero = "section.what / (question.first - 5)"
    assert (await edit(company, again["id"], formula=zero))["errors"] == []
    await company.mutate("hr", "scoreRulePublish", RULE, id=again["id"])
    assert (await scoring.act("boss", "ComputeScore"))["errors"] == []
    assert (await scoring.see_score())["formula"] == first["formula"]

    assert (await scoring.open(again["id"], five, form))["errors"] == []
    await scoring.write("boss", {"first": 5, "second": 4, "risk": 1, "mood": 1})
    blocked = await scoring.see_score()
    assert (blocked["outcome"], blocked["level"], blocked["value"]) == ("BLOCKED", None, None)
    assert blocked["explain"] == (
        f"The formula {zero} has no value: question.first - 5 is 0, and nothing is divided by 0."
    )
    silent = await scoring.act("boss", "Decide", level=4)
    assert [each["field"] for each in silent["errors"]] == [["reason"]]
