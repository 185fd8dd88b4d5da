"""The log's signing key: made, kept in a file, and followed by another.

The file holds the log's name, the word for the algorithm and 32 secret bytes in base64,
in mode 0600 and out of every database and backup of one: who has database and key can
rewrite everything that no checkpoint outside holds. A new key is announced by an entry
of the log, in a note that the old key signs; from the entry after it on, the new key signs.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from app.ledger.notes import NotSigned, SigningKey, VerifyingKey, bytes64, text64
from app.settings.folders import make_folder, sync_folder

SECRET_BYTES = 32
_KIND = "next key"


class NoSigningKey(ValueError):
    """There is no key at that place, or none that may be used; the message says the remedy."""


def make(path: Path, name: str) -> SigningKey:
    """Make a key where there is none; of processes that do so at once, all get the one that was first."""
    make_folder(path.parent)
    descriptor, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{name}\ned25519\n{text64(os.urandom(SECRET_BYTES))}\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        os.unlink(draft)
    sync_folder(path.parent)
    return load(path, name)


def load(path: Path, name: str) -> SigningKey:
    """The key of the log ``name``; raises ``NoSigningKey`` when it is missing, open to all, or another's."""
    try:
        if path.stat().st_mode & 0o077:
            raise NoSigningKey(f"{path}: other accounts of this machine may read it; run: chmod 600 {path}")
        lines = path.read_text(encoding="ascii").split("\n")
    except FileNotFoundError:
        raise NoSigningKey(f"{path}: no signing key; `termwise audit init` makes one") from None
    except UnicodeError:
        lines = []
    try:
        if len(lines) != 4 or lines[1] != "ed25519":
            raise NotSigned("not three lines: name, algorithm, secret")
        secret = bytes64(lines[2])
        if len(secret) != SECRET_BYTES:
            raise NotSigned(f"the secret has {len(secret)} bytes and not {SECRET_BYTES}")
    except NotSigned as error:
        raise NoSigningKey(f"{path} is not a signing key: {error}") from None
    if lines[0] != name:
        raise NoSigningKey(
            f"{path} signs for the log {lines[0]}, and this one is {name} (TERMWISE_LOG_ORIGIN)"
        )
    return SigningKey(name, secret)


def put_in_place(draft: Path, path: Path) -> None:
    """Let the key in ``draft`` take the place of the one in ``path``, which is gone from then on."""
    os.replace(draft, path)
    sync_folder(path.parent)


def announcement(old: SigningKey, new: VerifyingKey) -> str:
    """The note by which the old key names the next one."""
    return old.sign(f"{old.verifying.name}\n{_KIND}\n{new}\n")


def announced(note: str, old: VerifyingKey) -> VerifyingKey:
    """The key that the old one names; raises ``NotSigned``."""
    lines = old.check(note).split("\n")
    if len(lines) != 4 or lines[:2] != [old.name, _KIND]:
        raise NotSigned("not an announcement of a key")
    return VerifyingKey.parse(lines[2])
