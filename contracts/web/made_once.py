"""Files that take a while to make, kept for whoever asks next: the same content is the same bytes."""

import hashlib
import pickle
from collections.abc import Callable

from office.i18n import language

KEPT = 24
"""Files kept as they were made; a year of a thousand contracts has some of several megabytes."""
_made: dict[bytes, bytes] = {}


def made_once(make: Callable[[], bytes], *content: object) -> bytes:
    """What `make` makes of this content in the language of the request; the newest ones are not made again.

    Takes as long as making where it has not been made before: call it off the event loop.
    """
    key = hashlib.sha256(pickle.dumps((content, language.get()))).digest()
    if (known := _made.get(key)) is not None:
        return known
    made = make()
    for oldest in list(_made)[: max(0, len(_made) - KEPT + 1)]:
        _made.pop(oldest, None)
    _made[key] = made
    return made
