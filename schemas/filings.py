"""Requests that file facts and signals, each item apart: what is wrong with one harms no other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from marshmallow import RAISE
from marshmallow import Schema as Body

from app.domain.customer_file import Source
from app.domain.errors import Invalid, Problem
from app.domain.messages import joined, told
from app.domain.signals import Signal
from app.domain.values import Kind, Text, ValueType
from schemas.bodies import read_body
from schemas.constants import day, listed, nearest
from schemas.customer_facts import FileFacts
from schemas.customer_items import SOURCES, Filed, Part, Read, Refusal, check_day
from schemas.facts import pointer_to, problem_at
from schemas.fields import Exact
from schemas.inherited import evidence_of, inherited
from schemas.json_values import value_from_json
from schemas.requests import MAX_NAME, NAME_PATTERN, matches
from schemas.said_once import facts_said_once

MOST_CUSTOMERS = 2_000
NO_ORIGIN = UUID(int=0)
_A_DAY, _A_SOURCE = "a date such as 2026-01-31", told("one of {words}", words=joined(", ", SOURCES))
_A_LINE = told("one line of 1 to {most} characters", most=MAX_NAME)
_A_LIST = told("a list of 1 to {most:,} items", most=MOST_CUSTOMERS)
_MAGNITUDE = ValueType(Kind.NUMBER, 4)
_PART = ("value", "as_of", "source", "evidence")
_ITEM = ("customer", "facts", "as_of", "source", "evidence")
_SIGNAL = ("kind", "date", "source", "evidence", "magnitude", "withdrawn")


def _day(value: Any) -> date:
    if not isinstance(value, str):
        raise ValueError(told("takes {wanted}", wanted=_A_DAY))
    return day(value)


def _source(value: Any) -> Source:
    if not isinstance(value, str) or value not in SOURCES:
        raise ValueError(told("takes {wanted}", wanted=_A_SOURCE))
    return SOURCES[value]


def _line(value: Any) -> str:
    if not isinstance(value, str) or value != value.strip() or not matches(NAME_PATTERN, value):
        raise ValueError(told("takes {wanted}", wanted=_A_LINE))
    return value


def _yes_no(value: Any) -> bool:
    if value.__class__ is not bool:
        raise ValueError("takes true or false")
    return bool(value)


def _items(value: Any) -> Sequence[Any]:
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_CUSTOMERS:
        raise ValueError(told("takes {wanted}", wanted=_A_LIST))
    return value


_SOURCED = (_source, _line)


def _said(about: str) -> Exact:
    schema = {"type": "string", "pattern": NAME_PATTERN, "description": about}
    return Exact(_line, takes=_A_LINE, schema=schema)


class _Closed(Body):
    class Meta:
        unknown = RAISE

    as_of = Exact(_day, takes=_A_DAY, schema={"type": "string", "format": "date"})
    source = Exact(_source, takes=_A_SOURCE, schema={"type": "string", "enum": list(SOURCES)})
    evidence = _said("of items that name none: a report, a file, a docket")
    dry_run = Exact(_yes_no, takes="true or false", schema={"type": "boolean"})
    all_or_nothing = Exact(_yes_no, takes="true or false", schema={"type": "boolean"})


class FilingSchema(_Closed):
    """Facts of several customers. Day, source and evidence hold for items and facts that name none."""

    customers = Exact(
        _items,
        required=True,
        takes=_A_LIST,
        schema={
            "type": "array",
            "items": {"type": "object"},
            "description": "{customer, facts}; a fact is a value, or {value, as_of, source, evidence}",
        },
    )


class SignalsSchema(_Closed):
    """Events of one customer: kind, date, source, and what tells two of one day apart as evidence."""

    signals = Exact(
        _items,
        required=True,
        takes=_A_LIST,
        schema={
            "type": "array",
            "items": {"type": "object"},
            "description": "{kind, date, source, evidence, magnitude, withdrawn}",
        },
    )


_FILING, _SIGNALS = FilingSchema(), SignalsSchema()
REQUESTS = {"FilingRequest": FilingSchema, "SignalsRequest": SignalsSchema}


class Wished(NamedTuple):
    """How a request wants its items treated."""

    dry_run: bool
    all_or_nothing: bool


def read_filing(body: Any, facts: FileFacts, today: date) -> tuple[Wished, list[Read]]:
    """What each item files, or why it cannot be; raises ``Invalid`` for a body that cannot be read."""
    read = read_body(_FILING, body)
    rows = (_item(place, item, read, facts, today) for place, item in enumerate(read["customers"]))
    return _wished(read), list(facts_said_once(rows))


def read_signals(
    body: Any, customer: str, kinds: Mapping[str, Text], today: date
) -> tuple[Wished, list[tuple[int, Signal | Refusal]]]:
    """The same for signals; their origin is not known yet, and is the nil UUID."""
    read = read_body(_SIGNALS, body)
    found: list[tuple[int, Signal | Refusal]] = []
    for place, item in enumerate(read["signals"]):
        try:
            found.append((place, _signal(customer, _members(item, _SIGNAL), read, kinds, today)))
        except ValueError as error:
            problem = Problem(str(error), pointer_to("/signals", place))
            found.append((place, Refusal(place, customer, (problem,))))
    return _wished(read), found


def check_all(wished: Wished, refused: Sequence[Refusal]) -> None:
    """Raise ``Invalid`` where all or nothing is wanted, and something cannot be filed."""
    if wished.all_or_nothing and refused:
        problems = [problem for one in refused for problem in one.problems]
        raise Invalid(
            told("{number:,} items cannot be filed, so nothing was.", number=len(refused)), problems[:100]
        )


def _wished(read: Mapping[str, Any]) -> Wished:
    return Wished(bool(read["dry_run"]), bool(read["all_or_nothing"]))


def _members(item: Any, known: Sequence[str]) -> Mapping[str, Any]:
    if not isinstance(item, dict):
        raise ValueError(told("an item is an object with {known}", known=listed(known)))
    for name in item:
        if name not in known:
            raise ValueError(
                told("`{name}` is not known here{near}", name=str(name)[:64], near=nearest(str(name), known))
            )
    return item


def _item(place: int, item: Any, given: Mapping[str, Any], facts: FileFacts, today: date) -> Read:
    where = pointer_to("/customers", place)
    try:
        members = _members(item, _ITEM)
        customer = _line(members.get("customer"))
    except ValueError as error:
        said = str(error)
        if said == told("takes {wanted}", wanted=_A_LINE):
            said = told("`customer` {said}", said=said)
        return Refusal(place, None, (Problem(said, where),))
    if not isinstance(members.get("facts"), dict) or not members["facts"]:
        said = "`facts` is an object with at least one fact by its name"
        return Refusal(place, customer, (Problem(said, f"{where}/facts"),))
    parts: dict[tuple[Any, ...], Part] = {}
    problems = []
    for name, value in members["facts"].items():
        try:
            _file(parts, name, value, members, given, facts, today)
        except ValueError as error:
            problems.append(problem_at(name, error, f"{where}/facts"))
    return (
        Refusal(place, customer, tuple(problems)) if problems else Filed(place, customer, [*parts.values()])
    )


def _file(
    parts: dict[tuple[Any, ...], Part],
    name: str,
    value: Any,
    item: Mapping[str, Any],
    given: Mapping[str, Any],
    facts: FileFacts,
    today: date,
) -> None:
    own = _members(value, _PART) if isinstance(value, dict) else {"value": value}
    if "value" not in own:
        raise ValueError("`value` is missing; null says that it is not known any more")
    kept = facts.value(name, own["value"])
    as_of = inherited("as_of", _day, own, item, given)
    source = inherited("source", _source, own, item, given)
    evidence = evidence_of(source, _SOURCED, own, item, given)
    if as_of is None or source is None:
        missing, takes = ("as_of", _A_DAY) if as_of is None else ("source", _A_SOURCE)
        raise ValueError(
            told(
                "has no `{missing}`, and neither has its item or the request; it takes {takes}",
                missing=missing,
                takes=takes,
            )
        )
    check_day(as_of, today)
    about = (as_of, source, evidence, facts.currency(name))
    parts.setdefault(about, Part(*about, {})).facts[name] = kept


def _signal(
    customer: str, item: Mapping[str, Any], given: Mapping[str, Any], kinds: Mapping[str, Text], today: date
) -> Signal:
    kind = item.get("kind")
    if not isinstance(kind, str) or kind not in kinds:
        hint = nearest(kind, list(kinds)) if isinstance(kind, str) else ""
        raise ValueError(told("`kind` is one of {kinds}{hint}", kinds=listed(list(kinds), 30), hint=hint))
    happened = given["as_of"] if item.get("date") is None else _day(item["date"])
    source = inherited("source", _source, {}, item, given)
    if happened is None or source is None:
        missing, takes = ("date", _A_DAY) if happened is None else ("source", _A_SOURCE)
        raise ValueError(told("`{missing}` is missing; it takes {takes}", missing=missing, takes=takes))
    check_day(happened, today)
    evidence = evidence_of(source, _SOURCED, {}, item, given) or ""
    magnitude: Decimal | None = None
    if item.get("magnitude") is not None:
        magnitude = value_from_json(item["magnitude"], _MAGNITUDE)
    withdrawn = False if item.get("withdrawn") is None else _yes_no(item["withdrawn"])
    return Signal(customer, kind, happened, source, NO_ORIGIN, evidence, magnitude, withdrawn)
