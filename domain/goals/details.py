"""Details: what is said about a goal, and the form in which it is kept."""

from collections.abc import Collection
from datetime import date
from typing import TypedDict

from domain.goals.owners import OwnerKind
from domain.goals.policy import Visibility
from domain.kernel.errors import Code, Invalid, LimitExceeded
from domain.kernel.identity import PersonId
from domain.kernel.text import multi_line, single_line

MAX_VIEWERS = 100


class GoalDetails(TypedDict, total=False):
    """What may be said and changed about a goal; what is left out stays as it is."""

    title: str
    description: str | None
    purpose: str | None
    visibility: Visibility
    starts_on: date
    due_on: date
    viewer_ids: Collection[PersonId]


def normalize_details(details: GoalDetails) -> dict[str, object]:
    """These details in the form in which they are kept. Raises Invalid and LimitExceeded."""
    values: dict[str, object] = dict(details)
    if "title" in details:
        values["title"] = single_line("The title", details["title"], "title")
    if "description" in details:
        values["description"] = multi_line("The description", details["description"], "description")
    if "purpose" in details:
        values["purpose"] = multi_line(
            "The purpose", details["purpose"], "purpose", max_length=2_000
        )
    if "viewer_ids" in details:
        values["viewer_ids"] = set(details["viewer_ids"])
        if len(details["viewer_ids"]) > MAX_VIEWERS:
            raise LimitExceeded(f"A goal names {MAX_VIEWERS} people at most.", "viewerIds")
    return values


def check_dates(starts_on: date, due_on: date) -> None:
    """The due date is the last day, so it may be the first too. Raises Invalid."""
    if due_on < starts_on:
        raise Invalid(
            "The goal is due before it starts. Swap the two dates.",
            "dueOn",
            code=Code.OUT_OF_RANGE,
        )


def check_visibility(kind: OwnerKind, visibility: Visibility) -> None:
    """Nobody stands for an organization alone, so its goals need a wider circle. Raises Invalid."""
    is_narrow = visibility in (Visibility.PRIVATE, Visibility.REPORTING_CHAIN)
    if kind is OwnerKind.ORGANIZATION and is_narrow:
        raise Invalid(
            "An organization has nobody to keep a goal among. Share it more widely.",
            "visibility",
        )
