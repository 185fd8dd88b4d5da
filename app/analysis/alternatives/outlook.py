"""Whether a whole box of changes can hold an outcome as mild as is asked for: no is certain, yes is not.

Each step is walked over extents in place of values, and only those steps through which
what moves reaches the outcome. What would make it too strict is taken not to happen,
and what follows from that is known in the steps below. A conflict between rules is no
way forward, so what would be one is left out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from app.analysis.alternatives.chain import Chain
from app.analysis.alternatives.folding import folded
from app.analysis.alternatives.outlook_of_rules import RulesOutlook, contributed
from app.analysis.alternatives.outlook_of_scores import ScoreOutlook
from app.analysis.alternatives.state import Hopeless, State
from app.analysis.possible.context import PATIENCE, Context, Known
from app.analysis.possible.extents import ANYTHING, UNKNOWN, Extent, exactly, of_type
from app.analysis.possible.formulas import extent
from app.domain.expressions import Constant, Expression, names_read
from app.domain.rules import OUTCOME, Formula, Scorecard
from app.domain.ruleset import Ruleset
from app.domain.values import Values


class _Step(Protocol):
    yields: Collection[str]

    def keep(self, needed: Collection[str]) -> Collection[str]:
        """Forget what yields nothing that is needed, and say what is read for the rest."""
        ...

    def walk(self, state: State) -> None: ...


class Outlook:
    """Walks a ruleset over extents of the facts that move; all else is as in ``values``, one decision's own.

    ``values`` are its facts, parameters, calculated values and ``as_of``.
    """

    def __init__(self, chain: Chain, values: Values, facts: Collection[str]) -> None:
        ruleset = chain.ruleset
        self._ruleset = ruleset
        moving = {*facts, OUTCOME, *ruleset.outputs}
        constants = {name: value for name, value in values.items() if name not in moving}
        known = Known(ruleset)
        steps: list[_Step] = []
        for step, reads in chain.steps:
            moves = not moving.isdisjoint(reads)
            if isinstance(step, Formula):
                expression = folded(step.expression, constants) if moves else step.expression
                moves = moves and not isinstance(expression, Constant)
                if moves or step.output:
                    steps.append(_FormulaOutlook(ruleset, step, expression, known))
            elif not isinstance(step, Scorecard):
                steps.append(RulesOutlook(ruleset, step, constants))
                continue
            elif moves:
                steps.append(ScoreOutlook(ruleset, step))
            if moves:
                moving.add(step.name)
                constants.pop(step.name, None)
        self._known = known
        self._steps, read = _needed(steps)
        self._start = {name: exactly(value) for name, value in constants.items() if name in read}
        self._start.update(dict.fromkeys(ruleset.outputs, UNKNOWN))
        self._start[OUTCOME] = exactly(ruleset.otherwise)

    def allows(self, facts: Mapping[str, Extent], severity: int) -> bool:
        """Whether facts within these extents may have an outcome of ``severity`` or milder; no is certain."""
        state = State(self._ruleset, {**self._start, **facts}, severity)
        self._known.extents = state.extents
        try:
            for step in self._steps:
                step.walk(state)
            state.finish()
        except Hopeless:
            return False
        return True


class _FormulaOutlook:
    """A formula over extents, with its constants put in; what was asked before is remembered."""

    __slots__ = ("yields", "_expression", "_formula", "_found", "_known", "_output", "_reads")

    def __init__(self, ruleset: Ruleset, formula: Formula, expression: Expression, known: Known) -> None:
        self._formula = formula
        self._expression = expression
        self._reads = names_read(expression)
        self._known = known
        self._found: dict[tuple[Extent, ...], Extent] = {}
        self._output = ruleset.outputs[formula.output] if formula.output else None
        self.yields: Collection[str] = tuple(filter(None, (formula.name, formula.output)))

    def keep(self, needed: Collection[str]) -> Collection[str]:  # noqa: ARG002
        return self._reads

    def walk(self, state: State) -> None:
        extents, output = state.extents, self._output
        read = tuple([extents.get(name, ANYTHING) for name in self._reads])
        found = self._found.get(read)
        if found is None:
            self._known.patience = PATIENCE
            found = of_type(self._formula.type, extent(self._expression, Context(self._known)))
            self._found[read] = found
        extents[self._formula.name] = found
        if output is not None:
            extents[output.name] = contributed(extents[output.name], found, output.combine, certain=True)


def _needed(steps: list[_Step]) -> tuple[list[_Step], set[str]]:
    """The steps on which the outcome hangs, in order, and every name that they read."""
    needed, kept = {OUTCOME}, []
    for step in reversed(steps):
        if not needed.isdisjoint(step.yields):
            needed.update(step.keep(needed))
            kept.append(step)
    return kept[::-1], needed
