"""``termwise rulesets rehearse``: the arguments, the run, the list."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import click

from app.cli import opening
from app.cli.batch.running import requested
from app.cli.batch.stopping import stop_asked
from app.cli.batch.table import Table, look_at
from app.cli.console import answers, as_json, notes, progress
from app.cli.faults import INTERRUPTED, Unusable, readable
from app.cli.rulesets.comparing import written
from app.cli.rulesets.rehearsal import show
from app.domain.ruleset import Ruleset
from app.services.assembly import Services
from app.services.comparing.rehearsal_document import csv_lines, rehearsal_document
from app.services.comparing.rehearsed import (
    MOST,
    Filters,
    Manner,
    Rehearsal,
    Row,
    check_where,
    manner,
    of_both,
)
from app.services.comparing.rehearsing import Between
from app.services.policies import Ready
from schemas.mapping import plain_mapping, read_mapping
from schemas.mapping.rows import LeftOut, RowMapping

FILE = click.Path(path_type=Path, dir_okay=False)
DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("policy")
@click.argument("version", metavar="VERSION|FILE")
@click.option(
    "--against", metavar="VERSION|FILE", help="Baseline.  [what was recorded; the version in force]"
)
@click.option("--since", type=DAY, help="Decisions made from this day on (UTC).")
@click.option("--until", type=DAY, help="Decisions made before this day.")
@click.option("--outcome", help="Decisions that were answered so.")
@click.option("--where", multiple=True, metavar="FACT=VALUE", help="Decisions on such facts; repeatable.")
@click.option("--most", type=click.IntRange(1), default=MOST, show_default=True, help="Decisions to read.")
@click.option("--portfolio", type=FILE, help="Rehearse the rows of a CSV file instead.")
@click.option("--mapping", type=FILE, help="Which columns of it are which facts (docs/mapping.md).")
@click.option("--as-of", type=DAY, help="The day the rows are of, where they bring none.  [today]")
@click.option("--by", multiple=True, metavar="NAME", help="Split by this choice; repeatable.")
@click.option("--sum", "sums", multiple=True, metavar="NAME", help="Add up this number.  [exposure and days]")
@click.option("--out", type=FILE, help="Where the list goes, as CSV.")
@click.option("--json", "for_program", is_flag=True, help="Print everything as JSON.")
def rehearse(
    policy: str,
    version: str,
    against: str | None,
    since: datetime | None,
    until: datetime | None,
    outcome: str | None,
    where: tuple[str, ...],
    most: int,
    portfolio: Path | None,
    mapping: Path | None,
    as_of: datetime | None,
    by: tuple[str, ...],
    sums: tuple[str, ...],
    out: Path | None,
    for_program: bool,
) -> None:
    """Say what VERSION would have answered: on the decisions recorded for POLICY, or on a portfolio.

    Nothing is decided; one entry of the log says what was rehearsed on how many.
    """
    if portfolio is None and (mapping or as_of):
        raise Unusable("--mapping and --as-of are about the rows of a --portfolio")
    if portfolio is not None and (since or until or outcome or where):
        raise Unusable(
            "--since, --until, --outcome and --where choose recorded decisions, not rows of a file"
        )
    if out is not None and not out.resolve().parent.is_dir():
        raise Unusable(f"--out {out}: there is no folder {out.parent}")
    with opening.writing() as services:
        ready = written(services, policy, version).ready
        baseline = _baseline(services, policy, against)
        how = manner(ready.ruleset, baseline.ruleset, by, sums, most)
        if portfolio is None:
            filters = Filters(_utc(since), _utc(until), outcome, _where(where))
            check_where(filters.where, ready.ruleset, baseline.ruleset)
            made = _over_decisions(services, ready, baseline if against else None, filters, how)
        else:
            found = look_at(portfolio)
            rows = _mapped(of_both(ready.ruleset, baseline.ruleset), found, mapping)
            day = as_of or services.deciding.now().astimezone(services.settings.timezone)
            asked = _rows(rows, found, day.date())
            made = _over_portfolio(services, ready, baseline, asked, min(found.rows, most), how)
    if out is not None:
        out.write_text("".join(csv_lines(made)), "utf-8")
        notes().print(f"The list is in {out}")
    if for_program:
        as_json(rehearsal_document(made))
    else:
        show(answers(), made)
    sys.exit(INTERRUPTED if made.stopped else 0)


def _baseline(services: Services, policy: str, against: str | None) -> Ready:
    if against is not None:
        return written(services, policy, against).ready
    return services.policies.in_force(policy, services.deciding.now())


def _over_decisions(
    services: Services, ready: Ready, against: Ready | None, filters: Filters, how: Manner
) -> Rehearsal:
    with _watched(None) as between:
        return services.rehearsing.decisions(
            ready, filters, how, opening.OPERATOR, against=against, between=between
        )


def _over_portfolio(
    services: Services, ready: Ready, against: Ready, rows: Iterator[Row], number: int, how: Manner
) -> Rehearsal:
    with _watched(number) as between:
        return services.rehearsing.portfolio(
            ready, rows, how, opening.OPERATOR, against=against, between=between
        )


@contextmanager
def _watched(total: int | None) -> Iterator[Between]:
    """A progress bar that moves with every decision or row; Ctrl-C stops behind the one under way."""
    with stop_asked() as stop, progress("Rehearsing", total) as bar:

        def between() -> bool:
            bar.advance(bar.task_ids[0])
            return stop.is_asked()

        yield between


def _mapped(known: Ruleset, found: Table, mapping: Path | None) -> RowMapping:
    if mapping is None:
        return plain_mapping(known, found.header)
    return read_mapping(readable(mapping), known, found.header)


def _rows(rows: RowMapping, found: Table, today: date) -> Iterator[Row]:
    for one in found:
        request = requested(rows, one, today)
        yield Row(str(one.number), None if isinstance(request, LeftOut) else request)


def _utc(day: datetime | None) -> datetime | None:
    return None if day is None else day.replace(tzinfo=UTC)


def _where(given: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for one in given:
        name, sign, value = one.partition("=")
        if not sign:
            raise Unusable(f"--where {one}: write FACT=VALUE, such as --where grade=B")
        found[name] = (*found.get(name, ()), value)
    return found
