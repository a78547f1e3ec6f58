"""Mutations: one business verb each, told to one aggregate, and read back when it has been kept.

    @mutation(Goal)
    async def goal_achieve(work: Work, input: GoalAchieveInput) -> goals.Goal:
        '''Close a goal as achieved.'''
        goal = await work.get(goals.Goal, input.id, to=goals.Goal.ACHIEVE)
        goal.achieve(by=work.actor, at=work.now)
        return goal

becomes `goalAchieve(input: GoalAchieveInput!): GoalAchievePayload!`, whose `goal` is compiled from
the client's own selection. A refusal undoes everything and becomes an error of the payload.

`@mutation(Goal, batch="goals")` adds `goalCreateBatch(inputs: [GoalCreateInput!]!)`, which tells
row after row in a single unit of work; every row that is refused says so with its `index`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar, get_type_hints

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case

from api.kernel.filters import Entry, made_type
from api.kernel.graph import TYPES, Unreadable, sentence

Told = TypeVar("Told", bound=Callable[..., Awaitable[Any]])

MOST_ROWS = 100

MUTATIONS: dict[str, "Mutation"] = {}
"""Every mutation by its Python name."""


@dataclass(frozen=True)
class Mutation:
    """A verb in the graph: the function that does it, and the type that it is read back as.

    With `rows` it is told of many inputs, and its payload has a list of that name.
    """

    tell: Callable[..., Awaitable[Any]]
    of: type
    input: type
    rows: str | None = None

    @property
    def name(self) -> str:
        """The name in Python."""
        return f"{self.tell.__name__}{'_batch' if self.rows else ''}"

    @property
    def payload(self) -> str:
        """The name of the payload's type."""
        camel = to_camel_case(self.name)
        return f"{camel[0].upper()}{camel[1:]}Payload"


def mutation(of: type, *, batch: str | None = None) -> Callable[[Told], Told]:
    """Declare a mutation that answers with an object of this type; its docstring describes it.

    `batch` asks for a second one that is told of many, and names the list of their objects.
    """

    def declare(tell: Told) -> Told:
        hints = get_type_hints(tell)
        if not tell.__doc__:
            raise Unreadable(f"{tell.__name__} has no docstring. It describes the mutation.")
        for rows in (None, batch) if batch else (None,):
            made = Mutation(tell, of, hints["input"], rows)
            MUTATIONS[made.name] = made
        return tell

    return declare


def mutation_type() -> type:
    """The root type of all mutations declared so far."""
    body: dict[str, Any] = {}
    for name, each in MUTATIONS.items():
        _make_payload(each)
        body[name] = _field(each)
    cls = type(
        "Mutation", (), body | {"__doc__": "Everything that can be changed.", "__annotations__": {}}
    )
    return strawberry.type(cls, description="Everything that can be changed, one verb each.")


def _make_payload(mutation: Mutation) -> None:
    name = mutation.of.__name__
    camel = to_camel_case(mutation.name)
    if mutation.rows:
        whole = "What became of each input, in their order; empty where any of them was refused."
        found = {mutation.rows: Entry(f"list[{name} | None]", whole)}
    else:
        whole = f"The {name} afterwards; null where it was refused."
        found = {_snake(name): Entry(f"{name} | None", whole)}
    why = Entry("list[UserError]", "Why nothing was changed; empty where it was done.")
    made_type(mutation.payload, f"What came of {camel}.", {**found, "errors": why})


def _field(mutation: Mutation) -> StrawberryField:
    type_: Any = list[mutation.input] if mutation.rows else mutation.input  # type: ignore[name-defined]

    many = f" Tells {MOST_ROWS} at most, of which all are done or none." if mutation.rows else ""
    made_field = StrawberryField(
        python_name=mutation.name,
        description=sentence(mutation.tell.__doc__ or "") + many,
    )
    made_field.type_annotation = StrawberryAnnotation(mutation.payload, namespace=TYPES)
    made_field.arguments = [
        StrawberryArgument(
            python_name="input",
            graphql_name="inputs" if mutation.rows else None,
            type_annotation=StrawberryAnnotation(type_),
            description=f"What {to_camel_case(mutation.name)} needs to know.",
        )
    ]
    return made_field


def _snake(name: str) -> str:
    return "".join(f"_{each.lower()}" if each.isupper() else each for each in name).lstrip("_")
