"""``termwise rulesets``: check, list, show, sync, export, publish-list."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from app.cli import opening
from app.cli.console import answers, as_json, notes, progress, table
from app.cli.faults import DONE, TO_LOOK_AT, Unusable
from app.cli.rulesets.cases import cases
from app.cli.rulesets.checking import Checked, check, claims_said, said_status
from app.cli.rulesets.comparing import compare
from app.cli.rulesets.published import publish
from app.cli.rulesets.rehearsing import rehearse
from app.cli.rulesets.showing import show_ruleset
from app.cli.rulesets.tables import tables
from app.domain.ruleset import Ruleset
from app.domain.versions import RulesetVersion
from app.services.assembly import Services
from app.services.rulesets.publishing import changed_history
from schemas.policies import policy_document

SAMPLES = 2000
PATH = click.Path(path_type=Path, dir_okay=False)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def rulesets() -> None:
    """Check ruleset files; list, show, sync and export what the store holds."""


@rulesets.command("check")
@click.argument("files", nargs=-1, type=PATH)
@click.option("--all", "everything", is_flag=True, help="Every file of the rulesets folder, and PUBLISHED.")
@click.option(
    "--samples", type=click.IntRange(0), default=SAMPLES, show_default=True, help="Made-up requests a file."
)
@click.option("--claims", "with_claims", is_flag=True, help="Print every claim, and how it stands.")
def check_files(files: tuple[Path, ...], everything: bool, samples: int, with_claims: bool) -> None:
    """Load FILES, run their examples and cases in both engines, and settle what they claim of all facts.

    Findings are printed as FILE:LINE: message; the exit code is 1 when there are any. Each claim (no gap,
    no overlap, no dead rule, ...) is proven, refuted or not settled; --claims prints them one by one.
    """
    if everything is bool(files):
        raise Unusable("name the files, or give --all")
    folder = opening.settings().rulesets
    named: list[tuple[Path, tuple[str, str] | None]] = [(path, None) for path in files]
    if everything:
        named = [(path, (path.parent.name, path.stem)) for path in sorted(folder.glob("*/*.yaml"))]
    checked = []
    with progress("Checking", samples * len(named)) as bar:
        for path, expected in named:
            checked.append(check(path, expected, samples, lambda: bar.advance(bar.task_ids[0])))
    findings = [line for one in checked for line in one.findings]
    if everything:
        findings += [
            f"{opening.shown(folder / name)}: differs from PUBLISHED" for name in changed_history(folder)
        ]
    for line in [*findings, *(f"{line} (to look at)" for one in checked for line in one.warnings)]:
        click.echo(line)
    if with_claims:
        for one in checked:
            for claim in one.claims:
                click.echo(f"{one.path}:{claim.line}: {said_status(claim)}: {claim.claim} [{claim.id}]")
    _summarise(checked, findings)
    sys.exit(TO_LOOK_AT if findings else DONE)


def _summarise(checked: list[Checked], findings: list[str]) -> None:
    rows = [
        (
            f"{one.ruleset.policy} {one.ruleset.version}",
            one.ruleset.rule_count,
            one.shown,
            len(one.ruleset.cases),
            one.runs,
            claims_said(one.claims),
            len(one.findings),
        )
        for one in checked
        if one.ruleset is not None
    ]
    if rows:
        answers().print(
            table(("ruleset", "rules", "shown", "cases", "tried on", "claims", "findings"), rows, numbers=6)
        )
    for one in checked:
        if one.ruleset is not None:
            click.echo(f"{one.ruleset.policy} {one.ruleset.version}: its cases cover {one.covered}")
    answers().print(
        f"{len(checked)} file{'s' * (len(checked) != 1)}, {len(findings)} finding{'s' * (len(findings) != 1)}"
    )


@rulesets.command("list")
@click.option("--json", "for_program", is_flag=True)
def list_versions(for_program: bool) -> None:
    """List every version of every policy and where it stands."""
    with opening.reading() as services:
        versions = [one for policy in services.policies.names() for one in services.versions.all(policy)]
    rows = [
        (one.policy, one.version, _state(one), f"{one.since:%Y-%m-%d %H:%M}", one.last.by, one.digest)
        for one in versions
    ]
    if for_program:
        as_json(
            [
                dict(zip(("policy", "version", "state", "since", "by", "digest"), row, strict=True))
                for row in rows
            ]
        )
    else:
        answers().print(table(("policy", "version", "state", "since (UTC)", "by", "digest"), rows))


@rulesets.command("show")
@click.argument("policy")
@click.argument("version", required=False)
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@click.option("--json", "for_program", is_flag=True)
def show_version(policy: str, version: str | None, lang: str, for_program: bool) -> None:
    """Show what a policy takes, yields and is tuned by; VERSION is the one in force unless given."""
    with opening.reading() as services:
        ruleset = _ruleset(services, policy, version)
    if for_program:
        as_json(policy_document(ruleset))
    else:
        show_ruleset(answers(), ruleset, lang)


@rulesets.command("export")
@click.argument("policy")
@click.argument("version")
@click.option("--out", type=PATH, help="Where to write it.  [standard output]")
def export(policy: str, version: str, out: Path | None) -> None:
    """Write the exact text of a version."""
    with opening.reading() as services:
        text = services.policies.text(_ruleset(services, policy, version).digest)
    if out is None:
        sys.stdout.buffer.write(text)
    else:
        out.write_bytes(text)
        notes().print(f"Written to {out}")


@rulesets.command("sync")
@click.option(
    "--bootstrap", is_flag=True, help="Into an empty store only: put what PUBLISHED lists into force."
)
def sync(bootstrap: bool) -> None:
    """Take versions from the rulesets folder into the store, as drafts."""
    with opening.writing() as services:
        folder = services.settings.rulesets
        done = services.publishing.synchronise(folder, opening.OPERATOR.name, bootstrap=bootstrap)
    for what, names in (
        ("drafted", done.drafted),
        ("in force", done.activated),
        ("known before", done.known),
    ):
        for name in names:
            click.echo(f"{what}: {name}")


@rulesets.command("publish-list")
def publish_list() -> None:
    """Write PUBLISHED: the SHA-256 of every ruleset file, so that nobody edits history unseen."""
    folder = opening.settings().rulesets
    added = publish(folder)
    for name in added:
        click.echo(f"added: {name}")
    click.echo(f"{opening.shown(folder / 'PUBLISHED')}: {len(added)} added")


def _state(version: RulesetVersion) -> str:
    planned = version.scheduled_for
    return str(version.state) if planned is None else f"{version.state}, active from {planned:%Y-%m-%d %H:%M}"


def _ruleset(services: Services, policy: str, version: str | None) -> Ruleset:
    if version is None:
        return services.policies.in_force(policy, services.deciding.now()).ruleset
    return services.policies.version(policy, version).ruleset


rulesets.add_command(cases)
rulesets.add_command(compare)
rulesets.add_command(tables)
rulesets.add_command(rehearse)
