"""What can go wrong, as one small tree; every error has a status and a sentence that says what to do next.

Trouble
├── Refused        422  the input is wrong; `fields` says where
│   └── Gone       410  what it names has ended; ask for a new one
├── SignInNeeded   401  nobody is signed in
├── Forbidden      403  signed in, but not for this
│   └── Stale      403  a form whose page is too old
├── NotFound       404
├── Conflict       409  right input, wrong moment or already done
├── TooLarge       413
├── TooMany        429  slow down; `retry_after` in seconds
└── Busy           503  come back; `retry_after` in seconds
"""

from __future__ import annotations

from collections.abc import Mapping

from office.i18n import N_, translate


class Trouble(Exception):
    """An error a person can do something about; the message is Korean source text with named fields."""

    status = 500
    title = N_("문제가 생겼습니다")

    def __init__(
        self, message: str = "", *, fields: Mapping[str, str] | None = None, **values: object
    ) -> None:
        super().__init__(message)
        self.message = message or self.title
        self.fields = dict(fields or {})
        self.values = values

    def said(self) -> str:
        """The sentence in the language of the request."""
        return translate(self.message, **self.values)

    def __str__(self) -> str:
        return self.said()


class Refused(Trouble):
    """The input cannot be taken as it is; nothing was stored."""

    status = 422
    title = N_("입력한 내용을 확인해 주십시오")


class SignInNeeded(Trouble):
    """The page is for people who have signed in."""

    status = 401
    title = N_("로그인이 필요합니다")


class Forbidden(Trouble):
    """The person is known but this is not theirs to see or do."""

    status = 403
    title = N_("이 화면을 볼 권한이 없습니다")


class Stale(Forbidden):
    """A form came without the token of its page; nothing was stored."""

    title = N_("화면을 새로 고쳐 주십시오")


class NotFound(Trouble):
    """There is nothing at this address, or nothing this person may know of."""

    status = 404
    title = N_("찾는 것이 없습니다")


class Conflict(Trouble):
    """The request is well-formed but does not fit the present state.

    `advice` (source text) says what to do instead, `ways` where: label and address, the best first.
    """

    status = 409
    title = N_("지금은 할 수 없습니다")

    def __init__(
        self,
        message: str = "",
        *,
        fields: Mapping[str, str] | None = None,
        advice: str = "",
        ways: tuple[tuple[str, str], ...] = (),
        **values: object,
    ) -> None:
        super().__init__(message, fields=fields, **values)
        self.advice = advice
        self.ways = ways


class Gone(Refused):
    """What the request names has ended (expired, used up); a new one has to be asked for."""

    status = 410
    title = N_("이미 끝난 요청입니다")


class TooLarge(Trouble):
    """More bytes than anything legitimate needs."""

    status = 413
    title = N_("보낸 내용이 너무 큽니다")


class Later(Trouble):
    """The same request may succeed after `retry_after` seconds."""

    def __init__(self, message: str = "", *, retry_after: int = 30, **values: object) -> None:
        super().__init__(message, fields=None, seconds=retry_after, **values)
        self.retry_after = retry_after


class TooMany(Later):
    """A limit on tries or messages has been reached."""

    status = 429
    title = N_("요청이 너무 많습니다. {seconds}초 뒤에 다시 해 주십시오")


class Busy(Later):
    """Everything is well but the queue is full."""

    status = 503
    title = N_("지금 이용자가 많습니다. {seconds}초 뒤에 자동으로 다시 시도합니다")
