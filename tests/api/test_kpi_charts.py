"""Charts of KPIs over HTTP: the same rights as the graph, and links that hold for a while."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree.ElementTree import fromstring

import httpx
import orjson
import pytest

from api.errors import RequestError
from api.identity.token_verifier import Caller
from api.kernel.execution.engine import Response
from api.kernel.schema.global_ids import encode_id
from api.kpis.charts.links import LIFETIME, ChartLinks
from domain.kernel.identity import TenantId, generate_id
from tests.api.browser import CHROMIUM, DRIVER, a_browser
from tests.api.served_company import ServedCompany
from tests.api.small_graph import a_wire, build_client, read_error_code

SVG = "{http://www.w3.org/2000/svg}"
CHART = {"id": "kpi_1", "from": "2026-01-01"}


def a_caller(expires_in: timedelta = timedelta(hours=1)) -> Caller:
    now = datetime.now(UTC).replace(microsecond=0)
    id = TenantId(generate_id())
    return Caller(id, "meridian", "https://issuer.example", "hr", now + expires_in, "token")


def test_a_link_stands_for_its_caller_and_its_chart() -> None:
    caller, now = a_caller(), datetime.now(UTC).replace(microsecond=0)
    token, expires_at = ChartLinks("secret").sign(caller, CHART, now)
    found, chart = ChartLinks("secret").verify(token)
    assert expires_at == now + LIFETIME
    assert chart == CHART
    assert (found.tenant_id, found.tenant_slug, found.issuer, found.subject) == (
        caller.tenant_id, "meridian", "https://issuer.example", "hr",
    )  # fmt: skip


def test_a_link_holds_no_longer_than_the_token() -> None:
    caller = a_caller(timedelta(minutes=1))
    assert ChartLinks("secret").sign(caller, CHART, datetime.now(UTC))[1] == caller.expires_at


@pytest.mark.parametrize("kind", ["expired", "changed", "of another secret", "no link"])
def test_a_link_that_does_not_hold_is_refused(kind: str) -> None:
    links, now = ChartLinks("secret"), datetime.now(UTC)
    made = {
        "expired": lambda: links.sign(a_caller(), CHART, now - LIFETIME - timedelta(seconds=1))[0],
        "changed": lambda: _flip(links.sign(a_caller(), CHART, now)[0]),
        "of another secret": lambda: ChartLinks("other").sign(a_caller(), CHART, now)[0],
        "no link": lambda: "x",
    }
    with pytest.raises(RequestError) as refused:
        links.verify(made[kind]())
    assert (refused.value.status, refused.value.code) == (403, "FORBIDDEN")


def _flip(token: str) -> str:
    header, claims, signature = token.split(".")
    other = "A" if signature[0] != "A" else "B"
    return f"{header}.{claims}.{other}{signature[1:]}"


RECORD = """mutation($input: KpiRecordMeasurementsInput!) {
  kpiRecordMeasurements(input: $input) { errors { message } } }"""
PERIOD = {"from": "2026-01-01", "to": "2026-03-31"}


@pytest.fixture
def kpi_id(busy: ServedCompany) -> str:
    """Create a KPI for named people, with two values and a gap, and return its id."""
    scope = {"organizationId": busy.company.encode_id("org", "ops")}
    made = busy.mutate(
        "hr", "kpiCreate", "kpi { id }", name="Margin <1>", scope=scope, frequency="MONTHLY",
        visibility="NAMED", definition={"unit": "MONEY", "currency": "EUR"},
    )  # fmt: skip
    id: str = made["kpi"]["id"]
    rows = [
        {"kpiId": id, "period": "2026-01", "value": "1200"},
        {"kpiId": id, "period": "2026-03", "value": "1300"},
    ]
    recorded = busy.post("hr", RECORD, input={"rows": rows}).json()
    assert recorded["data"]["kpiRecordMeasurements"]["errors"] == []
    return id


def show(busy: ServedCompany, who: str, id: str, **parameters: str) -> httpx.Response:
    headers = busy.build_headers(who)
    return busy.client.get(f"/kpis/{id}/chart.svg", params=parameters or PERIOD, headers=headers)


def test_a_chart_shows_the_values_to_those_who_see_the_kpi(
    busy: ServedCompany, kpi_id: str
) -> None:
    response = show(busy, "hr", kpi_id)
    assert response.status_code == 200
    assert response.headers["content-type"] == "image/svg+xml; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    root = fromstring(response.content)
    marks = [each.text for each in root.iter("{http://www.w3.org/2000/svg}title")]
    assert marks == ["Margin <1>", "2026-01: 1,200.00 EUR", "2026-03: 1,300.00 EUR"]


def test_a_chart_shows_a_forecast_where_it_is_asked_for(busy: ServedCompany, kpi_id: str) -> None:
    rows = [
        {
            "kpiId": kpi_id,
            "period": f"{2024 + n // 12}-{n % 12 + 1:02}",
            "value": str(1000 + 9 * n + 50 * (n % 12)),
        }
        for n in range(29)
    ]
    recorded = busy.post("hr", RECORD, input={"rows": rows}).json()
    assert recorded["data"]["kpiRecordMeasurements"]["errors"] == []
    root = fromstring(show(busy, "hr", kpi_id, forecast="4").content)
    paths = {each.get("class"): each.get("d", "") for each in root.iter(f"{SVG}path")}
    assert (paths["forecast"].count("L"), paths["band"].count("L")) == (4, 8)
    (description,) = root.iter(f"{SVG}desc")
    assert "Additive Holt-Winters from 29 values" in (description.text or "")
    assert "forecast" not in show(busy, "hr", kpi_id).text.replace(".forecast", "")


def test_hidden_foreign_and_unknown_kpis_have_the_same_answer(
    busy: ServedCompany, kpi_id: str
) -> None:
    foreign = busy.build_headers("hr", busy.other_company)
    unknown = encode_id("kpi", generate_id())
    answers = [
        show(busy, "peer", kpi_id),
        show(busy, "hr", unknown),
        busy.client.get(f"/kpis/{kpi_id}/chart.svg", params=PERIOD, headers=foreign),
    ]
    for each in answers:
        assert each.status_code == 404
        (error,) = each.json()["errors"]
        assert error["message"] == "There is no such KPI."
        assert error["extensions"]["code"] == "NOT_FOUND"


def test_a_link_shows_the_picture_without_a_token(busy: ServedCompany, kpi_id: str) -> None:
    headers = busy.build_headers("hr")
    made = busy.client.post(f"/kpis/{kpi_id}/chart-links", params=PERIOD, headers=headers)
    assert made.status_code == 201
    opened = busy.client.get("/" + made.json()["path"])
    assert (opened.status_code, opened.content) == (200, show(busy, "hr", kpi_id).content)


def test_a_link_is_for_one_chart_and_shows_what_its_maker_may_see(
    busy: ServedCompany, kpi_id: str
) -> None:
    other = encode_id("kpi", generate_id())
    headers = busy.build_headers("peer")
    made = busy.client.post(f"/kpis/{kpi_id}/chart-links", params=PERIOD, headers=headers).json()
    assert busy.client.get("/" + made["path"]).status_code == 404
    assert busy.client.get("/" + made["path"].replace(kpi_id, other)).status_code == 403


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({"from": "yesterday"}, 400),
        ({"interval": "HOURLY"}, 400),
        ({"theme": "dark"}, 400),
        ({"forecast": "6", "interval": "ANNUAL"}, 400),
        ({"forecast": "25"}, 400),
        ({"forecast": "soon"}, 400),
        ({"forecast": "-1"}, 400),
        ({"forecast": ""}, 400),
    ],
)
def test_wrong_parameters_are_refused(
    busy: ServedCompany, kpi_id: str, parameters: dict[str, str], status: int
) -> None:
    response = show(busy, "hr", kpi_id, **parameters)
    assert response.status_code == status
    assert response.json()["errors"][0]["message"]


@pytest.mark.parametrize(("code", "status"), [("THROTTLED", 429), ("TENANT_SUSPENDED", 403)])
@pytest.mark.anyio
async def test_a_refusal_keeps_its_status_and_says_when_to_try_again(
    monkeypatch: pytest.MonkeyPatch, code: str, status: int
) -> None:
    wire = a_wire()

    async def refuse(*_: object, **__: object) -> Response:
        body = orjson.dumps({"errors": [{"message": "No.", "extensions": {"code": code}}]})
        return Response(body, is_executed=False, status=status, headers={"Retry-After": "3"})

    monkeypatch.setattr(wire.engine, "execute", refuse)
    async with build_client(wire) as client:
        response = await client.get(
            "/kpis/kpi_1/chart.svg", headers={"authorization": "Bearer good"}
        )
    assert (response.status_code, read_error_code(response)) == (status, code)
    assert response.headers["retry-after"] == "3"


def test_a_chart_needs_a_token_or_a_link(busy: ServedCompany, kpi_id: str) -> None:
    assert busy.client.get(f"/kpis/{kpi_id}/chart.svg").status_code == 401
    assert busy.client.post(f"/kpis/{kpi_id}/chart-links").status_code == 401


def test_chromium_shows_a_linked_picture_in_a_page(
    busy: ServedCompany, kpi_id: str, tmp_path: Path
) -> None:
    if CHROMIUM is None or DRIVER is None:
        pytest.skip("There is no Chromium here.")
    headers = busy.build_headers("hr")
    made = busy.client.post(f"/kpis/{kpi_id}/chart-links", params=PERIOD, headers=headers).json()
    address = f"{str(busy.client.base_url).rstrip('/')}/{made['path']}"
    page = tmp_path / "page.html"
    page.write_text(f'<img src="{address}" width="720">')
    size = "const i = document.images[0]; return i.complete && [i.naturalWidth, i.naturalHeight]"
    marks = "return document.querySelectorAll('path.none').length"
    colors = """const style = (name) => getComputedStyle(document.querySelector(name));
      return [style("svg").backgroundColor, style("text").fill]"""
    with a_browser(tmp_path) as browser:
        browser.open(page.as_uri())
        assert browser.wait_for(size) == [720, 392]
        browser.open(address)
        assert browser.run_script(marks) == 2
        (name,) = browser.list_image_names()
        assert name.startswith("Margin <1> 2026-03: 1,300.00 EUR. There is no target. ")
        shown = {}
        for scheme in ("light", "dark"):
            browser.set_color_scheme(scheme)
            shown[scheme] = browser.run_script(colors)
        assert shown == {
            "light": ["rgb(255, 255, 255)", "rgb(26, 26, 26)"],
            "dark": ["rgb(18, 18, 18)", "rgb(240, 240, 240)"],
        }
        assert browser.read_console_messages() == []
