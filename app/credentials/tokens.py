"""Tokens and keys: 256 random bits in text, of which the database holds SHA-256 only.

A session token is 43 characters; a key says what it is and which it is,
``termwise_<id>_<secret>``, so that a scanner finds one that was published by mistake.
"""

from __future__ import annotations

import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

SECRET_BYTES = 32
KEY_PREFIX = "termwise_"
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_KEY = re.compile(r"termwise_([0-9a-f]{32})_([A-Za-z0-9_-]{43})", re.ASCII)
_DEVICE = re.compile(r"([A-Za-z0-9_-]{22})\.([0-9]{1,12})\.([A-Za-z0-9_-]{43})", re.ASCII)


@dataclass(frozen=True, slots=True)
class KeyParts:
    """A key taken apart. ``digest`` is what the database holds of its secret (32 bytes)."""

    id: UUID
    digest: bytes


@dataclass(frozen=True, slots=True)
class Device:
    """A browser in which somebody signed in at ``issued`` (Unix seconds), told apart by ``number``."""

    number: str
    issued: int


def new_secret() -> str:
    """256 random bits as 43 characters that stand in a URL, a header or a cookie as they are."""
    return secrets.token_urlsafe(SECRET_BYTES)


def digest(secret: str) -> bytes:
    """What is stored in place of a secret: SHA-256, 32 bytes. Enough, because nobody guesses 256 bits."""
    return sha256(secret.encode()).digest()


def same(one: bytes, other: bytes) -> bool:
    """Whether two digests are equal, in a time that tells nothing of where they differ."""
    return hmac.compare_digest(one, other)


def is_session(text: str) -> bool:
    """Whether ``text`` has the form of a session token."""
    return _SECRET.fullmatch(text) is not None


def key_text(id: UUID, secret: str) -> str:
    """A key as its owner keeps it; told once, when it is made."""
    return f"{KEY_PREFIX}{id.hex}_{secret}"


def key_parts(text: str) -> KeyParts | None:
    """The parts of a key, None for anything else."""
    found = _KEY.fullmatch(text)
    return None if found is None else KeyParts(UUID(found[1]), digest(found[2]))


def csrf(session: str) -> str:
    """What a browser must send beside its session cookie with every change.

    Made from the session's token, so it ends with it; a page of another site can make a
    browser send the cookie but reads neither the cookie nor this.
    """
    return _text(hmac.digest(session.encode(), b"termwise csrf", "sha256"))


def csrf_matches(session: str, given: str) -> bool:
    """Whether ``given`` is the token of that session."""
    return hmac.compare_digest(csrf(session).encode(), given.encode())


def device_text(key: bytes, login: str, issued: int) -> str:
    """A fresh device token for one login, under ``key`` (32 bytes). It proves a sign-in and opens nothing."""
    number = secrets.token_urlsafe(16)
    return f"{number}.{issued}.{_device_code(key, login, number, issued)}"


def device_parts(key: bytes, login: str, text: str) -> Device | None:
    """The device that ``text`` stands for, None where it was not made under ``key`` for that login."""
    found = _DEVICE.fullmatch(text)
    if found is None:
        return None
    device = Device(found[1], int(found[2]))
    made = _device_code(key, login, device.number, device.issued)
    return device if hmac.compare_digest(made.encode(), found[3].encode()) else None


def _device_code(key: bytes, login: str, number: str, issued: int) -> str:
    body = f"{number}.{issued}.{login}".encode(errors="surrogatepass")
    return _text(hmac.digest(key, body, "sha256"))


def _text(code: bytes) -> str:
    return urlsafe_b64encode(code).decode().rstrip("=")
