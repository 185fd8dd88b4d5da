"""The database itself refuses what would break four eyes, whoever writes and by whatever code."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from datetime import timedelta
from itertools import count
from uuid import UUID

import pytest
from sqlalchemy import bindparam, create_engine, text
from sqlalchemy.exc import DBAPIError

from app.domain.identifiers import Identifiers
from app.services.rulesets.releasing import Asked
from app.store import refusals
from app.store.columns import Id, Instant
from app.store.rulesets import NIL
from schemas.ruleset import digest_of
from tests.lifecycle.desk import POLICY, REVIEWER, THIRD, WRITER, opened_desk, tiny
from tests.recordings import NOON
from tests.store.test_guards import on_postgresql, on_sqlite

ONE, TWO = "1.0.0", "1.1.0"
_EVENT = text(
    "INSERT INTO ruleset_event VALUES"
    " (:id, :policy, :version, :digest, :state, :at, :principal, :follows,"
    "  :effective_from, :made_from, :supersedes)"
).bindparams(
    *(bindparam(name, type_=Id) for name in ("id", "follows", "made_from", "supersedes")),
    *(bindparam(name, type_=Instant) for name in ("at", "effective_from")),
)
_ENTRY = text("INSERT INTO entry VALUES (:id, :kind, :at, :leaf, :leaf, :id)").bindparams(
    bindparam("id", type_=Id), bindparam("at", type_=Instant)
)


@pytest.fixture
def desk(database_url, keys_url):
    with opened_desk(database_url, keys_url) as desk:
        yield desk


class Intruder:
    """Somebody with the service's own database role and a terminal."""

    def __init__(self, connection):
        self.connection = connection
        self._days = count(1)

    def event(self, version, *, kind="ruleset-state", by=REVIEWER.id, **given):
        """Write an event that follows ``version``'s last one, with its digest, unless told otherwise."""
        last = version.last
        at = NOON + timedelta(days=next(self._days))
        row = {
            "id": Identifiers(lambda: at, secrets.randbits).new(),
            "policy": POLICY,
            "version": version.version,
            "digest": last.digest,
            "principal": by,
            "at": at,
            "follows": last.id,
            "effective_from": None,
            "made_from": None,
            "supersedes": None,
            **given,
        }
        self.connection.execute(_ENTRY, {"id": row["id"], "kind": kind, "at": at, "leaf": b"{}"})
        self.connection.execute(_EVENT, row)

    def text(self, content):
        """Store a text; its digest."""
        digest = digest_of(content)
        statement = text("INSERT INTO ruleset VALUES (:digest, :policy, :version, :text)")
        known = {"digest": digest, "policy": POLICY, "version": ONE, "text": content}
        self.connection.execute(statement, known)
        return digest


