"""What follows from a rule: an outcome, a reason, and what it gives to outputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from app.domain.messages import joined, told
from app.domain.rules import OUTCOME, Condition, Contribution, Reference, Rule
from app.domain.values import Kind, Text, Value, ValueType
from schemas.constants import constant, constants, listed, nearest, one_of
from schemas.ruleset.faults import within
from schemas.ruleset.scope import Scope, check_fits
from schemas.text import Block, Items, Scalar

REASON_COLUMN = "reason"


class Then(NamedTuple):
    """What a rule does when it is effective."""

    contributions: tuple[Contribution, ...]
    outcome: str | None
    reason: str | None


def then(written: Mapping[Any, Any], scope: Scope, where: str) -> Then:
    """What the pairs of output and value say; faults are noted, and those pairs left out."""
    outcome = reason = None
    contributions = []
    for name, value in written.items():
        with scope.faults.noted(value, within(where, name)):
            if name == OUTCOME:
                outcome = _one(value, scope.outcome_ids)
            elif name == REASON_COLUMN:
                reason = scope.reason(_scalar(value))
            else:
                wanted = scope.output(name).type
                contributions.append(Contribution(str(name), _Contributed(scope).value(value, wanted)))
    return Then(tuple(contributions), outcome, reason)


def rule(item: Block, label: Text, when: tuple[Condition, ...], follows: Then) -> Rule:
    """A row or rule put together; its examples are typed later, when all steps are known."""
    return Rule(
        id=str(item["id"]),
        label=label,
        source=str(item["source"]),
        when=when,
        then=follows.contributions,
        outcome=follows.outcome,
        reason=follows.reason,
        fires_on=item.get("fires_on"),
        not_on=item.get("not_on"),
        line=item.line,
    )


def _scalar(written: Any) -> Scalar:
    if not isinstance(written, Scalar):
        raise ValueError("one value stands here, not a list or a record")
    return written


def _one(written: Any, outcome_ids: tuple[str, ...]) -> str:
    return one_of(_scalar(written), outcome_ids)


class _Contributed:
    """A constant typed by its output, or the name of a value that fits it; raises ``ValueError``."""

    def __init__(self, scope: Scope) -> None:
        self._names = scope.names

    def value(self, written: Any, wanted: ValueType) -> Value:
        if wanted.kind is Kind.RECORDS:
            return self._record(written, wanted)
        if wanted.kind is Kind.CHOICES and isinstance(written, Items):
            return constants([_scalar(one) for one in written], wanted)
        word = _scalar(written)
        if self._names.declares(word):
            if word in wanted.choices:
                raise ValueError(
                    told("`{word}` is a name and also a value here; rename one of them", word=word)
                )
            check_fits(wanted, self._names.type_of(word), f"`{word}`")
            return Reference(str(word))
        if word in self._names.later:
            self._names.type_of(word)  # says that it comes too late
        if wanted.kind is Kind.TEXT:
            advice = "; a text is contributed by name, and words of your own are a choice with labels"
            raise ValueError(
                told("`{word}` is no name{near}", word=word, near=nearest(word, list(self._names)) or advice)
            )
        return constants([word], wanted) if wanted.kind is Kind.CHOICES else self._constant(word, wanted)

    def _constant(self, word: Scalar, wanted: ValueType) -> Value:
        try:
            return constant(word, wanted)
        except ValueError as error:
            near = nearest(word, list(self._names)) if "did you mean" not in str(error) else ""
            raise ValueError(joined("", (error, near))) from None

    def _record(self, written: Any, wanted: ValueType) -> dict[str, Value]:
        fields = list(wanted.fields)
        if not isinstance(written, Block) or not written:
            raise ValueError(
                told("a record is written with its fields, such as {{{fields}: ...}}", fields=fields[0])
            )
        strange = next((name for name in written if name not in wanted.fields), None)
        if strange is not None:
            near = nearest(strange, fields)
            raise ValueError(
                told(
                    "`{strange}` is no field of this record; its fields are {fields}{near}",
                    strange=strange,
                    fields=listed(fields),
                    near=near,
                )
            )
        return {str(name): self.value(part, wanted.fields[name]) for name, part in written.items()}
