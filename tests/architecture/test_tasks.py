"""Every kind of task names what does it."""

from api.schema import get_schema
from domain.kernel.todos import TaskKind
from persistence.todos import MUTATIONS


def test_each_task_names_the_mutations_of_the_graph_that_do_it() -> None:
    graph = get_schema()._schema
    assert graph.mutation_type is not None
    assert {*MUTATIONS} == {*TaskKind}
    named = {each for names in MUTATIONS.values() for each in names}
    assert named <= {*graph.mutation_type.fields}
