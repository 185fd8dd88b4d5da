"""Empty databases for servers under measurement: SQLite files, or in a private PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Protocol

from app.services.assembly import open_services
from app.settings import Settings
from tests import people, postgresql
from tests.bench.machine import KEY, NotMeasured


class Databases(Protocol):
    """Gives the environment of a service over an empty database of its own, its rulesets in force.

    ``BENCH_KEY`` holds an API key that may decide there.
    """

    def __call__(self) -> dict[str, str]: ...


@contextmanager
def on_sqlite(folder: Path) -> Iterator[Databases]:
    """SQLite files below ``folder``."""
    numbers = count()

    def fresh() -> dict[str, str]:
        place = folder / f"sqlite-{next(numbers)}"
        place.mkdir()
        return _environ(folder, place, f"sqlite:///{place}/termwise.db", f"sqlite:///{place}/keys.db")

    yield fresh


@contextmanager
def on_postgresql(folder: Path) -> Iterator[Databases]:
    """A private PostgreSQL that waits for its disk; raises ``NotMeasured`` where there is none."""
    binaries = postgresql.binaries()
    if binaries is None:
        raise NotMeasured(f"no server under {postgresql.WHERE}: apt-get install postgresql")
    numbers = count()
    with postgresql.running(binaries, wait_for_disk=True) as server:

        def fresh() -> dict[str, str]:
            number = next(numbers)
            server.run(f"CREATE DATABASE log_{number}", f"CREATE DATABASE keys_{number}")
            place = folder / f"postgresql-{number}"
            return _environ(folder, place, server.url(f"log_{number}"), server.url(f"keys_{number}"))

        yield fresh


def _environ(folder: Path, place: Path, url: str, keys_url: str) -> dict[str, str]:
    environ = {
        "TERMWISE_DATABASE_URL": url,
        "TERMWISE_KEYS_URL": keys_url,
        "TERMWISE_MASTER_KEY_FILE": str(folder / "master.key"),
        "TERMWISE_RULESETS": str(folder / "rulesets"),
        "TERMWISE_CHECKPOINTS": str(place / "checkpoints"),
    }
    settings = Settings.from_env(environ)
    with open_services(settings, migrate=True) as services:
        services.publishing.synchronise(settings.rulesets, "bench", bootstrap=True)
        environ[KEY] = people.key(services, people.person(services, "bench"))
    return environ
