"""Annotations in the graph: where they are shown, and to whom."""

from typing import Any

from tests.api.company import Company

SHOWN = """query($id: ID!, $from: Date, $to: Date) { kpi(by: { id: $id }) {
  annotations(from: $from, to: $to) { totalCount nodes { title scopeKind startsOn lastDay } } } }"""


async def annotate(company: Company, who: str, title: str, **more: Any) -> Any:
    return await company.mutate(
        who,
        "annotationCreate",
        "annotation { id title lastDay viewerCan }",
        title=title,
        **{"startsOn": "2026-05-04"} | more,
    )


async def list_titles(company: Company, who: str, kpi: str, **days: str) -> list[str]:
    found = await company.query(who, SHOWN, id=company.encode_id("kpi", kpi), **days)
    nodes = found["kpi"]["annotations"]["nodes"]
    assert found["kpi"]["annotations"]["totalCount"] == len(nodes)
    return [f"{each['scopeKind']} {each['title']}" for each in nodes]


async def test_a_kpi_shows_what_happened_to_it_its_unit_and_the_tenant(company: Company) -> None:
    every_scope = ["KPI Rain", "ORGANIZATION Rain", "TENANT Rain"]
    assert sorted(await list_titles(company, "mara", "shared")) == every_scope
    of_team = ["ORGANIZATION Rain", "TEAM Rain", "TENANT Rain"]
    assert sorted(await list_titles(company, "mara", "of_team")) == of_team
    assert await list_titles(company, "former", "of_sales") == ["TENANT Rain"]


async def test_annotations_of_a_unit_are_shown_with_the_kpis_below_it(company: Company) -> None:
    top = {"organizationId": company.encode_id("org", "hq")}
    made = await annotate(company, "hr", "Merger", scope=top)
    assert made["errors"] == []
    for kpi in ("shared", "of_team", "of_sales"):
        assert "ORGANIZATION Merger" in await list_titles(company, "hr", kpi)


async def test_only_annotations_that_touch_the_asked_days_are_shown(company: Company) -> None:
    """The annotations last from 2 March to 20 March."""
    for days, count in (
        ({"from": "2026-03-20", "to": "2026-03-31"}, 3),
        ({"from": "2026-03-21"}, 0),
        ({"to": "2026-03-02"}, 3),
        ({"to": "2026-03-01"}, 0),
    ):
        assert len(await list_titles(company, "mara", "shared", **days)) == count, days


async def test_who_does_not_see_a_kpi_does_not_see_its_annotations(company: Company) -> None:
    listed = "{ annotations { totalCount nodes { scope { ... on Kpi { name } } } } }"
    named = {"scope": {"name": "Absence"}}
    for who, count, sees in (("peer", 5, True), ("boss", 4, False), ("nobody", 1, False)):
        found = (await company.query(who, listed))["annotations"]
        assert found["totalCount"] == count, who
        assert (named in found["nodes"]) is sees, who
    hidden = company.encode_id("annotation", "of_named_kpi")
    refused = await company.mutate("boss", "annotationDelete", "deletedAnnotationId", id=hidden)
    assert [each["code"] for each in refused["errors"]] == ["NOT_FOUND"]


async def test_an_annotation_ends_on_its_first_day_unless_said(company: Company) -> None:
    scope = {"kpiId": company.encode_id("kpi", "shared")}
    made = await annotate(company, "mara", "Strike", scope=scope)
    assert made["errors"] == []
    assert made["annotation"]["lastDay"] == "2026-05-04"
    assert made["annotation"]["viewerCan"] == ["EDIT", "DELETE"]
    refused = await annotate(company, "mara", "Strike", scope=scope, lastDay="2026-05-03")
    assert [each["field"] for each in refused["errors"]] == [["lastDay"]]
    id = made["annotation"]["id"]
    earlier = await company.mutate(
        "mara", "annotationEdit", "annotation { lastDay }", id=id, startsOn="2026-05-05"
    )
    assert [each["code"] for each in earlier["errors"]] == ["OUT_OF_RANGE"]
    gone = await company.mutate("mara", "annotationDelete", "deletedAnnotationId", id=id)
    assert gone == {"deletedAnnotationId": id, "errors": []}
    assert "KPI Strike" not in await list_titles(company, "mara", "shared")


POINTS = """query($id: ID!) { kpi(by: { id: $id }) {
  series(from: "2026-01-01", to: "2026-05-31") { points { period
    annotations { totalCount nodes { title } } } } } }"""


async def test_a_point_shows_what_happened_on_the_days_of_its_period(company: Company) -> None:
    """The annotations last from 2 March to 20 March."""
    id = company.encode_id("kpi", "shared")
    days = {"startsOn": "2026-03-31", "lastDay": "2026-04-01", "scope": {"kpiId": id}}
    assert (await annotate(company, "mara", "Snow", **days))["errors"] == []
    (series,) = (await company.query("mara", POINTS, id=id))["kpi"]["series"]
    assert {
        each["period"]: (
            each["annotations"]["totalCount"],
            sorted(one["title"] for one in each["annotations"]["nodes"]),
        )
        for each in series["points"]
    } == {
        "2026-01": (0, []),
        "2026-02": (0, []),
        "2026-03": (4, ["Rain", "Rain", "Rain", "Snow"]),  # of the KPI, its unit and the tenant
        "2026-04": (1, ["Snow"]),
        "2026-05": (0, []),
    }
