"""Comparing: what differs between two versions of a policy, in the texts, in words, and on their cases."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace

from app.analysis.comparison.cases import Side, differing_cases
from app.analysis.comparison.meaning import Meaning, meaning
from app.analysis.comparison.versions import Comparison, Version, compare
from app.domain.errors import Invalid, Problem
from app.domain.messages import told
from app.domain.values import Values
from app.engine.compiled import Compiled
from app.services.comparing.carrying import NotComparable, carried
from app.services.policies import Policies, Ready
from schemas.json_values import json_values
from schemas.text import read


@dataclass(frozen=True, slots=True)
class Written:
    """A version with the text it was read from, be it in the store or in a file."""

    ready: Ready
    text: bytes


class Comparing:
    """Compares versions. Nothing is decided or recorded."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies

    def versions(self, policy: str, before: str, after: str) -> Comparison:
        """Two versions of the store; raises ``NotFound``, and ``Invalid`` for one that does not load."""
        return self.texts(self.written(policy, before), self.written(policy, after))

    def written(self, policy: str, version: str) -> Written:
        """A version of the store with its text; raises ``NotFound``."""
        ready = self._policies.version(policy, version)
        return Written(ready, self._policies.text(ready.ruleset.digest))

    def texts(self, before: Written, after: Written) -> Comparison:
        """Two texts of one policy; see ``compared``."""
        return compared(before, after, self._policies.engine)


def compared(before: Written, after: Written, engine: Callable[[Ready], Compiled]) -> Comparison:
    """Two texts of one policy, wherever they are from; raises ``Invalid`` for those of different ones."""
    policies = [one.ready.ruleset.policy for one in (before, after)]
    if policies[0] != policies[1]:
        message = told(
            "one is of {first}, the other of {second}; compare versions of one policy",
            first=policies[0],
            second=policies[1],
        )
        raise Invalid("These cannot be compared.", [Problem(message)])
    found = compare(_version(before), _version(after))
    if before.ready.ruleset.digest == after.ready.ruleset.digest:
        return found
    with ExitStack() as engines:
        both = [_side(one.ready, engine, engines) for one in (before, after)]
        return replace(found, cases=tuple(differing_cases(*both)))


def proved(before: Ready, after: Ready, engine: Callable[[Ready], Compiled]) -> Meaning:
    """Whether both decide alike for all facts, or where they do not."""
    with ExitStack() as engines:
        return meaning(*(_side(one, engine, engines) for one in (before, after)))


def _side(ready: Ready, engine: Callable[[Ready], Compiled], engines: ExitStack) -> Side:
    return Side(ready.plan, engines.enter_context(engine(ready)).matcher, carry(ready))


def _version(written: Written) -> Version:
    return Version(written.ready.ruleset, written.text.decode("utf-8"), read(written.text))


def carry(ready: Ready) -> Callable[[Values], Values | str]:
    """How facts of another version are brought over to this one, or why they cannot."""

    def brought(facts: Values) -> Values | str:
        found = carried(ready, json_values(facts))
        return found.said if isinstance(found, NotComparable) else found

    return brought
