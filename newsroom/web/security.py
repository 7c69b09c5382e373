"""Django's security middleware, with a refusal instead of a redirect for programs that send plain HTTP."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.middleware import security

from editorial.api.framework import errors

_DETAIL = (
    "The API answers over HTTPS only. Use an https:// address, and revoke the token that you sent: anybody on "
    "the network could read it."
)


class SecurityMiddleware(security.SecurityMiddleware):
    """Redirects pages to HTTPS, but not API requests: their clients would keep sending the token unencrypted."""

    def process_request(self, request: HttpRequest) -> HttpResponseBase | None:  # type: ignore[override]
        """The redirect or the refusal, if the request was not encrypted."""
        redirect = super().process_request(request)
        if redirect is not None and errors.is_api_request(request):
            return errors.problem_response(403, "https_required", _DETAIL)
        return redirect
