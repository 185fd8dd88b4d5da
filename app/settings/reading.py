"""One setting at a time: text of the environment in, a checked value out, or ``UnsafeSetting``."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import TypeAlias
from zoneinfo import ZoneInfo

from app.settings.unsafe import UnsafeSetting

ENVIRONMENTS = ("development", "production")
DEFAULT_LOG_ORIGIN = "termwise.local/log"
LOG_LEVELS = ("info", "warning", "error")
PREFIX = "TERMWISE_"
OF_OTHERS = tuple(f"{PREFIX}{name}" for name in ("KEY", "PYTHON", "RFC9162"))
"""Variables of whoever asks, of ``make run`` and of a test, which may stand in the same environment."""
_OF_A_CLUSTER = re.compile("TERMWISE_(SERVICE_(HOST|PORT(_.*)?)|PORT_[0-9]+_(TCP|UDP)(_.*)?)")
"""What Kubernetes sets for a service that is called `termwise`, beside ``TERMWISE_PORT=tcp://...``."""
Network: TypeAlias = IPv4Network | IPv6Network


def environment(given: Mapping[str, str]) -> str:
    """Which environment it is."""
    environment = given.get("TERMWISE_ENVIRONMENT", "development")
    if environment not in ENVIRONMENTS:
        raise UnsafeSetting("TERMWISE_ENVIRONMENT", environment, f"use {' or '.join(ENVIRONMENTS)}")
    return environment


def database(given: Mapping[str, str], name: str, default: str) -> str:
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


def keys_beside(database_url: str) -> str:
    """Where the keys lie when nothing else is said."""
    if database_url.startswith("sqlite:"):
        return f"sqlite:///{Path(database_url.removeprefix('sqlite:///')).with_name('keys.db')}"
    return "sqlite:///var/keys.db"


def beside(database_url: str, otherwise: Path, name: str) -> Path:
    """Something beside the SQLite file, or beside another where the database is no file."""
    on_sqlite = database_url.startswith("sqlite:")
    return (Path(database_url.removeprefix("sqlite:///")) if on_sqlite else otherwise).with_name(name)


def path(given: Mapping[str, str], name: str, default: Path) -> Path:
    """A path, absolute so that a later change of directory moves nothing."""
    return Path(given[name]).absolute() if name in given else default


def file(given: Mapping[str, str], name: str, default: Path) -> Path:
    """A file that is there, or the default, which is shipped."""
    found = path(given, name, default)
    if name in given and not found.is_file():
        remedy = f"no such file; copy the shipped {default.name} and change the copy"
        raise UnsafeSetting(name, given[name], remedy)
    return found


def folder(given: Mapping[str, str], name: str, default: Path) -> Path:
    """A folder that is there, or the default."""
    if name not in given:
        return default
    folder = Path(given[name]).absolute()
    if not folder.is_dir():
        raise UnsafeSetting(name, given[name], "is not a folder; give the folder that holds the rulesets")
    return folder


def timezone(given: Mapping[str, str]) -> ZoneInfo:
    """The time zone in which today is today."""
    name = given.get("TERMWISE_TIMEZONE", "UTC")
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:  # absent, a folder of zones, a path
        remedy = "use an IANA name, for example Europe/Berlin"
        raise UnsafeSetting("TERMWISE_TIMEZONE", name, remedy) from error


def whole(given: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    """A whole number from ``least`` to ``most``."""
    text = given.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
        raise UnsafeSetting(name, text, f"use a whole number from {least} to {most}")
    return int(text)


def origin(given: Mapping[str, str]) -> str:
    """The origin line of a checkpoint: one line without spaces or plus signs, as the format demands."""
    origin = given.get("TERMWISE_LOG_ORIGIN", DEFAULT_LOG_ORIGIN)
    if not origin.isascii() or not origin.isprintable() or " " in origin or "+" in origin:
        raise UnsafeSetting("TERMWISE_LOG_ORIGIN", origin, "use ASCII without spaces or plus signs")
    return origin


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def networks(given: Mapping[str, str], name: str) -> tuple[Network, ...]:
    """Addresses and networks, between commas."""
    found = []
    for text in given.get(name, "").split(","):
        try:
            if text.strip():
                found.append(ip_network(text.strip()))
        except ValueError as error:
            remedy = "use addresses or networks between commas, for example 127.0.0.1, 10.0.0.0/8"
            raise UnsafeSetting(name, text.strip(), remedy) from error
    return tuple(found)


def listening(host: str, *, development: bool) -> str:
    """The IP address to listen on: in development one of this machine's own, as its secrets are made up."""
    address = "127.0.0.1" if host == "localhost" else host
    try:
        ip_address(address)
    except ValueError as error:
        raise UnsafeSetting("HOST", host, "use an IP address of this machine, or localhost") from error
    if development and not is_loopback(address):
        remedy = "use 127.0.0.1; other machines are served with TERMWISE_ENVIRONMENT=production only"
        raise UnsafeSetting("HOST", host, remedy)
    return address


def log_level(given: Mapping[str, str], *, development: bool) -> str:
    """From which level on a line is logged, as ``logging`` names it."""
    level = given.get("TERMWISE_LOG_LEVEL", "warning" if development else "info").lower()
    if level not in LOG_LEVELS:
        raise UnsafeSetting("TERMWISE_LOG_LEVEL", level, f"use {', '.join(LOG_LEVELS)}")
    return level.upper()


def refuse_unknown(given: Mapping[str, str], known: Collection[str]) -> None:
    """Refuse a variable of our name that says nothing: what was meant would silently not hold."""
    for name in sorted(given):
        if name.startswith(PREFIX) and name not in known and not _is_of_others(name, given[name]):
            bare = name.removeprefix(PREFIX)
            begun = [one for one in sorted(known) if one == bare or one.startswith(name)]
            near = begun or get_close_matches(name, known, n=1, cutoff=0.0)
            raise UnsafeSetting(name, given[name], f"there is no such setting; did you mean {near[0]}?")


def _is_of_others(name: str, value: str) -> bool:
    by_cluster = _OF_A_CLUSTER.fullmatch(name) or (name == f"{PREFIX}PORT" and value.startswith("tcp://"))
    return name in OF_OTHERS or bool(by_cluster)


def refuse_debugging(given: Mapping[str, str]) -> None:
    """Refuse Flask's aid for developers, which shows code and values to whoever meets an error."""
    if given.get("FLASK_DEBUG", "0").lower() not in ("0", "false", "no", "off"):
        raise UnsafeSetting("FLASK_DEBUG", given["FLASK_DEBUG"], "take it away in production")
