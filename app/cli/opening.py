"""Opens the services for one command, and says for whom the command asks."""

from __future__ import annotations

import os
from pathlib import Path

from app.cli.faults import Unusable
from app.domain.errors import TermwiseError
from app.domain.requests import Caller
from app.services.assembly import Services, open_services
from app.settings import Settings, UnsafeSetting

OPERATOR = Caller("operator", "file", may_give_any=True, backdate=True, any_version=True)


def settings(**given: object) -> Settings:
    """The environment's settings, with what the command line gave instead; raises ``UnsafeSetting``."""
    return Settings.from_env(
        {**os.environ, **{name: str(value) for name, value in given.items() if value is not None}}
    )


def reading() -> Services:
    """Services that read only: beside a running server, too."""
    return _opened(settings(), writing=False)


def writing(chosen: Settings | None = None, *, sequencing: bool = True) -> Services:
    """Services that write, on current tables; raises ``Refused`` while another process writes to SQLite.

    On SQLite what is written gets its place in the tree unless ``sequencing`` is left to the caller.
    """
    return _opened(chosen or settings(), writing=True, sequencing=sequencing)


def _opened(chosen: Settings, *, writing: bool, sequencing: bool = False) -> Services:
    try:
        return open_services(chosen, writing=writing, migrate=writing, sequencing=sequencing)
    except (TermwiseError, UnsafeSetting, OSError):
        raise
    except Exception as error:  # whatever the database's driver says
        said = str(error).splitlines()[0]
        raise Unusable(f"The database cannot be opened (TERMWISE_DATABASE_URL): {said}") from error


def shown(path: Path) -> str:
    """A path as the reader would type it: relative where that is shorter."""
    relative = os.path.relpath(path)
    return relative if len(relative) < len(str(path)) else str(path)
