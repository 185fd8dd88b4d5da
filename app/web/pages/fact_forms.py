"""Forms made from the facts that a ruleset declares: a control for each, and JSON from what was filled in.

Fields are called ``fact.NAME``. A per cent is filled in as people say it (30) and sent as the fact has it
(0.30), by exact decimals. What is left empty is not known and left out. What cannot be a number is sent on as
it was written: the reader of facts then says, fact by fact, what it takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from werkzeug.datastructures import MultiDict

from app.domain.declarations import FactSpec
from app.domain.errors import TermwiseError
from app.domain.values import WHOLE_KINDS, Kind
from app.web.pages.language import _, said

PREFIX = "fact."
_CONTROLS = {
    Kind.DATE: "date",
    Kind.YES_NO: "select",
    Kind.CHOICE: "select",
    Kind.CHOICES: "choices",
    Kind.DATES: "lines",
    Kind.RECORDS: "lines",
}
_INPUT_MODES = {Kind.MONEY: "decimal", Kind.PERCENT: "decimal", Kind.NUMBER: "decimal"}


class Choice(NamedTuple):
    """One that may be chosen."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Control:
    """One field of a form, for the macro ``field``; ``value`` is as it stands in the field."""

    id: str
    name: str
    label: str
    control: str
    value: Any
    choices: tuple[Choice, ...] = ()
    unit: str = ""
    inputmode: str = ""
    help: str = ""
    problem: str = ""
    required: bool = False
    readonly: bool = False

    @property
    def described_by(self) -> str:
        """The ids of what is said about it."""
        parts = [f"{self.id}-help"] if self.help else []
        return " ".join([*parts, f"{self.id}-wrong"] if self.problem else parts)


def controls(
    facts: Iterable[FactSpec],
    filled: Mapping[str, Any],
    currency: str = "",
    error: TermwiseError | None = None,
    fixed: Iterable[str] = (),
) -> list[Control]:
    """Controls for ``facts``, holding ``filled`` (JSON by name, as ``given`` makes it).

    ``error`` is what the facts were refused for: each problem stands at its field. ``fixed`` are only
    shown.
    """
    problems = {one.pointer.rpartition("/")[2]: said(one.message) for one in error.problems} if error else {}
    held = frozenset(fixed)
    return [
        Control(
            id=f"fact-{one.name}",
            name=f"{PREFIX}{one.name}",
            label=said(one.label),
            control=_CONTROLS.get(one.type.kind, "text"),
            value=as_written(filled.get(one.name), one),
            choices=_choices(one),
            unit=_unit(one, currency),
            inputmode="numeric" if one.type.kind in WHOLE_KINDS else _INPUT_MODES.get(one.type.kind, ""),
            help=said(one.help),
            problem=problems.get(one.name, ""),
            required=not one.unknown_allowed,
            readonly=one.name in held,
        )
        for one in facts
    ]


def fields(controls: Iterable[Control]) -> dict[str, tuple[str, str]]:
    """The id and the label of each by the name of its fact: where a summary of problems leads."""
    return {one.name.removeprefix(PREFIX): (one.id, one.label) for one in controls}


def given(facts: Iterable[FactSpec], form: MultiDict[str, str]) -> dict[str, Any]:
    """The facts that a form holds, as JSON for a request; what was left empty is left out."""
    found: dict[str, Any] = {}
    for one in facts:
        written = [text.strip() for text in form.getlist(f"{PREFIX}{one.name}") if text.strip()]
        if written:
            found[one.name] = _read(written, one)
    return found


def _read(written: list[str], one: FactSpec) -> Any:
    kind, text = one.type.kind, written[0]
    if kind is Kind.CHOICES:
        return written
    if kind is Kind.DATES:
        return text.split()
    if kind is Kind.YES_NO:
        return {"yes": True, "no": False}.get(text, text)
    plain = text.replace(",", "").replace("，", "").replace(" ", "").removesuffix("%")
    try:
        if kind in WHOLE_KINDS:
            return int(plain)
        if kind is Kind.PERCENT:
            return f"{Decimal(plain) / 100:f}"
        if kind in _INPUT_MODES:
            return f"{Decimal(plain):f}"
    except (ValueError, InvalidOperation):
        pass
    return text


def as_written(value: Any, one: FactSpec) -> Any:
    """A fact of a request (JSON) as it stands in its field; ``given`` reads it back."""
    if one.type.kind is Kind.CHOICES:
        return value or []
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "\n".join(map(str, value))
    if one.type.kind is Kind.PERCENT:
        try:
            return f"{(Decimal(value) * 100).normalize():f}"
        except (TypeError, ValueError, InvalidOperation):
            return value
    return str(value)


def _choices(one: FactSpec) -> tuple[Choice, ...]:
    if one.type.kind is Kind.YES_NO:
        return Choice("yes", _("yes")), Choice("no", _("no"))
    return tuple(Choice(each, said(one.type.label_of(each))) for each in one.type.choices)


def _unit(one: FactSpec, currency: str) -> str:
    if one.type.kind is Kind.MONEY:
        return currency
    if one.type.kind is Kind.DAYS:
        return _("days")
    if one.type.kind is Kind.HOURS:
        return _("hours")
    return "%" if one.type.kind is Kind.PERCENT else ""
