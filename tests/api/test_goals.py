"""Goals through the graph."""

from tests.api.company import Company


async def test_a_key_result_goes_with_its_past_values(company: Company) -> None:
    goal = company.id("goal", "public")
    first = company.part("keyres", company.goals["public"].key_results)
    await company.tell("mara", "goalCheckIn", "goal { id }", id=goal, confidence="ON_TRACK")

    payload = await company.tell(
        "mara",
        "goalRemoveKeyResult",
        "goal { keyResults { nodes { title position } }"
        " checkIns { nodes { values { keyResult { title } } } } }",
        id=goal,
        keyResultId=first,
    )

    assert payload["errors"] == []
    assert payload["goal"] == {
        "keyResults": {"nodes": [{"title": "Complaints", "position": 0}]},
        "checkIns": {"nodes": [{"values": [{"keyResult": {"title": "Complaints"}}]}]},
    }
