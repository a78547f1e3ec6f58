"""Formulas of KPIs in the graph: defined, refused at their place, and read by those who may."""

from typing import Any

from tests.api.company import Company

FIELDS = """kpi { id name definition(asOf: "2026-06-15") {
  formula inputs { alias kpi { name } } } }"""
MONEY = {"unit": "MONEY", "currency": "EUR", "timeAggregation": "SUM", "sliceAggregation": "SUM"}
SHARE = {"unit": "SHARE"}


async def define(company: Company, name: str, who: str = "hr", **definition: Any) -> Any:
    return await company.mutate(
        who,
        "kpiCreate",
        FIELDS,
        name=name,
        frequency="MONTHLY",
        scope={"organizationId": company.encode_id("org", "ops")},
        startsOn="2026-01-01",
        definition=definition,
    )


async def define_id(company: Company, name: str, **definition: Any) -> str:
    made = await define(company, name, **definition)
    assert made["errors"] == []
    id: str = made["kpi"]["id"]
    return id


def inputs(**ids: str) -> list[dict[str, str]]:
    return [{"alias": alias, "kpiId": id} for alias, id in ids.items()]


async def redefine(company: Company, id: str, who: str = "hr", **changes: Any) -> Any:
    reason = {"startsOn": "2026-06-01", "reason": "We count anew."}
    return await company.mutate(who, "kpiRedefine", FIELDS, id=id, **reason | changes)


async def test_a_computed_kpi_reads_others_by_name(company: Company) -> None:
    revenue, cost = [await define_id(company, each, **MONEY) for each in ("Sales", "Cost")]
    formula = "(revenue - cost) / revenue"
    made = await define(
        company, "Margin", **SHARE, formula=formula, inputs=inputs(revenue=revenue, cost=cost)
    )
    assert made["errors"] == []
    assert made["kpi"]["definition"] == {
        "formula": formula,
        "inputs": [
            {"alias": "cost", "kpi": {"name": "Cost"}},
            {"alias": "revenue", "kpi": {"name": "Sales"}},
        ],
    }
    query = "query($id: ID!) { kpi(by: { id: $id }) { dependents { totalCount nodes { name } } } }"
    found = await company.query("ruler", query, id=cost)
    assert found["kpi"]["dependents"] == {"totalCount": 1, "nodes": [{"name": "Margin"}]}


async def test_every_fault_of_a_formula_is_reported_at_its_line_and_column(
    company: Company,
) -> None:
    cost = await define_id(company, "Cost", **MONEY)
    refused = await define(
        company, "Margin", **SHARE, formula="cost +\n  csot +\n  5 %", inputs=inputs(cost=cost)
    )
    assert refused == {
        "kpi": None,
        "errors": [
            {
                "code": "INVALID",
                "message": "Line 2, column 3: There is no input csot. Did you mean cost?",
                "field": ["definition", "formula"],
            }
        ],
    }
    place = ["definition", "inputs", "0", "alias"]
    for formula, alias, field, message in [
        (
            "cost",
            "cost",
            ["definition", "formula"],
            "Line 1, column 1: The formula results in EUR,",
        ),
        ("1", "cost", place, "The formula does not use cost. Remove it, or use it."),
        ("1", "if", place, "if is a word of the formula language. Choose another."),
        (None, "cost", ["definition", "inputs"], "Only a formula has inputs. Add one, or"),
    ]:
        given = inputs(**{alias: cost})
        refused = await define(company, "M", **SHARE, formula=formula, inputs=given)
        assert [each["field"] for each in refused["errors"]] == [field]
        assert refused["errors"][0]["message"].startswith(message)
    twice = inputs(a=cost) + inputs(a=cost)
    refused = await define(company, "M", **MONEY, formula="a", inputs=twice)
    assert [(each["code"], each["field"]) for each in refused["errors"]] == [
        ("NOT_UNIQUE", ["definition", "inputs", "1"])
    ]
    ratio = {"form": "RATIO", "denominatorTimeAggregation": "NONE"}
    refused = await define(company, "M", **ratio, formula="1")
    assert [each["field"] for each in refused["errors"]] == [["definition", "form"]]
    count = await company.query("hr", '{ kpis(search: "M") { totalCount } }')
    assert count["kpis"]["totalCount"] == 0


async def test_a_cycle_is_refused_with_its_path(company: Company) -> None:
    first = await define_id(company, "First", **MONEY)
    second = await define_id(company, "Second", **MONEY, formula="a", inputs=inputs(a=first))
    third = await define_id(company, "Third", **MONEY, formula="a", inputs=inputs(a=second))
    refused = await redefine(company, first, formula="a", inputs=inputs(a=third))
    assert refused["errors"] == [
        {
            "code": "REFERENCE_CYCLE",
            "message": "The KPI would depend on itself: First → Third → Second → First."
            " Remove the first input of this path.",
            "field": ["inputs"],
        }
    ]
    itself = await redefine(company, first, formula="lag(a, 1)", inputs=inputs(a=first))
    assert [each["code"] for each in itself["errors"]] == ["REFERENCE_CYCLE"]
    query = "query($id: ID!) { kpi(by: { id: $id }) { definitions { totalCount } } }"
    found = await company.query("hr", query, id=first)
    assert found["kpi"]["definitions"]["totalCount"] == 1


