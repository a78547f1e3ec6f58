"""The aggregate of a fairness attribute: which groups people are in. It has no values itself."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self

from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.errors import Code, Invalid
from domain.kernel.fields import EDITABLE, MultiLine, name_rule, new_values
from domain.kernel.identity import TenantId
from domain.kernel.labels import Labels
from domain.reviews.fairness import policy

MIN_GROUPS, MAX_GROUPS, MAX_VALUES = 2, 12, 1_000
GROUPS = Labels("An attribute", "groups", MAX_GROUPS, "The group")
GROUP = GROUPS.item


@dataclass(kw_only=True, eq=False)
class FairnessAttribute(Aggregate):
    """An attribute of people that is used in figures about groups only, such as an age group.

    Its groups never change, because figures refer to them. Whom they are about is in records that
    nobody reads. The journal says that values were written, and not which.
    """

    NAME = "fairness_attribute"
    LABEL = "fairness attribute"
    SEE = policy.SEE
    SEE_HISTORY = policy.WRITE
    CREATE: ClassVar = Action("create", policy.WRITE)
    SET_VALUES: ClassVar = Action("set_values", policy.WRITE)
    ACTIONS = (SET_VALUES,)
    EVENTS = ("created", "values_set")
    SEARCH_ATTRIBUTES = ("name",)

    groups: Annotated[tuple[str, ...], GROUPS, EDITABLE]
    name: Annotated[str, name_rule("The name"), EDITABLE]
    description: Annotated[str | None, MultiLine("The description", 4_000), EDITABLE] = None

    @classmethod
    def find_value_conflicts(cls, values: Mapping[str, Any]) -> Iterator[Invalid]:
        """Yield that there are too few groups to compare."""
        groups: Collection[str] | None = values.get("groups")
        if groups is not None and len(groups) < MIN_GROUPS:
            message = f"An attribute needs at least {MIN_GROUPS} groups. Add some."
            yield Invalid(message, "groups", code=Code.OUT_OF_RANGE)

    @classmethod
    def create(cls, tenant_id: TenantId, **details: Any) -> Self:
        """Return an attribute without any value. Raises Invalid and LimitExceeded."""
        attribute = cls(tenant_id=tenant_id, **new_values(cls, details))
        attribute.check_attributes({})
        attribute.record_event("created")
        return attribute

    def record_values(self) -> None:
        """Record that values were written."""
        self.record_event("values_set")
