"""A text gets into force by two people, is scheduled, withdrawn, retired and rolled back, and all is told."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from app.domain.errors import Invalid, NotFound, Refused, Stale
from app.domain.keeping import month_of, of_nobody
from app.domain.lifecycle import State
from app.domain.moves import Move
from app.domain.people import Role
from app.services.rulesets.releasing import Asked
from schemas.ruleset import digest_of
from tests.lifecycle.desk import POLICY, REVIEWER, THIRD, WRITER, hard, key_of, opened_desk, person, tiny
from tests.recordings import vault

ONE, TWO = "1.0.0", "1.1.0"


@pytest.fixture
def desk(database_url, keys_url):
    with opened_desk(database_url, keys_url) as desk:
        yield desk


def by(who, version=ONE, seen=None):
    return Asked(who, POLICY, version, seen)


def active(desk, version=ONE):
    desk.approved(version)
    return desk.releasing.activate(by(REVIEWER, version))


def test_two_people_bring_a_text_into_force(desk):
    approved = desk.approved()
    assert (approved.state, approved.released) == (State.APPROVED, True)
    assert desk.in_force() is None
    assert desk.releasing.activate(by(WRITER)).state is State.ACTIVE
    assert desk.in_force() == ONE


@pytest.mark.parametrize("role", list(Role))
def test_no_author_approves_whatever_their_role(desk, role):
    author = person("author", role)
    drafted = desk.draft(author)
    desk.releasing.submit(by(REVIEWER))
    with pytest.raises(Refused, match="somebody else has to approve it") as refused:
        desk.releasing.approve(by(author), drafted.digest)
    assert not refused.value.conflict
    assert desk.standing().state is State.SUBMITTED


def test_a_text_that_does_not_prove_itself_is_not_submitted_and_the_findings_are_told(desk):
    desk.draft(most="40.00")
    with pytest.raises(Invalid, match=r"tiny 1.0.0 does not prove itself: 1 finding;") as refused:
        desk.releasing.submit(by(WRITER))
    (problem,) = refused.value.problems
    assert "`not_on` does not hold" in problem.message
    assert (problem.line, problem.code) == (19, "examples")
    assert desk.standing().state is State.DRAFT


def test_an_approval_is_of_the_text_that_was_read(desk):
    drafted = desk.draft()
    desk.releasing.submit(by(WRITER))
    edited = desk.drafting.edit(WRITER, POLICY, ONE, tiny(most="200.00"), seen={desk.standing().tag})
    desk.releasing.submit(by(WRITER))
    with pytest.raises(Refused, match="is another by now") as refused:
        desk.releasing.approve(by(REVIEWER), drafted.digest)
    assert refused.value.conflict
    assert desk.releasing.approve(by(REVIEWER), edited.digest).state is State.APPROVED


def test_what_is_not_settled_is_acknowledged_by_whoever_approves(desk):
    drafted = desk.drafting.create(WRITER, POLICY, ONE, text=hard())
    desk.releasing.submit(by(WRITER))
    with pytest.raises(Refused, match=r"`acknowledges`: dead_rules/shapes \(") as refused:
        desk.releasing.approve(by(REVIEWER), drafted.digest)
    assert refused.value.conflict
    with pytest.raises(Invalid) as strange:
        desk.releasing.approve(by(REVIEWER), drafted.digest, acknowledges=("dead_rules/limits",))
    assert strange.value.problems[0].pointer == "/acknowledges"
    known = ("dead_rules/shapes",)
    assert desk.releasing.approve(by(REVIEWER), drafted.digest, acknowledges=known).state is State.APPROVED
    last = json.loads(desk.store.decisions.entries()[-1].leaf)
    assert last["clear"]["acknowledged"] == ["dead_rules/shapes"]


def test_sending_back_takes_a_reason_and_makes_nobody_an_author(desk):
    drafted = desk.draft()
    desk.releasing.submit(by(WRITER))
    with pytest.raises(Invalid):
        desk.releasing.send_back(by(REVIEWER), None)
    back = desk.releasing.send_back(by(REVIEWER), "Why 100?")
    assert (back.state, back.authors) == (State.DRAFT, {WRITER.id})
    desk.releasing.submit(by(WRITER))
    assert desk.releasing.approve(by(REVIEWER), drafted.digest).state is State.APPROVED


def test_a_scheduled_version_takes_force_at_its_instant_and_not_before(desk):
    active(desk)
    desk.approved(TWO)
    instant = desk.clock.now + timedelta(days=3)
    planned = desk.releasing.activate(by(REVIEWER, TWO), instant)
    assert (planned.state, planned.scheduled_for) == (State.APPROVED, instant)
    desk.clock.now = instant - timedelta(microseconds=1)
    assert (desk.in_force(), desk.standing(TWO).state) == (ONE, State.APPROVED)
    desk.clock.now = instant
    assert (desk.in_force(), desk.standing(TWO).state, desk.standing(ONE).state) == (
        TWO,
        State.ACTIVE,
        State.RETIRED,
    )


def test_a_schedule_is_moved_and_withdrawn_until_then_and_not_after(desk):
    active(desk)
    desk.approved(TWO)
    now = desk.clock.now
    desk.releasing.activate(by(REVIEWER, TWO), now + timedelta(days=3))
    desk.releasing.activate(by(REVIEWER, TWO), now + timedelta(days=5))
    assert desk.standing(TWO).scheduled_for == now + timedelta(days=5)
    assert desk.releasing.withdraw(by(THIRD, TWO)).scheduled_for is None
    desk.clock.passes(days=9)
    assert desk.in_force() == ONE
    desk.releasing.activate(by(REVIEWER, TWO), desk.clock.now + timedelta(days=1))
    desk.clock.passes(days=1)
    with pytest.raises(Refused, match="only an activation that lies ahead"):
        desk.releasing.withdraw(by(REVIEWER, TWO))
    assert desk.in_force() == TWO


def test_what_was_in_force_before_comes_back_for_a_reason(desk):
    active(desk)
    active(desk, TWO)
    with pytest.raises(Invalid, match="A reason is needed"):
        desk.releasing.activate(by(REVIEWER))
    assert desk.releasing.activate(by(REVIEWER), reason="1.1.0 was too strict").state is State.ACTIVE
    assert (desk.in_force(), desk.standing(TWO).state) == (ONE, State.RETIRED)
    assert desk.versions.history(POLICY, ONE)[-1].move is Move.ROLL_BACK


def test_a_roll_back_may_be_planned(desk):
    active(desk)
    active(desk, TWO)
    desk.releasing.activate(by(REVIEWER), desk.clock.now + timedelta(days=1), "too strict")
    assert desk.in_force() == TWO
    desk.clock.passes(days=1)
    assert desk.in_force() == ONE


def test_retiring_the_one_in_force_leaves_none_until_one_is_activated_again(desk):
    active(desk)
    assert desk.releasing.retire(by(REVIEWER), "no longer sold").state is State.RETIRED
    assert desk.in_force() is None
    with pytest.raises(Refused, match="No version of tiny is in force"):
        desk.policies.in_force(POLICY, desk.clock.now)
    desk.releasing.activate(by(REVIEWER), reason="sold again")
    assert desk.in_force() == ONE


def test_a_draft_that_is_given_up_never_gets_into_force(desk):
    desk.draft()
    desk.releasing.retire(by(WRITER), "given up")
    for attempt in (desk.releasing.activate, desk.releasing.submit):
        with pytest.raises(Refused, match="is retired"):
            attempt(by(WRITER))


def test_whoever_says_what_they_replace_is_refused_when_it_is_another(desk):
    desk.approved()
    desk.approved(TWO)
    with pytest.raises(Refused, match=r"In force for tiny is none by now, and not 1.1.0"):
        desk.releasing.activate(by(REVIEWER), replaces=TWO)
    desk.releasing.activate(by(REVIEWER), replaces="none")
    with pytest.raises(Refused, match=r"is 1.0.0 by now, and not none") as refused:
        desk.releasing.activate(by(REVIEWER, TWO), replaces="none")
    assert refused.value.conflict
    assert desk.releasing.activate(by(REVIEWER, TWO), replaces=ONE).state is State.ACTIVE


def test_every_move_upon_what_was_not_read_is_stale(desk):
    tag = desk.draft().tag
    desk.releasing.submit(by(WRITER, seen={tag}))
    for attempt in (
        lambda asked: desk.releasing.approve(asked, digest_of(tiny())),
        lambda asked: desk.releasing.send_back(asked, "no"),
        lambda asked: desk.releasing.retire(asked, "no"),
    ):
        with pytest.raises(Stale):
            attempt(by(REVIEWER, seen={tag, "another"}))
    assert desk.standing().state is State.SUBMITTED
    desk.releasing.retire(by(REVIEWER, seen={tag, desk.standing().tag}), "no")


def test_a_key_moves_nothing_whatever_its_scopes(desk):
    approved = desk.approved()
    key = by(key_of(REVIEWER))
    for attempt in (
        lambda: desk.releasing.submit(key),
        lambda: desk.releasing.approve(key, approved.digest),
        lambda: desk.releasing.send_back(key, "no"),
        lambda: desk.releasing.activate(key),
        lambda: desk.releasing.withdraw(key),
        lambda: desk.releasing.retire(key, "no"),
    ):
        with pytest.raises(Refused, match="A key cannot change a ruleset"):
            attempt()


def test_what_is_not_there_is_not_found(desk):
    with pytest.raises(NotFound, match=r"tiny has no version 1.0.0; it has none"):
        desk.releasing.submit(by(WRITER))
    desk.draft()
    with pytest.raises(NotFound, match=r"no version 7.0.0; it has 1.0.0"):
        desk.releasing.activate(by(WRITER, "7.0.0"))


def test_the_history_tells_who_when_why_and_which_text(desk):
    drafted = desk.draft()
    desk.releasing.submit(by(WRITER), "Please look")
    desk.clock.passes(hours=2)
    desk.releasing.send_back(by(REVIEWER), "Too low")
    edited = desk.drafting.edit(
        WRITER, POLICY, ONE, tiny(most="200.00"), seen={desk.standing().tag}, comment="200 now"
    )
    desk.releasing.submit(by(WRITER))
    desk.releasing.approve(by(THIRD), edited.digest, "Fine")
    instant = desk.clock.now + timedelta(days=1)
    desk.releasing.activate(by(REVIEWER), instant, "From tomorrow")
    told = [
        (one.move, one.event.by, one.comment, one.event.digest == edited.digest)
        for one in desk.versions.history(POLICY, ONE)
    ]
    assert told == [
        (Move.CREATE, WRITER.id, None, False),
        (Move.SUBMIT, WRITER.id, "Please look", False),
        (Move.RETURN, REVIEWER.id, "Too low", False),
        (Move.EDIT, WRITER.id, "200 now", True),
        (Move.SUBMIT, WRITER.id, None, True),
        (Move.APPROVE, THIRD.id, "Fine", True),
        (Move.ACTIVATE, REVIEWER.id, "From tomorrow", True),
    ]
    events = [one.event for one in desk.versions.history(POLICY, ONE)]
    assert events[0].digest == drafted.digest
    assert events[2].at - events[1].at == timedelta(hours=2)
    assert events[-1].effective_from == instant


def test_what_people_say_stands_in_the_sealed_part_and_nowhere_in_the_clear(desk):
    active(desk)
    desk.releasing.retire(by(REVIEWER), "Fenchurch wrote it")
    entries = desk.store.decisions.entries("ruleset-state")
    assert len(entries) == 5
    for entry in entries:
        assert b"Fenchurch" not in entry.leaf + entry.sealed
    assert b'"move":"retire"' in entries[-1].leaf
    assert desk.standing().digest.encode() in entries[-1].leaf
    assert b"Fenchurch wrote it" in desk.recorder.unsealed(entries[-1])


def test_a_comment_that_was_let_go_with_its_key_is_told_as_erased(desk, keys_url):
    desk.draft()
    desk.releasing.retire(by(WRITER), "gone")
    keys = vault(desk.store)
    keys.destroy(keys.keys_of([of_nobody(month_of(desk.clock.now))]))
    desk.recorder._vault = vault(desk.store)
    last = desk.versions.history(POLICY, ONE)[-1]
    assert (last.move, last.comment, last.erased) == (Move.RETIRE, None, True)
