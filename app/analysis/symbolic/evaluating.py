"""What terms and symbols are for given facts: so that an encoding can be held against the engines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.analysis.findings import Facts
from app.analysis.symbolic.numbers import rounding
from app.analysis.symbolic.sums import Ratio
from app.analysis.symbolic.symbols import Carried, Lines, Number, Symbol, Truth, Words
from app.analysis.symbolic.terms import Sum, Term, below
from app.domain.rules import AS_OF
from app.domain.ruleset import Ruleset
from app.domain.values import WHOLE_KINDS, Kind, Value, ValueType

Assigned = Mapping[str, int | bool]


def assigned(ruleset: Ruleset, facts: Facts, prefix: str = "") -> dict[str, int | bool]:
    """What the flags and numbers of a ruleset's facts are; ``prefix`` as they were made with."""
    found: dict[str, int | bool] = {f"{prefix}{AS_OF}": facts.as_of.toordinal()}
    for fact, spec in ruleset.facts.items():
        value, name, kind = facts.values[fact], f"{prefix}{fact}", spec.type
        found[f"{name} known"] = value is not None
        if kind.ordered or kind.kind is Kind.TEXT:
            found[name] = 0 if value is None else _ticks(value, kind)
        elif kind.kind is Kind.YES_NO:
            found[f"{name} yes"] = bool(value)
        else:
            words = value if isinstance(value, tuple) else (value,)
            found.update((f"{name} is {word}", word in words) for word in kind.choices)
    return found


def _ticks(value: Value, kind: ValueType) -> int:
    if kind.kind is Kind.TEXT:
        return int.from_bytes(value.encode()[-5:], "big")
    number = value.toordinal() if isinstance(value, date) else Decimal(value).scaleb(kind.decimals)
    return int(number)


class Evaluated:
    """The values of all terms below some, for one assignment of flags and numbers.

    ``ordered`` says that all of them are among the terms already, each behind its parts.
    """

    def __init__(self, terms: Iterable[Term], given: Assigned, *, ordered: bool = False) -> None:
        self.values: dict[int, Any] = {}
        for term in terms if ordered else below(terms):
            self.values[term.id] = self._of(term, given)

    def truth(self, term: Term) -> bool:
        """Whether it is true."""
        return bool(self.values[term.id])

    def sum(self, one: Sum) -> int:
        """The number that a sum is."""
        return one.constant + sum(c * int(self.values[term.id]) for term, c in one.parts)

    def exact(self, ratio: Ratio) -> Fraction:
        """An exact number."""
        return Fraction(self.sum(ratio.over), self.sum(ratio.under) or 1)

    def value(self, symbol: Symbol, kind: ValueType) -> Value:
        """A symbol as the value that a walk has of it; a text only as whether it is known."""
        if not self.truth(symbol.known):
            return None
        match symbol:
            case Number(_, exact):
                number = self.exact(exact)
                if kind.kind is Kind.DATE:
                    return date.fromordinal(int(number))
                return int(number) if kind.kind in WHOLE_KINDS else number
            case Truth(yes, _, _):
                return self.truth(yes)
            case Words(_, chosen):
                words = tuple(word for word in kind.choices if word in chosen and self.truth(chosen[word]))
                return words[0] if kind.kind is Kind.CHOICE else words
            case Carried():
                return "text"
            case Lines(_, lines):
                return tuple(
                    {name: self.value(one, kind.fields[name]) for name, one in line.items()}
                    for there, line in lines
                    if self.truth(there)
                )
        return None

    def _of(self, term: Term, given: Assigned) -> Any:
        values, parts = self.values, term.parts
        match term.kind:
            case "flag" | "number":
                return given[parts[0]]
            case "not":
                return not values[parts[0].id]
            case "all":
                return all(values[one.id] for one in parts)
            case "any":
                return any(values[one.id] for one in parts)
            case "at_most":
                return sum(c * values[one.id] for one, c in parts[:-1]) <= parts[-1]
            case "cases":
                for truth, value in parts:
                    if values[truth.id]:
                        return self.sum(value)
            case "product":
                product = 1
                for one in parts:
                    product *= values[one.id]
                return product
            case "rounded":
                over, under = self.sum(parts[0]), self.sum(parts[1])
                return rounding(parts[2], over, under) if under else 0
            case "function":
                return parts[0].of(*(self.sum(one) for one in parts[1:]))
        raise AssertionError(term)


def below_symbols(symbols: Iterable[Symbol]) -> Iterable[Term]:
    """The terms that symbols are made of."""
    for symbol in symbols:
        yield symbol.known
        match symbol:
            case Number(_, exact):
                yield from (term for part in exact for term, _ in part.parts)
            case Truth(yes, no, _):
                yield from (yes, no)
            case Words(_, chosen):
                yield from chosen.values()
            case Carried(_, which):
                yield from (term for term, _ in which.parts)
            case Lines(_, lines):
                for there, line in lines:
                    yield there
                    yield from below_symbols(line.values())
