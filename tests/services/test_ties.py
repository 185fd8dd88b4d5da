"""Every row that the service believes is held against the log: who changes one by hand is found."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from app.domain.customer_file import Source
from app.domain.keeping import EVERY_POLICY, Reason
from app.domain.people import Role, Scope
from app.domain.referrals import ResolutionRequest
from app.domain.signals import Signal
from app.ledger.verifying import Fault
from app.services.assembly import open_services
from app.services.customers.filing import What
from tests.referred import POLICY, REFERRED, holder, principal, referred, uuid
from tests.web.service import new_version, serving, settings_for

PASSWORD = "correct horse battery staple"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a service of which every history and every right has rows."""
    folder: Path = tmp_path_factory.mktemp("ties")
    with serving(folder, REFERRED) as service:
        services = service.services
        services.people.create("boss", "Boss", Role.ADMINISTRATOR, PASSWORD, by=None)
        seller = services.people.create("seller", "Seller", Role.SALES, PASSWORD, by=None)
        left = services.people.create("left", "Left", Role.SALES, PASSWORD, by=None)
        services.people.change(left.id, left.revision, by=None, active=False)
        officer = service.officer
        services.portfolios.assign(seller.id, "C-1", by=None)
        services.portfolios.assign(seller.id, "C-2", by=None)
        services.portfolios.unassign(seller.id, services.recorder.customer_hash("C-2").hex(), by=None)
        settler = holder(service, "settler", amount="20000", days=90, outcomes=("offer", "refuse"))
        holder(service, "nobody")
        nobody = services.people.find("nobody")
        assert nobody is not None
        services.people.remove_authority(nobody.id, POLICY, by=None)
        kept = services.api_keys.create(seller.id, "kept", {Scope.READ}, by=None)
        ended = services.api_keys.create(seller.id, "ended", {Scope.READ}, by=None)
        services.api_keys.revoke(ended.key.id, by=None)
        assert kept.key.id != ended.key.id
        id = uuid(referred(service, customer="C-1"))
        first = services.settling.settle(
            id, ResolutionRequest("offer", "RISK_TAKEN", note="for now"), principal(settler)
        )
        again = ResolutionRequest("refuse", "RISK_CONFIRMED", note="better", follows=uuid(first["id"]))
        services.settling.settle(id, again, principal(settler))
        writer = principal(officer)
        services.drafting.create(writer, POLICY, "1.1.0", source="1.0.0")
        services.drafting.edit(
            writer, POLICY, "1.1.0", new_version(REFERRED, "1.1.0") + b"# more\n", seen=None
        )
        services.keeping.holds.place("C-3", "a law suit", by=None)
        services.keeping.holds.release("C-3", "it ended", by=None)
        service.decide(customer="C-4")
        services.keeping.erasing.erase("C-4", Reason.SUBJECT_REQUEST, None, by=None)
        services.keeping.retention.set(EVERY_POLICY, 24, "the law", by=None)
        services.keeping.retention.set(EVERY_POLICY, 36, "the law of 2026", by=None)
        signal = Signal("C-5", "lawsuit", date(2026, 1, 1), Source.COURT, uuid(first["id"]))
        services.customers.signalling.file([signal], [], bytes(32), by=None)
        services.customers.imports.begin(What("customer-facts", bytes(32), "ours.yaml"), by=None)
        services.sequencer.drain()
    return folder


@pytest.fixture
def changed(filled: Path, tmp_path: Path) -> Callable[..., Fault | None]:
    """Changes a copy of the database as somebody does who knows it well; then checks every row."""
    folder = tmp_path / "copy"
    shutil.copytree(filled, folder)

    def after(*statements: str) -> Fault | None:
        with closing(sqlite3.connect(folder / "termwise.db")) as connection, connection:
            connection.execute("PRAGMA foreign_keys=OFF")
            triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in triggers.fetchall():
                connection.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                assert connection.execute(statement).rowcount, statement
        with open_services(settings_for(folder), writing=False) as services:
            try:
                services.ties.check()
            except Fault as fault:
                if fault.index is not None:
                    (placed,) = services.store.tree.at([fault.index])
                    assert placed.entry is not None
                return fault
        return None

    return after


def test_what_the_service_wrote_is_what_the_log_says(changed):
    assert changed() is None


