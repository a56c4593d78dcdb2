"""The native kernel: products of powers by a processor's vector instructions, where it has them.

It is never needed: `kernel()` is None where it is switched off (YAKSOK_KERNEL=off), where processor, system or compiler
are not those it was written for, and where it does not compute what Python computes.  kernel.c is built on first use,
once for each version of itself and of the compiler, into the user's cache folder.
"""

from __future__ import annotations

import ctypes
import logging
import os
import platform
import secrets
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256, shake_256
from pathlib import Path
from typing import Final, NamedTuple

from gmpy2 import invert, mpz, powmod

from ballots.protocol.group import G, P, Q

SOURCE: Final = Path(__file__).with_name("kernel.c")
FLAGS: Final = ("-O2", "-std=gnu11", "-mavx512f", "-mavx512ifma", "-shared", "-fPIC")
INSTRUCTIONS: Final = frozenset({"avx512f", "avx512ifma"})
_COMPILERS: Final = ("cc", "gcc", "clang")
_COMPILING_SECONDS: Final = 120

# The sizes of kernel.c.
_LIMBS: Final = 40
_LIMB_BITS: Final = 52
_BYTES: Final = 256
_EXPONENT_BYTES: Final = 32
_LINE: Final = 64
_TABLES_KEPT: Final = 8

log = logging.getLogger(__name__)


class Unavailable(Exception):
    """Why there is no kernel here."""


class Wanted(NamedTuple):
    """bases[base]^e * g^a * y^b: exponents from 0 to 2^256 - 1."""

    base: int
    e: mpz
    a: mpz
    b: mpz


class _Memory:
    """Bytes for the kernel, beginning on a cache line."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._kept = ctypes.create_string_buffer(size + _LINE)
        self.address = -(-ctypes.addressof(self._kept) // _LINE) * _LINE


class Kernel:
    """A loaded library.  Calls let other threads run; each thread has its own working memory."""

    def __init__(self, library: Path) -> None:
        self._code = ctypes.CDLL(str(library))
        size, address, count = ctypes.c_size_t, ctypes.c_void_p, ctypes.c_int
        for name, answer, arguments in (
            ("table_size", size, ()),
            ("scratch_size", size, (count, count)),
            ("make_table", None, (address, ctypes.c_char_p, address)),
            (
                "products",
                None,
                (
                    *(address, address, address, ctypes.c_char_p, count),
                    *(address, ctypes.c_char_p, count, ctypes.c_char_p, address),
                ),
            ),
        ):
            function = getattr(self._code, name)
            function.restype, function.argtypes = answer, arguments
        r = mpz(1) << (_LIMBS * _LIMB_BITS)
        limbs = [
            *_limbs(P),
            *_limbs(r * r % P),
            *_limbs(r % P),
            int(-invert(P, 1 << _LIMB_BITS) % (1 << _LIMB_BITS)),
        ]
        self._modulus = (ctypes.c_uint64 * len(limbs))(*limbs)
        self._table = lru_cache(maxsize=_TABLES_KEPT)(self._made_table)
        self._thread = threading.local()

    def products(self, g: mpz, y: mpz, bases: Sequence[mpz], wanted: Sequence[Wanted]) -> list[mpz]:
        """The wanted products modulo p, in order.

        Bases lie between 1 and p - 1.  Tables of g and y are made once and kept (2.6 MB each); working memory is 80 KB a
        base.
        """
        tables = self._table(g), self._table(y)
        count = len(wanted)
        if not all(0 <= product.base < len(bases) for product in wanted):
            raise IndexError("a product of no base")
        which = (ctypes.c_uint32 * count)(*(product.base for product in wanted))
        exponents = b"".join(
            int(number).to_bytes(_EXPONENT_BYTES, "little") for _, *numbers in wanted for number in numbers
        )
        out = ctypes.create_string_buffer(count * _BYTES)
        self._code.products(
            self._modulus,
            tables[0].address,
            tables[1].address,
            b"".join(int(base).to_bytes(_BYTES, "little") for base in bases),
            len(bases),
            which,
            exponents,
            count,
            out,
            self._scratch(self._code.scratch_size(len(bases), count)),
        )
        raw = out.raw
        return [mpz(int.from_bytes(raw[i : i + _BYTES], "little")) for i in range(0, len(raw), _BYTES)]

    def _scratch(self, size: int) -> int:
        memory: _Memory | None = getattr(self._thread, "memory", None)
        if memory is None or memory.size < size:
            memory = self._thread.memory = _Memory(size)
        return memory.address

    def _made_table(self, base: mpz) -> _Memory:
        memory = _Memory(self._code.table_size())
        self._code.make_table(self._modulus, int(base).to_bytes(_BYTES, "little"), memory.address)
        return memory


@lru_cache(maxsize=1)
def kernel() -> Kernel | None:
    """The kernel of this process, built and tried at the first call."""
    try:
        if os.environ.get("YAKSOK_KERNEL", "auto").strip().lower() == "off":
            raise Unavailable("switched off")
        found = Kernel(built())
    except (Unavailable, OSError, subprocess.TimeoutExpired) as why:
        log.info("ballots are checked without the native kernel: %s", why)
        return None
    if not agrees(found):
        log.warning("the native kernel computes something else than Python and is not used")
        return None
    log.info("ballots are checked with the native kernel")
    return found


def built() -> Path:
    """The library for this source and compiler, compiled if it was not yet.

    Raises `Unavailable`, `OSError`, `TimeoutExpired`.
    """
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        raise Unavailable("not Linux on x86-64")
    if not _processor() >= INSTRUCTIONS:
        raise Unavailable("the processor lacks AVX-512 IFMA")
    compiler = next(filter(None, map(shutil.which, _COMPILERS)), None)
    if compiler is None:
        raise Unavailable("no C compiler")
    source = SOURCE.read_bytes()
    version = _run(compiler, "--version")
    name = sha256(b"\0".join((source, version, " ".join(FLAGS).encode()))).hexdigest()[:32]
    folder = _folder()
    library = folder / f"kernel-{name}.so"
    if not library.exists():
        with tempfile.TemporaryDirectory(dir=folder) as building:
            made = Path(building) / library.name
            _run(compiler, *FLAGS, "-o", str(made), str(SOURCE))
            made.replace(library)
    return library


def agrees(found: Kernel) -> bool:
    """Whether the kernel gives the known answer to a fixed question and Python's answers to some random ones."""
    fixed = _questions(b"fixed")
    digest = sha256(",".join(map(str, found.products(*fixed))).encode()).hexdigest()
    drawn = _questions(secrets.token_bytes())
    return digest == _FIXED_ANSWER and found.products(*drawn) == by_python(*drawn)


