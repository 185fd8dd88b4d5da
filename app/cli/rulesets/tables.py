"""``termwise rulesets tables``: tables out of a ruleset file, and back into it after they were edited."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.console import answers, as_json, table
from app.cli.faults import Unusable
from app.services.rulesets.publishing import read_file
from app.services.rulesets.tables import merged, written
from app.services.rulesets.version_documents import change_document
from schemas.interchange.changes import Change, ChangeKind
from schemas.interchange.forms import FORMS, MOST_BYTES, Form

PATH = click.Path(path_type=Path, dir_okay=False)
_EXISTING = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.group()
def tables() -> None:
    """Edit the tables of a ruleset in another program."""


@tables.command("export")
@click.argument("ruleset", type=_EXISTING)
@click.argument("out", type=PATH)
def export(ruleset: Path, out: Path) -> None:
    """Write the tables of the file RULESET to OUT, whose ending says the form."""
    out.write_bytes(written(read_file(ruleset).text, _form(out)))
    click.echo(f"Written to {out}")


@tables.command("import")
@click.argument("edited", type=_EXISTING)
@click.argument("ruleset", type=_EXISTING)
@click.option("--out", type=PATH, help="Where to write the merged text.  [RULESET]")
@click.option("--wins", is_flag=True, help="Take what EDITED says of tables that RULESET has changed, too.")
@click.option("--json", "for_program", is_flag=True)
def bring_back(edited: Path, ruleset: Path, out: Path | None, wins: bool, for_program: bool) -> None:
    """Merge the tables of EDITED into the file RULESET: by row id, and nothing else of it changes."""
    form, file = _form(edited), read_file(ruleset)
    if edited.stat().st_size > MOST_BYTES:
        raise Unusable(f"{edited} has more than {MOST_BYTES // 1024 // 1024} MiB")
    found = merged(file.text, file.ruleset.policy, edited.read_bytes(), form, wins=wins)
    (out or ruleset).write_bytes(found.text)
    if for_program:
        as_json([change_document(one) for one in found.changes])
        return
    if found.changes:
        answers().print(
            table(("table", "row", "column", "before", "after"), [_row(one) for one in found.changes])
        )
    many = "s" * (len(found.changes) != 1)
    click.echo(f"{len(found.changes)} change{many}, written to {out or ruleset}")


def _row(one: Change) -> tuple[str, ...]:
    if one.kind is ChangeKind.CELL:
        return one.table, one.row, one.column, one.before, one.after
    return one.table, one.row, f"({one.kind})", "", ""


def _form(path: Path) -> Form:
    found = FORMS.get(path.suffix.removeprefix(".").lower())
    if found is None:
        raise Unusable(f"{path}: a file of tables ends in {' or '.join(f'.{name}' for name in FORMS)}")
    return found
