"""Which facts the customer file takes, and of which type: what rulesets in force take from the file.

A name that a decision writes back is one of them, too, by the type of the output, and one that the rules of
the file declare themselves. A name that two
policies type differently is refused, with both of them, until they agree: a value could
be right for one of them alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from app.domain.calendar import FIRST_DAY, LAST_DAY
from app.domain.customer_rules import AS_OF, CustomerRules
from app.domain.declarations import FactSpec, Output
from app.domain.messages import told
from app.domain.requests import FILE
from app.domain.ruleset import Ruleset
from app.domain.values import DECIMAL_KINDS, Kind, Text, ValueType
from schemas.constants import nearest
from schemas.facts import within_bounds
from schemas.json_values import accepted, json_value, value_from_json
from schemas.rows import fact_from_cell

MOST_REMEMBERED = 10_000
MOST_DIGITS = 13
"""Before the point: ten times ten to the twelfth is no amount of one customer, but a slip of the hand."""
_OWN = "the file's own rules"
_DAY = FactSpec(AS_OF, ValueType(Kind.DATE), Text("Day", "日期"))


class _Said(NamedTuple):
    """What one policy says of a name."""

    policy: str
    spec: FactSpec
    currency: str | None
    sensitive: bool


class FileFacts:
    """The facts that may be filed, by the rulesets in force. ``currency`` is that of amounts, None for none.

    ``specs`` has one declaration of each name on which all policies agree, and ``max_age`` the least of any;
    ``sensitive`` are those that sales are not told: what a ruleset marks so, or the rules of the file name.
    """

    def __init__(self, rulesets: Sequence[Ruleset], rules: CustomerRules) -> None:
        self._said: dict[str, list[_Said]] = {}
        for ruleset in rulesets:
            for one in _said(ruleset, rules):
                self._said.setdefault(one.spec.name, []).append(one)
        for spec in rules.facts.values():
            self._said.setdefault(spec.name, []).append(_Said(_OWN, spec, None, spec.sensitive))
        self._conflicts = {name: found for name, said in self._said.items() if (found := _conflict(said))}
        self.specs: Mapping[str, FactSpec] = {
            name: replace(said[0].spec, unknown_allowed=True, max_age=_least(said))
            for name, said in self._said.items()
            if name not in self._conflicts
        }
        self.sensitive = {name for name, said in self._said.items() if any(one.sensitive for one in said)}
        self.sensitive |= rules.not_for_sales
        self.sensitive |= {
            one.fact for back in rules.decided for one in back.facts if one.before in self.sensitive
        }
        self._cells = {name: self._reader(name) for name in self.specs}

    def currency(self, name: str) -> str | None:
        """The currency of an amount, None for any other fact."""
        return self._said[name][0].currency

    def value(self, name: str, value: Any) -> Any:
        """A value in its JSON form as it is kept; None withdraws what was filed. Raises ``ValueError``."""
        self._check(name)
        return None if value is None else self._kept(name, value_from_json(value, self.specs[name].type))

    def cell_reader(self, name: str) -> Callable[[str], Any]:
        """Reads the cells of a column (30%, yes, A;B) as values are kept; it raises ``ValueError``."""
        return self._cells[name]

    def _check(self, name: str) -> None:
        if name in self._conflicts:
            raise ValueError(self._conflicts[name])
        if name not in self.specs:
            hint = nearest(name[:64], list(self.specs))
            known = hint or "; GET /v1/customers/facts lists them"
            raise ValueError(
                told("is no fact that the customer file takes by the rulesets in force{known}", known=known)
            )

    def _kept(self, name: str, typed: Any) -> Any:
        if isinstance(typed, Decimal) and typed.adjusted() >= MOST_DIGITS:
            raise ValueError(
                told(
                    "is {typed:f}, which has more than {most} digits before the point",
                    typed=typed,
                    most=MOST_DIGITS,
                )
            )
        if isinstance(typed, date) and not FIRST_DAY <= typed <= LAST_DAY:
            raise ValueError(
                told(
                    "is {typed}; a day is from {first_day} to {last_day}",
                    typed=typed.isoformat(),
                    first_day=FIRST_DAY,
                    last_day=LAST_DAY,
                )
            )
        for one in self._said[name]:
            within_bounds(typed, one.spec)
        return json_value(typed)

    def _reader(self, name: str) -> Callable[[str], Any]:
        """Reads cells of one fact; the same cell a second time is remembered."""
        spec = self.specs[name]
        remembered: dict[str, Any] = {}
        plain = _plain(spec) if spec.type.kind in DECIMAL_KINDS else None
        specs = [one.spec for one in self._said[name]]
        # What is written plainly is not negative, so a least value of 0 needs no look.
        bounded = any(one.maximum is not None or (one.minimum or 0) > 0 for one in specs if plain)

        def read(cell: str) -> Any:
            if plain is not None and plain(cell):
                if bounded:
                    self._kept(name, Decimal(cell))
                return cell
            if cell in remembered:
                return remembered[cell]
            found = self._kept(name, value_from_json(fact_from_cell(cell, spec), spec.type))
            if len(remembered) < MOST_REMEMBERED:
                remembered[cell] = found
            return found

        return read


def _plain(spec: FactSpec) -> Callable[[str], object]:
    """Whether a cell is written as the value is kept: the usual case, and quick."""
    places = spec.type.decimals
    digits = rf"\.[0-9]{{{places}}}" if places else ""
    return re.compile(rf"(?:0|[1-9][0-9]{{0,{MOST_DIGITS - 1}}}){digits}", re.ASCII).fullmatch


def _said(ruleset: Ruleset, rules: CustomerRules) -> Iterator[_Said]:
    written = [one for back in rules.of_policy(ruleset.policy) for one in back.facts]
    declared: Mapping[str, FactSpec | Output] = {AS_OF: _DAY, **ruleset.facts, **ruleset.outputs}
    told = {
        one.fact: declared[one.takes] for one in written if one.takes is not None and one.takes in declared
    }
    for name, spec in ruleset.facts.items():
        if FILE in spec.given_by:
            yield _one(ruleset, spec, spec.sensitive or (name in told and told[name].sensitive))
    for name, output in told.items():
        if name not in ruleset.facts or FILE not in ruleset.facts[name].given_by:
            yield _one(ruleset, FactSpec(name, output.type, output.label), output.sensitive)


def _one(ruleset: Ruleset, spec: FactSpec, sensitive: bool) -> _Said:
    currency = ruleset.currency if spec.type.kind is Kind.MONEY else None
    return _Said(ruleset.policy, spec, currency, sensitive)


def _least(said: Sequence[_Said]) -> int | None:
    return min((one.spec.max_age for one in said if one.spec.max_age is not None), default=None)


def _conflict(said: Sequence[_Said]) -> str | None:
    """What two policies say differently of a name; None where they agree."""
    first = said[0]
    for other in said[1:]:
        if (other.spec.type, other.currency) != (first.spec.type, first.currency):
            takes = " and ".join(
                told("{policy} takes {takes}", policy=one.policy, takes=_takes(one)) for one in (first, other)
            )
            return told("cannot be filed while two policies type it differently: {takes}", takes=takes)
    return None


def _takes(one: _Said) -> str:
    kind = one.spec.type
    said = (
        accepted(kind)
        if kind.choices
        else told("{kind}, {decimals} decimals", kind=kind.kind, decimals=kind.decimals)
    )
    return said if one.currency is None else told("{said}, in {currency}", said=said, currency=one.currency)
