"""Which moves are legal, who may make them, and what follows of the events that they leave."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from app.domain.errors import Invalid, Refused
from app.domain.identifiers import Identifiers
from app.domain.lifecycle import RulesetEvent, State
from app.domain.moves import Move, Wish, activation_of, created, move_of, moved
from app.domain.versions import RulesetVersion, standing

START = datetime(2026, 11, 1, tzinfo=UTC)
A, B = (f"sha256:{letter * 64}" for letter in "ab")


class Book:
    """One policy's events, written by legal moves only; an hour passes with each."""

    def __init__(self) -> None:
        self.events: list[RulesetEvent] = []
        self.at = START
        self._ids = Identifiers(lambda: self.at, secrets.randbits)

    def create(
        self, by: str, version: str = "1", source: str | None = None, digest: str = A
    ) -> RulesetVersion:
        event, authors = created("p", version, digest, self._wish(Move.CREATE, by), self.look(source))
        self.events.append(event)
        assert self[version].authors == frozenset(authors)
        return self[version]

    def do(
        self, move: Move, by: str, version: str = "1", comment: str | None = "why", **more
    ) -> RulesetVersion:
        digest = more.pop("digest", None)
        wish = self._wish(move, by, comment, **more)
        supersedes = None
        if move in (Move.ACTIVATE, Move.ROLL_BACK):
            supersedes = next((one.id for one in reversed(self.events) if one.state is State.ACTIVE), None)
        self.events.append(moved(self[version], wish, digest=digest, supersedes=supersedes))
        return self[version]

    def release(self, by: str, approver: str, version: str = "1") -> RulesetVersion:
        self.do(Move.SUBMIT, by, version)
        return self.do(Move.APPROVE, approver, version)

    def look(self, version: str | None) -> RulesetVersion | None:
        return None if version is None else self[version]

    def __getitem__(self, version: str) -> RulesetVersion:
        return standing(self.events, self.at)[version]

    def states(self) -> dict[str, str]:
        return {name: str(one.state) for name, one in standing(self.events, self.at).items()}

    def _wish(self, move: Move, by: str, comment: str | None = None, plan: int | None = None) -> Wish:
        self.at += timedelta(hours=1)
        effective_from = None if plan is None else self.at + timedelta(hours=plan)
        return Wish(move, by, self.at, self._ids.at(self.at), comment, effective_from)


@pytest.fixture
def book() -> Book:
    return Book()


def test_a_version_goes_from_draft_to_active_by_two_people(book):
    assert book.create("writer").state is State.DRAFT
    assert book.do(Move.SUBMIT, "writer").state is State.SUBMITTED
    assert book.do(Move.APPROVE, "reviewer").state is State.APPROVED
    assert book.do(Move.ACTIVATE, "writer").state is State.ACTIVE
    assert book.do(Move.RETIRE, "reviewer").state is State.RETIRED


LEGAL = {
    "draft": {Move.EDIT, Move.SUBMIT, Move.RETIRE},
    "submitted": {Move.EDIT, Move.APPROVE, Move.RETURN, Move.RETIRE},
    "approved": {Move.EDIT, Move.ACTIVATE, Move.RETIRE},
    "planned": {Move.ACTIVATE, Move.WITHDRAW, Move.RETIRE},
    "withdrawn": {Move.ACTIVATE, Move.RETIRE},
    "active": {Move.RETIRE},
    "superseded": {Move.ROLL_BACK},
    "retired": {Move.ROLL_BACK},
    "coming back": {Move.ROLL_BACK, Move.WITHDRAW},
    "abandoned": set(),
}


def standing_as(book: Book, where: str) -> RulesetVersion:
    """Version 1 at that place of its life."""
    book.create("writer")
    if where == "abandoned":
        book.do(Move.RETIRE, "writer")
    if where in ("draft", "abandoned"):
        return book["1"]
    book.do(Move.SUBMIT, "writer")
    if where == "submitted":
        return book["1"]
    book.do(Move.APPROVE, "reviewer")
    if where == "approved":
        return book["1"]
    book.do(Move.ACTIVATE, "reviewer", plan=50 if where in ("planned", "withdrawn") else None)
    if where == "withdrawn":
        book.do(Move.WITHDRAW, "reviewer")
    if where == "retired":
        book.do(Move.RETIRE, "reviewer")
    if where in ("superseded", "coming back"):
        book.create("writer", "2")
        book.release("writer", "reviewer", "2")
        book.do(Move.ACTIVATE, "reviewer", "2")
    if where == "coming back":
        book.do(Move.ROLL_BACK, "reviewer", plan=50)
    return book["1"]


@pytest.mark.parametrize("move", [one for one in Move if one is not Move.CREATE])
@pytest.mark.parametrize("where", LEGAL)
def test_from_each_place_only_these_moves_are_legal(book, where, move):
    standing_as(book, where)
    before = len(book.events)
    digest = B if move is Move.EDIT else None
    if move in LEGAL[where]:
        book.do(move, "third", digest=digest)
        assert len(book.events) == before + 1
        return
    with pytest.raises(Refused, match="p 1 is ") as refused:
        book.do(move, "third", digest=digest)
    assert refused.value.conflict


def test_an_author_cannot_approve_and_is_told_why(book):
    book.create("writer")
    book.do(Move.SUBMIT, "writer")
    with pytest.raises(Refused, match="You wrote a part of p 1: somebody else has to approve it") as refused:
        book.do(Move.APPROVE, "writer")
    assert not refused.value.conflict


def test_whoever_edited_any_part_is_an_author_though_the_text_is_the_old_one_again(book):
    book.create("writer")
    book.do(Move.EDIT, "reviewer", digest=B)
    book.do(Move.EDIT, "writer", digest=A)
    assert book["1"].authors == {"writer", "reviewer"}


