"""durable_rules, tamed. The only file that knows it.

durable_rules is a Rete network in C. Used as its documentation shows it, it
crashes, hangs, leaks and answers wrongly; used as here it is exact: integer
facts, one pattern a rule, conjunctions of comparisons with constants, driven
through its C module directly, under property names of our own (it knows
properties by a 32-bit hash, and names from outside could collide).

* A cycle is assert, drain, retract, in one constant session. A **sentinel**
  rule that always fires, last, tells "nothing matched" from "no answer".
* Each handle answers once when it is made, because a session in which nothing
  ever fired crashes the process when it is deleted.
* A handle is freed when nothing can reach it any more, so nobody can free what
  another thread uses, and none is forgotten.
* Any error, missing sentinel or doubled answer: the handles are let go, the
  next question builds them anew, and the answer is ``NoAnswer``.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping, Sequence
from queue import SimpleQueue
from typing import Any

import durable_rules_engine as rete

from app.domain.matching import ENGINE_FAILED, NoAnswer
from app.domain.rules import MatchStep
from app.domain.ruleset import Ruleset
from app.domain.values import Values, ValueType
from app.engine.handles import Comparison, Path, columns_tested, dealt
from app.engine.patterns import columns_of, patterns_of
from app.engine.ranks import LOWEST, Column

AT_ONCE = 2  # handle sets of a ruleset; more would only wait, because calls into C hold the GIL
_TAKEN = 0  # the one status of a fact that met a pattern, as the sentinel always does
_SENTINEL = "end"
_ALWAYS = "z"  # the attribute that the sentinel tests
_SESSION = "1"
_SAME_FACT = f'{{"id":"1","sid":"{_SESSION}"'
_RETRACT = _SAME_FACT + "}"
_QUESTION = f'{_SAME_FACT},"{_ALWAYS}":1'


class NetworkCode:
    """The rules of one handle as durable_rules reads them, and what each of its answers means.

    ``columns`` are the numbers of those it tests, ``size`` about the bytes that
    a living handle takes, from the structures in C.
    """

    __slots__ = ("definition", "bits", "sentinel", "columns", "size")

    def __init__(self, paths: Sequence[Path], columns: Sequence[Column]) -> None:
        names = [f"{i:03d}" for i in range(len(paths))]  # three characters, as Network.holding reads them
        rules = {name: _rule(path.comparisons) for name, path in zip(names, paths, strict=True)}
        rules[_SENTINEL] = _rule(())
        self.definition = json.dumps(rules)
        self.bits = {name: 1 << path.rule for name, path in zip(names, paths, strict=True)}
        self.sentinel = 1 << (max((path.rule for path in paths), default=0) + 1)
        self.bits[_SENTINEL] = self.sentinel
        self.columns = columns_tested(paths, columns)
        nodes = {path.comparisons[:i] for path in paths for i in range(len(path.comparisons))}
        self.size = 160_000 + 17_000 * len(paths) + 3_900 * len(nodes)


class Network:
    """One living handle. It has one session, in which nothing remains between two questions."""

    __slots__ = ("_code", "_handle", "_answered")

    def __init__(self, code: NetworkCode) -> None:
        self._code = code
        self._answered = False
        self._handle: int = rete.create_ruleset("step", code.definition)
        self.holding(())
        self._answered = True

    def holding(self, parts: Sequence[str]) -> int:
        """The rules that hold for a fact of these parts; raises ``NoAnswer`` or the engine's own error."""
        handle, bits = self._handle, self._code.bits
        status, session = rete.assert_fact(handle, _QUESTION + "".join(parts) + "}")
        if status != _TAKEN:
            raise NoAnswer(ENGINE_FAILED, f"the engine took the facts with status {status}")
        mask, bit = 0, 0
        started: tuple[str, str] | None = rete.start_action_for_state(handle, session)
        message: str | None = started[1] if started else None
        while message is not None:
            bit = bits[message[2:5]]
            if mask & bit:
                raise NoAnswer(ENGINE_FAILED, "the engine answered twice for one rule")
            mask |= bit
            message = rete.complete_and_start_action(handle, session)
        if bit != self._code.sentinel:
            raise NoAnswer(ENGINE_FAILED, "the engine did not answer to the end")
        status, _ = rete.retract_fact(handle, _RETRACT)
        if status != _TAKEN:
            raise NoAnswer(ENGINE_FAILED, f"the engine let go of the facts with status {status}")
        return mask ^ bit

    def __del__(
        self, delete_state: Any = rete.delete_state, delete_ruleset: Any = rete.delete_ruleset
    ) -> None:
        # Defaults, because the module may be gone when the interpreter ends. What never answered is left
        # alone: its session may be one of those that cannot be deleted.
        if self._answered:
            delete_state(self._handle, _SESSION)
            delete_ruleset(self._handle)


