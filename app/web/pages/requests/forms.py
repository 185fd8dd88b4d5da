"""The form of a request, made from the facts of the policy that is in force.

Asked is what the reader's role may give and the customer file does not know: first what must be said and what
can be bargained over, then the rest by the groups of the ruleset. What the file knows is shown beside it, as
far as the reader may see the file, and is not asked again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from app.domain.customer_file import Held
from app.domain.declarations import FactSpec
from app.domain.errors import Invalid, Problem, TermwiseError
from app.domain.ruleset import Ruleset
from app.domain.values import WHOLE_KINDS, Kind, Text, ValueType
from app.services.assembly import Services
from app.services.policies import Ready
from app.web.pages.askable import given_by
from app.web.pages.fact_forms import Control, controls, fields
from app.web.pages.formats import value as shown
from app.web.pages.language import N_, _, said
from schemas.origins import SOURCES

GROUPS: Mapping[str, str] = {
    "case": N_("The case"),
    "contract": N_("The contract"),
    "customer": N_("The customer"),
    "discount": N_("Early-payment discount"),
    "dispute": N_("A dispute"),
    "evidence": N_("Evidence"),
    "invoice": N_("The invoice"),
    "law": N_("Law that applies"),
    "order": N_("The order"),
    "request": N_("The request"),
    "seller": N_("Our side"),
    "shipment": N_("Delivery"),
}
"""Names for groups that rulesets use; another group is called as its ruleset calls it."""
_OTHER = N_("More")


class Known(NamedTuple):
    """A fact that the customer file holds; ``stale``: too old, so that it counts as not known."""

    label: str
    value: Any
    type: ValueType
    currency: str
    source: Text
    as_of: date
    stale: bool


class Group(NamedTuple):
    """Controls under one heading; ``open`` where something is filled in or wrong."""

    name: str
    controls: Sequence[Control]
    open: bool


class Form(NamedTuple):
    """What is asked first, the rest by group, and what is known without asking."""

    first: Sequence[Control]
    groups: Sequence[Group]
    known: Sequence[Known]

    @property
    def fields(self) -> dict[str, tuple[str, str]]:
        """Every field by name: its id and label."""
        named = {
            "reference": ("reference", _("Number of the order or offer")),
            "customer": ("customer", _("Customer")),
        }
        return named | fields((*self.first, *(one for group in self.groups for one in group.controls)))


def form(
    services: Services,
    ready: Ready,
    held: Mapping[str, Held],
    filled: Mapping[str, Any],
    error: TermwiseError | None = None,
) -> Form:
    """The form, holding ``filled`` (JSON by name). ``held`` is what the reader may know of the file."""
    ruleset, today = ready.ruleset, services.customers.filing.today()
    fresh = {
        name
        for name, one in held.items()
        if name in ready.fillable and not one.is_stale(today, ruleset.facts[name].max_age)
    }
    wrong = {one.pointer.rpartition("/")[2] for one in error.problems} if error else set()
    asked = [
        one for one in given_by(ruleset) if one.name not in fresh or one.name in filled or one.name in wrong
    ]
    first = [one for one in asked if one.changeable or not one.unknown_allowed]
    rest: dict[str, list[FactSpec]] = {}
    for one in asked:
        if one not in first:
            rest.setdefault(one.group or "", []).append(one)

    def made(facts: Iterable[FactSpec]) -> list[Control]:
        return controls(facts, filled, ruleset.currency, error)

    return Form(
        made(first),
        [
            Group(
                _(GROUPS.get(name, name or _OTHER)),
                made(facts),
                any(f.name in {*filled, *wrong} for f in facts),
            )
            for name, facts in rest.items()
        ],
        [_known(held[name], spec, today) for name, spec in ready.fillable.items() if name in held],
    )


def in_words(error: Invalid, ruleset: Ruleset, filled: Mapping[str, Any]) -> Invalid:
    """The same error for a person at the form: what each field takes, in the reader's language."""
    problems = []
    for one in error.problems:
        name = one.pointer.rpartition("/")[2]
        if one.pointer.startswith("/facts/") and name in ruleset.facts and one.code == "invalid":
            spec = ruleset.facts[name]
            text = _takes(spec, ruleset.currency) if name in filled else _("Please fill this in.")
            problems.append(Problem(text, one.pointer))
        else:
            problems.append(one)
    return Invalid(_("Nothing was asked yet: something has to be put right."), problems)


def _takes(spec: FactSpec, currency: str) -> str:
    """What a field takes, with its bounds."""
    if spec.type.kind in _TAKES:
        text = _(_TAKES[spec.type.kind], currency=currency)
    else:
        text = _(_WHOLE if spec.type.kind in WHOLE_KINDS else _ANOTHER)
    least, most = (
        None if bound is None else shown(bound, spec.type, currency) for bound in (spec.minimum, spec.maximum)
    )
    if least is not None and most is not None:
        return _("%(text)s From %(least)s to %(most)s.", text=text, least=least, most=most)
    return text if least is None else _("%(text)s At least %(least)s.", text=text, least=least)


_TAKES: Mapping[Kind, str] = {
    Kind.MONEY: N_("An amount in %(currency)s, such as 80000 or 80,000.00."),
    Kind.PERCENT: N_("A percentage, such as 30."),
    Kind.NUMBER: N_("A number."),
    Kind.DATE: N_("A date, such as 2026-01-31."),
    Kind.DATES: N_("Dates, one a line, such as 2026-01-31."),
    Kind.CHOICE: N_("One of those that are offered."),
    Kind.CHOICES: N_("One or more of those that are offered."),
    Kind.YES_NO: N_("Yes or no."),
}
_WHOLE = N_("A whole number.")
_ANOTHER = N_("This cannot be read.")


def _known(one: Held, spec: FactSpec, today: date) -> Known:
    stale = one.is_stale(today, spec.max_age)
    source = SOURCES[one.source]
    return Known(said(spec.label), one.value, spec.type, one.currency or "", source, one.as_of, stale)
