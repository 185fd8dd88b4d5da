"""Settings: read once from the environment, refused at the start when unsafe.

``SETTINGS`` is the one list of what may be set; the README's table is tested
against it. Outside development nothing that protects the records has a default
made up on the spot: a master key, a keys database and a log origin are given by
the operator, or the process does not start.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

ENVIRONMENTS = ("development", "production")
MASTER_KEY_BYTES = 32
DEFAULT_DATABASE = "sqlite:///var/termwise.db"
DEFAULT_LOG_ORIGIN = "termwise.local/log"
SHIPPED_RULESETS = Path(__file__).resolve().parent.parent / "rulesets"


class Setting(NamedTuple):
    """One variable: its name, the default in the reader's words, and what it is for."""

    name: str
    default: str
    purpose: str


SETTINGS = (
    Setting("TERMWISE_ENVIRONMENT", "development", "or `production`, which refuses unsafe settings"),
    Setting(
        "TERMWISE_DATABASE_URL",
        DEFAULT_DATABASE,
        "decisions and rulesets: `sqlite:///file` (from the working directory) or `postgresql://user@host/name`",
    ),
    Setting(
        "TERMWISE_KEYS_URL",
        "`keys.db` beside the SQLite file",
        "wrapped data keys, out of ordinary backups; required in production with PostgreSQL",
    ),
    Setting(
        "TERMWISE_MASTER_KEY_FILE",
        "var/master.key",
        "at least 32 bytes that wrap the data keys; made on first use in development, required in production",
    ),
    Setting("TERMWISE_MIGRATION_URL", "TERMWISE_DATABASE_URL", "PostgreSQL: the role that owns the tables"),
    Setting("TERMWISE_RULESETS", "the shipped `rulesets/`", "folder from which rulesets are synchronised"),
    Setting("TERMWISE_TIMEZONE", "UTC", "IANA time zone that says which day `as_of` is when it is not given"),
    Setting("HOST", "127.0.0.1", "address to listen on"),
    Setting("PORT", "8000", "port to listen on"),
    Setting("TERMWISE_THREADS", "16", "requests worked on at the same time, 1 to 256"),
    Setting(
        "TERMWISE_LOG_ORIGIN",
        DEFAULT_LOG_ORIGIN,
        "name of this audit log in leaves and checkpoints, never to be changed; required in production",
    ),
    Setting("TERMWISE_WAITING", "512", "records that may wait for the disk, 1 to 65536; beyond it, 503"),
)


class UnsafeSetting(ValueError):
    """A setting that cannot be used: names the variable, its value and the remedy.

    Passwords in database addresses are left out of the message.
    """

    def __init__(self, name: str, value: str, remedy: str) -> None:
        super().__init__(f"{name}={_without_password(value)!r}: {remedy}")
        self.name = name
        self.remedy = remedy


