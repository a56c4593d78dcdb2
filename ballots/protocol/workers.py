"""Proofs are the whole cost of a ballot: they are checked in processes of their own."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.process import BaseProcess
from types import ModuleType
from typing import Any, Protocol, TypeVar

from gmpy2 import mpz

from ballots.protocol.ballot import check_answers, check_proofs, check_signature, read_ballot
from ballots.protocol.election import ElectionContext, open_election
from ballots.protocol.foresight import all_members
from ballots.protocol.refusals import Invalid

_Found = TypeVar("_Found")

_WINDOW = 10
_ELECTIONS_KEPT = 4


class Mapper(Protocol):
    """Something that maps a check over chunks, side by side, and hands back what was found in order.

    A pool of processes is one (`checking_pool`), a cluster another (`ballots.protocol.cluster`); the check is a function of a
    module, and only what can be pickled travels.
    """

    def map(self, check: Callable[..., _Found], /, *parts: Iterable[Any]) -> Iterator[_Found]: ...


def cores() -> int:
    """Processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _LeanProcess(SpawnProcess):
    """A spawned process that does not import the main program again.

    That may be the whole web application, seconds of work; a worker needs only this module.
    """

    @staticmethod
    def _Popen(process_obj: BaseProcess) -> Any:  # noqa: N802 - the name multiprocessing calls
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            return SpawnProcess._Popen(process_obj)
        finally:
            sys.modules["__main__"] = main


class _LeanContext(SpawnContext):
    Process = _LeanProcess


def checking_pool(jobs: int | None = None) -> ProcessPoolExecutor:
    """A pool of spawned workers, one per core unless said otherwise; each keeps the elections it met."""
    return ProcessPoolExecutor(
        jobs or cores(), mp_context=_LeanContext(), initializer=_leave_stopping_to_the_owner
    )


def _leave_stopping_to_the_owner() -> None:
    """Ctrl-C reaches every process of a terminal; the pool is shut down by whoever made it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@lru_cache(maxsize=_ELECTIONS_KEPT)
def opened_election(election: bytes) -> ElectionContext:
    """The context of an election, tables built once per process; it holds no credential list."""
    return open_election(election, window=_WINDOW)


def check_proofs_in_worker(election: bytes, raw: bytes) -> None:
    """`check_proofs` for a pool: only bytes travel.  Raises `Invalid`."""
    check_proofs(opened_election(election), raw)


def check_ballots_in_worker(election: bytes, ballots: Sequence[bytes]) -> list[Invalid | None]:
    """Form, signature and proofs of some ballots of a board; whether a credential is listed is looked up elsewhere."""
    context = opened_election(election)
    return [_finding(context, raw) for raw in ballots]


def check_members_in_worker(credentials: Sequence[str]) -> bool:
    """Whether all these public credentials lie in the group."""
    return all_members([mpz(public) for public in credentials])


def _finding(context: ElectionContext, raw: bytes) -> Invalid | None:
    try:
        ballot = read_ballot(context, raw)
        check_signature(context, raw, ballot)
        check_answers(context, ballot)
    except Invalid as finding:
        return finding
    return None
