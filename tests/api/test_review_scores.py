"""Scores of reviews: computed by stored rules, kept, explained, decided and approved."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import asyncpg

from domain.reviews.cycles import OPEN_TASK
from tests.api.company import Company
from tests.api.review_scoring import COMMERCE, DPMAP, FIVE, POINTS, VA, Scoring, at_level, of_value
from tests.api.test_review_cycle_launch import do, exclude_all_without_manager, run_task

ELEMENTS = [{"key": f"e{n}", "isCritical": True} for n in range(1, 5)]
UNDER_PLAN = [
    {"key": "days_under_plan", "kind": "NUMBER", "decimals": 0},
    {"key": "on_improvement_plan", "kind": "BOOLEAN", "isRequired": False},
]
VALID = {"validFrom": "2016-04-01"}


async def test_three_public_systems_come_to_their_levels_from_their_own_rules(
    company: Company,
) -> None:
    scoring = Scoring(company)
    points = await scoring.publish_scale("Elements", POINTS, "1", "3", "5")
    five = await scoring.publish_scale("Summary", FIVE)
    mean = await scoring.publish("scoreRule", **DPMAP, **VALID, scaleId=points)
    counted = await scoring.publish("scoreRule", **VA, **VALID, scaleId=five)
    summed = await scoring.publish("scoreRule", **COMMERCE, **VALID, scaleId=five)
    optional = [each | {"isRequired": False} for each in ELEMENTS]
    elements = await scoring.publish_form(points, *optional)
    mixed = await scoring.publish_form(
        points, *ELEMENTS[:2], {"key": "other"}, {"key": "last", "isRequired": False}
    )
    weighted = await scoring.publish_form(
        five,
        {"key": "first", "weight": 60, "isCritical": True},
        {"key": "second", "weight": 40, "isCritical": True},
        *UNDER_PLAN,
    )
    enough: dict[str, Any] = {"days_under_plan": {"number": "120"}}
    few: dict[str, Any] = {"days_under_plan": {"number": "119"}}
    on_plan: dict[str, Any] = enough | {"on_improvement_plan": {"isTrue": True}}
    for rule, scale, form, answers, expected in (
        (mean, points, elements, {"e1": 3, "e2": 3, "e3": 2}, ("LEVEL", 3, "4.33")),
        (mean, points, elements, {"e1": 3, "e2": 2}, ("LEVEL", 2, "4")),
        # The floor: a mean of 4 is level 2, but an element is at the lowest level.
        (mean, points, elements, {"e1": 3, "e2": 3, "e3": 3, "e4": 1}, ("LEVEL", 1, "4")),
        (counted, five, mixed, {"e1": 3, "e2": 3, "other": 2}, ("LEVEL", 4, None)),
        (counted, five, mixed, {"e1": 3, "e2": 2, "other": 3}, ("LEVEL", 3, None)),
        (counted, five, mixed, {"e1": 3, "e2": 3, "other": 1}, ("LEVEL", 2, None)),
        (counted, five, mixed, {"e1": 3, "e2": 1, "other": 3}, ("LEVEL", 1, None)),
        (summed, five, weighted, {"first": 5, "second": 4, **enough}, ("LEVEL", 5, "460")),
        (summed, five, weighted, {"first": 4, "second": 1, **enough}, ("LEVEL", 1, "280")),
        (summed, five, weighted, {"first": 5, "second": 4, **few}, ("UNRATABLE", None, None)),
        (summed, five, weighted, {"first": 5, "second": 4, **on_plan}, ("EXTENDED", None, None)),
    ):
        assert (await scoring.open(rule, scale, form))["errors"] == []
        await scoring.write("boss", answers)
        score = await scoring.see_score()
        value = score["value"]
        found = (score["outcome"], score["level"], value and f"{Decimal(value).normalize():f}")
        assert found == expected, answers


FLOORS = {
    "name": "Floors",
    "method": "WEIGHTED_MEAN",
    "hasSections": True,
    "steps": [
        *(
            at_level(
                level,
                of_value(least),
                {"kind": "RATINGS", "quantity": "NONE", "highest": level - 2},
                needsNarrative=level == 5,
            )
            for level, least in ((5, "4.5"), (4, "3.5"), (3, "2.5"))
        ),
        at_level(2, of_value("1.5")),
        at_level(1, needsSecondLevel=True),
    ],
}


async def publish_floors(scoring: Scoring, **rule: Any) -> tuple[str, str, str]:
    """Publish the rule, its scale and a form of two sections that weigh 60 and 40."""
    five = await scoring.publish_scale("Summary", FIVE)
    id = await scoring.publish("scoreRule", **FLOORS | VALID | rule, scaleId=five)
    form = await scoring.publish_form(
        five,
        {"key": "first", "weight": 2},
        {"key": "second"},
        {"key": "manners", "section": "how", "audience": (rule and "REVIEWEE") or "REVIEWEE"},
        {"key": "risk", "section": "how", "audience": "HR_ONLY"},
        {"key": "mood", "section": "how", "weight": 0},
        what=60,
        how=40,
    )
    return id, five, form


async def test_a_score_says_what_it_was_computed_from(company: Company) -> None:
    scoring = Scoring(company)
    rule, five, form = await publish_floors(scoring)
    assert (await scoring.open(rule, five, form))["errors"] == []
    answers = {"first": 5, "second": 5, "manners": 2, "risk": 1, "mood": 1}
    assert await scoring.see_score() is None
    await scoring.write("boss", answers)
    score = await scoring.see_score()
    assert (score["outcome"], score["level"], score["value"]) == ("LEVEL", 3, "3.80")
    assert score["exact"] == "19/5"
    assert score["formula"] == "(60 * (2 * 5 + 1 * 5) / 3 + 40 * 2) / 100 = 3.80"
    assert score["explain"] == (
        "The value is 3.80."
        " Not Outstanding: it needs a value of 4.5 or more."
        " Not Superior: it needs no item at level 2 or lower."
        " Fully Successful: a value of 2.5 or more, and no item at level 1."
    )
    assert [(each["question"]["key"], each["points"]) for each in score["components"]] == [
        ("first", "5"),
        ("second", "5"),
        ("manners", "2"),
    ]
    assert [(each["level"], each["isMet"]) for each in score["steps"]] == [
        (5, False),
        (4, False),
        (3, True),
    ]
    assert (score["rule"], score["isCurrent"]) == ({"name": "Floors", "revision": 1}, True)
    assert len(score["answersHash"]) == 64
    assert score["initialValue"] == score["value"]


async def test_a_score_is_never_computed_again_by_itself(company: Company) -> None:
    scoring = Scoring(company)
    rule, five, form = await publish_floors(scoring)
    await scoring.open(rule, five, form)
    id = await scoring.write("boss", {"first": 5, "second": 5, "manners": 5, "risk": 1, "mood": 1})
    first = await scoring.see_score()
    revised = await company.mutate("hr", "scoreRuleRevise", "scoreRule { id }", id=rule)
    draft = revised["scoreRule"]["id"]
    steps = [at_level(2, of_value("1")), at_level(1)]
    for verb, input in (("Edit", {"steps": steps}), ("Publish", {})):
        done = await company.mutate("hr", f"scoreRule{verb}", "scoreRule { id }", id=draft, **input)
        assert done["errors"] == []
    assert await scoring.see_score() == first
    # Written again, there is no score until the form is handed in again.
    reopened = {"id": id, "reason": "A typing error."}
    await company.mutate("boss", "reviewReopen", "review { id }", **reopened)
    assert await scoring.see_score() is None
    refused = await scoring.act("boss", "Decide", level=5, reason="Very good.")
    assert [each["code"] for each in refused["errors"]] == ["STATE_CONFLICT"]
    submitted = await company.mutate("boss", "reviewSubmit", "review { id }", id=id)
    assert submitted["errors"] == []
    again = await scoring.see_score()
    assert (again["level"], again["answersHash"]) == (first["level"], first["answersHash"])
    query = "query($id: ID!) { reviewPacket(by: {id: $id}) { scores { isCurrent level } } }"
    seen = await company.query("boss", query, id=scoring.packet)
    assert sorted(each["isCurrent"] for each in seen["reviewPacket"]["scores"]) == [False, True]


async def test_a_deviation_and_a_narrative_need_a_reason(company: Company) -> None:
    scoring = Scoring(company)
    rule, five, form = await publish_floors(scoring)
    await scoring.open(rule, five, form)
    early = await scoring.act("boss", "Decide", level=3, reason="On the whole.")
    assert [each["code"] for each in early["errors"]] == ["STATE_CONFLICT"]
    await scoring.write("boss", {"first": 5, "second": 5, "manners": 5, "risk": 1, "mood": 1})
    for given in ({"level": 5}, {"level": 4}, {"outcome": "UNRATABLE"}):
        refused = await scoring.act("boss", "Decide", **given)
        assert [(each["code"], each["field"]) for each in refused["errors"]] == [
            ("REQUIRED", ["reason"])
        ], given
    both = await scoring.act("boss", "Decide", level=5, outcome="UNRATABLE", reason="?")
    assert [each["field"] for each in both["errors"]] == [["outcome"]]
    decided = await scoring.act("boss", "Decide", outcome="EXTENDED", reason="A plan is running.")
    packet = decided["reviewPacket"]
    assert (packet["status"], packet["level"], packet["outcome"]) == ("DECIDED", None, "EXTENDED")
    decided = await scoring.act("boss", "Decide", level=5, reason="She turned the unit round.")
    packet = decided["reviewPacket"]
    assert (packet["level"]["position"], packet["outcome"]) == (5, None)
    assert packet["needsApproval"] is False


async def test_the_second_level_approves_or_gives_back(company: Company) -> None:
    scoring = Scoring(company)
    rule, five, form = await publish_floors(scoring)
    await scoring.open(rule, five, form)
    await scoring.write("boss", {"first": 1, "second": 1, "manners": 1, "risk": 1, "mood": 1})
    decided = await scoring.act("boss", "Decide", level=1)
    assert decided["reviewPacket"]["needsApproval"] is True
    tasks = 'query { viewer { tasks(where: {dueOn: {eq: "2026-08-15"}}) { nodes { kind } } } }'
    waiting = await company.query("chief", tasks)
    assert waiting["viewer"]["tasks"]["nodes"] == [{"kind": "REVIEW_APPROVE"}]
    assert (await company.query("boss", tasks))["viewer"]["tasks"]["nodes"] == []
    refused = await scoring.act("boss", "Share")
    assert [each["code"] for each in refused["errors"]] == ["STATE_CONFLICT"]
    assert [each["code"] for each in (await scoring.act("boss", "Approve"))["errors"]] == [
        "NOT_PERMITTED"
    ]
    returned = await scoring.act("chief", "Return", reason="Name an example.")
    assert returned["reviewPacket"]["status"] == "COLLECTING"
    assert (await scoring.see("boss"))["returnReason"] == "Name an example."
    await scoring.act("boss", "Decide", level=1, reason="Three deliveries were lost.")
    approved = await scoring.act("chief", "Approve")
    assert approved["reviewPacket"]["status"] == "APPROVED"
    twice = await scoring.act("chief", "Approve")
    assert [each["code"] for each in twice["errors"]] == ["STATE_CONFLICT"]
    shared = await scoring.act("boss", "Share")
    assert shared["reviewPacket"]["status"] == "SHARED"
    mine = await scoring.see("mara")
    assert (mine["level"]["position"], mine["returnReason"]) == (1, None)


async def test_ratings_of_the_second_level_are_a_column_of_their_own(company: Company) -> None:
    scoring = Scoring(company)
    rule, five, form = await publish_floors(scoring, hasSections=False, method="MEAN")
    orders = [
        {"direction": direction, "writerId": scoring.person(writer), "templateId": form}
        for direction, writer in (("MANAGER", "boss"), ("SECOND_LEVEL", "chief"))
    ]
    await scoring.open(rule, five, form, reviews=orders)
    await scoring.write("boss", {"first": 5, "second": 2, "manners": 5, "risk": 1, "mood": 1})
    assert (await scoring.see_score())["level"] == 3
    second = {"first": 5, "second": 4, "manners": 5, "risk": 1, "mood": 1}
    await scoring.write("chief", second, "SECOND_LEVEL")
    score = await scoring.see_score()
    assert (score["level"], score["value"]) == (5, "4.67")
    assert (score["initialLevel"], score["initialValue"]) == (3, "4.00")
    assert score["explain"].endswith(
        "Before the review of the second level: Fully Successful, with a value of 4.00."
    )
    assert [(each["initialLevel"], each["finalLevel"]) for each in score["components"]] == [
        (5, 5),
        (2, 4),
        (5, 5),
    ]


async def test_interim_appraisals_count_by_their_days(company: Company) -> None:
    scoring = Scoring(company)
    rule, five, _ = await publish_floors(scoring, hasSections=False, method="MEAN", decimals=4)
    form = await scoring.publish_form(five, {"key": "all"})
    orders = [
        {"direction": direction, "writerId": scoring.person(writer), "templateId": form}
        for direction, writer in (("INTERIM", "lead"), ("MANAGER", "boss"))
    ]
    refused = await scoring.open(rule, five, form, reviews=orders)
    assert [(each["code"], each["field"]) for each in refused["errors"]] == [
        ("REQUIRED", ["reviews", "0", "days"])
    ]
    orders[0]["days"] = 120
    await scoring.open(rule, five, form, reviews=orders, days=360)
    await scoring.write("lead", {"all": 4}, "INTERIM")
    assert await scoring.see_score() is None
    await scoring.write("boss", {"all": 3})
    score = await scoring.see_score()
    assert (score["exact"], score["value"]) == ("10/3", "3.3333")
    assert score["formula"] == "(240 * 3 + 120 * 4) / 360 = 3.3333, rounded from 10/3"


async def test_a_score_betrays_no_answer_to_anybody(company: Company) -> None:
    scoring = Scoring(company)
    rule, five, form = await publish_floors(scoring, directions=["MANAGER", "PEER"])
    orders = [
        {"direction": direction, "writerId": scoring.person(writer), "templateId": form}
        for direction, writer in (("MANAGER", "boss"), ("PEER", "peer"))
    ]
    await scoring.open(rule, five, form, reviews=orders)
    answers = {"first": 4, "second": 4, "manners": 4, "risk": 1, "mood": 1}
    await scoring.write("boss", answers)
    assert await scoring.see_score() is None  # it waits for the peer
    await scoring.write("peer", answers, "PEER")
    assert (await scoring.see_score("chief"))["level"] == 4
    for who in ("mara", "peer", "admin", "lead"):
        assert await scoring.see(who) is None, who
    await scoring.act("boss", "Decide", level=4)
    await scoring.act("boss", "Share")
    # The form of the peer is not shown to her, so what comes from it is not either.
    mine = await scoring.see("mara")
    assert (mine["level"]["position"], mine["score"]) == (4, None)
    assert (await scoring.see_score("hr"))["level"] == 4
    for direction, shown in (("REVIEWEE", 4), ("MANAGER", None)):
        form = await scoring.publish_form(five, {"key": "all", "audience": direction})
        await scoring.open(rule, five, form)
        await scoring.write("boss", {"all": 4})
        await scoring.act("boss", "Decide", level=4)
        assert await scoring.see("mara") is None
        previewed = [await scoring.preview_score(each) for each in ("mara", "chief", "peer")]
        assert await scoring.preview_score("mara", "chief") is None  # who does not share it
        await scoring.act("boss", "Share")
        seen = await scoring.see_score("mara")
        assert (seen and seen["level"]) == shown
        assert previewed == [seen, await scoring.see_score("chief"), None]
        assert (await scoring.see_score("boss"))["level"] == 4


async def test_a_rule_is_checked_whole_and_fits_its_forms(company: Company) -> None:
    scoring = Scoring(company)
    rule, five, form = await publish_floors(scoring)
    wrong = {
        "name": "Wrong",
        "scaleId": five,
        "validFrom": "2026-01-01",
        "method": "NONE",
        "directions": ["SECOND_LEVEL"],
        "steps": [
            at_level(7, of_value("4")),
            {"kind": "EXCLUDE", "conditions": [{"kind": "FACT_HOLDS"}]},
            at_level(2, {"kind": "RATINGS", "quantity": "AT_LEAST", "highest": 1, "lowest": 2}),
        ],
    }
    made = await company.mutate("hr", "scoreRuleCreate", "scoreRule { id }", **wrong)
    assert {(each["code"], ".".join(each["field"])) for each in made["errors"]} == {
        ("INVALID", "directions"),
        ("INVALID", "steps.0.conditions.0.kind"),
        ("OUT_OF_RANGE", "steps.0.level"),
        ("INVALID", "steps.1.kind"),
        ("REQUIRED", "steps.1.outcome"),
        ("REQUIRED", "steps.1.conditions.0.fact"),
        ("REQUIRED", "steps.2.conditions.0.number"),
        ("OUT_OF_RANGE", "steps.2.conditions.0.highest"),
        ("INVALID", "steps.2.conditions"),
    }
    other = company.encode_id("ratingscale", "published")
    summed = await scoring.publish("scoreRule", **COMMERCE, **VALID, scaleId=five)
    late = await scoring.publish("scoreRule", **DPMAP, validFrom="2026-07-01", scaleId=five)
    for id, scale, fields in (
        (rule, other, ["scaleId"]),
        (late, five, ["scoreRuleId"]),
        (summed, five, ["scoreRuleId", "scoreRuleId"]),  # two facts that no form answers
    ):
        refused = await scoring.open(id, scale, form)
        assert [each["field"] for each in refused["errors"]] == [[each] for each in fields]


async def test_a_cycle_hands_its_rule_to_its_packets(
    company: Company, writing: asyncpg.Pool
) -> None:
    scoring = Scoring(company)
    rule, five, _ = await publish_floors(scoring, hasSections=False, method="MEAN")
    form = await scoring.publish_form(five, {"key": "all"}, {"key": "more", "isRequired": False})
    given = {
        "scaleId": five,
        "scoreRuleId": rule,
        "needsApproval": True,
        "missingAnswers": "BLOCK",
        "directions": [{"direction": "MANAGER", "templateId": form}],
        "phases": [{"kind": "MANAGER", "startsOn": "2026-07-01", "lastDay": "2026-08-15"}],
    }
    scale = company.encode_id("ratingscale", "published")
    id = company.encode_id("reviewcycle", "whole")
    refused = await company.mutate(
        "hr", "reviewCycleEdit", "reviewCycle { id }", id=id, **given | {"scaleId": scale}
    )
    assert [each["field"] for each in refused["errors"]] == [["scaleId"]]
    await exclude_all_without_manager(company, **given)
    await do(company, "reviewCycleLaunch", "reviewCycle { status }")
    await run_task(writing, company, OPEN_TASK, datetime(2026, 7, 1, tzinfo=UTC))
    query = """query($id: ID!) { reviewCycle(by: {id: $id}) { scoreRule { name } needsApproval
      packets { nodes { id subject { id } } } } }"""
    cycle = (await company.query("hr", query, id=id))["reviewCycle"]
    assert (cycle["scoreRule"], cycle["needsApproval"]) == ({"name": "Floors"}, True)
    (scoring.packet,) = (
        each["id"]
        for each in cycle["packets"]["nodes"]
        if each["subject"]["id"] == scoring.person("mara")
    )
    written = await scoring.write("boss", {"all": 4})
    score = await scoring.see_score()
    assert (score["outcome"], score["explain"]) == ("BLOCKED", "Not rated: more.")
    silent = await scoring.act("boss", "Decide", level=4)
    assert [each["field"] for each in silent["errors"]] == [["reason"]]
    reopened = {"id": written, "reason": "One is missing."}
    await company.mutate("boss", "reviewReopen", "review { id }", **reopened)
    await scoring.write("boss", {"more": 4})
    decided = await scoring.act("boss", "Decide", level=4)
    assert decided["reviewPacket"]["needsApproval"] is True
