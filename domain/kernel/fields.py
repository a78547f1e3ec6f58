"""Field rules: what the value of an attribute must look like, declared once on its annotation.

    title: Annotated[str, SingleLine("The title"), EDITABLE]

The check of new values, the limits in the graph's descriptions, the columns and the tests of bad
values are derived from the annotation.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Protocol, Union, get_args, get_origin, get_type_hints

from domain.kernel import text
from domain.kernel.errors import Code, Invalid, LimitExceeded
from domain.kernel.faults import FaultCollector

EDITABLE: Final = "editable"
"""Marks an attribute that the verbs `create` and `edit` of its aggregate take as it is."""


PERSONAL: Final = "personal"
"""Marks an attribute that names or describes a person; an erasure removes its value."""

DERIVED: Final = "derived"
"""Marks an attribute that follows from others or from parts; the journal shows those instead."""


FILL_IN: Final = "Fill it in."


@dataclass(frozen=True)
class PeriodEnd:
    """A mark of an attribute that ends a period: the first day that no longer counts.

    The graph shows and takes the last day that counts, under `graph_name` where it is given.
    """

    graph_name: str | None = None


PERIOD_END: Final = PeriodEnd()
"""Marks the end of a period that the graph calls by the attribute's own name."""


class FieldRule(Protocol):
    """A rule for the values of one attribute."""

    @property
    def limit(self) -> str:
        """The limit as a sentence for users of the API."""
        ...

    def check(self, value: Any, *path: str | int) -> Any:
        """Return the value in its stored form; None where the text is empty.

        Raises Invalid or LimitExceeded at the path.
        """
        ...


@dataclass(frozen=True)
class SingleLine:
    """One line of text. `label` begins the messages, such as "The title"."""

    label: str
    max_length: int = 200
    stores_empty: bool = False
    """Store an empty text, not None, where nothing is given."""
    ignores_case: bool = False
    """Compare the text without regard to case; it is still kept as given."""
    is_sorted_by_locale: bool = False
    """Sort the text as people expect in the language of the tenant."""
    advice: str = FILL_IN
    """What to do where a required text is missing."""

    @property
    def limit(self) -> str:
        """The limit as a sentence."""
        return _limit_length(self.max_length)

    def check(self, value: str | None, *path: str | int) -> str | None:
        """Return the trimmed text. Raises Invalid: TOO_LONG or INVALID_FORMAT."""
        checked = text.optional_single_line(self.label, value, *path, max_length=self.max_length)
        return "" if checked is None and self.stores_empty else checked

    @property
    def fold(self) -> Callable[[str], str] | None:
        """The function that returns the form in which the text is compared, if it is another."""
        return text.fold_case if self.ignores_case else None


@dataclass(frozen=True)
class MultiLine:
    """Text of any number of lines."""

    label: str
    max_length: int = 10_000
    advice: str = FILL_IN
    """What to do where a required text is missing."""

    @property
    def limit(self) -> str:
        """The limit as a sentence."""
        return _limit_length(self.max_length)

    def check(self, value: str | None, *path: str | int) -> str | None:
        """Return the trimmed text. Raises Invalid: TOO_LONG or INVALID_FORMAT."""
        return text.multi_line(self.label, value, *path, max_length=self.max_length)


@dataclass(frozen=True)
class Formatted:
    """Text of a known format; `validate` is a function of `domain.kernel.text`."""

    label: str
    validate: Callable[..., str | None]
    max_length: int
    states_length: bool = True
    """Whether `limit` names the length; the format of a time zone is limit enough."""
    fold: Callable[[str], str] | None = None
    """The function that returns the form in which the text is compared, if it is another."""

    @property
    def limit(self) -> str:
        """The limit as a sentence, or an empty text."""
        return _limit_length(self.max_length) if self.states_length else ""

    def check(self, value: str | None, *path: str | int) -> str | None:
        """Return the text in its stored form. Raises Invalid as `validate` does."""
        if value is None or not value.strip():
            return None
        return self.validate(self.label, value, *path)


def name_rule(label: str, max_length: int = 200, *, stores_empty: bool = False) -> SingleLine:
    """Return the rule of a name, which is sorted as people expect in the tenant's language."""
    return SingleLine(label, max_length, stores_empty, is_sorted_by_locale=True)


def email_rule(label: str) -> Formatted:
    """Return the rule of an e-mail address."""
    return Formatted(label, text.validate_email, text.MAX_EMAIL_LENGTH, fold=text.fold_email)


