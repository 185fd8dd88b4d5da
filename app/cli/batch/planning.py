"""What a batch is to do, worked out and checked before the first row is decided."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import click

from app.cli.batch.table import Table
from app.cli.batch.tally import FAILED, Hindsight
from app.cli.faults import Unusable
from app.domain.ruleset import Ruleset
from app.services.assembly import Services
from schemas.mapping.rows import RowMapping

MOST_DAYS = 3660


def checked_id(context: click.Context, option: click.Parameter, value: str | None) -> str | None:  # noqa: ARG001
    """The id of a run as given with ``--run``."""
    if value is not None and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}", value):
        raise click.BadParameter("an id has letters, digits, dots, hyphens and _, at most 80")
    return value


def own_id(ruleset: Ruleset, found: Table, mapping: bytes | None, days: tuple[date, ...]) -> str:
    """An id that the same command makes again: for the same ruleset text, files and days, and no other."""
    parts = [ruleset.digest, found.digest, sha256(mapping or b"").hexdigest(), *map(str, days)]
    return f"{ruleset.policy}-{sha256(' '.join(parts).encode()).hexdigest()[:12]}"


def days(
    services: Services, rows: RowMapping, as_of: datetime | None, every_day: tuple[datetime, datetime] | None
) -> tuple[date, ...]:
    """The days to decide on, in order; today unless another is given."""
    if as_of and every_day:
        raise Unusable("--as-of names one day and --every-day several; give one of them")
    if rows.dated and (as_of or every_day):
        raise Unusable("the rows bring their own as_of, so --as-of and --every-day have no meaning here")
    if every_day:
        first, number = every_day[0].date(), (every_day[1] - every_day[0]).days + 1
        if not 1 <= number <= MOST_DAYS:
            raise Unusable(f"--every-day takes the first and the last day, at most {MOST_DAYS} of them")
        return tuple(first + timedelta(day) for day in range(number))
    if as_of:
        return (as_of.date(),)
    return (services.deciding.now().astimezone(services.settings.timezone).date(),)


def check_out(found: Table, out: Path) -> None:
    """Refuse an output that cannot be written, or that would replace what is read."""
    if out.resolve() == found.path.resolve():
        raise Unusable(f"--out {out} is the file that is read; give another")
    if not out.resolve().parent.is_dir():
        raise Unusable(f"--out {out}: there is no folder {out.parent}")


def hindsight(
    found: Table, against: str | None, last_per: str | None, scores: tuple[str, ...]
) -> Hindsight | None:
    """What to set the decisions against, if anything; every row is looked at first."""
    for option, column in (("--against", against), ("--last-per", last_per)):
        if column is not None and column not in found.header:
            raise Unusable(
                f"{option} {column}: the file has no such column; it has {', '.join(found.header)}"
            )
    if against is None:
        if scores or last_per:
            raise Unusable("--score and --last-per need --against, the column that tells what came true")
        return None
    for row in found:
        if row.cells is not None and row.cells[against].strip() not in FAILED:
            written = row.cells[against][:40]
            raise Unusable(f"--against {against}: row {row.number} has `{written}`; it takes 1 (failed) or 0")
    return Hindsight(against, last_per, scores)
