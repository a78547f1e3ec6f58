"""Errors of the token endpoint, in the form of RFC 6749, section 5.2."""

from dataclasses import dataclass

from starlette.responses import JSONResponse

HEADERS = {"cache-control": "no-store", "pragma": "no-cache"}


@dataclass
class OAuthError(Exception):
    """A token request that is refused. The description helps a developer, and no attacker."""

    error: str
    description: str
    status: int = 400
    retry_after: int | None = None

    def respond(self) -> JSONResponse:
        """Return the response."""
        headers = dict(HEADERS)
        if self.status == INVALID_CLIENT_STATUS:
            headers["www-authenticate"] = 'Basic realm="trellis"'
        if self.retry_after is not None:
            headers["retry-after"] = str(self.retry_after)
        body = {"error": self.error, "error_description": self.description}
        return JSONResponse(body, self.status, headers)


INVALID_CLIENT_STATUS = 401


def invalid_request(description: str) -> OAuthError:
    """Return the error of a request that is malformed."""
    return OAuthError("invalid_request", description)


def invalid_client() -> OAuthError:
    """Return the error of a client that is not authenticated: always the same one."""
    description = (
        "The client is not accepted. Look at its id, its key, its status and its networks."
    )
    return OAuthError("invalid_client", description, INVALID_CLIENT_STATUS)


def too_many_attempts(seconds: int) -> OAuthError:
    """Return the error of a client that tries too often."""
    description = f"Too many attempts. Try again in {seconds} s."
    return OAuthError("temporarily_unavailable", description, 429, seconds)
