"""``termwise decide``."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from app.cli import opening
from app.cli.console import answers, as_json
from app.cli.faults import MOST_BYTES, readable
from app.cli.showing import show_decision
from app.domain.errors import Invalid
from schemas.json_text import read
from schemas.requests import read_request

FACTS = "facts"


@click.command()
@click.argument("policy")
@click.argument("file", metavar="FACTS", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option("--customer", help="Whom it is about, such as C-1042.")
@click.option("--reference", help="What it is about, such as an order or invoice.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day the facts are of.  [today]")
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@click.option("--json", "for_program", is_flag=True, help="Print the whole decision as JSON.")
def decide(
    policy: str,
    file: Path,
    customer: str | None,
    reference: str | None,
    as_of: datetime | None,
    lang: str,
    for_program: bool,
) -> None:
    """Decide on the facts in the JSON file FACTS (- for standard input) and record it.

    The file holds the facts by name, or a whole request as HTTP takes it, with the facts under "facts".
    """
    written = sys.stdin.buffer.read(MOST_BYTES + 1) if str(file) == "-" else readable(file)
    given = {"customer": customer, "reference": reference, "as_of": f"{as_of:%Y-%m-%d}" if as_of else None}
    request = read_request(_body(read(written, what=str(file)), given))
    with opening.writing() as services:
        body = services.deciding.decide(policy, request, opening.OPERATOR).body
        ruleset = services.policies.by_digest(body["ruleset"]["digest"]).ruleset
    if for_program:
        as_json(body)
    else:
        show_decision(answers(), ruleset, body, lang)


def _body(written: Any, given: dict[str, str | None]) -> dict[str, Any]:
    """The request: what the options say stands above what the file says."""
    if not isinstance(written, dict):
        raise Invalid("The facts cannot be read: they are an object, each fact by its name.")
    body = written if isinstance(written.get(FACTS), dict) else {FACTS: written}
    return {**body, **{name: value for name, value in given.items() if value is not None}}
