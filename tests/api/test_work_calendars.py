"""Work calendars in the graph, and the due days that follow from them."""

from typing import Any

from tests.api.company import Company


async def create(company: Company, **more: Any) -> Any:
    input = {"name": "Hamburg", "country": "DE"} | more
    return await company.mutate("ruler", "workCalendarCreate", "workCalendar { id }", **input)


async def ask(company: Company, owner: str) -> Any:
    input = {"title": "Ask the depot", "ownerId": company.encode_id("person", owner)}
    payload = await company.mutate("mara", "actionItemCreate", "actionItem { dueOn }", **input)
    assert payload["errors"] == []
    return payload["actionItem"]["dueOn"]


async def change_location(company: Company, who: str, location: str) -> None:
    input = {
        "id": company.encode_id("person", who),
        "location": location,
        "effectiveOn": "2026-06-01",
    }
    payload = await company.mutate("ruler", "personChangeJob", "person { location }", **input)
    assert payload == {"person": {"location": location}, "errors": []}


async def test_an_action_item_is_due_by_the_calendar_of_its_owner(company: Company) -> None:
    assert await ask(company, "peer") == "2026-06-22"
    home = company.encode_id("calendar", "home")
    day = {"day": "2026-06-16", "isWorking": False, "occasion": "Company day"}
    await company.mutate("ruler", "workCalendarSetDay", "workCalendar { id }", id=home, **day)
    assert await ask(company, "peer") == "2026-06-23"

    assert (await create(company, location="Hamburg"))["errors"] == []
    await change_location(company, "peer", "HAMBURG")
    assert await ask(company, "peer") == "2026-06-22"
    assert await ask(company, "boss") == "2026-06-23"


async def test_a_location_has_one_calendar(company: Company) -> None:
    assert (await create(company, location="Hamburg"))["errors"] == []
    for location in ("hamburg", None):
        payload = await create(company, location=location)
        assert payload["workCalendar"] is None
        assert [(each["code"], each["field"]) for each in payload["errors"]] == [
            ("NOT_UNIQUE", ["location"])
        ]


async def test_an_unknown_place_is_refused(company: Company) -> None:
    for place, field in (
        ({"country": "XX"}, "country"),
        ({"country": "DE", "subdivision": "CT"}, "subdivision"),
    ):
        payload = await create(company, location="Hamburg", **place)
        assert payload["workCalendar"] is None
        assert [(each["code"], each["field"]) for each in payload["errors"]] == [
            ("INVALID_FORMAT", [field])
        ]