def key_rule(label: str) -> Formatted:
    """Return the rule of a short name for programs, such as the key of a role."""
    return Formatted(label, text.validate_key, text.MAX_KEY_LENGTH)


def slug_rule(label: str) -> Formatted:
    """Return the rule of a short name that may contain hyphens."""
    return Formatted(label, text.validate_slug, text.MAX_KEY_LENGTH)


def time_zone_rule(label: str) -> Formatted:
    """Return the rule of a time zone."""
    return Formatted(label, text.validate_time_zone, text.MAX_TIME_ZONE_LENGTH, states_length=False)


def locale_rule(label: str) -> Formatted:
    """Return the rule of a language tag."""
    return Formatted(label, text.validate_locale, text.MAX_LOCALE_LENGTH, states_length=False)


@dataclass(frozen=True)
class WholeNumber:
    """A whole number from `minimum` to `maximum`, both included."""

    label: str
    minimum: int
    maximum: int

    @property
    def limit(self) -> str:
        """The limit as a sentence."""
        return f"From {self.minimum:,} to {self.maximum:,}."

    def check(self, value: int, *path: str | int) -> int:
        """Return the number. Raises Invalid with OUT_OF_RANGE."""
        if not self.minimum <= value <= self.maximum:
            message = f"{self.label} is a number from {self.minimum:,} to {self.maximum:,}."
            raise Invalid(message, *path, code=Code.OUT_OF_RANGE)
        return value


@dataclass(frozen=True)
class ExactNumber:
    """A decimal number with up to `digits` digits before the point and `decimals` behind it."""

    digits: int = 15
    decimals: int = 6

    @property
    def limit(self) -> str:
        """The limit as a sentence."""
        return f"Up to {self.digits} digits, and {self.decimals} more after the decimal point."

    def check(self, value: Decimal, *path: str | int) -> Decimal:
        """Return the number. Raises Invalid with OUT_OF_RANGE."""
        is_exact = value.is_finite() and abs(value) < 10**self.digits
        if not is_exact or value != round(value, self.decimals):
            raise Invalid(
                f"A value has up to {self.digits} digits, and {self.decimals} more after the"
                " decimal point. Round it.",
                *path,
                code=Code.OUT_OF_RANGE,
            )
        return value


@dataclass(frozen=True)
class Share:
    """A share of a whole: above 0 and at most 1, with up to `decimals` digits behind the point."""

    label: str
    decimals: int = 4

    @property
    def limit(self) -> str:
        """The limit as a sentence."""
        return f"Above 0 and at most 1, with up to {self.decimals} digits after the decimal point."

    def check(self, value: Decimal | None, *path: str | int) -> Decimal | None:
        """Return the number. Raises Invalid with OUT_OF_RANGE."""
        if value is None:
            return None
        if not 0 < value <= 1 or value != round(value, self.decimals):
            message = (
                f"{self.label} is above 0 and at most 1, such as 0.8, with up to {self.decimals}"
                " digits after the decimal point."
            )
            raise Invalid(message, *path, code=Code.OUT_OF_RANGE)
        return value


@dataclass(frozen=True)
class MaxItems:
    """A collection of at most `maximum` items. `subject` begins the message, such as "A goal"."""

    subject: str
    items: str
    maximum: int

    @property
    def limit(self) -> str:
        """The limit as a sentence."""
        return f"At most {self.maximum}."

    def check(self, value: Collection[Any], *path: str | int) -> set[Any]:
        """Return the items as a set. Raises LimitExceeded."""
        if len(value) > self.maximum:
            message = f"{self.subject} has at most {self.maximum} {self.items}. Remove some."
            raise LimitExceeded(message, *path)
        return set(value)


@dataclass(frozen=True)
class FieldSpec:
    """One attribute of an aggregate or part, as its annotation declares it."""

    name: str
    type: Any
    is_optional: bool
    is_editable: bool
    rule: FieldRule | None
    default: Any = MISSING
    period_end: PeriodEnd | None = None
    is_personal: bool = False
    is_derived: bool = False

    @property
    def is_period_end(self) -> bool:
        """Whether the value is the first day that no longer counts."""
        return self.period_end is not None

    @property
    def fold(self) -> Callable[[str], str] | None:
        """The function that returns the form in which the text is compared, if it is another."""
        fold: Callable[[str], str] | None = getattr(self.rule, "fold", None)
        return fold

    @property
    def is_sorted_by_locale(self) -> bool:
        """Whether the text is sorted as people expect in the language of the tenant."""
        return bool(getattr(self.rule, "is_sorted_by_locale", False))

    @property
    def graph_name(self) -> str:
        """The name of the attribute in the graph, in snake case."""
        return (self.period_end and self.period_end.graph_name) or self.name

    def check(self, value: Any, *path: str | int) -> Any:
        """Return the value in its stored form. Raises Invalid or LimitExceeded at the path."""
        if not self.is_optional:
            return check_required(self.rule, value, *path)
        is_given = value is not None or getattr(self.rule, "stores_empty", False)
        return self.rule.check(value, *path) if self.rule and is_given else value


