"""Checks spread over an existing Dask cluster, for boards that outgrow one machine (the extra `cluster`).

Only bytes and verdicts travel.  The cluster has to be one's own: its workers say whether a ballot is valid.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar

from office.errors import Refused
from office.i18n import N_

if TYPE_CHECKING:
    from distributed import Client, Future

_Found = TypeVar("_Found")

PATIENCE: Final = 10.0
"""Seconds to wait for the scheduler, for a first worker, and for a new one where all were lost."""
_AHEAD: Final = 4
"""Chunks sent ahead for each thread of the cluster: all of a large board would fill the scheduler's memory."""
_TRIES: Final = 5
"""How often a chunk may be begun again; each worker that is lost under it counts as one."""

MISSING: Final = N_("클러스터에 나누어 확인하려면 추가 꾸러미가 필요합니다: pip install 'yaksok[cluster]'")
UNREACHABLE: Final = N_("Dask 클러스터에 연결할 수 없습니다: {address}")
NO_WORKERS: Final = N_("Dask 클러스터에 일할 수 있는 작업자가 없습니다: {address}")
UNFIT: Final = N_(
    "클러스터의 작업자가 확인을 마치지 못했습니다. 작업자에도 같은 판의 약속이 설치되어 있어야 합니다: {error}"
)


class ClusterTrouble(Refused):
    """The cluster cannot be used: nothing is said about the board."""


class Cluster:
    """A `workers.Mapper` whose chunks are checked elsewhere; a chunk whose worker is lost is checked again."""

    def __init__(self, client: Client, address: str) -> None:
        self._client = client
        self._address = address

    def map(self, check: Callable[..., _Found], /, *parts: Iterable[Any]) -> Iterator[_Found]:
        """`check` of every chunk, in order; `_AHEAD` chunks a thread are on their way at any time."""
        room = max(1, _AHEAD * self.threads())
        waiting: deque[Future[Any]] = deque()
        for arguments in zip(*parts, strict=True):
            waiting.append(self._client.submit(check, *arguments, pure=False, retries=_TRIES))
            if len(waiting) >= room:
                yield self._found(waiting.popleft())
        while waiting:
            yield self._found(waiting.popleft())

    def _found(self, future: Future[Any]) -> Any:
        alone_since: float | None = None
        while True:
            try:
                return future.result(timeout=1)
            except TimeoutError:
                if self.threads():
                    alone_since = None
                    continue
                alone_since = alone_since or time.monotonic()
                if time.monotonic() - alone_since > PATIENCE:
                    raise ClusterTrouble(NO_WORKERS, address=self._address) from None
            except Exception as error:
                # A check hands back what it found wrong; what it raises is trouble of the cluster.
                raise ClusterTrouble(UNFIT, error=f"{type(error).__name__}: {error}"[:300]) from error

    def threads(self) -> int:
        """Chunks the cluster can check at once."""
        workers = self._client.scheduler_info(n_workers=-1)["workers"]
        return sum(worker["nthreads"] for worker in workers.values())


@contextmanager
def cluster(address: str) -> Iterator[Cluster]:
    """Connect to the scheduler at `address` (tcp://host:8786, tls://…).  Raises `ClusterTrouble`."""
    try:
        from distributed import Client
    except ImportError as error:
        raise ClusterTrouble(MISSING) from error
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]  # as published
    except (OSError, ValueError, TimeoutError) as error:
        raise ClusterTrouble(UNREACHABLE, address=address) from error
    # Lost connections are its business: what matters of them is said in our own words.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError as error:
            raise ClusterTrouble(NO_WORKERS, address=address) from error
        yield Cluster(client, address)
