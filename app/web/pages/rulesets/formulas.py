"""Formulas in words: names by their labels, values with their unit, functions by what they give.

A number written in a formula has no type of its own. It is said as what it is held against or becomes: the
1 of ``prepayment < 1`` is 100%. Brackets stand where the formula needs them, and around an
``and`` within an ``or``: in a sentence nobody knows which binds closer.
"""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from app.domain import expressions as tree
from app.domain.rules import Formula
from app.domain.ruleset import Ruleset
from app.domain.values import Kind, ValueType
from app.web.pages.formats import NUMERIC
from app.web.pages.language import N_, gettext, language
from app.web.pages.rulesets.words import Words

_SIGNS = {"!=": "≠", "<=": "≤", ">=": "≥", "-": "−", "*": "×", "/": "÷", "**": "^"}
_FUNCTIONS: Mapping[str, str] = {
    "min": N_("the smallest of (%(values)s)"),
    "max": N_("the largest of (%(values)s)"),
    "least_known": N_("the smallest that is known of (%(values)s)"),
    "greatest_known": N_("the largest that is known of (%(values)s)"),
    "abs": N_("the size of (%(values)s)"),
    "floor": N_("%(a)s rounded down"),
    "ceiling": N_("%(a)s rounded up"),
    "round": N_("%(a)s rounded to %(b)s places"),
    "known": N_("%(a)s is known"),
    "contains": N_("%(a)s holds %(b)s"),
    "days_between": N_("days from %(a)s to %(b)s"),
    "whole_months_between": N_("whole months from %(a)s to %(b)s"),
    "add_days": N_("%(a)s plus %(b)s"),
    "add_months": N_("%(a)s plus %(b)s months"),
    "next_business_day": N_("next business day from %(a)s on, without %(b)s"),
}
_JUNCTIONS = {"and": N_(" and "), "or": N_(" or ")}
_KEEPS = ("min", "max", "least_known", "greatest_known", "abs")
"""Functions that give what they are given."""
_LOOSE, _COMPARED, _SUM, _PRODUCT, _TIGHT = range(5)
_BINDS = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "**": _TIGHT}
_YES_NO, _DAYS = ValueType(Kind.YES_NO), ValueType(Kind.DAYS)


class Formulas:
    """Says the formulas of one ruleset; its names are set strong."""

    def __init__(self, ruleset: Ruleset, words: Words) -> None:
        self._ruleset = ruleset
        self._words = words

    def said(self, formula: Formula) -> Markup:
        """What is calculated, in the reader's language."""
        return self._said(formula.expression, formula.type)

    def _said(self, one: tree.Expression, kind: ValueType | None, within: int = _LOOSE) -> Markup:
        """One node that is to be a ``kind``; in brackets where it binds less than what it is ``within``."""
        match one:
            case tree.Constant(value):
                return Markup.escape(self._words.value(value, kind) if kind and value is not None else value)
            case tree.Name(name):
                return self._name(name)
            case tree.Negative(operand):
                return Markup("−") + self._said(operand, kind, _TIGHT)
            case tree.Arithmetic(sign, left, right):
                return self._arithmetic(sign, left, right, kind, within)
            case tree.Comparison(sign, left, right):
                return self._comparison(sign, left, right, within)
            case tree.Junction(sign, operands):
                told = Markup.escape(gettext(_JUNCTIONS[sign])).join(self._asked(each) for each in operands)
                return _bracketed(told, within > _LOOSE)
            case tree.Conditional(condition, then, otherwise):
                chosen = _filled(
                    N_("if %(condition)s then %(then)s, otherwise %(otherwise)s"),
                    condition=self._asked(condition, _LOOSE),
                    then=self._said(then, kind, _COMPARED),
                    otherwise=self._said(otherwise, kind),
                )
                return _bracketed(chosen, within > _LOOSE)
            case tree.Call(function, arguments):
                return self._call(function, arguments, kind)
        raise TypeError(f"{one!r} is no part of a formula")

    def _asked(self, one: tree.Expression, within: int = _COMPARED) -> Markup:
        """A condition; a mere name is one where its value is yes."""
        told = self._said(one, _YES_NO, within)
        return _filled(N_("%(a)s is yes"), a=told) if isinstance(one, tree.Name) else told

    def _denied(self, one: tree.Expression) -> Markup:
        match one:
            case tree.Name(name):
                return _filled(N_("%(a)s is no"), a=self._name(name))
            case tree.Call("known", (tree.Name(name),)):
                return _filled(N_("%(a)s is not known"), a=self._name(name))
        return _filled(N_("not (%(a)s)"), a=self._said(one, _YES_NO))

    def _name(self, name: str) -> Markup:
        label = Markup("<b>%s</b>") % self._words.labels[name]
        parameter = self._ruleset.parameters.get(name)
        if parameter is None or parameter.type.kind not in NUMERIC:
            return label
        return label + Markup(" (%s)") % self._words.value(parameter.value, parameter.type)

    def _arithmetic(
        self, sign: str, left: tree.Expression, right: tree.Expression, kind: ValueType | None, within: int
    ) -> Markup:
        binds = _BINDS[sign]
        # a share stays one under addition; what it is multiplied by is a plain number
        each = kind or self._kind(left) or self._kind(right) if binds == _SUM else None
        told = (
            self._said(left, each, binds)
            + f" {_SIGNS.get(sign, sign)} "
            + self._said(right, each, binds + (sign in "-/"))
        )
        return _bracketed(told, binds < within)

    def _comparison(self, sign: str, left: tree.Expression, right: tree.Expression, within: int) -> Markup:
        if sign == "=" and left == right and isinstance(left, tree.Constant):
            return Markup.escape(self._words.value(True, _YES_NO))  # the language's way to say yes
        kind = self._kind(left) or self._kind(right)
        told = self._said(left, kind, _SUM) + f" {_SIGNS.get(sign, sign)} " + self._said(right, kind, _SUM)
        return _bracketed(told, within > _COMPARED)

    def _call(self, function: str, arguments: tuple[tree.Expression, ...], kind: ValueType | None) -> Markup:
        if function == "not":
            return self._denied(arguments[0])
        kept = kind if function in _KEEPS else self._kind(arguments[0]) if function == "contains" else None
        if function == "add_days":
            kept = _DAYS
        told = [self._said(each, kept, _LOOSE if function in _KEEPS else _TIGHT) for each in arguments]
        places = dict(zip("ab", told, strict=False))
        return _filled(_FUNCTIONS[function], values=_comma().join(told), **places)

    def _kind(self, one: tree.Expression) -> ValueType | None:
        """Of what type a node is, as far as one of its names says it."""
        match one:
            case tree.Name(name):
                return self._ruleset.types[name]
            case tree.Arithmetic("+" | "-", left, right):
                return self._kind(left) or self._kind(right)
            case tree.Call(function, arguments) if function in _KEEPS:
                return next(filter(None, map(self._kind, arguments)), None)
        return None


def _comma() -> Markup:
    return Markup("、" if language() == "zh" else "; ")


def _bracketed(told: Markup, wanted: bool) -> Markup:
    return Markup("(%s)") % told if wanted else told


def _filled(message: str, **values: Markup) -> Markup:
    return Markup.escape(gettext(message)) % values
