"""Of people who act at the same moment, one wins, and what they leave behind is in a definite order."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from functools import partial
from itertools import count

import pytest

from app.domain.errors import Refused, Stale
from app.domain.lifecycle import State
from app.domain.versions import RulesetVersion
from app.services.rulesets.releasing import Asked
from app.store.store import Store
from tests.lifecycle.desk import POLICY, REVIEWER, THIRD, WRITER, desk_over, opened_desk, tiny
from tests.store.test_recording import in_threads

ONE, TWO = "1.0.0", "1.1.0"
RACES = 200
_numbers = count()


@pytest.fixture
def desks(request, tmp_path, migrated):
    """Two desks over one database: one store on SQLite, which has one writer; two stores on PostgreSQL."""
    with ExitStack() as opened:
        if request.param == "sqlite":
            for name in ("termwise.db", "keys.db"):
                shutil.copy(migrated / name, tmp_path)
            urls = [f"sqlite:///{tmp_path}/{name}.db" for name in ("termwise", "keys")]
            desk = opened.enter_context(opened_desk(*urls))
            yield desk, desk
            return
        server = request.getfixturevalue("migrated_postgres")
        shutil.copy(migrated / "keys.db", tmp_path)
        name = f"racing_{next(_numbers)}"
        urls = [server.copy("migrated", name), f"sqlite:///{tmp_path}/keys.db"]
        stores = [opened.enter_context(Store.open(*urls, writing=True)) for _ in range(2)]
        yield tuple(map(desk_over, stores))
        opened.close()
        server.run(f"DROP DATABASE {name} WITH (FORCE)")


both = pytest.mark.parametrize("desks", ["sqlite", "postgresql"], indirect=True)


@both
@pytest.mark.parametrize("policy", [f"tiny-{number}" for number in range(4)])
def test_of_two_activations_at_once_exactly_one_wins_two_hundred_times(desks, policy):
    versions = (ONE, TWO, "1.2.0")
    for version in versions:
        desks[0].approved(version, policy=policy)
    desks[0].releasing.activate(Asked(REVIEWER, policy, "1.2.0"))
    before = desks[0].store.rulesets.events_now(policy)
    for race in range(RACES // 4):
        held = desks[0].in_force(policy)
        rivals = [version for version in versions if version != held]

        def activate(number, held=held, rivals=rivals):
            asked = Asked((WRITER, REVIEWER)[number], policy, rivals[number])
            return desks[number].releasing.activate(asked, reason="race", replaces=held)

        results = in_threads(activate, 2)
        won = [one for one in results if isinstance(one, RulesetVersion)]
        lost = [one for one in results if isinstance(one, Exception)]
        assert len(won) == 1, f"race {race}: {results}"
        assert isinstance(lost[0], Refused)
        assert lost[0].conflict
        after = desks[0].store.rulesets.events_now(policy)
        assert after[:-1] == before
        assert after[-1].version == won[0].version
        before = after
        for desk in desks:
            desk.store.rulesets.forget()
            assert desk.in_force(policy) == won[0].version
    assert [one.state for one in desks[0].versions.all(policy)].count(State.ACTIVE) == 1


@both
def test_activations_of_people_who_look_at_nothing_supersede_each_other_in_one_order(desks):
    for version in (ONE, TWO):
        desks[0].approved(version)

    def activate(number):
        asked = Asked((WRITER, REVIEWER)[number % 2], POLICY, (ONE, TWO)[number % 2])
        return desks[number % 2].releasing.activate(asked, reason="race")

    for _ in range(20):
        in_threads(activate, 4)
    events = desks[0].store.rulesets.events_now(POLICY)
    activations = [one for one in events if one.state is State.ACTIVE]
    assert len(activations) >= 20
    assert [one.supersedes for one in activations] == [None, *(one.id for one in activations[:-1])]


def _call(rivals, number):
    return rivals[number]()


@both
def test_of_an_approval_and_an_edit_at_once_one_wins(desks):
    for race in range(30):
        version = f"1.0.{race}"
        desks[0].draft(version=version)
        submitted = desks[0].releasing.submit(Asked(WRITER, POLICY, version))
        text, seen = tiny(version, most="200.00"), {submitted.tag}
        rivals = (
            partial(desks[0].releasing.approve, Asked(REVIEWER, POLICY, version), submitted.digest),
            partial(desks[1].drafting.edit, THIRD, POLICY, version, text, seen=seen),
        )
        results = in_threads(partial(_call, rivals), 2)
        edited = results[1] if not isinstance(results[1], Exception) else None
        standing = desks[0].changes.moment(POLICY).version(version)
        if edited is None:
            assert isinstance(results[1], Stale)
            assert standing.state is State.APPROVED
            assert standing.digest == submitted.digest
        else:
            assert isinstance(results[0], Refused)
            assert standing.state is State.DRAFT


@both
def test_of_two_who_save_over_the_same_text_one_is_told(desks):
    tag = desks[0].draft().tag
    results = in_threads(
        lambda number: desks[number].drafting.edit(
            (WRITER, REVIEWER)[number], POLICY, ONE, tiny(most=f"{200 + number}.00"), seen={tag}
        ),
        2,
    )
    assert sum(isinstance(one, Stale) for one in results) == 1
    assert len(desks[0].store.rulesets.events_now(POLICY)) == 2
