"""One line of the list of what may be set."""

from __future__ import annotations

from typing import NamedTuple


class Setting(NamedTuple):
    """One variable: its name, the default in the reader's words, and what it is for."""

    name: str
    default: str
    purpose: str
