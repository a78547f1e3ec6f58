"""Hostile documents by the thousand: the known shapes, and what the grammar yields."""

from collections.abc import Iterator
from random import Random

from api.schema import get_schema
from tests.adversarial.attack_documents import SHAPES
from tests.adversarial.document_generator import Grammar


def hostile_documents(count: int, seed: int = 4) -> Iterator[tuple[str, str]]:
    """So many documents with the name of their shape, the same for every seed."""
    random = Random(seed)
    grammar = Grammar(get_schema()._schema, random)
    names = list(SHAPES)
    for number in range(count):
        if number % 3 == 2:
            yield "grammar", grammar.document()
        else:
            name = names[(number - number // 3) % len(names)]
            yield name, SHAPES[name](random)
