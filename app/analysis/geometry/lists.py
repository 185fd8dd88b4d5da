"""Places of a list of choice: lists that meet the same tests are one place, and one of them its sample.

A list of twenty choices has a million values but seldom more than a few dozen
ways to meet the tests of a column; they are found word by word, and lists that
no test can tell apart any more are followed once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.analysis.geometry.places import Place, Rows
from app.analysis.geometry.work import TooMuch
from app.domain.unary_tests import Compare, ContainsAll, IsKnown, UnaryTest

MOST_WAYS = 4096

Group = frozenset[str]  # words that must all be in the list for a test to be met
State = tuple[frozenset[Group] | None, ...]  # for each test the groups still possible, None once one is met


def list_places(choices: Sequence[str], free: Rows, tests: Mapping[UnaryTest, Rows]) -> list[Place]:
    """The places of known lists; each has one list as its sample. Raises ``TooMuch``."""
    groups = [_groups(test) for test in tests]
    words = [one for one in choices if any(one in group for several in groups for group in several)]
    start: State = tuple(
        None if _always(test) else frozenset(several) for test, several in zip(tests, groups, strict=True)
    )
    states: dict[State, tuple[str, ...]] = {start: ()}
    for word in words:
        after: dict[State, tuple[str, ...]] = {}
        for state, chosen in states.items():
            for way, sample in ((_without(state, word), chosen), (_with(state, word), (*chosen, word))):
                if way not in after or len(sample) < len(after[way]):
                    after[way] = sample
        if len(after) > MOST_WAYS:
            raise TooMuch
        states = after
    found: dict[Rows, tuple[str, ...]] = {}
    for state, sample in states.items():
        rows = free
        for left, (test, tested) in zip(state, tests.items(), strict=True):
            if (left is None) is not test.negated:
                rows |= tested
        if rows not in found or len(sample) < len(found[rows]):
            found[rows] = sample
    return [Place(rows, value=sample) for rows, sample in found.items()]


def _groups(test: UnaryTest) -> list[Group]:
    return [
        frozenset(one.values) if isinstance(one, ContainsAll) else frozenset((one.endpoint.value,))
        for one in test.alternatives
        if isinstance(one, Compare | ContainsAll)
    ]


def _always(test: UnaryTest) -> bool:
    return any(isinstance(one, IsKnown) for one in test.alternatives)


def _without(state: State, word: str) -> State:
    return tuple(
        None if groups is None else frozenset(one for one in groups if word not in one) for groups in state
    )


def _with(state: State, word: str) -> State:
    """The words of a group are dropped one by one as the list has them; an empty group is met."""
    after: list[frozenset[Group] | None] = []
    for groups in state:
        left = None if groups is None else frozenset(one - {word} for one in groups)
        after.append(None if left is None or frozenset() in left else left)
    return tuple(after)
