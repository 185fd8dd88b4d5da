"""The patterns of a step are dealt to handles so that ..."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from random import Random

import pytest

from app.domain.rules import Condition, HitPolicy, Rule, RuleList
from app.domain.ruleset import Ruleset
from app.domain.unary_tests import (
    Alternative,
    Compare,
    ContainsAll,
    Endpoint,
    IsKnown,
    IsUnknown,
    Range,
    UnaryTest,
)
from app.domain.values import Kind, ValueType
from app.engine.durable import DurableMatcher
from app.engine.handles import (
    MOST_AT_ONCE,
    MOST_ATTRIBUTES,
    MOST_PATTERNS,
    Comparison,
    Path,
    TooManyFacts,
    dealt,
    load_of,
)
from app.engine.patterns import PATTERNS_PER_STEP, TooManyPatterns, columns_of, patterns_of
from tests.engine import generate

DAYS = ValueType(Kind.DAYS)


def ruleset(types: dict[str, ValueType], rules: Sequence[Mapping[str, Sequence[Alternative]]]) -> Ruleset:
    """A list of rules, each a mapping from a name to the alternatives that it may meet."""
    made = tuple(
        Rule(
            f"rule-{i}",
            generate.SOME_TEXT,
            "S0:L1",
            tuple(Condition(name, UnaryTest(tuple(one))) for name, one in when.items()),
        )
        for i, when in enumerate(rules)
    )
    return generate.ruleset_of([RuleList("list", generate.SOME_TEXT, HitPolicy.COLLECT, made)], types)


def hands_of(made: Ruleset) -> list[list[Path]]:
    (step,) = made.match_steps
    columns = columns_of(step, made.types)
    return dealt(patterns_of(step, columns), columns)


def more_than(number: int) -> list[Alternative]:
    return [Compare(">", Endpoint(number))]


def exactly(*values: object) -> list[Alternative]:
    return [Compare("=", Endpoint(value)) for value in values]


def stacked(paths: Sequence[Path], fact: dict[str, int]) -> int:
    """The most entries of the network's stack while it takes a fact, as its source says."""
    followers: dict[tuple[Comparison, ...], set[Comparison]] = {}
    for path in paths:
        for i, comparison in enumerate(path.comparisons):
            followers.setdefault(path.comparisons[:i], set()).add(comparison)
    stack: list[tuple[Comparison, ...]] = [()]
    most = 0
    while stack:
        node = stack.pop()
        for one in followers.get(node, ()):
            if one.run[0] <= fact[one.attribute] <= one.run[1]:
                stack.append((*node, one))
                most = max(most, len(stack))
    return most


def test_no_fact_can_overflow_the_stack_of_the_network() -> None:
    for seed in range(300):
        rnd = Random(seed)
        paths = [
            Path(
                rule,
                tuple(
                    Comparison(name, rnd.choice(((rank, rank), (rank, 9), (0, rank))))
                    for name in ("a", "b", "c")
                    if rnd.random() < 0.7
                    for rank in [rnd.randrange(4)]
                ),
            )
            for rule in range(rnd.randint(1, 25))
        ]
        facts = ({"a": a, "b": b, "c": c} for a, b, c in product(range(5), repeat=3))
        assert max(stacked(paths, fact) for fact in facts) <= load_of(paths) <= len(paths)


def test_rules_that_may_all_hold_are_60_a_handle() -> None:
    made = ruleset({"a": DAYS}, [{"a": more_than(i)} for i in range(150)])
    hands = hands_of(made)
    assert [len(hand) for hand in hands] == [50, 50, 50]
    assert max(load_of(hand) for hand in hands) <= MOST_AT_ONCE
    assert DurableMatcher(made).holding(0, {"a": 1_000}) == (1 << 150) - 1


def test_60_rules_may_hold_at_once_in_one_handle() -> None:
    made = ruleset({"a": DAYS}, [{"a": more_than(i)} for i in range(MOST_AT_ONCE)])
    assert len(hands_of(made)) == 1
    assert DurableMatcher(made).holding(0, {"a": 1_000}) == (1 << MOST_AT_ONCE) - 1


