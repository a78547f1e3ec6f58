"""The route `/oauth/token`."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.http.errors import method_not_allowed
from api.http.request_parsing import decode_headers, receive_body
from api.http.server_context import ServerContext
from api.oauth.attempts import AttemptLimiter
from api.oauth.errors import HEADERS, OAuthError
from api.oauth.token_request import MAX_BODY_SIZE, parse_token_request
from api.telemetry.request_record import RequestRecord


class TokenRoute:
    """The route where service clients get access tokens."""

    def __init__(self, context: ServerContext) -> None:
        self.context = context
        self.limiter = AttemptLimiter()

    async def handle(self, request: Request) -> Response:
        """Respond with a token, or with an error of OAuth 2.0. Raises RequestError."""
        record: RequestRecord = request.scope["request_record"]
        return await self.context.handle_request(record, lambda: self._handle(request, record))

    async def _handle(self, request: Request, record: RequestRecord) -> Response:
        if request.method != "POST":
            raise method_not_allowed("POST")
        headers, address = decode_headers(request.scope), self.context.find_address(request.scope)
        try:
            with self.limiter.admit(address):
                body = await receive_body(request.receive, headers, MAX_BODY_SIZE)
                asked = parse_token_request(
                    body, headers.get("content-type"), headers.get("authorization")
                )
                issued = await self.context.issue_client_token(asked, address)
        except OAuthError as error:
            return error.respond()
        record.tenant_id = issued.client.tenant_id
        document = {
            "access_token": issued.token,
            "token_type": "Bearer",
            "expires_in": issued.expires_in,
        }
        return JSONResponse(document, headers=HEADERS)
