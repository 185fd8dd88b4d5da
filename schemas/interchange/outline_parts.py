"""The parts of a text that an editor shows: values at their places, and what they are of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.interchange.places import SAMPLES


@dataclass(frozen=True, slots=True)
class Named:
    """A name of the text, with its words and type as they are declared.

    ``choices`` are those of a choice, with what each is called; ``optional`` is a fact that may be unknown.
    """

    name: str
    label: Mapping[str, str]
    type: str = ""
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """One value that can be written anew at its ``place``; ``of`` names what it is of."""

    place: str
    of: Named
    written: str
    line: int

    @property
    def asks(self) -> bool:
        """Whether it is a condition, and no value by itself."""
        return "/when" in self.place

    @property
    def may_go(self) -> bool:
        """Whether it may be left out: a value of a sample, in whose place the baseline stands."""
        return self.place.split("/")[-2] in SAMPLES


@dataclass(frozen=True, slots=True)
class ExampleText:
    """An example of a rule or row: ``fires`` is what it shows, ``values`` what it changes in the baseline."""

    step: str
    rule: str
    fires: bool
    place: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class RuleText:
    """A rule of a list, as a sentence of values."""

    id: str
    label: Mapping[str, Value]
    when: tuple[Value, ...]
    then: tuple[Value, ...]
    source: Value
    examples: tuple[ExampleText, ...]
    line: int


@dataclass(frozen=True, slots=True)
class StepText:
    """A step that is no table: rules, or the one expression of a formula, or the bands of a scorecard."""

    id: str
    kind: str
    label: Mapping[str, str]
    rules: tuple[RuleText, ...] = ()
    values: tuple[tuple[str, tuple[Value, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class ParameterText:
    """A parameter: what it is of, its value and its source."""

    named: Named
    value: Value
    source: Value


@dataclass(frozen=True, slots=True)
class CaseText:
    """A case at its ``place``: what it says of the facts, and what it expects."""

    name: str
    place: str
    given: tuple[Value, ...]
    expect: tuple[Value, ...]
    line: int
