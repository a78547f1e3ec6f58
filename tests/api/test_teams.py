"""Teams through the graph: planned memberships are hidden from most callers."""

import pytest

from tests.api.company import Company

NOW = "2026-06-15"
THEN = "2026-12-01"
LAST_DAY = "2026-11-30"
TEAM_QUERY = """query($team: ID!, $mara: ID!, $peer: ID!, $day: Date) {
    team(by: {id: $team}) {
        memberships(asOf: $day) { totalCount nodes { startsOn endsOn person { name } } }
        people(asOf: $day) { totalCount nodes { name } }
        leads(asOf: $day) { totalCount nodes { name } }
    }
    mara: person(by: {id: $mara}) { memberships(asOf: $day) { totalCount } }
    peer: person(by: {id: $peer}) {
        memberships(asOf: $day) { totalCount }
        teams(asOf: $day) { totalCount nodes { name } }
        teamsLed(asOf: $day) { totalCount nodes { name } }
    }
}"""
MEMBERSHIPS_QUERY = (
    "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Membership { id startsOn endsOn } } }"
)
ENDING_QUERY = """query($team: ID!) { team(by: {id: $team}) {
    memberships(where: {endsOn: {eq: "2026-11-30"}}) { totalCount }
} }"""
TEAMS_QUERY = (
    """{ teams(where: {memberships: {some: {endsOn: {isNull: false}}}}) { totalCount } }"""
)

PLANNERS = ("lead", "hr", "hr_ops", "admin")
OTHERS = ("mara", "peer", "boss", "chief", "hr_far", "analyst")


async def plan_membership_changes(company: Company) -> tuple[str, str]:
    """Plan that Mara leaves in December and her peer leads; return their memberships' ids."""
    team = company.encode_id("team", "dispatch")
    mara = company.people["mara"].id
    (hers,) = (each for each in company.teams["dispatch"].memberships if each.person_id == mara)
    ending = company.encode_part_id("membership", [hers])
    ended = await company.mutate(
        "lead", "teamEndMembership", "team { id }", id=team, membershipId=ending, endsOn=LAST_DAY
    )
    assert ended["errors"] == []
    added = await company.mutate(
        "lead",
        "teamAddMember",
        f'team {{ memberships(asOf: "{THEN}") {{ nodes {{ id startsOn }} }} }}',
        id=team,
        personId=company.encode_id("person", "peer"),
        role="LEAD",
        startsOn=THEN,
    )
    found = added["team"]["memberships"]["nodes"]
    (beginning,) = (each["id"] for each in found if each["startsOn"] == THEN)
    return ending, beginning


async def read_team(company: Company, who: str, day: str | None) -> dict[str, dict[str, list[str]]]:
    """Read who is in the team on a day, and the teams of Mara and her peer."""
    named = {each: company.encode_id("person", each) for each in ("mara", "peer")}
    team = company.encode_id("team", "dispatch")
    found = await company.query(who, TEAM_QUERY, team=team, day=day, **named)
    lists = (each for field in found.values() for each in field.values() if "nodes" in each)
    for each in lists:
        assert each["totalCount"] == len(each["nodes"])
    return found


@pytest.mark.parametrize("who", [*PLANNERS, *OTHERS])
async def test_today_everybody_knows_who_is_in_a_team_and_few_until_when(
    company: Company, who: str
) -> None:
    await plan_membership_changes(company)
    until = LAST_DAY if who in PLANNERS else None
    for day in (None, NOW):
        found = await read_team(company, who, day)
        memberships = found["team"]["memberships"]["nodes"]
        assert {each["person"]["name"]: each["endsOn"] for each in memberships} == {
            "Mara Okafor": until,
            "Lead Okafor": None,
        }
        members = found["team"]["people"]["nodes"]
        assert [each["name"] for each in members] == ["Lead Okafor", "Mara Okafor"]
        assert found["team"]["leads"]["nodes"] == [{"name": "Lead Okafor"}]
        assert found["mara"]["memberships"]["totalCount"] == 1
        assert found["peer"]["memberships"]["totalCount"] == 0


@pytest.mark.parametrize("who", PLANNERS)
async def test_those_who_plan_for_a_team_see_its_future_members(company: Company, who: str) -> None:
    await plan_membership_changes(company)
    found = await read_team(company, who, THEN)
    names = ["Lead Okafor", "Peer Okafor"]
    memberships = found["team"]["memberships"]["nodes"]
    assert sorted(each["person"]["name"] for each in memberships) == names
    assert [each["name"] for each in found["team"]["people"]["nodes"]] == names
    assert [each["name"] for each in found["team"]["leads"]["nodes"]] == names
    assert found["mara"]["memberships"]["totalCount"] == 0
    assert found["peer"]["memberships"]["totalCount"] == 1
    assert found["peer"]["teams"]["nodes"] == found["peer"]["teamsLed"]["nodes"]
    assert found["peer"]["teams"]["totalCount"] == 1


@pytest.mark.parametrize("who", OTHERS)
async def test_nobody_else_is_told_anything_of_days_to_come(company: Company, who: str) -> None:
    await plan_membership_changes(company)
    for field in (await read_team(company, who, THEN)).values():
        assert {name: each["totalCount"] for name, each in field.items()} == dict.fromkeys(field, 0)


@pytest.mark.parametrize("who", [*PLANNERS, *OTHERS])
async def test_an_id_and_a_filter_tell_no_more_of_what_is_planned_than_a_list(
    company: Company, who: str
) -> None:
    ending, beginning = ids = await plan_membership_changes(company)
    knows = who in PLANNERS
    until = LAST_DAY if knows else None
    hers = {"id": ending, "startsOn": "2021-01-01", "endsOn": until}
    to_come = {"id": beginning, "startsOn": THEN, "endsOn": None}
    found = (await company.query(who, MEMBERSHIPS_QUERY, ids=list(ids)))["nodes"]
    assert found == [hers, to_come if knows else None]
    ends = await company.query(who, ENDING_QUERY, team=company.encode_id("team", "dispatch"))
    assert ends["team"]["memberships"]["totalCount"] == int(knows)
    assert (await company.query(who, TEAMS_QUERY))["teams"]["totalCount"] == int(knows)