def test_submitting_sending_back_and_approving_write_nothing(book):
    book.create("writer")
    book.do(Move.SUBMIT, "reviewer")
    book.do(Move.RETURN, "third")
    assert book["1"].state is State.DRAFT
    assert book["1"].authors == {"writer"}
    assert book.release("writer", "third").authors == {"writer"}


def test_what_is_made_from_an_unapproved_text_has_its_authors_too(book):
    book.create("writer")
    book.do(Move.EDIT, "reviewer", digest=B)
    book.create("third", "2", source="1")
    book.create("dee", "3", source="2")
    assert book["3"].authors == {"writer", "reviewer", "third", "dee"}


@pytest.mark.parametrize("where", ["approved", "planned", "active", "superseded", "retired"])
def test_what_is_made_from_a_released_text_has_one_author(book, where):
    standing_as(book, where)
    assert book.create("third", "9", source="1").authors == {"third"}


def test_what_is_made_from_a_text_edited_after_its_approval_has_its_authors_again(book):
    standing_as(book, "approved")
    book.do(Move.EDIT, "dee", digest=B)
    assert book.create("third", "9", source="1").authors == {"writer", "third", "dee"}


def test_authors_are_those_of_the_text_that_was_taken_not_of_what_became_of_it(book):
    book.create("writer")
    book.create("third", "2", source="1")
    book.do(Move.EDIT, "reviewer", digest=B)
    book.release("writer", "dee")
    assert book["2"].authors == {"writer", "third"}


def test_an_edit_voids_an_approval(book):
    standing_as(book, "approved")
    assert book.do(Move.EDIT, "writer", digest=B).state is State.DRAFT
    with pytest.raises(Refused, match="only what was approved"):
        book.do(Move.ACTIVATE, "reviewer")


def test_an_approval_is_of_the_text_that_was_read(book):
    book.create("writer")
    book.do(Move.SUBMIT, "writer")
    with pytest.raises(Refused, match="is another by now") as refused:
        book.do(Move.APPROVE, "reviewer", digest=B)
    assert refused.value.conflict
    assert book.do(Move.APPROVE, "reviewer", digest=A).digest == A


@pytest.mark.parametrize("move", [Move.RETURN, Move.RETIRE, Move.ROLL_BACK])
@pytest.mark.parametrize("comment", [None, ""])
def test_some_moves_take_a_reason(book, move, comment):
    standing_as(book, {Move.RETURN: "submitted", Move.RETIRE: "active", Move.ROLL_BACK: "superseded"}[move])
    with pytest.raises(Invalid) as refused:
        book.do(move, "third", comment=comment)
    assert refused.value.problems[0].pointer == "/reason"


@pytest.mark.parametrize("hours", [0, -1])
def test_an_activation_is_not_planned_for_what_has_passed(book, hours):
    standing_as(book, "approved")
    with pytest.raises(Invalid) as refused:
        book.do(Move.ACTIVATE, "reviewer", plan=hours)
    assert refused.value.problems[0].pointer == "/effective_from"


def test_a_planned_version_takes_force_then_and_its_predecessor_retires_with_it(book):
    standing_as(book, "superseded")
    book.create("writer", "3")
    book.release("writer", "reviewer", "3")
    planned = book.do(Move.ACTIVATE, "reviewer", "3", plan=5)
    assert book.states() == {"1": "retired", "2": "active", "3": "approved"}
    assert planned.scheduled_for == book.at + timedelta(hours=5)
    book.at += timedelta(hours=5)
    assert book.states() == {"1": "retired", "2": "retired", "3": "active"}
    assert book["3"].since == book["2"].since == planned.scheduled_for


def test_a_plan_may_be_moved_and_withdrawn_until_it_takes_force(book):
    standing_as(book, "planned")
    moved_to = book.do(Move.ACTIVATE, "reviewer", plan=3).scheduled_for
    assert moved_to == book.at + timedelta(hours=3)
    assert book.do(Move.WITHDRAW, "reviewer").scheduled_for is None
    book.at += timedelta(days=9)
    assert book.states() == {"1": "approved"}


def test_at_no_instant_are_two_versions_active(book):
    standing_as(book, "coming back")
    for hour in range(200):
        at = START + timedelta(hours=hour)
        states = [one.state for one in standing((e for e in book.events if e.at <= at), at).values()]
        assert states.count(State.ACTIVE) <= 1


def test_each_event_tells_which_move_it_was(book):
    moves = [Move.SUBMIT, Move.RETURN, Move.EDIT, Move.SUBMIT, Move.APPROVE, Move.ACTIVATE, Move.WITHDRAW]
    book.create("writer")
    told = [move_of(book.events[0], None)]
    for move in [*moves, Move.ACTIVATE, Move.RETIRE, Move.ROLL_BACK]:
        before = book["1"]
        plan = 50 if move is Move.ACTIVATE and Move.WITHDRAW not in told else None
        book.do(
            move,
            "reviewer" if move is Move.APPROVE else "writer",
            digest=B if move is Move.EDIT else None,
            plan=plan,
        )
        told.append(move_of(book.events[-1], before))
    assert told == [Move.CREATE, *moves, Move.ACTIVATE, Move.RETIRE, Move.ROLL_BACK]


def test_activating_again_what_was_only_planned_is_no_roll_back(book):
    assert activation_of(standing_as(book, "withdrawn")) is Move.ACTIVATE


def test_a_tag_changes_with_text_and_event(book):
    tags = {
        book.create("writer").tag,
        book.do(Move.EDIT, "writer", digest=B).tag,
        book.do(Move.SUBMIT, "writer").tag,
    }
    assert len(tags) == 3
    assert all(UUID(tag.rpartition("-")[2]).version == 7 for tag in tags)
