"""durable_rules, as it is used here, ..."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from random import Random

import durable_rules_engine
import pytest

from app.domain.matching import ENGINE_FAILED, NoAnswer
from app.domain.ruleset import Ruleset
from app.engine import durable, handles
from app.engine.durable import AT_ONCE, DurableMatcher
from tests.engine import generate, living
from tests.engine.campaign import plainly
from tests.engine.test_handles import DAYS, more_than, ruleset

ROOT = Path(__file__).parents[2]
GROWTH = 15  # megabytes; one forgotten handle set a cycle would be hundreds


def some_rulesets(number: int, rules: int | None = None) -> list[Ruleset]:
    return [generate.ruleset(Random(seed), rules=rules) for seed in range(number)]


def ask(matcher: DurableMatcher, made: Ruleset, times: int = 3) -> None:
    rnd = Random(1)
    for _ in range(times):
        values = generate.values_for(rnd, made)
        assert matcher.holding(0, values) == plainly(made.match_steps[0], values)


def cycle(rulesets: list[Ruleset], times: int) -> None:
    for i in range(times):
        made = rulesets[i % len(rulesets)]
        matcher = DurableMatcher(made)
        ask(matcher, made)
        if i % 2:
            matcher.close()


def test_leaves_no_memory_behind_when_rulesets_come_and_go() -> None:
    rulesets = some_rulesets(10, rules=45)
    cycle(rulesets, 40)
    before, alive = living.megabytes(), living.handles()
    cycle(rulesets, 300)
    assert living.handles() == alive
    assert living.megabytes() - before < GROWTH


@pytest.mark.long
def test_leaves_no_memory_behind_after_thousands_of_rulesets() -> None:
    rulesets = some_rulesets(40)
    cycle(rulesets, 200)
    before = living.megabytes()
    cycle(rulesets, 5_000)
    assert living.megabytes() - before < GROWTH


def test_leaves_no_memory_behind_when_it_only_answers() -> None:
    (made,) = some_rulesets(1, rules=60)
    matcher = DurableMatcher(made)
    asked = [generate.values_for(Random(seed), made) for seed in range(100)]
    for values in asked * 5:
        matcher.holding(0, values)
    before = living.megabytes()
    for values in asked * 200:
        matcher.holding(0, values)
    assert living.megabytes() - before < GROWTH


def test_keeps_hundreds_of_rulesets_apart() -> None:
    matchers = [(DurableMatcher(made), made) for made in some_rulesets(200, rules=8)]
    for matcher, made in matchers:
        ask(matcher, made, 1)
    for matcher, made in reversed(matchers):
        ask(matcher, made, 1)


def test_gives_its_handles_back_when_it_is_forgotten_without_being_closed() -> None:
    alive = living.handles()
    matcher = DurableMatcher(some_rulesets(1)[0])
    assert living.handles() > alive
    del matcher
    assert living.handles() == alive


def test_may_be_let_go_without_ever_having_been_asked() -> None:
    for made in some_rulesets(20):
        DurableMatcher(made)  # deleting a session in which nothing fired would end this process


def test_answers_a_step_without_rules() -> None:
    assert DurableMatcher(ruleset({"a": DAYS}, [])).holding(0, {"a": 1}) == 0


def test_recovers_from_a_session_that_the_engine_has_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handles, "MOST_AT_ONCE", 100)
    made = ruleset({"a": DAYS}, [{"a": more_than(i)} for i in range(100)])
    matcher = DurableMatcher(made)
    alive = living.handles()
    for _ in range(30):
        with pytest.raises(NoAnswer, match=f"{ENGINE_FAILED}.*error code: 303"):
            matcher.holding(0, {"a": 1_000})
        assert matcher.holding(0, {"a": 5}) == 0b11111
    assert living.handles() == alive


def test_needs_no_second_set_of_handles_for_one_asker_at_a_time() -> None:
    made = ruleset({"a": DAYS}, [{"a": more_than(1)}])
    matcher = DurableMatcher(made)
    alive = living.handles()
    for _ in range(50):
        matcher.holding(0, {"a": 2})
    assert living.handles() == alive


def test_leaves_nothing_to_say_when_the_interpreter_ends() -> None:
    program = """
from random import Random
from app.engine.agreement import Engine
from tests.engine import generate
made = generate.ruleset(Random(1))
kept = Engine(made)
kept.matcher.holding(0, generate.values_for(Random(1), made))
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_gives_no_answer_once_closed() -> None:
    matcher = DurableMatcher(ruleset({"a": DAYS}, [{"a": more_than(1)}]))
    matcher.close()
    matcher.close()
    for _ in range(AT_ONCE + 1):
        with pytest.raises(NoAnswer, match="closed"):
            matcher.holding(0, {"a": 2})


def test_knows_every_attribute_by_a_hash_of_its_own() -> None:
    names = ["id", "sid", "$s", durable._ALWAYS, *(f"c{i}" for i in range(20_000))]
    assert len({_fnv(name) for name in names}) == len(names)
    assert _fnv("id") == 926444256, "the hash is the engine's"


def _fnv(name: str) -> int:
    found = 0x811C9DC5
    for byte in name.encode():
        found = (found ^ byte) * 16777619 & 0xFFFFFFFF
    return found


def test_is_told_integers_under_names_of_our_own_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    class Listening:
        def __getattr__(self, name: str) -> object:
            function = getattr(durable_rules_engine, name)

            def listening(*asked: object) -> object:
                told.extend(one for one in asked if isinstance(one, str))
                return function(*asked)

            return listening

    monkeypatch.setattr(durable, "rete", Listening())
    for made in some_rulesets(20):
        ask(DurableMatcher(made), made)
    facts = [json.loads(one) for one in told if one.startswith('{"id"')]
    assert len(facts) > 20
    for fact in facts:
        assert fact.pop("id") == fact.pop("sid") == "1"
        assert all(name[0] in "cz" and type(value) is int for name, value in fact.items())
    assert all(one.isascii() for one in told)
