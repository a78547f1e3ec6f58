"""The same documents answered by the engine and by graphql-core over plain rows."""

import os
from typing import Any

import pytest
from graphql import GraphQLSchema, parse, validate

from api.kernel.execution import Engine
from tests.reads.asking import Asker, Question
from tests.reads.comparing import differences, found_under
from tests.reads.oracle.graph import Oracle
from tests.reads.oracle.standing import Caller, Facts
from tests.reads.serving import ask
from tests.reads.world import World

QUESTIONS = int(os.environ.get("TRELLIS_DIFFERENTIAL", "300"))
SEED = int(os.environ.get("TRELLIS_DIFFERENTIAL_SEED", "1"))
CALLERS = [
    ("meridian", "employee"),
    ("meridian", "manager"),
    ("meridian", "lead"),
    ("meridian", "hr"),
    ("meridian", "hr-narrow"),
    ("meridian", "admin"),
    ("meridian", "analyst"),
    ("meridian", "partner"),
    ("meridian", "buddy-narrow"),
    ("meridian", "nobody"),
    ("harbor", "admin"),
    ("harbor", "hr"),
]
EACH = -(-QUESTIONS // len(CALLERS))


@pytest.fixture(scope="module")
def facts(tenants: dict[str, World]) -> dict[str, Facts]:
    return {name: Facts(world) for name, world in tenants.items()}


@pytest.mark.anyio
@pytest.mark.parametrize(("tenant", "subject"), CALLERS)
async def test_the_engine_answers_what_graphql_core_answers_over_plain_rows(
    tenant: str,
    subject: str,
    engine: Engine,
    oracle: Oracle,
    tenants: dict[str, World],
    facts: dict[str, Facts],
) -> None:
    world = tenants[tenant]
    (foreign,) = [each for name, each in tenants.items() if name != tenant]
    asker = Asker(oracle.schema, world, foreign, SEED * 1000 + CALLERS.index((tenant, subject)))
    who = Caller(facts[tenant], subject)
    wrong: list[str] = []
    for _ in range(EACH):
        question = asker.question()
        assert not _faults(oracle.schema, question), question.document
        variables: dict[str, Any] = question.variables
        for _turn in range(2 if question.cursors else 1):
            found = await ask(engine, world, subject, question.document, variables)
            wrong += _compared(found, oracle, who, question, variables)
            cursors = {
                name: asker.random.choice(held)
                for name, mark in question.cursors.items()
                if (held := sorted(found_under(mark, found.get("data"))))
            }
            variables = question.variables | cursors
    assert not wrong, f"{len(wrong)} answers differ:\n" + "\n\n".join(wrong[:3])


def _faults(schema: GraphQLSchema, question: Question) -> list[Any]:
    return validate(schema, parse(question.document))


def _compared(
    found: Any, oracle: Oracle, who: Caller, question: Question, variables: dict[str, Any]
) -> list[str]:
    expected = oracle.answer(who, question.document, variables)
    if expected.errors and expected.errors[0].original_error is not None:
        raise expected.errors[0].original_error
    paths = sorted(str(each.path) for each in expected.errors or ())
    told = sorted(str(each.get("path")) for each in found.get("errors", ()))
    apart = list(differences(found.get("data"), expected.data))
    if paths != told:
        apart.append(f"errors {found.get('errors')} instead of {expected.errors}")
    if not apart:
        return []
    return ["\n".join([question.document, str(variables), *apart[:5]])]
