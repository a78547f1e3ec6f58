"""Links of requests for feedback: one text, or a refusal with a reason."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from api.http.errors import bad_request
from api.respond import page
from api.respond.kind import NO_FIELDS, Fields, Outcome, UseCase
from api.respond.parsing import take_text
from domain.feedback import FeedbackRequestStatus, GivenResponse, ResponseForm, respond
from domain.feedback.external import TEXT
from domain.feedback.requests import REQUEST_REASON
from domain.kernel.errors import Refusal

ACTIONS = {"ANSWER": FeedbackRequestStatus.ANSWERED, "DECLINE": FeedbackRequestStatus.DECLINED}
OUTCOMES = {
    FeedbackRequestStatus.ANSWERED: (
        "Thank you",
        "Your feedback was sent. You can close this page.",
    ),
    FeedbackRequestStatus.DECLINED: (
        "You declined",
        "{asker} can see that you do not answer. You can close this page.",
    ),
    FeedbackRequestStatus.CANCELLED: ("Closed", "{asker} does not need an answer any more."),
    FeedbackRequestStatus.EXPIRED: ("Closed", "The time to answer is over. Nothing is asked."),
}
_FORM = page.load_template("request.html")


class RequestLinks:
    """The kind of link of a request for feedback."""

    use_case: UseCase = staticmethod(respond)
    max_body_size = 64 * 1024
    """In bytes: a text of 5,000 characters takes 45,000 in a form when each is of three bytes."""

    def parse(self, given: Mapping[str, Any]) -> GivenResponse:
        """Return the response of a JSON document. Raises RequestError."""
        action = ACTIONS.get(str(given.get("action")))
        if action is None:
            raise bad_request("The action must be ANSWER or DECLINE.")
        is_refusal = action is FeedbackRequestStatus.DECLINED
        return GivenResponse(action, take_text(given.get("reason" if is_refusal else "text")))

    def parse_fields(self, fields: Fields) -> GivenResponse:
        """Return the response of a form. Raises RequestError."""
        return self.parse({**fields, "action": fields.get("action", "").upper()})

    def describe(self, form: ResponseForm) -> dict[str, Any]:
        """Return the JSON document of a form."""
        return {
            "status": form.status.name,
            "respondent": form.respondent,
            "tenant": form.tenant,
            "asker": form.asker,
            "person": form.person,
            "goal": form.goal,
            "message": form.message,
            "questions": list(form.questions),
            "helps": list(form.helps),
            "dueOn": form.due_on.isoformat(),
            "lastDay": form.last_day.isoformat(),
            "explanation": form.explanation,
        }

    def find_outcome(self, form: ResponseForm, _sent: str | None) -> Outcome | None:
        """Return what became of a request that is closed."""
        if form.status is FeedbackRequestStatus.OPEN:
            return None
        return _build_outcome(form, form.status)

    def name_sent(self, _response: GivenResponse) -> None:
        """Return nothing: the request itself says what became of it."""

    def close(self, form: ResponseForm) -> Outcome:
        """Return what the page says after a response that came too late."""
        return _build_outcome(form, FeedbackRequestStatus.EXPIRED)

    def render(
        self,
        form: ResponseForm,
        form_token: str,
        fields: Fields = NO_FIELDS,
        faults: Sequence[Refusal] = (),
    ) -> str:
        """Return the page of an open request."""
        names = {each: escape(getattr(form, each) or "") for each in ("asker", "person", "tenant")}
        whose = "their work" if form.is_about_asker else f"the work of <bdi>{names['person']}</bdi>"
        if form.goal:
            whose = f"{whose} on <bdi>{escape(form.goal)}</bdi>"
        content = _FORM.substitute(
            names,
            respondent=escape(form.respondent or ""),
            whose=whose,
            message=page.render_text(form.message),
            questions=_render_questions(form),
            due_on=page.format_day(form.due_on),
            last_day=page.format_day(form.last_day),
            explanation=escape(form.explanation),
            form_token=escape(form_token),
            text=escape(fields.get("text", "")),
            summary=page.render_faults([(str(each), "text") for each in faults]),
            invalid='aria-invalid="true" ' if faults else "",
            max_length=TEXT.max_length,
            shown_max_length=f"{TEXT.max_length:,}",
            max_reason_length=REQUEST_REASON.max_length,
        )
        return page.render_page(f"Feedback for {form.asker}", content, is_refused=bool(faults))


def _build_outcome(form: ResponseForm, status: FeedbackRequestStatus) -> Outcome:
    heading, text = OUTCOMES[status]
    return Outcome(heading, text.format(asker=form.asker))


def _render_questions(form: ResponseForm) -> str:
    if not form.questions:
        return ""
    asked = zip(form.questions, form.helps, strict=True)
    items = "\n".join(
        f'<li dir="auto">{escape(each)}{_render_help(help_)}</li>' for each, help_ in asked
    )
    return f'<h2 id="questions">Questions</h2>\n<ol>\n{items}\n</ol>'


def _render_help(text: str | None) -> str:
    return f'<span class="note">{escape(text)}</span>' if text else ""
