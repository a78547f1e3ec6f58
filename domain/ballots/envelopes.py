"""Ballots: the answers of one respondent as text of one length, before they are sealed."""

import json
from collections.abc import Mapping, Sequence
from uuid import UUID

Answers = Mapping[UUID, int | str]
"""The answers by question: a number, the position of a choice, or a text."""

BYTES_OF_CHARACTER = 4
"""The longest form of a character in UTF-8. Those that JSON escapes, as `\\n`, need fewer."""

BYTES_OF_ANSWER = 64
"""More than the id of a question, a number and punctuation."""


def encode(answers: Answers, length: int) -> bytes:
    """Return answers as a ballot of exactly this length. Raises ValueError if they are longer."""
    values = {str(id): value for id, value in answers.items()}
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
    if len(text) > length:
        raise ValueError("The answers are longer than a ballot.")
    return text.ljust(length)


def decode(ballot: bytes) -> dict[UUID, int | str]:
    """Return the answers of a ballot."""
    return {UUID(id): value for id, value in json.loads(ballot).items()}


def compute_length(max_characters: Sequence[int]) -> int:
    """Return the bytes of each ballot of a box: one number per question, 0 without a text."""
    return sum(BYTES_OF_ANSWER + BYTES_OF_CHARACTER * each for each in max_characters)
