"""Opens the services for one command, and says for whom the command asks."""

from __future__ import annotations

import os
from pathlib import Path

from app.domain.requests import Caller
from app.services.assembly import Services, open_services
from app.settings import Settings

OPERATOR = Caller("operator", "file", may_give_any=True, backdate=True, any_version=True)


def settings(**given: object) -> Settings:
    """The environment's settings, with what the command line gave instead; raises ``UnsafeSetting``."""
    return Settings.from_env(
        {**os.environ, **{name: str(value) for name, value in given.items() if value is not None}}
    )


def reading() -> Services:
    """Services that read only: beside a running server, too."""
    return open_services(settings(), writing=False)


def writing(chosen: Settings | None = None, *, sequencing: bool = True) -> Services:
    """Services that write, on current tables; raises ``Refused`` while another process writes to SQLite.

    On SQLite what is written gets its place in the tree unless ``sequencing`` is left to the caller.
    """
    return open_services(chosen or settings(), migrate=True, sequencing=sequencing)


def shown(path: Path) -> str:
    """A path as the reader would type it: relative where that is shorter."""
    relative = os.path.relpath(path)
    return relative if len(relative) < len(str(path)) else str(path)
