"""``termwise rulesets compare``: what differs between two versions, in words, on cases and line by line."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from app.analysis.comparison.case_wording import case_said
from app.analysis.comparison.lines import unified
from app.analysis.comparison.meaning_wording import recorded_said, region_said, verdict_said
from app.analysis.comparison.versions import Comparison
from app.analysis.comparison.wording import change_said, effect_said, line_said
from app.cli import opening
from app.cli.console import answers, as_json
from app.cli.faults import Unusable
from app.domain.values import Text
from app.engine.compiled import Engines
from app.services.assembly import Services
from app.services.comparing.comparing import Written, compared, proved
from app.services.comparing.comparison_document import comparison_document
from app.services.comparing.meaning_document import meaning_document
from app.services.comparing.meanings import Meant
from app.services.policies import Ready
from app.services.rulesets.publishing import read_file

_IDENTICAL = Text("The texts are identical.", "文本完全相同。")
_SECTIONS = (
    Text("What changed", "改动"),
    Text("What follows from it", "由此带来的影响"),
    Text("Cases answered otherwise", "结论不同的案例"),
    Text("The text", "文本"),
)


@click.command()
@click.argument("policy")
@click.argument("before", metavar="FROM")
@click.argument("after", metavar="TO")
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@click.option("--text/--no-text", "with_text", default=True, help="Print the difference of the texts too.")
@click.option("--proof", is_flag=True, help="Prove that both decide alike, or find all ways in which not.")
@click.option("--recorded", is_flag=True, help="With --proof: count the recorded decisions of each way.")
@click.option("--json", "for_program", is_flag=True)
def compare(
    policy: str,
    before: str,
    after: str,
    lang: str,
    with_text: bool,
    proof: bool,
    recorded: bool,
    for_program: bool,
) -> None:
    """Say what differs between two versions of POLICY; FROM and TO are versions or ruleset files.

    To count recorded decisions is a rehearsal: one entry of the log says who made it.
    """
    if recorded and not proof:
        raise Unusable("--recorded counts the ways that --proof finds; give both")
    files = [_filed(policy, one) for one in (before, after)]
    old, new = files
    if old is None or new is None or recorded:
        with opening.writing() if recorded else opening.reading() as services:
            old, new = (
                file or services.comparing.written(policy, one)
                for file, one in zip(files, (before, after), strict=True)
            )
            if recorded:
                meant = services.meanings.weighed(old.ready, new.ready, opening.OPERATOR)
                _show_proof(answers(), meant, lang, for_program=for_program)
                return
    engines = Engines()
    if proof:
        meaning = proved(old.ready, new.ready, lambda ready: engines.get(ready.ruleset))
        meant = Meant(old.ready.ruleset, new.ready.ruleset, meaning)
        _show_proof(answers(), meant, lang, for_program=for_program)
        return
    found = compared(old, new, lambda ready: engines.get(ready.ruleset))
    if for_program:
        as_json(comparison_document(found))
    else:
        show(answers(), found, lang, with_text=with_text)


def written(services: Services, policy: str, named: str) -> Written:
    """A version by its number or as a file; raises ``Unusable`` for a file of another policy."""
    return _filed(policy, named) or services.comparing.written(policy, named)


def _filed(policy: str, named: str) -> Written | None:
    """A version as a file, which needs no database; None for a number."""
    path = Path(named)
    if not path.is_file() and path.suffix not in (".yaml", ".yml"):
        return None
    file = read_file(path)
    if file.ruleset.policy != policy:
        raise Unusable(f"{path} is a ruleset of {file.ruleset.policy}, not of {policy}")
    return Written(Ready(file.ruleset), file.text)


def show(console: Console, found: Comparison, language: str, *, with_text: bool) -> None:
    """Changes, what follows, cases, and the lines of the text."""
    before, after = found.before, found.after
    console.print(f"{after.policy} {before.version} -> {after.version}", style="bold")
    if before.digest == after.digest:
        console.print(_IDENTICAL.said_in(language))
        return
    changed = [change_said(one, language) for one in found.changes]
    changed += [line_said(one, language) for one in found.text_only]
    _section(console, 0, language, changed)
    _section(console, 1, language, [effect_said(one, language) for one in found.effects])
    _section(console, 2, language, [case_said(one, before, after, language) for one in found.cases])
    if with_text:
        console.print(f"\n{_SECTIONS[3].said_in(language)}", style="bold")
        names = (f"{one.policy} {one.version}" for one in (before, after))
        console.print(unified(found.hunks, *names), end="", soft_wrap=True)


def _show_proof(console: Console, meant: Meant, language: str, *, for_program: bool) -> None:
    """Whether both mean the same, and every way in which they do not."""
    if for_program:
        as_json(meaning_document(meant))
        return
    console.print(f"{meant.after.policy} {meant.before.version} -> {meant.after.version}", style="bold")
    console.print(verdict_said(meant.meaning, language), soft_wrap=True)
    for one in meant.meaning.regions:
        said = region_said(one, meant.before, meant.after, language)
        if meant.rehearsal is not None and meant.recorded is not None:
            compared = meant.rehearsal.segments.whole.compared
            said += recorded_said(meant.recorded.get(one.key, 0), compared, language)
        console.print(f"  {said}", soft_wrap=True)


def _section(console: Console, number: int, language: str, lines: list[str]) -> None:
    if lines:
        console.print(f"\n{_SECTIONS[number].said_in(language)}", style="bold")
        for line in lines:
            console.print(f"  {line}", soft_wrap=True)
