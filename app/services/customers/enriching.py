"""Enriching: the facts that a request leaves out, from the customer file, signals and receivables.

Of what several of them say, the newest counts; of one day, receivables before signals before the
file, because both are worked out for the day itself. What is older than its fact may be counts
as unknown, and so does what the ruleset could not take; the record says so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, Protocol, TypeAlias
from uuid import UUID

from app.domain.customer_file import Held, values_of
from app.domain.customer_rules import CustomerRules
from app.domain.declarations import FactSpec
from app.domain.messages import told
from app.domain.signals import Signal, derived, standing
from app.domain.values import Kind, Value, of_type
from app.services.policies import Ready
from schemas.facts import within_bounds
from schemas.json_values import value_from_json
from schemas.origins import from_file, from_receivables, from_signals


class Known(Protocol):
    """What is filed about customers, wherever it was read."""

    def held(self, customer: str, day: date, /) -> Mapping[str, Held]:
        """What holds on a day, by fact."""

    def signals(self, customer: str, until: date, /) -> Sequence[Signal]:
        """What happened up to a day, in the order of filing."""


Measures: TypeAlias = Callable[[str, date, Mapping[str, Any]], Mapping[str, Value]]
"""Every measure of a customer's receivables on a day, by name, with the values that the file holds of the
customer; None is not known."""


class Totalled(NamedTuple):
    """What was measured on all customers as of ``day``, by name; ``origin`` is the last import by then."""

    day: date
    origin: UUID | None
    values: Mapping[str, Value]


Totals: TypeAlias = Callable[[date], Totalled | None]
"""What is known of all customers' receivables on a day; None where there are none."""
TOTAL = "portfolio."
"""What the name of a measure of all customers begins with."""


def no_totals(day: date) -> None:
    """What is known of all customers where no receivables are kept: nothing."""


@dataclass(frozen=True, slots=True)
class Filled:
    """Facts that were filled in, typed, and for each of them, used or not, its ``origins`` in JSON's terms.

    ``entered_by`` are the people who entered any of those used by hand; ``held`` is the file of that day.
    """

    values: dict[str, Value] = field(default_factory=dict)
    origins: dict[str, dict[str, Any]] = field(default_factory=dict)
    entered_by: tuple[str, ...] = ()
    held: Mapping[str, Held] = field(default_factory=dict)


class _Found(NamedTuple):
    as_of: date
    rank: int
    origin: dict[str, Any]
    typed: Callable[[FactSpec], Value]
    author: str | None = None


class Enriching:
    """Fills in. ``measures`` tells what the receivables say of a customer, ``totals`` of all of them."""

    def __init__(
        self,
        rules: CustomerRules,
        customers: Known,
        measures: Measures,
        totals: Totals = no_totals,
    ) -> None:
        self._rules = rules
        self._customers = customers
        self._measures = measures
        self._totals = totals

    def filled(
        self,
        ready: Ready,
        customer: str | None,
        day: date,
        without: Collection[str],
        *,
        wanted: bool = True,
    ) -> Filled:
        """What is known on ``day`` of facts that are not ``without``; only what is held unless ``wanted``.

        For a request without a customer only what is measured on all of them.
        """
        asked = [spec for name, spec in ready.fillable.items() if name not in without] if wanted else []
        if customer is None:
            asked = [one for one in asked if self._rules.receivables.get(one.name, "").startswith(TOTAL)]
        if not asked and (customer is None or not self._rules.of_policy(ready.ruleset.policy)):
            return Filled()
        held = {} if customer is None else self._customers.held(customer, day)
        values, origins, authors = {}, {}, set()
        for name, found in self._newest(held, customer, day, asked, ready.ruleset.currency).items():
            spec = ready.ruleset.facts[name]
            origin, value = found.origin, None
            if spec.max_age is not None and (day - found.as_of).days > spec.max_age:
                origin = {**origin, "unused": "stale", "max_age": spec.max_age}
            else:
                try:
                    value = found.typed(spec)
                except (ValueError, OverflowError) as error:
                    origin = {**origin, "unused": "unfit", "why": str(error)}
            origins[name] = origin
            if value is not None:
                values[name] = value
                authors |= {found.author} - {None}
        return Filled(values, origins, tuple(sorted(filter(None, authors))), held)

    def _newest(
        self, held: Mapping[str, Held], customer: str | None, day: date, asked: list[FactSpec], currency: str
    ) -> dict[str, _Found]:
        found: dict[str, _Found] = {}

        def offer(name: str, one: _Found) -> None:
            if name not in found or found[name][:2] < one[:2]:
                found[name] = one

        for spec in asked:
            if (one := held.get(spec.name)) is not None and one.value is not None:
                typed = _from_file(one, currency)
                offer(spec.name, _Found(one.as_of, 0, from_file(one), typed, one.author))
        if customer is not None:
            self._offer_signals(customer, day, asked, offer)
        self._offer_measures(held, customer, day, asked, offer)
        return found

    def _offer_measures(
        self,
        held: Mapping[str, Held],
        customer: str | None,
        day: date,
        asked: list[FactSpec],
        offer: Callable[[str, _Found], None],
    ) -> None:
        wanted = {one.name: measure for one in asked if (measure := self._rules.receivables.get(one.name))}
        of_all = {name: measure for name, measure in wanted.items() if measure.startswith(TOTAL)}
        if customer is not None and len(of_all) < len(wanted):
            measured = self._measures(customer, day, values_of(held))
            for name, measure in wanted.items():
                if (value := measured.get(measure)) is not None:
                    offer(name, _Found(day, 2, from_receivables(measure, day), _measured(value)))
        if of_all and (total := self._totals(day)) is not None:
            for name, measure in of_all.items():
                if (value := total.values.get(measure.removeprefix(TOTAL))) is not None:
                    origin = from_receivables(measure, total.day, total.origin)
                    offer(name, _Found(total.day, 2, origin, _measured(value)))

    def _offer_signals(
        self, customer: str, day: date, asked: list[FactSpec], offer: Callable[[str, _Found], None]
    ) -> None:
        rules = [rule for spec in asked if (rule := self._rules.signals.get(spec.name))]
        if not rules:
            return
        events = standing(self._customers.signals(customer, day), day)
        for rule in rules:
            if (one := derived(rule, events, day)) is not None:
                offer(rule.fact, _Found(one.as_of, 1, from_signals(one), _from_signals(one.value)))


def _from_file(one: Held, currency: str) -> Callable[[FactSpec], Value]:
    def typed(spec: FactSpec) -> Value:
        if spec.type.kind is Kind.MONEY and one.currency != currency:
            raise ValueError(
                told(
                    "it was filed in {currency}, and this policy decides in {own}",
                    currency=one.currency,
                    own=currency,
                )
            )
        return within_bounds(value_from_json(one.value, spec.type), spec)

    return typed


def _from_signals(value: bool | int | str) -> Callable[[FactSpec], Value]:
    return lambda spec: within_bounds(value_from_json(value, spec.type), spec)


def _measured(value: Value) -> Callable[[FactSpec], Value]:
    """A measure has the digits that its formula gives, and is rounded once, like what a formula yields."""

    def typed(spec: FactSpec) -> Value:
        if spec.type.numeric and not isinstance(value, bool):
            return within_bounds(of_type(spec.type, value), spec)
        return value_from_json(value, spec.type) if isinstance(value, str) else value

    return typed
