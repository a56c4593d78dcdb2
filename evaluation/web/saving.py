"""What both rounds of a sheet share: saving by button or by script, and the last look before filing."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from litestar import Response

from evaluation.marking import locking, sheets
from evaluation.marking.reading import Entry, Sheet
from evaluation.model import RECONCILED
from evaluation.web import desk
from office.errors import Conflict, Trouble
from office.i18n import N_, translate
from office.pages import AnyRequest, form_of, page, see

ELSEWHERE = N_(
    "다른 창이나 기기에서 먼저 저장한 지표가 {n}개 있습니다. 표시한 곳에서 어느 내용을 남길지 정해 주십시오"
)


async def saved(
    request: AnyRequest,
    store: Callable[[Mapping[str, str]], Awaitable[sheets.Saved]],
    show: Callable[..., Awaitable[Response[Any]]],
    address: str,
) -> Response[Any]:
    """Store the form; answer the script with JSON, and the button with the page or with what comes next."""
    form = await form_of(request)
    program = "application/json" in request.headers.get("accept", "")
    try:
        stored = await store(form)
    except Trouble as problem:
        if program:
            raise
        return await show(form=form, problem=problem)
    if program:
        return Response(answer_of(stored))
    if stored.conflicts:
        return await show(form=form, problem=elsewhere(stored), conflicts=stored.conflicts)
    return see(address + ("/file" if form.get("then") == "file" else "?done=saved"))


def answer_of(saved: sheets.Saved) -> dict[str, Any]:
    """What the autosave script is told."""
    return {
        "saved_at": saved.at.isoformat(),
        "versions": saved.versions,
        "conflicts": {code: desk.told(entry) for code, entry in saved.conflicts.items()},
    }


def elsewhere(saved: sheets.Saved) -> Conflict:
    """The problem a page shows when another page or device was faster; its form goes on from the stored versions."""
    said = translate(N_("저장된 내용과 쓰신 내용이 다릅니다"))
    return Conflict(
        ELSEWHERE, fields={f"grade-{code}": said for code in saved.conflicts}, n=len(saved.conflicts)
    )


def going_on(form: Mapping[str, str] | None, conflicts: Mapping[str, Entry] | None) -> dict[str, str]:
    """The form a page goes on from: what was typed, on the versions that are stored now."""
    return {
        **(form or {}),
        **{f"version-{code}": str(entry.version) for code, entry in (conflicts or {}).items()},
    }


def filing_page(
    request: AnyRequest,
    sheet: Sheet,
    address: str,
    problem: Trouble | None,
    *,
    changed: Sequence[str] = (),
    reconciles: bool = False,
) -> Response[str]:
    """Everything once more, before it is locked; what is missing is named, and only what is whole can be filed.

    `reconciles` says that a second round is to follow this sheet.
    """
    return page(
        request,
        "evaluation/file.html",
        status=problem.status if problem else 200,
        sheet=sheet,
        sections=desk.parts_of(sheet),
        options={option.value: option for option in desk.grade_options()},
        comment_labels=desk.COMMENT_LABELS,
        fields=desk.typed(sheet, {}),
        changed=changed,
        unexplained=locking.unexplained_codes(sheet) if sheet.open and sheet.round == RECONCILED else (),
        address=address,
        reconciles=reconciles,
        problem=problem,
    )
