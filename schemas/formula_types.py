"""Resolves the names of a formula and checks its kinds: a mistake is found when written, not when it runs.

All numeric kinds calculate with each other. A bare word is a declared name,
else a value of the choice it is compared with, else an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from app.domain import expressions as tree
from app.domain.messages import told
from app.domain.values import NUMERIC_KINDS, Kind, ValueType
from schemas import functions
from schemas.constants import listed, nearest
from schemas.functions import SIGNATURES
from schemas.names import Names
from schemas.unreadable import Unreadable

Typed = tuple[tree.Expression, ValueType]
MAX_PLACES = 12
_NUMBER = ValueType(Kind.NUMBER)
_YES_NO = ValueType(Kind.YES_NO)
_DATE = ValueType(Kind.DATE)
_WANTED = {functions.NUMBER: _NUMBER, functions.YES_NO: _YES_NO, functions.DATE: _DATE}
_SPOKEN = {Kind.YES_NO: "yes or no", Kind.DATE: "a date", Kind.TEXT: "a text", Kind.CHOICE: "a choice"}


def resolved(expression: tree.Expression, names: Names, wanted: ValueType) -> tree.Expression:
    """The formula with its words resolved; raises ``Unreadable`` unless it yields a ``wanted`` value."""
    result, found = _Resolver(names).typed(expression, wanted)
    if not _alike(found, wanted):
        raise Unreadable(
            told(
                "the formula yields {found}, and its declared type is {kind}",
                found=_a(found),
                kind=wanted.kind,
            )
        )
    strange = [choice for choice in found.choices if choice not in wanted.choices]
    if wanted.kind is Kind.CHOICE and strange:
        raise Unreadable(
            told(
                "the formula may yield {strange}, and its declared values are {choices}",
                strange=listed(strange),
                choices=listed(wanted.choices),
            )
        )
    return result


class _Resolver:
    def __init__(self, names: Names) -> None:
        self._names = names

    def typed(self, node: tree.Expression, wanted: ValueType | None = None) -> Typed:
        """The node resolved, with its type; ``wanted`` tells what a bare word may be."""
        match node:
            case tree.Constant(value):
                is_date = isinstance(value, date)
                return node, _YES_NO if isinstance(value, bool) else _DATE if is_date else _NUMBER
            case tree.Name(name):
                return self._name(name, wanted)
            case tree.Negative(operand):
                return tree.Negative(self._number(operand)), _NUMBER
            case tree.Arithmetic(symbol, left, right):
                return tree.Arithmetic(symbol, self._number(left), self._number(right)), _NUMBER
            case tree.Comparison():
                return self._comparison(node)
            case tree.Junction(symbol, operands):
                return tree.Junction(symbol, tuple(self._of(one, _YES_NO) for one in operands)), _YES_NO
            case tree.Conditional():
                return self._conditional(node, wanted)
            case tree.Call(function, arguments):
                return self._call(function, arguments)

    def _name(self, name: str, wanted: ValueType | None) -> Typed:
        quoted, word = name.startswith('"'), name.strip('"')
        choices = wanted.choices if wanted is not None and wanted.kind is Kind.CHOICE else ()
        if not quoted and self._names.declares(name):
            if word in choices:
                raise Unreadable(
                    told(
                        '`{word}` is a name and also a value here; write "{word}" in quotes for the value',
                        word=word,
                    )
                )
            return tree.Name(name), self._names.type_of(name)
        if word in choices and wanted is not None:
            return tree.Constant(word), replace(wanted, choices=(word,))
        if choices and (quoted or word not in self._names.later):
            near = nearest(word, [*choices, *self._names])
            raise Unreadable(
                told(
                    "`{word}` is neither a name declared above nor one of {choices}{near}",
                    word=word,
                    choices=listed(choices),
                    near=near,
                )
            )
        if quoted:
            raise Unreadable(
                told(
                    '"{word}" is a value of a choice, and nothing here says of which; compare it with one',
                    word=word,
                )
            )
        return tree.Name(name), self._names.type_of(name)

    def _of(self, node: tree.Expression, wanted: ValueType) -> tree.Expression:
        result, found = self.typed(node, wanted)
        if not _alike(found, wanted):
            hint = (
                "; write days_between(a, b) or add_days(a, n)"
                if found.kind is Kind.DATE and wanted.numeric
                else ""
            )
            raise Unreadable(
                told(
                    "{found} stands where {wanted} is needed{hint}",
                    found=_a(found),
                    wanted=_a(wanted),
                    hint=hint,
                )
            )
        return result

    def _number(self, node: tree.Expression) -> tree.Expression:
        return self._of(node, _NUMBER)

    def _bare(self, node: tree.Expression) -> bool:
        return isinstance(node, tree.Name) and not self._names.declares(node.name)

    def _comparison(self, node: tree.Comparison) -> Typed:
        turned = self._bare(node.left) and not self._bare(node.right)
        first, second = (node.right, node.left) if turned else (node.left, node.right)
        one, kind = self.typed(first)
        if kind.kind in (Kind.CHOICES, Kind.DATES, Kind.RECORDS):
            raise Unreadable(told("{kind} cannot be compared; write contains(list, value)", kind=_a(kind)))
        if kind.kind is Kind.TEXT:
            raise Unreadable("a text is carried and shown, never tested; only known(...) may ask about it")
        if node.operator not in ("=", "!=") and not kind.ordered:
            raise Unreadable(told("{kind} has no order, so only = and != compare it", kind=_a(kind)))
        other, found = self.typed(second, kind)
        if (
            found.kind is Kind.CHOICE
            and kind.kind is Kind.CHOICE
            and not set(found.choices) & set(kind.choices)
        ):
            raise Unreadable(
                told(
                    "{first} and {second} have no value in common",
                    first=listed(found.choices),
                    second=listed(kind.choices),
                )
            )
        if not _alike(found, kind):
            raise Unreadable(told("{kind} is compared with {found}", kind=_a(kind), found=_a(found)))
        left, right = (other, one) if turned else (one, other)
        return tree.Comparison(node.operator, left, right), _YES_NO

    def _conditional(self, node: tree.Conditional, wanted: ValueType | None) -> Typed:
        question = self._of(node.condition, _YES_NO)
        then, first = self.typed(node.then, wanted)
        otherwise, second = self.typed(node.otherwise, wanted)
        if not _alike(first, second):
            raise Unreadable(
                told(
                    "`then` gives {first} and `else` gives {second}; both must be alike",
                    first=_a(first),
                    second=_a(second),
                )
            )
        choices = tuple(dict.fromkeys((*first.choices, *second.choices)))
        kind = _NUMBER if first.numeric else replace(first, choices=choices)
        return tree.Conditional(question, then, otherwise), kind

    def _call(self, function: str, arguments: Sequence[tree.Expression]) -> Typed:
        signature = SIGNATURES.get(function)
        if signature is None:
            near = nearest(function, list(SIGNATURES)) or told(
                "; the functions are {signatures}", signatures=listed(list(SIGNATURES), 20)
            )
            raise Unreadable(told("there is no function {function}{near}", function=function, near=near))
        takes = signature.takes
        if len(arguments) < len(takes) or (len(arguments) > len(takes) and not signature.repeats):
            raise Unreadable(
                told(
                    "{function} is written {shown}, and here it has {counted}",
                    function=function,
                    shown=signature.shown,
                    counted=_counted(len(arguments)),
                )
            )
        if function == "contains":
            return self._contains(arguments), _YES_NO
        wants = [takes[min(i, len(takes) - 1)] for i in range(len(arguments))]
        checked = tuple(
            self._argument(function, one, word) for one, word in zip(arguments, wants, strict=True)
        )
        return tree.Call(function, checked), _WANTED[signature.gives]

    def _argument(self, function: str, argument: tree.Expression, wants: str) -> tree.Expression:
        if wants == functions.ANY:
            return self.typed(argument)[0]
        if wants == functions.PLACES:
            places = argument.value if isinstance(argument, tree.Constant) else None
            if isinstance(places, bool) or places not in range(MAX_PLACES + 1):
                raise Unreadable(
                    told("round(a, n) rounds to n places, a whole number from 0 to {most}", most=MAX_PLACES)
                )
            return argument
        if wants == functions.DATES:
            result, found = self.typed(argument)
            if found.kind is not Kind.DATES:
                raise Unreadable(
                    told(
                        "{function} takes its holidays from a parameter of type list of date, not {found}",
                        function=function,
                        found=_a(found),
                    )
                )
            return result
        return self._of(argument, _WANTED[wants])

    def _contains(self, arguments: Sequence[tree.Expression]) -> tree.Expression:
        held, kind = self.typed(arguments[0])
        if kind.kind is not Kind.CHOICES:
            raise Unreadable(told("contains looks into a list of choice, not {kind}", kind=_a(kind)))
        sought = self._of(arguments[1], ValueType(Kind.CHOICE, choices=kind.choices))
        return tree.Call("contains", (held, sought))


def _alike(found: ValueType, wanted: ValueType) -> bool:
    return (found.kind in NUMERIC_KINDS and wanted.kind in NUMERIC_KINDS) or found.kind is wanted.kind


def _a(value_type: ValueType) -> str:
    kind = value_type.kind
    return "a number" if kind in NUMERIC_KINDS else _SPOKEN.get(kind, told("a {kind}", kind=kind))


def _counted(number: int) -> str:
    return "1 argument" if number == 1 else told("{number} arguments", number=number)