def by_python(g: mpz, y: mpz, bases: Sequence[mpz], wanted: Sequence[Wanted]) -> list[mpz]:
    """What `Kernel.products` must answer."""
    return [powmod(bases[base], e, P) * powmod(g, a, P) * powmod(y, b, P) % P for base, e, a, b in wanted]


_FIXED_ANSWER: Final = "8f120a0229369a4bfce4f56b2fa750b60496ffad9388e77c1a3a5203694fb580"


def _questions(seed: bytes) -> tuple[mpz, mpz, list[mpz], list[Wanted]]:
    """More than a vector of bases and of products, with the ends of their ranges and elements of order 2 and 3."""
    drawn = [mpz(int.from_bytes(shake_256(seed + bytes([i])).digest(_BYTES), "big")) for i in range(13)]
    third = powmod(5, (P - 1) // 3, P)
    bases = [mpz(1), P - 1, third, G, *(number % (P - 1) + 1 for number in drawn[:6])]
    edges = [mpz(0), mpz(1), Q - 1, Q, mpz(1) << 255, (mpz(1) << 256) - 1]
    exponents = [*edges, *(number % (mpz(1) << 256) for number in drawn[6:12])]
    wanted = [
        Wanted(place % len(bases), e, exponents[5 * place % 12], exponents[(7 * place + 1) % 12])
        for place, e in enumerate(exponents)
    ]
    return G, drawn[12] % (P - 1) + 1, bases, wanted


def _limbs(number: mpz) -> list[int]:
    mask = (1 << _LIMB_BITS) - 1
    return [int(number >> (_LIMB_BITS * i)) & mask for i in range(_LIMBS)]


def _processor() -> frozenset[str]:
    """What the processor can do; of several, the first."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        name, _, listed = line.partition(":")
        if name.strip() == "flags":
            return frozenset(listed.split())
    return frozenset()


def _folder() -> Path:
    """The user's cache folder; nobody else may be able to put a library there."""
    try:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    except RuntimeError as why:
        raise Unavailable("no cache folder: this user has no home") from why
    folder = cache / "yaksok"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    state = folder.stat()
    if state.st_uid != os.getuid() or state.st_mode & 0o022:
        raise Unavailable(f"{folder} can be written by others")
    return folder


def _run(*command: str) -> bytes:
    done = subprocess.run(  # noqa: S603 - the compiler found on the path, no words of a user
        command, capture_output=True, check=False, timeout=_COMPILING_SECONDS
    )
    if done.returncode:
        raise Unavailable(f"{command[0]} failed: {done.stderr.decode(errors='replace')[-500:]}")
    return done.stdout
