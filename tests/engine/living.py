"""What durable_rules holds of this process: living handles, and resident memory."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from app.engine.durable import Network

_STATM = Path("/proc/self/statm")
_PAGE = 4096


def handles() -> int:
    """How many handles are alive."""
    gc.collect()
    return sum(isinstance(one, Network) for one in gc.get_objects())


def megabytes() -> float:
    """Resident memory of this process; skips the test where the system does not tell."""
    if not _STATM.exists():
        pytest.skip("this system has no /proc/self/statm")
    gc.collect()
    return int(_STATM.read_text().split()[1]) * _PAGE / 1e6