def test_rows_that_exclude_one_another_share_a_handle_by_the_hundred() -> None:
    made = ruleset({"a": DAYS}, [{"a": exactly(i)} for i in range(MOST_PATTERNS)])
    assert len(hands_of(made)) == 1
    matcher = DurableMatcher(made)
    assert all(matcher.holding(0, {"a": i}) == 1 << i for i in range(MOST_PATTERNS))
    assert len(hands_of(ruleset({"a": DAYS}, [{"a": exactly(i)} for i in range(MOST_PATTERNS + 1)]))) == 2


def test_sorted_rows_are_spread_like_scattered_ones() -> None:
    rules = [{"a": exactly(i // 70), "b": more_than(i)} for i in range(420)]
    made = ruleset({"a": DAYS, "b": DAYS}, rules)
    assert len(hands_of(made)) == 2
    expected = sum(1 << i for i in range(140, 210))
    assert DurableMatcher(made).holding(0, {"a": 2, "b": 1_000}) == expected


def test_no_fact_has_more_attributes_than_the_engine_has_room_for() -> None:
    names = [f"fact_{i}" for i in range(400)]
    made = ruleset(dict.fromkeys(names, DAYS), [{name: exactly(1)} for name in names])
    assert len(hands_of(made)) >= 400 / MOST_ATTRIBUTES
    assert DurableMatcher(made).holding(0, dict.fromkeys(names, 1)) == (1 << 400) - 1


def test_one_rule_of_too_many_facts_is_refused_in_words() -> None:
    names = [f"fact_{i}" for i in range(MOST_ATTRIBUTES + 1)]
    made = ruleset(dict.fromkeys(names, DAYS), [{name: exactly(1) for name in names}])
    with pytest.raises(TooManyFacts, match="more than 240 facts"):
        DurableMatcher(made)


def test_one_rule_of_too_many_alternatives_is_refused_with_its_id() -> None:
    words = tuple(f"W{i}" for i in range(8))
    kind = ValueType(Kind.CHOICES, choices=words)
    when = {name: exactly(*words) for name in ("a", "b", "c")}
    made = ruleset(dict.fromkeys(when, kind), [when])
    with pytest.raises(TooManyPatterns, match=r"rule `rule-0` \(line 0\) has 512 disjoint alternatives"):
        DurableMatcher(made)


def test_a_cell_of_millions_of_alternatives_is_refused_at_once() -> None:
    words = tuple(f"W{i}" for i in range(60))
    cell = UnaryTest(tuple(ContainsAll(words[i : i + 3]) for i in range(0, 60, 3)), negated=True)
    rule = Rule("rule-0", generate.SOME_TEXT, "S0:L1", (Condition("a", cell),))
    step = RuleList("list", generate.SOME_TEXT, HitPolicy.COLLECT, (rule,))
    with pytest.raises(TooManyPatterns, match="rule `rule-0`"):
        DurableMatcher(generate.ruleset_of([step], {"a": ValueType(Kind.CHOICES, choices=words)}))


def test_names_that_no_rule_really_tests_take_no_room() -> None:
    names = [f"fact_{i}" for i in range(400)]
    always: list[Alternative] = [IsKnown(), IsUnknown()]
    never: list[Alternative] = [Range(Endpoint(5), True, Endpoint(1), True)]
    rules = [{name: always, "a": exactly(1)} for name in names] + [{name: never} for name in names]
    made = ruleset(dict.fromkeys([*names, "a"], DAYS), rules[:60] + rules[400:])
    assert DurableMatcher(made).holding(0, {**dict.fromkeys(names, 3), "a": 1}) == (1 << 60) - 1


def test_a_step_of_too_many_alternatives_is_refused_with_its_id() -> None:
    words = tuple(f"W{i}" for i in range(20))
    alternatives: list[Alternative] = [ContainsAll((word,)) for word in words]
    when = dict.fromkeys(("a", "b"), alternatives)
    made = ruleset(
        dict.fromkeys(when, ValueType(Kind.CHOICES, choices=words)), [when] * (PATTERNS_PER_STEP // 400 + 1)
    )
    with pytest.raises(TooManyPatterns, match=r"`list` \(line 0\) has 5200 disjoint alternatives"):
        DurableMatcher(made)