async def test_the_path_of_a_cycle_neither_names_nor_counts_hidden_kpis(company: Company) -> None:
    boss = company.encode_id("person", "boss")
    first = await define_id(company, "First", **MONEY)
    owned = await company.mutate("hr", "kpiEdit", "kpi { id }", id=first, ownerId=boss)
    assert owned["errors"] == []
    above = first
    for name in ("Secret one", "Secret two", "Third"):
        above = await define_id(company, name, **MONEY, formula="a", inputs=inputs(a=above))
        if name != "Third":
            hidden = {"visibility": "NAMED"}
            edited = await company.mutate("hr", "kpiEdit", "kpi { id }", id=above, **hidden)
            assert edited["errors"] == []
    refused = await redefine(company, first, "boss", formula="a", inputs=inputs(a=above))
    path = "First → Third → (hidden) → First"
    assert [each["message"] for each in refused["errors"]] == [
        f"The KPI would depend on itself: {path}. Remove the first input of this path."
    ]
    query = "query($id: ID!) { kpi(by: { id: $id }) { dependents { totalCount nodes { name } } } }"
    found = await company.query("boss", query, id=first)
    assert found["kpi"]["dependents"] == {"totalCount": 0, "nodes": []}


async def test_a_correction_on_the_same_day_exchanges_the_kpis_behind_the_names(
    company: Company,
) -> None:
    sales, cost = [await define_id(company, each, **MONEY) for each in ("Sales", "Cost")]
    id = await define_id(
        company, "Result", **MONEY, formula="a - b", inputs=inputs(a=sales, b=cost)
    )
    first_day = {"startsOn": "2026-01-01"}
    swapped = await redefine(company, id, **first_day, inputs=inputs(a=cost, b=sales))
    assert swapped["errors"] == []
    assert swapped["kpi"]["definition"]["inputs"] == [
        {"alias": "a", "kpi": {"name": "Cost"}},
        {"alias": "b", "kpi": {"name": "Sales"}},
    ]
    fewer = await redefine(company, id, **first_day, formula="b", inputs=inputs(b=sales))
    assert fewer["errors"] == []
    assert fewer["kpi"]["definition"] == {
        "formula": "b",
        "inputs": [{"alias": "b", "kpi": {"name": "Sales"}}],
    }


async def test_a_formula_changes_from_a_day_on_and_keeps_its_inputs(company: Company) -> None:
    cost = await define_id(company, "Cost", **MONEY)
    double = await define_id(company, "Double", **MONEY, formula="a * 2", inputs=inputs(a=cost))
    changed = await redefine(company, double, formula="a * 3")
    assert changed["errors"] == []
    assert changed["kpi"]["definition"] == {
        "formula": "a * 3",
        "inputs": [{"alias": "a", "kpi": {"name": "Cost"}}],
    }
    query = """query($id: ID!) { kpi(by: { id: $id }) {
      definition(asOf: "2026-05-31") { formula inputs { alias } } } }"""
    before = await company.query("hr", query, id=double)
    assert before["kpi"]["definition"] == {"formula": "a * 2", "inputs": [{"alias": "a"}]}
    refused = await redefine(company, double, currency="USD")
    assert [each["field"] for each in refused["errors"]] == [["formula"]]
    measured = await redefine(company, double, formula=None, inputs=[])
    assert measured["errors"] == []
    assert measured["kpi"]["definition"] == {"formula": None, "inputs": []}


async def test_who_does_not_see_an_input_sees_its_name_only_and_cannot_use_it(
    company: Company,
) -> None:
    hidden = company.encode_id("kpi", "named")
    made = await define(company, "Sum", formula="a * 2", inputs=inputs(a=hidden))
    assert made["errors"] == []
    id = made["kpi"]["id"]
    query = """query($id: ID!) { kpi(by: { id: $id }) {
      definition(asOf: "2026-06-15") { formula inputs { alias kpi { id } } } } }"""
    found = await company.query("boss", query, id=id)
    assert found["kpi"]["definition"] == {
        "formula": "a * 2",
        "inputs": [{"alias": "a", "kpi": None}],
    }
    edited = await company.mutate(
        "hr", "kpiEdit", "kpi { id }", id=id, ownerId=company.encode_id("person", "boss")
    )
    assert edited["errors"] == []
    refused = await redefine(company, id, "boss", formula="a * 3")
    assert [(each["code"], each["field"]) for each in refused["errors"]] == [
        ("REFERENCE_NOT_FOUND", ["inputs", "0", "kpiId"])
    ]
    kept = await redefine(company, id, "boss", calculation="twice the sick days")
    assert kept["errors"] == []
    assert kept["kpi"]["definition"]["formula"] == "a * 2"
