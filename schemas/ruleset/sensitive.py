"""What must not be told to sales, and what is made from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.domain.declarations import FactSpec, Output
from app.domain.expressions import names_read
from app.domain.rules import Formula, Scorecard, Step


def sensitive_names(
    facts: Mapping[str, FactSpec], outputs: Mapping[str, Output], steps: Iterable[Step]
) -> frozenset[str]:
    """Facts and outputs that say so, every scorecard, and each formula that reads one of these.

    A table or rule that tests something sensitive does not make its outputs so: a decision always rests on
    the file, and its answer is what sales are told. Who writes the ruleset marks an output that tells more.
    """
    found = {name for declared in (facts, outputs) for name, one in declared.items() if one.sensitive}
    for step in steps:
        if isinstance(step, Scorecard) or (
            isinstance(step, Formula) and not found.isdisjoint(names_read(step.expression))
        ):
            found.add(step.id)
    return frozenset(found)
