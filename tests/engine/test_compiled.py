"""A compiled ruleset ..."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from random import Random

import pytest

from app.domain.ruleset import Ruleset
from app.engine import compiled
from app.engine.agreement import Engine
from app.engine.compiled import Engines
from app.engine.handles import TooManyFacts
from tests.engine import generate, living
from tests.engine.campaign import plainly
from tests.engine.test_handles import DAYS, exactly, ruleset
from tests.engine.test_threads import together


def some(number: int) -> list[Ruleset]:
    return [generate.ruleset(Random(seed), rules=10) for seed in range(number)]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The digests that were compiled, in order; compiling takes its time, as it does for large rulesets."""
    digests: list[str] = []

    class Counted(Engine):
        def __init__(self, ruleset: Ruleset) -> None:
            time.sleep(0.05)
            super().__init__(ruleset)
            digests.append(ruleset.digest)

    monkeypatch.setattr(compiled, "Engine", Counted)
    return digests


def test_is_made_once_and_then_known_by_its_digest(made: list[str]) -> None:
    engines, (first, second) = Engines(), some(2)
    assert engines.get(first) is engines.get(first)
    assert engines.get(first) is not engines.get(second)
    assert made == [first.digest, second.digest]


def test_is_made_by_one_thread_while_the_others_wait(made: list[str]) -> None:
    engines, rulesets = Engines(), some(3)
    seen: set[int] = set()
    lock = threading.Lock()

    def work(number: int) -> None:
        found = engines.get(rulesets[number % 3])
        with lock:
            seen.add(id(found))

    together(work)
    assert sorted(made) == sorted(one.digest for one in rulesets)
    assert len(seen) == 3


def test_does_not_wait_for_another_that_is_being_made(made: list[str]) -> None:
    engines, (slow, ready) = Engines(), some(2)
    engines.get(ready)
    thread = threading.Thread(target=engines.get, args=(slow,))
    thread.start()
    engines.get(ready)
    assert made == [ready.digest]
    thread.join()


def test_leaves_when_others_were_used_since(made: list[str]) -> None:
    engines, (a, b, c) = Engines(kept=2), some(3)
    for one in (a, b, a, c):  # b is the one unused longest
        engines.get(one)
    engines.get(a)
    assert made == [a.digest, b.digest, c.digest]
    engines.get(b)
    assert made == [a.digest, b.digest, c.digest, b.digest]


def test_leaves_when_all_together_are_too_large(made: list[str]) -> None:
    rulesets = some(3)
    sizes = [Engines().get(one).size for one in rulesets]
    made.clear()
    engines = Engines(size=sizes[1] + sizes[2])
    for one in rulesets:
        engines.get(one)
    engines.get(rulesets[2])
    engines.get(rulesets[1])
    assert made == [one.digest for one in rulesets]
    engines.get(rulesets[0])
    assert made[-1] == rulesets[0].digest


def test_is_kept_however_large_while_it_is_the_one_in_use(made: list[str]) -> None:
    engines, (one,) = Engines(size=1), some(1)
    assert engines.get(one) is engines.get(one)


def test_still_answers_whoever_holds_it_when_it_has_left() -> None:
    engines, (first, second) = Engines(kept=1), some(2)
    rnd = Random(1)
    with engines.get(first) as held:
        engines.get(second)
        assert engines.get(second) is not held
        for _ in range(20):
            values = generate.values_for(rnd, first)
            assert held.matcher.holding(0, values) == plainly(first.match_steps[0], values)


def test_is_freed_when_it_has_left_and_nobody_holds_it() -> None:
    engines, (first, second) = Engines(kept=1), some(2)
    held = engines.get(first)
    gone = weakref.ref(held)
    engines.get(second)
    alive = living.handles()
    del held
    gc.collect()
    assert gone() is None
    assert living.handles() < alive


def test_that_cannot_be_made_is_refused_every_time_and_not_kept() -> None:
    names = [f"fact_{i}" for i in range(300)]
    impossible = ruleset(dict.fromkeys(names, DAYS), [{name: exactly(1) for name in names}])
    engines, (possible,) = Engines(kept=1), some(1)
    kept = engines.get(possible)
    for _ in range(2):
        with pytest.raises(TooManyFacts):
            engines.get(impossible)
    assert engines.get(possible) is kept


def test_comes_and_goes_among_many_threads_without_a_wrong_answer_or_a_leak() -> None:
    rulesets = some(8)
    rnd = Random(2)
    asked = [generate.values_for(rnd, one) for one in rulesets]
    expected = [plainly(one.match_steps[0], values) for one, values in zip(rulesets, asked, strict=True)]
    alive = living.handles()
    caches = [Engines(kept=3)]

    def work(number: int) -> None:
        for i in range(number, number + 60):
            with caches[0].get(rulesets[i % 8]) as engine:
                assert engine.matcher.holding(0, asked[i % 8]) == expected[i % 8]

    together(work)
    caches.clear()
    assert living.handles() == alive
