"""The page of a link: plain HTML without a script, which also works without a style sheet."""

from base64 import b64encode
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from html import escape
from pathlib import Path
from string import Template

_DIRECTORY = Path(__file__).parent
_STYLE = (_DIRECTORY / "page.css").read_text()
_PAGE = Template((_DIRECTORY / "page.html").read_text())
_STYLE_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()

HEADERS = {
    "content-security-policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none';"
        " form-action 'self'; frame-ancestors 'none'"
    ),
    "vary": "accept, cookie",
    "x-robots-tag": "noindex",
}

NO_LINK = (
    "This link does not hold",
    (
        "Check that you have copied all of it. If it was replaced by another link, use that one."
        " The time to answer may also be over."
    ),
)
OLD_FORM = (
    "Nothing was sent yet",
    (
        "Go back, load the page again and send it once more. Your browser has to accept the cookie"
        " of this page."
    ),
)


def load_template(name: str) -> Template:
    """Return the HTML file of this name, with its placeholders."""
    return Template((_DIRECTORY / name).read_text())


def render_no_link() -> str:
    """Return the page of a link that does not hold."""
    return render_message(*NO_LINK)


def render_old_form() -> str:
    """Return the page after a form without the right token. The text is in the browser's form."""
    return render_message(*OLD_FORM)


def render_message(heading: str, text: str, *, leads_back: bool = False) -> str:
    """Return a page without a form, with a link to the form if it leads back."""
    content = f'<h1>{escape(heading)}</h1>\n<p role="status">{escape(text)}</p>'
    if leads_back:
        content += '\n<p><a href="?">Back to the form</a></p>'
    return render_page(heading, content)


def render_page(title: str, content: str, *, is_refused: bool = False) -> str:
    """Return a page with this content, which is HTML."""
    title = f"Error: {title}" if is_refused else title
    return _PAGE.substitute(title=escape(title), style=_STYLE, content=content)


def render_text(text: str | None) -> str:
    """Return what somebody has written to the reader, as a quotation; nothing for None."""
    if not text:
        return ""
    lines = "<br>".join(escape(line) for line in text.split("\n"))
    return f'<blockquote dir="auto">{lines}</blockquote>'


def render_faults(faults: Sequence[tuple[str, str | None]]) -> str:
    """Return the summary of what is wrong, with links to the ids of fields."""
    if not faults:
        return ""
    items = "\n".join(
        f'<li><a href="#{escape(id)}">{escape(fault)}</a></li>'
        if id
        else f"<li>{escape(fault)}</li>"
        for fault, id in faults
    )
    return (
        '<div class="error" role="alert" tabindex="-1" autofocus><h2>Please correct this</h2>'
        f"<ul>\n{items}\n</ul>\n<p>Nothing was sent yet.</p></div>"
    )


def format_day(day: date) -> str:
    """Return a day with the name of its month, because readers order numbers differently."""
    return f"{day.day} {day:%B %Y}"