def check_required(rule: FieldRule | None, value: Any, *path: str | int) -> Any:
    """Return a value in its stored form. Raises Invalid (REQUIRED among others) at the path."""
    checked = rule.check(value, *path) if rule else value
    if checked is None:
        label, advice = getattr(rule, "label", "The value"), getattr(rule, "advice", FILL_IN)
        raise Invalid(f"{label} is missing. {advice}", *path, code=Code.REQUIRED)
    return checked


def split_annotation(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return the type and the metadata of an annotation; no metadata where it is a bare type."""
    if get_origin(hint) is Annotated:
        type_, *metadata = get_args(hint)
        return type_, tuple(metadata)
    return hint, ()


def find_rule(metadata: Iterable[Any]) -> FieldRule | None:
    """Return the field rule among the metadata of an annotation, or None."""
    return next((each for each in metadata if hasattr(each, "check")), None)


@cache
def field_specs(entity: type) -> Mapping[str, FieldSpec]:
    """Return the attributes of an aggregate or part by name, in the order of their declaration."""
    hints = get_type_hints(entity, include_extras=True)
    return {each.name: _build_spec(each, hints[each.name]) for each in fields(entity)}


def graph_name(entity: type, attribute: str) -> str:
    """Return the name of an attribute in the graph, in snake case."""
    spec = field_specs(entity).get(attribute)
    return spec.graph_name if spec else attribute


def editable_fields(entity: type) -> tuple[str, ...]:
    """Return the names of the attributes that `create` and `edit` take as they are."""
    return tuple(name for name, spec in field_specs(entity).items() if spec.is_editable)


def check_fields(entity: type, values: Mapping[str, Any], *path: str | int) -> dict[str, Any]:
    """Return values of attributes in their stored form; each is named as the graph spells it.

    Raises Invalid or LimitExceeded at the path of the value; for several faults, all together.
    """
    specs, checked, faults = field_specs(entity), dict[str, Any](), FaultCollector()
    for name, value in values.items():
        spec = specs[name]
        try:
            checked[name] = spec.check(value)
        except (Invalid, LimitExceeded):
            with faults.collect():  # most values are right, and need no path
                spec.check(value, *path, to_camel_case(spec.graph_name))
    faults.raise_all()
    return checked


def new_values(entity: type, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the checked values for a new entity; none of its required ones may be absent.

    Raises Invalid (REQUIRED among others) or LimitExceeded at the field as the graph spells it.
    """
    for name, spec in field_specs(entity).items():
        if spec.is_editable and spec.default is MISSING and name not in values:
            message = f"{name.replace('_', ' ').capitalize()} is missing. Fill it in."
            raise Invalid(message, to_camel_case(spec.graph_name), code=Code.REQUIRED)
    return check_fields(entity, values)


def get_rule(entity: type, attribute: str) -> FieldRule | None:
    """Return the rule of an attribute, or None."""
    return field_specs(entity)[attribute].rule


@cache
def to_camel_case(name: str) -> str:
    """Return a Python name as the graph spells it: `due_on` as `dueOn`."""
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)


def _limit_length(length: int) -> str:
    return f"At most {length:,} characters."


def _build_spec(field: Field[Any], hint: Any) -> FieldSpec:
    hint, metadata = split_annotation(hint)
    is_optional = get_origin(hint) in (Union, UnionType) and NoneType in get_args(hint)
    if is_optional:
        (hint,) = (each for each in get_args(hint) if each is not NoneType)
    rule = find_rule(metadata)
    default = field.default_factory() if field.default_factory is not MISSING else field.default
    period_end = next((each for each in metadata if isinstance(each, PeriodEnd)), None)
    words = PERSONAL in metadata, DERIVED in metadata
    marks = EDITABLE in metadata, rule, default, period_end, *words
    return FieldSpec(field.name, hint, is_optional, *marks)
