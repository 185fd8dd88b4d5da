"""Passwords: argon2id in PHC form, with a price that everybody pays, known or not.

A hash takes memory and tens of milliseconds on purpose, so few are worked on at once:
more would take the machine from those who are signed in already.
"""

from __future__ import annotations

import os
import secrets
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from unicodedata import normalize

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from app.domain.errors import Invalid, Problem, Unavailable
from app.domain.messages import told

# OWASP Password Storage Cheat Sheet, "Argon2id": 19 MiB of memory, two passes, one lane.
MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1
SALT_BYTES = 16  # RFC 9106, section 3.1
HASH_BYTES = 32
LEAST, MOST = 12, 256
AT_ONCE = 2
WAITING = 6
"""How many may wait for a turn; with more, all threads that serve requests would soon wait for hashes."""
SECONDS_FOR_A_TURN = 5.0
GENERATED_WORDS, GENERATED_LETTERS = 5, "abcdefghijkmnpqrstuvwxyz23456789"


def _unsigned(count: int) -> str:
    return b64encode(bytes(count)).decode().rstrip("=")


NOBODYS = (
    f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${_unsigned(SALT_BYTES)}${_unsigned(HASH_BYTES)}"
)
"""What the password of an unknown login is held against: no password is known that gives 32 zero bytes."""


class _Turns:
    """At most ``AT_ONCE`` at work and ``WAITING`` in line; known devices need not stand in line."""

    def __init__(self) -> None:
        self._free = threading.BoundedSemaphore(AT_ONCE)
        self._line = threading.BoundedSemaphore(AT_ONCE + WAITING)

    @contextmanager
    def one(self, *, known: bool) -> Iterator[None]:
        if not known and not self._line.acquire(blocking=False):
            raise Unavailable("Too many people sign in at this moment. Try again shortly.")
        try:
            if not self._free.acquire(timeout=SECONDS_FOR_A_TURN):
                raise Unavailable("Too many people sign in at this moment. Try again shortly.")
            try:
                yield
            finally:
                self._free.release()
        finally:
            if not known:
                self._line.release()


_turns = _Turns()


def acceptable(password: str) -> str:
    """``password`` in NFC, in which it is hashed; raises ``Invalid`` for one too short or too long.

    12 to 256 characters and nothing about their kinds: length is what helps (NIST SP 800-63B, 5.1.1).
    """
    normal = normalize("NFC", password)
    if not LEAST <= len(normal) <= MOST:
        problem = Problem(
            told(
                "a password has {least} to {most} characters; this one has {number}",
                least=LEAST,
                most=MOST,
                number=len(normal),
            )
        )
        raise Invalid("The password cannot be taken.", [problem])
    return normal


def generated() -> str:
    """A password for somebody else to change: 125 random bits, without letters that look alike."""
    return "-".join(
        "".join(secrets.choice(GENERATED_LETTERS) for _ in range(5)) for _ in range(GENERATED_WORDS)
    )


def hashed(password: str) -> str:
    """The PHC form under a fresh salt; raises ``Invalid``, or ``Unavailable`` when too many want one."""
    normal = acceptable(password)
    with _turns.one(known=True):
        made = Argon2id(
            salt=os.urandom(SALT_BYTES),
            length=HASH_BYTES,
            iterations=PASSES,
            lanes=LANES,
            memory_cost=MEMORY_KIB,
        )
        return made.derive_phc_encoded(_bytes(normal))


def matches(password: str, phc: str | None, *, known: bool = False) -> bool:
    """Whether ``password`` is the one that ``phc`` was made from; None is nobody's and never matches.

    Takes the same time for all three. ``known`` callers, whose device signed in before, stand in no line.
    Raises ``Unavailable`` when too many wait.
    """
    normal = normalize("NFC", password)
    with _turns.one(known=known):
        try:
            Argon2id.verify_phc_encoded(_bytes(normal), phc or NOBODYS)
        except InvalidKey:
            return False
    return phc is not None


def _bytes(password: str) -> bytes:
    return password.encode(errors="surrogatepass")  # a terminal may hand on bytes that are no UTF-8
