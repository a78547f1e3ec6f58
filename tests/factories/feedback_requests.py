"""Requests for feedback for tests."""

from datetime import timedelta

from domain.feedback import FeedbackAudience, FeedbackRequest
from domain.kernel.identity import PersonId
from domain.people import Person
from tests.factories.actors import TODAY


def some_feedback_requests(people: dict[str, Person]) -> dict[str, FeedbackRequest]:
    """Build requests of Mara and her manager to her peer, a closed one, and two of the ruler."""
    mara, peer, boss, ruler = (people[each] for each in ("mara", "peer", "boss", "ruler"))
    made = {
        "of_mara": a_feedback_request(mara, mara, peer),
        "of_boss": a_feedback_request(boss, mara, peer),
        "closed": a_feedback_request(mara, mara, peer),
        "by_ruler": a_feedback_request(ruler, ruler, people["lead"]),
        "to_ruler": a_feedback_request(mara, mara, ruler),
        "outside": a_request_outside(ruler),
    }
    made["to_leaver"] = a_feedback_request(ruler, ruler, people["alumna"])
    made["to_leaver"].decline("Ill")
    made["to_leaver"].events.clear()
    made["closed"].cancel()
    made["closed"].events.clear()
    return made


def a_request_outside(asker: Person) -> FeedbackRequest:
    """Build a request of a person about themselves to somebody without an account."""
    asked = a_feedback_request(asker, asker, asker)
    asked.respondent_id, asked.respondent_name, asked.link_hash = None, "Ada from outside", "0" * 64
    return asked


def a_feedback_request(asker: Person, subject: Person, respondent: Person) -> FeedbackRequest:
    """Build a request that is due in a week."""
    is_own = asker is subject
    return FeedbackRequest(
        tenant_id=subject.tenant_id,
        subject_id=PersonId(subject.id),
        asker_id=PersonId(asker.id),
        respondent_id=PersonId(respondent.id),
        audience=FeedbackAudience.SUBJECT if is_own else FeedbackAudience.MANAGER,
        message="Tell me.",
        questions=("What should I start?", "What should I stop?"),
        due_on=TODAY + timedelta(days=7),
    )
