"""Suggestions: who has worked with the reviewed person, from what the viewer sees."""

from typing import Any

import asyncpg
import pytest

from tests.api.company import Company
from tests.api.nomination_story import REVIEWEE, Nominations, select_round

SUGGESTIONS = """query($direction: ReviewDirection!) { reviewNominationRounds(
  where: { direction: { eq: $direction } }) { nodes { subject { name } cycle { name }
  suggestedReviewers {
  person { name } sharedTeams { team { name } startsOn lastDay } sharedGoals { title } } } } }"""
IN_DISPATCH = {
    "person": {"name": "Lead Okafor"},
    "sharedTeams": [
        {"team": {"name": "Dispatch"}, "startsOn": "2026-01-01", "lastDay": "2026-06-15"}
    ],
    "sharedGoals": [],
}


@pytest.fixture
async def story(company: Company, writing: asyncpg.Pool) -> Nominations:
    return Nominations(company, writing)


async def suggest(
    story: Nominations, who: str, about: str = "Mara", direction: str = "PEER"
) -> list[Any]:
    found = await story.company.query(who, SUGGESTIONS, direction=direction)
    current = select_round(found["reviewNominationRounds"]["nodes"], about)
    return list(current["suggestedReviewers"])


async def support(story: Nominations, who: str, **input: Any) -> None:
    """Let a person have an active goal below Mara's."""
    above = story.company.encode_id("goal", "public")
    goal = {"title": "Fewer damages", "dueOn": "2026-12-31", "startsOn": "2026-05-01"}
    made = await story.company.mutate(
        who, "goalCreate", "goal { id }", **goal, parentId=above, **input
    )
    assert made["errors"] == []
    begun = await story.company.mutate(
        who, "goalActivate", "goal { status }", id=made["goal"]["id"]
    )
    assert begun == {"goal": {"status": "ACTIVE"}, "errors": []}


async def test_who_shares_a_team_or_a_goal_is_suggested_with_the_reason(
    story: Nominations,
) -> None:
    await story.launch(**REVIEWEE)
    assert await suggest(story, "mara") == [IN_DISPATCH]
    await support(story, "peer")
    with_goal = {
        "person": {"name": "Peer Okafor"},
        "sharedTeams": [],
        "sharedGoals": [{"title": "Fewer late parcels"}],
    }
    assert await suggest(story, "mara") == [with_goal, IN_DISPATCH]
    assert await suggest(story, "boss") == [with_goal, IN_DISPATCH]


async def test_a_goal_that_the_viewer_does_not_see_is_no_reason(story: Nominations) -> None:
    await story.launch(**REVIEWEE)
    await support(story, "peer", visibility="PRIVATE")
    assert await suggest(story, "mara") == [IN_DISPATCH]


async def test_nobody_is_suggested_whom_the_viewer_knows_to_be_nominated(
    story: Nominations,
) -> None:
    await story.launch(**REVIEWEE)
    await story.nominate("boss", "lead")
    assert await suggest(story, "boss") == []
    assert await suggest(story, "mara") == [IN_DISPATCH]
    await story.nominate("mara", "lead")
    assert await suggest(story, "mara") == []


async def test_managers_and_who_has_left_are_not_suggested(story: Nominations) -> None:
    await story.launch(**REVIEWEE)
    for who in ("boss", "alumna"):
        team = story.company.encode_id("team", "dispatch")
        added = await story.company.mutate(
            *("ruler", "teamAddMember", "team { id }"),
            id=team,
            personId=story.person(who),
            startsOn="2026-02-01" if who == "boss" else "2024-01-01",
        )
        assert added["errors"] == [] or who == "alumna"
    assert await suggest(story, "mara") == [IN_DISPATCH]


async def test_only_reports_are_suggested_to_write_upwards(story: Nominations) -> None:
    await story.launch("UPWARD", nominators=["MANAGER"])
    team = story.company.encode_id("team", "dispatch")
    added = await story.company.mutate(
        *("ruler", "teamAddMember", "team { id }"),
        id=team,
        personId=story.person("boss"),
        startsOn="2026-06-01",
    )
    assert added["errors"] == []
    assert await suggest(story, "chief", "Boss", "UPWARD") == [
        {
            "person": {"name": "Mara Okafor"},
            "sharedTeams": [
                {"team": {"name": "Dispatch"}, "startsOn": "2026-06-01", "lastDay": "2026-06-15"}
            ],
            "sharedGoals": [],
        }
    ]
