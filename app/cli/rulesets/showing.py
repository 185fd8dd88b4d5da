"""A ruleset at a glance: what it takes, what it yields, and the numbers an officer tunes."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console

from app.cli.console import table
from app.domain.declarations import FactSpec
from app.domain.ruleset import Ruleset
from app.domain.wording import spoken


def show_ruleset(console: Console, ruleset: Ruleset, language: str) -> None:
    """Title, outcomes, facts, parameters with their sources, outputs and steps."""
    console.print(f"{ruleset.policy} {ruleset.version}: {ruleset.title.said_in(language)}", style="bold")
    console.print(ruleset.digest)
    outcomes = [
        (one.id, str(one.kind), one.label.said_in(language) + (" *" if one.confirm else ""))
        for one in ruleset.outcomes
    ]
    facts = [
        (name, str(one.type.kind), one.label.said_in(language), "; ".join(_about(one, language)))
        for name, one in ruleset.facts.items()
    ]
    parameters = [
        (
            name,
            spoken(one.value, one.type, language, ruleset.currency),
            one.source,
            one.label.said_in(language),
        )
        for name, one in ruleset.parameters.items()
    ]
    outputs = [
        (name, str(one.type.kind), one.label.said_in(language)) for name, one in ruleset.outputs.items()
    ]
    for columns, rows in (
        (("outcome", "kind", "label (* a person confirms it)"), outcomes),
        (("fact", "type", "label", "takes"), facts),
        (("parameter", "value", "source", "label"), parameters),
        (("output", "type", "label"), outputs),
    ):
        if rows:
            console.print()
            console.print(table(columns, rows))
    console.print()
    console.print(f"{len(ruleset.steps)} steps, {ruleset.rule_count} rules, {len(ruleset.cases)} cases")


def _about(fact: FactSpec, language: str) -> Iterator[str]:
    if fact.type.choices:
        yield ", ".join(fact.type.choices)
    if fact.minimum is not None:
        yield f"from {spoken(fact.minimum, fact.type, language)}"
    if fact.maximum is not None:
        yield f"to {spoken(fact.maximum, fact.type, language)}"
    if fact.unknown_allowed:
        yield "may be unknown"
    if fact.given_by:
        yield f"given by {', '.join(fact.given_by)}"
    if fact.recall is not None:
        yield f"recalled from {fact.recall.output} by {fact.recall.by}"
