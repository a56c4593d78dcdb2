"""Headers on every answer, the CSRF and host rules: nothing inline, nothing framed, nothing from elsewhere."""

from litestar.config.allowed_hosts import AllowedHostsConfig
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

from office.settings import Settings

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


def headers_hook(settings: Settings):  # type: ignore[no-untyped-def]  # Litestar's hook type is a union of callables
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


def csrf(settings: Settings) -> CSRFConfig:
    """Double-submit tokens signed with a derived key; static files carry no cookie, so that they stay cacheable."""
    return CSRFConfig(
        secret=settings.text_key_for("csrf"),
        cookie_name="yaksok_csrf",
        cookie_httponly=True,
        cookie_secure=settings.secure,
        cookie_samesite="strict",
        exclude=["^/static/", "^/health/"],
    )


def hosts(settings: Settings) -> AllowedHostsConfig:
    """The names (with ports) this site answers to."""
    return AllowedHostsConfig(allowed_hosts=list(settings.allowed_hosts))
