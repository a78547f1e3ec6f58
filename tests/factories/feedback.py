"""Feedback for tests."""

from datetime import timedelta
from typing import Any

from domain.feedback import Feedback, FeedbackAudience, FeedbackMode
from domain.kernel.identity import PersonId
from domain.people import Person
from tests.factories.actors import TODAY

CONFIDENTIAL, IDENTIFIED = FeedbackMode.CONFIDENTIAL, FeedbackMode.IDENTIFIED


def some_feedback(people: dict[str, Person]) -> dict[str, Feedback]:
    """Build feedback about Mara by her peer, of each kind, and of and about the ruler."""
    mara, peer = people["mara"], people["peer"]
    audiences = {each.value: each for each in FeedbackAudience}
    made = {name: a_feedback(mara, peer, each) for name, each in audiences.items()}
    manager = FeedbackAudience.MANAGER
    made["hidden"] = a_feedback(mara, peer, FeedbackAudience.SUBJECT, CONFIDENTIAL, -3, version=3)
    made["secret"] = a_feedback(mara, peer, manager, CONFIDENTIAL, days=-3)
    ruler, newcomer = people["ruler"], people["newcomer"]
    made["by_ruler"] = a_feedback(newcomer, ruler, FeedbackAudience.SUBJECT)
    made["to_ruler"] = a_feedback(ruler, newcomer, FeedbackAudience.SUBJECT)
    made["of_leaver"] = a_feedback(people["alumna"], ruler, FeedbackAudience.SUBJECT)
    return made


def a_feedback(
    subject: Person,
    author: Person,
    audience: FeedbackAudience,
    mode: FeedbackMode = IDENTIFIED,
    days: int = 0,
    **more: Any,
) -> Feedback:
    """Build feedback that was given some days after today."""
    made = Feedback.start(
        subject.tenant_id,
        PersonId(author.id),
        PersonId(subject.id),
        mode,
        audience,
        TODAY + timedelta(days=days),
    )
    made.text = "You explain well."
    for name, value in more.items():
        setattr(made, name, value)
    return made
