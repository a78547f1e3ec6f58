"""Field rules: one annotation gives the check, the limit and what may be edited."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Annotated

import pytest

from domain.kernel.errors import Code, LimitExceeded
from domain.kernel.fields import (
    EDITABLE,
    ExactNumber,
    MaxItems,
    MultiLine,
    SingleLine,
    WholeNumber,
    check_fields,
    editable_fields,
    email_rule,
    field_specs,
    graph_name,
    to_camel_case,
)
from domain.kernel.periods import Period, new_period
from domain.people import Employment, Person
from domain.teams import Team
from tests.factories.domain_examples import expect_error


@dataclass(kw_only=True)
class Parcel:
    """A parcel, with an attribute for every kind of rule."""

    label: Annotated[str, SingleLine("The label", max_length=5), EDITABLE]
    note: Annotated[str | None, MultiLine("The note", max_length=10), EDITABLE] = None
    weight: Annotated[Decimal, ExactNumber()] = Decimal(1)
    floors: Annotated[int, WholeNumber("A floor", 1, 12), EDITABLE] = 1
    sent_on: date
    reply_to: Annotated[str | None, email_rule("The address")] = None
    viewer_ids: Annotated[set[str], MaxItems("A parcel", "viewers", 2), EDITABLE] = field(
        default_factory=set
    )


def test_values_come_out_in_their_stored_form() -> None:
    given = {
        "label": " ab ",
        "note": " \u200b ",
        "viewer_ids": ["x"],
        "reply_to": "Ada@Example.com",
    }
    assert check_fields(Parcel, given) == {
        "label": "ab",
        "note": None,
        "viewer_ids": {"x"},
        "reply_to": "Ada@Example.com",
    }


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("label", "", Code.REQUIRED),
        ("label", "abcdef", Code.TOO_LONG),
        ("label", "a\nb", Code.INVALID_FORMAT),
        ("note", "x" * 11, Code.TOO_LONG),
        ("weight", Decimal("NaN"), Code.OUT_OF_RANGE),
        ("weight", Decimal("0.0000001"), Code.OUT_OF_RANGE),
        ("floors", 0, Code.OUT_OF_RANGE),
        ("floors", 13, Code.OUT_OF_RANGE),
    ],
)
def test_a_value_that_breaks_its_rule_is_refused_at_its_field(
    name: str, value: object, code: Code
) -> None:
    with expect_error(code, "rows", "0", to_camel_case(name)):
        check_fields(Parcel, {name: value}, "rows", 0)


def test_a_collection_has_a_limit() -> None:
    with pytest.raises(LimitExceeded, match="A parcel has at most 2 viewers"):
        check_fields(Parcel, {"viewer_ids": ["a", "b", "c"]})


def test_what_may_be_edited_is_marked_on_the_annotation() -> None:
    assert editable_fields(Parcel) == ("label", "note", "floors", "viewer_ids")


def test_a_specification_says_what_the_annotation_says() -> None:
    specs = field_specs(Parcel)
    assert (specs["note"].type, specs["note"].is_optional) == (str, True)
    assert (specs["sent_on"].type, specs["sent_on"].is_optional) == (date, False)
    rule = specs["label"].rule
    assert rule is not None
    assert rule.limit == "At most 5 characters."


def test_the_end_of_a_period_has_a_name_of_the_graph() -> None:
    assert field_specs(Team)["ends_on"].is_period_end
    assert graph_name(Team, "ends_on") == "ends_on"
    assert graph_name(Person, "left_on") == graph_name(Employment, "left_on") == "last_day"
    assert not field_specs(Person)["hired_on"].is_period_end


def test_a_new_period_has_at_least_one_day() -> None:
    day = date(2026, 6, 15)
    next_day = date(2026, 6, 16)
    assert new_period(day, next_day).covers(day)
    with expect_error(Code.OUT_OF_RANGE, "endsOn"):
        new_period(day, day)
    assert not Period(day, day).covers(day)
