"""Lists of choices for durable_rules: one flag for each value that some test names.

``any of A, B`` becomes the disjoint patterns *A* and *B without A*; ``not(A, B)``
and ``all(A, B)`` are one pattern each. The first attribute says whether the
list is known at all; of an unknown list every flag is neither on nor off.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from app.domain.unary_tests import Compare, ContainsAll, IsKnown, IsUnknown, UnaryTest
from app.domain.values import Value
from app.engine.ranks import Column, Pattern

MOST_CUBES = 1_000  # far more than a rule may have; without an end, a cell could keep the compiler for hours
_OFF, _ON, _NEITHER = 0, 1, 2
_LIST_KNOWN = 1


def flag_column(name: str, first: int, tests: Sequence[UnaryTest]) -> Column:
    """A list of choices; its attributes are c``first`` and as many more as it has flags."""
    words = tuple(dict.fromkeys(word for test in tests for group in _groups(test) for word in group))
    known = f"c{first}"
    flags = {word: f"c{first + 1 + i}" for i, word in enumerate(words)}
    unknown = f',"{known}":{_OFF}' + "".join(f',"{flag}":{_NEITHER}' for flag in flags.values())
    start = f',"{known}":{_LIST_KNOWN}'
    parts = [(word, f',"{flag}":{_ON}', f',"{flag}":{_OFF}') for word, flag in flags.items()]
    patterns = {test: _patterns(test, known, flags) for test in tests}

    def encode(value: Value, unknown: str) -> str:
        if value is None:
            return unknown
        return start + "".join([on if word in value else off for word, on, off in parts])

    return Column(name, (known, *flags.values()), encode, unknown, patterns)


def _groups(test: UnaryTest) -> list[tuple[str, ...]]:
    """For each alternative that asks for words: those that must all be in the list."""
    return [
        one.values if isinstance(one, ContainsAll) else (one.endpoint.value,)
        for one in test.alternatives
        if isinstance(one, Compare | ContainsAll)
    ]


def _patterns(test: UnaryTest, known: str, flags: Mapping[str, str]) -> list[Pattern]:
    found: list[Pattern] = []
    if not test.negated and any(isinstance(one, IsUnknown) for one in test.alternatives):
        found.append({known: (_OFF, _OFF)})
    always = any(isinstance(one, IsKnown) for one in test.alternatives)
    for cube in islice(_cubes(_groups(test), always, test.negated, {}), MOST_CUBES):
        pattern = {flags[word]: (on, on) for word, on in cube.items()}
        found.append(pattern or {known: (_LIST_KNOWN, _LIST_KNOWN)})
    return found


def _cubes(
    groups: Sequence[tuple[str, ...]], always: bool, negated: bool, fixed: Mapping[str, int]
) -> Iterator[Mapping[str, int]]:
    """Disjoint assignments of flags that together are "some group is all on", or its opposite."""
    open_groups = [group for group in groups if all(fixed.get(word) != _OFF for word in group)]
    if always or any(all(word in fixed for word in group) for group in open_groups):
        holds = True
    elif not open_groups:
        holds = False
    else:
        word = next(word for word in open_groups[0] if word not in fixed)
        yield from _cubes(groups, always, negated, {**fixed, word: _ON})
        yield from _cubes(groups, always, negated, {**fixed, word: _OFF})
        return
    if holds is not negated:
        yield fixed
