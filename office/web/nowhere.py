"""Addresses that lead nowhere: the page that says so still knows who has signed in."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.exceptions import MethodNotAllowedException, NotFoundException
from litestar.types import Scope

from office.access import signed_in
from office.security import FormTokens
from office.settings import Settings


async def recognise(exception: Exception, scope: Scope) -> None:
    """Put the person and the token of their forms on a request that no route has taken: no middleware has run for it."""
    nowhere = isinstance(exception, NotFoundException | MethodNotAllowedException)
    if not nowhere or scope["type"] != ScopeType.HTTP or "user" in scope:
        return
    connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
    if (found := await signed_in(connection)) is not None:
        settings: Settings = connection.app.state.settings
        scope["user"] = found[0]
        connection.state.form_token = FormTokens(settings).kept(connection) or ""
