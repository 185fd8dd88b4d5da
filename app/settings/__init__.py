"""Settings: read once from the environment, refused at the start when unsafe.

``SETTINGS`` is the one list of what may be set; the README's table is tested
against it. Outside development nothing that protects the records has a default
made up on the spot: a master key, a keys database and a log origin are given by
the operator, or the process does not start.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from app.settings import issuer, reading
from app.settings.issuer import Issuer
from app.settings.key_file import MASTER_KEY_BYTES, check_key, create_key, next_key
from app.settings.reading import DEFAULT_LOG_ORIGIN, Network
from app.settings.setting import Setting
from app.settings.unsafe import UnsafeSetting

DEFAULT_DATABASE = "sqlite:///var/termwise.db"
SHIPPED_RULESETS = Path(__file__).resolve().parent.parent.parent / "rulesets"
SHIPPED_CUSTOMER_RULES = SHIPPED_RULESETS / "customer-file.yaml"
SHIPPED_RECEIVABLES_RULES = SHIPPED_RULESETS / "receivables.yaml"
SHIPPED_RUNS = SHIPPED_RULESETS / "runs.yaml"

__all__ = ["MASTER_KEY_BYTES", "SETTINGS", "Setting", "Settings", "UnsafeSetting"]

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
    Setting(
        "TERMWISE_CUSTOMER_RULES",
        "`rulesets/customer-file.yaml`",
        "YAML file of what fills the customer file beside what is filed",
    ),
    Setting(
        "TERMWISE_RECEIVABLES_RULES",
        "`rulesets/receivables.yaml`",
        "YAML file of what is measured on the receivables, and of their reports",
    ),
    Setting("TERMWISE_RUNS", "`rulesets/runs.yaml`", "YAML file of the runs of the day"),
    Setting("TERMWISE_TIMEZONE", "UTC", "IANA time zone that says which day `as_of` is when it is not given"),
    Setting("HOST", "127.0.0.1", "address to listen on; in development one of this machine's own (loopback)"),
    Setting("PORT", "8000", "port to listen on"),
    Setting(
        "TERMWISE_PROXIES",
        "none",
        "reverse proxies whose X-Forwarded-For is believed: addresses or networks, between commas",
    ),
    Setting("TERMWISE_THREADS", "16", "requests worked on at the same time, 1 to 256"),
    Setting(
        "TERMWISE_QUEUE",
        "64",
        "further requests that wait up to half a second for their turn, 0 to 1024; beyond it, 503",
    ),
    Setting(
        "TERMWISE_LOG_ORIGIN",
        DEFAULT_LOG_ORIGIN,
        "name of this audit log in leaves and checkpoints, never to be changed; required in production",
    ),
    Setting(
        "TERMWISE_SIGNING_KEY_FILE",
        "`signing.key` beside the master key",
        "signs checkpoints and receipts; made on first use in development, else by `termwise audit init`",
    ),
    Setting(
        "TERMWISE_CHECKPOINTS",
        "`checkpoints` beside the SQLite file or the master key",
        "folder for signed checkpoints, best where nobody who writes the database can write",
    ),
    Setting(
        "TERMWISE_LOG_LEVEL",
        "info; `warning` in development",
        "`info` logs a line of JSON for every request, `warning` and `error` only what went wrong",
    ),
    Setting("TERMWISE_WAITING", "512", "records that may wait for the disk, 1 to 65536; beyond it, 503"),
    *issuer.SETTINGS,
)


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
    customer_rules: Path
    receivables_rules: Path
    runs: Path
    timezone: ZoneInfo
    host: str
    port: int
    proxies: tuple[Network, ...]
    threads: int
    queue: int
    log_origin: str
    signing_key_file: Path
    checkpoints: Path
    log_level: str
    waiting: int
    issuer: Issuer

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Settings from ``environ``; an empty value counts as not given.

        Reads files only to refuse them and creates none. Raises UnsafeSetting.
        """
        given = {name: value.strip() for name, value in environ.items() if value.strip()}
        reading.refuse_unknown(given, [one.name for one in SETTINGS])
        environment = reading.environment(given)
        database_url = reading.database(given, "TERMWISE_DATABASE_URL", DEFAULT_DATABASE)
        master_key_file = Path(given.get("TERMWISE_MASTER_KEY_FILE", "var/master.key")).absolute()
        settings = cls(
            environment=environment,
            database_url=database_url,
            keys_url=reading.database(given, "TERMWISE_KEYS_URL", reading.keys_beside(database_url)),
            migration_url=reading.database(given, "TERMWISE_MIGRATION_URL", database_url),
            master_key_file=master_key_file,
            rulesets=reading.folder(given, "TERMWISE_RULESETS", SHIPPED_RULESETS),
            customer_rules=reading.file(given, "TERMWISE_CUSTOMER_RULES", SHIPPED_CUSTOMER_RULES),
            receivables_rules=reading.file(given, "TERMWISE_RECEIVABLES_RULES", SHIPPED_RECEIVABLES_RULES),
            runs=reading.file(given, "TERMWISE_RUNS", SHIPPED_RUNS),
            timezone=reading.timezone(given),
            host=given.get("HOST", "127.0.0.1"),
            port=reading.whole(given, "PORT", 8000, 1, 65535),
            proxies=reading.networks(given, "TERMWISE_PROXIES"),
            threads=reading.whole(given, "TERMWISE_THREADS", 16, 1, 256),
            queue=reading.whole(given, "TERMWISE_QUEUE", 64, 0, 1024),
            log_origin=reading.origin(given),
            signing_key_file=reading.path(
                given, "TERMWISE_SIGNING_KEY_FILE", master_key_file.with_name("signing.key")
            ),
            checkpoints=reading.path(
                given,
                "TERMWISE_CHECKPOINTS",
                reading.beside(database_url, master_key_file, "checkpoints"),
            ),
            log_level=reading.log_level(given, development=environment == "development"),
            waiting=reading.whole(given, "TERMWISE_WAITING", 512, 1, 65536),
            issuer=issuer.read(given),
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

    @property
    def demo_allowed(self) -> bool:
        """Whether people whose passwords are printed may sign in: on this machine, in development."""
        return self.development and self.loopback

    @property
    def loopback(self) -> bool:
        """Whether only this machine reaches the service."""
        return reading.is_loopback(self.host)

    def listening(self) -> str:
        """The IP address to listen on; raises UnsafeSetting for one beyond loopback in development.

        It is looked at by whoever serves, and not before: some shells set HOST to the machine's name.
        """
        return reading.listening(self.host, development=self.development)

    def master_key(self) -> bytes:
        """The bytes that wrap the data keys, at least 32 of them.

        In development a missing file is made (mode 0600) from the system's
        randomness; two processes starting at once agree on one key, because only
        a complete file is ever linked into place. Raises UnsafeSetting.
        """
        if self.development and not self.master_key_file.exists():
            create_key(self.master_key_file)
        check_key(self.master_key_file)
        return self.master_key_file.read_bytes()

    @property
    def next_master_key_file(self) -> Path:
        """Where the next master key lies while it takes the place of the present one."""
        return self.master_key_file.with_name(f"{self.master_key_file.name}.next")

    def master_keys(self) -> list[bytes]:
        """The master key, and behind it the next one while there is one; raises UnsafeSetting.

        The next one is read first: it may take its place in between, and is then read there.
        """
        found = next_key(self.next_master_key_file)
        return [self.master_key(), *found]

    def _refuse_defaults(self, given: Mapping[str, str]) -> None:
        """Refuse what a demonstration may leave open and an installation may not."""
        reading.refuse_debugging(given)
        if not self.database_url.startswith("sqlite:"):
            _require(given, "TERMWISE_KEYS_URL", "name a separate database for the data keys")
        _require(given, "TERMWISE_LOG_ORIGIN", "name this audit log, for example credit.example.com/log")
        check_key(self.master_key_file)


def _require(given: Mapping[str, str], name: str, remedy: str) -> None:
    if name not in given:
        raise UnsafeSetting(name, "", f"{remedy}; there is no default outside development")
