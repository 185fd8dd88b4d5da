"""Facts that show something, drawn near to the baseline: what need not differ from it does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from app.analysis.findings import Facts
from app.analysis.search.points import changed
from app.domain.rules import AS_OF
from app.domain.ruleset import Ruleset


def nearer(ruleset: Ruleset, facts: Facts, shows: Callable[[Facts], bool]) -> Facts:
    """The same facts as near as they still show it: all dates moved to its day, then one by one."""
    on_the_day = _moved(facts, ruleset.baseline_as_of)
    if on_the_day is not None and on_the_day != facts and shows(on_the_day):
        facts = on_the_day
    for name, value in [*ruleset.baseline.items(), (AS_OF, ruleset.baseline_as_of)]:
        simpler = changed(facts, name, value)
        if simpler != facts and shows(simpler):
            facts = simpler
    return facts


def _moved(facts: Facts, day: date) -> Facts | None:
    """All dates as far from another day as they were from their own; None where that is no date."""
    by: timedelta = day - facts.as_of
    try:
        values = {
            name: value + by if isinstance(value, date) else value for name, value in facts.values.items()
        }
    except OverflowError:
        return None
    return Facts(values, day)
