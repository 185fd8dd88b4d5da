"""Beginning: whether a run may begin, by the ruleset in force and by the runs that were."""

from __future__ import annotations

from datetime import date

from app.domain.errors import Problem, Refused
from app.domain.messages import told
from app.domain.ruleset import Ruleset
from app.domain.runs import RunRules
from app.services.policies import Ready


def check_fit(rules: RunRules, ruleset: Ruleset) -> None:
    """Raise ``Refused`` where the ruleset in force has not what the run takes from it."""
    said = told(
        "of {policy} {version}; change the file of runs (TERMWISE_RUNS)",
        policy=ruleset.policy,
        version=ruleset.version,
    )
    problems = [
        *(
            Problem(told("`{name}` is no fact {said}", name=name, said=said))
            for name in rules.facts
            if name not in ruleset.facts
        ),
        *(
            Problem(told("`{name}` is no output {said}", name=name, said=said))
            for name in rules.told
            if name not in ruleset.types
        ),
    ]
    if problems:
        raise Refused(
            told("The run {name} does not fit the rules in force.", name=rules.name), problems, conflict=True
        )


def check_order(rules: RunRules, ready: Ready, as_of: date, last: date | None) -> None:
    """Raise ``Refused`` behind a later run, begun for the day ``last``, of a policy that recalls.

    Such a policy goes by the steps already taken; of an older day it does not see those of later days, and
    would send a reminder after the demand.
    """
    if ready.recalls and last is not None and last > as_of:
        raise Refused(
            told(
                "The run {name} of {as_of} comes too late: that of {last} was begun, and {policy} goes "
                "by the steps already taken. Give a day from {last} on.",
                name=rules.name,
                as_of=as_of,
                last=last,
                policy=rules.policy,
            ),
            conflict=True,
        )
