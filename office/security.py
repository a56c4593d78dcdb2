"""Headers on every answer, form tokens and hosts: nothing inline, nothing framed, nothing from elsewhere."""

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.config.allowed_hosts import AllowedHostsConfig
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie, MutableScopeHeaders, UploadFile
from litestar.enums import RequestEncodingType, ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from office.errors import SignInNeeded, Stale
from office.forms import TOKEN_FIELD, token_in
from office.settings import Settings

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
    )
)
# matplotlib writes style attributes; as an image in its own document they reach nothing.
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


def headers_hook(settings: Settings) -> Callable[[Message, Scope], Awaitable[None]]:
    """A `before_send` hook that puts the security headers on every response, errors included."""

    async def before_send(message: Message, scope: Scope) -> None:
        if message["type"] != "http.response.start":
            return
        headers = MutableScopeHeaders.from_message(message)
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        picture = headers.get("content-type", "").startswith("image/svg+xml")
        headers.setdefault("Content-Security-Policy", PICTURE_POLICY if picture else CONTENT_SECURITY_POLICY)
        headers.setdefault("Cache-Control", "no-store")
        if settings.secure:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")

    return before_send


def hosts(settings: Settings) -> AllowedHostsConfig:
    """The names (with ports) this site answers to: its own and those of the settings."""
    own = urlsplit(settings.base_url).netloc
    return AllowedHostsConfig(allowed_hosts=sorted({own, *settings.allowed_hosts}), www_redirect=False)


class FormTokens(ASGIMiddleware):
    """Against forged requests: a form carries what the cookie carries, and the server has signed it.

    The framework's own middleware would keep a cookie that the server did not sign (or signed with an earlier key),
    and every form of that visitor would be refused until the browser is closed.
    """

    scopes = (ScopeType.HTTP,)
    exclude_path_pattern = ("^/static/", "^/health/")

    def __init__(self, settings: Settings) -> None:
        self._key = settings.key_for("form tokens")
        self._cookie = settings.cookie("yaksok_form")
        self._secure = settings.secure

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        request: Request[Any, Any, Any] = Request(scope, receive)
        token = self.kept(request)
        if request.method in SAFE_METHODS:
            request.state.form_token = token or self._fresh()
            await next_app(scope, receive, send if token else self._setting(request.state.form_token, send))
            return
        if token is None or not hmac.compare_digest((await _sent(request) or "").encode(), token.encode()):
            raise Stale
        request.state.form_token = token
        await next_app(scope, receive, send)

    def kept(self, connection: ASGIConnection[Any, Any, Any, Any]) -> str | None:
        """The token of the visitor's cookie, if this server has signed it."""
        kept = connection.cookies.get(self._cookie)
        return kept if kept is not None and self._ours(kept) else None

    def _fresh(self) -> str:
        drawn = secrets.token_hex(16)
        return drawn + self._signature(drawn)

    def _ours(self, token: str) -> bool:
        return hmac.compare_digest(token[32:].encode(), self._signature(token[:32]).encode())

    def _signature(self, drawn: str) -> str:
        return hmac.new(self._key, drawn.encode(), hashlib.sha256).hexdigest()

    def _setting(self, token: str, send: Send) -> Send:
        """Send the cookie along with a page; figures and files need none, and may be kept by others."""
        # Lax: with Strict, a link in a mail would open a page without the cookie, and spoil the forms already open.
        cookie = Cookie(
            key=self._cookie, value=token, path="/", secure=self._secure, httponly=True, samesite="lax"
        )

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders.from_message(message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.add("set-cookie", cookie.to_header(header=""))
            await send(message)

        return sending


async def _sent(request: Request[Any, Any, Any]) -> str | None:
    """The token a request brings: in a header from scripts, in a field from forms."""
    if header := request.headers.get("x-csrftoken"):
        return header
    kind = request.content_type[0]
    if kind == RequestEncodingType.URL_ENCODED:
        return token_in(await request.body())
    if kind == RequestEncodingType.MULTI_PART:
        if request.scope.get("user") is None:
            # Only people who signed in send files: nobody else has the server read some tens of megabytes.
            raise SignInNeeded
        form = await request.form()
        found = form.get(TOKEN_FIELD)
        if isinstance(found, str):
            return found
        for _, value in form.multi_items():
            if isinstance(value, UploadFile):
                await value.close()
    return None
