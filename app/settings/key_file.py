"""The file of the master key: made in development, only ever checked in production."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from app.settings.folders import make_folder, sync_folder
from app.settings.unsafe import UnsafeSetting

MASTER_KEY_BYTES = 32


def create_key(path: Path) -> None:
    """Make a key file (mode 0600) from the system's randomness, unless another process is first."""
    make_folder(path.parent)
    descriptor, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(os.urandom(MASTER_KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was first: its key is the key
            os.link(draft, path)
    finally:
        os.unlink(draft)
    sync_folder(path.parent)


def check_key(path: Path) -> None:
    """Refuse a key file that is missing, short, or open to every account of the machine."""
    if not path.is_file():
        remedy = f"no such file; make one with: (umask 077; head -c {MASTER_KEY_BYTES} /dev/urandom > {path})"
    elif path.stat().st_size < MASTER_KEY_BYTES:
        remedy = f"holds fewer than {MASTER_KEY_BYTES} bytes; a short key can be guessed"
    elif path.stat().st_mode & 0o007:
        remedy = f"every account of this machine may use it; run: chmod 600 {path}"
    else:
        return
    raise UnsafeSetting("TERMWISE_MASTER_KEY_FILE", str(path), remedy)


def next_key(path: Path) -> list[bytes]:
    """The bytes of a key that is to take the place of another, if there is one; raises UnsafeSetting."""
    try:
        with path.open("rb") as file:
            found, mode = file.read(), os.fstat(file.fileno()).st_mode
    except FileNotFoundError:
        return []
    if len(found) < MASTER_KEY_BYTES or mode & 0o007:
        remedy = f"the next master key has at least {MASTER_KEY_BYTES} bytes and mode 0600"
        raise UnsafeSetting("TERMWISE_MASTER_KEY_FILE", str(path), remedy)
    return [found]


def put_in_place(draft: Path, path: Path) -> None:
    """Let the key in ``draft`` take the place of the one in ``path``, which is gone from then on."""
    os.replace(draft, path)
    sync_folder(path.parent)
