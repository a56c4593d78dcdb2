"""The acts of writing a contract item by item, the same wherever its text is kept."""

from typing import Any, ClassVar
from urllib.parse import quote

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from contracts.terms.tree import Kind, Method
from contracts.web.agency import OFFICER
from contracts.web.item_pages import show_item, show_methods, show_new, show_weights
from contracts.web.manuscript import Manuscript
from contracts.writing.editing import Vanished
from contracts.writing.setting_fields import Form
from office.database import Database
from office.errors import NotFound, Refused, Trouble
from office.i18n import N_
from office.pages import AnyRequest, form_of, see


class Items(Controller):
    """One item's fields, a new item, its method, the points side by side, and taking it out; `where` the text is kept."""

    guards = OFFICER
    where: ClassVar[Manuscript[Any]]
    removed: ClassVar[str] = ""
    """The part of the whole that shows what was taken out."""

    @get("/node")
    async def item_page(
        self, request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
    ) -> Response[str]:
        """One item's fields (`?code=`)."""
        return await show_item(self.where, request, db, public_id, request.query_params.get("code", ""))

    @post("/node")
    async def change(
        self, request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
    ) -> Response[Any]:
        """Store one item's fields, unless somebody else has changed it since (`seen`)."""
        form = await form_of(request)
        code, seen = form.get("code", ""), form.get("seen", "")
        try:
            async with self.where.held(db, public_id, request.user) as (session, desk):
                changed = await self.where.change(session, desk, code, form, seen)
        except Vanished as problem:
            return await show_new(self.where, request, db, public_id, problem, form=form)
        except NotFound:
            raise
        except Trouble as problem:
            return await show_item(self.where, request, db, public_id, code, problem, form=form)
        return self._onward(public_id, code, form, "changed" if changed else "same")

    def _onward(self, public_id: str, code: str, form: Form, done: str) -> Response[Any]:
        """After a save: to what the officer asked for next (below the item, or beside an indicator), else to the whole."""
        wanted = form.get("next", "")
        under = form.get("under", "") if form.get("kind") == Kind.INDICATOR else ""
        if wanted == "method":
            return see(self.where.address(public_id, "method", code=code))
        if wanted in set(Kind):
            return see(self.where.address(public_id, "new", under=under or code, kind=wanted, done=done))
        return see(f"{self.where.address(public_id, done=done)}#node-{quote(code)}")

    @get("/new")
    async def new_page(
        self, request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
    ) -> Response[str]:
        """The form of a new item (`?under=&kind=`, of an indicator `&method=`)."""
        asked = {name: request.query_params.get(name, "") for name in ("under", "kind", "method")}
        return await show_new(self.where, request, db, public_id, form=asked)

    @post("/new")
    async def add(
        self, request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
    ) -> Response[Any]:
        """Put a new item last below another one (`under`); with `next` a method is chosen first, and nothing stored yet."""
        form = await form_of(request)
        if form.get("next") in ("method", "sheet"):
            return await show_new(self.where, request, db, public_id, form=form)
        kind, method = form.get("kind", ""), form.get("method", "")
        chosen = Method(method) if method in set(Method) else None
        try:
            async with self.where.held(db, public_id, request.user) as (session, desk):
                if kind not in set(Kind):
                    raise NotFound(self.where.misplaced)
                code = await self.where.add(session, desk, form.get("under", ""), Kind(kind), chosen, form)
        except NotFound:
            raise
        except Trouble as problem:
            return await show_new(self.where, request, db, public_id, problem, form=form)
        return self._onward(public_id, code, form, "added")

    @get("/method")
    async def method_page(
        self, request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
    ) -> Response[str]:
        """Which other method an indicator (`?code=`) is to be rated by."""
        return await show_methods(self.where, request, db, public_id, request.query_params.get("code", ""))

    @post("/method")
    async def change_method(
        self, request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
    ) -> Response[Any]:
        """Rate it by the chosen `method`, then on to the fields this one has."""
        form = await form_of(request)
        code, method = form.get("code", ""), form.get("method", "")
        async with self.where.held(db, public_id, request.user) as (session, desk):
            if method not in set(Method):
                raise Refused(N_("점수 매기는 방법을 골라 주십시오"))
            await self.where.change_method(session, desk, code, Method(method))
        return see(self.where.address(public_id, "node", code=code, done="method"))

    @get("/weights")
    async def weights_page(
        self, request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
    ) -> Response[str]:
        """The points of everything right below one item (`?under=`, empty for the whole)."""
        return await show_weights(self.where, request, db, public_id, request.query_params.get("under", ""))

    @post("/weights")
    async def weigh(
        self, request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
    ) -> Response[Any]:
        """Store the points typed (`weight-CODE`); with `share` blank ones get equal parts of what is left."""
        form = await form_of(request)
        under, share = form.get("under", ""), "share" in form
        try:
            async with self.where.held(db, public_id, request.user) as (session, desk):
                await self.where.weigh(session, desk, under, form, share)
        except NotFound:
            raise
        except Trouble as problem:
            return await show_weights(self.where, request, db, public_id, under, problem, form=form)
        done = "shared" if share else "weighed"
        return see(self.where.address(public_id, "weights", under=under, done=done))

    @post("/remove")
    async def remove(
        self, request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
    ) -> Response[Any]:
        """Take an item out with everything below it, as it was shown (`seen`)."""
        form = await form_of(request)
        code = form.get("code", "")
        try:
            async with self.where.held(db, public_id, request.user) as (session, desk):
                await self.where.remove(session, desk, code, form.get("seen", ""))
        except NotFound:
            raise
        except Trouble as problem:
            return await show_item(self.where, request, db, public_id, code, problem)
        return see(self.where.address(public_id, done="removed") + self.removed)
