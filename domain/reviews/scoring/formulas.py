"""The value of a score by a formula over components, in the language of computed KPIs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from domain.kpis.formulas import nodes, units
from domain.kpis.formulas.checking import Formula
from domain.kpis.formulas.evaluation import evaluate
from domain.kpis.formulas.nodes import Input, Node
from domain.kpis.formulas.outcomes import Gap, KpiGapReason, Outcome
from domain.kpis.formulas.parser import parse
from domain.reviews.scoring.aggregation import Aggregation, Term
from domain.reviews.scoring.items import Column, Item

SHORTEN = "Shorten it."


class ComponentKind(StrEnum):
    """What a component selects the ratings of."""

    SECTION = "section"
    QUESTION = "question"
    DIRECTION = "direction"


@dataclass(frozen=True)
class Component:
    """Ratings that a formula names, such as `section.results`."""

    kind: ComponentKind
    key: str

    @property
    def name(self) -> str:
        """The name in the formula."""
        return f"{self.kind}.{self.key}"

    def includes(self, item: Item) -> bool:
        """Return whether an item belongs to it."""
        keys = {
            ComponentKind.SECTION: item.section,
            ComponentKind.QUESTION: item.key,
            ComponentKind.DIRECTION: item.group,
        }
        return keys[self.kind] == self.key


@dataclass(frozen=True)
class Computed:
    """The value of a formula with its numbers, or None, and sentences that say where it is from."""

    term: Term | None
    explain: tuple[str, ...]


@dataclass(frozen=True)
class ScoreFormula:
    """A formula whose inputs are components. Each has the value that its ratings alone come to."""

    text: str
    tree: Node

    def list_components(self) -> list[Component]:
        """Return the components, each once, in the order of their places."""
        return [find_component(each) for each in nodes.list_inputs(self.tree)]

    def compute(
        self,
        aggregation: Aggregation,
        items: Sequence[Item],
        column: Column,
        days: Mapping[str, Fraction],
    ) -> Computed:
        """Return the exact value; None where a component has none, or for a division by zero."""
        terms = {
            each.name: aggregation.compute(filter(each.includes, items), column, days)
            for each in self.list_components()
        }
        formula = Formula(self.text, self.tree, units.NUMBER)
        outcome = evaluate(formula, _Components(terms), 0)
        if outcome.gap is not None:
            reason = _explain_gap(self.text, outcome.gap)
            return Computed(None, (f"The formula {self.text} has no value: {reason}.",))
        explain = (f"It is {self.text}.", *_describe(terms))
        return Computed(Term(outcome.number, self._put_in(terms)), explain)

    def _put_in(self, terms: Mapping[str, Term | None]) -> str:
        """Return the formula with the value of each component in its place."""
        written, end = "", 0
        inputs = [each for each in nodes.walk(self.tree) if isinstance(each, Input)]
        for each in sorted(inputs, key=lambda one: one.span.start):
            written += self.text[end : each.span.start] + _write(terms[each.name])
            end = each.span.end
        return written + self.text[end:]


@dataclass(frozen=True)
class _Components:
    """What the evaluation reads: one period, in which each component has its value."""

    terms: Mapping[str, Term | None]

    def read(self, name: str, first: int, last: int, *, is_total: bool) -> Outcome:  # noqa: ARG002 - as a Reader.
        term = self.terms[name]
        if term is None:
            return Outcome(gap=Gap(KpiGapReason.NOT_MEASURED, (name,)))
        return Outcome(term.value)

    def get_unit(self, name: str) -> units.Unit:  # noqa: ARG002 - as a Reader.
        return units.NUMBER

    def find_earlier(self, ordinal: int, steps: int) -> int | None:  # noqa: ARG002 - as a Reader.
        return None

    def find_previous_year(self, ordinal: int) -> int | None:  # noqa: ARG002 - as a Reader.
        return None

    def find_first(self, word: str, ordinal: int) -> int:  # noqa: ARG002 - as a Reader.
        return ordinal


def read_formula(text: str) -> ScoreFormula:
    """Return a formula on one line. Raises FormulaFault where the text is no formula."""
    line = " ".join(text.split())
    return ScoreFormula(line, parse(line, advice=SHORTEN))


def find_component(name: str) -> Component:
    """Return the component of a name. Raises ValueError where it is no such name."""
    kind, key = name.split(".")
    return Component(ComponentKind(kind), key)


def _describe(terms: Mapping[str, Term | None]) -> Iterator[str]:
    for name, term in terms.items():
        if term is None:
            yield f"{name}: not rated."
        else:
            written = "" if term.formula == str(term.value) else f"{term.formula} = "
            yield f"{name}: {written}{term.value}."


def _write(term: Term | None) -> str:
    if term is None:
        return "(not rated)"
    is_plain = term.value >= 0 and term.value.denominator == 1
    return str(term.value) if is_plain else f"({term.value})"


def _explain_gap(text: str, gap: Gap) -> str:
    if gap.reason is KpiGapReason.DIVISION_BY_ZERO and gap.span is not None:
        return f"{text[gap.span.start : gap.span.end]} is 0, and nothing is divided by 0"
    if gap.inputs:
        return f"nothing is rated in {', '.join(gap.inputs)}"
    return "the result is too large"
