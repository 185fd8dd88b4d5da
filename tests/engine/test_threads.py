"""Many threads with one ruleset ..."""

from __future__ import annotations

import threading
from collections.abc import Callable
from random import Random

from app.domain.matching import NoAnswer
from app.engine.agreement import Engine
from app.engine.durable import AT_ONCE, DurableMatcher
from tests.engine import generate, living
from tests.engine.campaign import plainly

THREADS = 16
PATIENCE = 60  # seconds; a thread that has not ended by then waits for ever


def together(work: Callable[[int], None], meanwhile: Callable[[], None] = lambda: None) -> None:
    """Run ``work`` in 16 threads at once; raises the first error of any of them."""
    errors: list[BaseException] = []
    start = threading.Barrier(THREADS + 1)

    def run(number: int) -> None:
        start.wait(PATIENCE)
        try:
            work(number)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(number,), daemon=True) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    start.wait(PATIENCE)
    meanwhile()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive(), "a thread waits for ever"
    if errors:
        raise errors[0]


def test_get_the_answers_that_one_would_get() -> None:
    rnd = Random(3)
    ruleset = generate.ruleset(rnd, steps=3, rules=40)
    asked = [generate.values_for(rnd, ruleset) for _ in range(40)]
    expected = [[plainly(step, values) for step in ruleset.match_steps] for values in asked]
    others = living.handles()  # of tests before this one, whose rulesets are still remembered
    matcher = Engine(ruleset).matcher
    own = living.handles() - others

    def work(number: int) -> None:
        for i in range(number, number + 120):
            values, masks = asked[i % len(asked)], expected[i % len(asked)]
            assert [matcher.holding(step, values) for step in range(3)] == masks

    together(work)
    assert living.handles() - others in {own, AT_ONCE * own}


def test_are_each_refused_or_answered_rightly_when_it_is_closed_under_them() -> None:
    rnd = Random(4)
    ruleset = generate.ruleset(rnd, rules=40)
    asked = [generate.values_for(rnd, ruleset) for _ in range(40)]
    expected = [plainly(ruleset.match_steps[0], values) for values in asked]
    alive = living.handles()
    for _ in range(10):
        matcher = DurableMatcher(ruleset)
        answered = threading.Event()
        refused: list[int] = []

        def work(
            number: int, matcher: DurableMatcher = matcher, answered: threading.Event = answered
        ) -> None:
            for i in range(number, number + 1_000_000):
                try:
                    assert matcher.holding(0, asked[i % 40]) == expected[i % 40]
                except NoAnswer:
                    refused.append(number)  # noqa: B023
                    return
                answered.set()

        def close(matcher: DurableMatcher = matcher, answered: threading.Event = answered) -> None:
            assert answered.wait(PATIENCE)
            matcher.close()

        together(work, close)
        assert sorted(refused) == list(range(THREADS))
        assert living.handles() == alive, "what was in use went with its last question"


def test_wait_for_their_turn_and_not_for_ever_when_every_answer_fails() -> None:
    ruleset = generate.ruleset(Random(5), rules=20)
    matcher = DurableMatcher(ruleset)

    def work(_: int) -> None:
        for _ in range(20):
            try:
                matcher.holding(0, {})
            except NoAnswer:
                continue
            raise AssertionError("an answer without values")

    together(work)
