"""Links of raters without an account: a form of ratings and texts.

The page is the same before and after an answer, so that a link tells nobody whether it was used.
"""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from api.http.errors import bad_request
from api.respond import page
from api.respond.kind import NO_FIELDS, Fields, Outcome, UseCase
from api.respond.parsing import take_text
from domain.feedback_programs import RaterAnswer, RaterForm, RaterResponse, respond_by_link
from domain.feedback_programs.external import ShownQuestion
from domain.feedback_programs.forms import TEXT
from domain.kernel.errors import Refusal
from domain.reviews.templates.model import MAX_TEMPLATE_QUESTIONS

LEVEL, TEXTS = "level.", "text."
"""The beginnings of the names of fields; the key of the question follows."""

MAX_DIGITS = 3
OUTCOMES = {
    "answered": (
        "Thank you",
        "Your answers are sealed until {last_day}. Until then you can change them by your link.",
    ),
    "withdrawn": (
        "Taken back",
        "Nothing that you answered is kept. You can answer again until {last_day}.",
    ),
}
CLOSED = Outcome("Closed", "The time to answer is over. Nothing was saved.")
_FORM = page.load_template("rater.html")


class RaterLinks:
    """The kind of link of a rater in a feedback program."""

    use_case: UseCase = staticmethod(respond_by_link)
    max_body_size = 256 * 1024
    """In bytes: ten texts of 2,000 characters take 240,000 when each is of four bytes."""

    def parse(self, given: Mapping[str, Any]) -> RaterResponse:
        """Return the response of a JSON document. Raises RequestError."""
        match given.get("action"):
            case "WITHDRAW":
                return RaterResponse(None)
            case "ANSWER":
                answers = given.get("answers")
                if not isinstance(answers, list) or len(answers) > MAX_TEMPLATE_QUESTIONS:
                    message = f"The answers must be a list of at most {MAX_TEMPLATE_QUESTIONS}."
                    raise bad_request(message)
                return RaterResponse([_parse_answer(each) for each in answers])
        raise bad_request("The action must be ANSWER or WITHDRAW.")

    def parse_fields(self, fields: Fields) -> RaterResponse:
        """Return the response of a form. Raises RequestError. What is empty is no answer."""
        answers = list[dict[str, Any]]()
        for name, value in fields.items():
            if name.startswith(LEVEL) and value:
                if len(value) > MAX_DIGITS or not (value.isascii() and value.isdigit()):
                    raise bad_request("A level must be a whole number.")
                answers.append({"questionKey": name.removeprefix(LEVEL), "level": int(value)})
            elif name.startswith(TEXTS) and value.strip():
                answers.append({"questionKey": name.removeprefix(TEXTS), "text": value})
        return self.parse({"action": fields.get("action", "").upper(), "answers": answers})

    def describe(self, form: RaterForm) -> dict[str, Any]:
        """Return the JSON document of a form."""
        return {
            "status": "OPEN",
            "respondent": form.respondent,
            "tenant": form.tenant,
            "person": form.person,
            "title": form.title,
            "introduction": form.introduction,
            "questions": [_describe_question(each) for each in form.questions],
            "lastDay": form.last_day.isoformat(),
            "explanation": form.explanation,
        }

    def find_outcome(self, form: RaterForm, sent: str | None) -> Outcome | None:
        """Return what the page says after a response; it does not depend on what is stored."""
        if sent not in OUTCOMES:
            return None
        heading, text = OUTCOMES[sent]
        last_day = f"the end of {page.format_day(form.last_day)}"
        return Outcome(heading, text.format(last_day=last_day), leads_back=True)

    def name_sent(self, response: RaterResponse) -> str:
        """Return what was sent, for the address of the next page."""
        return "withdrawn" if response.answers is None else "answered"

    def close(self, _form: RaterForm) -> Outcome:
        """Return what the page says after a response that came too late."""
        return CLOSED

    def render(
        self,
        form: RaterForm,
        form_token: str,
        fields: Fields = NO_FIELDS,
        faults: Sequence[Refusal] = (),
    ) -> str:
        """Return the page of an open program."""
        sent = self.parse_fields(fields).answers or () if faults else ()
        keys = [_find_key(each, sent) for each in faults]
        texts = {each.key: each.text for each in form.questions}
        named = [
            (f"{texts.get(key or '', '')} {fault}".strip(), key and _build_id(key))
            for fault, key in zip(faults, keys, strict=True)
        ]
        content = _FORM.substitute(
            title=escape(form.title),
            respondent=escape(form.respondent),
            tenant=escape(form.tenant),
            person=escape(form.person),
            introduction=page.render_text(form.introduction),
            explanation=_list_sentences(form.explanation),
            last_day=page.format_day(form.last_day),
            form_token=escape(form_token),
            questions="\n".join(_render_question(each, fields, keys) for each in form.questions),
            summary=page.render_faults(named),
        )
        return page.render_page(form.title, content, is_refused=bool(faults))


