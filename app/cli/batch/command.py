"""``termwise batch``: the arguments, the run, the summary."""

from __future__ import annotations

import shlex
import sys
from datetime import datetime
from pathlib import Path

import click

from app.cli import opening
from app.cli.batch import planning, summary
from app.cli.batch.report import Report, refused_beside
from app.cli.batch.running import Run, results
from app.cli.batch.stopping import stop_asked
from app.cli.batch.table import look_at
from app.cli.batch.tally import Tally
from app.cli.console import answers, as_json, notes, progress
from app.cli.faults import DONE, INTERRUPTED, NOT_DONE, TO_LOOK_AT, lines, readable
from app.domain.errors import Unavailable
from app.services.assembly import Services
from schemas.mapping import plain_mapping, read_mapping

FILE = click.Path(path_type=Path, dir_okay=False)
DAY = click.DateTime(["%Y-%m-%d"])
HELP = {
    "out": "Where the decisions go: .csv, or .ndjson for all there is.",
    "mapping": "Which columns are which facts (docs/mapping.md).",
    "as_of": "The day the facts are of.  [today]",
    "every_day": "Decide on every row once a day, in order.",
    "without_file": "Leave the customer file out: rows bring all that is known.",
    "run": "The run to begin or to go on with.  [made from policy, files and day]",
    "by": "Count by this choice, such as the step or the grade.",
    "against": "A column of the file: 1 where the case failed later, else 0.",
    "last_per": "With --against: count only the last row of each value of this column.",
    "score": "With --against: how well this number tells failures apart.",
    "json": "Print the summary as JSON.",
}


@click.command()
@click.argument("policy")
@click.argument("file", type=FILE)
@click.option("--out", type=FILE, required=True, help=HELP["out"])
@click.option("--mapping", type=FILE, help=HELP["mapping"])
@click.option("--as-of", type=DAY, help=HELP["as_of"])
@click.option("--every-day", type=DAY, nargs=2, metavar="FROM TO", help=HELP["every_day"])
@click.option("--without-file", is_flag=True, help=HELP["without_file"])
@click.option("--run", "run_id", callback=planning.checked_id, metavar="ID", help=HELP["run"])
@click.option("--by", multiple=True, metavar="OUTPUT", help=HELP["by"])
@click.option("--against", metavar="COLUMN", help=HELP["against"])
@click.option("--last-per", metavar="COLUMN", help=HELP["last_per"])
@click.option("--score", multiple=True, metavar="NAME", help=HELP["score"])
@click.option("--json", "for_program", is_flag=True, help=HELP["json"])
def batch(
    policy: str,
    file: Path,
    out: Path,
    mapping: Path | None,
    as_of: datetime | None,
    every_day: tuple[datetime, datetime] | None,
    without_file: bool,
    run_id: str | None,
    by: tuple[str, ...],
    against: str | None,
    last_per: str | None,
    score: tuple[str, ...],
    for_program: bool,
) -> None:
    """Decide on every row of a CSV file (FILE, plain or .gz) and record it.

    Given again after an interruption, the same command goes on where it stopped: no row is decided twice.
    Refused rows are listed beside OUT; the exit code is 1 when there are any.
    """
    found = look_at(file)
    planning.check_out(found, out)
    hindsight = planning.hindsight(found, against, last_per, score)
    text = readable(mapping) if mapping else None
    with opening.writing() as services:
        ruleset = services.policies.in_force(policy, services.deciding.now()).ruleset
        rows = (
            plain_mapping(ruleset, found.header)
            if text is None
            else read_mapping(text, ruleset, found.header)
        )
        days = planning.days(services, rows, as_of, every_day)
        own = run_id or planning.own_id(ruleset, found, text, days) + "-without-file" * without_file
        run = Run(own, policy, found, rows, days, enrich=not without_file)
        tally = Tally(ruleset, by, hindsight)
        code = _decide(services, run, tally, out, [*ruleset.outputs])
    if code != DONE:
        _tell_how_to_go_on(run, tally)
        sys.exit(code)
    if for_program:
        as_json(summary.document(run, tally))
    else:
        summary.show(answers(), run, tally)
        told = f", refused rows in {refused_beside(out)}" if tally.refused else ""
        notes().print(f"Decisions in {out}{told}")
    sys.exit(TO_LOOK_AT if tally.refused else DONE)


def _decide(services: Services, run: Run, tally: Tally, out: Path, outputs: list[str]) -> int:
    """Go through the run; DONE when all of it is decided and written."""
    with stop_asked() as stop, progress(f"Run {run.id}", run.rows) as bar:
        try:
            with Report(out, outputs) as report:
                for result in results(services, run, stop.is_asked):
                    tally.add(result)
                    report.add(result)
                    bar.advance(bar.task_ids[0])
                if tally.rows < run.rows:
                    raise KeyboardInterrupt
        except KeyboardInterrupt:
            return INTERRUPTED
        except Unavailable as error:
            notes().print("\n".join(lines(error)))
            return NOT_DONE
    return DONE


def _tell_how_to_go_on(run: Run, tally: Tally) -> None:
    words = sys.argv[1:]
    if "--run" not in words:
        words += ["--run", run.id]
    if len(run.days) == 1 and not run.mapping.dated and "--as-of" not in words:
        words += ["--as-of", run.days[0].isoformat()]
    notes().print(
        f"Stopped after {tally.rows:,} of {run.rows:,} rows. What was decided is recorded, and will not"
        f" be decided again. To go on:\n  termwise {shlex.join(words)}",
        soft_wrap=True,
    )
