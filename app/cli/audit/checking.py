"""``termwise audit check``: whether a proof or a receipt that the log gave shows what it says, offline."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from app.cli import opening
from app.cli.console import answers, as_json
from app.cli.faults import DONE, TO_LOOK_AT, Unusable, readable
from app.domain.errors import Invalid
from app.ledger.notes import NotSigned, VerifyingKey
from app.ledger.verifying import Fault, heads
from app.services.log.checking import Checking, NotShown
from app.services.log.verifying import evidence_at

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@click.argument("files", metavar="FILE...", type=_FILE, nargs=-1, required=True)
@click.option("--key", "lines", multiple=True, help="A key of the log, as `audit init` printed it.")
@click.option("--checkpoint", "kept", type=_FILE, multiple=True, help="Checkpoints that you kept.")
@click.option("--json", "for_program", is_flag=True, help="Print what was found as JSON.")
def check(files: tuple[Path, ...], lines: tuple[str, ...], kept: tuple[Path, ...], for_program: bool) -> None:
    """Check what the log gave, offline: a FILE holds a proof, a consistency proof, or a decision's answer.

    Exit code 0: it shows what it says; 1: it does not; 2: not judged. Files about one decision are held
    against each other. A consistency proof needs the checkpoints of both sizes. Without --key the key is
    taken from the folder TERMWISE_CHECKPOINTS; after a rotation give each key that signed.
    """
    checking = Checking(_keys(lines), _notes(kept))
    found: dict[str, Any] = {"shown": [], "fault": None}
    try:
        for file in files:
            found["shown"].append(_shown(checking, file))
        found["shown"] += checking.together()
    except NotShown as fault:
        found["fault"] = str(fault)
    if for_program:
        as_json({"whole": found["fault"] is None, **found})
    else:
        for one in found["shown"]:
            answers().print(one, soft_wrap=True)
        if found["fault"]:
            answers().print(f"NOT SHOWN: {found['fault']}", soft_wrap=True)
    sys.exit(TO_LOOK_AT if found["fault"] else DONE)


def _shown(checking: Checking, file: Path) -> str:
    try:
        return checking.of(json.loads(readable(file)))
    except (ValueError, RecursionError) as error:
        raise Unusable(f"{file} is not JSON: {error}") from None
    except Invalid as error:
        raise Unusable(f"{file}: {error.message}") from None
    except NotShown as fault:
        raise NotShown(f"{file}: {fault}") from None


def _keys(lines: tuple[str, ...]) -> list[VerifyingKey]:
    if not lines:
        line, _ = evidence_at(opening.settings().checkpoints)
        if line is None:
            raise Unusable("there is no key: give --key with the line that `audit init` printed")
        lines = (line,)
    try:
        return [VerifyingKey.parse(line) for line in lines]
    except NotSigned as error:
        raise Unusable(str(error)) from None


def _notes(files: tuple[Path, ...]) -> list[str]:
    try:
        texts = {str(file): readable(file).decode("utf-8", "replace") for file in files}
        return [head.note for file, text in texts.items() for head in heads(text, file)]
    except Fault as error:
        raise Unusable(str(error)) from None
