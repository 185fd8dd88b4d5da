"""A marshmallow schema made from a ruleset's own facts: what is declared is required, what is not is refused.

A fact that may be unknown is left out or null; every other is demanded. All
faults are told at once, one a fact, each with what came and what is accepted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError

from app.domain.declarations import FactSpec
from app.domain.errors import Invalid, Problem
from app.domain.messages import told
from app.domain.ruleset import Ruleset
from app.domain.values import Kind, Value, ValueType
from app.domain.wording import in_words
from schemas.constants import listed, nearest
from schemas.fields import Exact
from schemas.json_values import accepted, value_from_json

MOST_PROBLEMS = 100
MOST_HINTS = 10
_SHOWN = 64


def fact_field(spec: FactSpec) -> Exact:
    """One fact: its type and bounds, as the ruleset declares them."""

    def read(value: Any) -> Value:
        return within_bounds(value_from_json(value, spec.type), spec)

    return Exact(read, required=not spec.unknown_allowed, takes=accepted(spec.type), schema={})


def within_bounds(value: Value, spec: FactSpec) -> Value:
    """The value; raises ``ValueError`` where it is beyond what the fact may be."""
    if spec.minimum is not None and value < spec.minimum:
        raise ValueError(beyond("least", value, spec.minimum, spec.type))
    if spec.maximum is not None and value > spec.maximum:
        raise ValueError(beyond("most", value, spec.maximum, spec.type))
    return value


def beyond(which: str, value: Value, bound: Value, value_type: ValueType) -> str:
    """What is wrong with a value beyond ``which`` bound, the ``least`` or the ``most``."""
    form = "is {value}, and the {which} it may be is {bound}"
    said, end = in_words(value, value_type), in_words(bound, value_type)
    return told(form, value=said, which=told(which), bound=end)


class FactReader:
    """Reads the facts of requests to one ruleset."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._specs = ruleset.facts
        shape: dict[str, Any] = {name: fact_field(spec) for name, spec in ruleset.facts.items()}
        schema = Schema.from_dict(shape, name=f"Facts of {ruleset.policy} {ruleset.version}")
        self._schema = schema(unknown=EXCLUDE)
        self._unknown: dict[str, Value] = dict.fromkeys(ruleset.facts)
        self._required = {name for name, spec in ruleset.facts.items() if not spec.unknown_allowed}
        self._restricted = {name: spec.given_by for name, spec in ruleset.facts.items() if spec.given_by}

    def read(
        self,
        given: Any,
        *,
        roles: frozenset[str] | None = None,
        pointer: str = "/facts",
        filled: Mapping[str, Value] | None = None,
    ) -> dict[str, Value]:
        """Complete typed facts; raises ``Invalid`` with one problem a fact.

        ``roles`` are who gives them; None may give any. ``pointer`` is where
        ``given`` stands in the request. ``filled`` are facts from elsewhere in
        place of those that are not given: typed, and asked of no role.
        """
        if not isinstance(given, dict):
            message = "facts are an object: each declared fact by its name"
            raise Invalid("The facts cannot be read.", [Problem(message, pointer)])
        problems = [*self._strangers(given, pointer), *self._not_theirs(given, roles, pointer)]
        values: dict[str, Value] = {}
        try:
            if not filled:
                values = self._schema.load(given)
            elif not given and self._required <= filled.keys():  # nothing to read, as in runs over everything
                values = {**self._unknown, **filled}
            else:
                brought = {name: value for name, value in given.items() if name not in filled}
                values = {**self._schema.load(brought, partial=tuple(filled)), **filled}
        except ValidationError as error:
            problems += [
                problem_at(name, messages[0], pointer) for name, messages in error.messages_dict.items()
            ]
        if problems:
            number, plural = len(problems), "s" * (len(problems) > 1)
            message = told("{number:,} fact{plural} cannot be accepted.", number=number, plural=plural)
            raise Invalid(message, shortened(problems))
        return values

    def _strangers(self, given: Mapping[str, Any], pointer: str) -> Iterator[Problem]:
        strangers = [name for name in given if name not in self._specs]
        for place, name in enumerate(strangers):
            hint = nearest(name, list(self._specs)) if place < MOST_HINTS and len(name) <= _SHOWN else ""
            message = told(
                "`{name}` is no fact of this policy{hint}",
                name=name[:_SHOWN],
                hint=hint or "; GET the policy for its facts",
            )
            yield Problem(message, pointer_to(pointer, name), code="unknown-fact")

    def _not_theirs(
        self, given: Mapping[str, Any], roles: frozenset[str] | None, pointer: str
    ) -> Iterator[Problem]:
        if roles is None:
            return
        for name, may in self._restricted.items():
            if given.get(name) is not None and roles.isdisjoint(may):
                message = told(
                    "`{name}` can be given by {may} only, not by {roles}",
                    name=name,
                    may=listed(may),
                    roles=listed(sorted(roles)),
                )
                yield Problem(message, pointer_to(pointer, name), code="not-yours")

    def recalled(self, documents: Sequence[Mapping[str, Any]], asked: set[str]) -> dict[str, Value]:
        """Values for the ``recall`` facts in ``asked`` from the outputs of earlier decisions, oldest first.

        A list keeps the earlier values that it still knows; a single value that it does not know is refused.
        """
        found: dict[str, Value] = {}
        for name, spec in self._specs.items():
            if name in asked and spec.recall is not None:
                output = spec.recall.output
                earlier = [one for outputs in documents if (one := outputs.get(output)) is not None]
                found[name] = _recalled(earlier, spec)
        return found


def _recalled(earlier: Sequence[Any], spec: FactSpec) -> Value:
    if spec.type.kind is Kind.CHOICES:
        words = [word for one in earlier for word in (one if isinstance(one, list) else [one])]
        return tuple(choice for choice in spec.type.choices if choice in words)
    try:
        return value_from_json(earlier[-1], spec.type) if earlier else None
    except ValueError as error:
        message = told(
            "`{spec}` cannot be recalled from an earlier decision; send it with the request ({error})",
            spec=spec.name,
            error=error,
        )
        raise Invalid(
            "An earlier decision cannot be used.", [Problem(message, f"/facts/{spec.name}")]
        ) from None


def facts_from_json(ruleset: Ruleset, stored: Mapping[str, Any]) -> dict[str, Value]:
    """The typed facts of a stored decision: no bounds, no roles, because they were accepted once."""
    return {
        name: None if stored.get(name) is None else value_from_json(stored[name], spec.type)
        for name, spec in ruleset.facts.items()
    }


def shortened(problems: Sequence[Problem]) -> list[Problem]:
    """The first hundred, and how many more there are: an answer is read by people."""
    more = len(problems) - MOST_PROBLEMS
    shown = list(problems[:MOST_PROBLEMS])
    return [*shown, Problem(told("and {more:,} more", more=more))] if more > 0 else shown


def pointer_to(parent: str, name: Any) -> str:
    """The JSON pointer (RFC 6901) of a member, its name cut where nobody would read on."""
    return f"{parent}/{str(name)[:_SHOWN].replace('~', '~0').replace('/', '~1')}"


def problem_at(name: Any, message: object, parent: str = "") -> Problem:
    """What is wrong with a member; ``message`` goes on from its name."""
    whole = told("`{name}` {message}", name=str(name)[:_SHOWN], message=message)
    return Problem(whole, pointer_to(parent, name))
