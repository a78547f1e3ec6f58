"""Goals through the graph."""

from tests.api.company import Company


async def test_a_key_result_goes_with_its_past_values(company: Company) -> None:
    goal = company.encode_id("goal", "public")
    first = company.encode_part_id("keyres", company.goals["public"].key_results)
    await company.mutate("mara", "goalCheckIn", "goal { id }", id=goal, confidence="ON_TRACK")

    payload = await company.mutate(
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
