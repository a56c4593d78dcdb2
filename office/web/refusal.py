"""Refusals: a page for people, a problem document (RFC 9457) for programs; a fault of ours has a number and no trace."""

import logging
import secrets
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from litestar import MediaType, Response
from litestar.exceptions import HTTPException
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from office import errors
from office.faults import told
from office.i18n import N_, translate
from office.pages import AnyRequest, see, settle

log = logging.getLogger(__name__)
API = "/api/v1/"
COME_BACK = 30
"""Seconds, when the database cannot be reached or written to."""

# Title, what happened, what to do now.
WORDS: dict[int, tuple[str, str, str]] = {
    400: (
        N_("요청을 알아볼 수 없습니다"),
        N_("보낸 내용의 형식이 맞지 않습니다."),
        N_("화면을 새로 고친 뒤 다시 해 주십시오."),
    ),
    401: (
        N_("로그인이 필요합니다"),
        N_("이 화면은 로그인한 분만 볼 수 있습니다."),
        N_("로그인한 뒤 다시 열어 주십시오."),
    ),
    403: (
        N_("이 화면을 볼 권한이 없습니다"),
        N_("맡은 일에 속하지 않는 화면입니다."),
        N_("필요한 권한이면 성과관리 담당에게 알려 주십시오."),
    ),
    404: (
        N_("찾는 화면이 없습니다"),
        N_("주소가 바뀌었거나 아직 공개되지 않았습니다."),
        N_("첫 화면에서 찾아 주십시오."),
    ),
    405: (
        N_("이 주소로는 할 수 없는 일입니다"),
        N_("요청 방식이 맞지 않습니다."),
        N_("첫 화면에서 다시 찾아 주십시오."),
    ),
    409: (
        N_("지금은 할 수 없습니다"),
        N_("그 사이에 상태가 바뀌었습니다."),
        N_("화면을 새로 고쳐 지금 상태를 확인해 주십시오."),
    ),
    410: (
        N_("이미 끝난 요청입니다"),
        N_("유효 시간이 지났거나 이미 쓴 것입니다."),
        N_("처음부터 다시 해 주십시오."),
    ),
    413: (
        N_("보낸 내용이 너무 큽니다"),
        N_("파일이나 내용이 받을 수 있는 크기를 넘었습니다."),
        N_("크기를 줄여 다시 보내 주십시오."),
    ),
    422: (
        N_("입력한 내용을 확인해 주십시오"),
        N_("받을 수 없는 내용이 있습니다."),
        N_("앞 화면으로 돌아가 고친 뒤 다시 보내 주십시오."),
    ),
    429: (
        N_("요청이 너무 많습니다"),
        N_("짧은 시간에 여러 번 요청했습니다."),
        N_("잠시 뒤에 다시 해 주십시오."),
    ),
    500: (
        N_("문제가 생겼습니다"),
        N_("저희 쪽 문제로 처리하지 못했습니다. 보낸 내용은 저장되지 않았습니다."),
        N_("잠시 뒤 다시 해 보시고, 계속되면 아래 번호와 함께 담당 부서에 알려 주십시오."),
    ),
    503: (
        N_("지금 이용자가 많습니다"),
        N_("요청을 바로 처리하지 못했습니다."),
        N_("잠시 뒤에 다시 해 주십시오."),
    ),
}
_STALE = (
    N_("화면을 새로 고쳐 주십시오"),
    N_("화면을 연 지 오래되었거나 브라우저가 쿠키를 받지 않습니다. 보낸 내용은 저장하지 않았습니다."),
    N_(
        "앞 화면을 새로 고친 뒤 다시 보내 주십시오. 되풀이되면 브라우저에서 이 누리집의 쿠키를 허용해 주십시오."
    ),
)


def refuse(request: AnyRequest, trouble: Exception) -> Response[Any]:
    """The one exception handler."""
    settle(request)
    # Whoever asks for open data is a program, also where a browser shows what it says.
    wants_page = "text/html" in request.headers.get("accept", "") and not request.url.path.startswith(API)
    if isinstance(trouble, errors.SignInNeeded) and request.method == "GET" and wants_page:
        query = f"?{request.url.query}" if request.url.query else ""
        return see(f"/sign-in?next={quote(request.url.path + query)}")
    number = secrets.token_hex(6)
    status, headers = _status(trouble)
    if not isinstance(trouble, errors.Trouble | HTTPException):
        log.error("request %s failed\n%s", number, told(trouble))
    known = WORDS.get(status, WORDS[500 if status >= 500 else 400])
    title, what, following = (
        translate(text) for text in (_STALE if isinstance(trouble, errors.Stale) else known)
    )
    said = ""
    fields: dict[str, str] = {}
    ways: tuple[tuple[str, str], ...] = ()
    if isinstance(trouble, errors.Conflict):
        following = translate(trouble.advice) if trouble.advice else following
        ways = tuple((translate(label), address) for label, address in trouble.ways)
    if isinstance(trouble, errors.Trouble):
        fields = trouble.fields
        # A title alone, without its seconds, says less than the words here.
        plain = trouble.message == trouble.title and not isinstance(trouble, errors.Later)
        said = "" if plain else trouble.said()
    if wants_page:
        context = {
            "status": status,
            "title": title,
            "what": said or what,
            "next": following,
            "ways": ways,
            "request_id": number if status >= 500 else None,
            "retry_after": headers.get("Retry-After"),
        }
        body = request.app.state.pages.render(request, "error.html", context)
        return Response(body, status_code=status, media_type=MediaType.HTML, headers=headers)
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": said or what,
        "instance": f"urn:request:{number}",
    }
    if fields:
        problem["fields"] = fields
    return Response(problem, status_code=status, media_type="application/problem+json", headers=headers)


def _status(trouble: Exception) -> tuple[int, dict[str, str]]:
    """The status an exception is answered with, and headers that belong to it."""
    if isinstance(trouble, errors.Later):
        return trouble.status, {"Retry-After": str(trouble.retry_after)}
    if isinstance(trouble, errors.Trouble):
        return trouble.status, {}
    if isinstance(trouble, HTTPException):
        return trouble.status_code, dict(trouble.headers or {})
    if isinstance(trouble, OperationalError | NoConnection):
        return 503, {"Retry-After": str(COME_BACK)}
    if isinstance(trouble, IntegrityError):
        return 409, {}
    if isinstance(trouble, DataError | OverflowError):
        # A number or a character no column takes, where no form had asked for one.
        return 400, {}
    return 500, {}
