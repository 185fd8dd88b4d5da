"""``termwise rulesets cases``: which thresholds the cases of a file touch, and cases for the others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from app.analysis.cases.coverage import CaseCoverage
from app.analysis.cases.proposing import Proposal
from app.analysis.cases.threshold import Side
from app.analysis.cases.wording import place_of, test_of, unreached_said
from app.cli.console import answers, as_json, table
from app.domain.ruleset import Ruleset
from app.services.rulesets.boundary_cases import coverage, proposed
from app.services.rulesets.case_documents import coverage_document, proposal_document
from app.services.rulesets.publishing import read_file
from schemas.interchange.cases_text import case_text


@click.command("cases")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--missing", is_flag=True, help="Only for what no case of FILE touches yet.")
@click.option("--coverage", "only_coverage", is_flag=True, help="Tell what the cases of FILE cover.")
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@click.option("--json", "for_program", is_flag=True)
def cases(file: Path, missing: bool, only_coverage: bool, lang: str, for_program: bool) -> None:
    """Print cases on both sides of every threshold of FILE, with what is decided there today.

    They are YAML to be pasted below `cases:`, each to be accepted or corrected. What no facts reach stands
    behind them as comments, with the reason.
    """
    ruleset = read_file(file).ruleset
    if only_coverage:
        found = coverage(ruleset)
        if for_program:
            as_json(coverage_document(found))
        else:
            _tell(found)
        return
    made = proposed(ruleset, missing=missing)
    if for_program:
        as_json(proposal_document(ruleset, made, lang))
    else:
        click.echo("".join(_lines(ruleset, made, lang)), nl=False)


def _lines(ruleset: Ruleset, made: Proposal, language: str) -> Iterator[str]:
    for one in made.proposed:
        yield case_text(ruleset, one.case, one.name.said_in(language))
    for left in made.unreached:
        yield f"# {unreached_said(made.coverage.thresholds, left).said_in(language)}\n"


def _tell(found: CaseCoverage) -> None:
    silent = [name for name, several in found.rules.items() if not several]
    if silent:
        answers().print(table(("rule without a case",), [(name,) for name in silent]))
    rows = [
        (place_of(one), test_of(one), one.line, _number(found, i, above=False), _number(found, i, above=True))
        for i, one in enumerate(found.thresholds)
    ]
    if rows:
        answers().print(table(("threshold of", "test", "line", "below", "above"), rows, numbers=3))
    click.echo(found.said())


def _number(found: CaseCoverage, threshold: int, *, above: bool) -> str:
    """How many cases touch a side; a dash where no value can lie."""
    side = Side(threshold, above)
    return "-" if side in found.beyond else str(len(found.sides[side]))
