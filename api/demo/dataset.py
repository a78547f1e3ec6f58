"""Reading of the data files, which are checked against their schema and each other."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from api.demo.kpi_schema import DemoKpi
from api.demo.review_schema import DemoReviews
from api.demo.schema import Culture, DemoAccount, GoalTemplate, Rates, TenantData, Texts, Trade

DATA = Path(__file__).parent / "data"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

T = TypeVar("T")


class DataError(Exception):
    """A data file is wrong; the message names the file and the lines."""


@dataclass(frozen=True)
class Dataset:
    """The content of all data files but the accounts."""

    tenants: tuple[TenantData, ...]
    trades: dict[str, Trade]
    cultures: dict[str, Culture]
    personal_goals: tuple[GoalTemplate, ...]
    texts: Texts
    rates: Rates
    kpis: dict[str, tuple[DemoKpi, ...]]
    reviews: dict[str, DemoReviews]


@cache
def list_accounts() -> tuple[DemoAccount, ...]:
    """Return the accounts that a visitor may use: HR lead, manager and employee first."""
    return read("accounts.yaml", tuple[DemoAccount, ...])


def read_dataset() -> Dataset:
    """Return the content of the data files. Raises DataError."""
    trades: dict[str, Trade] = {}
    for file in sorted((DATA / "trades").glob("*.yaml")):
        trades |= read(f"trades/{file.name}", dict[str, Trade])
    dataset = Dataset(
        tenants=(read("meridian.yaml", TenantData), read("harbor.yaml", TenantData)),
        trades=trades,
        cultures=read("names.yaml", dict[str, Culture]),
        personal_goals=read("personal_goals.yaml", tuple[GoalTemplate, ...]),
        texts=read("notes.yaml", Texts),
        rates=read("rates.yaml", Rates),
        kpis={"meridian": read("kpis.yaml", tuple[DemoKpi, ...])},
        reviews={"meridian": read("reviews.yaml", DemoReviews)},
    )
    for tenant in dataset.tenants:
        check_references(tenant, dataset)
    return dataset


def read(name: str, schema: type[T]) -> T:
    """Return the content of a file below `data/`. Raises DataError."""
    text = (DATA / name).read_text("utf-8")
    try:
        return TypeAdapter(schema).validate_python(yaml.load(text, LOADER))  # noqa: S506
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise DataError(f"{name}:{line}: {error.problem}") from None
    except ValidationError as error:
        root = yaml.compose(text, LOADER)
        places = [(_find_line(root, each["loc"]), each) for each in error.errors()]
        lines = [
            f"{name}:{line}: {'.'.join(map(str, each['loc']))}: {each['msg']}"
            for line, each in places
        ]
        raise DataError("\n".join(lines)) from None


def _find_line(node: yaml.Node | None, path: Sequence[int | str]) -> int:
    """Return the line of the value at this path, or of the last part that is there."""
    line = 1
    for key in (*path, None):
        if node is None:
            break
        line = node.start_mark.line + 1
        is_mapping = isinstance(node, yaml.MappingNode)
        pairs = (
            ((name.value, value) for name, value in node.value)
            if is_mapping
            else enumerate(node.value)
        )
        node = next((value for name, value in pairs if name == key), None)
    return line


def check_references(tenant: TenantData, dataset: Dataset) -> None:
    """Raise DataError where a tenant names something that is in none of the files."""
    units = {unit.code: unit for unit, *_ in tenant.company.walk()}
    sites = {unit.site.city: unit.site for unit in units.values() if unit.site}
    used: list[tuple[str, str, Collection[str]]] = [
        ("industry", tenant.industry, dataset.texts.industries),
        *(("city", city, sites) for unit in units.values() for city in unit.cities),
        *(("trade", unit.trade, dataset.trades) for unit in units.values() if unit.trade),
        *(("list of names", site.names, dataset.cultures) for site in sites.values()),
        *(("unit", project.unit, units) for project in tenant.projects),
        *(("unit", rule.seat.partition("/")[0], units) for rule in tenant.careers),
    ]
    for kind, name, known in used:
        if name not in known:
            raise DataError(f"{tenant.slug}.yaml: there is no {kind} {name!r}")
