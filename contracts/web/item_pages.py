"""The pages on which a contract is written item by item: an item's form, stored or new, its method, and points side by side."""

from typing import Any

from litestar import Response

from contracts.reading import agency_names
from contracts.terms.branches import may_stand, place_of, room_for
from contracts.terms.gaps import sum_below
from contracts.terms.tree import KIND_NAMES, METHOD_NAMES, Kind, Method
from contracts.web.manuscript import Manuscript, Text
from contracts.web.nodeform import around, differing, labels_of
from contracts.writing.advice import METHOD_NOTES
from contracts.writing.editing import Overtaken, blank
from contracts.writing.wording import FIGURES, branch_mark, form_of_node, seen_of, typed_below
from office.database import Database
from office.decimals import plain
from office.errors import NotFound, Trouble
from office.pages import AnyRequest, page


async def show_item(
    where: Manuscript[Any],
    request: AnyRequest,
    db: Database,
    public_id: str,
    code: str,
    problem: Trouble | None = None,
    *,
    form: dict[str, str] | None = None,
) -> Response[str]:
    """The fields of an item that is there; after a refusal what was typed, beside what somebody else stored meanwhile."""
    async with db.reading() as session:
        text = await where.read(session, request.user, public_id)
        bodies = await agency_names(session)
    place = where.place(text, code)
    stored = form_of_node(place.node, text.cycle.year)
    return page(
        request,
        "contracts/node.html",
        place=place,
        bodies=bodies,
        rooms=room_for(text.tree, place),
        gaps=[each for each in text.gaps if each.code == code],
        said=[each for each in text.said if each.comment.node_code == code],
        seen=seen_of(place.node),
        branch=branch_mark(place.node),
        marks=text.marks,
        differing=differing(stored, form or {}) if isinstance(problem, Overtaken) else [],
        labels=labels_of(problem),
        form=form if form is not None else stored,
        **around(text, place.node, text.tree if place.above is None else place.above),
        **where.about(request, public_id, problem, words_only=text.words_only),
    )


async def show_new(
    where: Manuscript[Any],
    request: AnyRequest,
    db: Database,
    public_id: str,
    problem: Trouble | None = None,
    *,
    form: dict[str, str],
) -> Response[str]:
    """The form of an item that is not there yet: `under` a code, of a `kind`, an indicator with its `method`.

    Where another method is asked for (`next`), the choice comes first and carries along what was typed.
    """
    async with db.reading() as session:
        text = await where.read(session, request.user, public_id)
        bodies = await agency_names(session)
    kind, method = form.get("kind", ""), form.get("method", "")
    above = place_of(text.tree, form.get("under", ""))
    under = above.node if above else None
    if text.words_only or kind not in set(Kind) or not may_stand(Kind(kind), under):
        raise NotFound(where.misplaced)
    form = dict(form)
    wanted = form.pop("next", "")
    if kind == Kind.INDICATOR and (method not in set(Method) or (wanted == "method" and not problem)):
        return _choice(where, request, text, under=under, node=None, chosen=method, typed=_typed(form))
    node = blank(Kind(kind), Method(method) if kind == Kind.INDICATOR else None)
    around_it = around(text, node, under or text.tree)
    around_it["figures"] = around_it["figures"] or any(
        value for name, value in form.items() if name in FIGURES or name.startswith("history-")
    )
    return page(
        request,
        "contracts/node.html",
        place=None,
        bodies=bodies,
        gaps=[],
        said=[],
        differing=[],
        labels=labels_of(problem),
        form=form_of_node(node, text.cycle.year) | form,
        **around_it,
        **where.about(request, public_id, problem),
    )


def _typed(form: dict[str, str]) -> dict[str, str]:
    """What was typed into a new item's form, to be carried past the choice of its method."""
    return {name: value for name, value in form.items() if name not in {"under", "kind", "method"} and value}


async def show_methods(
    where: Manuscript[Any], request: AnyRequest, db: Database, public_id: str, code: str
) -> Response[str]:
    """By which other method an indicator is to be rated."""
    async with db.reading() as session:
        text = await where.read(session, request.user, public_id)
    node = where.place(text, code).node
    if node.measure is None or text.words_only:
        raise NotFound(where.gone)
    return _choice(where, request, text, under=None, node=node, chosen=node.measure.method.value, typed={})


def _choice(where: Manuscript[Any], request: AnyRequest, text: Text, **of: Any) -> Response[str]:
    """The choice among the methods, for a new indicator `under` an item or for a `node` that is there."""
    return page(
        request,
        "contracts/method.html",
        contract=text.contract,
        cycle=text.cycle,
        options=[(method.value, METHOD_NAMES[method], note) for method, note in METHOD_NOTES.items()],
        **of,
        **where.about(request, text.contract.public_id),
    )


async def show_weights(
    where: Manuscript[Any],
    request: AnyRequest,
    db: Database,
    public_id: str,
    under: str,
    problem: Trouble | None = None,
    *,
    form: dict[str, str] | None = None,
) -> Response[str]:
    """The points of everything right below one item (empty for the whole) on one page."""
    async with db.reading() as session:
        text = await where.read(session, request.user, public_id)
    place = where.place(text, under) if under else None
    above = place.node if place else text.tree
    if text.words_only or (place and not above.children):
        raise NotFound(where.gone)
    sum_ = sum_below(typed_below(above, form or {}))
    about = where.about(request, public_id, problem)
    unsure = not sum_.even and about.pop("done", "")
    return page(
        request,
        "contracts/weights.html",
        contract=text.contract,
        agency=text.agency,
        cycle=text.cycle,
        place=place,
        children=above.children,
        sum=sum_,
        unsure=bool(unsure),
        labels={f"weight-{child.code}": child.title for child in above.children},
        kinds=KIND_NAMES,
        stored={child.code: "" if child.weight is None else plain(child.weight) for child in above.children},
        form=form or {},
        **about,
    )
