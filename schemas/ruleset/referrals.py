"""What a ruleset says about decisions that a person settles: how they are measured, until when, with what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.declarations import Outcome
from app.domain.messages import told
from app.domain.referrals import REPLACED, SETTLED_BY_PERSON, Referrals, Term
from app.domain.rules import Reference
from app.domain.values import Kind, Text, Value, ValueType
from schemas.constants import constant, listed, one_of
from schemas.ruleset.conditions import conditions
from schemas.ruleset.faults import within
from schemas.ruleset.scope import Scope, check_fits
from schemas.ruleset.texts import SERVICE_REASONS
from schemas.ruleset.words import REASON, text
from schemas.text import Block, Scalar

WHERE = "`referrals`"
HOURS = ValueType(Kind.HOURS)
MOST_HOURS = 8784  # a leap year


def referrals(block: Block | None, outcomes: tuple[Outcome, ...], scope: Scope) -> Referrals | None:
    """The declaration, None where a ruleset makes none; faults are noted."""
    if block is None:
        return None
    read = _Reader(block, outcomes, scope)
    settle_with = read.settle_with()
    return Referrals(
        amount=read.figure("amount", Kind.MONEY) or "",
        days=read.figure("days", Kind.DAYS),
        due=read.due(block["due"]),
        settle_with=settle_with,
        also_when=conditions(block.get("also_when", Block()).items(), scope, within(WHERE, "also_when")),
        terms=read.terms(block.get("terms", Block()), settle_with),
        reasons=read.reasons(block["reasons"]),
    )


class _Reader:
    """Reads the parts of one declaration."""

    def __init__(self, block: Block, outcomes: tuple[Outcome, ...], scope: Scope) -> None:
        self._block = block
        self._outcomes = outcomes
        self._scope = scope

    def figure(self, key: str, kind: Kind) -> str | None:
        """A name that differs from decision to decision: authority is measured by it."""
        name = self._block.get(key)
        if name is None:
            return None
        with self._scope.faults.noted(name, within(WHERE, key)):
            found = self._scope.names.type_of(name).kind
            if found is not kind:
                raise ValueError(
                    told(
                        "`{name}` is of type {found}, and {key} is of type {kind}",
                        name=name,
                        found=found,
                        key=key,
                        kind=kind,
                    )
                )
            if name in self._scope.parameters:
                raise ValueError(
                    told(
                        "`{name}` is a parameter, the same for every decision; name a fact or output",
                        name=name,
                    )
                )
        return str(name)

    def due(self, written: Any) -> int | Reference:
        """Hours written down, with their source, or the name of a value of type hours."""
        where = within(WHERE, "due")
        if isinstance(written, Scalar):
            with self._scope.faults.noted(written, where):
                check_fits(HOURS, self._scope.names.type_of(written), f"`{written}`")
            return Reference(str(written))
        hours = 0
        with self._scope.faults.noted(written["hours"], where):
            hours = int(constant(written["hours"], HOURS))
            if not 1 <= hours <= MOST_HOURS:
                raise ValueError(
                    told(
                        "{hours} hours cannot be; a referral is due after 1 to {most:,} hours",
                        hours=hours,
                        most=MOST_HOURS,
                    )
                )
        return hours

    def settle_with(self) -> tuple[str, ...]:
        """Outcomes, mildest first; one that waits for confirmation can be confirmed."""
        where = within(WHERE, "settle_with")
        faults, ids = self._scope.faults, self._scope.outcome_ids
        referral = next((one.id for one in self._outcomes if one.kind == "referral"), "")
        may = [one for one in ids if one != referral]
        written = self._block.get("settle_with", may)
        if not written:
            faults.at(
                written, told("nothing can be settled with; name some of {may}", may=listed(may)), where
            )
        for outcome in written:
            with faults.noted(outcome, where):
                one_of(outcome, may)
        waiting = [one.id for one in self._outcomes if one.confirm and one.id != referral]
        for outcome in waiting:
            if written and outcome not in written:
                faults.at(
                    written,
                    told(
                        "`{outcome}` takes effect when a person confirms it, so name it here", outcome=outcome
                    ),
                    where,
                )
        return tuple(outcome for outcome in may if outcome in written) or tuple(may)

    def terms(self, block: Block, settle_with: tuple[str, ...]) -> Mapping[str, Term]:
        """What a resolution may set, by output."""
        found = {}
        for name, item in block.items():
            where = told("{where}, term `{name}`", where=WHERE, name=name)
            with self._scope.faults.noted(name, where):
                wanted = self._scope.output(name).type
                if not wanted.ordered:
                    raise ValueError(
                        told(
                            "`{name}` is of type {kind}, and only numbers and dates have bounds",
                            name=name,
                            kind=wanted.kind,
                        )
                    )
                low, high = (self._bound(item[end], wanted, where) for end in ("min", "max"))
                if not isinstance(low, Reference) and not isinstance(high, Reference) and low > high:
                    raise ValueError(
                        told("`min` {min} is above `max` {max}", min=item["min"], max=item["max"])
                    )
                needed_with = self._needed_with(item, settle_with, where)
                found[str(name)] = Term(str(name), low, high, str(item["source"]), needed_with)
        return found

    def _bound(self, written: Scalar, wanted: ValueType, where: str) -> Value | Reference:
        names = self._scope.names
        if not names.declares(written):
            return constant(written, wanted)
        with self._scope.faults.noted(written, where):
            check_fits(wanted, names.type_of(written), f"`{written}`")
        return Reference(str(written))

    def _needed_with(self, item: Block, settle_with: tuple[str, ...], where: str) -> tuple[str, ...]:
        given = item.get("with", ())
        for outcome in given:
            with self._scope.faults.noted(outcome, within(where, "with")):
                one_of(outcome, settle_with)
        return tuple(outcome for outcome in settle_with if outcome in given)

    def reasons(self, block: Block) -> Mapping[str, Text]:
        """The codes that a resolution gives; plain words, because they are about no value."""
        faults = self._scope.faults
        if not block:
            faults.at(
                block,
                "at least one reason is needed; whoever settles says why",
                within(WHERE, "reasons"),
            )
        for code, words in block.items():
            where = told("{where}, reason `{code}`", where=WHERE, code=code)
            if not REASON.fullmatch(code):
                faults.at(code, "a reason code is written in 3 to 40 capitals, digits and _", where)
            elif code in (*SERVICE_REASONS, SETTLED_BY_PERSON, REPLACED):
                faults.at(code, "this code is the service's own; choose another", where)
            elif code in self._scope.reasons_declared:
                faults.at(code, "a rule gives this reason; a person's reason needs a code of its own", where)
            for words_said in words.values():
                if "{" in words_said or "}" in words_said:
                    faults.at(words_said, "a person's reason names no values; write it without braces", where)
        return {str(code): text(words) for code, words in block.items()}