def _parse_answer(given: object) -> RaterAnswer:
    if not isinstance(given, Mapping):
        raise bad_request("Each answer must be an object.")
    level = given.get("level")
    if level is not None and (not isinstance(level, int) or isinstance(level, bool)):
        raise bad_request("The level must be a whole number.")
    return RaterAnswer(
        take_text(given.get("questionKey")) or "", level, take_text(given.get("text"))
    )


def _describe_question(question: ShownQuestion) -> dict[str, Any]:
    levels = enumerate(question.levels, start=1)
    return {
        "key": question.key,
        "text": question.text,
        "help": question.help,
        "isRequired": question.is_required,
        "levels": [
            {"level": place, "label": each.label, "description": each.description}
            for place, each in levels
        ],
    }


def _list_sentences(text: str) -> str:
    """Return a text with one item of a list for each sentence."""
    sentences = text.replace(". ", ".\n").split("\n")
    return "\n".join(f"<li>{escape(each)}</li>" for each in sentences)


def _build_id(key: str) -> str:
    return f"question-{key}"


def _find_key(fault: Refusal, sent: Sequence[RaterAnswer]) -> str | None:
    """Return the key of the question that a fault is about, or None for one about all of them."""
    _, *place = fault.field or ("",)
    return sent[int(place[0])].question_key if place else None


def _render_question(question: ShownQuestion, fields: Fields, wrong: Sequence[str | None]) -> str:
    id = escape(_build_id(question.key))
    text, hint = escape(question.text), _render_hint(question.help, f"{id}-help")
    described = f' aria-describedby="{id}-help"' if question.help else ""
    invalid = ' aria-invalid="true"' if question.key in wrong else ""
    if not question.levels:
        value = escape(fields.get(f"{TEXTS}{question.key}", ""))
        return (
            f'<div class="question"><label for="{id}" dir="auto">{text}</label>{hint}\n'
            f'<textarea id="{id}" name="{TEXTS}{escape(question.key)}" rows="5"'
            f' maxlength="{TEXT.max_length}" dir="auto"{described}{invalid}>{value}</textarea>\n'
            f'<p class="hint">At most {TEXT.max_length:,} characters.</p></div>'
        )
    choices = "\n".join(_list_choices(question, fields))
    required = ' <span class="note">Required</span>' if question.is_required else ""
    return (
        f'<fieldset id="{id}" tabindex="-1"{described}{invalid}>'
        f'<legend dir="auto">{text}{required}</legend>{hint}\n{choices}\n</fieldset>'
    )


def _list_choices(question: ShownQuestion, fields: Fields) -> Iterator[str]:
    """Yield a choice for each level, and one without where the question may be left out."""
    name = f"{LEVEL}{question.key}"
    required = " required" if question.is_required else ""
    choices = [
        (str(place), each.label, each.description)
        for place, each in enumerate(question.levels, start=1)
    ]
    if not question.is_required:
        choices.append(("", "I cannot say", None))
    for value, label, description in choices:
        checked = " checked" if fields.get(name) == value else ""
        yield (
            f'<label class="choice"><input type="radio" name="{escape(name)}" value="{value}"'
            f'{required}{checked}> <span dir="auto">{escape(label)}{_render_note(description)}'
            "</span></label>"
        )


def _render_hint(text: str | None, id: str) -> str:
    return f'<p class="hint" id="{id}" dir="auto">{escape(text)}</p>' if text else ""


def _render_note(text: str | None) -> str:
    return f'<span class="note">{escape(text)}</span>' if text else ""
