"""Thousands of attack documents: known attacks, and documents generated from the schema."""

from collections.abc import Iterator
from random import Random

from api.schema import get_schema
from tests.adversarial.attack_documents import ATTACKS
from tests.adversarial.document_generator import DocumentGenerator


def generate_documents(count: int, seed: int = 4) -> Iterator[tuple[str, str]]:
    """Generate documents with the name of their attack; equal seeds give equal documents."""
    random = Random(seed)
    grammar = DocumentGenerator(get_schema()._schema, random)
    names = list(ATTACKS)
    for number in range(count):
        if number % 3 == 2:
            yield "grammar", grammar.generate_document()
        else:
            name = names[(number - number // 3) % len(names)]
            yield name, ATTACKS[name](random)
