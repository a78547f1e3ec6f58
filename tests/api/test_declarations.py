"""A graph type that does not fit its read model stops the start, with a message."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
import strawberry
from sqlalchemy import Column, MetaData, Table, Text, Uuid

from api.kernel.schema import schema_builder
from api.kernel.schema.declarations import (
    TYPE_DECLARATIONS,
    TYPES,
    Connection,
    SchemaError,
    graph_enum,
    many,
    node,
    one,
    part,
    value,
)
from api.kernel.schema.filter_inputs import make_order, make_where
from api.kernel.schema.input_parsing import parse_input
from api.kernel.schema.inputs import input_field, input_type, provided_fields
from api.kernel.schema.mutations import MUTATIONS
from api.kernel.schema.verbs import verb
from domain.kernel.access import EVERYBODY, Has
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.identity import generate_id
from persistence.reading.read_model import READ_MODELS, ReadModel
from tests.factories.actors import NOW

PARCELS = Table(
    "parcels", MetaData(), Column("tenant_id", Uuid), Column("id", Uuid), Column("label", Text)
)
REGISTRIES: tuple[dict[str, Any], ...] = (TYPE_DECLARATIONS, TYPES, READ_MODELS, MUTATIONS)


@pytest.fixture(autouse=True)
def apart() -> Iterator[None]:
    """Remove what a test declares from the graph."""
    kept = [(registry, dict(registry)) for registry in REGISTRIES]
    yield
    for registry, before in kept:
        registry.clear()
        registry.update(before)


@pytest.fixture
def parcel() -> ReadModel:
    return ReadModel("Parcel", PARCELS, "parcel", see=EVERYBODY, order=("label",))


def check_declaration(name: str = "Parcel") -> None:
    declared = TYPE_DECLARATIONS[name]
    schema_builder._check_declaration(declared, declared.resolve_type_hints())


def test_a_field_without_a_source_stops_the_start(parcel: ReadModel) -> None:
    @part(parcel)
    class Parcel:
        """Something on its way."""

        lable: str = value("What is written on it.")

    with pytest.raises(SchemaError, match=r"Parcel\.lable is not in the read model.*label"):
        check_declaration()


def test_a_field_of_another_kind_than_its_source_stops_the_start(parcel: ReadModel) -> None:
    parcel.many("others", parcel)

    @part(parcel)
    class Parcel:
        """Something on its way."""

        others: "Parcel | None" = one("The others.")

    with pytest.raises(SchemaError, match=r"declared as one\(…\)\. Declare it as many\(…\)"):
        check_declaration()


@pytest.mark.parametrize("see", [EVERYBODY, Has("label", "open")])
def test_what_may_be_hidden_must_allow_null(parcel: ReadModel, see: Any) -> None:
    box = ReadModel("Box", PARCELS, "box", see=see)
    parcel.one("box", box, lambda row, other, _: other.c.id == row.c.id)

    @part(box)
    class Box:
        """Something around a parcel."""

        label: str = value("What is written on it.")

    @part(parcel)
    class Parcel:
        """Something on its way."""

        box: Box = one("What it is in.")

    if see is EVERYBODY:
        check_declaration()
    else:
        with pytest.raises(SchemaError, match=r"Parcel\.box may be hidden\. Allow null"):
            check_declaration()


def test_a_guarded_value_must_allow_null(parcel: ReadModel) -> None:
    parcel.value("label", see=Has("label", "open"))

    @part(parcel)
    class Parcel:
        """Something on its way."""

        label: str = value("What is written on it.")

    with pytest.raises(SchemaError, match=r"Parcel\.label may be hidden"):
        check_declaration()


def test_everything_has_a_description(parcel: ReadModel) -> None:
    with pytest.raises(SchemaError, match="Parcel has no docstring"):

        @part(parcel)
        class Parcel:
            label: str = value("What is written on it.")

    with pytest.raises(SchemaError, match=r"Other\.label is not declared"):

        @part(parcel)
        class Other:
            """Something else."""

            label: str

    class Size(StrEnum):
        SMALL = "small"
        LARGE = "large"

    with pytest.raises(SchemaError, match=r"Size\.LARGE has no description"):
        graph_enum(Size, "How large.", small="Small.")
    with pytest.raises(SchemaError, match="has no value huge"):
        graph_enum(Size, "How large.", small="Small.", large="Large.", huge="Huge.")


def test_a_node_brings_its_standard_fields(parcel: ReadModel) -> None:
    @node(parcel)
    class Parcel:
        """Something on its way."""

        label: str = value("What is written on it.")
        next_one: Connection["Parcel"] = many("What comes next.")

    promised = list(TYPE_DECLARATIONS["Parcel"].field_declarations)
    standard = ["id", "version", "created_at", "updated_at", "visible_because", "history"]
    assert promised == [*standard, "label", "next_one"]
    assert Parcel.__strawberry_definition__.interfaces[0].name == "Node"  # type: ignore[attr-defined]


def test_only_declared_fields_can_be_filtered_and_only_values_ordered(parcel: ReadModel) -> None:
    parcel.one("next", parcel, lambda row, other, _: other.c.id == row.c.id)

    @part(parcel, where=("weight",), order_by=("next",))
    class Parcel:
        """Something on its way."""

        label: str = value("What is written on it.")

    with pytest.raises(SchemaError, match=r"Parcel\.weight is not declared"):
        make_where(TYPE_DECLARATIONS["Parcel"], {"label": str})
    with pytest.raises(SchemaError, match=r"Parcel\.next is not a scalar"):
        make_order(TYPE_DECLARATIONS["Parcel"], {"label": str})


def test_inputs_read_ids_and_tell_absent_from_null() -> None:
    @input_type()
    class Line:
        """A line."""

        ids: list[str] | None = input_field("Parcels.", id_prefix="parcel")

    @input_type()
    class Change:
        """A change."""

        id: str = input_field("The parcel.", id_prefix="parcel")
        label: strawberry.Maybe[str | None] = input_field("The label.")
        note: strawberry.Maybe[str | None] = input_field("A note.")
        lines: list[Line] | None = input_field("Lines.")

    id_ = generate_id()
    sent = {"id": f"parcel_{id_}", "label": None, "lines": [{"ids": [f"parcel_{id_}"]}]}
    parsed = parse_input(Change, sent)
    change = parsed.value
    assert (parsed.is_readable, parsed.list_faults(NOW.date())) == (True, [])
    assert change.id == id_
    assert change.lines[0].ids == [id_]
    assert provided_fields(change, "label", "note") == {"label": None}


@pytest.mark.parametrize("id_", ["", "parcel", "parcel_", "parcel_x", "box_{0}", "PARCEL_{0}"])
def test_a_malformed_id_is_told_with_its_place(id_: str) -> None:
    @input_type()
    class Line:
        """A line."""

        parcel_ids: list[str] = input_field("Parcels.", id_prefix="parcel")

    sent = {"parcel_ids": [f"parcel_{generate_id()}", id_.format(generate_id())]}
    parsed = parse_input(Line, sent)
    (fault,) = parsed.list_faults(NOW.date())
    assert (parsed.is_readable, fault.field, fault.code) == (
        False,
        ("parcelIds", "1"),
        "INVALID_FORMAT",
    )


def test_an_input_describes_its_fields() -> None:
    with pytest.raises(SchemaError, match=r"Line\.label is not described"):

        @input_type()
        class Line:
            """A line."""

            label: str


class ParcelRow(Aggregate):
    """A parcel with one action."""

    NAME = "parcel"
    SEND: ClassVar = Action("send", EVERYBODY)
    LOSE: ClassVar = Action("lose", EVERYBODY)

    def send(self, label: str, *, weight: int = 1, at: datetime) -> None:
        """Send it."""


@pytest.fixture
def parcel_type() -> type:
    @part(ReadModel("Parcel", PARCELS, "parcel", see=EVERYBODY, aggregate=ParcelRow))
    class Parcel:
        """Something on its way."""

        label: str = value("What is written on it.")

    return Parcel


async def test_a_verb_makes_an_input_and_calls_the_method(parcel_type: type) -> None:
    calls: list[tuple[Any, ...]] = []

    class Loaded:
        def send(self, **arguments: Any) -> None:
            calls.append(("send", arguments))

    async def get(*loaded: Any, **options: Any) -> Loaded:
        calls.append((*loaded, options))
        return Loaded()

    send = verb(
        parcel_type,
        ParcelRow.SEND,
        "Send a parcel.",
        label=input_field("What is written on it."),
        weight=input_field("What it weighs."),
    )
    declared, id = MUTATIONS["parcel_send"], generate_id()
    assert (declared.input_type.__name__, declared.handler) == ("ParcelSendInput", send)
    sent = {"id": f"parcel_{id}", "label": "Fragile"}
    work: Any = SimpleNamespace(get=get, now=NOW)
    await send(work, parse_input(declared.input_type, sent).value)
    assert calls == [
        (ParcelRow, id, {"to": ParcelRow.SEND, "expected_version": None}),
        ("send", {"label": "Fragile", "at": NOW}),
    ]


def test_a_verb_without_a_method_or_a_parameter_stops_the_start(parcel_type: type) -> None:
    with pytest.raises(SchemaError, match=r"ParcelRow has no method lose\. Name it like"):
        verb(parcel_type, ParcelRow.LOSE, "Lose a parcel.")
    with pytest.raises(SchemaError, match=r"parcel_send has no parameter lable\. Correct"):
        verb(parcel_type, ParcelRow.SEND, "Send a parcel.", lable=input_field("The label."))
