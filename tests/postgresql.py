"""A private PostgreSQL for tests: its own data, its own port on loopback, gone when the tests end."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg

WHERE = Path("/usr/lib/postgresql")


def binaries() -> Path | None:
    """The folder of the newest PostgreSQL server on this machine, or None."""
    found = sorted(WHERE.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


class Server:
    """A running server. ``url(name)`` is the address of one of its databases for the role ``postgres``."""

    def __init__(self, port: int, control: list[str], major: int) -> None:
        self.port = port
        self._major = major
        self._control = control
        self._own: psycopg.Connection | None = None
        """Kept for making and dropping databases, which takes less than half as long as with a new one."""

    def restart_at_once(self) -> None:
        """Stop it without ceremony, as a power cut would end the process, and start it again."""
        self.close()
        _call([*self._control, "-m", "immediate", "restart"])

    def url(self, database: str, role: str = "postgres") -> str:
        return f"postgresql+psycopg://{role}@127.0.0.1:{self.port}/{database}"

    def copy(self, template: str, name: str) -> str:
        """The address of a new database that is a copy of another; copying files is the quick way."""
        strategy = " STRATEGY file_copy" if self._major >= 15 else ""
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}{strategy}")
        return self.url(name)

    def run(self, *statements: str, database: str = "postgres") -> None:
        if database == "postgres":
            if self._own is None or self._own.closed:
                self._own = self._connected(database)
            _execute(self._own, statements)
            return
        with closing(self._connected(database)) as connection:
            _execute(connection, statements)

    def close(self) -> None:
        """Let go of the connection that is kept."""
        if self._own is not None:
            self._own.close()
            self._own = None

    def _connected(self, database: str) -> psycopg.Connection:
        address = f"postgresql://postgres@127.0.0.1:{self.port}/{database}"
        return psycopg.connect(address, autocommit=True)


@contextmanager
def running(binaries: Path, *, wait_for_disk: bool = False) -> Iterator[Server]:
    """Make a cluster, run it, and remove it. Tests need not wait for its disk; measurements must."""
    home = Path(tempfile.mkdtemp(prefix="termwise-pg-"))
    as_owner: list[str] = []
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root.
        shutil.chown(home, "postgres", "postgres")
        as_owner = ["runuser", "-u", "postgres", "--"]
    data, port = home / "data", _free_port()
    try:
        initdb = [*as_owner, str(binaries / "initdb"), "-D", str(data), "-A", "trust", "-U", "postgres"]
        _call([*initdb, "--no-sync", "--encoding=UTF8", "--locale=C"])
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={home}"
        if not wait_for_disk:
            options += " -c fsync=off -c full_page_writes=off -c autovacuum=off -c max_wal_senders=0"
            options += " -c wal_level=minimal"
        control = [*as_owner, str(binaries / "pg_ctl"), "-D", str(data), "-w", "-l", str(home / "log")]
        control += ["-o", options]
        _call([*control, "start"])
        try:
            with closing(Server(port, control, int(binaries.parts[-2]))) as server:
                yield server
        finally:
            _call([*control, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _execute(connection: psycopg.Connection, statements: Iterable[str]) -> None:
    for statement in statements:
        connection.execute(statement.encode())


def _call(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    if done.returncode:
        raise RuntimeError(f"{command} failed:\n{done.stdout}{done.stderr}")


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
