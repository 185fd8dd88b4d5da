"""The file of the master key: made in development, only ever checked in production."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from app.settings.unsafe import UnsafeSetting

MASTER_KEY_BYTES = 32


def create_key(path: Path) -> None:
    """Make a key file (mode 0600) from the system's randomness, unless another process is first."""
    path.parent.mkdir(parents=True, exist_ok=True)
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
