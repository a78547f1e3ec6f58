"""The route of links: a page for people, and JSON for clients that show a form of their own."""

from dataclasses import replace
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from api.errors import RequestError
from api.http.content_negotiation import HTML, is_media_type_named
from api.http.errors import method_not_allowed
from api.http.request_parsing import decode_headers, receive_body
from api.http.server_context import ServerContext
from api.respond import page
from api.respond.form_tokens import COOKIE, FormTokens
from api.respond.limiter import LinkSender, ResponseLimiter
from api.respond.parsing import MAX_BODY_SIZE, ParsedBody, is_form, parse_body
from api.telemetry.request_record import RequestRecord
from domain.feedback import FeedbackRequestStatus, GivenResponse, ResponseForm, ResponseLink
from domain.kernel.errors import Refusal, StateConflict

NO_LINK = "There is no such link, or it does not hold any more."
LIFETIME_OF_COOKIE = 24 * 60 * 60


class RespondRoute:
    """The route `/respond/{token}`. The link in its path is all that its callers have."""

    def __init__(self, context: ServerContext) -> None:
        self.context = context
        self.tokens = FormTokens(context.sealing_secret)
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
            link = ResponseLink.parse(token)
            if link is None:
                return self._refuse(request)
            form = await self._respond(link, None, record)
            if form is None:
                return self._refuse(request)
            record.tenant_id = link.tenant_id
            if request.method != "POST":
                return self._show(request, form)
            return await self._take(request, record, link, form)

    async def _respond(
        self, link: ResponseLink, response: GivenResponse | None, record: RequestRecord
    ) -> ResponseForm | None:
        with self.limiter.work():
            return await self.context.respond(link, response, record.request_id)

    async def _take(
        self, request: Request, record: RequestRecord, link: ResponseLink, form: ResponseForm
    ) -> Response:
        """Take a response, and show what became of the request. Raises RequestError."""
        headers = decode_headers(request.scope)
        with self.context.body_reads.admit(LinkSender.of(link)):
            body = await receive_body(request.receive, headers, MAX_BODY_SIZE)
        parsed = parse_body(body, headers.get("content-type"))
        if not self._is_from_here(request, parsed):
            return HTMLResponse(page.render_old_form(), HTTPStatus.FORBIDDEN, page.HEADERS)
        try:
            found = await self._respond(link, parsed.response, record)
        except Refusal as refusal:
            return self._explain(request, form, parsed, refusal)
        if found is None:
            return self._refuse(request)
        if parsed.form_token is None:
            return _show_as_json(found)
        address = {"location": request.path_params["token"]}
        return Response(status_code=HTTPStatus.SEE_OTHER, headers=address)

    def _is_from_here(self, request: Request, parsed: ParsedBody) -> bool:
        """Return whether a form is one of our page. Other sites cannot send a JSON document."""
        if parsed.form_token is None:
            return True
        nonce, token = request.cookies.get(COOKIE), request.path_params["token"]
        return self.tokens.fits(parsed.form_token, nonce, token)

    def _show(
        self, request: Request, form: ResponseForm, *, text: str = "", error: str | None = None
    ) -> Response:
        """Respond with the page or the JSON document of a form."""
        if not _wants_page(request):
            return _show_as_json(form)
        if form.status is not FeedbackRequestStatus.OPEN:
            return HTMLResponse(page.render_outcome(form), headers=page.HEADERS)
        nonce = self.tokens.choose_nonce(request.cookies.get(COOKIE))
        form_token = self.tokens.sign(nonce, request.path_params["token"])
        body = page.render_form(form, form_token, text=text, error=error)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
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
        self, request: Request, form: ResponseForm, parsed: ParsedBody, refusal: Refusal
    ) -> Response:
        """Respond with what is wrong with a response; the page keeps its text."""
        if parsed.form_token is None:
            status = 409 if isinstance(refusal, StateConflict) else 422
            raise RequestError(str(refusal.code), str(refusal), status) from None
        if isinstance(refusal, StateConflict):
            closed = replace(form, status=FeedbackRequestStatus.EXPIRED)
            return HTMLResponse(page.render_outcome(closed), HTTPStatus.CONFLICT, page.HEADERS)
        return self._show(request, form, text=parsed.response.text or "", error=str(refusal))

    def _refuse(self, request: Request) -> Response:
        """Respond that a link does not hold: the same for one of no tenant and a replaced one."""
        if _wants_page(request):
            return HTMLResponse(page.render_no_link(), HTTPStatus.NOT_FOUND, page.HEADERS)
        raise RequestError("NOT_FOUND", NO_LINK, 404)


def _wants_page(request: Request) -> bool:
    """Return whether a browser asks: it names HTML, or sends a form."""
    headers = request.headers
    return is_media_type_named(headers.get("accept"), HTML) or is_form(headers.get("content-type"))


def _show_as_json(form: ResponseForm) -> Response:
    document: dict[str, Any] = {
        "status": form.status.name,
        "respondent": form.respondent,
        "tenant": form.tenant,
        "asker": form.asker,
        "person": form.person,
        "message": form.message,
        "questions": list(form.questions),
        "dueOn": form.due_on.isoformat(),
        "lastDay": form.last_day.isoformat(),
        "explanation": form.explanation,
    }
    return JSONResponse(document)
