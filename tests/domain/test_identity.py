"""Identifiers: UUIDs of version 7, in the order of their creation."""

from uuid import UUID

from domain.kernel.identity import generate_id, generate_id_text


def test_ids_and_their_texts_are_in_the_order_of_their_creation() -> None:
    ids = [make() for _ in range(100) for make in (generate_id, lambda: UUID(generate_id_text()))]

    assert ids == sorted(set(ids))
    assert {each.version for each in ids} == {7}


def test_the_text_of_an_id_has_the_usual_form() -> None:
    text = generate_id_text()

    assert str(UUID(text)) == text