LAST = "id = (SELECT max(id) FROM {})".format
WHO = "(SELECT id FROM person WHERE login = '{}')".format


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (f"UPDATE resolution SET outcome = 'counter' WHERE {LAST('resolution')}", "another `outcome`"),
        (f"UPDATE resolution SET reason = 'OTHER' WHERE {LAST('resolution')}", "another `reason`"),
        ("UPDATE resolution SET override = NOT override", "another `override`"),
        ("UPDATE resolution SET principal = 'somebody'", "another `by`"),
        (f"UPDATE resolution SET follows = x'{'01' * 16}' WHERE {LAST('resolution')}", "another `follows`"),
        ("UPDATE resolution SET at = '2020-01-01T00:00:00.000000Z'", "another `at`"),
        (f"DELETE FROM resolution WHERE {LAST('resolution')}", "is gone"),
        (f"UPDATE resolution SET id = (SELECT min(id) FROM entry) WHERE {LAST('resolution')}", "is gone"),
        (
            "INSERT INTO resolution SELECT (SELECT min(id) FROM entry), decision, policy, id, outcome,"
            " reason, override, asked, overruled, at, principal, expires_at FROM resolution"
            f" WHERE {LAST('resolution')}",
            "has no entry of its kind",
        ),
        (f"UPDATE data_import SET sha256 = x'{'01' * 32}'", "another `sha256`"),
        ("UPDATE data_import SET rows_written = 0 WHERE finished_at IS NOT NULL", "another `written`"),
        ("UPDATE data_import SET rows_refused = 1 WHERE finished_at IS NULL", "another `refused`"),
        ("UPDATE data_import SET finished_at = NULL", "another `finished_at`"),
        ("UPDATE data_import SET mapping = 'others.yaml' WHERE mapping IS NOT NULL", "another `mapping`"),
        ("UPDATE data_import SET principal = 'somebody'", "another `by`"),
        ("UPDATE data_import SET kind = 'receivables'", "another `kind`"),
        (f"DELETE FROM data_import WHERE {LAST('data_import')}", "is gone"),
        ("UPDATE ruleset_event SET digest = (SELECT min(digest) FROM ruleset)", "another `digest`"),
        ("UPDATE ruleset_event SET state = 'active' WHERE version = '1.1.0'", "another `state`"),
        ("UPDATE ruleset_event SET principal = 'somebody'", "another `by`"),
        ("UPDATE ruleset_event SET made_from = NULL WHERE made_from IS NOT NULL", "another `made_from`"),
        (
            f"UPDATE ruleset_event SET follows = x'{'01' * 16}' WHERE {LAST('ruleset_event')}",
            "another `after`",
        ),
        (
            "UPDATE ruleset_event SET effective_from = '2999-01-01T00:00:00.000000Z' WHERE state = 'active'",
            "another `effective_from`",
        ),
        ("UPDATE ruleset_event SET effective_from = '2026-01-01T00:00:00.000000Z'", "takes no date"),
        ("UPDATE ruleset_event SET state = 'sleeping'", "cannot be read"),
        ("UPDATE person SET role = 'king'", "cannot be read"),
        (f"DELETE FROM ruleset_event WHERE {LAST('ruleset_event')}", "is gone"),
        ("DELETE FROM ruleset_author WHERE version = '1.1.0'", "the authors of"),
        (
            "INSERT INTO ruleset_author SELECT policy, version, 'x', entry FROM ruleset_author LIMIT 1",
            "the authors of",
        ),
        ("UPDATE ruleset SET text = CAST('x' AS BLOB)", "was changed"),
        ("UPDATE subject_event SET state = 'held' WHERE state = 'released'", "another `state`"),
        ("UPDATE subject_event SET subject = zeroblob(16) WHERE state = 'released'", "another customer"),
        ("DELETE FROM subject_event WHERE state = 'erased'", "is gone"),
        ("DELETE FROM subject_event WHERE state = 'held'", "follows none"),
        ("UPDATE retention_rule SET months = 1", "another `months`"),
        ("UPDATE retention_rule SET source = 'hearsay'", "another `source`"),
        (f"DELETE FROM retention_rule WHERE {LAST('retention_rule')}", "is gone"),
        (f"UPDATE person SET role = 'administrator' WHERE id = {WHO('seller')}", "another `role`"),
        (f"UPDATE person SET active = 1 WHERE id = {WHO('left')}", "another `active`"),
        (
            "INSERT INTO person SELECT zeroblob(16), 'x', name, role, active, language, password, revision"
            f" FROM person WHERE id = {WHO('boss')}",
            "says nothing of person",
        ),
        ("UPDATE authority SET amount = NULL", "another `amount`"),
        ("UPDATE authority SET days = 900", "another `days`"),
        ("UPDATE authority SET outcomes = ''", "another `outcomes`"),
        (
            f"INSERT INTO authority SELECT {WHO('nobody')}, policy, amount, days, outcomes FROM authority",
            "was taken away",
        ),
        ("DELETE FROM authority", "the row of authority"),
        (
            f"INSERT INTO assignment SELECT {WHO('boss')}, customer, sealed, key_id FROM assignment",
            "says nothing of customer",
        ),
        ("DELETE FROM assignment", "the row of customer"),
        ("UPDATE api_key SET scopes = ' decide read '", "another `scopes`"),
        ("UPDATE api_key SET expires_at = '2030-01-01T00:00:00.000000Z'", "another `expires_at`"),
        ("UPDATE api_key SET revoked_at = NULL WHERE revoked_at IS NOT NULL", "another `revoked_at`"),
        (f"UPDATE api_key SET owner = {WHO('boss')} WHERE label = 'kept'", "another `owner`"),
    ],
)  # fmt: skip
def test_a_row_that_was_changed_by_hand_is_found(changed, statement, told):
    fault = changed(statement)
    assert fault is not None
    assert told in str(fault)


def test_what_was_erased_is_no_difference(filled, tmp_path):
    folder = tmp_path / "erased"
    shutil.copytree(filled, folder)
    with open_services(settings_for(folder)) as services:
        services.keeping.erasing.erase("C-1", Reason.SUBJECT_REQUEST, None, by=None)
        services.keeping.holds.place("C-3", "another law suit", by=None)
        services.ties.check()