@pytest.fixture
def intruder(desk, database_url):
    engine = create_engine(database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield Intruder(connection)
    engine.dispose()


def refused(name):
    says = next(one.says for one in refusals.REFUSALS if one.name == name)
    return pytest.raises(DBAPIError, match=re.escape(says))


def test_an_author_cannot_approve(desk, intruder):
    desk.draft()
    desk.drafting.edit(REVIEWER, POLICY, ONE, tiny(most="200.00"), seen=None)
    submitted = desk.releasing.submit(Asked(THIRD, POLICY, ONE))
    for author in (WRITER, REVIEWER):
        with refused("own_approval"):
            intruder.event(submitted, state="approved", by=author.id)
    intruder.event(submitted, state="approved", by=THIRD.id)


def test_an_inherited_author_cannot_approve(desk, intruder):
    desk.draft(WRITER)
    desk.drafting.create(REVIEWER, POLICY, TWO, source=ONE)
    submitted = desk.releasing.submit(Asked(REVIEWER, POLICY, TWO))
    with refused("own_approval"):
        intruder.event(submitted, state="approved", by=WRITER.id)


def test_a_draft_without_its_author_is_refused(desk, intruder):
    drafted = desk.draft()
    digest = intruder.text(tiny(most="200.00"))
    with refused("unnamed_author"):
        intruder.event(drafted, state="draft", digest=digest)
    with refused("unnamed_author"):
        intruder.event(replace(drafted, version="9.0.0"), state="draft", digest=digest, follows=NIL)


def test_an_approval_is_of_the_submitted_digest(desk, intruder):
    desk.draft()
    submitted = desk.releasing.submit(Asked(WRITER, POLICY, ONE))
    digest = intruder.text(tiny(most="200.00"))
    for state in ("submitted", "approved", "active", "retired"):
        with pytest.raises(DBAPIError, match=r"has the digest of the one it follows|legal move|was approved"):
            intruder.event(
                submitted, state=state, digest=digest, supersedes=NIL if state == "active" else None
            )


def test_an_approval_follows_a_submission(desk, intruder):
    drafted = desk.draft()
    with refused("leap"):
        intruder.event(drafted, state="approved")
    desk.drafting.create(REVIEWER, POLICY, TWO, text=tiny(TWO))
    elsewhere = desk.releasing.submit(Asked(REVIEWER, POLICY, TWO)).last.id
    with pytest.raises(DBAPIError, match=r"has the digest of the one it follows|legal move"):
        intruder.event(drafted, state="approved", by=THIRD.id, follows=elsewhere)


def test_an_edit_after_the_approval_voids_it(desk, intruder):
    desk.approved()
    edited = desk.drafting.edit(WRITER, POLICY, ONE, tiny(most="200.00"), seen=None)
    back = desk.drafting.edit(WRITER, POLICY, ONE, tiny(), seen={edited.tag})
    for version in (edited, back):
        with refused("unseen_activation"):
            intruder.event(version, state="active", supersedes=NIL)


@pytest.mark.parametrize("kind", ["ruleset-state", "bootstrap"])
def test_what_nobody_approved_is_not_activated_beside_a_released_version(desk, intruder, kind):
    desk.approved()
    drafted = desk.draft(version=TWO)
    with refused("unseen_activation"):
        intruder.event(drafted, state="active", supersedes=NIL, kind=kind)


def test_only_a_bootstrap_activates_a_draft_and_only_the_first_of_its_policy(desk, intruder):
    drafted = desk.draft()
    with refused("unseen_activation"):
        intruder.event(drafted, state="active", supersedes=NIL)
    intruder.event(drafted, state="active", supersedes=NIL, kind="bootstrap")
    with refused("unseen_activation"):
        intruder.event(desk.draft(version=TWO), state="active", supersedes=NIL, kind="bootstrap")


def test_what_was_given_up_is_not_activated(desk, intruder):
    desk.draft()
    desk.releasing.submit(Asked(WRITER, POLICY, ONE))
    given_up = desk.releasing.retire(Asked(WRITER, POLICY, ONE), "no")
    with refused("unseen_activation"):
        intruder.event(given_up, state="active", supersedes=NIL)


def test_a_text_that_was_activated_is_not_edited(desk, intruder):
    desk.approved()
    active = desk.releasing.activate(Asked(REVIEWER, POLICY, ONE))
    digest = intruder.text(tiny(most="200.00"))
    with pytest.raises(DBAPIError, match=r"never changes|legal move"):
        intruder.event(active, state="draft", digest=digest, by=WRITER.id)


def test_no_second_history_begins_beside_the_first(desk, intruder):
    approved = desk.approved()
    for follows in (NIL, UUID(int=1), desk.versions.history(POLICY, ONE)[0].event.id):
        with pytest.raises(DBAPIError):
            intruder.event(approved, state="active", follows=follows, supersedes=NIL)


def test_of_two_activations_that_supersede_the_same_one_the_second_is_refused(desk, intruder):
    desk.approved()
    two = desk.approved(TWO)
    desk.releasing.activate(Asked(REVIEWER, POLICY, ONE))
    with pytest.raises(DBAPIError, match=r"UNIQUE|unique|replace refused"):
        intruder.event(two, state="active", supersedes=NIL)
    for supersedes in (None, UUID(int=1), two.last.id):
        with refused("side_door"):
            intruder.event(two, state="active", supersedes=supersedes)
    intruder.event(two, state="active", supersedes=desk.standing().last.id)


def test_nothing_takes_effect_before_it_was_recorded(desk, intruder):
    approved = desk.approved()
    with refused("backdating"):
        intruder.event(approved, state="active", supersedes=NIL, effective_from=NOON)
    with refused("backdating"):
        intruder.event(approved, state="draft", effective_from=NOON + timedelta(days=9))


@on_postgresql
def test_a_temporary_table_is_not_read_in_the_place_of_the_real_one(desk, intruder):
    desk.draft()
    submitted = desk.releasing.submit(Asked(WRITER, POLICY, ONE))
    intruder.connection.execute(text("CREATE TEMPORARY TABLE ruleset_author (LIKE public.ruleset_author)"))
    with refused("own_approval"):
        intruder.event(submitted, state="approved", by=WRITER.id)


@on_postgresql
def test_a_replica_session_is_refused_too(desk, intruder):
    desk.draft()
    submitted = desk.releasing.submit(Asked(WRITER, POLICY, ONE))
    intruder.connection.execute(text("SET session_replication_role = replica"))
    with refused("own_approval"):
        intruder.event(submitted, state="approved", by=WRITER.id)


def test_each_missing_refusal_is_reported(desk, intruder):
    on = "" if intruder.connection.dialect.name == "sqlite" else " ON ruleset_event"
    missing = []
    for one in refusals.REFUSALS:
        intruder.connection.execute(text(f"DROP TRIGGER {one.trigger}{on}"))
        missing.append(f"trigger {one.trigger} is missing: the log is not protected")
        assert sorted(desk.store.guards()) == sorted(missing)


@on_sqlite
def test_a_blunted_refusal_is_reported_on_sqlite(desk, intruder):
    (one,) = (one for one in refusals.REFUSALS if one.name == "own_approval")
    blunt = refusals.sqlite_refusal(one).replace(" WHEN ", " WHEN false AND ", 1)
    intruder.connection.execute(text(f"DROP TRIGGER {one.trigger}"))
    intruder.connection.exec_driver_sql(blunt)
    assert desk.store.guards() == [f"trigger {one.trigger} is changed: the log is not protected"]


@on_postgresql
@pytest.mark.parametrize(
    "blunt",
    [
        "CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "ALTER FUNCTION {name}() RESET search_path",
        "ALTER FUNCTION {name}() SET search_path TO pg_temp, public",
        "ALTER TABLE ruleset_event DISABLE TRIGGER {name}",
        "ALTER TABLE ruleset_event ENABLE TRIGGER {name}",
    ],
)
def test_a_blunted_refusal_is_reported_on_postgresql(desk, intruder, blunt):
    name = "ruleset_event_no_own_approval"
    intruder.connection.execute(text(blunt.format(name=name)))
    assert desk.store.guards() == [f"trigger {name} is changed: the log is not protected"]