@dataclass(frozen=True)
class Settings:
    """Everything the environment says, checked. Addresses hold absolute paths; ports and counts are ints.

    Build it with ``from_env``; ``repr`` leaves the database addresses out, as they may hold passwords.
    """

    environment: str
    database_url: str = field(repr=False)
    keys_url: str = field(repr=False)
    migration_url: str = field(repr=False)
    master_key_file: Path
    rulesets: Path
    timezone: ZoneInfo
    host: str
    port: int
    threads: int
    log_origin: str
    waiting: int

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Settings from ``environ``; an empty value counts as not given.

        Reads files only to refuse them and creates none. Raises UnsafeSetting.
        """
        given = {name: value.strip() for name, value in environ.items() if value.strip()}
        environment = _environment(given)
        database_url = _database(given, "TERMWISE_DATABASE_URL", DEFAULT_DATABASE)
        settings = cls(
            environment=environment,
            database_url=database_url,
            keys_url=_database(given, "TERMWISE_KEYS_URL", _keys_beside(database_url)),
            migration_url=_database(given, "TERMWISE_MIGRATION_URL", database_url),
            master_key_file=Path(given.get("TERMWISE_MASTER_KEY_FILE", "var/master.key")).absolute(),
            rulesets=_folder(given, "TERMWISE_RULESETS", SHIPPED_RULESETS),
            timezone=_timezone(given),
            host=given.get("HOST", "127.0.0.1"),
            port=_whole(given, "PORT", 8000, 1, 65535),
            threads=_whole(given, "TERMWISE_THREADS", 16, 1, 256),
            log_origin=_origin(given),
            waiting=_whole(given, "TERMWISE_WAITING", 512, 1, 65536),
        )
        if settings.keys_url == settings.database_url:
            remedy = "is TERMWISE_DATABASE_URL, too; give the keys a database of their own"
            raise UnsafeSetting("TERMWISE_KEYS_URL", settings.keys_url, remedy)
        if not settings.development:
            settings._refuse_defaults(given)
        return settings

    @property
    def development(self) -> bool:
        """Whether keys may be made up on the spot and defaults of a demonstration hold."""
        return self.environment == "development"

    def master_key(self) -> bytes:
        """The bytes that wrap the data keys, at least 32 of them.

        In development a missing file is made (mode 0600) from the system's
        randomness; two processes starting at once agree on one key, because only
        a complete file is ever linked into place. Raises UnsafeSetting.
        """
        if self.development and not self.master_key_file.exists():
            _create_key(self.master_key_file)
        _check_key(self.master_key_file)
        return self.master_key_file.read_bytes()

    def _refuse_defaults(self, given: Mapping[str, str]) -> None:
        """Refuse what a demonstration may leave open and an installation may not."""
        if not self.database_url.startswith("sqlite:"):
            _require(given, "TERMWISE_KEYS_URL", "name a separate database for the data keys")
        _require(given, "TERMWISE_LOG_ORIGIN", "name this audit log, for example credit.example.com/log")
        _check_key(self.master_key_file)


def _require(given: Mapping[str, str], name: str, remedy: str) -> None:
    if name not in given:
        raise UnsafeSetting(name, "", f"{remedy}; there is no default outside development")


def _environment(given: Mapping[str, str]) -> str:
    environment = given.get("TERMWISE_ENVIRONMENT", "development")
    if environment not in ENVIRONMENTS:
        raise UnsafeSetting("TERMWISE_ENVIRONMENT", environment, f"use {' or '.join(ENVIRONMENTS)}")
    return environment


def _database(given: Mapping[str, str], name: str, default: str) -> str:
    """A database address with an absolute path, so that a later change of directory moves no records."""
    url = given.get(name, default)
    scheme, _, rest = url.partition("://")
    dialect = scheme.partition("+")[0]
    if dialect in ("postgres", "postgresql"):
        return f"postgresql+psycopg://{rest}"
    path = rest.removeprefix("/")
    if dialect != "sqlite" or not rest.startswith("/") or path in ("", ":memory:") or "?" in path:
        remedy = "use sqlite:///file.db, sqlite:////path/file.db or postgresql://user@host/name"
        raise UnsafeSetting(name, url, remedy)
    return f"sqlite:///{Path(path).absolute()}"


def _keys_beside(database_url: str) -> str:
    if database_url.startswith("sqlite:"):
        return f"sqlite:///{Path(database_url.removeprefix('sqlite:///')).with_name('keys.db')}"
    return "sqlite:///var/keys.db"


def _folder(given: Mapping[str, str], name: str, default: Path) -> Path:
    if name not in given:
        return default
    folder = Path(given[name]).absolute()
    if not folder.is_dir():
        raise UnsafeSetting(name, given[name], "is not a folder; give the folder that holds the rulesets")
    return folder


def _timezone(given: Mapping[str, str]) -> ZoneInfo:
    name = given.get("TERMWISE_TIMEZONE", "UTC")
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:  # absent, a folder of zones, a path
        remedy = "use an IANA name, for example Europe/Berlin"
        raise UnsafeSetting("TERMWISE_TIMEZONE", name, remedy) from error


def _whole(given: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = given.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
        raise UnsafeSetting(name, text, f"use a whole number from {least} to {most}")
    return int(text)


def _origin(given: Mapping[str, str]) -> str:
    """The origin line of a checkpoint: one line without spaces or plus signs, as the format demands."""
    origin = given.get("TERMWISE_LOG_ORIGIN", DEFAULT_LOG_ORIGIN)
    if not origin.isascii() or not origin.isprintable() or " " in origin or "+" in origin:
        raise UnsafeSetting("TERMWISE_LOG_ORIGIN", origin, "use ASCII without spaces or plus signs")
    return origin


def _create_key(path: Path) -> None:
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


def _check_key(path: Path) -> None:
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


def _without_password(value: str) -> str:
    return re.sub(r"(://[^:/]*:).*@", r"\1***@", value)
