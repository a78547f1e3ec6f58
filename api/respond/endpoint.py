"""The route of links: a page for people, and JSON for clients that show a form of their own."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from api.errors import RequestError
from api.http.content_negotiation import HTML, is_media_type_named
from api.http.errors import method_not_allowed
from api.http.request_parsing import decode_headers, receive_body
from api.http.server_context import ServerContext
from api.respond import page
from api.respond.form_tokens import COOKIE, FormTokens
from api.respond.kind import NO_FIELDS, Fields, KindOfLink, Outcome
from api.respond.limiter import LinkSender, ResponseLimiter
from api.respond.link_tokens import LinkTokens
from api.respond.parsing import ParsedBody, is_form, parse_body
from api.respond.raters import RaterLinks
from api.respond.requests import RequestLinks
from api.telemetry.request_record import RequestRecord
from domain.feedback import LinkKind, ResponseLink
from domain.kernel.errors import Refusal, StateConflict
from domain.kernel.faults import list_faults

NO_LINK = "There is no such link, or it does not hold any more."
LIFETIME_OF_COOKIE = 24 * 60 * 60
SENT = "sent"
"""The parameter of the address that says what was sent just now."""

AnyKind = KindOfLink[Any, Any]
KINDS: Mapping[LinkKind, AnyKind] = {
    LinkKind.REQUEST: RequestLinks(),
    LinkKind.RATER: RaterLinks(),
}


class RespondRoute:
    """The route `/respond/{token}`. The link in its path is all that its callers have."""

    def __init__(self, context: ServerContext) -> None:
        self.context = context
        self.forms = FormTokens(context.sealing_secret)
        self.links = LinkTokens(context.sealing_secret)
        self.limiter = ResponseLimiter()

    async def handle(self, request: Request) -> Response:
        """Respond with the form of a link, after its response if there is one."""
        record: RequestRecord = request.scope["request_record"]
        return await self.context.handle_request(record, lambda: self._handle(request, record))

    async def _handle(self, request: Request, record: RequestRecord) -> Response:
        if request.method not in ("GET", "HEAD", "POST"):
            raise method_not_allowed("GET", "POST")
        token: str = request.path_params["token"]
        with self.limiter.admit(token):
            parsed = self.links.parse(token)
            if parsed is None:
                return self._refuse(request)
            self.limiter.look_up(is_marked=parsed.is_marked)
            form = await self._respond(parsed.link, None, record)
            if form is None:
                return self._refuse(request)
            record.tenant_id = parsed.link.tenant_id
            if request.method != "POST":
                return self._show(request, KINDS[parsed.link.kind], form)
            return await self._take(request, record, parsed.link, form)

    async def _respond(self, link: ResponseLink, response: object, record: RequestRecord) -> object:
        """Return the form of a link, after a response if there is one."""
        with self.limiter.work():
            use_case = KINDS[link.kind].use_case
            return await self.context.respond(use_case, link, response, record.request_id)

    async def _take(
        self, request: Request, record: RequestRecord, link: ResponseLink, form: object
    ) -> Response:
        """Take a response, and show what became of it. Raises RequestError."""
        headers, kind = decode_headers(request.scope), KINDS[link.kind]
        with self.context.body_reads.admit(LinkSender.of(link)):
            body = await receive_body(request.receive, headers, kind.max_body_size)
        parsed = parse_body(kind, body, headers.get("content-type"))
        if not self._is_from_here(request, parsed):
            return HTMLResponse(page.render_old_form(), HTTPStatus.FORBIDDEN, page.HEADERS)
        try:
            found = await self._respond(link, parsed.response, record)
        except Refusal as refusal:
            return self._explain(request, kind, form, parsed, refusal)
        if found is None:
            return self._refuse(request)
        if parsed.form_token is None:
            return JSONResponse(kind.describe(found))
        sent = kind.name_sent(parsed.response)
        address = request.path_params["token"] + (f"?{SENT}={sent}" if sent else "")
        return Response(status_code=HTTPStatus.SEE_OTHER, headers={"location": address})

    def _is_from_here(self, request: Request, parsed: ParsedBody) -> bool:
        """Return whether a form is one of our page. Other sites cannot send a JSON document."""
        if parsed.form_token is None:
            return True
        nonce, token = request.cookies.get(COOKIE), request.path_params["token"]
        return self.forms.fits(parsed.form_token, nonce, token)

    def _show(
        self,
        request: Request,
        kind: AnyKind,
        form: object,
        fields: Fields = NO_FIELDS,
        faults: Sequence[Refusal] = (),
    ) -> Response:
        """Respond with the page or the JSON document of a form."""
        if not _wants_page(request):
            return JSONResponse(kind.describe(form))
        sent = request.query_params.get(SENT)
        outcome = None if faults else kind.find_outcome(form, sent)
        if outcome is not None:
            return HTMLResponse(_render(outcome), headers=page.HEADERS)
        nonce = self.forms.choose_nonce(request.cookies.get(COOKIE))
        form_token = self.forms.sign(nonce, request.path_params["token"])
        body = kind.render(form, form_token, fields, faults)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
        response = HTMLResponse(body, status, page.HEADERS)
        response.set_cookie(
            COOKIE,
            nonce,
            max_age=LIFETIME_OF_COOKIE,
            secure=self.context.settings.production,
            httponly=True,
            samesite="strict",
        )
        return response

    def _explain(
        self, request: Request, kind: AnyKind, form: object, parsed: ParsedBody, refusal: Refusal
    ) -> Response:
        """Respond with what is wrong with a response; the page keeps what was sent."""
        faults = list_faults(refusal)
        if parsed.form_token is None:
            status = 409 if isinstance(refusal, StateConflict) else 422
            errors = [GraphQLError(str(each), path=[*each.field] or None) for each in faults]
            raise RequestError(str(refusal.code), str(refusal), status, errors=errors) from None
        if isinstance(refusal, StateConflict):
            closed = _render(kind.close(form))
            return HTMLResponse(closed, HTTPStatus.CONFLICT, page.HEADERS)
        return self._show(request, kind, form, parsed.fields, faults)

    def _refuse(self, request: Request) -> Response:
        """Respond that a link does not hold: the same for one of no tenant and a replaced one."""
        if _wants_page(request):
            return HTMLResponse(page.render_no_link(), HTTPStatus.NOT_FOUND, page.HEADERS)
        raise RequestError("NOT_FOUND", NO_LINK, 404)


def _wants_page(request: Request) -> bool:
    """Return whether a browser asks: it names HTML, or sends a form."""
    headers = request.headers
    return is_media_type_named(headers.get("accept"), HTML) or is_form(headers.get("content-type"))


def _render(outcome: Outcome) -> str:
    return page.render_message(outcome.heading, outcome.text, leads_back=outcome.leads_back)
