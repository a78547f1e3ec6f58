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


EDGES = (
    (["1/3", "1/3", "1/3"], 1 / 3),
    (["1/3", "2/3"], 0.5),
    (["1/10", "2/10"], 0.15),
    (["1/10", "1/10", "1/10"], 0.1),
    (["1/7", "2/7", "4/7"], 1 / 3),
)


async def test_progress_is_found_at_its_exact_value(company: Company) -> None:
    drafts = [
        {
            "title": f"Exact {number}",
            "dueOn": "2026-12-31",
            "keyResults": [
                {"title": each, "startValue": "0", "targetValue": way, "currentValue": done}
                for each in shares
                for done, way in [each.split("/")]
            ],
        }
        for number, (shares, _) in enumerate(EDGES)
    ]
    document = (
        "mutation($inputs: [GoalCreateInput!]!) { goalCreateBatch(inputs: $inputs) {"
        " goals { title progress } errors { code message } } }"
    )
    data = await company.graph.query("mara", document, inputs=drafts)
    assert data["goalCreateBatch"] == {
        "goals": [
            {"title": f"Exact {number}", "progress": mean} for number, (_, mean) in enumerate(EDGES)
        ],
        "errors": [],
    }
    for operator in ("eq", "gte", "lte", "neq", "gt", "lt"):
        conditions = " ".join(
            f'n{number}: goals(where: {{ title: {{ eq: "Exact {number}" }},'
            f" progress: {{ {operator}: {mean!r} }} }}) {{ totalCount }}"
            for number, (_, mean) in enumerate(EDGES)
        )
        found = await company.query("mara", f"{{ {conditions} }}")
        count = {"totalCount": int(operator in ("eq", "gte", "lte"))}
        assert found == {f"n{number}": count for number in range(len(EDGES))}, operator
