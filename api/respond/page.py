"""The page of a link: plain HTML without a script, which also works without a style sheet."""

from base64 import b64encode
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from html import escape
from pathlib import Path
from string import Template

from domain.feedback import FeedbackRequestStatus, ResponseForm
from domain.feedback.external import TEXT
from domain.feedback.requests import REQUEST_REASON

_DIRECTORY = Path(__file__).parent
_STYLE = (_DIRECTORY / "page.css").read_text()
_PAGE = Template((_DIRECTORY / "page.html").read_text())
_FORM = Template((_DIRECTORY / "form.html").read_text())
_STYLE_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()

HEADERS = {
    "content-security-policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none';"
        " form-action 'self'; frame-ancestors 'none'"
    ),
    "vary": "accept, cookie",
    "x-robots-tag": "noindex",
}

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
NO_LINK = (
    "This link does not hold",
    "Check that you have copied all of it. If it was replaced by another link, use that one.",
)


def render_form(
    form: ResponseForm, form_token: str, *, text: str = "", error: str | None = None
) -> str:
    """Return the page of an open request, with a text and what is wrong with it."""
    names = {each: escape(getattr(form, each) or "") for each in ("asker", "person", "tenant")}
    whose = "their work" if form.is_about_asker else f"the work of <bdi>{names['person']}</bdi>"
    content = _FORM.substitute(
        names,
        respondent=escape(form.respondent or ""),
        whose=whose,
        message=_render_message(form),
        questions=_render_questions(form),
        due_on=_format_day(form.due_on),
        last_day=_format_day(form.last_day),
        explanation=escape(form.explanation),
        form_token=escape(form_token),
        text=escape(text),
        summary=_render_error(error),
        invalid='aria-invalid="true" ' if error else "",
        max_length=TEXT.max_length,
        max_reason_length=REQUEST_REASON.max_length,
    )
    title = f"{'Error: ' if error else ''}Feedback for {form.asker}"
    return _render_page(title, content)


def render_outcome(form: ResponseForm) -> str:
    """Return the page of a request that is closed."""
    heading, text = OUTCOMES[form.status]
    return _render_message_page(heading, text.format(asker=form.asker))


def render_no_link() -> str:
    """Return the page of a link that does not hold."""
    return _render_message_page(*NO_LINK)


def render_old_form() -> str:
    """Return the page after a form without the right token. The text is in the browser's form."""
    return _render_message_page(
        "Nothing was sent yet",
        "Go back, load the page again and send it once more. Your browser has to accept the cookie"
        " of this page.",
    )


def _render_message_page(heading: str, text: str) -> str:
    content = f'<h1>{escape(heading)}</h1>\n<p role="status">{escape(text)}</p>'
    return _render_page(heading, content)


def _render_page(title: str, content: str) -> str:
    return _PAGE.substitute(title=escape(title), style=_STYLE, content=content)


def _render_message(form: ResponseForm) -> str:
    if not form.message:
        return ""
    return f'<blockquote dir="auto">{"<br>".join(_escape_lines(form.message))}</blockquote>'


def _render_questions(form: ResponseForm) -> str:
    if not form.questions:
        return ""
    items = "\n".join(f'<li dir="auto">{escape(each)}</li>' for each in form.questions)
    return f'<h2 id="questions">Questions</h2>\n<ol>\n{items}\n</ol>'


def _render_error(error: str | None) -> str:
    if error is None:
        return ""
    return (
        '<div class="error" role="alert"><h2>Please correct this</h2>'
        f'<p><a href="#text">{escape(error)}</a></p></div>'
    )


def _escape_lines(text: str) -> Iterator[str]:
    return (escape(line) for line in text.split("\n"))


def _format_day(day: date) -> str:
    """Return a day with the name of its month, because readers order numbers differently."""
    return f"{day.day} {day:%B %Y}"
