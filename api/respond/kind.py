"""What the route of links asks of a kind of link: its form, its page and its document."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

from domain.feedback import ResponseLink
from domain.kernel.errors import Refusal
from domain.kernel.unit_of_work import Work

Fields = Mapping[str, str]
"""The fields of a form that was sent."""

NO_FIELDS: Fields = MappingProxyType({})

Form_contra = TypeVar("Form_contra", contravariant=True)
Response = TypeVar("Response")

UseCase = Callable[[Work, ResponseLink, Any], Awaitable[Any]]
"""Returns the form of a link, after a response if there is one; None where it does not hold."""


@dataclass(frozen=True)
class Outcome:
    """A page without a form. It may lead back to the form."""

    heading: str
    text: str
    leads_back: bool = False


class KindOfLink(Protocol[Form_contra, Response]):
    """A kind of link. A form is what its holder reads, a response what they send."""

    use_case: UseCase
    max_body_size: int

    def parse(self, given: Mapping[str, Any]) -> Response:
        """Return the response of a JSON document. Raises RequestError."""
        ...

    def parse_fields(self, fields: Fields) -> Response:
        """Return the response of a form. Raises RequestError."""
        ...

    def describe(self, form: Form_contra) -> dict[str, Any]:
        """Return the JSON document of a form."""
        ...

    def find_outcome(self, form: Form_contra, sent: str | None) -> Outcome | None:
        """Return what the page says in place of a form; `sent` is what was sent just now."""
        ...

    def name_sent(self, response: Response) -> str | None:
        """Return what the page needs to know about a response that was taken."""
        ...

    def render(
        self,
        form: Form_contra,
        form_token: str,
        fields: Fields = NO_FIELDS,
        faults: Sequence[Refusal] = (),
    ) -> str:
        """Return the page of a form, with what was sent and what is wrong with it."""
        ...

    def close(self, form: Form_contra) -> Outcome:
        """Return what the page says after a response that came too late."""
        ...
