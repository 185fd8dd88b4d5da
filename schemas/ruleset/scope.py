"""What the steps of a ruleset may use: names readable so far, outputs, outcomes, reasons, ids.

One scope goes through the steps in order and grows with them: what a step
yields is readable by the steps below it, and only by them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.declarations import FactSpec, Outcome, Output, Parameter
from app.domain.messages import told
from app.domain.rules import AS_OF, OUTCOME
from app.domain.unary_tests import IsUnknown, UnaryTest
from app.domain.values import NUMERIC_KINDS, Kind, ValueType
from schemas.cells import unary_test
from schemas.constants import listed, nearest
from schemas.names import Doubtful, Names
from schemas.ruleset.faults import Faults
from schemas.ruleset.may_be_unknown import Unknowns
from schemas.ruleset.words import Register
from schemas.text import Items
from schemas.unreadable import Unreadable

WORD = re.compile(r"[a-z][a-z0-9_]*")


class Scope:
    """All that a step may refer to. ``rule_ids`` gathers the ids of rules, rows and bands."""

    def __init__(
        self,
        faults: Faults,
        register: Register,
        facts: Mapping[str, FactSpec],
        parameters: Mapping[str, Parameter],
        outputs: Mapping[str, Output],
        outcomes: Sequence[Outcome],
        reasons: Sequence[str],
    ) -> None:
        self.faults = faults
        self.register = register
        self.facts = facts
        self.outputs = outputs
        self.outcome_ids = tuple(one.id for one in outcomes)
        self.reasons_used: set[str] = set()
        self.rule_ids: dict[str, None] = {}
        self.unknowns = Unknowns(facts, parameters)
        self.parameters = {name: (one.type, one.value) for name, one in parameters.items()}
        self.names = Names(
            {AS_OF: ValueType(Kind.DATE), OUTCOME: ValueType(Kind.CHOICE, choices=self.outcome_ids)}
        )
        self._reasons = reasons
        self.reasons_declared = frozenset(reasons)
        for declared in (facts, parameters, outputs):
            self.names.update({name: one.type for name, one in declared.items()})
        self.names.doubtful |= register.names.keys() - self.names.keys()

    def foresee(self, steps: Items) -> None:
        """Take down which names the steps will yield, so that reading one too early is told as such."""
        for item in steps:
            name = item.get("formula", item.get("scorecard"))
            if name is not None and not self.names.declares(name):
                self.names.later[name] = item.line

    def output(self, name: str) -> Output:
        """The output of that name; raises ``ValueError`` when there is none."""
        if name in self.outputs:
            return self.outputs[name]
        if name in self.names.doubtful:
            raise Doubtful
        if name in self.names:
            raise ValueError(told("`{name}` is no output, and only outputs are contributed to", name=name))
        raise ValueError(
            told("`{name}` is no declared output{near}", name=name, near=nearest(name, list(self.outputs)))
        )

    def reason(self, code: Any) -> str:
        """The code, taken down as used; raises ``ValueError`` when it has no text."""
        if code not in self._reasons:
            raise ValueError(
                told(
                    "the reason {code} has no text under `reasons`{near}",
                    code=code,
                    near=nearest(code, list(self._reasons)),
                )
            )
        self.reasons_used.add(str(code))
        return str(code)

    def rule_id(self, identifier: Any, called: str, where: str) -> None:
        """Take down the id of a rule, row or band."""
        self.register.identifier(identifier, called, where)
        self.rule_ids[str(identifier)] = None

    def test(self, name: Any, cell: Any) -> UnaryTest:
        """The test that a cell makes of a name; raises ``ValueError``."""
        kind = self.names.type_of(name)
        try:
            test = unary_test(cell, kind, self.parameters)
        except Unreadable:
            if not self.names.doubtful.isdisjoint(WORD.findall(cell)):
                raise Doubtful from None
            raise
        fact = self.facts.get(name)
        if fact and not fact.unknown_allowed and any(isinstance(one, IsUnknown) for one in test.alternatives):
            raise ValueError(
                told(
                    "the cell `{cell}`: `{name}` is never unknown; write `unknown: allowed` at the fact, or "
                    "drop the test",
                    cell=cell,
                    name=name,
                )
            )
        return test


def check_fits(wanted: ValueType, found: ValueType, what: str) -> None:
    """Raise ``ValueError`` unless every value of type ``found``, which ``what`` has, is a ``wanted`` one."""
    loose = {wanted.kind, found.kind} <= NUMERIC_KINDS - {Kind.DAYS, Kind.HOURS}
    if wanted.kind is not found.kind and not (loose and Kind.NUMBER in (wanted.kind, found.kind)):
        raise ValueError(
            told(
                "{what} is of type {kind}, and type {wanted} is needed",
                what=what,
                kind=found.kind,
                wanted=wanted.kind,
            )
        )
    if wanted.decimals != found.decimals:
        raise ValueError(
            told(
                "{what} has `decimals: {decimals}`, and `decimals: {wanted}` is needed; a formula can "
                "give it",
                what=what,
                decimals=found.decimals,
                wanted=wanted.decimals,
            )
        )
    if wanted.choices and not set(found.choices) <= set(wanted.choices):
        raise ValueError(
            told(
                "{what} may be {choices}, and only {wanted} fit",
                what=what,
                choices=listed(found.choices),
                wanted=listed(wanted.choices),
            )
        )