class StepCode:
    """One match step in the engine's terms: how to encode its values, and the rules of each handle."""

    __slots__ = ("encoders", "networks")

    def __init__(self, step: MatchStep, types: Mapping[str, ValueType]) -> None:
        columns = columns_of(step, types)
        hands = dealt(patterns_of(step, columns), columns)
        tested = [columns[i] for i in columns_tested([path for hand in hands for path in hand], columns)]
        self.encoders = [(column.name, column.encode, column.other) for column in tested]
        self.networks = [NetworkCode(hand, tested) for hand in hands]

    def asked(self, networks: Sequence[Network], values: Values) -> int:
        """What all handles of the step say together."""
        parts = [encode(values[name], other) for name, encode, other in self.encoders]
        if len(networks) == 1:
            return networks[0].holding(parts)
        mask = 0
        for network, code in zip(networks, self.networks, strict=True):
            found = network.holding([parts[i] for i in code.columns])
            if mask & found:
                raise NoAnswer(ENGINE_FAILED, "two handles answered for one rule")
            mask |= found
        return mask


class DurableMatcher:
    """Matches the steps of one ruleset with durable_rules; threads may share it.

    At most ``AT_ONCE`` threads ask at a time, each with handles that are its
    own meanwhile; the others wait. After ``close`` every question is refused.
    ``size`` is about how many bytes it takes. Raises ``Invalid`` when a rule
    is more than durable_rules can be given.
    """

    __slots__ = ("size", "_steps", "_turns", "_resting", "_closed")

    def __init__(self, ruleset: Ruleset) -> None:
        types = ruleset.types
        self._steps = [StepCode(step, types) for step in ruleset.match_steps]
        self.size = AT_ONCE * sum(code.size for step in self._steps for code in step.networks)
        self._closed = False
        self._turns: SimpleQueue[None] = SimpleQueue()
        for _ in range(AT_ONCE):
            self._turns.put(None)
        self._resting = deque([self._built()])

    def _built(self) -> list[list[Network]]:
        return [[Network(code) for code in step.networks] for step in self._steps]

    def holding(self, step: int, values: Values) -> int:
        """The rules of match step number ``step`` that hold, as a mask; raises ``NoAnswer``."""
        self._turns.get()
        try:
            if self._closed:
                raise NoAnswer(ENGINE_FAILED, "the ruleset was closed")
            networks = self._taken()
            mask = self._steps[step].asked(networks[step], values)
            self._resting.append(networks)  # not reached after an error: those handles are not asked again
            if self._closed:
                self._resting.clear()
            return mask
        except NoAnswer:
            raise
        except Exception as error:  # whatever it is, it is not an answer
            raise NoAnswer(ENGINE_FAILED, f"{type(error).__name__}: {error}") from error
        finally:
            self._turns.put(None)

    def _taken(self) -> list[list[Network]]:
        try:
            return self._resting.pop()
        except IndexError:
            return self._built()

    def close(self) -> None:
        """Let the handles go: those at rest now, those in use with their last question."""
        self._closed = True
        self._resting.clear()


def _rule(comparisons: Sequence[Comparison]) -> Mapping[str, Any]:
    """One rule: a conjunction of comparisons of one fact with constants."""
    tests = [_test(one) for one in comparisons] or [{_ALWAYS: 1}]
    return {"all": [{"m": tests[0] if len(tests) == 1 else {"$and": tests}}]}


def _test(comparison: Comparison) -> Mapping[str, Any]:
    attribute, (low, high) = comparison
    if low == high:
        return {attribute: low}
    return {"$lte": {attribute: high}} if low == LOWEST else {"$gte": {attribute: low}}
